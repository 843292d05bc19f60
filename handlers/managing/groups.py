"""Group chats that receive the managers' alerts. What may be asked in a group stands in ``handlers/routes.py``."""

from handlers.turn import Turn
from rules.actions import BindGroup, UnbindGroup
from storage import groups


def bind(turn: Turn, _: BindGroup) -> None:
    """A manager binds a group to the alerts."""
    if not turn.in_group:
        turn.say(turn.words.tr("group.only_there"))
        return
    assert turn.person
    groups.bind(turn.db, turn.incoming.channel, turn.incoming.group, turn.incoming.group_title, turn.person.id, turn.now)
    turn.say(turn.words.tr("group.bound"))


def unbind(turn: Turn, _: UnbindGroup) -> None:
    """A manager releases a group from the alerts."""
    if groups.unbind(turn.db, turn.incoming.channel, turn.incoming.group):
        turn.say(turn.words.tr("group.unbound"))
    else:
        turn.say(turn.words.tr("group.not_bound"))
