"""Zalo Bot Platform, receiving: for a pilot of up to 50 people (free plan: 50 users a bot, 3,000 messages a month).

No buttons, no files either way, no commands menu, no deep links, no read receipts: choices are a numbered list, files
go through pages of ours. Polling has neither offset nor acknowledgement and shows seen messages again at once, so
each is taken by its id and polls keep a second's distance; polling and webhook exclude each other. The webhook is
told apart from a forged one by the header ``X-Bot-Api-Secret-Token``; whether the platform tries again is not
documented [?], so an update is durable before it is confirmed. See api.py for shapes and sources.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.channels.webhook_body import checked
from bot.channels.zalo_bot.api import POLL_SECONDS, Idle, ZaloBotApi
from bot.delivery.backoff import Backoff, Pacing
from bot.delivery.http_answers import SaidNo, Unreachable
from bot.flow.fetching import Fetching
from bot.flow.inbox import Inbox
from bot.flow.intake import Attachment, Take, as_table, as_text
from bot.logs import logger
from handlers.file_trouble import FileTrouble
from handlers.turn import Incoming
from rules.channels import ChannelName
from rules.ids import read_number

CHANNEL = ChannelName.ZALO_BOT
WEBHOOK_PATH = "/zalo-bot/webhook"
MOST_BODY = 256 * 1024
BETWEEN_POLLS = 1.0
"""Seconds: a seen message comes again at every poll, at once."""
SEEN_KEPT = 2000
log = logger(__name__)


def webhook_secret(token: str, chosen: str) -> str:
    """The secret that Zalo sends back: the one chosen, or one that only the token's owner can know."""
    return chosen or hashlib.sha256(f"zalo-webhook:{token}".encode()).hexdigest()


@dataclass(frozen=True)
class Update:
    """An update as far as it concerns us. ``picture`` is an address to fetch at once."""

    id: str
    sender: str
    name: str
    text: str
    picture: str
    trouble: FileTrouble | None
    sent_at: int
    group: str


def read_update(raw: Any) -> Update | None:
    """An update of either shape; None for what is nobody's message (unknown events, bots, cards without a message)."""
    if isinstance(raw, dict) and "event_name" not in raw and isinstance(raw.get("result"), dict):
        raw = raw["result"]
    message = raw.get("message") if isinstance(raw, dict) else None
    if not isinstance(message, dict):
        return None
    sender, chat = as_table(message.get("from")), as_table(message.get("chat"))
    message_id, address = as_text(message.get("message_id")), as_text(sender.get("id")) or as_text(chat.get("id"))
    if not message_id or not address or sender.get("is_bot") is True:
        return None
    event = as_text(raw.get("event_name"))
    picture = as_text(message.get("photo_url")) or as_text(message.get("photo"))
    text = as_text(message.get("text")) or ("" if picture else as_text(message.get("caption")))
    known = event in ("message.text.received", "message.image.received") or bool(text or picture)
    sticker = event in ("message.sticker.received", "message.voice.received")
    if not known and not sticker and event != "message.unsupported.received":
        return None
    date = as_text(message.get("date"))
    return Update(
        id=message_id,
        sender=address,
        name=as_text(sender.get("display_name")) or as_text(sender.get("name")),
        text=text,
        picture=picture,
        trouble=FileTrouble.UNSUPPORTED if event == "message.unsupported.received" and not text else None,
        sent_at=read_number(date) or 0,
        group=as_text(chat.get("id")) if as_text(chat.get("chat_type")).upper() == "GROUP" else "",
    )


def as_incoming(update: Update, bot_name: str) -> Incoming:
    """An update made neutral. In a group the bot is spoken to by a command or by its name."""
    text = update.text
    mention = f"@{bot_name}".lower() if bot_name else "@"
    return Incoming(
        channel=CHANNEL,
        update_id=update.id,
        address=update.sender,
        name=update.name,
        text="" if update.trouble else text,
        trouble=update.trouble,
        sent_at=update.sent_at,
        group=update.group,
        addressed=not update.group or text.startswith("/") or mention in text.lower(),
    )


def whose(raw: dict[str, Any]) -> str:
    """Whose update it is, for keeping the order of one person's."""
    update = read_update(raw)
    return update.sender if update else ""


def brings_file(raw: dict[str, Any]) -> bool:
    """Whether a picture has to be fetched for it."""
    update = read_update(raw)
    return update is not None and _is_brought(update)


def _is_brought(update: Update) -> bool:
    return bool(update.picture) and not update.group


class ZaloBotReceiver:
    """Turns updates into :class:`Incoming` and hands them to ``take``."""

    def __init__(
        self,
        api: ZaloBotApi,
        take: Take,
        inbox: Inbox,
        fetch: Fetching,
        time: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api, self._take, self._inbox, self._fetch = api, take, inbox, fetch
        self._time, self._sleep = time, sleep
        self._seen: dict[str, None] = {}
        self.name = ""

    async def start(self) -> None:
        """Learn the bot's name. Raises SaidNo or Unreachable."""
        me = as_table(await self._api.call("getMe"))
        self.name = as_text(me.get("display_name")) or as_text(me.get("account_name"))

    async def dress(self) -> None:
        """Nothing: Zalo has no menu of commands."""

    async def set_webhook(self, public_url: str, secret: str) -> None:
        """Ask Zalo to call us."""
        await self._api.call("setWebhook", {"url": f"{public_url}{WEBHOOK_PATH}", "secret_token": secret})

    async def delete_webhook(self) -> None:
        """Ask Zalo to be polled. There may be none: that is no fault."""
        try:
            await self._api.call("deleteWebhook")
        except SaidNo as refused:
            if refused.code not in (400, 404):
                raise

    async def poll(self) -> None:
        """Fetch updates for ever."""
        pause, backoff, pacing = BETWEEN_POLLS, Backoff(2 * BETWEEN_POLLS, 30.0), Pacing(POLL_SECONDS)
        while True:
            asked_at = self._time()
            try:
                found = await self._updates()
                rest = pacing.pause(self._time() - asked_at, bool(found))
                for raw in found:
                    await self._keep(raw)
                pause = max(BETWEEN_POLLS, rest)
                backoff.reset()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                pause = backoff.next()
                log.warning("polling Zalo failed", why=_why(error), again_in=pause)
                if isinstance(error, SaidNo) and error.code == 409:
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
        except (SaidNo, Unreachable) as error:
            log.warning("the webhook could not be taken off", why=_why(error))

    async def _keep(self, raw: dict[str, Any]) -> None:
        """Keep an update that is somebody's message; one that was kept before costs nothing."""
        update = read_update(raw)
        if update is None:
            log.info("an update that is nobody's message", kind=as_text(as_table(raw).get("event_name"))[:60])
        elif update.id not in self._seen:
            await self._inbox.put(CHANNEL, update.id, raw)
            self._seen[update.id] = None
            while len(self._seen) > SEEN_KEPT:
                self._seen.pop(next(iter(self._seen)))

    async def webhook(self, secret: str, given: str, body: bytes) -> int:
        """One call of Zalo's: the HTTP status to answer. 200 only once the update is durable."""
        raw = checked(secret, given, body, MOST_BODY)
        if isinstance(raw, int):
            return raw
        await self._keep(raw)
        return 200

    async def receive(self, raw: dict[str, Any]) -> None:
        """Take a kept update in, with its picture."""
        update = read_update(raw)
        if update is None:
            return
        incoming = as_incoming(update, self.name)
        if _is_brought(update):
            await self._take(incoming, Attachment("anh.jpg", partial(self._fetch, update.picture)))
        else:
            await self._take(incoming)


def _why(error: Exception) -> str:
    if isinstance(error, SaidNo):
        return f"{error.code}: {error.said}"
    return error.why if isinstance(error, Unreachable) else type(error).__name__
