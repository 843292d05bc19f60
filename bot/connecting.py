"""Greeting the platforms: by webhook where there is a public address, by polling where there is none."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.logs import logger

LONGEST_PAUSE = 60.0
log = logger(__name__)


class Receiver(Protocol):
    """The receiving half of a platform that can be polled and can call us."""

    async def start(self) -> None:
        """Learn who we are there."""
        ...

    async def set_webhook(self, public_url: str, secret: str) -> None:
        """Ask to be called."""
        ...

    async def delete_webhook(self) -> None:
        """Ask to be polled."""
        ...

    async def poll(self) -> None:
        """Fetch updates for ever."""
        ...


async def connect(
    name: str, receiver: Receiver, public_url: str, secret: str, greeted: Callable[[], None] = lambda: None
) -> None:
    """Greet a platform, as often as it takes; then poll, unless it calls us."""

    async def greet() -> None:
        await receiver.start()
        greeted()
        if public_url:
            await receiver.set_webhook(public_url, secret)
        else:
            await receiver.delete_webhook()

    await until_done(f"{name} could not be greeted", greet)
    log.info(f"{name} connected", by="webhook" if public_url else "polling")
    if not public_url:
        await receiver.poll()


async def until_done(complaint: str, work: Callable[[], Awaitable[None]]) -> None:
    """Try again, with longer and longer pauses, until it works."""
    pause = 1.0
    while True:
        try:
            await work()
            return
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning(complaint, why=f"{type(error).__name__}: {error}", again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
