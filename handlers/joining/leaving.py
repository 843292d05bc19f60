"""Leaving: by one's own wish, or by blocking the bot."""

from dataclasses import dataclass

from handlers import everyday
from handlers.joining import last
from handlers.joining.gone import Deserted, OverseerLeft, is_deserted
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import channel_text
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
    """Leave: a stranger at once, on every channel, and each of them hears it."""
    turn.close_buttons()
    if _says_who_is_last(turn):
        return
    assert turn.person
    who, unit, elsewhere = turn.person, turn.unit, LeftElsewhere(turn.contact.channel)
    contacts = people.contacts_of(turn.db, [who.id]).get(who.id, [])
    push.tell_released(turn, people.remove(turn.db, who.id, turn.now))
    for each in contacts:
        if each.id != turn.contact.id and not each.refused:
            push.to_contact(turn, each, elsewhere, f"left:{who.id}:{each.id}")
    if who.role.oversees:
        push.to_overseers(turn, OverseerLeft(who.name, who.role), f"gone:{who.id}", but=who.id)
    elif unit and is_deserted(turn, who):
        push.to_overseers(turn, Deserted(unit, forgotten=False), f"deserted:{who.id}")
    turn.person = None
    turn.rest()
    turn.say(turn.words.tr("leave.done"))


@dataclass(frozen=True)
class LeftElsewhere(Notice):
    """For who left, on their other channels: should it be somebody else's doing, it is seen."""

    channel: str

    def message(self, words: Words) -> Message:
        """From where it was asked."""
        return Message(words.tr("leave.done_elsewhere", channel=channel_text(words, self.channel)))


def left(turn: Turn, _: LeftChat) -> None:
    """The person blocked the bot, or it was put out of a group: nothing more is sent there."""
    if turn.in_group:
        groups.unbind(turn.db, turn.incoming.channel, turn.incoming.group)
        return
    people.mark_refused(turn.db, turn.incoming.channel, turn.incoming.address, turn.incoming.left_why)
