"""A form being filled: the draft as locked in this turn, its walk, and the steps that all of reporting shares."""

from dataclasses import dataclass, replace
from datetime import date

from handlers.conversation import Filling as FillingTopic
from handlers.message import Choice
from handlers.reporting import shelves
from handlers.turn import Turn
from handlers.wording import forms as wording
from handlers.wording.catalogs import Words
from handlers.wording.phrases import answers_text, deadline_and_left, yes_no_labels
from rules.actions import FormOp, StepForm
from rules.campaign import forms
from rules.campaign.forms import NOTHING, SUMMARY, FileRef, Form, FormState, FormStep, NotTaken, Result, Stepped
from rules.campaign.model import Kind, Obligation
from rules.campaign.shelf import Shelf, shelf_of
from rules.text.refusal import Refusal
from storage import reports
from storage.people import Person
from storage.reports import Draft

MOST_MISSES = 3
"""Answers in a row that a question can't take, after which a way out is shown."""


@dataclass(frozen=True)
class Filling:
    """A form being filled: the draft as locked in this turn, and its walk."""

    person: Person
    obligation: Obligation
    form: Form
    draft: Draft
    state: FormState

    @property
    def topic(self) -> FillingTopic:
        """The conversation is about this form's present question."""
        return FillingTopic(self.draft.id, self.draft.seq)

    @property
    def topic_key(self) -> tuple[int, int]:
        """What every button of the present question names."""
        return self.draft.id, self.draft.seq

    def press(self, label: str, op: FormOp, value: str = "") -> Choice:
        """A button of the form's present step; pressed later, its ``seq`` tells that it is stale."""
        return Choice(label, StepForm(self.draft.id, self.draft.seq, op, value))


def find(turn: Turn, draft_id: int) -> Filling | None:
    """The draft, if it is still there and belongs to the person's own unit."""
    draft = turn.draft(draft_id)
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
        case Stepped(state):
            by = named_day(turn, filling)
            move(turn, filling, state, wording.taken_text(turn.words, filling.form, filling.state, state, by))
        case NotTaken(refusal):
            refuse(turn, filling, refusal)
        case _:
            ask(turn, filling)


def go_back(turn: Turn, filling: Filling) -> None:
    """One question back."""
    result = forms.back(filling.form, filling.state)
    if isinstance(result, Stepped):
        move(turn, filling, result.state)
    else:
        ask(turn, filling, turn.words.tr("form.at_start"))


def move(turn: Turn, filling: Filling, state: FormState, noted: str = "") -> None:
    """Store the next state and ask its question; ``noted`` tells what was just taken."""
    ask(turn, keep(turn, filling, replace(state, missed=0, doubted="")), noted)


def keep(turn: Turn, filling: Filling, state: FormState) -> Filling:
    """Store a state; buttons that were shown before belong to an earlier one."""
    person = filling.person
    draft = turn.has_draft(
        reports.keep_draft(turn.scope, filling.draft, state.to_json(), reports.By(person.id, person.name), turn.now)
    )
    kept = replace(filling, draft=draft, state=state)
    turn.go(kept.topic)
    return kept


def refuse(turn: Turn, filling: Filling, refusal: Refusal) -> None:
    """Say why an answer was not taken, with an example, and ask again; the third time also what else can be done."""
    missed = replace(filling.state, missed=filling.state.missed + 1)
    reports.note_draft(turn.scope, filling.draft, missed.to_json())
    again = replace(filling, state=missed)
    asked = forms.question(filling.form, missed)
    lines = [wording.answer_refused(turn.words, filling.form, asked, refusal)]
    if asked and missed.missed >= MOST_MISSES:
        lines.append(turn.words.tr("form.way_out_skip") if asked.may_skip else turn.words.tr("form.way_out"))
    ask(turn, again, "\n".join(lines))


def with_file(form: Form, state: FormState, sent: FileRef) -> FormState:
    """The state with a file in the form's file field, where it has one."""
    field = next((f for f in form if f.kind is Kind.FILE), None)
    return replace(state, answers={**state.answers, field.id: sent}) if field else state


def ask(turn: Turn, filling: Filling, before: str = "") -> None:
    """Say where the form stands: the question, the summary, or the confirmation of nothing."""
    words, state = turn.words, filling.state
    opening = f"{before}\n\n" if before else ""
    if state.at == NOTHING:
        text = words.tr("form.nothing_ask", title=turn.title(filling.obligation), clause=filling.obligation.clause)
        turn.say(
            opening + text,
            filling.press(words.tr("button.send_nothing"), FormOp.SEND), filling.press(words.tr("button.back"), FormOp.BACK),
            filling.press(words.tr("button.cancel"), FormOp.PAUSE),
        )  # fmt: skip
    elif state.at == SUMMARY:
        answers = answers_text(words, filling.form, state.answers, named_day(turn, filling))
        text = words.tr("form.summary", title=turn.title(filling.obligation), answers=answers)
        turn.say(opening + text, *_summary_choices(turn, filling))
    else:
        asked = forms.question(filling.form, state)
        assert asked, "neither summary nor nothing"
        shelf = shelf_in(turn, filling)
        if shelf and shelf.page is not None:
            choices = shelves.choices(turn, shelf, filling.press, _ways_out(turn, filling, asked))
            number = words.tr("form.number", number=asked.number, total=asked.total)
            turn.say(f"{opening}{number} {shelves.text(turn, shelf, choices)}", *choices, wants_file=True)
            return
        wants_file = asked.field.kind is Kind.FILE or asked.between_rows
        text = wording.question_text(words, asked, state, named_day(turn, filling))
        more = [filling.press(words.tr("button.from_register"), FormOp.SHELF, "1")] if shelf else []
        turn.say(opening + text, *more, *question_choices(turn, filling, asked), wants_file=wants_file)


def shelf_in(turn: Turn, filling: Filling) -> Shelf | None:
    """What the open list can still take from the register."""
    if not any(field.id == filling.state.at and field.from_register for field in filling.form):
        return None
    products = turn.own_products
    return shelf_of(filling.form, filling.state, products, named_day(turn, filling)) if products else None


def named_day(turn: Turn, filling: Filling) -> date | None:
    """The day in force for the unit, by which months have to be full; None where there is no date, or none are counted."""
    counts = any(part.months_before for field in filling.form for part in (field, *field.columns))
    if filling.obligation.deadline is None or not counts:
        return None
    return turn.due.of(filling.draft.unit, filling.obligation.slug).date


def heading(turn: Turn, obligation: Obligation) -> str:
    """Which report this is, by which clause, and until when."""
    text = turn.words.tr("form.heading", title=turn.title(obligation), clause=obligation.clause)
    if obligation.deadline and turn.unit:
        deadline = turn.due.of(turn.unit.slug, obligation.slug)
        until = deadline_and_left(turn.words, turn.campaign, deadline, turn.now)
        text += "\n" + turn.words.tr("form.deadline", deadline=until)
    return text


def question_choices(turn: Turn, filling: Filling, asked: FormStep) -> list[Choice]:
    """The buttons of a question: its options, then skip, back, cancel."""
    words, language, press = turn.words, turn.words.language, filling.press
    if asked.field.kind is Kind.LIST and asked.column is None and not asked.between_rows:
        return _row_choices(turn, filling, asked)
    found: list[Choice] = []
    if asked.asks.kind is Kind.YES_NO:
        yes, no = yes_no_labels(words, asked.asks)
        found += [press(yes, FormOp.OPTION, "yes"), press(no, FormOp.OPTION, "no")]
    found += [press(option.label.in_(language), FormOp.OPTION, option.id) for option in asked.asks.options]
    if asked.may_finish_list:
        found.append(press(words.tr("button.finish_list"), FormOp.FINISH_LIST))
        found.append(press(words.tr("button.see_rows"), FormOp.SHOW_ROWS, "1"))
        found.append(press(words.tr("button.drop_row"), FormOp.DROP_ROW))
    if asked.between_rows and filling.state.dropped:
        found.append(press(words.tr("button.undo"), FormOp.PUT_BACK))
    if asked.between_rows:
        found.append(press(words.tr("button.template"), FormOp.TEMPLATE))
    return [*found, *_ways_out(turn, filling, asked)]


def _ways_out(turn: Turn, filling: Filling, asked: FormStep) -> list[Choice]:
    """Skip, nothing to report, back, cancel."""
    words, press = turn.words, filling.press
    found: list[Choice] = []
    if asked.may_skip:
        found.append(press(words.tr("button.skip"), FormOp.SKIP))
    at_first = asked.number == 1 and asked.column is None and not asked.rows and not filling.state.editing
    if at_first and filling.obligation.deadline:
        found.append(press(words.tr("button.nothing"), FormOp.NOTHING))
    if asked.column is not None and asked.place is None:
        found.append(press(words.tr("button.drop_product"), FormOp.DROP_ROW))
    if asked.number > 1 or asked.column is not None or filling.state.editing:
        found.append(press(words.tr("button.back"), FormOp.BACK))
    if filling.state.missed >= MOST_MISSES:
        found.append(press(words.tr("button.colleague"), FormOp.COLLEAGUE))
    found.append(press(words.tr("button.cancel"), FormOp.PAUSE))
    return found


def _add_label(words: Words, count: int) -> str:
    return words.tr("button.add_row") if count == 1 else words.tr("button.add_rows", count=count)


def _row_choices(turn: Turn, filling: Filling, asked: FormStep) -> list[Choice]:
    """The buttons where rows wait for a yes, or a row is in hand to be changed."""
    words, press = turn.words, filling.press
    if asked.offered:
        return [
            press(_add_label(words, len(asked.offered)), FormOp.ADD_ROWS),
            press(words.tr("button.leave_rows"), FormOp.LEAVE_ROWS),
        ]
    columns = [press(column.label.in_(words.language), FormOp.TAKE_COLUMN, column.id) for column in asked.field.columns]
    return [*columns, press(words.tr("button.drop_this_row"), FormOp.DROP_ROW), press(words.tr("button.back"), FormOp.BACK)]


def _summary_choices(turn: Turn, filling: Filling) -> list[Choice]:
    """Send, change, back, cancel."""
    words = turn.words
    return [
        filling.press(words.tr("button.send"), FormOp.SEND), filling.press(words.tr("button.change"), FormOp.CHOOSE_EDIT),
        filling.press(words.tr("button.back"), FormOp.BACK), filling.press(words.tr("button.cancel"), FormOp.PAUSE),
    ]  # fmt: skip


def edit_choices(turn: Turn, filling: Filling) -> list[Choice]:
    """One button for each answer that can be changed as things stand; none where there is none."""
    language, words = turn.words.language, turn.words
    shown = forms.changeable(filling.form, filling.state)
    found = [filling.press(field.label.in_(language), FormOp.EDIT, field.id) for field in shown]
    if filling.state.at == SUMMARY:
        found.append(filling.press(words.tr("button.nothing"), FormOp.NOTHING))
    return [*found, filling.press(words.tr("button.back"), FormOp.SHOW)] if found else []
