"""Leaving: by one's own wish, or by blocking the bot."""

from handlers.managing import groups as grouping
from handlers.turn import Choice, Turn
from storage import people


def ask(turn: Turn, _: str) -> None:
    """Ask once before somebody leaves."""
    if turn.person is None:
        turn.say(turn.words.tr("leave.stranger"))
        return
    turn.say(
        turn.words.tr("leave.ask"),
        Choice(turn.words.tr("button.leave"), f"leavego {turn.person.id}"), Choice(turn.words.tr("button.stay"), "cancel"),
    )  # fmt: skip


def go(turn: Turn, person_id: str) -> None:
    """Leave: a stranger at once."""
    turn.close_buttons()
    if turn.person is None or str(turn.person.id) != person_id:
        turn.say(turn.words.tr("stale"))
        return
    people.leave(turn.db, turn.contact.id, turn.now)
    turn.rest()
    turn.say(turn.words.tr("leave.done"))


def left(turn: Turn) -> None:
    """The person blocked the bot, or it was put out of a group: nothing more is sent there."""
    if turn.incoming.group:
        grouping.forget(turn)
        return
    people.mark_refused(turn.db, turn.incoming.channel, turn.incoming.address, turn.incoming.left_why)
