"""The line before a platform that counts: who sends waits for its turn, who answers somebody goes before what nobody asked for."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from itertools import count

from rules.channels import channel_named
from rules.pacing import Pacer

UNDER = 0.95
"""So much of what a platform lets pass is sent: messages arrive closer together than they went."""
urgent: ContextVar[bool] = ContextVar("urgent", default=False)
"""Whether somebody waits for what is sent: it goes before what nobody asked for."""


class Line:
    """Never more than ``rate`` messages a second, by all processes together: ``shares`` says how many share it. 0 means no limit.

    ``time`` and ``sleep`` are passed in.
    """

    def __init__(
        self,
        rate: float,
        time: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        shares: Callable[[], int] = lambda: 1,
    ) -> None:
        self._time, self._sleep, self._shares = time, sleep, shares
        self.pacer = Pacer(rate) if rate > 0 else None
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._moving: asyncio.Task[None] | None = None

    async def wait(self) -> None:
        """Wait in line with all others, who are more urgent first."""
        if self.pacer is None:
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not urgent.get(), next(self._numbers), waiting))
        if self._moving is None:
            self._moving = asyncio.create_task(self._move_on(self.pacer))
        await waiting

    async def _move_on(self, pacer: Pacer) -> None:
        """Let those in line go, each at its time. Who comes meanwhile and is more urgent goes first."""
        crowded = False
        try:
            while self._waiting:
                pacer.shares = max(1, self._shares())
                now = self._time()
                at = pacer.at(now, crowded or len(self._waiting) > 1)
                if at > now:
                    crowded = True
                    await self._sleep(at - now)
                    continue  # whoever is first by now
                _, _, waiting = heapq.heappop(self._waiting)
                if not waiting.done():
                    pacer.went(now)
                    waiting.set_result(None)
        finally:
            self._moving = None

    def refused(self) -> None:
        """The platform refused for its own count: go slower for a while."""
        if self.pacer:
            self.pacer.refused(self._time())


def line_of(channel: str, time: Callable[[], float], shares: Callable[[], int]) -> Line:
    """The line before a channel's platform."""
    return Line(channel_named(channel).a_second * UNDER, time, shares=shares)
