"""For channels whose messages are text alone: choices as a numbered list, and links of ours where files do not go."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.signed_links import SignedLinks
from handlers.message import Choice, Message
from handlers.wording.catalogs import Languages
from storage import shown_lists
from storage.outbox import Delivery
from storage.writer import Writer


@dataclass(frozen=True)
class Numbered:
    """Puts into words what such a channel can't show. ``now`` is the campaign's time."""

    writer: Writer
    languages: Languages
    pages: SignedLinks
    now: Callable[[], datetime]

    async def choices(self, message: Message, delivery: Delivery) -> str:
        """The choices, numbered on from the list that the reader saw last; empty where there are none, or in a group."""
        contact_id = delivery.contact_id
        if not message.choices or contact_id is None:
            return ""
        pairs = [[choice.label, choice.data] for choice in message.choices]
        now = self.now()
        shown = self.writer.submit(lambda db: shown_lists.show(db, delivery.id, contact_id, pairs, now), delivery.address)
        return numbered(message.choices, await asyncio.wrap_future(shown))

    def file_link(self, message: Message, delivery: Delivery) -> str:
        """Where the message's file can be fetched, in words; empty where it has none."""
        words = self.languages.of(delivery.language)
        if message.file is None:
            return ""
        if not self.pages or delivery.contact_id is None:
            return words.tr("zalo.no_file", name=message.file.name)
        link = self.pages.file(message.file.hash, message.file.name, delivery.contact_id)
        return words.tr("zalo.file", name=message.file.name, link=link)

    def upload_link(self, message: Message, delivery: Delivery) -> str:
        """Where a file can be sent, in words; empty where none is asked for."""
        words = self.languages.of(delivery.language)
        if not message.wants_file or delivery.contact_id is None:
            return ""
        if not self.pages:
            return words.tr("zalo.no_upload")
        return words.tr("zalo.upload", link=self.pages.upload(delivery.contact_id, delivery.id))


def numbered(choices: Sequence[Choice], first: int) -> str:
    """Choices as lines that begin with their number."""
    return "\n".join(f"{number}. {choice.label}" for number, choice in enumerate(choices, first))


def joined(*parts: str) -> str:
    """Parts of a message with an empty line between them."""
    return "\n\n".join(part for part in parts if part)
