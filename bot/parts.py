"""The parts of a process, and work that runs beside everything else."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from enum import Flag, auto

from bot.logs import logger
from bot.metrics import RESTARTS

STOP_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a part that failed is begun again: twice as many each time, until it ran for as long as the longest."""
log = logger(__name__)


class Parts(Flag):
    """What a process does."""

    WEB = auto()
    WORKER = auto()
    CLOCK = auto()
    ALL = WEB | WORKER | CLOCK


def background(
    stack: AsyncExitStack,
    name: str,
    work: Callable[[], Awaitable[None]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Run a part beside everything else until the stack closes. One that fails is begun again; one that returns is done."""
    stopping = asyncio.Event()
    task = asyncio.ensure_future(_kept_going(name, work, sleep, stopping))

    async def stop() -> None:
        stopping.set()
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=STOP_SECONDS)

    stack.push_async_callback(stop)


async def _kept_going(
    name: str, work: Callable[[], Awaitable[None]], sleep: Callable[[float], Awaitable[None]], stopping: asyncio.Event
) -> None:
    time, pause = asyncio.get_running_loop().time, FIRST_PAUSE
    while True:
        begun = time()
        try:
            return await work()
        except Exception:
            if stopping.is_set():
                log.exception("a part of the process failed while it stopped", part=name)
                return None
            if time() - begun > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            RESTARTS.labels(name).inc()
            log.exception("a part of the process failed; it is begun again", part=name, again_in=pause)
        await sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
