"""Sending a report: doubts asked about once, the receipt, and who is told."""

from dataclasses import dataclass

from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.reporting.filling import Filling, ask
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.forms import doubt_text
from handlers.wording.phrases import answers_text, timing_text
from rules.actions import BeginReport, BeginWantingMore, ConfirmReport, FormOp, ShowStatus, ShowUnit
from rules.campaign import forms
from rules.campaign.board import Cell
from rules.campaign.deadlines import Timing
from rules.campaign.forms import NOTHING, SUMMARY, Form, Value
from rules.campaign.model import Obligation
from rules.campaign.progress import Outcome, Review, State
from rules.directory.model import Unit
from storage import people, reports
from storage.reports import Submission


def other_lists(turn: Turn, filling: Filling) -> tuple[tuple[forms.Row, ...], ...]:
    """The lists that other units sent for the same obligation, where this one holds a list."""
    if not any(isinstance(value, tuple) and value for value in filling.state.answers.values()):
        return ()
    found = []
    for other in reports.all_latest(turn.scope, filling.obligation.slug):
        if other.unit != filling.draft.unit:
            answers = forms.answers_from_json(filling.form, other.answers)
            found += [value for value in answers.values() if isinstance(value, tuple) and value]
    return tuple(found)


def send(turn: Turn, filling: Filling) -> None:
    """Send the report, or ask about what looks odd first."""
    state = filling.state
    if state.at == NOTHING:
        _submit(turn, filling, Outcome.NOTHING, {})
        return
    if not forms.can_send(filling.form, state):
        ask(turn, filling, turn.words.tr("refused.required") if state.at == SUMMARY else "")
        return
    doubts = [d for d in forms.doubts(filling.form, state.answers, other_lists(turn, filling)) if d not in state.doubts_seen]
    if doubts:
        words = turn.words
        lines = [doubt_text(words, filling.form, doubt) for doubt in doubts]
        turn.say(
            "\n".join((*lines, words.tr("doubt.ask"))),
            filling.press(words.tr("button.send_anyway"), FormOp.SEND_ANYWAY),
            filling.press(words.tr("button.change"), FormOp.CHOOSE_EDIT),
        )
        return
    shown = {field.id for field in forms.visible(filling.form, state.answers)}
    _submit(turn, filling, Outcome.SUBMITTED, {key: value for key, value in state.answers.items() if key in shown})


def _submit(turn: Turn, filling: Filling, outcome: Outcome, answers: dict[str, Value]) -> None:
    person, draft = filling.person, filling.draft
    before = reports.latest(turn.scope, draft.unit, draft.obligation)
    report = reports.Report(draft.unit, draft.obligation, outcome, forms.answers_to_json(answers))
    kept = reports.submit(turn.scope, report, reports.By(person.id, person.name), turn.now, turn.pick)
    reports.drop_draft(turn.scope, draft.id)
    turn.rest()
    owed = turn.owed()
    this = next(cell for cell in owed if cell.duty == filling.obligation)
    awaited = this.state is State.AWAITING_DOCUMENT
    more = [_button(turn, "button.revise", filling.obligation)] if awaited else []
    when = this.timing
    others = tuple(cell for cell in owed if cell is not this)
    turn.say(_receipt_text(turn, filling, kept, when, awaited), *_what_next(turn, others), *more)
    answered = before is not None and before.review is Review.MORE_WANTED
    unit = turn.directory.unit(kept.unit)
    reported = Reported(unit, filling.obligation, filling.form, kept, when, answered)
    push.to_overseers(turn, reported, f"submitted:{kept.id}", may_mute=True)
    for colleague in people.of_unit(turn.db, kept.unit):
        if colleague.id != person.id:
            told = ColleagueReported(kept.person_name, filling.obligation, kept.receipt)
            push.to_person(turn, colleague, told, f"colleague:{kept.id}:p{colleague.id}")


def _receipt_text(turn: Turn, filling: Filling, kept: Submission, when: Timing | None, awaited: bool) -> str:
    words, title = turn.words, turn.title(filling.obligation)
    what = words.tr("receipt.nothing", title=title) if kept.outcome is Outcome.NOTHING else words.tr("receipt.taken", title=title)
    lines = [what, words.tr("receipt.code", code=kept.receipt, at=words.moment(kept.submitted_at))]
    if when:
        lines.append(words.tr("receipt.timing", timing=timing_text(words, when)))
    if kept.revision > 1:
        lines.append(words.tr("receipt.revision", number=kept.revision))
    if awaited:
        lines.append(words.tr("receipt.awaiting_document"))
    return "\n".join([*lines, "", words.tr("receipt.official")])


def _what_next(turn: Turn, owed: tuple[Cell, ...]) -> list[Choice]:
    """The dated obligations that the unit still owes."""
    still = [cell.duty for cell in owed if cell.deadline and not cell.state.done]
    return [_button(turn, "button.report_next", duty) for duty in still] or [Choice(turn.words.tr("button.status"), ShowStatus())]


def _button(turn: Turn, key: str, obligation: Obligation) -> Choice:
    return Choice(
        turn.words.tr(key, title=obligation.short.in_(turn.words.language)), BeginReport(turn.campaign.duty(obligation))
    )


# ---------------------------------------------------------------- who is told


@dataclass(frozen=True)
class Reported(Notice):
    """For who oversees: a unit has reported. ``answered``: a manager had wanted more."""

    unit: Unit
    obligation: Obligation
    form: Form
    kept: Submission
    when: Timing | None
    answered: bool

    def message(self, words: Words) -> Message:
        """The report in full, with what can be done about it."""
        kept = self.kept
        place, title = self.unit.name.in_(words.language), self.obligation.title.in_(words.language)
        lines = [words.tr("alert.submitted", unit=place, title=title, name=kept.person_name)]
        if kept.outcome is Outcome.NOTHING:
            lines.append(words.tr("outcome.nothing"))
        else:
            lines.append(answers_text(words, self.form, forms.answers_from_json(self.form, kept.answers)))
        if self.when:
            lines.append(timing_text(words, self.when))
        if kept.revision > 1:
            lines.append(words.tr("receipt.revision", number=kept.revision))
        if self.answered:
            lines.append(words.tr("alert.as_wanted"))
        lines.append(words.tr("receipt.short", code=kept.receipt))
        return Message(
            "\n".join(lines),
            (Choice(words.tr("button.confirm"), ConfirmReport(kept.id)),
             Choice(words.tr("button.more"), BeginWantingMore(kept.id)),
             Choice(words.tr("button.open_unit"), ShowUnit(kept.unit))),
        )  # fmt: skip


@dataclass(frozen=True)
class ColleagueReported(Notice):
    """For colleagues of the same unit: it is done."""

    name: str
    obligation: Obligation
    receipt: str

    def message(self, words: Words) -> Message:
        """Who reported what, and the receipt."""
        title = self.obligation.title.in_(words.language)
        return Message(words.tr("alert.colleague", name=self.name, title=title, code=self.receipt))
