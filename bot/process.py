"""One process, running: what it has, in which order that starts and stops, and how it serves until it is told to stop."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.delivery.claims import Claims
from bot.delivery.courier import Courier
from bot.flow.inbox import Inbox
from bot.flow.intake import Take
from bot.flow.turns import TurnService
from bot.parts import background
from bot.room import Room

if TYPE_CHECKING:
    from bot.flow.clock import ClockWork

MEASURE_SECONDS = 10.0


class Starts(Protocol):
    """A channel, as far as a process has to do with it."""

    async def start(self, stack: AsyncExitStack, take: Take) -> None:
        """Let it send and receive until the stack closes."""
        ...


@dataclass(frozen=True)
class Process:
    """What a process has. ``warm`` builds beforehand what the first question needs, where questions arrive; ``prepare`` what a
    rehearsal needs; ``clock`` where this process looks at the time."""

    channels: Sequence[Starts]
    inbox: Inbox
    courier: Courier
    service: TurnService
    claims: Claims
    room: Room
    warm: Callable[[], None] | None = None
    prepare: Callable[[], None] | None = None
    clock: "ClockWork | None" = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the parts, and stop them in the other order."""
        async with AsyncExitStack() as stack:
            await self.claims.begin()
            stack.push_async_callback(self.claims.end)
            background(stack, "claims", self.claims.run)
            for channel in self.channels:
                await channel.start(stack, self.service.take)
            if self.inbox.serves:
                background(stack, "inbox", self.inbox.run)
            if self.prepare:
                await asyncio.to_thread(self.prepare)
            background(stack, "measuring", self._measure)
            if self.courier.channels:
                background(stack, "courier", self.courier.run)
            if self.clock:
                await asyncio.to_thread(self.clock.start)
                stack.callback(self.clock.stop)
            if self.warm:
                background(stack, "warming", partial(asyncio.to_thread, self.warm))
            yield

    async def _measure(self) -> None:
        while True:
            await asyncio.to_thread(self.room.measure)
            if self.courier.channels:
                await self.courier.measure()
            await asyncio.sleep(MEASURE_SECONDS)


def serve(process: Process) -> None:
    """Run a process without a web part until it is told to stop."""
    asyncio.run(_without_web(process))


def settle() -> None:
    """What is there before a process serves, modules and campaign, lives as long as it does: garbage is looked for among what comes
    later. Imports leave half a megabyte of it; to look through all of them for that would take a twentieth of the start."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


async def _without_web(process: Process) -> None:
    """Worker or clock: run until a signal."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with process.running():
        await stopped.wait()
