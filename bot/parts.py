"""The parts of a process, and work that runs beside everything else."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from enum import Flag, auto
from typing import Any

from bot.logs import logger

STOP_SECONDS = 10.0
log = logger(__name__)


class Parts(Flag):
    """What a process does."""

    WEB = auto()
    WORKER = auto()
    CLOCK = auto()
    ALL = WEB | WORKER | CLOCK


def background(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    """Run beside everything else until the stack closes."""
    task = asyncio.ensure_future(work)

    async def stop() -> None:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=STOP_SECONDS)

    stack.push_async_callback(stop)
    task.add_done_callback(_complain)


def _complain(task: "asyncio.Future[None]") -> None:
    if not task.cancelled() and task.exception():
        log.error("a part of the process stopped", exc_info=task.exception())
