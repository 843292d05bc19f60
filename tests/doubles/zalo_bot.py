"""A double of the Zalo Bot Platform over real HTTP, on loopback, as unkind as the platform.

A poll gives one update and, where nobody wrote anything new, one that was given before, at once; an idle poll ends
with 408. Refusals come with HTTP 200. Updates are wrapped or bare, pictures are ``photo`` or ``photo_url``.
"""

import asyncio
import itertools
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiohttp import web

from tests.doubles.watching import Watched, cut_off

TOKEN = "4012345678:" + "zb" * 16
FORBIDDEN = ("reply_markup", "buttons", "document")


@dataclass
class Call:
    """One call of the bot's. ``answer`` is the message's id, where it was taken."""

    method: str
    params: dict[str, Any]
    answer: str = ""

    @property
    def text(self) -> str:
        return str(self.params.get("text", ""))

    @property
    def chat(self) -> str:
        return str(self.params.get("chat_id", ""))

    @property
    def numbers(self) -> dict[str, str]:
        """Labels of the numbered list to their numbers."""
        lines = (line.partition(". ") for line in self.text.splitlines())
        return {label: number for number, _, label in lines if number.isdigit()}


@dataclass
class ZaloBotDouble(Watched[Call]):
    """``async with ZaloBotDouble() as zalo:`` then ``zalo.url`` is the API's address."""

    wrapped: bool = True
    picture_field: str = "photo"
    replays: bool = True
    """A poll shows what was shown before, where there is nothing new."""
    calls: list[Call] = field(default_factory=list)
    webhook: str = ""
    webhook_secret: str = ""
    refused: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """What chats answer: HTTP status, error_code, description. Key ``*`` is every chat."""
    broken: list[int] = field(default_factory=list)
    """HTTP statuses of the next sends, with a proxy's page instead of JSON; 0 breaks the line off."""
    breaks_on: str = ""
    """Words: a send that holds them is broken off without an answer, until this is emptied."""
    garbled: list[bytes] = field(default_factory=list)
    """What the next sends are answered with, 200, although they were taken; empty ends within the answer."""
    slow: float = 0.0
    gate: asyncio.Event | None = None
    """Messages are answered once it is open."""
    quota: int = 0
    """Messages that are taken; 0: no limit."""
    files: dict[str, bytes] = field(default_factory=dict)
    polls: list[float] = field(default_factory=list)
    idle_with_200: bool = False

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._new: list[dict[str, Any]] = []
        self._old: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()
        self._taken = 0

    async def __aenter__(self) -> "ZaloBotDouble":
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        app.router.add_get("/picture/{name}", self._picture)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    # ------------------------------------------------------------ what people do

    def message(self, user: str, text: str = "", name: str = "Lan", picture: str = "", event: str = "") -> dict[str, Any]:
        """Somebody's message, as an update in the double's shape."""
        number = next(self._ids)
        message: dict[str, Any] = {
            "from": {"id": user, "display_name": name, "is_bot": False}, "chat": {"id": user, "chat_type": "PRIVATE"},
            "message_id": f"m{number}", "date": 1_655_686_800_000 + 1000 * number,
        }  # fmt: skip
        kind = "text"
        if picture:
            message |= {self.picture_field: f"{self.url}/picture/{picture}", "caption": text}
            kind = "image"
        elif text:
            message["text"] = text
        update = {"event_name": event or f"message.{kind}.received", "message": message}
        return {"ok": True, "result": update} if self.wrapped else update

    async def send(self, *updates: dict[str, Any]) -> None:
        """Let updates wait for the poller."""
        self._new += updates
        await self._tell()

    # ------------------------------------------------------------ what the bot did

    def sent_to(self, user: str) -> list[Call]:
        """Messages that reached a chat."""
        return [c for c in self.calls if c.method == "sendMessage" and c.chat == user and c.answer]

    # ------------------------------------------------------------ the API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"})
        params = await request.json()
        if method == "getUpdates":
            return await self._get_updates(params)
        call = Call(method, params)
        self.calls.append(call)
        try:
            return await self._answer(request, call)
        finally:
            await self._tell()

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        match call.method:
            case "getMe":
                return _ok({"id": "4012345678", "account_name": "bot.dondoc", "display_name": "Đôn Đốc", "account_type": "BASIC"})
            case "setWebhook":
                self.webhook, self.webhook_secret = call.params["url"], call.params["secret_token"]
                return _ok({"url": self.webhook}) if 8 <= len(self.webhook_secret) <= 256 else _no(400, "secret_token")
            case "deleteWebhook":
                there, self.webhook = bool(self.webhook), ""
                return _ok({}) if there else _no(404, "Webhook not found", 404)
            case "sendMessage":
                return await self._send(request, call)
        return _no(404, "Method not found", 404)

    async def _send(self, request: web.Request, call: Call) -> web.StreamResponse:
        if self.gate:
            await self.gate.wait()
        if self.broken:
            status = self.broken.pop(0)
            if status:
                return web.Response(status=status, text="<html>Bad gateway</html>")
            assert request.transport
            request.transport.abort()
            return web.Response()
        if self.breaks_on and self.breaks_on in call.text:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if not 1 <= len(call.text) <= 2000 or any(name in call.params for name in FORBIDDEN):
            return _no(400, "Bad Request: text")
        refused = self.refused.get(call.chat) or self.refused.get("*")
        if refused:
            return _no(refused[1], refused[2], refused[0])
        if self.quota and self._taken >= self.quota:
            return _no(429, "Too Many Requests", 200)
        self._taken += 1
        call.answer = f"s{next(self._ids)}"
        if self.garbled:
            return await cut_off(request) if not (body := self.garbled.pop(0)) else web.Response(body=body)
        return _ok({"message_id": call.answer, "date": 1_655_686_800_000})

    async def _get_updates(self, params: dict[str, Any]) -> web.Response:
        self.polls.append(monotonic())
        if self.webhook:
            return _no(409, "Conflict: webhook is set", 409)
        async with self._changed:
            self._changed.notify_all()
            if not self._new and not (self.replays and self._old):
                try:
                    async with asyncio.timeout(min(float(params.get("timeout", 0)), 0.3)):
                        await self._changed.wait_for(lambda: bool(self._new))
                except TimeoutError:
                    return _no(0, "Request timeout", 200) if self.idle_with_200 else _no(408, "Request timeout", 408)
        if self._new:
            self._old.append(self._new.pop(0))
            shown = self._old[-1]
        else:
            shown = self._old[len(self.polls) % len(self._old)]
        return web.json_response(shown)

    async def _picture(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["name"])
        return web.Response(body=found) if found is not None else web.Response(status=404)


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _no(code: int, description: str, status: int = 200) -> web.Response:
    body: dict[str, Any] = {"ok": False, "description": description}
    return web.json_response(body | ({"error_code": code} if code else {}), status=status)
