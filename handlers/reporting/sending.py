"""Sending a report: doubts asked about once, the receipt, and who is told."""

from dataclasses import dataclass
from datetime import timedelta

from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.reporting.filling import Filling, ask
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.forms import doubt_text
from handlers.wording.phrases import answers_text, deadline_short, state_text
from handlers.wording.reports import judged_text
from rules.actions import BeginReport, BeginWantingMore, ConfirmReport, FormOp, ShowStatus, ShowUnit
from rules.campaign import forms
from rules.campaign.board import Cell
from rules.campaign.forms import NOTHING, SUMMARY, Value
from rules.campaign.model import Campaign, Obligation
from rules.campaign.progress import Outcome, Review, State
from storage import people, reports
from storage.reports import Submission

MOST_TOLD_A_DAY = 10
"""Of so many changes of one report within a day people are told at once; of more by the board alone."""


def is_told(turn: Turn, kept: Submission) -> bool:
    """Whether others hear at once of a report that was just stored."""
    return reports.sent_since(turn.scope, kept.unit, kept.obligation, turn.now - timedelta(days=1)) <= MOST_TOLD_A_DAY


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
    if before and _is_the_same(before, report):
        _say_the_same(turn, filling, before)
        return
    kept = hand_in(turn, report, reports.By(person.id, person.name))
    turn.rest()
    owed = turn.owed_now()
    this = next(cell for cell in owed if cell.duty == filling.obligation)
    awaited = this.state is State.AWAITING_DOCUMENT
    duty = turn.campaign.duty(filling.obligation)
    more = [Choice(turn.words.tr("button.add_document"), BeginReport(duty))] if awaited else []
    others = tuple(cell for cell in owed if cell is not this)
    turn.say(_receipt_text(turn, this, kept), *more, *_what_next(turn, others))
    answered = before is not None and before.review is Review.MORE_WANTED
    if not (answered or is_told(turn, kept)):
        return
    reported = Reported(turn.campaign, this, kept, answered)
    push.to_overseers(turn, reported, f"submitted:{kept.id}", may_mute=True)
    for colleague in people.of_unit(turn.db, kept.unit):
        if colleague.id != person.id:
            told = ColleagueReported(kept.person_name, filling.obligation, kept.receipt)
            push.to_person(turn, colleague, told, f"colleague:{kept.id}:p{colleague.id}")


def hand_in(turn: Turn, report: reports.Report, by: reports.By) -> Submission:
    """Keep a report; what was half filled for it is done with."""
    kept = reports.submit(turn.scope, report, by, turn.now, turn.pick)
    draft = reports.find_draft(turn.scope, report.unit, report.obligation)
    if draft:
        reports.drop_draft(turn.scope, draft.id)
    return kept


def what_next(turn: Turn) -> list[Choice]:
    """The buttons of what the unit still owes."""
    return _what_next(turn, turn.owed_now())


def _is_the_same(before: Submission, report: reports.Report) -> bool:
    """Whether nothing is new in a report that stands as it was sent."""
    stands = before.review is not Review.MORE_WANTED and before.outcome is not Outcome.WITHDRAWN
    return stands and (before.outcome, before.answers) == (report.outcome, dict(report.answers))


def _say_the_same(turn: Turn, filling: Filling, before: Submission) -> None:
    reports.drop_draft(turn.scope, filling.draft.id)
    turn.rest()
    text = turn.words.tr("receipt.same", code=before.receipt, at=turn.words.moment(before.submitted_at))
    turn.say(text, *_what_next(turn, turn.owed_now()))


def _receipt_text(turn: Turn, this: Cell, kept: Submission) -> str:
    words, title = turn.words, turn.title(this.duty)
    what = words.tr("receipt.nothing", title=title) if kept.outcome is Outcome.NOTHING else words.tr("receipt.taken", title=title)
    lines = [what, words.tr("receipt.code", code=kept.receipt, at=words.moment(kept.submitted_at))]
    if this.state is State.AWAITING_DOCUMENT:
        until = deadline_short(words, this.deadline) if this.deadline else ""
        lines.append(words.tr("receipt.awaiting_document", deadline=until))
    else:
        lines += filter(None, [judged_text(words, turn.campaign, this)])
    if kept.revision > 1:
        lines.append(words.tr("receipt.revision", number=kept.revision))
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

    campaign: Campaign
    cell: Cell
    kept: Submission
    answered: bool

    def message(self, words: Words) -> Message:
        """The report in full, with what can be done about it."""
        kept, form = self.kept, self.campaign.form(self.cell.duty)
        place, title = self.cell.unit.name.in_(words.language), self.cell.duty.title.in_(words.language)
        lines = [words.tr("alert.submitted", unit=place, title=title, name=kept.person_name)]
        if kept.outcome is Outcome.SUBMITTED:
            by = self.cell.deadline.date if self.cell.deadline else None
            lines.append(answers_text(words, form, forms.answers_from_json(form, kept.answers), by))
        lines.append(words.tr("report.state", state=state_text(words, self.cell.standing)))
        lines += filter(None, [judged_text(words, self.campaign, self.cell)])
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
