"""What comes in from outside, read without believing anything of it: files of those alone who may send one, fetched within
limits, opened in a process apart, and kept once they are taken.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from bot.flow.fetching import NotFetched
from bot.flow.flood import Flood, Heed
from bot.flow.inspecting import Inspecting
from bot.logs import logger
from bot.metrics import FILES
from bot.patience import patiently
from handlers.errands import sounds_like_question
from handlers.file_trouble import FileTrouble
from handlers.library import Library
from handlers.reporting.files import may_bring, trouble_before_opening
from handlers.turn import Incoming, Sheet
from rules.text.vietnamese import storable
from storage import people
from storage.database import reading
from storage.files import MOST_BYTES, StoredFile, described
from storage.writer import Writer

if TYPE_CHECKING:
    from bot.flow.chooser import Chooser

LONGEST_QUESTION = 500
"""Signs of a text that the language model is asked about; what is longer is no question."""
AT_ONCE = 8
"""Files fetched side by side: each may hold 20 MB of memory."""
log = logger(__name__)


def as_table(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def as_text(value: Any) -> str:
    """A text, or a number as text; empty where it is neither. Without what no database keeps: NUL and halves of signs."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return storable(str(value))


@dataclass(frozen=True)
class Attachment:
    """A file that came along and was not fetched yet. ``fetch`` returns its bytes, or raises NotFetched."""

    name: str
    fetch: Callable[[], Awaitable[bytes]]


class Take(Protocol):
    """Takes an update in, with the file that came along."""

    def __call__(self, incoming: Incoming, attached: Attachment | None = None, /) -> Awaitable[object]:
        """Returns once it is durable."""
        ...


@dataclass(frozen=True)
class Brought:
    """A file as it was looked at. It is kept unless there is trouble."""

    file: StoredFile | None
    trouble: FileTrouble | None = None
    sheets: tuple[Sheet, ...] = ()


class Intake:
    """What is done before a turn: whether it is heeded at all; its file fetched, looked at and kept; the language model asked,
    where there is one."""

    def __init__(
        self, writer: Writer, library: Library, flood: Flood, inspecting: Inspecting, chooser: "Chooser | None" = None
    ) -> None:
        self._engine, self._library = writer.engine, library
        self._flood, self._inspecting, self._chooser = flood, inspecting, chooser
        self._room = asyncio.Semaphore(AT_ONCE)

    async def heed(self, incoming: Incoming) -> Heed:
        """Whether an update is handled. Nothing is read or fetched for one that is not."""
        return await self._flood.heed(incoming)

    async def prepared(self, incoming: Incoming, attached: Attachment | None) -> Incoming:
        """The update with all that takes time, and so is not done in its turn."""
        if attached:
            return await self._bring(incoming, attached)
        return await self._with_choice(incoming)

    async def _with_choice(self, incoming: Incoming) -> Incoming:
        """A question of somebody known together with the fact that the language model chose, where one is set up."""
        asks = incoming.addressed and not incoming.text.startswith("/") and len(incoming.text) <= LONGEST_QUESTION
        if self._chooser is None or not asks or not self._flood.knows(incoming) or not sounds_like_question(incoming.text):
            return incoming
        return replace(incoming, chosen=await self._chooser.choose(self._library.of_dispatch, incoming.text))

    async def _bring(self, incoming: Incoming, attached: Attachment) -> Incoming:
        """The update with its file, read and kept; or with what is the matter with it. One person's trouble stays theirs."""
        if not await patiently(lambda: asyncio.to_thread(self._may_bring, incoming, attached.name)):
            FILES.labels("unopened").inc()
            return replace(incoming, text="", trouble=FileTrouble.UNOPENED)
        async with self._room:
            brought = await self._fetched(attached)
        FILES.labels(brought.trouble or "kept").inc()
        return replace(incoming, text="", file=brought.file, trouble=brought.trouble, sheets=brought.sheets)

    def _may_bring(self, incoming: Incoming, name: str) -> bool:
        with reading(self._engine) as db:
            return may_bring(people.person_at(db, incoming.channel, incoming.address), self._library.directory, name)

    async def _fetched(self, attached: Attachment) -> Brought:
        try:
            content = await attached.fetch()
        except NotFetched as why:
            return Brought(None, why.trouble)
        return await self.keep(attached.name, content)

    async def keep(self, name: str, content: bytes) -> Brought:
        """Look at a file, and keep it unless something is the matter."""
        sent = described(content[: MOST_BYTES + 1], name)
        trouble = trouble_before_opening(sent) if content else FileTrouble.NOT_FETCHED
        if trouble:
            return Brought(sent, trouble)
        found = await self._inspecting.inspect(sent.name, sent.type, content)
        if found is None or found.trouble:
            return Brought(sent, found.trouble if found else FileTrouble.UNREADABLE)
        try:
            await asyncio.to_thread(self._library.files.put, content, name)
        except OSError:
            log.exception("a file could not be kept")
            return Brought(sent, FileTrouble.NOT_KEPT)
        return Brought(sent, None, found.sheets)
