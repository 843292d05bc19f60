"""``dondoc zalo authorize``: PKCE, by the browser of the account's administrator."""

import asyncio
import sys
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from bot.commands.shared import Refused, tr
from bot.delivery.http_answers import SaidNo, Unreachable


class Authorization(Protocol):
    """An account that an administrator authorises by a browser."""

    @property
    def callback(self) -> str:
        """Where the browser comes back to."""
        ...

    def begin(self) -> str:
        """The link to open."""
        ...

    def pending(self) -> tuple[str, str]:
        """The state of the link made last and what proves an answer to it; empty where there is none, or too old."""
        ...

    async def finish(self, code: str, verifier: str) -> object:
        """Put the account in force. Raises SaidNo or Unreachable."""
        ...


def authorize_account(account: Authorization | None, answer: str) -> None:
    """Print the link; take the answer that is pasted, or that came to the running web part. Raises Refused."""
    if account is None:
        raise Refused(tr("cli.refused.no_account"))
    if not answer:
        print(tr("cli.authorize.steps", link=account.begin(), callback=account.callback))
        if not sys.stdin.isatty():
            return
        answer = input(tr("cli.authorize.paste") + " ").strip()
        if not answer:
            return
    _finish(account, answer)


def _finish(account: Authorization, answer: str) -> None:
    query = parse_qs(urlsplit(answer).query)
    code = query.get("code", [answer])[0]
    state, verifier = account.pending()
    if not state:
        raise Refused(tr("cli.refused.no_authorisation"))
    if "state" in query and query["state"][0] != state:
        raise Refused(tr("cli.refused.older_link"))
    try:
        asyncio.run(account.finish(code, verifier))
    except SaidNo as refused:
        raise Refused(tr("cli.refused.code", why=f"{refused.code} {refused.said}")) from None
    except Unreachable as silent:
        raise Refused(tr("cli.refused.zalo_silent", why=silent.why)) from None
    print(tr("cli.authorize.done"))
