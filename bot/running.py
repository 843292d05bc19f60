"""One process, running: which parts it has by its role, in which order they start and stop."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import Flag, auto
from time import monotonic
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI

from bot.channels.web_chat import CHANNEL as WEB_CHAT
from bot.channels.web_chat import Hub, WebChatSink
from bot.chooser import Chooser
from bot.clock import ClockWork
from bot.courier import Courier, Sink
from bot.logs import logger
from bot.rehearsal import Rehearsal
from bot.turns import TurnService
from bot.web.app import add_telegram_webhook, make_app
from bot.web.rehearsal_page import add_rehearsal_page
from bot.wiring import House

if TYPE_CHECKING:
    from bot.channels.telegram_in import TelegramReceiver

log = logger(__name__)
MEASURE_SECONDS = 10.0
STOP_SECONDS = 10.0


class Parts(Flag):
    """What a process does."""

    WEB = auto()
    WORKER = auto()
    CLOCK = auto()
    ALL = WEB | WORKER | CLOCK


@dataclass
class _Open:
    """What is running: filled while the process starts."""

    courier: Courier | None = None
    service: TurnService | None = None
    receiver: "TelegramReceiver | None" = None


class Process:
    """A process of the product. ``house`` is closed by whoever built it."""

    def __init__(self, house: House, parts: Parts) -> None:
        self._house = house
        self._parts = parts
        self._hub = Hub()
        self._open = _Open()

    # ------------------------------------------------------------ parts

    def app(self) -> FastAPI:
        """The web part's app; its life is the whole process's."""
        settings = self._house.settings
        app = make_app(self._house, self.running)
        if settings.telegram:
            from bot.channels.telegram_in import WEBHOOK_PATH, webhook_secret

            secret = webhook_secret(settings.telegram_token.get_secret_value(), settings.telegram_secret.get_secret_value())
            add_telegram_webhook(app, WEBHOOK_PATH, self._receiver, secret)
        if settings.rehearsing:
            add_rehearsal_page(app, self._house, self._service, self._hub, Rehearsal(self._house, self._wake))
        return app

    def _receiver(self) -> "TelegramReceiver":
        assert self._open.receiver
        return self._open.receiver

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
            _background(stack, asyncio.to_thread(self._house.world.knowledge.warm))
            await self._start_receiver(stack)
            if self._house.settings.rehearsing and Parts.WEB in self._parts:
                await asyncio.to_thread(Rehearsal(self._house, self._wake).prepare)
            if courier.channels:
                _background(stack, courier.run())
                _background(stack, self._measure(courier))
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
            settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value(), self._house.world.campaign, monotonic
        )  # fmt: skip

    def _ticks(self) -> bool:
        """Whether this process looks at the clock. A rehearsal's clock is moved by its web part, which
        therefore ticks itself; a clock process beside it would have another time."""
        if self._house.settings.rehearsing:
            return Parts.WEB in self._parts
        return Parts.CLOCK in self._parts

    async def _sinks(self, stack: AsyncExitStack) -> dict[str, Sink]:
        settings = self._house.settings
        found: dict[str, Sink] = {}
        if settings.telegram and Parts.WORKER in self._parts:
            from bot.channels.telegram_out import TelegramSink

            token = settings.telegram_token.get_secret_value()
            sink = TelegramSink(token, settings.telegram_api_url, settings.telegram_rate, self._house.world.files, monotonic)
            found["telegram"] = await stack.enter_async_context(sink)
        if settings.rehearsing and Parts.WEB in self._parts:
            found[WEB_CHAT] = WebChatSink(self._hub)
        return found

    async def _start_receiver(self, stack: AsyncExitStack) -> None:
        """Telegram by webhook in the web part, by polling in the worker."""
        settings = self._house.settings
        by_webhook = bool(settings.public_url)
        part = Parts.WEB if by_webhook else Parts.WORKER
        if not settings.telegram or part not in self._parts:
            return
        from bot.channels.telegram_in import TelegramReceiver

        receiver = TelegramReceiver(
            settings.telegram_token.get_secret_value(), settings.telegram_api_url, self._house.world.files,
            self._house.world.languages, self._service().take, monotonic,
        )  # fmt: skip
        self._open.receiver = receiver
        stack.push_async_callback(receiver.close)
        _background(stack, self._connect(receiver, by_webhook))

    async def _connect(self, receiver: "TelegramReceiver", by_webhook: bool) -> None:
        """Greet Telegram, as often as it takes; then poll, unless it calls us."""
        from bot.channels.telegram_in import webhook_secret

        settings = self._house.settings
        token = settings.telegram_token.get_secret_value()
        pause = 1.0
        while True:
            try:
                await receiver.start()
                self._house.links.username = receiver.username
                if by_webhook:
                    await receiver.set_webhook(
                        settings.public_url, webhook_secret(token, settings.telegram_secret.get_secret_value())
                    )
                else:
                    await receiver.delete_webhook()
                break
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.error("Telegram could not be greeted", why=f"{type(error).__name__}: {error}", again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)
        log.info("Telegram connected", bot=receiver.username, by="webhook" if by_webhook else "polling")
        if not by_webhook:
            await receiver.poll()

    async def _measure(self, courier: Courier) -> None:
        while True:
            await courier.measure()
            await asyncio.sleep(MEASURE_SECONDS)


def _background(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
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
