"""Authorising the product to write as the Official Account, with PKCE, by the browser of the account's administrator.

Source: Zalo Official Account, "Xác thực và ủy quyền".
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection

from bot.channels.zalo_oa.tokens import CHANNEL, OaApp, ask_for_tokens
from bot.clocks import wall_now
from storage import kept, outbox, tokens
from storage.database import reading
from storage.writer import Writer

PENDING_KEY = "zalo-oa-authorizing"
CODE_LIFE = timedelta(minutes=30)
VERIFIER = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Authorization:
    """One account's: a link is made, the answer comes back to it."""

    app: OaApp
    writer: Writer
    now: Callable[[], datetime] = wall_now

    @property
    def callback(self) -> str:
        """Where Zalo sends the administrator's browser; it has to stand in the app's settings."""
        return self.app.callback

    def begin(self) -> str:
        """The address at which the administrator grants access."""
        return self.writer.write(lambda db: begin_authorizing(db, self.app, self.now()))

    def pending(self) -> tuple[str, str]:
        """The state of the link that was made last, and what proves an answer to it; empty where it is too late."""
        with reading(self.writer.engine) as db:
            return _pending(db, self.now())

    def verifier_for(self, state: str) -> str:
        """What proves that the answer with that state is ours; empty where it is none, or too late."""
        with reading(self.writer.engine) as db:
            return verifier_for(db, state, self.now())

    async def finish(self, code: str, verifier: str) -> int:
        """Put a fresh pair in force. Returns its generation. Raises OAuthRefused or OAuthSilent."""
        return await finish_authorizing(self.app, self.writer, code, verifier, self.now)


def begin_authorizing(db: Connection, app: OaApp, now: datetime) -> str:
    """The address at which the account's administrator grants access. What proves the answer to be ours is kept."""
    verifier = "".join(secrets.choice(VERIFIER) for _ in range(43))
    state = secrets.token_urlsafe(16)
    kept.keep(db, PENDING_KEY, f"{state} {verifier} {int((now + CODE_LIFE).timestamp())}")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "app_id": app.id,
        "redirect_uri": app.callback,
        "code_challenge": challenge,
        "state": state,
    }
    return f"{app.oauth_url}/v4/oa/permission?{urlencode(query)}"


def verifier_for(db: Connection, state: str, now: datetime) -> str:
    """What proves that the answer with that state is ours; empty where it is none, or too late."""
    made, verifier = _pending(db, now)
    return verifier if secrets.compare_digest(made.encode(), state.encode()) else ""


def _pending(db: Connection, now: datetime) -> tuple[str, str]:
    """The state and the proof of the link that was made last; empty where there is none, or it is too late."""
    parts = (kept.value(db, PENDING_KEY) or "").split(" ")
    if len(parts) != 3 or int(parts[2]) < now.timestamp():
        return "", ""
    return parts[0], parts[1]


async def finish_authorizing(app: OaApp, writer: Writer, code: str, verifier: str, now: Callable[[], datetime]) -> int:
    """Exchange the code for a pair and put it in force. Returns its generation. Raises OAuthRefused or OAuthSilent."""
    granted = await ask_for_tokens(app, {"grant_type": "authorization_code", "code": code, "code_verifier": verifier})
    until = now() + granted.life

    def keep(db: Connection) -> int:
        kept.keep(db, PENDING_KEY, "")
        outbox.revive(db, CHANNEL, "account")
        return tokens.store(db, CHANNEL, granted.access, granted.refresh, until)

    return await asyncio.wrap_future(writer.submit(keep, "zalo-token"))
