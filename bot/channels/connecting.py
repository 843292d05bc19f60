"""Greeting the platforms: by webhook where there is a public address, by polling where there is none.

What we cannot do without (that the token is good; the webhook, where that is how we hear) is tried until it works. What
is merely nice (menus; taking off a webhook where we poll) holds nothing back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.logs import logger

LONGEST_PAUSE = 60.0
NICETY_PAUSE = 5.0
LONGEST_NICETY_PAUSE = 3600.0
log = logger(__name__)

Work = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


class Receiver(Protocol):
    """The receiving half of a platform that can be polled and can call us."""

    async def start(self) -> None:
        """Learn who we are there."""
        ...

    async def dress(self) -> None:
        """What is nice to have there, such as a menu of commands: we serve without it."""
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
    name: str,
    receiver: Receiver,
    public_url: str,
    secret: str,
    greeted: Callable[[], None] = lambda: None,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Greet a platform, as often as it takes; then be called by it, or poll."""
    await until_done(f"{name} could not be greeted", receiver.start, sleep)
    greeted()
    async with asyncio.TaskGroup() as beside:
        beside.create_task(politely(f"{name} did not take what is nice to have, such as menus", receiver.dress, sleep))
        if public_url:
            await until_done(f"{name} does not call us yet", lambda: receiver.set_webhook(public_url, secret), sleep)
            log.info(f"{name} connected", by="webhook")
            return
        unhook, complaint = receiver.delete_webhook, f"{name}'s webhook could not be taken off"
        if not await _tried(unhook, complaint, log.warning):
            beside.create_task(_quietly(complaint, unhook, sleep))
        log.info(f"{name} connected", by="polling")
        await receiver.poll()


async def until_done(complaint: str, work: Work, sleep: Sleep = asyncio.sleep) -> None:
    """Try again, with longer and longer pauses, until it works."""
    pause = 1.0
    while not await _tried(work, complaint, log.warning, again_in=pause):
        await sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def politely(complaint: str, work: Work, sleep: Sleep = asyncio.sleep) -> None:
    """What nothing waits for: complain once, then try again quietly."""
    if not await _tried(work, complaint, log.warning):
        await _quietly(complaint, work, sleep)


async def _quietly(complaint: str, work: Work, sleep: Sleep) -> None:
    pause = NICETY_PAUSE
    await sleep(pause)
    while not await _tried(work, complaint, log.debug):
        pause = min(pause * 2, LONGEST_NICETY_PAUSE)
        await sleep(pause)


async def _tried(work: Work, complaint: str, say: Callable[..., object], **more: object) -> bool:
    """Whether it worked; if not, why is said."""
    try:
        await work()
    except Exception as error:
        say(complaint, why=f"{type(error).__name__}: {error}", **more)
        return False
    return True
