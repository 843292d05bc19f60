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
from sqlalchemy import Connection

from bot.channels.web_chat import CHANNEL as WEB_CHAT
from bot.channels.web_chat import Hub, WebChatSink
from bot.chooser import Chooser
from bot.clock import ClockWork
from bot.clocks import wall_now
from bot.connecting import connect, until_done
from bot.courier import Courier, Sink
from bot.inbox import Handle, Inbox, Whose
from bot.logs import logger
from bot.rehearsal import Rehearsal
from bot.turns import TurnService
from bot.web.app import add_webhook, make_app
from bot.web.file_pages import add_file_pages
from bot.web.rehearsal_page import add_rehearsal_page
from bot.web.zalo_page import add_authorized_page, add_home_page
from bot.wiring import ACCOUNT_KEY, House
from handlers.account_lost import tell
from storage import groups
from storage.tokens import TokenPair

if TYPE_CHECKING:
    from bot.channels.telegram_in import TelegramReceiver
    from bot.channels.zalo_bot import ZaloBotReceiver
    from bot.channels.zalo_oa import ZaloOaReceiver
    from bot.channels.zalo_oa_api import ZaloOaApi
    from bot.zalo_tokens import TokenKeeper

log = logger(__name__)
TELEGRAM_HEADER = "x-telegram-bot-api-secret-token"
ZALO_BOT_HEADER = "x-bot-api-secret-token"
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
    telegram: "TelegramReceiver | None" = None
    zalo_bot: "ZaloBotReceiver | None" = None
    zalo_oa: "ZaloOaReceiver | None" = None


class Process:
    """A process of the product. ``house`` is closed by whoever built it."""

    def __init__(self, house: House, parts: Parts) -> None:
        self._house = house
        self._parts = parts
        self._hub = Hub()
        self._open = _Open()
        self._handles: dict[str, tuple[Handle, Whose]] = {}
        self._inbox = Inbox(house, self._handles)
        self._keeper: TokenKeeper | None = None

    # ------------------------------------------------------------ parts

    def app(self) -> FastAPI:
        """The web part's app; its life is the whole process's."""
        settings = self._house.settings
        app = make_app(self._house, self.running)
        if settings.telegram:
            from bot.channels.telegram_in import WEBHOOK_PATH, webhook_secret

            secret = webhook_secret(settings.telegram_token.get_secret_value(), settings.telegram_secret.get_secret_value())
            add_webhook(app, WEBHOOK_PATH, TELEGRAM_HEADER, lambda given, body: self._telegram().webhook(secret, given, body))
        if settings.zalo_bot and settings.public_url:
            self._add_zalo_bot(app)
        if settings.zalo_oa:
            self._add_zalo_oa(app)
        if settings.public_url and not settings.rehearsing:
            add_file_pages(app, self._house, self._service)
            add_home_page(app, self._house)
        if settings.rehearsing:
            add_rehearsal_page(app, self._house, self._service, self._hub, Rehearsal(self._house, self._wake))
        return app

    def _add_zalo_bot(self, app: FastAPI) -> None:
        from bot.channels.zalo_bot import WEBHOOK_PATH, webhook_secret

        settings = self._house.settings
        secret = webhook_secret(settings.zalo_bot_token.get_secret_value(), settings.zalo_bot_secret.get_secret_value())

        async def take(given: str, body: bytes) -> int:
            assert self._open.zalo_bot
            return await self._open.zalo_bot.webhook(secret, given, body)

        add_webhook(app, WEBHOOK_PATH, ZALO_BOT_HEADER, take)

    def _add_zalo_oa(self, app: FastAPI) -> None:
        from bot.channels.zalo_oa import SIGNATURE_HEADER, WEBHOOK_PATH

        async def take(given: str, body: bytes) -> int:
            assert self._open.zalo_oa
            return await self._open.zalo_oa.webhook(given, body)

        add_webhook(app, WEBHOOK_PATH, SIGNATURE_HEADER, take)
        add_authorized_page(app, self._house)

    def _telegram(self) -> "TelegramReceiver":
        assert self._open.telegram
        return self._open.telegram

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
            await self._start_telegram(stack)
            await self._start_zalo_bot(stack)
            await self._start_zalo_oa(stack)
            if self._handles:
                _background(stack, self._inbox.run())
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
        if settings.zalo_bot and Parts.WORKER in self._parts:
            from bot.channels.zalo_bot import ZaloBotSink
            from bot.channels.zalo_bot_api import ZaloBotApi

            api = ZaloBotApi(settings.zalo_bot_token.get_secret_value(), settings.zalo_bot_api_url)
            found["zalo_bot"] = await stack.enter_async_context(ZaloBotSink(self._house, api))
        if settings.zalo_oa and Parts.WORKER in self._parts:
            from bot.channels.zalo_oa import CHANNEL, PHONE_CHANNEL, ZaloOaSink, ZaloPhoneSink

            oa_api = self._zalo_oa_api()
            found[CHANNEL] = await stack.enter_async_context(ZaloOaSink(self._house, oa_api))
            found[PHONE_CHANNEL] = ZaloPhoneSink(self._house, oa_api)
        if settings.rehearsing and Parts.WEB in self._parts:
            found[WEB_CHAT] = WebChatSink(self._hub)
        return found

    def _part_for_updates(self) -> bool:
        """Updates arrive in the web part by webhook, in the worker by polling."""
        return (Parts.WEB if self._house.settings.public_url else Parts.WORKER) in self._parts

    async def _start_telegram(self, stack: AsyncExitStack) -> None:
        settings = self._house.settings
        if not settings.telegram or not self._part_for_updates():
            return
        from bot.channels.telegram_in import TelegramReceiver, webhook_secret

        token = settings.telegram_token.get_secret_value()
        receiver = TelegramReceiver(
            token, settings.telegram_api_url, self._house.world.files, self._house.world.languages, self._service().take,
            monotonic,
        )  # fmt: skip
        self._open.telegram = receiver
        stack.push_async_callback(receiver.close)

        def greeted() -> None:
            self._house.links.username = receiver.username

        secret = webhook_secret(token, settings.telegram_secret.get_secret_value())
        _background(stack, connect("Telegram", receiver, settings.public_url, secret, greeted))

    async def _start_zalo_bot(self, stack: AsyncExitStack) -> None:
        settings = self._house.settings
        if not settings.zalo_bot or not self._part_for_updates():
            return
        from bot.channels.zalo_bot import CHANNEL, ZaloBotReceiver, webhook_secret, whose
        from bot.channels.zalo_bot_api import ZaloBotApi

        token = settings.zalo_bot_token.get_secret_value()
        api = ZaloBotApi(token, settings.zalo_bot_api_url)
        receiver = ZaloBotReceiver(self._house, api, self._service().take, self._inbox)
        self._open.zalo_bot = receiver
        self._handles[CHANNEL] = (receiver.receive, whose)
        stack.push_async_callback(api.close)

        secret = webhook_secret(token, settings.zalo_bot_secret.get_secret_value())
        _background(stack, connect("Zalo Bot", receiver, settings.public_url, secret))

    async def _start_zalo_oa(self, stack: AsyncExitStack) -> None:
        """The account only calls us: its events are the web part's, its token the worker's to look after."""
        settings = self._house.settings
        if not settings.zalo_oa:
            return
        from bot.channels.zalo_oa import CHANNEL, ZaloOaReceiver, whose

        if Parts.WEB in self._parts:
            api = self._zalo_oa_api()
            stack.push_async_callback(api.close)
            self._open.zalo_oa = ZaloOaReceiver(self._house, api, self._service().take, self._inbox)
            self._handles[CHANNEL] = (self._open.zalo_oa.receive, whose)
        if Parts.WORKER in self._parts:
            _background(stack, self._token_keeper().run())
        if self._parts & (Parts.WEB | Parts.WORKER):
            _background(stack, self._learn_account(stack))

    async def _learn_account(self, stack: AsyncExitStack) -> None:
        """The account's id, for the links of invites, also those that the command line makes."""
        api = self._zalo_oa_api()
        stack.push_async_callback(api.close)

        async def ask() -> None:
            account = str((await api.account()).get("oa_id") or "")
            self._house.links.zalo_oa = account
            kept = self._house.writer.submit(lambda db: groups.keep_value(db, ACCOUNT_KEY, account), "zalo-token")
            await asyncio.wrap_future(kept)

        await until_done("Zalo's account could not be asked for", ask)

    def _token_keeper(self) -> "TokenKeeper":
        from bot.zalo_tokens import TokenKeeper

        if self._keeper is None:
            house = self._house

            def lost(db: Connection, pair: TokenPair) -> None:
                works = pair.expires_at if pair.access and pair.expires_at > wall_now() else None
                tell(db, house.world, pair.generation, works, house.clock.now())

            self._keeper = TokenKeeper(house.settings, house.writer, wall_now, lost)
        return self._keeper

    def _zalo_oa_api(self) -> "ZaloOaApi":
        from bot.channels.zalo_oa_api import ZaloOaApi

        settings = self._house.settings
        return ZaloOaApi(settings.zalo_oa_api_url, settings.zns_api_url, self._token_keeper())

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
