"""Leaving: by one's own wish, or by blocking the bot."""

from handlers import everyday
from handlers.joining import last
from handlers.message import Choice
from handlers.pushing import push
from handlers.turn import Turn
from rules.actions import AskToLeave, Leave, LeftChat, Stay
from storage import groups, people


def ask(turn: Turn, _: AskToLeave) -> None:
    """Ask once before somebody leaves."""
    assert turn.person
    if _says_who_is_last(turn):
        return
    turn.say(
        turn.words.tr("leave.ask"),
        Choice(turn.words.tr("button.leave"), Leave(turn.person.id)), Choice(turn.words.tr("button.stay"), Stay()),
    )  # fmt: skip


def _says_who_is_last(turn: Turn) -> bool:
    return last.holds_back(turn, turn.words.tr("leave.last_administrator"), turn.words.tr("leave.last_manager"))


def stay(turn: Turn, _: Stay) -> None:
    """Not after all: what was open stays open."""
    turn.close_buttons()
    turn.say(turn.words.tr("leave.stayed"), *everyday.choices_beside(turn))


def leave(turn: Turn, _: Leave) -> None:
    """Leave: a stranger at once."""
    turn.close_buttons()
    if _says_who_is_last(turn):
        return
    push.tell_released(turn, people.leave(turn.db, turn.contact.id, turn.now))
    turn.person = None
    turn.rest()
    turn.say(turn.words.tr("leave.done"))


def left(turn: Turn, _: LeftChat) -> None:
    """The person blocked the bot, or it was put out of a group: nothing more is sent there."""
    if turn.in_group:
        groups.unbind(turn.db, turn.incoming.channel, turn.incoming.group)
        return
    people.mark_refused(turn.db, turn.incoming.channel, turn.incoming.address, turn.incoming.left_why)
