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
    choosing,
    departing,
    extending,
    forecasting,
    grouping,
    helping,
    inviting,
    joining,
    linking,
    overseeing,
    phoning,
    referring,
    reminding,
    report_files,
    reporting,
    reviewing,
    speaking,
    staffing,
)  # fmt: skip
from handlers.turn import Incoming, Turn, World
from rules.vietnamese import nfc, storable
from storage import conversations, outbox, people

UNKEPT = ("/start", "/lienket", "/link", "/sodienthoai", "/phone")
"""Commands whose rest, a code or a telephone number, is not kept with what was said."""
OVERTAKEN_SHOWN = 60
LONGEST_NAME = 120
LONGEST = 4000
"""Signs of a message that are looked at; what is longer is answered with a kind word."""
MOST_SIGNS_A_LETTER = 4
"""A letter with all its marks apart takes three."""


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
    "lienket": linking.show, "link": linking.show,
    "sodienthoai": phoning.show, "phone": phoning.show,
    "chiphi": forecasting.show, "cost": forecasting.show,
    "khonglienlac": overseeing.unreached_list, "unreached": overseeing.unreached_list,
}  # fmt: skip

ACTIONS: dict[str, Handler] = {
    "help": helping.show,
    "clause": asking.clause, "clauses": asking.all_clauses, "due": asking.deadlines, "fact": asking.tell,
    "dept": referring.ask_department, "reply": referring.begin_reply, "publish": referring.publish, "unpublish": referring.unpublish,
    "report": reporting.begin, "form": reporting.press, "nothing": reporting.begin_nothing, "choose": reporting.choose,
    "ack": reminding.acknowledge, "later": reminding.snooze, "stay": reminding.stay,
    "status": overseeing.status, "unit": overseeing.unit, "obl": overseeing.obligation, "look": overseeing.look,
    "file": overseeing.file,
    "nudge": chasing.confirm, "nudgego": chasing.go,
    "ok": reviewing.confirm, "more": reviewing.begin_more,
    "extend": extending.begin,
    "lang": speaking.speak,
    "inv": inviting.pick, "person": staffing.person, "move": staffing.choose_unit, "moveto": staffing.move,
    "remove": staffing.confirm_removal, "removego": staffing.remove,
    "leavego": departing.go, "cancel": helping.cancel,
    "linkgo": linking.go, "unlink": linking.unlink, "cost": forecasting.show,
}  # fmt: skip

TOPICS: dict[str, Handler] = {
    "report": reporting.type_answer,
    "reply": referring.type_reply,
    "more": reviewing.type_reason,
    "extend": extending.type_day,
    "extend-reason": extending.type_reason,
    "invite-name": inviting.type_name,
    "link": linking.type_code,
}


def take(db: Connection, world: World, incoming: Incoming, now: datetime, lease: datetime | None = None) -> Taken:
    """Take one update in, once. Everything it causes stands in the caller's transaction.

    ``lease`` claims the replies for the caller's own courier until then (wall clock).
    """
    typed = incoming.text[: LONGEST * MOST_SIGNS_A_LETTER]  # more is too long in any form
    incoming = replace(incoming, text=nfc(storable(typed)).strip(), name=storable(incoming.name)[:LONGEST_NAME])
    opened = conversations.open_conversation(
        db, incoming.channel, incoming.address, incoming.name, incoming.language, now
    )  # fmt: skip
    if not conversations.take_once(db, incoming.channel, incoming.update_id, opened.contact.id, _body(incoming, opened), now):
        return Taken(new=False)
    turn = Turn(db, world, incoming, opened, now, lease)
    if _overtaken(turn):
        turn.say(turn.words.tr("overtaken", text=incoming.text[:OVERTAKEN_SHOWN]))
        reporting.repeat(turn)
    else:
        _handle(turn)
    turn.keep()
    return Taken(new=True, queued=tuple(turn.queued))


def _overtaken(turn: Turn) -> bool:
    """Whether something typed comes after what was typed later, while the conversation is in the middle of something:
    then it may answer a question that is no more. Platforms that try again deliver in another order."""
    sent_at, newest = turn.incoming.sent_at, int(turn.data.get("newest", 0))
    if sent_at > newest:
        turn.data["newest"] = sent_at
    asked = bool(turn.topic) and not turn.incoming.group
    return asked and 0 < sent_at < newest and bool(turn.incoming.text)


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
    """What is kept of an update: the words, or the words of the button. Codes and telephone numbers are not kept."""
    command = incoming.text.split(" ", 1)[0].lower()
    if command in UNKEPT:
        return command
    if opened.person is None and (linking.CODE.fullmatch(incoming.text) or people.looks_like_invite(incoming.text)):
        return "•••"
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
    if incoming.phone:
        phoning.keep(turn, incoming.phone)
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
    if linking.is_code(turn, incoming.text):
        linking.type_code(turn, incoming.text)
        return
    if turn.person is None and people.is_invite(turn.db, incoming.text):
        joining.start(turn, incoming.text)  # the code alone, from somebody who has no link to press
        return
    chosen = choosing.choice_typed(turn, incoming.text, exact=turn.topic in (*TEXTS_FOR_OTHERS, "invite-name"))
    if chosen:
        _press(turn, chosen)
        return
    if choosing.is_stray_number(turn, incoming.text):
        turn.say(turn.words.tr("choice.no_number", number=incoming.text), *helping.first_choices(turn))
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


TEXTS_FOR_OTHERS = ("reply", "more", "extend-reason")
"""Topics whose next message goes to somebody else word for word."""
SHORT = 4
