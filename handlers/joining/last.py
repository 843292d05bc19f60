"""Who is the last to oversee stays until there is another: nobody could let anybody in or answer any more."""

from handlers.message import Choice
from handlers.turn import Turn
from rules.actions import BeginInvite
from rules.people import Role
from storage import own_data


def holds_back(turn: Turn, administrator: str, manager: str) -> bool:
    """Whether who writes is the last one. Says so in the words for an administrator or those for a manager, with a way to
    invite another."""
    who = turn.person
    if who is None or not own_data.is_last(turn.db, who):
        return False
    text = administrator if who.role is Role.ADMINISTRATOR else manager
    turn.say(text, Choice(turn.words.tr("button.invite_another"), BeginInvite(who.role)))
    return True
