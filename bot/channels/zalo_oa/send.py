"""Zalo Official Account, sending.

Up to five choices are buttons, more are a numbered list. Files: PDF, Word and CSV up to 5 MB, pictures up to 1 MB;
anything else is a signed link. Ordinary messages are free within 48 hours of the person's last, billed up to 7 days,
refused after that; then only approved templates pass. Sources stand in api.py and rules/channels.py.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.channels.zalo_oa.api import PRESSED, Refused, ZaloOaApi
from bot.channels.zalo_oa.tokens import NoToken
from bot.delivery.http_answers import Unreachable
from bot.delivery.line import urgent
from bot.delivery.numbered import Numbered, joined
from bot.delivery.parts import send_pieces, split
from bot.delivery.sink import TryLater, Verdict, WayShut, refuse, unanswered
from bot.logs import logger
from handlers.desk import Desk
from handlers.library import Library
from handlers.message import Choice, Message
from handlers.ticking.quota import period
from rules.channels import ChannelName, Window, channel_named
from rules.text.vietnamese import nfc
from storage import people, spending
from storage.database import reading
from storage.files import sniff
from storage.outbox import Delivery, DeliveryKind
from storage.writer import Writer

CHANNEL = ChannelName.ZALO_OA
PHONE_CHANNEL = ChannelName.ZALO_PHONE
LONGEST_LABEL = 100
log = logger(__name__)


def buttons(choices: tuple[Choice, ...]) -> dict[str, Any]:
    """Up to five choices as an attachment. A button comes back as a text that the chat does not show."""
    shown = [
        {"title": choice.label[:LONGEST_LABEL], "type": "oa.query.hide", "payload": f"{PRESSED}{choice.data}"}
        for choice in choices
    ]
    return {"type": "template", "payload": {"template_type": "button", "buttons": shown}}


@dataclass(frozen=True)
class Spent:
    """Counts the messages that were taken, in the month and under their price."""

    writer: Writer
    library: Library
    now: Callable[[], datetime]

    async def add(self, kind: str, cost: int) -> None:
        """One more."""
        now = self.now()

        def add(db: Connection) -> None:
            spending.add(db, CHANNEL, period(Desk(db, self.library, now)), kind, 1, cost)

        try:
            await asyncio.wrap_future(self.writer.submit(add, "spent"))
        except Exception:  # it is out: to fail now would send it again
            log.exception("a message that was sent could not be counted", channel=CHANNEL)


class ZaloOaSink:
    """Sends messages, within the window and counted; templates beyond it."""

    def __init__(
        self, api: ZaloOaApi, writer: Writer, library: Library, now: Callable[[], datetime], numbered: Numbered, spent: Spent
    ) -> None:
        self._api, self._writer, self._library, self._now = api, writer, library, now
        self._numbered, self._spent = numbered, spent
        self._channel = channel_named(CHANNEL)

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send, and translate what Zalo says into the courier's words."""
        if delivery.closes:
            return ""  # a pressed button can't be taken away; pressed again, it is known to be stale
        urgent.set(not DeliveryKind(delivery.kind).is_push)
        with _translated(delivery):
            if delivery.template:
                return await self._send_template(delivery)
            return await self._send_ordinary(address, message, delivery)

    async def _send_template(self, delivery: Delivery) -> str:
        template = delivery.template
        sent = await self._api.send_template(delivery.address, str(template["id"]), template["data"])
        await self._spent.add("template", int(template["price"]))
        return sent

    async def _send_ordinary(self, address: str, message: Message, delivery: Delivery) -> str:
        state = await asyncio.to_thread(self._window, delivery) if DeliveryKind(delivery.kind).is_push else Window.FREE
        if state is Window.CLOSED:
            raise WayShut("window", "nothing from this person for 7 days")
        cost = self._library.campaign.policy.zalo.billed_price if state is Window.BILLED else 0

        async def send(part: dict[str, Any]) -> str:
            sent = await self._api.send(address, part)
            await self._spent.add(state.value, cost)
            return sent

        parts = await self._parts(message, delivery)
        return await send_pieces(self._writer, delivery, [partial(send, part) for part in parts])

    def _window(self, delivery: Delivery) -> Window:
        if self._channel.window is None:
            return Window.FREE
        with reading(self._writer.engine) as db:
            found = people.contact_by_id(db, delivery.contact_id) if delivery.contact_id is not None else None
        return self._channel.window.at(found.last_seen_at, self._now()) if found else Window.CLOSED

    async def _parts(self, message: Message, delivery: Delivery) -> list[dict[str, Any]]:
        """The platform's messages that make up one of ours: the file first, then texts, the last with the buttons."""
        file = await self._file(message)
        listing = self._channel.numbered(len(message.choices))
        listed = await self._numbered.choices(message, delivery) if listing else ""
        linked = "" if file else self._numbered.file_link(message, delivery)
        texts = split(nfc(joined(message.text, linked, listed)), self._channel.text_limit, self._channel.measure)
        found: list[dict[str, Any]] = [{"text": text} for text in texts if text]
        if message.choices and not listing:
            found[-1]["attachment"] = buttons(message.choices)
        return [file, *found] if file else found

    async def _file(self, message: Message) -> dict[str, Any] | None:
        """The message's file as an attachment; None where it has none, or one that only goes as a link."""
        if message.file is None:
            return None
        data = await asyncio.to_thread(self._library.files.get, message.file.hash)
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

    def __init__(self, api: ZaloOaApi, zone: tzinfo, now: Callable[[], datetime], spent: Spent) -> None:
        self._api, self._zone, self._now, self._spent = api, zone, now, spent
        self._rest = channel_named(PHONE_CHANNEL).rest

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send a template; at night it waits."""
        now = self._now().astimezone(self._zone)
        rest = self._rest.ends(now) if self._rest else None
        if rest:
            raise TryLater((rest - now).total_seconds(), "templates rest at night")
        template = delivery.template
        with _translated(delivery):
            sent = await self._api.send_template_to_phone(address, str(template["id"]), template["data"], f"dondoc-{delivery.id}")
        await self._spent.add("template", int(template["price"]))
        return sent


@contextmanager
def _translated(delivery: Delivery) -> Iterator[None]:
    """What Zalo says of a message, in the courier's words. Without a token what can go another way does, and the last reply
    to each person comes back with the token."""
    lost = WayShut("account", "the Zalo account has no token")
    try:
        yield
    except NoToken:
        raise lost from None
    except Unreachable as silent:
        raise unanswered(delivery, silent.why) from None
    except Refused as refused:
        if refused.row.verdict is Verdict.TOKEN:
            raise lost from None
        refuse(refused.row, f"{refused.code} {refused.said}")
