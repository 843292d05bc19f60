"""The platforms that a process can speak to: how each is wired, one class a platform.

Updates arrive in the web part by webhook where there is a public address, in the worker by polling where there is
none; the worker sends. What only a connected platform needs is imported only then: aiogram alone takes seconds.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from fastapi import FastAPI
from sqlalchemy import Connection

from bot.channels.connecting import connect, until_done
from bot.clocks import wall_now
from bot.delivery.courier import Sink
from bot.flow.inbox import Handle, Inbox, Whose
from bot.flow.turns import TurnService
from bot.parts import Parts, background
from bot.web.app import add_webhook
from bot.web.zalo import add_authorized_page
from bot.wiring import ACCOUNT_KEY, House
from handlers.desk import Desk
from handlers.ticking.account import tell
from storage import kept
from storage.tokens import TokenPair

if TYPE_CHECKING:
    from bot.channels.telegram.receive import TelegramReceiver
    from bot.channels.zalo_bot.receive import ZaloBotReceiver
    from bot.channels.zalo_oa.api import ZaloOaApi
    from bot.channels.zalo_oa.receive import ZaloOaReceiver
    from bot.channels.zalo_oa.tokens import TokenKeeper

TELEGRAM_HEADER = "x-telegram-bot-api-secret-token"
ZALO_BOT_HEADER = "x-bot-api-secret-token"


@dataclass
class Ground:
    """What every platform stands on."""

    house: House
    parts: Parts
    service: Callable[[], TurnService]
    """Takes updates in, once the process runs."""
    handles: dict[str, tuple[Handle, Whose]] = field(default_factory=dict)
    """For each channel that uses the inbox: what handles an update, and whose it is."""

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.house, self.handles)

    @property
    def sends(self) -> bool:
        """Whether this process sends."""
        return Parts.WORKER in self.parts

    @property
    def receives(self) -> bool:
        """Whether updates arrive in this process."""
        return (Parts.WEB if self.house.settings.public_url else Parts.WORKER) in self.parts


class Platform(Protocol):
    """One platform, connected."""

    def add_routes(self, app: FastAPI) -> None:
        """What the platform calls."""
        ...

    async def sinks(self, stack: AsyncExitStack) -> dict[str, Sink]:
        """What sends on its channels, where this process sends."""
        ...

    async def start(self, stack: AsyncExitStack) -> None:
        """Begin to receive, where updates arrive in this process."""
        ...


def connected(ground: Ground) -> list[Platform]:
    """The platforms that the settings connect."""
    settings = ground.house.settings
    found: list[Platform] = []
    if settings.telegram:
        found.append(Telegram(ground))
    if settings.zalo_bot:
        found.append(ZaloBot(ground))
    if settings.zalo_oa:
        found.append(ZaloOa(ground))
    return found


class Telegram:
    """Telegram: aiogram receives, python-telegram-bot sends."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._house = ground, ground.house
        self._settings = ground.house.settings
        self._token = self._settings.telegram_token.get_secret_value()
        self._receiver: TelegramReceiver | None = None

    def _secret(self) -> str:
        from bot.channels.telegram.receive import webhook_secret

        return webhook_secret(self._token, self._settings.telegram_secret.get_secret_value())

    def add_routes(self, app: FastAPI) -> None:
        """The webhook."""
        from bot.channels.telegram.receive import WEBHOOK_PATH

        secret = self._secret()

        async def take(given: str, body: bytes) -> int:
            return await self._receiver.webhook(secret, given, body) if self._receiver else 503

        add_webhook(app, WEBHOOK_PATH, TELEGRAM_HEADER, take)

    async def sinks(self, stack: AsyncExitStack) -> dict[str, Sink]:
        """The one that sends."""
        if not self._ground.sends:
            return {}
        from bot.channels.telegram.send import CHANNEL, TelegramSink

        settings = self._settings
        sink = TelegramSink(
            self._token, settings.telegram_api_url, settings.telegram_rate, self._house.library.files, self._house.writer, monotonic
        )  # fmt: skip
        return {CHANNEL: await stack.enter_async_context(sink)}

    async def start(self, stack: AsyncExitStack) -> None:
        """Greet, then be called or poll."""
        if not self._ground.receives:
            return
        from bot.channels.telegram.receive import TelegramReceiver

        library = self._house.library
        receiver = TelegramReceiver(
            self._token, self._settings.telegram_api_url, library.files, library.languages, self._ground.service().take, monotonic
        )
        self._receiver = receiver
        stack.push_async_callback(receiver.close)

        def greeted() -> None:
            self._house.links.username = receiver.username

        background(stack, connect("Telegram", receiver, self._settings.public_url, self._secret(), greeted))


class ZaloBot:
    """The Zalo Bot Platform."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._house = ground, ground.house
        self._settings = ground.house.settings
        self._token = self._settings.zalo_bot_token.get_secret_value()
        self._receiver: ZaloBotReceiver | None = None

    def _secret(self) -> str:
        from bot.channels.zalo_bot.receive import webhook_secret

        return webhook_secret(self._token, self._settings.zalo_bot_secret.get_secret_value())

    def add_routes(self, app: FastAPI) -> None:
        """The webhook."""
        from bot.channels.zalo_bot.receive import WEBHOOK_PATH

        secret = self._secret()

        async def take(given: str, body: bytes) -> int:
            return await self._receiver.webhook(secret, given, body) if self._receiver else 503

        add_webhook(app, WEBHOOK_PATH, ZALO_BOT_HEADER, take)

    async def sinks(self, stack: AsyncExitStack) -> dict[str, Sink]:
        """The one that sends."""
        if not self._ground.sends:
            return {}
        from bot.channels.zalo_bot.api import ZaloBotApi
        from bot.channels.zalo_bot.receive import CHANNEL, ZaloBotSink

        api = ZaloBotApi(self._token, self._settings.zalo_bot_api_url)
        return {CHANNEL: await stack.enter_async_context(ZaloBotSink(self._house, api))}

    async def start(self, stack: AsyncExitStack) -> None:
        """Greet, then be called or poll."""
        if not self._ground.receives:
            return
        from bot.channels.zalo_bot.api import ZaloBotApi
        from bot.channels.zalo_bot.receive import CHANNEL, ZaloBotReceiver, whose

        api = ZaloBotApi(self._token, self._settings.zalo_bot_api_url)
        stack.push_async_callback(api.close)
        self._receiver = ZaloBotReceiver(self._house, api, self._ground.service().take, self._ground.inbox, monotonic)
        self._ground.handles[CHANNEL] = (self._receiver.receive, whose)
        background(stack, connect("Zalo Bot", self._receiver, self._settings.public_url, self._secret()))


class ZaloOa:
    """The Zalo Official Account: it only calls us. The worker looks after its token."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._house = ground, ground.house
        self._settings = ground.house.settings
        self._receiver: ZaloOaReceiver | None = None
        self._keeper: TokenKeeper | None = None

    def add_routes(self, app: FastAPI) -> None:
        """The webhook, and the page to which an administrator comes back."""
        from bot.channels.zalo_oa.receive import SIGNATURE_HEADER, WEBHOOK_PATH

        async def take(given: str, body: bytes) -> int:
            return await self._receiver.webhook(given, body) if self._receiver else 503

        add_webhook(app, WEBHOOK_PATH, SIGNATURE_HEADER, take)
        add_authorized_page(app, self._house)

    async def sinks(self, stack: AsyncExitStack) -> dict[str, Sink]:
        """To users of the account, and to telephone numbers."""
        if not self._ground.sends:
            return {}
        from bot.channels.zalo_oa.receive import CHANNEL, PHONE_CHANNEL, ZaloOaSink, ZaloPhoneSink

        api = self._api(stack)
        return {CHANNEL: ZaloOaSink(self._house, api), PHONE_CHANNEL: ZaloPhoneSink(self._house, api)}

    async def start(self, stack: AsyncExitStack) -> None:
        """Be called, and keep the token alive."""
        from bot.channels.zalo_oa.receive import CHANNEL, ZaloOaReceiver, whose

        if Parts.WEB in self._ground.parts:
            self._receiver = ZaloOaReceiver(self._house, self._api(stack), self._ground.service().take, self._ground.inbox)
            self._ground.handles[CHANNEL] = (self._receiver.receive, whose)
        if self._ground.sends:
            background(stack, self._tokens().run())
        if self._ground.parts & (Parts.WEB | Parts.WORKER):
            background(stack, self._learn_account(self._api(stack)))

    async def _learn_account(self, api: "ZaloOaApi") -> None:
        """The account's id, for the links of invites, also those that the command line makes."""

        async def ask() -> None:
            account = str((await api.account()).get("oa_id") or "")
            self._house.links.zalo_oa = account
            noted = self._house.writer.submit(lambda db: kept.keep(db, ACCOUNT_KEY, account), "zalo-token")
            await asyncio.wrap_future(noted)

        await until_done("Zalo's account could not be asked for", ask)

    def _api(self, stack: AsyncExitStack) -> "ZaloOaApi":
        from bot.channels.zalo_oa.api import ZaloOaApi

        api = ZaloOaApi(self._settings.zalo_oa_api_url, self._settings.zns_api_url, self._tokens())
        stack.push_async_callback(api.close)
        return api

    def _tokens(self) -> "TokenKeeper":
        from bot.channels.zalo_oa.tokens import CHANNEL, TokenKeeper

        if self._keeper is None:
            house = self._house

            def lost(db: Connection, pair: TokenPair) -> None:
                works = pair.expires_at if pair.access and pair.expires_at > wall_now() else None
                tell(Desk(db, house.library, house.clock.now()), CHANNEL, pair.generation, works)

            self._keeper = TokenKeeper(house.settings, house.writer, wall_now, lost)
        return self._keeper
