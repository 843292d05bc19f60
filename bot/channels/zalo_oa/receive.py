"""Zalo Official Account: what agencies own.

Webhook only. Zalo waits two seconds and then tries again (after 30 s, 5, 15, 30 and 60 minutes, in another order than
things were said), so an event is stored, confirmed and then handled. It is signed with plain SHA-256 over app id, raw
body, timestamp and a secret; documents differ on which secret [?], so ``ZALO_OA_SECRET_KEY`` is a setting. Nothing of
a body is read before its signature holds, but the digits of its timestamp. Up to five choices are buttons, more are a
numbered list. Files go both ways: PDF, Word and CSV up to 5 MB, pictures up to 1 MB; anything else is a signed link.
Ordinary messages are free within 48 hours of the person's last, billed up to 7 days, refused after that; then only
approved templates pass. Sources stand in zalo_oa_api.py and rules/channels.py.
"""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from sqlalchemy import Connection

from bot.channels.http_answers import Unreachable
from bot.channels.zalo_oa.api import Refused, ZaloOaApi
from bot.channels.zalo_oa.tokens import NoToken
from bot.delivery.courier import NotThisWay, TryLater
from bot.delivery.numbered import as_numbered, file_link, joined
from bot.delivery.parts import send_pieces
from bot.delivery.refusals import Verdict, refuse
from bot.delivery.splitting import split
from bot.flow.fetching import fetch
from bot.flow.inbox import Inbox
from bot.flow.raw import table as raw_table
from bot.flow.raw import text as raw_text
from bot.logs import logger
from bot.wiring import House
from handlers.desk import Desk
from handlers.message import Choice, Message
from handlers.pushing.post import PushKind
from handlers.ticking.quota import period
from handlers.turn import Incoming
from rules.channels import ChannelName, Window, channel_named
from rules.ids import read_number
from rules.text.vietnamese import nfc
from storage import people, spending
from storage.database import reading
from storage.files import StoredFile, sniff
from storage.outbox import Delivery

CHANNEL = ChannelName.ZALO_OA
PHONE_CHANNEL = ChannelName.ZALO_PHONE
WEBHOOK_PATH = "/zalo-oa/webhook"
SIGNATURE_HEADER = "x-zevent-signature"
MOST_BODY = 256 * 1024
LONGEST_LABEL = 100
PRESSED = "#dondoc "
"""What a button's payload begins with: it comes back as if the person had typed it."""
_TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*"?(\d{1,20})"?')
_NO_DIGIT = re.compile(r"\D")
_PHONE = re.compile(r"84\d{9}")
log = logger(__name__)

Take = Callable[[Incoming], Awaitable[object]]


# ---------------------------------------------------------------- receiving


def signed_by(app_id: str, body: bytes, secret: str, given: str) -> bool:
    """Whether a webhook comes from somebody who knows the secret. Compared in constant time."""
    mac = given.strip().removeprefix("mac=").lower().encode()
    genuine = False
    for timestamp in set(_TIMESTAMP.findall(body)):
        expected = hashlib.sha256(app_id.encode() + body + timestamp + secret.encode()).hexdigest().encode()
        genuine |= hmac.compare_digest(expected, mac)
    return genuine


@dataclass(frozen=True)
class Event:
    """An event as far as it concerns us. ``file`` is an address with a name, fetched before the turn."""

    id: str
    sender: str
    kind: str
    text: str = ""
    file: str = ""
    file_name: str = ""
    sent_at: int = 0
    phone: str = ""


def read_event(raw: dict[str, Any]) -> Event | None:
    """What a person did; None for what the account did, what was only seen, and what nobody knows."""
    kind, when = raw_text(raw.get("event_name")), raw_text(raw.get("timestamp"))
    message = raw_table(raw.get("message"))
    sender = raw_text(raw_table(raw.get("sender")).get("id")) or raw_text(raw_table(raw.get("follower")).get("id"))
    sent_at = read_number(when) or 0
    if not sender or not (kind.startswith("user_send_") or kind in ("follow", "unfollow", "user_submit_info")):
        return None
    event_id = raw_text(message.get("msg_id")) or f"{kind}:{sender}:{when}"
    if kind == "user_submit_info":
        phone = _NO_DIGIT.sub("", raw_text(raw_table(raw.get("info")).get("phone")))
        return Event(event_id, sender, kind, sent_at=sent_at, phone=phone) if _PHONE.fullmatch(phone) else None
    attachments = message.get("attachments")
    first = raw_table(raw_table(attachments[0]).get("payload")) if isinstance(attachments, list) and attachments else {}
    is_file = kind in ("user_send_image", "user_send_file")
    name = raw_text(first.get("name")) or ("anh.jpg" if kind == "user_send_image" else "tep")
    text = "" if is_file else raw_text(message.get("text"))
    return Event(event_id, sender, kind, text, raw_text(first.get("url")) if is_file else "", name, sent_at)


def as_incoming(event: Event, name: str, kept: StoredFile | None, trouble: str) -> Incoming:
    """An event made neutral: a button that comes back as text is a choice, following is a greeting."""
    pressed = event.text.startswith(PRESSED)
    return Incoming(
        channel=CHANNEL, update_id=event.id, address=event.sender, name=name,
        text="/start" if event.kind == "follow" else "" if pressed else event.text,
        choice=event.text[len(PRESSED) :].strip() if pressed else "", file=kept, trouble=trouble,
        left=event.kind == "unfollow", left_why="unfollowed", sent_at=event.sent_at, phone=event.phone,
    )  # fmt: skip


def whose(raw: dict[str, Any]) -> str:
    """Whose event it is, for keeping the order of one person's."""
    event = read_event(raw)
    return event.sender if event else ""


class ZaloOaReceiver:
    """Turns events into :class:`Incoming` and hands them to ``take``."""

    def __init__(self, house: House, api: ZaloOaApi, take: Take, inbox: Inbox) -> None:
        self._house, self._api, self._take, self._inbox = house, api, take, inbox

    async def webhook(self, given: str, body: bytes) -> int:
        """One call of Zalo's: the HTTP status to answer. 200 only once the event is durable."""
        settings = self._house.settings
        if len(body) > MOST_BODY:
            return 413
        if not signed_by(settings.zalo_oa_app_id, body, settings.zalo_oa_secret_key.get_secret_value(), given):
            return 403
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if not isinstance(raw, dict) or raw_text(raw.get("app_id")) not in ("", settings.zalo_oa_app_id):
            return 400
        event = read_event(raw)
        if event:
            await self._inbox.put(CHANNEL, event.id, raw)
        return 200

    async def receive(self, raw: dict[str, Any]) -> None:
        """Take one event in."""
        event = read_event(raw)
        if event is None:
            return
        kept, trouble = None, ""
        if event.file:
            kept, trouble = await fetch(event.file, event.file_name, self._house.library.files)
        elif event.kind in ("user_send_image", "user_send_file", "user_send_audio", "user_send_video"):
            trouble = "unsupported"
        await self._take(as_incoming(event, await self._name(event), kept, trouble))

    async def _name(self, event: Event) -> str:
        """Somebody new is asked for by name; without an answer the invite's name, or none, has to do."""

        def known() -> str:
            with reading(self._house.engine) as db:
                found = people.contact_at(db, CHANNEL, event.sender)
            return found.name if found else ""

        name = await asyncio.to_thread(known)
        if name or event.kind == "unfollow":
            return name
        try:
            return await self._api.name_of(event.sender)
        except (Refused, Unreachable, NoToken) as error:
            log.warning("a person's name is not to be had", why=type(error).__name__)
            return ""


# ---------------------------------------------------------------- sending


def buttons(choices: tuple[Choice, ...]) -> dict[str, Any]:
    """Up to five choices as an attachment. A button comes back as a text that the chat does not show."""
    shown = [
        {"title": choice.label[:LONGEST_LABEL], "type": "oa.query.hide", "payload": f"{PRESSED}{choice.action}"}
        for choice in choices
    ]
    return {"type": "template", "payload": {"template_type": "button", "buttons": shown}}


class ZaloOaSink:
    """Sends messages, within the window and counted; templates beyond it."""

    def __init__(self, house: House, api: ZaloOaApi) -> None:
        self._house, self._api = house, api
        self._channel = channel_named(CHANNEL)

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send, and translate what Zalo says into the courier's words."""
        if delivery.closes:
            return ""  # a pressed button can't be taken away; pressed again, it is known to be stale
        try:
            if delivery.template:
                return await self._send_template(delivery)
            return await self._send_ordinary(address, message, delivery)
        except NoToken:
            _lost()
        except Unreachable as silent:
            raise TryLater(min(2.0**delivery.attempts, 300), silent.why) from None
        except Refused as refused:
            _refused(refused)

    async def _send_template(self, delivery: Delivery) -> str:
        template = delivery.template
        sent = await self._api.send_template(delivery.address, str(template["id"]), template["data"])
        await count(self._house, "template", int(template["price"]))
        return sent

    async def _send_ordinary(self, address: str, message: Message, delivery: Delivery) -> str:
        state = await asyncio.to_thread(self._window, delivery) if delivery.kind in list(PushKind) else Window.FREE
        if state is Window.CLOSED:
            raise NotThisWay("window", "nothing from this person for 7 days")
        cost = self._house.library.campaign.policy.zalo.billed_price if state is Window.BILLED else 0

        async def send(part: dict[str, Any]) -> str:
            sent = await self._api.send(address, part)
            await count(self._house, state.value, cost)
            return sent

        parts = await self._parts(message, delivery)
        return await send_pieces(self._house.writer, delivery, [partial(send, part) for part in parts])

    def _window(self, delivery: Delivery) -> Window:
        if self._channel.window is None:
            return Window.FREE
        with reading(self._house.engine) as db:
            found = people.contact_by_id(db, delivery.contact_id) if delivery.contact_id is not None else None
        return self._channel.window.at(found.last_seen_at, self._house.clock.now()) if found else Window.CLOSED

    async def _parts(self, message: Message, delivery: Delivery) -> list[dict[str, Any]]:
        """The platform's messages that make up one of ours: the file first, then texts, the last with the buttons."""
        file = await self._file(message)
        listing = self._channel.numbered(len(message.choices))
        listed = await as_numbered(self._house, message, delivery) if listing else ""
        linked = "" if file else file_link(self._house, message, delivery)
        texts = split(nfc(joined(message.text, linked, listed)), self._channel.text_limit, self._channel.measure)
        found: list[dict[str, Any]] = [{"text": text} for text in texts if text]
        if message.choices and not listing:
            found[-1]["attachment"] = buttons(message.choices)
        return [file, *found] if file else found

    async def _file(self, message: Message) -> dict[str, Any] | None:
        """The message's file as an attachment; None where it has none, or one that only goes as a link."""
        if message.file is None:
            return None
        data = await asyncio.to_thread(self._house.library.files.get, message.file.hash)
        limits = self._channel.files_out
        kind = "csv" if message.file.name.lower().endswith(".csv") else sniff(data)
        if len(data) <= limits.documents.get(kind, -1):
            token = (await self._api.upload("file", message.file.name, data)).get("token")
            return {"attachment": {"type": "file", "payload": {"token": token}}}
        if len(data) <= limits.pictures.get(kind, -1):
            element = {
                "media_type": "image",
                "attachment_id": (await self._api.upload("image", message.file.name, data)).get("attachment_id"),
            }
            return {"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}}}
        return None


class ZaloPhoneSink:
    """Sends templates to telephone numbers: the last way, for which nobody has to have opened anything."""

    def __init__(self, house: House, api: ZaloOaApi) -> None:
        self._house, self._api = house, api
        self._rest = channel_named(PHONE_CHANNEL).rest

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send a template; at night it waits."""
        now = self._house.clock.now().astimezone(self._house.library.directory.zone)
        rest = self._rest.ends(now) if self._rest else None
        if rest:
            raise TryLater((rest - now).total_seconds(), "templates rest at night")
        template = delivery.template
        try:
            sent = await self._api.send_template_to_phone(address, str(template["id"]), template["data"], f"dondoc-{delivery.id}")
        except NoToken:
            _lost()
        except Unreachable as silent:
            raise TryLater(min(2.0**delivery.attempts, 300), silent.why) from None
        except Refused as refused:
            _refused(refused)
        await count(self._house, "template", int(template["price"]))
        return sent


def _lost() -> NoReturn:
    """No token: what can go another way does, the last reply to each person comes back with the token."""
    raise NotThisWay("account", "the Zalo account has no token")


def _refused(refused: Refused) -> NoReturn:
    if refused.row.verdict is Verdict.TOKEN:
        _lost()
    refuse(refused.row, f"{refused.code} {refused.said}")


async def count(house: House, kind: str, cost: int) -> None:
    """Count a message that was taken, in the month and under its price."""
    now = house.clock.now()

    def add(db: Connection) -> None:
        spending.add(db, CHANNEL, period(Desk(db, house.library, now)), kind, 1, cost)

    try:
        await asyncio.wrap_future(house.writer.submit(add, "spent"))
    except Exception:  # it is out: to fail now would send it again
        log.exception("a message that was sent could not be counted", channel=CHANNEL)
