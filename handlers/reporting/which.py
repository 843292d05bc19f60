"""Which report is it to be?"""

from handlers.message import Choice
from handlers.turn import Turn
from rules.actions import BeginReport, ChooseDuty, ShowStatus


def choose_duty(turn: Turn, _: ChooseDuty) -> None:
    """What the own unit owes, dated duties first."""
    offer(turn)


def offer(turn: Turn) -> None:
    """The buttons of all that the own unit owes."""
    if turn.unit is None:
        not_yours(turn)
        return
    choices = []
    for cell in turn.owed():
        label = ("✅ " if cell.state.done else "") + cell.duty.short.in_(turn.words.language)
        choices.append(Choice(label, BeginReport(turn.campaign.duty(cell.duty))))
    turn.say(turn.words.tr("report.which"), *choices)


def not_yours(turn: Turn) -> None:
    """Somebody of no unit that owes anything."""
    turn.say(turn.words.tr("report.not_yours"), Choice(turn.words.tr("button.status"), ShowStatus()))
