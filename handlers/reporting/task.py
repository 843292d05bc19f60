"""One duty of the own unit on its own page: what is asked, how it stands, everything that can be done about it."""

from handlers import everyday
from handlers.message import Choice
from handlers.reporting.owed import cell_of
from handlers.turn import Turn
from handlers.wording.duties import missing_text, report_label, title_text
from handlers.wording.extensions import extended_text, until_text
from handlers.wording.phrases import deadline_and_left
from handlers.wording.register import ripe_text
from rules.actions import (
    Acknowledge,
    AskForTime,
    BeginReport,
    ChooseColleague,
    RemindLater,
    RemindTomorrow,
    ReportNothing,
    ShowClause,
    ShowTask,
    WithdrawTimeRequest,
)
from rules.campaign.board import Cell
from rules.campaign.register import months_counted
from rules.people import Role
from storage import assignments, extensions, people


def show_task(turn: Turn, action: ShowTask) -> None:
    """What a reminder's button of one duty opens."""
    cell = cell_of(turn, action.duty)
    if cell is None:
        turn.say(turn.words.tr("report.not_owed"), *everyday.first_choices(turn))
        return
    turn.say("\n".join(_lines(turn, cell)), *_choices(turn, cell))


def _lines(turn: Turn, cell: Cell) -> list[str]:
    words = turn.words
    title = title_text(words, cell.duty)
    if cell.deadline:
        until = deadline_and_left(words, turn.campaign, cell.deadline, turn.now)
        lines = [words.tr("task.text", title=title, clause=cell.duty.clause, deadline=until)]
    else:
        lines = [words.tr("form.heading", title=title, clause=cell.duty.clause)]
    if cell.extension:
        lines.append(extended_text(words, cell.extension))
    waiting = extensions.open_request_of(turn.scope, cell.unit.slug, cell.duty.slug)
    if waiting and waiting.day:
        lines.append(words.tr("time.waiting", until=until_text(words, waiting.day)))
    lines.append(words.tr("task.state", state=missing_text(words, cell.standing)))
    months = months_counted(cell.duty)
    if months and cell.deadline and (text := ripe_text(words, turn.own_products, months, cell.deadline.date)):
        lines.append(text)
    return [*lines, *_in_hand(turn, cell)]


def _in_hand(turn: Turn, cell: Cell) -> list[str]:
    """Who does it, if that was said and that one is still there."""
    names = {each.id: each.name for each in people.of_unit(turn.db, cell.unit.slug) if each.role is Role.OFFICER}
    found = [each for each in assignments.present(turn.scope, cell.unit.slug) if each.obligation == cell.duty.slug]
    return [turn.words.tr("task.in_hand", name=names[each.person_id]) for each in found if each.person_id in names]


def _choices(turn: Turn, cell: Cell) -> list[Choice]:
    words, duty = turn.words, turn.campaign.duty(cell.duty)
    choices = [Choice(report_label(words, cell.state), BeginReport(duty))]
    if cell.duty.conditional and cell.state.may_be_nothing:
        choices.append(Choice(words.tr("button.nothing"), ReportNothing(duty)))
    if not cell.state.done:
        choices += [
            Choice(words.tr("button.ack"), Acknowledge(duty)),
            Choice(words.tr("button.later"), RemindLater()),
            Choice(words.tr("button.tomorrow"), RemindTomorrow()),
            Choice(words.tr("button.give_task"), ChooseColleague(duty)),
        ]
    if not cell.state.done and cell.deadline:
        waiting = extensions.open_request_of(turn.scope, cell.unit.slug, cell.duty.slug)
        if waiting:
            choices.append(Choice(words.tr("button.withdraw_request"), WithdrawTimeRequest(waiting.id)))
        else:
            choices.append(Choice(words.tr("button.ask_for_time"), AskForTime(duty)))
    return [*choices, Choice(words.tr("button.rule"), ShowClause(turn.campaign.number, cell.duty.clause))]
