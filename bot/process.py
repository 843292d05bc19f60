"""One process, running: what it has, in which order that starts and stops, and how it serves until it is told to stop."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from bot.connections import PATIENCE, Waits, speaking, with_room
from bot.delivery.claims import Claims
from bot.delivery.courier import Courier
from bot.flow.clock import ClockWork
from bot.flow.inbox import Inbox
from bot.flow.intake import Take
from bot.flow.turns import TurnService
from bot.parts import background
from bot.room import Room

MEASURE_SECONDS = 10.0


class Starts(Protocol):
    """A channel, as far as a process has to do with it."""

    async def start(self, stack: AsyncExitStack, take: Take) -> None:
        """Let it send and receive until the stack closes."""
        ...


@dataclass(frozen=True)
class Process:
    """What a process has. ``warm`` builds beforehand what the first question needs; ``prepare`` what a rehearsal needs;
    ``clock`` where this process looks at the time."""

    channels: Sequence[Starts]
    inbox: Inbox
    courier: Courier
    service: TurnService
    claims: Claims
    room: Room
    warm: Callable[[], None]
    prepare: Callable[[], None] | None = None
    clock: ClockWork | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the parts, and stop them in the other order."""
        async with AsyncExitStack() as stack:
            await self.claims.begin()
            stack.push_async_callback(self.claims.end)
            background(stack, "claims", self.claims.run)
            background(stack, "warming", lambda: asyncio.to_thread(self.warm))
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
            yield

    async def _measure(self) -> None:
        while True:
            await asyncio.to_thread(self.room.measure)
            if self.courier.channels:
                await self.courier.measure()
            await asyncio.sleep(MEASURE_SECONDS)


def serve(process: Process) -> None:
    """Run a process without a web part until it is told to stop."""
    _settle()
    asyncio.run(_without_web(process))


def serve_web(app: FastAPI, host: str, port: int, announce: Callable[[str], None], waits: Waits = PATIENCE) -> None:
    """Run the process whose life the app's is until told to stop, listening there. ``waits``: how long for its clients."""
    _settle()
    listening = _listen(host, port)
    spoken = speaking(with_room(waits))
    config = uvicorn.Config(
        app, http=spoken, ws="none", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3
    )
    server = _Announcing(config, lambda port: announce(f"http://{host}:{port}"))
    server.run(sockets=[listening])


def _settle() -> None:
    gc.collect()
    gc.freeze()  # modules and campaign live as long as the process: never look at them again
    gc.set_threshold(20_000, 20, 50)


def _listen(host: str, port: int) -> socket.socket:
    """The socket, bound before anything starts. Raises OSError with what to do about it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise OSError(f"Can't listen on {host}:{port} ({error.strerror}): set PORT or HOST to another one.") from error
    return listening


class _Announcing(uvicorn.Server):
    """Says its address once it listens, also where the system chose the port."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[int], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._announce(self.servers[0].sockets[0].getsockname()[1])


async def _without_web(process: Process) -> None:
    """Worker or clock: run until a signal."""
    import signal

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with process.running():
        await stopped.wait()
