"""What both of Zalo's doors share: choices as a numbered list, and links of ours where files do not go."""

import asyncio

from bot.delivery.splitting import numbered
from bot.wiring import House
from handlers.message import Message
from storage import shown_lists
from storage.outbox import Delivery


async def as_numbered(house: House, message: Message, delivery: Delivery) -> str:
    """The choices, numbered on from the list that the reader saw last; empty where there are none, or in a group."""
    contact_id = delivery.contact_id
    if not message.choices or contact_id is None:
        return ""
    pairs = [[choice.label, choice.data] for choice in message.choices]
    now = house.clock.now()
    shown = house.writer.submit(lambda db: shown_lists.show(db, delivery.id, contact_id, pairs, now), delivery.address)
    return numbered(message.choices, await asyncio.wrap_future(shown))


def file_link(house: House, message: Message, delivery: Delivery) -> str:
    """Where the message's file can be fetched, in words; empty where it has none."""
    words = house.library.languages.of(delivery.language)
    if message.file is None:
        return ""
    if not house.pages:
        return words.tr("zalo.no_file", name=message.file.name)
    return words.tr("zalo.file", name=message.file.name, link=house.pages.file(message.file.hash, message.file.name))


def upload_link(house: House, message: Message, delivery: Delivery) -> str:
    """Where a file can be sent, in words; empty where none is asked for."""
    words = house.library.languages.of(delivery.language)
    if not message.wants_file or delivery.contact_id is None:
        return ""
    if not house.pages:
        return words.tr("zalo.no_upload")
    return words.tr("zalo.upload", link=house.pages.upload(delivery.contact_id, delivery.id))


def joined(*parts: str) -> str:
    """Parts of a message with an empty line between them."""
    return "\n\n".join(part for part in parts if part)
