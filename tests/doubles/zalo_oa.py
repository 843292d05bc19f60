"""A double of the Zalo Official Account over real HTTP, on loopback: messages, uploads, templates, tokens, webhooks.

Faults come with HTTP 200. A refresh token works once, and the pair before is dead with the new one. The window is
counted from what a person did last, by a clock that the test passes in.
"""

import asyncio
import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from aiohttp import web

from bot.trust import trusted
from tests.doubles.watching import PATIENCE, Watched, cut_off

APP_ID, APP_SECRET, OA_SECRET = "3141592653589793238", "app-secret-of-the-double", "oa-secret-of-the-double"


@dataclass
class Call:
    """A message of the account's."""

    path: str
    body: dict[str, Any]
    answer: str = ""

    @property
    def user(self) -> str:
        return str((self.body.get("recipient") or {}).get("user_id") or self.body.get("user_id") or self.body.get("phone") or "")

    @property
    def text(self) -> str:
        return str((self.body.get("message") or {}).get("text", ""))

    @property
    def attachment(self) -> dict[str, Any]:
        return dict((self.body.get("message") or {}).get("attachment") or {})

    @property
    def buttons(self) -> dict[str, str]:
        """Titles to payloads."""
        return {b["title"]: b["payload"] for b in self.attachment.get("payload", {}).get("buttons", [])}

    @property
    def numbers(self) -> dict[str, str]:
        """Labels of a numbered list to their numbers."""
        lines = (line.partition(". ") for line in self.text.splitlines())
        return {label: number for number, _, label in lines if number.isdigit()}


@dataclass
class ZaloOaDouble(Watched[Call]):
    """``async with ZaloOaDouble(now) as zalo:`` then ``zalo.url`` serves all three of Zalo's hosts."""

    now: Callable[[], datetime]
    calls: list[Call] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    """Error codes that users or telephone numbers answer."""
    broken: list[int] = field(default_factory=list)
    """HTTP statuses of the next sends; 0 breaks the line off."""
    breaks_on: str = ""
    """Words: a send that holds them is broken off without an answer, until this is emptied."""
    garbled: list[bytes] = field(default_factory=list)
    """What the next sends are answered with, 200, although they were taken; empty ends within the answer."""
    refreshes: list[str] = field(default_factory=list)
    """Refresh tokens that were asked with, in order."""
    refresh_seconds: float = 0.0
    refresh_gate: asyncio.Event | None = None
    """Refreshes are answered once it is open."""
    lose_answers: int = 0
    """So many token requests are worked off and their answer broken off."""
    files: dict[str, bytes] = field(default_factory=dict)
    uploads: list[tuple[str, str, bytes]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    windows: bool = True
    """Whether people who have been silent for 7 days are out of reach."""
    challenges: dict[str, str] = field(default_factory=dict)
    """Authorisation codes with the challenge of whoever asked for them."""

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._pairs = itertools.count(1)
        self.refresh, self.access = "refresh-0", ""
        self.last_seen: dict[str, datetime] = {}
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> "ZaloOaDouble":
        app = web.Application(client_max_size=30 * 1024 * 1024)
        app.router.add_post("/v3.0/oa/message/{kind}", self._message)
        app.router.add_post("/message/template", self._message)
        app.router.add_post("/v2.0/oa/upload/{kind}", self._upload)
        app.router.add_get("/v2.0/oa/getoa", self._account)
        app.router.add_get("/v3.0/oa/user/detail", self._detail)
        app.router.add_post("/v4/oa/access_token", self._token)
        app.router.add_get("/file/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    # ------------------------------------------------------------ what people do

    def event(self, user: str, name: str = "user_send_text", text: str = "", file: str = "", **more: Any) -> bytes:
        """An event's raw body. ``file`` is one of ``files``."""
        number = next(self._ids)
        body: dict[str, Any] = {
            "app_id": APP_ID, "sender": {"id": user}, "recipient": {"id": "oa-1"}, "event_name": name,
            "timestamp": str(int(self.now().timestamp() * 1000) + number), **more,
        }  # fmt: skip
        if name in ("follow", "unfollow"):
            body |= {"follower": {"id": user}}
            del body["sender"]
        elif name.startswith("user_send_"):
            body["message"] = {"msg_id": f"msg{number}", "text": text}
        if file:
            payload = {"url": f"{self.url}/file/{file}", "name": file, "size": str(len(self.files.get(file, b"")))}
            body["message"]["attachments"] = [{"type": "file", "payload": payload}]
        return json.dumps(body, ensure_ascii=False).encode()

    @staticmethod
    def signature(body: bytes, secret: str = OA_SECRET) -> str:
        """What Zalo sends along."""
        timestamp = str(json.loads(body)["timestamp"])
        return "mac=" + hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + secret.encode()).hexdigest()

    async def deliver(self, web_url: str, body: bytes, signature: str | None = None) -> int:
        """Call the webhook. What a person does opens the window."""
        raw = json.loads(body)
        if raw["event_name"].startswith("user_send_") or raw["event_name"] == "follow":
            self.last_seen[(raw.get("sender") or raw["follower"])["id"]] = self.now()
        headers = {"X-ZEvent-Signature": self.signature(body) if signature is None else signature}
        async with httpx.AsyncClient(timeout=PATIENCE, verify=trusted()) as client:
            return (await client.post(f"{web_url}/zalo-oa/webhook", content=body, headers=headers)).status_code

    # ------------------------------------------------------------ what the account did

    def sent_to(self, user: str) -> list[Call]:
        """What reached somebody: messages and templates."""
        return [c for c in self.calls if c.user == user and c.answer]

    # ------------------------------------------------------------ the interface

    def _is_allowed(self, request: web.Request) -> bool:
        return bool(self.access) and request.headers.get("access_token") == self.access

    async def _message(self, request: web.Request) -> web.StreamResponse:
        call = Call(request.path, await request.json())
        self.calls.append(call)
        try:
            return await self._answer(request, call)
        finally:
            await self._tell()

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        if self.broken:
            status = self.broken.pop(0)
            if status:
                return web.Response(status=status, text="<html>")
            assert request.transport
            request.transport.abort()
            return web.Response()
        if self.breaks_on and self.breaks_on in call.text:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if not self._is_allowed(request):
            return _no(-124 if call.path == "/message/template" else -216, "Access token is invalid")
        if call.user in self.refused:
            return _no(self.refused[call.user], "refused")
        if call.path.endswith("/cs"):
            fault = self._fault(call)
            if fault:
                return _no(fault, "refused")
        elif not call.body.get("template_id") or not all(call.body.get("template_data", {}).values()):
            return _no(-201, "template_data")
        call.answer = f"oa{next(self._ids)}"
        if self.garbled:
            return await cut_off(request) if not (body := self.garbled.pop(0)) else web.Response(body=body)
        return web.json_response({"error": 0, "message": "Success", "data": {"message_id": call.answer, "msg_id": call.answer}})

    def _fault(self, call: Call) -> int:
        message = call.body["message"]
        seen = self.last_seen.get(call.user)
        if self.windows and (seen is None or self.now() - seen > timedelta(days=7)):
            return -230
        if len(call.text) > 2000 or (not call.text and not call.attachment) or len(call.buttons) > 5:
            return -201
        if any(len(p) > 1000 for p in call.buttons.values()) or set(message) - {"text", "attachment"}:
            return -201
        return 0

    async def _upload(self, request: web.Request) -> web.Response:
        if not self._is_allowed(request):
            return _no(-216, "Access token is invalid")
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        content, kind = file.file.read(), request.match_info["kind"]
        most = 1_048_576 if kind == "image" else 5_242_880
        if len(content) > most or (kind == "file" and not file.filename.lower().endswith((".pdf", ".doc", ".docx", ".csv"))):
            return _no(-201, "file")
        self.uploads.append((kind, file.filename, content))
        name = "attachment_id" if kind == "image" else "token"
        return web.json_response({"error": 0, "message": "Success", "data": {name: f"up{len(self.uploads)}"}})

    async def _account(self, request: web.Request) -> web.Response:
        if not self._is_allowed(request):
            return _no(-216, "Access token is invalid")
        return web.json_response({"error": 0, "data": {"oa_id": "579745863508352884", "name": "Sở Nông nghiệp"}})

    async def _detail(self, request: web.Request) -> web.Response:
        user = json.loads(request.query["data"])["user_id"]
        if not self._is_allowed(request):
            return _no(-216, "Access token is invalid")
        return web.json_response({"error": 0, "data": {"user_id": user, "display_name": self.names.get(user, "Lan")}})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if request.headers.get("secret_key") != APP_SECRET or form.get("app_id") != APP_ID:
            return web.json_response({"error": -14002, "error_name": "Invalid app"})
        if form.get("grant_type") == "refresh_token":
            self.refreshes.append(str(form["refresh_token"]))
            await self._tell()
            await asyncio.sleep(self.refresh_seconds)
            if self.refresh_gate:
                await self.refresh_gate.wait()
            if form["refresh_token"] != self.refresh:
                return web.json_response({"error": -14020, "error_name": "Invalid refresh token."})
        else:
            challenge = self.challenges.pop(str(form["code"]), "")
            if not challenge or challenge != _challenge(str(form["code_verifier"])):
                return web.json_response({"error": -14003, "error_name": "Invalid code"})
        number = next(self._pairs)
        self.refresh, self.access = f"refresh-{number}", f"access-{number}"
        await self._tell()
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport
            request.transport.abort()
        return web.json_response({"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"})

    async def _file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["name"])
        return web.Response(body=found) if found is not None else web.Response(status=404)


def _challenge(verifier: str) -> str:
    import base64

    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _no(code: int, said: str) -> web.Response:
    return web.json_response({"error": code, "message": said})
