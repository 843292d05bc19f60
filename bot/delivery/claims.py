"""In whose name this process claims messages and updates, and whether what it claimed is still its own.

A process raises its count every few seconds. Whose count stands still for long is taken for dead by the others, and what it
had claimed is free. So a process that was held up sends nothing before it has looked whether it was taken for dead; then it
goes on under another name, and what it had in hand is no more its own. Should nobody notice, a claim ends by itself (``LEASE``).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from bot.clocks import wall_now
from bot.logs import logger
from bot.metrics import CLAIMS_LOST, PROCESSES
from bot.patience import Sleep, for_ever, patiently
from storage import processes
from storage.claims import Claim
from storage.sole_use import SoleUse
from storage.writer import Writer

LEASE = timedelta(seconds=120)
"""So long what is claimed is one's own, where nobody is there to notice a death."""
MARGIN = timedelta(seconds=10)
"""What is claimed for less than that is not begun."""
BEAT_EVERY = 3.0
SENDS = "sends-"
"""How the names of processes begin that send."""
UNKNOWN_SHARES = 10
FRESH_FOR = 7.0
"""Seconds since a process last said that it lives, in which nobody can have taken it for dead."""
DEAD_AFTER = 10.0
"""Seconds in which another's count did not rise."""
log = logger(__name__)
T = TypeVar("T")


class Claims:
    """``time`` is in seconds of a clock that nobody sets; ``wall`` the time on the wall, by which leases end."""

    def __init__(
        self,
        writer: Writer,
        new_name: Callable[[], str],
        time: Callable[[], float],
        wall: Callable[[], datetime] = wall_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._writer, self._new_name, self._time, self.wall, self._sleep = writer, new_name, time, wall, sleep
        self._name, self._beaten_at = new_name(), time()
        self._seen: dict[str, tuple[int, float]] = {}
        self._begun = time()
        self._next_beat = asyncio.Event()
        self._use = SoleUse(writer.engine)

    def claim(self, lease: timedelta = LEASE) -> Claim:
        """For what is claimed now."""
        return Claim(self._name, self.wall() + lease)

    def is_mine(self, claim: Claim) -> bool:
        """Whether nobody took this process for dead since, as far as it knows."""
        return claim.by == self._name

    async def holds(self, claim: Claim) -> bool:
        """Whether what is claimed so is still one's own. Returns once that is known, however long the database is away."""
        while self._time() - self._beaten_at > FRESH_FOR:
            await self._next_beat.wait()
        return self.is_mine(claim) and self.wall() <= claim.until - MARGIN

    def senders(self) -> int:
        """By how many processes a platform's limit is shared, this one among them. Who has just begun is not known to the others
        yet, and leaves them nearly all of it for the while."""
        others = sum(name.startswith(SENDS) for name in self._seen)
        unknown = others and self._time() - self._begun < DEAD_AFTER
        return (others + 1) * (UNKNOWN_SHARES if unknown else 1)

    # ------------------------------------------------------------ living

    async def begin(self) -> None:
        """Be known to the others before anything is claimed. Who is alone frees what the dead left behind."""
        alone = await asyncio.to_thread(self._use.alone)

        def register(db: Connection) -> None:
            if alone:
                processes.begin_alone(db)
            processes.register(db, self._name, self.wall())

        self._beaten_at = self._time()
        await self._write(register)
        await asyncio.to_thread(self._use.share)
        log.info("process begins", name=self._name, alone=alone)

    async def run(self) -> None:
        """Say that one lives, and look who does not any more, until cancelled."""
        while True:
            await patiently(self.beat, for_ever(1.0), self._sleep)
            await self._sleep(BEAT_EVERY)

    async def beat(self) -> None:
        """Once. Who was held up for long has seen nobody else meanwhile, and buries nobody."""
        begun = self._time()
        if begun - self._beaten_at > DEAD_AFTER / 2:
            self._seen.clear()
        dead = {name: beats for name, (beats, at) in self._seen.items() if begun - at > DEAD_AFTER}
        name = self._name

        def work(db: Connection) -> tuple[bool, dict[str, int]]:
            return processes.beat(db, name, dead), processes.others(db, name)

        lives, others = await self._write(work)
        if dead:
            log.warning("processes are gone; what they had claimed is free", names=sorted(dead))
        if not lives:
            await self._lost()
        seen_at = self._time()
        self._seen = {
            other: known if (known := self._seen.get(other)) and known[0] == beats else (beats, seen_at)
            for other, beats in others.items()
        }
        PROCESSES.set(len(others) + 1)
        self._beaten_at = begun
        self._next_beat.set()
        self._next_beat = asyncio.Event()

    async def _lost(self) -> None:
        old, fresh = self._name, self._new_name()
        await self._write(lambda db: processes.register(db, fresh, self.wall()))
        self._name = fresh
        CLAIMS_LOST.inc()
        log.warning("this process was taken for dead; what it had in hand is left to the others", was=old, now=fresh)

    async def end(self) -> None:
        """What could not be given back is free."""
        try:
            await self._write(lambda db: processes.leave(db, self._name))
        except Exception:
            log.exception("the process could not take its leave")
        self._use.let_go()

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(work, "claims"))
