"""One turn, start to end: lock, remember, hear, permit, handle, resume, keep."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers import everyday
from handlers.commands import COMMANDS
from handlers.conversation import AskingIn, Idle, Linking
from handlers.desk import Desk
from handlers.heard import Heard
from handlers.hearing import asks_whether_sure, command_word, hear
from handlers.joining.phone import read_phone
from handlers.library import Library
from handlers.message import Choice, action_of
from handlers.routes import OF_OVERSEERS, RESUME, ROUTES, Denied, LeadsOn, permits, permits_in_group
from handlers.talking import LONGEST
from handlers.turn import Arrival, Incoming, Turn
from rules.actions import Action, ShowStatus
from rules.codes import invites_in, looks_like_invite, looks_like_link_code, meant_as_invite
from rules.text.vietnamese import nfc, one_line, storable
from storage import conversations, invites
from storage.claims import Claim
from storage.conversations import Sender, Update
from storage.outbox import Delivery

UNKEPT = ("start", "lienket", "link", "sodienthoai", "phone")
"""Commands whose rest, a code or a telephone number, is not kept with what was said."""
OVERTAKEN_SHOWN = 60
LONGEST_NAME = 120
CLEANED = ("update_id", "address", "group", "choice", "language", "left_why", "phone")
"""Fields of an update, besides its text and names, that may hold what no database keeps."""
MOST_SIGNS_A_LETTER = 4
"""A letter with all its marks apart takes three."""


@dataclass(frozen=True)
class Taken:
    """What a turn came to: whether the update was new, what it queued, and what of that its lease ``claimed``."""

    new: bool
    queued: tuple[Delivery, ...] = ()
    claimed: tuple[Delivery, ...] = ()


def take(db: Connection, library: Library, incoming: Incoming, now: datetime, lease: Claim | None = None) -> Taken:
    """Take one update in, once. Everything it causes stands in the caller's transaction.

    ``lease`` claims the replies for the caller's own courier.
    """
    incoming = _readable(incoming)
    opened = _opened(db, library, incoming, now, lease)
    if opened is None:
        return Taken(new=False)
    turn, update = opened
    if not conversations.take_once(db, update, now):
        return Taken(new=False)
    if _overtaken(turn):
        turn.say(turn.words.tr("overtaken", text=incoming.text[:OVERTAKEN_SHOWN]))
        _resume(turn)
    else:
        heard = hear(turn, COMMANDS)
        if heard:
            _handle(turn, heard)
    turn.keep()
    return Taken(new=True, queued=tuple(turn.queued), claimed=tuple(turn.claimed))


def _readable(incoming: Incoming) -> Incoming:
    """Without what no database keeps, wherever a platform put it."""
    typed = incoming.text[: LONGEST * MOST_SIGNS_A_LETTER]  # more is too long in any form
    sent = incoming.file
    kept: dict[str, Any] = {name: storable(getattr(incoming, name)) for name in CLEANED}
    kept |= {"text": nfc(storable(typed)).strip()}
    kept |= {field: one_line(getattr(incoming, field)[: 4 * LONGEST_NAME])[:LONGEST_NAME] for field in ("name", "group_title")}
    kept["file"] = sent.model_copy(update={"name": storable(sent.name)}) if sent else None
    changed = {name: value for name, value in kept.items() if value != getattr(incoming, name)}
    return replace(incoming, **changed) if changed else incoming


def _handle(turn: Turn, heard: Heard) -> None:
    """Permit, do, and come back to what was open."""
    open_topic, menu = turn.topic, turn.conversation.menu
    denied = _denied(turn, heard.action)
    if denied:
        if heard.answers:  # who lost a right in the middle of something is not held in it
            turn.rest()
        _deny(turn, denied)
    else:
        ROUTES[type(heard.action)].handler(turn, heard.action)
    if heard.aside:
        if turn.topic != open_topic:
            turn.go(open_topic)
        just_asked = turn.conversation.menu is not menu and asks_whether_sure(turn)
        if not just_asked:  # else that question would no longer be the last
            _resume(turn)


def _denied(turn: Turn, action: Action) -> Denied | None:
    if turn.in_group:
        return permits_in_group(turn, action, turn.incoming.channel, turn.incoming.group)
    return permits(turn, action, turn.contact.id)


@dataclass(frozen=True)
class _May:
    """Whether the sender may press a choice: those that only lead to a refusal are not offered."""

    contact: int

    def __call__(self, desk: Desk, action: Action) -> bool:
        return permits(desk, action, self.contact) is None


def _deny(turn: Turn, denied: Denied) -> None:
    if not denied.key:
        return
    text = turn.words.tr(denied.key, receiver=turn.campaign.receiver.name.in_(turn.words.language))
    match denied.leads_on:
        case LeadsOn.NOWHERE:
            turn.say(text)
        case LeadsOn.EVERYDAY:
            turn.say(text, *everyday.first_choices(turn))
        case LeadsOn.STATUS:
            turn.say(text, Choice(turn.words.tr("button.status"), ShowStatus()))


def _resume(turn: Turn) -> None:
    """The open topic asks its question again."""
    if isinstance(turn.topic, OF_OVERSEERS) and not turn.oversees:
        turn.rest()
        return
    again = RESUME.get(type(turn.topic))
    if again:
        again(turn)


def _overtaken(turn: Turn) -> bool:
    """Whether something typed comes after what was typed later, while the conversation is in the middle of something:
    then it may answer a question that is no more. Platforms that try again deliver in another order."""
    sent_at, newest = turn.incoming.sent_at, turn.conversation.newest
    if sent_at > newest:
        turn.conversation = replace(turn.conversation, newest=sent_at)
    asked = not isinstance(turn.topic, Idle) and not turn.in_group
    return asked and 0 < sent_at < newest and bool(turn.incoming.text)


def apologise(
    db: Connection, library: Library, incoming: Incoming, fault: str, now: datetime, lease: Claim | None = None
) -> Taken:
    """After a turn that failed: remember the update with its fault, and say that it was not understood.

    The conversation stays where it was, so nothing that was answered is lost. ``lease`` as for a turn that did not fail.
    """
    opened = _opened(db, library, _readable(incoming), now, lease)
    if opened is None:
        return Taken(new=False)
    turn, update = opened
    return _only_say(turn, update._replace(fault=storable(fault)[:500]), turn.words.tr("failed"))


def ask_to_wait(db: Connection, library: Library, incoming: Incoming, now: datetime, lease: Claim | None = None) -> Taken:
    """Somebody sends more than can be answered: this update is not handled, and that is said. ``lease`` as for a turn."""
    opened = _opened(db, library, _readable(incoming), now, lease)
    return _only_say(*opened, opened[0].words.tr("wait")) if opened else Taken(new=False)


def tell_share_used(db: Connection, library: Library, incoming: Incoming, now: datetime, lease: Claim | None = None) -> Taken:
    """Somebody had their share of what the channel takes in a month: the update is not handled, and that is said. ``lease``
    as for a turn."""
    opened = _opened(db, library, _readable(incoming), now, lease)
    return _only_say(*opened, opened[0].words.tr("share_used")) if opened else Taken(new=False)


def _only_say(turn: Turn, update: Update, text: str) -> Taken:
    """Take an update without doing what it asks for."""
    if not conversations.take_once(turn.db, update, turn.now):
        return Taken(new=False)
    turn.say(text)
    return Taken(new=True, queued=tuple(turn.queued), claimed=tuple(turn.claimed))


def _opened(
    db: Connection, library: Library, incoming: Incoming, now: datetime, lease: Claim | None
) -> tuple[Turn, Update] | None:
    """The turn of an update, its conversation locked; and the update as it is remembered. None where it begins nobody:
    somebody who was forgotten since leaves, or an update comes again."""
    comes = bool(incoming.group) or not incoming.left
    sender = Sender(incoming.channel, incoming.address, incoming.name, incoming.language, incoming.update_id, comes)
    opened = conversations.open_conversation(db, sender, now)
    if opened is None:
        return None
    turn = Turn(db, library, now, Arrival(incoming, opened, _May(opened.contact.id), lease))
    return turn, Update(incoming.channel, incoming.update_id, opened.contact.id, _body(turn))


def _body(turn: Turn) -> str:
    """What is kept of an update: the words, or the words of the button. Codes and telephone numbers are not kept."""
    incoming = turn.incoming
    command = command_word(incoming.text)
    if command in UNKEPT:
        return f"/{command}"
    if _holds_invite(turn, incoming.text):
        return "•••"
    if (turn.person is None or isinstance(turn.topic, Linking)) and looks_like_link_code(incoming.text):
        return "•••"
    if isinstance(turn.topic, AskingIn) and read_phone(incoming.text):
        return "•••"
    if incoming.choice:
        pressed = action_of(incoming.choice)
        return next((choice.label for choice in turn.conversation.menu if choice.action == pressed), "▸")
    if incoming.file:
        return f"📎 {incoming.file.name}"
    return incoming.text[:LONGEST]


def _holds_invite(turn: Turn, text: str) -> bool:
    """Whether a text is an invite's code, or a stranger's sentence with one in it."""
    if turn.person is not None:
        return invites.is_invite(turn.db, text)
    return looks_like_invite(text) or meant_as_invite(text) or any(invites.is_invite(turn.db, word) for word in invites_in(text))
