"""A form being filled: the draft as locked in this turn, its walk, and the steps all of reporting shares."""

from dataclasses import dataclass, replace

from handlers.turn import Turn
from handlers.wording import forms as form_words
from rules.campaign import forms
from rules.campaign.forms import FileRef, Form, FormState, Moved, Refused, Result
from rules.campaign.model import Kind, Obligation
from rules.text.refusal import Refusal
from storage import reports
from storage.people import Person
from storage.reports import Draft


@dataclass(frozen=True)
class Filling:
    """A form being filled: the draft as locked in this turn, and its walk."""

    person: Person
    obligation: Obligation
    form: Form
    draft: Draft
    state: FormState


def find_filling(turn: Turn, draft_id: int) -> Filling | None:
    """The draft, if it is still there and belongs to the person's own unit."""
    draft = reports.draft_by_id(turn.scope, draft_id)
    if draft is None or turn.person is None or turn.unit is None or draft.unit != turn.unit.slug:
        return None
    if not turn.campaign.has_obligation(draft.obligation):
        return None
    obligation = turn.campaign.obligation(draft.obligation)
    form = turn.campaign.form(obligation)
    return Filling(turn.person, obligation, form, draft, FormState.from_json(form, draft.state))


def take(turn: Turn, filling: Filling, result: Result) -> None:
    """Take a step's result: go on, or say why not."""
    match result:
        case Moved(state):
            noted = form_words.taken_text(turn, filling.form, filling.state, state)
            move(turn, filling, state, noted)
        case Refused(refusal):
            refuse(turn, filling, refusal)
        case _:
            ask_again(turn, filling)


def go_back(turn: Turn, filling: Filling) -> None:
    """One question back."""
    result = forms.back(filling.form, filling.state)
    if isinstance(result, Moved):
        move(turn, filling, result.state)
    else:
        ask_again(turn, filling, turn.words.tr("form.at_start"))


def move(turn: Turn, filling: Filling, state: FormState, noted: str = "") -> None:
    """Store the next state and ask its question; ``noted`` tells what was just taken."""
    person = filling.person
    seq = reports.keep_draft(turn.scope, filling.draft, state.to_json(), person.id, person.name, turn.now)
    turn.go("report", draft=filling.draft.id, seq=seq)
    form_words.show(turn, filling.obligation, filling.form, filling.draft, state, seq, noted)


def refuse(turn: Turn, filling: Filling, refusal: Refusal) -> None:
    """Say why an answer was not taken, and ask again."""
    ask_again(turn, filling, form_words.refusal_text(turn.words, refusal))


def ask_again(turn: Turn, filling: Filling, before: str = "") -> None:
    """Say the present question again, with a word before it."""
    form_words.show(turn, filling.obligation, filling.form, filling.draft, filling.state, filling.draft.seq, before)


def with_file(form: Form, state: FormState, sent: FileRef) -> FormState:
    """The state with a file in the form's file field, where it has one."""
    field = next((f for f in form if f.kind is Kind.FILE), None)
    return replace(state, answers={**state.answers, field.id: sent}) if field else state
