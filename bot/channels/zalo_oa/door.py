"""The door of the Zalo Official Account: it only calls us. The worker looks after its token."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.channels.door import Door, Lent, add_webhook, until_done
from bot.channels.zalo_oa.api import ZaloOaApi
from bot.channels.zalo_oa.authorizing import Authorization
from bot.channels.zalo_oa.receive import SIGNATURE_HEADER, WEBHOOK_PATH, Signed, ZaloOaReceiver, brings_file, whose
from bot.channels.zalo_oa.send import Spent, ZaloOaSink, ZaloPhoneSink
from bot.channels.zalo_oa.tokens import OaApp, TokenKeeper
from bot.clocks import wall_now
from bot.delivery.line import Line, line_of
from bot.delivery.numbered import Numbered
from bot.delivery.sink import Sink
from bot.flow.fetching import Fetching
from bot.flow.intake import Take
from bot.links import ACCOUNT_KEY
from bot.parts import Parts, background
from bot.settings import is_local
from handlers.desk import Desk
from handlers.ticking.account import tell
from rules.channels import ChannelName
from storage import kept, tokens
from storage.database import reading
from storage.tokens import TokenPair

if TYPE_CHECKING:
    from fastapi import FastAPI


def open_door(lent: Lent) -> Door:
    """The Zalo Official Account, with what a process lends it."""
    return _ZaloOaDoor(lent)


class _ZaloOaDoor:
    def __init__(self, lent: Lent) -> None:
        self._lent, self._settings = lent, lent.settings
        self._app = OaApp.of(lent.settings)
        first = lent.settings.zalo_oa_refresh_token.get_secret_value()
        self._tokens = TokenKeeper(self._app, lent.writer, wall_now, self._lost, first)
        self._receiver: ZaloOaReceiver | None = None
        self._sending = self._api(self._line(ChannelName.ZALO_OA), self._line(ChannelName.ZALO_PHONE)) if lent.sends else None
        self._sinks = self._made_sinks(self._sending) if self._sending else {}

    def _api(self, line: Line | None = None, phone_line: Line | None = None) -> ZaloOaApi:
        return ZaloOaApi(self._settings.zalo_oa_api_url, self._settings.zns_api_url, self._tokens, line, phone_line)

    def _line(self, channel: ChannelName) -> Line:
        return line_of(channel, monotonic, self._lent.senders)

    def _made_sinks(self, api: ZaloOaApi) -> dict[str, Sink]:
        writer, library, now = self._lent.writer, self._lent.library, self._lent.clock.now
        spent = Spent(writer, library, now)
        numbered = Numbered(writer, library.languages, self._lent.pages, now)
        return {
            ChannelName.ZALO_OA: ZaloOaSink(api, writer, library, now, numbered, spent),
            ChannelName.ZALO_PHONE: ZaloPhoneSink(api, library.campaign.directory.zone, now, spent),
        }

    @property
    def sinks(self) -> Mapping[str, Sink]:
        """To users of the account, and to telephone numbers."""
        return self._sinks

    def add_routes(self, app: "FastAPI") -> None:
        """The webhook, and the page to which an administrator comes back."""
        from bot.channels.zalo_oa.pages import add_authorized_page

        async def take(given: str, body: bytes) -> int:
            return await self._receiver.webhook(given, body) if self._receiver else 503

        add_webhook(app, WEBHOOK_PATH, SIGNATURE_HEADER, take)
        add_authorized_page(app, Authorization(self._app, self._lent.writer), self._lent.library.languages.of(""))

    def health(self) -> Mapping[str, str]:
        """Whether the account may write: ``ok``, ``not authorised`` or ``lost``."""
        with reading(self._lent.writer.engine) as db:
            pair = tokens.pair_of(db, ChannelName.ZALO_OA)
        return {ChannelName.ZALO_OA: "not authorised" if pair is None else "lost" if pair.lost else "ok"}

    async def start(self, stack: AsyncExitStack, take: Take) -> None:
        """Be called, and keep the token alive."""
        if self._sending:
            stack.push_async_callback(self._sending.close)
        if not self._lent.parts & (Parts.WEB | Parts.WORKER):
            return
        api = self._api()
        stack.push_async_callback(api.close)
        if Parts.WEB in self._lent.parts:
            self._receive(api, take)
        if self._lent.sends:
            background(stack, "zalo tokens", self._tokens.run)
        background(stack, "zalo account", lambda: self._learn_account(api))

    def _receive(self, api: ZaloOaApi, take: Take) -> None:
        lent, settings = self._lent, self._settings
        signed = Signed(settings.zalo_oa_app_id, settings.zalo_oa_secret_key.get_secret_value())
        self._receiver = ZaloOaReceiver(
            api, lent.writer.engine, take, lent.inbox, signed, Fetching(is_local(settings.zalo_oa_api_url))
        )
        lent.inbox.serve(ChannelName.ZALO_OA, self._receiver.receive, whose, brings_file)

    def _lost(self, db: Connection, pair: TokenPair) -> None:
        works = pair.expires_at if pair.access and pair.expires_at > wall_now() else None
        tell(Desk(db, self._lent.library, self._lent.clock.now()), ChannelName.ZALO_OA, pair.generation, works)

    async def _learn_account(self, api: ZaloOaApi) -> None:
        """The account's id, for the links of invites, also those that the command line makes."""
        links, writer = self._lent.links, self._lent.writer

        async def ask() -> None:
            account = str((await api.account()).get("oa_id") or "")
            links.zalo_oa = account
            await asyncio.wrap_future(writer.submit(lambda db: kept.keep(db, ACCOUNT_KEY, account), "zalo-token"))

        await until_done("Zalo's account could not be asked for", ask)
