"""Group chats: the bot speaks there only when spoken to, and never of a unit's affairs unless the
group is bound to the alerts by a manager."""

from collections.abc import Callable

from handlers.asking import rules as asking
from handlers.managing import status as overseeing
from handlers.turn import Turn
from storage import groups

IN_GROUPS = ("help", "trogiup", "tiendo", "status", "han", "deadlines", "ganthongbao", "bind", "bothongbao", "unbind")


def handle(turn: Turn, command: Callable[[Turn, str], bool]) -> None:
    """A message in a group: commands of the group, and rule questions that mention the bot."""
    incoming = turn.incoming
    if incoming.choice:
        turn.say(turn.words.tr("group.private"))
        return
    if not incoming.addressed or not incoming.text:
        return
    if incoming.text.startswith("/"):
        name = incoming.text[1:].split("@")[0].split(" ")[0].lower()
        if name in ("tiendo", "status"):
            _status(turn)
        elif name in IN_GROUPS:
            command(turn, incoming.text)
        else:
            turn.say(turn.words.tr("group.private"))
        return
    asking.answer_in_group(turn, incoming.text)


def _status(turn: Turn) -> None:
    if groups.is_bound(turn.db, turn.incoming.channel, turn.incoming.group):
        turn.say(overseeing.overview_text(turn))
    else:
        turn.say(turn.words.tr("group.not_bound"))


def bind(turn: Turn, _: str) -> None:
    """A manager binds a group to the alerts."""
    if not turn.incoming.group:
        turn.say(turn.words.tr("group.only_there"))
    elif not turn.oversees or turn.person is None:
        turn.say(turn.words.tr("group.managers_only"))
    else:
        groups.bind(turn.db, turn.incoming.channel, turn.incoming.group, turn.incoming.group_title, turn.person.id, turn.now)
        turn.say(turn.words.tr("group.bound"))


def unbind(turn: Turn, _: str) -> None:
    """A manager releases a group from the alerts."""
    if not turn.oversees:
        turn.say(turn.words.tr("group.managers_only"))
    elif groups.unbind(turn.db, turn.incoming.channel, turn.incoming.group):
        turn.say(turn.words.tr("group.unbound"))
    else:
        turn.say(turn.words.tr("group.not_bound"))


def forget(turn: Turn) -> None:
    """The bot was put out of the group."""
    groups.unbind(turn.db, turn.incoming.channel, turn.incoming.group)
