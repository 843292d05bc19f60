"""One turn, start to end: lock, remember, find the handler, keep the state.

The order in which an incoming message is understood stands in :func:`_handle`, and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from handlers import (
    asking,
    chasing,
    departing,
    extending,
    grouping,
    helping,
    inviting,
    joining,
    overseeing,
    referring,
    reminding,
    report_files,
    reporting,
    reviewing,
    speaking,
    staffing,
)  # fmt: skip
from handlers.turn import Incoming, Turn, World
from rules.vietnamese import nfc, same_words
from storage import conversations, outbox

LONGEST = 4000
"""Signs of a message that are looked at; what is longer is answered with a kind word."""


@dataclass(frozen=True)
class Taken:
    """What a turn came to: whether the update was new, and what it queued."""

    new: bool
    queued: tuple[outbox.Waiting, ...] = ()


Handler = Callable[[Turn, str], None]

COMMANDS: dict[str, Handler] = {
    "start": joining.start,
    "help": helping.show, "trogiup": helping.show,
    "baocao": reporting.choose, "report": reporting.choose,
    "tiendo": overseeing.status, "status": overseeing.status,
    "han": asking.deadlines, "deadlines": asking.deadlines,
    "ngonngu": speaking.choose, "language": speaking.choose,
    "huy": helping.cancel, "cancel": helping.cancel,
    "nhac": chasing.choose, "nudge": chasing.choose,
    "moi": inviting.choose, "invite": inviting.choose,
    "nguoi": staffing.show, "people": staffing.show,
    "cauhoi": referring.review, "questions": referring.review,
    "bienlai": overseeing.receipt, "receipt": overseeing.receipt,
    "ganthongbao": grouping.bind, "bind": grouping.bind,
    "bothongbao": grouping.unbind, "unbind": grouping.unbind,
    "tatthongbao": overseeing.mute, "mute": overseeing.mute,
    "batthongbao": overseeing.unmute, "unmute": overseeing.unmute,
    "roi": departing.ask, "leave": departing.ask,
}  # fmt: skip

ACTIONS: dict[str, Handler] = {
    "help": helping.show,
    "clause": asking.clause, "clauses": asking.all_clauses, "due": asking.deadlines, "fact": asking.tell,
    "dept": referring.ask_department, "reply": referring.begin_reply, "publish": referring.publish, "unpublish": referring.unpublish,
    "report": reporting.begin, "form": reporting.press, "nothing": reporting.begin_nothing, "choose": reporting.choose,
    "ack": reminding.acknowledge, "later": reminding.snooze,
    "status": overseeing.status, "unit": overseeing.unit, "obl": overseeing.obligation, "look": overseeing.look,
    "file": overseeing.file,
    "nudge": chasing.confirm, "nudgego": chasing.go,
    "ok": reviewing.confirm, "more": reviewing.begin_more,
    "extend": extending.begin,
    "lang": speaking.speak,
    "inv": inviting.pick, "person": staffing.person, "move": staffing.choose_unit, "moveto": staffing.move,
    "remove": staffing.confirm_removal, "removego": staffing.remove,
    "leavego": departing.go, "cancel": helping.cancel,
}  # fmt: skip

TOPICS: dict[str, Handler] = {
    "report": reporting.type_answer,
    "reply": referring.type_reply,
    "more": reviewing.type_reason,
    "extend": extending.type_day,
    "extend-reason": extending.type_reason,
    "invite-name": inviting.type_name,
}


def take(db: Connection, world: World, incoming: Incoming, now: datetime, lease: datetime | None = None) -> Taken:
    """Take one update in, once. Everything it causes stands in the caller's transaction.

    ``lease`` claims the replies for the caller's own courier until then (wall clock).
    """
    incoming = replace(incoming, text=nfc(incoming.text).strip())
    opened = conversations.open_conversation(
        db, incoming.channel, incoming.address, incoming.name, incoming.language, now
    )  # fmt: skip
    if not conversations.take_once(db, incoming.channel, incoming.update_id, opened.contact.id, _body(incoming, opened), now):
        return Taken(new=False)
    turn = Turn(db, world, incoming, opened, now, lease)
    _handle(turn)
    turn.keep()
    return Taken(new=True, queued=tuple(turn.queued))


def apologise(db: Connection, world: World, incoming: Incoming, fault: str, now: datetime) -> Taken:
    """After a turn that failed: remember the update with its fault, and say that it was not understood.

    The conversation stays where it was, so nothing that was answered is lost.
    """
    opened = conversations.open_conversation(
        db, incoming.channel, incoming.address, incoming.name, incoming.language, now
    )  # fmt: skip
    body = _body(incoming, opened)
    if not conversations.take_once(db, incoming.channel, incoming.update_id, opened.contact.id, body, now, fault[:500]):
        return Taken(new=False)
    turn = Turn(db, world, incoming, opened, now, None)
    turn.say(turn.words.tr("failed"))
    return Taken(new=True, queued=tuple(turn.queued))


def _body(incoming: Incoming, opened: conversations.Opened) -> str:
    """What is kept of an update: the words, or the words of the button. Invite codes are not kept."""
    if incoming.text.startswith("/start"):
        return "/start"
    if incoming.choice:
        menu = opened.kept.data.get("menu", [])
        return next((str(label) for label, action in menu if action == incoming.choice), "▸")
    if incoming.file:
        return f"📎 {incoming.file.name}"
    return incoming.text[:LONGEST]


def _handle(turn: Turn) -> None:
    incoming = turn.incoming
    if incoming.left:
        departing.left(turn)
        return
    if incoming.group:
        grouping.handle(turn, _command)
        return
    if incoming.choice:
        _press(turn, incoming.choice)
        return
    if incoming.trouble or incoming.file:
        report_files.take_file(turn)
        return
    if not incoming.text:
        helping.not_understood(turn)
        return
    if len(incoming.text) > LONGEST:
        turn.say(turn.words.tr("too_long", limit=turn.words.number(LONGEST)))
        reporting.repeat(turn)
        return
    if incoming.text.startswith("/") and _command(turn, incoming.text):
        return
    chosen = _choice_typed(turn, incoming.text)
    if chosen:
        _press(turn, chosen)
        return
    topic = TOPICS.get(turn.topic)
    if turn.topic in TEXTS_FOR_OTHERS and len(incoming.text.split()) <= SHORT:
        errand = helping.errand_in(turn, incoming.text)
        if errand:  # "tiến độ" is not what an officer is to be told
            kept = (turn.topic, turn.data)
            errand()
            turn.topic, turn.data = kept[0], {**kept[1], "menu": turn.data.get("menu", [])}
            return
    if topic:
        topic(turn, incoming.text)
        return
    helping.plain(turn, incoming.text)


def _command(turn: Turn, text: str) -> bool:
    """Run a command such as ``/start ABC`` or ``/tiendo@the_bot``. False where there is none."""
    head, _, rest = text[1:].partition(" ")
    command = COMMANDS.get(head.partition("@")[0].lower())
    if command is None:
        turn.say(turn.words.tr("unknown_command"), *helping.first_choices(turn))
        return True
    command(turn, rest.strip())
    return True


def _press(turn: Turn, action: str) -> None:
    verb, _, rest = action.partition(" ")
    handler = ACTIONS.get(verb)
    if handler is None:
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    handler(turn, rest)


def _choice_typed(turn: Turn, text: str) -> str:
    """The action of the latest choice whose number or words were typed.

    Numbers count only where choices are shown as a numbered list, so that "2" typed on a phone
    with buttons stays an answer.
    """
    menu = turn.data.get("menu", [])
    if text.isdigit() and turn.incoming.channel in NUMBERED_CHANNELS:
        place = int(text) - 1
        return str(menu[place][1]) if 0 <= place < len(menu) else ""
    typed = same_words(text)
    matching = [action for label, action in menu if typed and same_words(label) == typed]
    return str(matching[0]) if matching else ""


TEXTS_FOR_OTHERS = ("reply", "more", "extend-reason")
"""Topics whose next message goes to somebody else word for word."""
SHORT = 4
NUMBERED_CHANNELS = ("console", "zalo_bot")
