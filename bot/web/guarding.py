"""Before any page: by which name we were called, from which page, how often, from where; and headers on every answer.

A browser asks in the name of whoever sits before it, whatever page it shows. So what changes something is taken from our own
pages alone (``Origin``, ``Sec-Fetch-Site``), and nothing is answered under a name that is not ours (``Host``): else a foreign
page could be made to stand under an address of this machine. Source: Fetch, "Sec-Fetch-Site" and "Origin"; RFC 9110, 7.2.
"""

import hmac
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.headers import SAFE
from rules.limits import Allowance, Bucket, full

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
OURS = ("same-origin", "none")
"""What a browser says of a request that our own page, or the person's own hand, brought about."""
ONLY_READ = ("GET", "HEAD", "OPTIONS")
BY_PROXY = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
MOST_ASKING = 10_000
"""Addresses of which it is remembered how often they asked."""
BY_PLATFORMS = "/webhook"
"""How paths end that platforms call, with a proof of their own: no browser asks for them."""
PATIENCE = Allowance(120, 0.5)
"""So often one address may open pages that anybody can open."""
_MORE_THAN_A_HOST = re.compile(r"[^0-9A-Za-z.:\[\]_-]")
_SAFE = tuple((name.lower().encode(), value.encode()) for name, value in SAFE.items())
"""As an application says them: nothing is done to each answer that can be done once."""


@dataclass(frozen=True)
class Called:
    """How an installation is called. ``names`` are its hosts besides this machine's own, ``metrics_token`` opens the figures to
    others than this machine; ``limited`` are paths that anybody may open, and so not too often."""

    names: frozenset[str] = frozenset()
    metrics_token: str = ""
    limited: tuple[str, ...] = ()
    any_name: bool = False
    """Whether it answers under any: a rehearsal that was opened to other machines, each of which calls it otherwise."""
    public: bool = False
    """Whether others reach us, by a proxy: then only the token opens the figures."""


@dataclass
class Guarded:
    """Lets requests through to ``app`` or answers them itself. ``time`` in seconds of a clock that does not go back."""

    app: ASGIApp
    called: Called
    time: Callable[[], float]
    _asked: "OrderedDict[str, Bucket]" = field(default_factory=OrderedDict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(header for header in _SAFE if header[0] not in there)]
            await send(message)

        answer = self._refusal(scope) or self.app
        await answer(scope, receive, send if scope["path"].endswith(BY_PLATFORMS) else with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), scope["path"]
        host = _name(headers.get("host", ""))
        if path != "/health" and not self.called.any_name and host not in LOOPBACK_NAMES and host not in self.called.names:
            return PlainTextResponse("not here", 421)
        if path == "/metrics" and not self._may_see_figures(scope, headers, host):
            return PlainTextResponse("not found", 404)
        if not path.endswith(BY_PLATFORMS) and self._is_foreign(scope, headers):
            return PlainTextResponse("only from our own page", 403)
        if path.startswith(self.called.limited) and not self._may_ask_again(scope):
            return PlainTextResponse("too often", 429, headers={"Retry-After": "60"})
        return None

    def _may_see_figures(self, scope: Scope, headers: Headers, host: str) -> bool:
        """This machine's own watchers, and whoever has the token. What comes through a proxy comes from elsewhere."""
        token = self.called.metrics_token
        if token and hmac.compare_digest(headers.get("authorization", "").encode(), f"Bearer {token}".encode()):
            return True
        if self.called.public:
            return False  # a proxy on this machine may say nothing of where a request came from
        near = bool(scope.get("client")) and scope["client"][0] in LOOPBACK_NAMES
        return near and host in LOOPBACK_NAMES and not any(name in headers for name in BY_PROXY)

    def _is_foreign(self, scope: Scope, headers: Headers) -> bool:
        """Whether another page made the browser ask for something that changes things, or that only our own pages show."""
        site = headers.get("sec-fetch-site")
        if scope["method"] in ONLY_READ:
            return site == "cross-site" and headers.get("sec-fetch-mode") not in (None, "navigate")
        if site is not None:
            return site not in OURS
        origin = headers.get("origin")
        return origin is not None and not self._is_ours(origin, headers)

    def _is_ours(self, origin: str, headers: Headers) -> bool:
        """A proxy may have given us another ``Host`` than the browser saw."""
        try:
            found = urlsplit(origin)
            return found.netloc == headers.get("host") or (found.hostname or "") in self.called.names
        except ValueError:
            return False

    def _may_ask_again(self, scope: Scope) -> bool:
        who, now = (scope.get("client") or ("",))[0], self.time()
        bucket = self._asked.get(who, full(PATIENCE, now)).filled(PATIENCE, now)
        there = bucket.left >= 1
        self._asked[who] = bucket.without() if there else bucket
        self._asked.move_to_end(who)
        while len(self._asked) > MOST_ASKING:
            self._asked.popitem(last=False)
        return there


def _name(host: str) -> str:
    """The name in a ``Host`` header, without its port; empty where it is none, or says more than that."""
    if _MORE_THAN_A_HOST.search(host):
        return ""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
