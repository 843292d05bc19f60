"""Taking in updates that a platform wants confirmed at once: stored raw, confirmed, then handled one by one.

What one person sent is handled in the order in which it came, different people side by side. Should the process
stop in between, the update is still there: whichever process looks next takes it up.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.delivery.claims import Claims
from bot.logs import logger
from bot.patience import Sleep, for_ever, patiently, told
from storage import conversations, inbox
from storage.claims import Claim
from storage.inbox import Arrived
from storage.writer import Writer

LEASE = timedelta(minutes=3)
AT_ONCE = 8
"""Updates handled side by side, so that confirming keeps its share in a rush: the platform does not wait. As many again with
a file: those may take a minute each, and hold up nobody who only writes."""
AFTER_FAULT = 1.0
"""Seconds until what the database failed is tried again."""
LOOK_EVERY = 5.0
"""Seconds between looks for what another process left behind."""
log = logger(__name__)

Handle = Callable[[dict[str, Any]], Awaitable[None]]
Whose = Callable[[dict[str, Any]], str]
BringsFile = Callable[[dict[str, Any]], bool]


class Served(NamedTuple):
    """What handles a channel's updates, whose one is, and whether a file has to be fetched for it."""

    handle: Handle
    whose: Whose
    brings_file: BringsFile


class Inbox:
    """Keeps and works off updates of the channels that it serves. ``keeps_all``: whatever comes is better kept here, since a
    language model is asked, and whoever polls would wait for it."""

    def __init__(self, writer: Writer, claims: Claims, sleep: Sleep = asyncio.sleep, keeps_all: bool = False) -> None:
        self._writer, self._claims, self._sleep = writer, claims, sleep
        self.keeps_all = keeps_all
        self._channels: dict[str, Served] = {}
        self._lines: dict[tuple[str, str], deque[Arrived]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_hand: dict[int, Claim] = {}
        self._room, self._room_for_files = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)

    def serve(self, channel: str, handle: Handle, whose: Whose, brings_file: BringsFile) -> None:
        """Work off a channel's updates."""
        self._channels[channel] = Served(handle, whose, brings_file)

    @property
    def serves(self) -> bool:
        """Whether it works off any channel's."""
        return bool(self._channels)

    def is_busy(self, channel: str, whose: str) -> bool:
        """Whether something of that person is being handled, or waits: what comes after it has to wait too."""
        return (channel, whose) in self._lines

    async def put(self, channel: str, update_id: str, raw: dict[str, Any]) -> bool:
        """Keep an update; returns once it is durable. False where it was taken before, or waits already.

        Raises where the database fails: then the platform must not be told that all is well.
        """

        def keep(db: Connection) -> int | None:
            if conversations.was_taken(db, channel, update_id):
                return None
            return inbox.put(db, channel, update_id, raw, self._claims.wall(), claim)

        claim = self._claims.claim(LEASE)
        kept = await asyncio.wrap_future(self._writer.submit(keep, update_id))
        if kept is None:
            return False
        self._line_up(Arrived(id=kept, channel=channel, update_id=update_id, body=raw, attempts=1), claim)
        return True

    def _line_up(self, arrived: Arrived, claim: Claim) -> None:
        if arrived.id in self._in_hand:
            return
        self._in_hand[arrived.id] = claim
        whose = (arrived.channel, self._channels[arrived.channel].whose(arrived.body))
        line = self._lines.setdefault(whose, deque())
        line.append(arrived)
        if len(line) == 1:
            task = asyncio.create_task(self._work_off(whose, line))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work_off(self, whose: tuple[str, str], line: deque[Arrived]) -> None:
        while line:
            arrived = line[0]
            try:
                await patiently(partial(self._handle, arrived), for_ever(AFTER_FAULT), self._sleep)
            except Exception:  # it stays in the inbox, and is looked at again
                log.exception("an update could not be handled", channel=arrived.channel, update=arrived.update_id)
            self._in_hand.pop(arrived.id, None)
            line.popleft()
        self._lines.pop(whose, None)

    async def _handle(self, arrived: Arrived) -> None:
        """While the database is away it is tried again here: what the same person sent after it must not overtake it."""
        served = self._channels[arrived.channel]
        async with self._room_for_files if served.brings_file(arrived.body) else self._room:
            await served.handle(arrived.body)
        await asyncio.wrap_future(self._writer.submit(lambda db: inbox.done(db, arrived.id), arrived.update_id))

    async def run(self) -> None:
        """Take up what was left behind, until cancelled; then give back what is not finished."""
        try:
            while True:
                try:
                    await self._look()
                except Exception as error:
                    log.exception("the inbox could not be read", **told(error))
                await asyncio.sleep(LOOK_EVERY)
        finally:
            await self._close()

    async def _look(self) -> None:
        now, claim = self._claims.wall(), self._claims.claim(LEASE)
        found = self._writer.submit(lambda db: inbox.claim(db, self._channels, now, claim), "inbox")
        for arrived in await asyncio.wrap_future(found):
            self._line_up(arrived, claim)

    async def _close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for by in {claim.by for claim in self._in_hand.values()}:
            left = [each for each, claim in self._in_hand.items() if claim.by == by]
            try:
                await asyncio.wrap_future(self._writer.submit(partial(inbox.release, ids=left, by=by), "inbox"))
            except Exception:
                log.exception("updates could not be given back", count=len(left))
        self._in_hand.clear()
