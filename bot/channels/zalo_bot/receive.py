"""Zalo Bot Platform: for a pilot of up to 50 people (free plan: 50 users a bot, 3,000 messages a month).

No buttons, no files either way, no commands menu, no deep links, no read receipts: choices are a numbered list, files
go through pages of ours. Polling has neither offset nor acknowledgement and shows seen messages again at once, so
each is taken by its id and polls keep a second's distance; polling and webhook exclude each other. The webhook is
told apart from a forged one by the header ``X-Bot-Api-Secret-Token``; whether the platform tries again is not
documented [?], so an update is durable before it is confirmed. See zalo_bot_api.py for shapes and sources.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.channels.http_answers import Unreachable
from bot.channels.pacing import Pacing
from bot.channels.zalo_bot.api import ERRORS, FLOOD, OVER_QUOTA, POLL_SECONDS, UNKNOWN, Idle, Refused, ZaloBotApi
from bot.delivery.courier import TryLater
from bot.delivery.numbered import as_numbered, file_link, joined, upload_link
from bot.delivery.parts import send_pieces
from bot.delivery.refusals import find, refuse
from bot.delivery.splitting import split
from bot.flow.fetching import fetch
from bot.flow.inbox import Inbox
from bot.flow.raw import table as raw_table
from bot.flow.raw import text as raw_text
from bot.logs import logger
from bot.wiring import House
from handlers.desk import Desk
from handlers.message import Message
from handlers.pushing.post import PushKind
from handlers.ticking.quota import QUOTA, alert_if_near, may_push, period
from handlers.turn import Incoming
from rules.channels import ChannelName, channel_named
from rules.ids import read_number
from rules.text.vietnamese import nfc
from storage import spending
from storage.database import reading
from storage.files import StoredFile
from storage.outbox import Delivery

CHANNEL = ChannelName.ZALO_BOT
RECORD = channel_named(CHANNEL)
WEBHOOK_PATH = "/zalo-bot/webhook"
MOST_BODY = 256 * 1024
BETWEEN_POLLS = 1.0
"""Seconds: a seen message comes again at every poll, at once."""
SEEN_KEPT = 2000
PLENTY = 0.8
"""Below this share of the month's messages a 429 can't mean the quota."""
log = logger(__name__)

Take = Callable[[Incoming], Awaitable[object]]


def webhook_secret(token: str, chosen: str) -> str:
    """The secret that Zalo sends back: the one chosen, or one that only the token's owner can know."""
    return chosen or hashlib.sha256(f"zalo-webhook:{token}".encode()).hexdigest()


# ---------------------------------------------------------------- receiving


@dataclass(frozen=True)
class Update:
    """An update as far as it concerns us. ``picture`` is an address to fetch at once."""

    id: str
    sender: str
    name: str
    text: str
    picture: str
    trouble: str
    sent_at: int
    group: str


def read_update(raw: Any) -> Update | None:
    """An update of either shape; None for what is nobody's message (unknown events, bots, cards without a message)."""
    if isinstance(raw, dict) and "event_name" not in raw and isinstance(raw.get("result"), dict):
        raw = raw["result"]
    message = raw.get("message") if isinstance(raw, dict) else None
    if not isinstance(message, dict):
        return None
    sender, chat = raw_table(message.get("from")), raw_table(message.get("chat"))
    message_id, address = raw_text(message.get("message_id")), raw_text(sender.get("id")) or raw_text(chat.get("id"))
    if not message_id or not address or sender.get("is_bot") is True:
        return None
    event = raw_text(raw.get("event_name"))
    picture = raw_text(message.get("photo_url")) or raw_text(message.get("photo"))
    text = raw_text(message.get("text")) or ("" if picture else raw_text(message.get("caption")))
    known = event in ("message.text.received", "message.image.received") or bool(text or picture)
    sticker = event in ("message.sticker.received", "message.voice.received")
    if not known and not sticker and event != "message.unsupported.received":
        return None
    date = raw_text(message.get("date"))
    return Update(
        id=message_id, sender=address, name=raw_text(sender.get("display_name")) or raw_text(sender.get("name")), text=text,
        picture=picture, trouble="unsupported" if event == "message.unsupported.received" and not text else "",
        sent_at=read_number(date) or 0,
        group=raw_text(chat.get("id")) if raw_text(chat.get("chat_type")).upper() == "GROUP" else "",
    )  # fmt: skip


def as_incoming(update: Update, bot_name: str, kept: StoredFile | None, trouble: str) -> Incoming:
    """An update made neutral. In a group the bot is spoken to by a command or by its name."""
    text = update.text
    mention = f"@{bot_name}".lower() if bot_name else "@"
    return Incoming(
        channel=CHANNEL, update_id=update.id, address=update.sender, name=update.name,
        text="" if kept or trouble else text, file=kept, trouble=trouble, sent_at=update.sent_at, group=update.group,
        addressed=not update.group or text.startswith("/") or mention in text.lower(),
    )  # fmt: skip


def whose(raw: dict[str, Any]) -> str:
    """Whose update it is, for keeping the order of one person's."""
    update = read_update(raw)
    return update.sender if update else ""


class ZaloBotReceiver:
    """Turns updates into :class:`Incoming` and hands them to ``take``."""

    def __init__(
        self, house: House, api: ZaloBotApi, take: Take, inbox: Inbox, time: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self._house, self._api, self._take, self._inbox = house, api, take, inbox
        self._time, self._sleep = time, sleep
        self._seen: dict[str, None] = {}
        self.name = ""

    async def start(self) -> None:
        """Learn the bot's name. Raises Refused or Unreachable."""
        me = raw_table(await self._api.call("getMe"))
        self.name = raw_text(me.get("display_name")) or raw_text(me.get("account_name"))

    async def dress(self) -> None:
        """Nothing: Zalo has no menu of commands."""

    async def set_webhook(self, public_url: str, secret: str) -> None:
        """Ask Zalo to call us."""
        await self._api.call("setWebhook", {"url": f"{public_url}{WEBHOOK_PATH}", "secret_token": secret})

    async def delete_webhook(self) -> None:
        """Ask Zalo to be polled. There may be none: that is no fault."""
        try:
            await self._api.call("deleteWebhook")
        except Refused as refused:
            if refused.code not in (400, 404):
                raise

    async def poll(self) -> None:
        """Fetch updates for ever."""
        pause, pacing = BETWEEN_POLLS, Pacing(POLL_SECONDS)
        while True:
            asked_at = self._time()
            try:
                found = await self._updates()
                rest = pacing.pause(self._time() - asked_at, bool(found))
                for raw in found:
                    await self._keep(raw)
                pause = max(BETWEEN_POLLS, rest)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("polling Zalo failed", why=_why(error), again_in=pause)
                pause = min(pause * 2, 30.0)
                if isinstance(error, Refused) and error.code == 409:
                    await self._try_without_webhook()
            await self._sleep(pause)

    async def _updates(self) -> list[dict[str, Any]]:
        try:
            return await self._api.get_updates()
        except Idle:
            return []

    async def _try_without_webhook(self) -> None:
        try:
            await self.delete_webhook()
        except (Refused, Unreachable) as error:
            log.warning("the webhook could not be taken off", why=_why(error))

    async def _keep(self, raw: dict[str, Any]) -> None:
        """Keep an update that is somebody's message; one that was kept before costs nothing."""
        update = read_update(raw)
        if update is None:
            log.info("an update that is nobody's message", kind=raw_text(raw_table(raw).get("event_name"))[:60])
        elif update.id not in self._seen:
            await self._inbox.put(CHANNEL, update.id, raw)
            self._seen[update.id] = None
            while len(self._seen) > SEEN_KEPT:
                self._seen.pop(next(iter(self._seen)))

    async def webhook(self, secret: str, given: str, body: bytes) -> int:
        """One call of Zalo's: the HTTP status to answer. 200 only once the update is durable."""
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return 403
        if len(body) > MOST_BODY:
            return 413
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if not isinstance(raw, dict):
            return 400
        await self._keep(raw)
        return 200

    async def receive(self, raw: dict[str, Any]) -> None:
        """Take a kept update in, its picture fetched at once."""
        update = read_update(raw)
        if update is None:
            return
        kept, trouble = None, update.trouble
        if update.picture and not update.group:
            kept, trouble = await fetch(update.picture, "anh.jpg", self._house.library.files)
        await self._take(as_incoming(update, self.name, kept, trouble))


def _why(error: Exception) -> str:
    if isinstance(error, Refused):
        return f"{error.code}: {error.description}"
    return error.why if isinstance(error, Unreachable) else type(error).__name__


# ---------------------------------------------------------------- sending


class ZaloBotSink:
    """Sends messages, counting them against the month's."""

    def __init__(self, house: House, api: ZaloBotApi) -> None:
        self._house, self._api = house, api
        self._limit = house.settings.zalo_bot_monthly

    async def __aenter__(self) -> "ZaloBotSink":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._api.close()

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send, and translate what Zalo says into the courier's words."""
        if delivery.closes:
            return ""  # a list has no buttons to take off: its numbers are never used again
        used = await asyncio.to_thread(self._used)
        if delivery.kind in list(PushKind) and not may_push(used, self._limit, delivery.facts):
            refuse(OVER_QUOTA, f"{used} of {self._limit} sent, the rest is kept for replies")
        pieces = split(await self._text(message, delivery), RECORD.text_limit, RECORD.measure)
        sends = [partial(self._send_piece, address, piece, delivery, used) for piece in pieces]
        return await send_pieces(self._house.writer, delivery, sends)

    async def _text(self, message: Message, delivery: Delivery) -> str:
        """The message as one text: its words, links where files belong, its choices numbered."""
        house = self._house
        choices = await as_numbered(house, message, delivery)
        return nfc(joined(message.text, file_link(house, message, delivery), upload_link(house, message, delivery), choices))

    async def _send_piece(self, address: str, piece: str, delivery: Delivery, used: int) -> str:
        try:
            sent = await self._api.send_message(address, piece)
        except Unreachable as silent:
            raise TryLater(min(2.0**delivery.attempts, 300), silent.why) from None
        except Refused as refused:
            row = find(ERRORS, refused.code, refused.description) or UNKNOWN
            if row is OVER_QUOTA:
                self._far_from_quota(used, refused)
            refuse(row, f"{refused.code} {refused.description}")
        await self._count()
        return sent

    def _far_from_quota(self, used: int, refused: Refused) -> None:
        """A 429 far from the quota is a flood, which passes."""
        if not self._limit or used < PLENTY * self._limit:
            refuse(FLOOD, refused.description)

    def _desk(self, db: Connection) -> Desk:
        return Desk(db, self._house.library, self._house.clock.now())

    def _used(self) -> int:
        with reading(self._house.engine) as db:
            return spending.count(db, CHANNEL, period(self._desk(db)), QUOTA)

    async def _count(self) -> None:
        def count(db: Connection) -> None:
            desk = self._desk(db)
            used = spending.add(db, CHANNEL, period(desk), QUOTA, 1, 0)
            alert_if_near(desk, CHANNEL, used, self._limit)

        try:
            await asyncio.wrap_future(self._house.writer.submit(count, "quota"))
        except Exception:  # it is out: to fail now would send it again
            log.exception("a message that was sent could not be counted", channel=CHANNEL)
