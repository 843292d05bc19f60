"""One process, running: which parts it has by its role, in which order they start and stop."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import uvicorn
from fastapi import FastAPI

from bot.channels.platforms import Ground, connected
from bot.channels.web_chat.send import CHANNEL as WEB_CHAT
from bot.channels.web_chat.send import Hub, WebChatSink
from bot.delivery.courier import Courier, Sink
from bot.flow.chooser import Chooser
from bot.flow.clock import ClockWork
from bot.flow.rehearsal import Rehearsal
from bot.flow.turns import TurnService
from bot.parts import Parts, background
from bot.web.app import make_app
from bot.web.files import add_file_pages
from bot.web.rehearsal import add_rehearsal_page
from bot.web.zalo import add_home_page
from bot.wiring import House

__all__ = ["Parts", "Process", "serve"]
MEASURE_SECONDS = 10.0


@dataclass
class _Open:
    """What is running: filled while the process starts."""

    courier: Courier | None = None
    service: TurnService | None = None


class Process:
    """A process of the product. ``house`` is closed by whoever built it."""

    def __init__(self, house: House, parts: Parts) -> None:
        self._house = house
        self._parts = parts
        self._hub = Hub()
        self._open = _Open()
        self._ground = Ground(house, parts, self._service)
        self._platforms = connected(self._ground)

    # ------------------------------------------------------------ parts

    def app(self) -> FastAPI:
        """The web part's app; its life is the whole process's."""
        settings = self._house.settings
        app = make_app(self._house, self.running)
        for platform in self._platforms:
            platform.add_routes(app)
        if settings.public_url and not settings.rehearsing:
            add_file_pages(app, self._house, self._service)
            add_home_page(app, self._house)
        if settings.rehearsing:
            add_rehearsal_page(app, self._house, self._service, self._hub, Rehearsal(self._house, self._wake))
        return app

    def _service(self) -> TurnService:
        assert self._open.service
        return self._open.service

    def _wake(self) -> None:
        """Something was queued, perhaps by another thread."""
        if self._open.courier and self._loop:
            self._loop.call_soon_threadsafe(self._open.courier.wake)

    _loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the parts, and stop them in the other order."""
        self._loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            courier = Courier(self._house, await self._sinks(stack))
            self._open.courier = courier
            self._open.service = TurnService(self._house, courier.accept, courier.channels, self._chooser())
            background(stack, asyncio.to_thread(self._house.library.warm))
            for platform in self._platforms:
                await platform.start(stack)
            if self._ground.handles:
                background(stack, self._ground.inbox.run())
            if self._house.settings.rehearsing and Parts.WEB in self._parts:
                await asyncio.to_thread(Rehearsal(self._house, self._wake).prepare)
            if courier.channels:
                background(stack, courier.run())
                background(stack, self._measure(courier))
            if self._ticks():
                clock = ClockWork(self._house, self._wake)
                await asyncio.to_thread(clock.start)
                stack.callback(clock.stop)
            yield

    def _chooser(self) -> Chooser | None:
        settings = self._house.settings
        if not settings.llm_url:
            return None
        return Chooser(
            settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value(), self._house.library.campaign, monotonic
        )  # fmt: skip

    def _ticks(self) -> bool:
        """Whether this process looks at the clock. A rehearsal's clock is moved by its web part, which
        therefore ticks itself; a clock process beside it would have another time."""
        if self._house.settings.rehearsing:
            return Parts.WEB in self._parts
        return Parts.CLOCK in self._parts

    async def _sinks(self, stack: AsyncExitStack) -> dict[str, Sink]:
        found: dict[str, Sink] = {}
        for platform in self._platforms:
            found |= await platform.sinks(stack)
        if self._house.settings.rehearsing and Parts.WEB in self._parts:
            found[WEB_CHAT] = WebChatSink(self._hub)
        return found

    async def _measure(self, courier: Courier) -> None:
        while True:
            await courier.measure()
            await asyncio.sleep(MEASURE_SECONDS)


def serve(house: House, parts: Parts, announce: Callable[[str], None]) -> None:
    """Run until told to stop. The web part listens on HOST and PORT."""
    gc.collect()
    gc.freeze()  # modules and campaign live as long as the process: never look at them again
    gc.set_threshold(20_000, 20, 50)
    process = Process(house, parts)
    if Parts.WEB not in parts:
        asyncio.run(_without_web(process))
        return
    settings = house.settings
    listening = _listen(settings.host, settings.port)
    config = uvicorn.Config(process.app(), log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3)
    server = _Announcing(config, lambda port: announce(f"http://{settings.host}:{port}"))
    server.run(sockets=[listening])


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
