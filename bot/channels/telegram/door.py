"""Telegram's door: aiogram receives, python-telegram-bot sends."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from time import monotonic
from typing import TYPE_CHECKING

from bot.channels.door import Door, Lent, add_webhook, greet
from bot.delivery.sink import Sink
from bot.flow.intake import Take
from bot.parts import background
from rules.channels import ChannelName

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.channels.telegram.receive import TelegramReceiver
    from bot.channels.telegram.send import TelegramSink

HEADER = "x-telegram-bot-api-secret-token"


def open_door(lent: Lent) -> Door:
    """Telegram, with what a process lends it. What only one half needs is imported only where that half is."""
    return _TelegramDoor(lent, _sending(lent) if lent.sends else None, _receiving(lent) if lent.receives else None)


def _sending(lent: Lent) -> "TelegramSink":
    from bot.channels.telegram.send import Account, PoliteLimiter, TelegramSink

    settings = lent.settings
    return TelegramSink(
        Account(settings.telegram_token.get_secret_value(), settings.telegram_api_url),
        PoliteLimiter(settings.telegram_rate, monotonic, shares=lent.senders),
        lent.library.files,
        lent.writer,
        monotonic,
    )


def _receiving(lent: Lent) -> "Callable[[Take], TelegramReceiver]":
    """What makes the receiver, once there is something that takes updates."""
    from bot.channels.telegram.receive import Account, TelegramReceiver

    account = Account(lent.settings.telegram_token.get_secret_value(), lent.settings.telegram_api_url)
    return lambda take: TelegramReceiver(account, lent.library.languages, take, lent.inbox, monotonic)


class _TelegramDoor:
    def __init__(
        self, lent: Lent, sink: "TelegramSink | None", receiving: "Callable[[Take], TelegramReceiver] | None"
    ) -> None:  # fmt: skip
        self._lent, self._settings, self._sink, self._receiving = lent, lent.settings, sink, receiving
        self._receiver: TelegramReceiver | None = None

    @property
    def sinks(self) -> Mapping[str, Sink]:
        """The one that sends."""
        return {ChannelName.TELEGRAM: self._sink} if self._sink else {}

    def _secret(self) -> str:
        from bot.channels.telegram.receive import webhook_secret

        return webhook_secret(self._settings.telegram_token.get_secret_value(), self._settings.telegram_secret.get_secret_value())

    def add_routes(self, app: "FastAPI") -> None:
        """The webhook, where Telegram calls us."""
        if not self._receiving:
            return
        from bot.channels.telegram.receive import WEBHOOK_PATH

        secret = self._secret()

        async def take(given: str, body: bytes) -> int:
            return await self._receiver.webhook(secret, given, body) if self._receiver else 503

        add_webhook(app, WEBHOOK_PATH, HEADER, take)

    def health(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    async def start(self, stack: AsyncExitStack, take: Take) -> None:
        """Open what sends; greet, then be called or poll."""
        if self._sink:
            await stack.enter_async_context(self._sink)
        if not self._receiving:
            return
        from bot.channels.telegram.receive import brings_file, whose

        receiver, links = self._receiving(take), self._lent.links
        self._receiver = receiver
        self._lent.inbox.serve(ChannelName.TELEGRAM, receiver.receive, whose, brings_file)
        stack.push_async_callback(receiver.close)

        def greeted() -> None:
            links.username = receiver.username

        url, secret = self._settings.public_url, self._secret()
        background(stack, "telegram", lambda: greet("Telegram", receiver, url, secret, greeted))
