"""A double of Telegram's Bot API over real HTTP, on loopback.

It keeps updates until a higher offset confirms them, answers 409 to a second poller, remembers
every call, and can refuse or break off.
"""

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.doubles.watching import Watched, cut_off

TOKEN = "123456:" + "A" * 35
BOT = {"id": 123456, "is_bot": True, "first_name": "Đôn Đốc", "username": "dondoc_thu_bot"}


@dataclass
class Call:
    """One call of the bot's."""

    method: str
    params: dict[str, Any]
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.params.get("text") or self.params.get("caption") or "")

    @property
    def chat(self) -> str:
        return str(self.params.get("chat_id", ""))

    @property
    def buttons(self) -> dict[str, str]:
        """Labels to callback data."""
        markup = self.params.get("reply_markup")
        rows = json.loads(markup)["inline_keyboard"] if isinstance(markup, str) else (markup or {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    @property
    def message_id(self) -> int:
        return int(self.answer["message_id"])


class TelegramDouble(Watched[Call]):
    """``async with TelegramDouble() as telegram:`` then ``telegram.url`` is the API's address."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.pending: list[dict[str, Any]] = []
        self.webhook = ""
        self.webhook_secret = ""
        self.refused: dict[str, tuple[int, str, dict[str, Any]]] = {}
        """What chats answer: status, description, parameters. Key ``*`` is every chat."""
        self.break_off: set[str] = set()
        """Methods whose next call is broken off without an answer."""
        self.breaks_on = ""
        """Words: a send that holds them is broken off without an answer, until this is emptied."""
        self.garbled: list[bytes] = []
        """What the next sends are answered with, 200, although they were taken; empty ends within the answer."""
        self.nonsense: list[bytes] = []
        """What the next sends are answered with, 502, by something that stands before the platform; they were not taken."""
        self.down: set[str] = set()
        """Methods that the platform answers with a fault of its own, for as long as they stand here."""
        self.holds = True
        """A long poll is held until there is something; else it is answered at once, as by some proxies."""
        self.polls = 0
        self.slow: dict[str, float] = {}
        self.flood_limit = 0
        """More sends than this in a sliding second are refused with 429; 0 refuses none."""
        self.arrivals: list[float] = []
        self.files: dict[str, bytes] = {}
        self.hands_out = asyncio.Event()
        """Files are handed out while it is set."""
        self.hands_out.set()
        self.confirmed = 0
        self.polls = 0
        self._ids = itertools.count(1000)
        self._update_ids = itertools.count(700_000_001)
        self._changed = asyncio.Condition()
        self._polling = 0

    async def __aenter__(self) -> "TelegramDouble":
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    # ------------------------------------------------------------ what people do

    def update(self, **what: Any) -> dict[str, Any]:
        """An update with a fresh id."""
        return {"update_id": next(self._update_ids), **what}

    def message(
        self, user: int, text: str = "", name: str = "Lan", chat: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        """Somebody's message, as an update."""
        body = {
            "message_id": next(self._ids), "date": 1656295200, "chat": chat or {"id": user, "type": "private", "first_name": name},
            "from": {"id": user, "is_bot": False, "first_name": name, "language_code": "vi"}, **more,
        }  # fmt: skip
        if text:
            body["text"] = text
        if text.startswith("/"):
            body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self.update(message=body)

    def press(self, user: int, call: Call, label: str, name: str = "Lan") -> dict[str, Any]:
        """A button of a message that the bot sent, pressed."""
        data = call.buttons[label]
        message = {
            "message_id": call.message_id, "date": 1656295200, "chat": {"id": user, "type": "private", "first_name": name},
            "from": BOT, "text": call.text,
        }  # fmt: skip
        sender = {"id": user, "is_bot": False, "first_name": name, "language_code": "vi"}
        query = {"id": str(next(self._ids)), "from": sender, "message": message, "chat_instance": "1", "data": data}
        return self.update(callback_query=query)

    async def send(self, *updates: dict[str, Any]) -> None:
        """Let updates wait for the poller."""
        self.pending += updates
        await self._tell()

    # ------------------------------------------------------------ what the bot did

    def sent_to(self, user: int) -> list[Call]:
        """Messages and files that reached a chat."""
        return [c for c in self.calls if c.method in ("sendMessage", "sendDocument") and c.chat == str(user) and c.answer]

    # ------------------------------------------------------------ the API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method, token = request.match_info["method"], request.match_info["token"]
        if token != TOKEN:
            return _error(401, "Unauthorized")
        params = await _params(request)
        if method == "getUpdates":
            return await self._get_updates(params)
        call = Call(method, params)
        self.calls.append(call)
        if method in self.break_off or (self.breaks_on and self.breaks_on in call.text):
            self.break_off.discard(method)
            await self._tell()
            assert request.transport
            request.transport.abort()
            return web.Response()
        if method in self.down:
            await self._tell()
            return _error(500, "Internal Server Error")
        if self.nonsense and method.startswith("send"):
            return web.Response(status=502, body=self.nonsense.pop(0))
        if method in self.slow:
            await asyncio.sleep(self.slow[method])
        if method.startswith(("send", "edit")) and method != "sendChatAction":
            refusal = self._refusal(call)
            if refusal is not None:
                await self._tell()
                return refusal
        call.answer = {"result": True}
        result = self._result(call)
        await self._tell()
        if self.garbled and method.startswith("send"):
            return await cut_off(request) if not (body := self.garbled.pop(0)) else web.Response(body=body)
        return web.json_response({"ok": True, "result": result})

    def _refusal(self, call: Call) -> web.Response | None:
        if self.flood_limit and not self._has_room(time.monotonic()):
            return _error(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        refused = self.refused.get(call.chat) or self.refused.get("*")
        return _error(*refused) if refused else None

    def _has_room(self, now: float) -> bool:
        """Whether one more may arrive in this sliding second."""
        self.arrivals = [at for at in self.arrivals if at > now - 1.0]
        room = len(self.arrivals) < self.flood_limit
        self.arrivals += [now] if room else []
        return room

    def _result(self, call: Call) -> Any:
        params = call.params
        match call.method:
            case "getMe":
                return BOT
            case "sendMessage" | "sendDocument":
                call.answer = {
                    "message_id": next(self._ids), "date": 1656295200, "chat": {"id": int(call.chat), "type": "private"},
                    "from": BOT, "text": call.text,
                }  # fmt: skip
                return call.answer
            case "setWebhook":
                self.webhook, self.webhook_secret = params.get("url", ""), params.get("secret_token", "")
            case "deleteWebhook":
                self.webhook = ""
            case "getFile":
                file_id = params["file_id"]
                return {"file_id": file_id, "file_unique_id": file_id, "file_path": f"documents/{file_id}"}
        return True

    async def _get_updates(self, params: dict[str, Any]) -> web.Response:
        if self.webhook:
            return _error(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._polling:
            return _error(409, "Conflict: terminated by other getUpdates request")
        self._polling += 1
        self.polls += 1
        try:
            offset = int(params.get("offset") or 0)
            self.confirmed = max(self.confirmed, offset)
            self.pending = [u for u in self.pending if u["update_id"] >= offset]
            async with self._changed:
                self._changed.notify_all()
                if not self.pending and self.holds:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(
                            self._changed.wait_for(lambda: bool(self.pending)), min(float(params.get("timeout", 0)), 2.0)
                        )
            return web.json_response({"ok": True, "result": self.pending[:100]})
        finally:
            self._polling -= 1

    async def _file(self, request: web.Request) -> web.Response:
        await self.hands_out.wait()
        return web.Response(body=self.files[request.match_info["path"].removeprefix("documents/")])


async def _params(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    form = await request.post()
    return {key: value.file.read() if isinstance(value, web.FileField) else value for key, value in form.items()}


def _error(status: int, description: str, parameters: dict[str, Any] | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)
