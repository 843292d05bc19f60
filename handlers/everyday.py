"""The usual buttons, by role: what somebody can always do next."""

from handlers.conversation import Filling
from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from rules.actions import AskToJoin, ChooseDuty, ChooseNudge, ShowClauses, ShowDeadlines, ShowStatus
from rules.people import Role


def choices_beside(turn: Turn) -> tuple[Choice, ...]:
    """The buttons below something that came up in between: none where a form is open, which asks its own question again."""
    return () if isinstance(turn.topic, Filling) else first_choices(turn)


def first_choices(turn: Turn) -> tuple[Choice, ...]:
    """The buttons of somebody's everyday."""
    if turn.role is None:
        return _of_a_stranger(turn)
    return choices_of(turn.words, turn.role)


def _of_a_stranger(turn: Turn) -> tuple[Choice, ...]:
    words = turn.words
    return (
        Choice(words.tr("button.join"), AskToJoin()),
        Choice(words.tr("button.deadlines"), ShowDeadlines()),
        Choice(words.tr("button.all_clauses"), ShowClauses(turn.campaign.number)),
    )


def choices_of(words: Words, role: Role) -> tuple[Choice, ...]:
    """Those of a role."""
    due = Choice(words.tr("button.deadlines"), ShowDeadlines())
    status = Choice(words.tr("button.status"), ShowStatus())
    if role in (Role.OFFICER, Role.LEADER):
        return (Choice(words.tr("button.report"), ChooseDuty()), due, status)
    return (status, Choice(words.tr("button.nudge"), ChooseNudge()), due)
