"""Zalo Official Account, receiving: what agencies own.

Webhook only. Zalo waits two seconds and then tries again (after 30 s, 5, 15, 30 and 60 minutes, in another order than
things were said), so an event is stored, confirmed and then handled. It is signed with plain SHA-256 over app id, raw
body, timestamp and a secret; documents differ on which secret [?], so ``ZALO_OA_SECRET_KEY`` is a setting. Nothing of
a body is read before its signature holds, but the digits of its timestamp. Sources stand in api.py and rules/channels.py.
"""

import asyncio
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Engine

from bot.channels.zalo_oa.api import PRESSED, Refused, ZaloOaApi
from bot.channels.zalo_oa.tokens import NoToken
from bot.delivery.http_answers import Unreachable
from bot.flow.fetching import Fetching
from bot.flow.inbox import Inbox
from bot.flow.intake import Attachment, Take, as_table, as_text
from bot.logs import logger
from handlers.file_trouble import FileTrouble
from handlers.turn import Incoming
from rules.channels import ChannelName
from rules.ids import read_number
from storage import people
from storage.database import reading

CHANNEL = ChannelName.ZALO_OA
WEBHOOK_PATH = "/zalo-oa/webhook"
SIGNATURE_HEADER = "x-zevent-signature"
MOST_BODY = 256 * 1024
FILE_KINDS = ("user_send_image", "user_send_file", "user_send_audio", "user_send_video")
_TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*"?(\d{1,20})"?')
_MAC = re.compile(rb"[0-9a-f]{64}")
MOST_TIMESTAMPS = 8
"""An event has one; what else is called so stands deeper in it."""
_NO_DIGIT = re.compile(r"\D")
_PHONE = re.compile(r"84\d{9}")
log = logger(__name__)


def signed_by(app_id: str, body: bytes, secret: str, given: str) -> bool:
    """Whether a webhook comes from somebody who knows the secret. Compared in constant time."""
    mac = given.strip().removeprefix("mac=").lower().encode()
    if not _MAC.fullmatch(mac):
        return False
    genuine, said = False, hashlib.sha256(app_id.encode() + body)
    for timestamp in islice(_TIMESTAMP.finditer(body), MOST_TIMESTAMPS):
        whole = said.copy()  # the body is read once, whatever it holds
        whole.update(timestamp[1] + secret.encode())
        genuine |= hmac.compare_digest(whole.hexdigest().encode(), mac)
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
    kind, when = as_text(raw.get("event_name")), as_text(raw.get("timestamp"))
    message = as_table(raw.get("message"))
    sender = as_text(as_table(raw.get("sender")).get("id")) or as_text(as_table(raw.get("follower")).get("id"))
    sent_at = read_number(when) or 0
    if not sender or not (kind.startswith("user_send_") or kind in ("follow", "unfollow", "user_submit_info")):
        return None
    event_id = as_text(message.get("msg_id")) or f"{kind}:{sender}:{when}"
    if kind == "user_submit_info":
        phone = _NO_DIGIT.sub("", as_text(as_table(raw.get("info")).get("phone")))
        return Event(event_id, sender, kind, sent_at=sent_at, phone=phone) if _PHONE.fullmatch(phone) else None
    attachments = message.get("attachments")
    first = as_table(as_table(attachments[0]).get("payload")) if isinstance(attachments, list) and attachments else {}
    is_file = kind in ("user_send_image", "user_send_file")
    name = as_text(first.get("name")) or ("anh.jpg" if kind == "user_send_image" else "tep")
    text = "" if is_file else as_text(message.get("text"))
    return Event(event_id, sender, kind, text, as_text(first.get("url")) if is_file else "", name, sent_at)


def as_incoming(event: Event, name: str) -> Incoming:
    """An event made neutral: a button that comes back as text is a choice, following is a greeting."""
    pressed = event.text.startswith(PRESSED)
    return Incoming(
        channel=CHANNEL,
        update_id=event.id,
        address=event.sender,
        name=name,
        text="/start" if event.kind == "follow" else "" if pressed else event.text,
        choice=event.text[len(PRESSED) :].strip() if pressed else "",
        trouble=FileTrouble.UNSUPPORTED if event.kind in FILE_KINDS and not event.file else None,
        left=event.kind == "unfollow",
        left_why="unfollowed",
        sent_at=event.sent_at,
        phone=event.phone,
    )


def whose(raw: dict[str, Any]) -> str:
    """Whose event it is, for keeping the order of one person's."""
    event = read_event(raw)
    return event.sender if event else ""


def brings_file(raw: dict[str, Any]) -> bool:
    """Whether a file has to be fetched for it."""
    event = read_event(raw)
    return event is not None and bool(event.file)


@dataclass(frozen=True)
class Signed:
    """What webhooks are signed with: the app's id and the key that only Zalo and we know."""

    app_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Signed({self.app_id})"


class ZaloOaReceiver:
    """Turns events into :class:`Incoming` and hands them to ``take``."""

    def __init__(self, api: ZaloOaApi, engine: Engine, take: Take, inbox: Inbox, signed: Signed, fetch: Fetching) -> None:
        self._api, self._engine, self._take, self._inbox = api, engine, take, inbox
        self._signed, self._fetch = signed, fetch

    async def webhook(self, given: str, body: bytes) -> int:
        """One call of Zalo's: the HTTP status to answer. 200 only once the event is durable."""
        if len(body) > MOST_BODY:
            return 413
        if not signed_by(self._signed.app_id, body, self._signed.secret, given):
            return 403
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if not isinstance(raw, dict) or as_text(raw.get("app_id")) not in ("", self._signed.app_id):
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
        incoming = as_incoming(event, await self._name(event))
        if event.file:
            await self._take(incoming, Attachment(event.file_name, partial(self._fetch, event.file)))
        else:
            await self._take(incoming)

    async def _name(self, event: Event) -> str:
        """Somebody new is asked for by name; without an answer the invite's name, or none, has to do."""

        def known() -> str:
            with reading(self._engine) as db:
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
