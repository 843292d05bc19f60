"""The door of the Zalo Bot Platform: it calls us, or we poll."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from time import monotonic
from typing import TYPE_CHECKING

from bot.channels.door import Door, Lent, add_webhook, greet
from bot.channels.zalo_bot.api import ZaloBotApi
from bot.channels.zalo_bot.receive import WEBHOOK_PATH, ZaloBotReceiver, brings_file, webhook_secret, whose
from bot.channels.zalo_bot.send import ZaloBotSink
from bot.delivery.line import Line, line_of
from bot.delivery.numbered import Numbered
from bot.delivery.sink import Sink
from bot.flow.fetching import Fetching
from bot.flow.intake import Take
from bot.parts import background
from bot.settings import is_local
from rules.channels import ChannelName

if TYPE_CHECKING:
    from fastapi import FastAPI

HEADER = "x-bot-api-secret-token"


def open_door(lent: Lent) -> Door:
    """The Zalo Bot Platform, with what a process lends it."""
    return _ZaloBotDoor(lent)


class _ZaloBotDoor:
    def __init__(self, lent: Lent) -> None:
        self._lent, self._settings = lent, lent.settings
        self._token = lent.settings.zalo_bot_token.get_secret_value()
        self._secret = webhook_secret(self._token, lent.settings.zalo_bot_secret.get_secret_value())
        self._receiver: ZaloBotReceiver | None = None
        self._sink = self._sending() if lent.sends else None

    def _api(self, line: Line | None = None) -> ZaloBotApi:
        return ZaloBotApi(self._token, self._settings.zalo_bot_api_url, line)

    def _sending(self) -> ZaloBotSink:
        writer, library, now = self._lent.writer, self._lent.library, self._lent.clock.now
        numbered = Numbered(writer, library.languages, self._lent.pages, now)
        line = line_of(ChannelName.ZALO_BOT, monotonic, self._lent.senders)
        return ZaloBotSink(self._api(line), writer, library, now, numbered, self._settings.zalo_bot_monthly)

    @property
    def sinks(self) -> Mapping[str, Sink]:
        """The one that sends."""
        return {ChannelName.ZALO_BOT: self._sink} if self._sink else {}

    def add_routes(self, app: "FastAPI") -> None:
        """The webhook."""

        async def take(given: str, body: bytes) -> int:
            return await self._receiver.webhook(self._secret, given, body) if self._receiver else 503

        add_webhook(app, WEBHOOK_PATH, HEADER, take)

    def health(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    async def start(self, stack: AsyncExitStack, take: Take) -> None:
        """Open what sends; greet, then be called or poll."""
        if self._sink:
            await stack.enter_async_context(self._sink)
        if not self._lent.receives:
            return
        api, inbox = self._api(), self._lent.inbox
        stack.push_async_callback(api.close)
        self._receiver = ZaloBotReceiver(api, take, inbox, Fetching(is_local(self._settings.zalo_bot_api_url)), monotonic)
        inbox.serve(ChannelName.ZALO_BOT, self._receiver.receive, whose, brings_file)
        receiver, url = self._receiver, self._settings.public_url
        background(stack, "zalo bot", lambda: greet("Zalo Bot", receiver, url, self._secret))
