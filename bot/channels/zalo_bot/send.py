"""Zalo Bot Platform, sending: text alone, counted against the month's messages.

Pushes stop before the quota does, so that the rest of the month has replies.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.channels.zalo_bot.api import ZaloBotApi
from bot.channels.zalo_bot.refusals import ERRORS, FLOOD, OVER_QUOTA, UNKNOWN
from bot.delivery.http_answers import SaidNo, Unreachable
from bot.delivery.line import urgent
from bot.delivery.numbered import Numbered, joined
from bot.delivery.parts import send_pieces, split
from bot.delivery.sink import find, refuse, unanswered
from bot.logs import logger
from handlers.desk import Desk
from handlers.library import Library
from handlers.message import Message
from handlers.ticking.quota import QUOTA, alert_if_near, may_push, period
from rules.channels import ChannelName, channel_named
from rules.text.vietnamese import nfc
from storage import spending
from storage.database import reading
from storage.outbox import Delivery, DeliveryKind
from storage.writer import Writer

CHANNEL = ChannelName.ZALO_BOT
RECORD = channel_named(CHANNEL)
PLENTY = 0.8
"""Below this share of the month's messages a 429 can't mean the quota."""
log = logger(__name__)


class ZaloBotSink:
    """Sends messages, counting them against the month's; ``limit`` 0 means none."""

    def __init__(
        self, api: ZaloBotApi, writer: Writer, library: Library, now: Callable[[], datetime], numbered: Numbered, limit: int = 0
    ) -> None:
        self._api, self._writer, self._library, self._now = api, writer, library, now
        self._numbered, self._limit = numbered, limit

    async def __aenter__(self) -> "ZaloBotSink":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._api.close()

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send, and translate what Zalo says into the courier's words."""
        if delivery.closes:
            return ""  # a list has no buttons to take off: its numbers are never used again
        urgent.set(not DeliveryKind(delivery.kind).is_push)
        used = await asyncio.to_thread(self._used)
        if DeliveryKind(delivery.kind).is_push and not may_push(used, self._limit, delivery.facts):
            refuse(OVER_QUOTA, f"{used} of {self._limit} sent, the rest is kept for replies")
        pieces = split(await self._text(message, delivery), RECORD.text_limit, RECORD.measure)
        sends = [partial(self._send_piece, address, piece, delivery, used) for piece in pieces]
        return await send_pieces(self._writer, delivery, sends)

    async def _text(self, message: Message, delivery: Delivery) -> str:
        """The message as one text: its words, links where files belong, its choices numbered."""
        numbered = self._numbered
        choices = await numbered.choices(message, delivery)
        file, upload = numbered.file_link(message, delivery), numbered.upload_link(message, delivery)
        return nfc(joined(message.text, file, upload, choices))

    async def _send_piece(self, address: str, piece: str, delivery: Delivery, used: int) -> str:
        try:
            sent = await self._api.send_message(address, piece)
        except Unreachable as silent:
            raise unanswered(delivery, silent.why) from None
        except SaidNo as refused:
            row = find(ERRORS, refused.code, refused.said) or UNKNOWN
            if row is OVER_QUOTA:
                self._far_from_quota(used, refused)
            refuse(row, f"{refused.code} {refused.said}")
        await self._count()
        return sent

    def _far_from_quota(self, used: int, refused: SaidNo) -> None:
        """A 429 far from the quota is a flood, which passes."""
        if not self._limit or used < PLENTY * self._limit:
            if self._api.line:
                self._api.line.refused()
            refuse(FLOOD, refused.said)

    def _desk(self, db: Connection) -> Desk:
        return Desk(db, self._library, self._now())

    def _used(self) -> int:
        with reading(self._writer.engine) as db:
            return spending.count(db, CHANNEL, period(self._desk(db)), QUOTA)

    async def _count(self) -> None:
        def count(db: Connection) -> None:
            desk = self._desk(db)
            used = spending.add(db, CHANNEL, period(desk), QUOTA, 1, 0)
            alert_if_near(desk, CHANNEL, used, self._limit)

        try:
            await asyncio.wrap_future(self._writer.submit(count, "quota"))
        except Exception:  # it is out: to fail now would send it again
            log.exception("a message that was sent could not be counted", channel=CHANNEL)
