"""The token pair of the Zalo Official Account: kept in the database, refreshed ahead of time by one process at a time.

Source: Zalo Official Account, "Xác thực và ủy quyền": an access token lives 25 hours, a refresh token 3 months and
works once; ``POST /v4/oa/access_token`` as a form with the header ``secret_key``; a used refresh token answers -14020.
Refreshing begins hours before the access token ends. Whoever refreshes holds the pair in the database first; the
answer is stored before anything else is done with it, also while the process stops. What remains is an answer that
got lost on its way: then the account is lost when the access token ends, and people are told at once.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
from sqlalchemy import Connection

from bot.delivery.http_answers import SaidNo, Unreachable
from bot.delivery.sink import number
from bot.logs import logger
from bot.metrics import TOKEN_REFRESHES
from bot.settings import AUTHORIZED, Settings
from bot.trust import trusted
from rules.channels import ChannelName
from storage import tokens
from storage.database import reading
from storage.tokens import TokenPair
from storage.writer import Writer

CHANNEL = ChannelName.ZALO_OA
AHEAD = timedelta(hours=5)
"""Refreshed so long before the access token ends: time enough for an evening without Zalo's server."""
HOLD = timedelta(seconds=60)
LOOK_EVERY = 60.0
KNOWN_FOR = timedelta(seconds=10)
"""How long a pair is used without a look at the database."""
WAIT_STEP = 0.1
LIFE = timedelta(hours=25)
DEAD = (-14020, -14014, -14019, -14021)
"""Answers after which the refresh token is of no use: used, unknown, expired. [?] beyond the first, as clients report."""
log = logger(__name__)


UNAUTHORISED = "run dondoc zalo authorize"


class NoToken(Exception):
    """There is no access token that could be used: never authorised, or lost."""


class OAuthRefused(SaidNo):
    """Zalo's answer to a token request was no."""


class OAuthSilent(Unreachable):
    """Zalo's token server did not answer."""


@dataclass(frozen=True)
class OaApp:
    """The app that acts for the account, as Zalo knows it. ``callback`` is where Zalo sends an administrator's browser."""

    id: str
    secret: str
    oauth_url: str
    callback: str

    def __repr__(self) -> str:
        return f"OaApp({self.id})"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The one of the settings."""
        secret = settings.zalo_oa_app_secret.get_secret_value()
        return cls(settings.zalo_oa_app_id, secret, settings.zalo_oauth_url, f"{settings.public_url}{AUTHORIZED}")


@dataclass(frozen=True)
class Granted:
    """A fresh pair."""

    access: str
    refresh: str
    life: timedelta

    def __repr__(self) -> str:
        return "Granted(***)"


async def ask_for_tokens(app: OaApp, form: dict[str, str]) -> Granted:
    """One request to Zalo's token server. Raises :class:`OAuthRefused` or :class:`OAuthSilent`, without any token."""
    address = f"{app.oauth_url}/v4/oa/access_token"
    headers = {"secret_key": app.secret}
    try:
        async with httpx.AsyncClient(timeout=20.0, verify=trusted()) as client:
            answer = await client.post(address, data={"app_id": app.id, **form}, headers=headers)
            body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise OAuthSilent(type(error).__name__) from None
    if not isinstance(body, dict) or answer.status_code >= 500:
        raise OAuthSilent(f"HTTP {answer.status_code}")
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not access or not refresh:
        raise OAuthRefused(
            number(body.get("error")) or 0, str(body.get("error_name") or body.get("error_description") or "")[:200]
        )
    life = timedelta(seconds=number(body.get("expires_in")) or 0) or LIFE
    return Granted(str(access), str(refresh), life)


class TokenKeeper:
    """Hands out access tokens. ``now`` is the wall clock; ``lost`` is called, in the transaction that notes it, when the
    account can't be refreshed any more. ``first``: a refresh token from the settings, used once."""

    def __init__(
        self,
        app: OaApp,
        writer: Writer,
        now: Callable[[], datetime],
        lost: Callable[[Connection, TokenPair], None],
        first: str = "",
    ) -> None:
        self._app, self._writer, self._now, self._lost, self._first = app, writer, now, lost, first
        self._me = secrets.token_hex(8)
        self._refreshing: asyncio.Task[None] | None = None
        self._known: tuple[TokenPair, datetime] | None = None

    async def access(self) -> tuple[str, int]:
        """The access token and its generation. Raises :class:`NoToken`.

        It may be known from a moment ago: Zalo refuses one that died meanwhile, and :meth:`renew` looks anew.
        """
        if self._known and self._known[1] > self._now():
            return self._known[0].access, self._known[0].generation
        pair = await self._pair()
        if pair is None or (not pair.access and pair.lost):
            raise NoToken(UNAUTHORISED)
        if pair.access and (pair.lost or pair.expires_at > self._now()):
            self._known = (pair, self._now() + KNOWN_FOR)
            return pair.access, pair.generation
        await self.renew(pair.generation)
        pair = await self._pair()
        if pair is None or not pair.access or pair.expires_at <= self._now():
            raise NoToken(UNAUTHORISED)
        return pair.access, pair.generation

    async def renew(self, generation: int) -> None:
        """See to it that a newer pair than that generation is in force, or that it is known why not."""
        self._known = None
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._renew(generation))
        await asyncio.shield(self._refreshing)  # whoever waits may stop; the answer is stored all the same

    async def _renew(self, generation: int) -> None:
        deadline = self._now() + HOLD
        while self._now() < deadline:
            pair = await self._pair()
            if pair is None or pair.lost or pair.generation > generation:
                return
            if await self._hold(pair):
                await self._refresh(pair)
                return
            await asyncio.sleep(WAIT_STEP)  # another process is at it

    async def _hold(self, pair: TokenPair) -> bool:
        now = self._now()
        held = await self._write(lambda db: tokens.hold(db, CHANNEL, pair.generation, self._me, now, now + HOLD))
        return bool(held)

    async def _refresh(self, pair: TokenPair) -> None:
        try:
            granted = await ask_for_tokens(self._app, {"grant_type": "refresh_token", "refresh_token": pair.refresh})
        except OAuthRefused as refused:
            await self._refused(pair, refused)
        except OAuthSilent as silent:
            TOKEN_REFRESHES.labels("silent").inc()
            log.warning("the Zalo token could not be refreshed; it will be tried again", why=silent.why)
            await self._write(lambda db: tokens.let_go(db, CHANNEL, self._me))
        else:
            until = self._now() + granted.life
            await self._write(lambda db: tokens.store(db, CHANNEL, granted.access, granted.refresh, until))
            TOKEN_REFRESHES.labels("done").inc()
            log.info("the Zalo token was refreshed", until=until.isoformat())

    async def _refused(self, pair: TokenPair, refused: OAuthRefused) -> None:
        TOKEN_REFRESHES.labels("refused").inc()
        if refused.code not in DEAD:
            log.error("Zalo does not refresh the token; it will be tried again", code=refused.code, said=refused.said)
            await self._write(lambda db: tokens.let_go(db, CHANNEL, self._me))
            return

        def note(db: Connection) -> None:
            if tokens.mark_lost(db, CHANNEL, pair.generation, f"{refused.code} {refused.said}"):
                self._lost(db, pair)

        await self._write(note)
        log.error("the Zalo account is lost: run dondoc zalo authorize", code=refused.code, said=refused.said)

    async def run(self) -> None:
        """Take in a refresh token that the settings gave, then refresh ahead of time, until cancelled."""
        await self._seed()
        try:
            while True:
                try:
                    pair = await self._pair()
                    if pair and not pair.lost and pair.expires_at - self._now() < AHEAD:
                        await self.renew(pair.generation)
                except Exception:
                    log.exception("the Zalo token could not be looked after")
                await asyncio.sleep(LOOK_EVERY)
        finally:
            if self._refreshing:
                await asyncio.wait([self._refreshing], timeout=25)

    async def _seed(self) -> None:
        given = self._first
        if not given:
            return
        seed, now = hashlib.sha256(given.encode()).hexdigest(), self._now()

        def take(db: Connection) -> None:
            pair = tokens.pair_of(db, CHANNEL)
            if pair is None or (pair.lost and pair.seed != seed):
                tokens.store(db, CHANNEL, "", given, now, seed)

        await self._write(take)

    async def _pair(self) -> TokenPair | None:
        def look() -> TokenPair | None:
            with reading(self._writer.engine) as db:
                return tokens.pair_of(db, CHANNEL)

        return await asyncio.to_thread(look)

    async def _write(self, work: Callable[[Connection], Any]) -> Any:
        return await asyncio.wrap_future(self._writer.submit(work, "zalo-token"))
