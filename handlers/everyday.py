"""The usual buttons, by role: what somebody can always do next."""

from handlers.conversation import Filling
from handlers.message import Choice
from handlers.turn import Turn
from rules.actions import ChooseDuty, ChooseNudge, ShowClauses, ShowDeadlines, ShowStatus
from rules.people import Role


def choices_beside(turn: Turn) -> tuple[Choice, ...]:
    """The buttons below something that came up in between: none where a form is open, which asks its own question again."""
    return () if isinstance(turn.topic, Filling) else first_choices(turn)


def first_choices(turn: Turn) -> tuple[Choice, ...]:
    """The buttons of somebody's everyday."""
    words = turn.words
    due = Choice(words.tr("button.deadlines"), ShowDeadlines())
    status = Choice(words.tr("button.status"), ShowStatus())
    if turn.person is None:
        return (due, Choice(words.tr("button.all_clauses"), ShowClauses(turn.campaign.number)))
    if turn.role in (Role.OFFICER, Role.LEADER):
        return (Choice(words.tr("button.report"), ChooseDuty()), due, status)
    return (status, Choice(words.tr("button.nudge"), ChooseNudge()), due)
