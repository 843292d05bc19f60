"""The own unit's reports after they were sent: seen again in words, with their history, corrected, taken back."""

from dataclasses import dataclass

from handlers import everyday
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.reporting.owed import cell_of
from handlers.reporting.sending import is_told
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.reports import MOST_REVISIONS, history_lines, report_lines
from rules.actions import (
    AskToTakeBack,
    BeginReport,
    Cancel,
    SendReportFile,
    ShowHistory,
    ShowOwnReport,
    ShowOwnReports,
    ShowStatus,
    ShowUnit,
    TakeBack,
)
from rules.campaign import forms
from rules.campaign.board import Cell
from rules.campaign.forms import FileRef
from rules.campaign.model import Obligation
from rules.campaign.progress import Outcome, State
from rules.directory.model import Unit
from rules.packing import Duty
from storage import people, reports
from storage.reports import Submission


def show_own_reports(turn: Turn, _: ShowOwnReports) -> None:
    """ "Xem báo cáo của tôi": the one that was sent; of several, which."""
    sent = [cell for cell in turn.owed() if cell.standing.revision]
    if not sent:
        turn.say(turn.words.tr("own_report.none"), *everyday.first_choices(turn))
    elif len(sent) == 1:
        _show(turn, sent[0])
    else:
        label = turn.words.language
        choices = [Choice(cell.duty.short.in_(label), ShowOwnReport(turn.campaign.duty(cell.duty))) for cell in sent]
        turn.say(turn.words.tr("own_report.which"), *choices)


def show_own_report(turn: Turn, action: ShowOwnReport) -> None:
    """One report of the own unit, with what can be done about it."""
    cell = _sent(turn, action.duty)
    if cell:
        _show(turn, cell)


def _sent(turn: Turn, duty: Duty) -> Cell | None:
    """The own unit's cell with that duty, if something was ever sent. Says so where not."""
    cell = cell_of(turn, duty)
    if cell is None or not cell.standing.revision:
        turn.say(turn.words.tr("status.no_report"), *everyday.first_choices(turn))
        return None
    return cell


def _show(turn: Turn, cell: Cell) -> None:
    found = _latest(turn, cell)
    lines = [turn.words.tr("form.heading", title=turn.title(cell.duty), clause=cell.duty.clause)]
    lines += report_lines(turn.words, turn.campaign, found, cell)
    turn.say("\n".join(lines), *_choices(turn, cell, found))


def _latest(turn: Turn, cell: Cell) -> Submission:
    found = reports.latest(turn.scope, cell.unit.slug, cell.duty.slug)
    assert found, "it has a revision"
    return found


def _choices(turn: Turn, cell: Cell, found: Submission) -> list[Choice]:
    words, duty = turn.words, turn.campaign.duty(cell.duty)
    back = cell.state is State.WITHDRAWN
    choices = [Choice(_opens(words, cell.state), BeginReport(duty))]
    if not back:
        choices.append(Choice(words.tr("button.take_back"), AskToTakeBack(duty)))
    if found.revision > 1:
        choices.append(Choice(words.tr("button.history"), ShowHistory(duty)))
    answers = forms.answers_from_json(turn.campaign.form(cell.duty), found.answers)
    if any(isinstance(value, FileRef) for value in answers.values()):
        choices.append(Choice(words.tr("button.file"), SendReportFile(found.id)))
    return choices


def _opens(words: Words, state: State) -> str:
    if state is State.WITHDRAWN:
        return words.tr("button.report_now")
    return words.tr("button.add_document") if state is State.AWAITING_DOCUMENT else words.tr("button.change")


def show_history(turn: Turn, action: ShowHistory) -> None:
    """Every revision: who sent it, when, what it changed."""
    cell = _sent(turn, action.duty)
    if cell is None:
        return
    revisions = reports.revisions(turn.scope, cell.unit.slug, cell.duty.slug, newest=MOST_REVISIONS + 1)
    title = turn.words.tr("history.title", title=turn.title(cell.duty))
    lines = [title, *history_lines(turn.words, turn.campaign.form(cell.duty), revisions)]
    turn.say("\n".join(lines), Choice(turn.words.tr("button.own_report"), ShowOwnReport(action.duty)))


# ---------------------------------------------------------------- taking it back


def ask_to_take_back(turn: Turn, action: AskToTakeBack) -> None:
    """Ask once: it counts as not reported then."""
    cell = _sent(turn, action.duty)
    if cell is None or _is_back(turn, cell):
        return
    turn.say(
        turn.words.tr("take_back.ask", title=turn.title(cell.duty), code=cell.standing.receipt),
        Choice(turn.words.tr("button.take_back_go"), TakeBack(action.duty, _latest(turn, cell).id)),
        Choice(turn.words.tr("button.cancel"), Cancel()),
    )


def _is_back(turn: Turn, cell: Cell) -> bool:
    if cell.state is not State.WITHDRAWN:
        return False
    turn.say(turn.words.tr("take_back.already", title=turn.title(cell.duty)), *everyday.first_choices(turn))
    return True


def take_back(turn: Turn, action: TakeBack) -> None:
    """The report is open again; what was sent stays in its history. Who oversees and the colleagues hear of it."""
    turn.close_buttons()
    cell = _sent(turn, action.duty)
    if cell is None or turn.person is None or _is_back(turn, cell):
        return
    if _latest(turn, cell).id != action.submission:
        turn.say(turn.words.tr("take_back.newer"), Choice(turn.words.tr("button.own_report"), ShowOwnReport(action.duty)))
        return
    unit, person = cell.unit, turn.person
    report = reports.Report(unit.slug, cell.duty.slug, Outcome.WITHDRAWN, {})
    kept = reports.submit(turn.scope, report, reports.By(person.id, person.name), turn.now, turn.pick)
    reached = _tell(turn, TakenBack(unit, cell.duty, person.name, cell.standing.receipt), kept) if is_told(turn, kept) else 0
    text = turn.words.tr("take_back.done", title=turn.title(cell.duty), code=cell.standing.receipt)
    text += (
        "\n" + turn.words.tr("take_back.told", receiver=turn.campaign.receiver.name.in_(turn.words.language)) if reached else ""
    )
    turn.say(
        text,
        Choice(turn.words.tr("button.report_now"), BeginReport(action.duty)),
        Choice(turn.words.tr("button.status"), ShowStatus()),
    )


def _tell(turn: Turn, told: "TakenBack", kept: Submission) -> int:
    """Who oversees and the colleagues hear of it. Returns how many who oversee are written to."""
    reached = push.to_overseers(turn, told, f"withdrawn:{kept.id}", may_mute=True)
    for colleague in people.of_unit(turn.db, kept.unit):
        if colleague.id != kept.person_id:
            push.to_person(turn, colleague, told, f"withdrawn:{kept.id}:p{colleague.id}")
    return reached


@dataclass(frozen=True)
class TakenBack(Notice):
    """For who oversees, and for colleagues: a unit took its report back."""

    unit: Unit
    duty: Obligation
    name: str
    receipt: str

    def message(self, words: Words) -> Message:
        """Who took back what."""
        unit, title = self.unit.name.in_(words.language), self.duty.title.in_(words.language)
        text = words.tr("take_back.alert", unit=unit, title=title, name=self.name, code=self.receipt)
        return Message(text, (Choice(words.tr("button.open_unit"), ShowUnit(self.unit.slug)),))
