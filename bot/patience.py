"""Doing again what failed only because the database was away for a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import chain, repeat
from typing import TypeVar

from sqlalchemy import Connection

from bot.logs import logger
from bot.metrics import DATABASE_FAULTS
from storage.passing import why_passing
from storage.writer import Writer

A_MOMENT = (0.05, 0.2, 0.5, 1.0, 2.0)
"""Seconds between tries of what somebody waits for: a cut connection is not noticed, a database that stays away is told."""
log = logger(__name__)
T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


def for_ever(pause: float) -> Iterable[float]:
    """Pauses of what nobody may lose: at once, then every so many seconds."""
    return chain((min(0.05, pause),), repeat(pause))


async def patiently(work: Callable[[], Awaitable[T]], pauses: Iterable[float] | None = None, sleep: Sleep = asyncio.sleep) -> T:
    """Do it, and again after each pause (:data:`A_MOMENT`) while the fault is one that passes. Raises any other fault, and
    the last one."""
    for pause in A_MOMENT if pauses is None else pauses:
        try:
            return await work()
        except Exception as error:
            why = why_passing(error)
            if not why:
                raise
            DATABASE_FAULTS.labels(why).inc()
            log.warning("the database failed; trying again", why=why, again_in=pause)
        await sleep(pause)
    return await work()


async def written(
    writer: Writer,
    work: Callable[[Connection], T],
    lane: str,
    pauses: Iterable[float] | None = None,
    sleep: Sleep = asyncio.sleep,
) -> T:
    """What a piece of work returned, once it is durable; tried again as :func:`patiently` does."""
    return await patiently(lambda: asyncio.wrap_future(writer.submit(work, lane)), pauses, sleep)


def told(error: Exception) -> dict[str, object]:
    """What the log tells of it: a word of a fault that passes, all of another."""
    why = why_passing(error)
    return {"why": why, "exc_info": False} if why else {"exc_info": True}
