"""The courier: takes what waits in the outbox and sends it.

Messages of one address leave in order, those of different addresses side by side. A message is
settled after the platform took it; should the process die in between, it goes out once more,
for nothing may be lost.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from bot.delivery.backoff import after
from bot.delivery.claims import Claims
from bot.delivery.outages import Outages
from bot.delivery.sink import AddressMoved, AddressRefuses, MessageRefused, Sink, TryLater, WayShut
from bot.logs import logger
from bot.metrics import SENT, WAITING
from bot.patience import for_ever, told, written
from handlers.desk import Desk
from handlers.library import Library
from handlers.message import Message
from handlers.pushing.push import give_up, has_another_way
from storage import groups, outbox, people
from storage.claims import Claim
from storage.outbox import LONGEST_WAIT, MOST_ATTEMPTS, Delivery, Settled
from storage.writer import AHEAD, Writer

MOST_IN_HAND = 500
LONGEST_PAUSE = 86_400.0
"""Seconds that a platform may make us wait, whatever it says: a day."""
LAST_SENDS = 3.0
"""Seconds that messages on their way have when the process stops."""
log = logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Pace:
    """How often a courier looks, in seconds."""

    look_every: float = 1.0
    """Between looks for what other processes queued, or what waited for its time."""
    between_looks: float = 0.2
    """In which further hints are gathered: a look is a transaction of its own."""
    after_fault: float = 1.0
    """Until what could not be settled is tried again."""


USUAL = Pace()


@dataclass
class _Line:
    """What is in hand for one address, and the task that works it off."""

    waiting: deque[tuple[Delivery, Claim]] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None


class Courier:
    """Sends on the channels whose sinks it was given. ``now`` is the campaign's time; ``claims`` has the time on
    the wall, by which leases and pauses end."""

    def __init__(
        self,
        sinks: Mapping[str, Sink],
        writer: Writer,
        library: Library,
        now: Callable[[], datetime],
        claims: Claims,
        pace: Pace = USUAL,
    ) -> None:
        self._sinks, self._writer, self._library = sinks, writer, library
        self._now, self._claims, self._pace = now, claims, pace
        self._wall = claims.wall
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lines: dict[tuple[str, str], _Line] = {}
        self._in_hand: dict[int, Claim] = {}
        self._settled: list[Settled] = []
        self._noted: set[int] = set()
        self._paused_until: dict[str, datetime] = {}
        self._outages = Outages()
        self._closing = False
        self._wake = asyncio.Event()
        self._something_settled = asyncio.Event()

    @property
    def channels(self) -> frozenset[str]:
        """The channels that it sends on."""
        return frozenset(self._sinks)

    @property
    def in_hand(self) -> frozenset[int]:
        """The messages that it has taken and not settled yet."""
        return frozenset(self._in_hand)

    def accept(self, rows: tuple[Delivery, ...]) -> None:
        """Replies that were queued claimed for this courier; and a hint that more may wait."""
        claim = self._claims.claim()
        for row in rows:
            if row.channel in self._sinks:
                self._put(row, claim)
        self._wake.set()

    def wake(self) -> None:
        """Something was queued."""
        self._wake.set()

    def wake_from_outside(self) -> None:
        """Something was queued, perhaps by another thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self.wake)

    async def run(self) -> None:
        """Look for what waits, until cancelled; then give back what was not sent."""
        self._loop, self._closing = asyncio.get_running_loop(), False
        flusher = asyncio.create_task(self._flush())
        try:
            while True:
                try:
                    more = await self._look()
                except Exception as error:
                    log.exception("the outbox could not be read", **told(error))
                    more = False
                if not more:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._pace.look_every):  # wait_for may swallow a cancellation
                            await self._wake.wait()
                await asyncio.sleep(self._pace.between_looks)
                self._wake.clear()
        finally:
            await self._close(flusher)

    async def _look(self) -> bool:
        """Claim what is due. True where there may be more at once."""
        full = len(self._in_hand) >= MOST_IN_HAND
        now = self._wall()
        channels = [c for c in self._sinks if not self._is_paused(c)]
        if not channels:
            return False
        claim = self._claims.claim()
        rows = await self._write(lambda db: outbox.claim(db, channels, now, claim, only_awaited=full), AHEAD)
        for row in rows:
            self._put(row, claim)
        return len(rows) >= 100 and not full

    def _is_paused(self, channel: str) -> bool:
        """Whether its platform takes nothing now, from anybody."""
        until = self._paused_until.get(channel)
        return until is not None and self._wall() < until

    def _put(self, row: Delivery, claim: Claim) -> None:
        """Should it be in hand already, only the newer claim counts; should it be out already, none."""
        if row.id in self._noted:
            return
        self._in_hand[row.id] = claim
        line = self._lines.setdefault((row.channel, row.address), _Line())
        line.waiting.append((row, claim))
        if line.task is None:
            line.task = asyncio.create_task(self._work_off(row.channel, row.address, line))

    async def _work_off(self, channel: str, address: str, line: _Line) -> None:
        try:
            while line.waiting and not self._closing:
                if self._is_paused(channel):
                    await self._give_back(line)
                    break
                row, claim = line.waiting.popleft()
                ours = await self._claims.holds(claim)
                if self._in_hand.get(row.id) is not claim:
                    continue  # it was claimed anew, or is out
                if not ours:
                    self._let_go([row.id])  # another courier has it
                elif not await self._send(row):
                    await self._give_back(line)
        finally:
            self._lines.pop((channel, address), None)
            line.task = None

    async def _send(self, row: Delivery) -> bool:
        """Send one message and note what became of it. False where the rest of the line must wait.

        Whatever is raised, something is noted of it: a message that is in hand is settled or waits for another try.
        """
        try:
            return await self._attempt(row)
        except Exception as error:
            log.exception("sending failed", outbox=row.id)
            why = f"{type(error).__name__}: {error}"
        try:
            return await self._later(row, TryLater(after(row.attempts, 512.0), why))
        except Exception:
            log.exception("a message could not even be given up", outbox=row.id)
            self._note(Settled(row, "failed", self._now(), error=why), "given_up")
            return True

    async def _attempt(self, row: Delivery) -> bool:
        try:
            sent = await self._sinks[row.channel].send(row.address, Message.from_json(row.message), row)
        except AddressRefuses as refusal:
            log.warning("refused for good", outbox=row.id, channel=row.channel, why=refusal.why, said=refusal.detail)
            await self._fail(row, refusal.why, f"{refusal.why}: {refusal.detail}", "refused", for_good=True)
        except WayShut as closed:
            log.warning("not this way", outbox=row.id, channel=row.channel, why=closed.why, said=closed.detail)
            await self._fail(row, closed.why, f"{closed.why}: {closed.detail}", "not_this_way")
        except MessageRefused as fault:
            log.error("a message can't be sent", outbox=row.id, why=str(fault))
            await self._fail(row, "unsendable", str(fault), "unsendable")
        except AddressMoved as moved:
            await self._moved(row, moved.to)
            return False
        except TryLater as later:
            return await self._later(row, self._outages.halting(row.channel, row.address, later))
        else:
            self._note(Settled(row, "sent", self._now(), platform_id=sent), "sent")
            if self._outages.is_over(row.channel):
                await self._answers_again(row.channel)
        return True

    async def _answers_again(self, channel: str) -> None:
        log.info("a platform answers again", channel=channel)
        self._paused_until.pop(channel, None)
        try:
            await self._surely(lambda db: outbox.wait_no_longer(db, channel), AHEAD)
        except Exception:  # they go when their own time comes; the one that got through is sent in any case
            log.exception("what waits could not be told that a platform answers again", channel=channel)
        self.wake()

    def _let_go(self, ids: Iterable[int]) -> None:
        for each in ids:
            self._in_hand.pop(each, None)
            self._noted.discard(each)

    def _by(self, row: Delivery) -> str:
        claim = self._in_hand.get(row.id)
        return claim.by if claim else ""

    def _note(self, settled: Settled, result: str) -> None:
        row, by = settled.row, self._by(settled.row)
        self._settled.append(replace(settled, by=by))
        self._in_hand[row.id] = Claim(by, self._wall())  # no claim that waits in its line counts any more
        self._noted.add(row.id)
        self._something_settled.set()
        SENT.labels(row.channel, result).inc()

    async def _later(self, row: Delivery, later: TryLater) -> bool:
        if row.attempts + 1 >= MOST_ATTEMPTS and await self._has_waited(row):
            await self._fail(row, "silent", later.why, "given_up")
            return True
        again = self._wall() + timedelta(seconds=min(later.seconds, LONGEST_PAUSE))
        if later.whole_channel:
            self._paused_until[row.channel] = again
        log.warning("sent later", outbox=row.id, channel=row.channel, seconds=later.seconds, why=later.why)
        self._note(Settled(row, "waiting", self._now(), error=later.why, not_before=again), "later")
        return False

    async def _has_waited(self, row: Delivery) -> bool:
        """Whether it has waited long enough: while its platform is away, a message without another way stays."""
        now, library = self._now(), self._library
        if now - row.created_at > LONGEST_WAIT:
            return True
        return await self._surely(lambda db: has_another_way(Desk(db, library, now), row), AHEAD)

    async def _fail(self, row: Delivery, why: str, error: str, result: str, for_good: bool = False) -> None:
        """It failed on this way: settled together with the next way being found, so that neither is without the other."""
        now, library, by = self._now(), self._library, self._by(row)

        def fail(db: Connection) -> None:
            if not outbox.is_claimed(db, row.id, by):
                return  # another courier hears the same
            outbox.settle(db, [Settled(row, "failed", now, error=error, by=by)])
            give_up(Desk(db, library, now), row, why, for_good)

        await self._surely(fail, row.address)
        self._let_go([row.id])
        SENT.labels(row.channel, result).inc()
        self.wake()

    async def _moved(self, row: Delivery, to: str) -> None:
        by = self._by(row)

        def move(db: Connection) -> None:
            people.change_address(db, row.channel, row.address, to)
            groups.move_group(db, row.channel, row.address, to)
            outbox.move_address(db, row.channel, row.address, to)
            outbox.release(db, [row.id], by)

        await self._surely(move, AHEAD)  # in the lane of claims: none comes between the release and the next line
        self._let_go([row.id])
        self.wake()

    async def _give_back(self, line: _Line) -> None:
        """The rest of a line, with what is accepted for it meanwhile. What can't be given back is free once its lease ends."""
        while line.waiting:
            mine = [(row.id, claim) for row, claim in line.waiting if self._in_hand.get(row.id) is claim]
            line.waiting.clear()
            try:
                await self._surely(partial(_release, mine), AHEAD)
            except Exception:
                log.exception("messages could not be given back", count=len(mine))
            self._let_go(each for each, claim in mine if self._in_hand.get(each) is claim)

    async def _write(self, work: Callable[[Connection], T], lane: str) -> T:
        return await asyncio.wrap_future(self._writer.submit(work, lane))

    async def _surely(self, work: Callable[[Connection], T], lane: str) -> T:
        """While the database is away it is tried again, until the process stops: what a platform said must not be forgotten."""
        return await written(self._writer, work, lane, () if self._closing else for_ever(self._pace.after_fault))

    async def _flush(self) -> None:
        """Settle what was sent, all that has come together since the last time."""
        while True:
            await self._something_settled.wait()
            self._something_settled.clear()
            await self._settle()

    async def _settle(self) -> None:
        """Settle everything together; where that fails, each alone, so that one that can't be settled holds up no other."""
        batch, self._settled = self._settled, []
        if not batch or await self._settled_together(batch):
            return
        for place, item in enumerate(batch):
            try:
                if not await self._settled_together([item]):
                    self._settled.append(item)
            except asyncio.CancelledError:
                self._settled += batch[place + 1 :]
                raise
        if self._settled:
            await asyncio.sleep(self._pace.after_fault)
            self._something_settled.set()

    async def _settled_together(self, batch: list[Settled]) -> bool:
        try:
            await self._surely(lambda db: outbox.settle(db, batch), AHEAD)
        except asyncio.CancelledError:  # stopping: settle it once more, or it would be sent again
            self._settled += batch
            raise
        except Exception:
            log.exception("what was sent could not be settled; trying again", count=len(batch))
            return False
        self._let_go(item.row.id for item in batch)
        return True

    async def _close(self, flusher: "asyncio.Task[None]") -> None:
        self._closing = True  # what is on its way may arrive: sent but unsettled it would go out twice
        tasks = [line.task for line in self._lines.values() if line.task]
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_SENDS)
        flusher.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, flusher, return_exceptions=True)
        await self._settle()
        left, self._in_hand, self._noted = list(self._in_hand.items()), {}, set()
        if left:
            try:
                await self._write(partial(_release, left), AHEAD)
            except Exception:
                log.exception("messages could not be given back", count=len(left))

    async def measure(self) -> None:
        """Refresh the gauge of what waits."""
        WAITING.set(await self._write(outbox.depth, AHEAD))


def _release(claimed: Iterable[tuple[int, Claim]], db: Connection) -> None:
    """Give messages back, each that is ours still."""
    by_name: dict[str, list[int]] = {}
    for each, claim in claimed:
        by_name.setdefault(claim.by, []).append(each)
    for by, ids in by_name.items():
        outbox.release(db, ids, by)
