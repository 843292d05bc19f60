"""The Zalo Bot Platform's HTTP interface, as much of it as we use.

Source: https://bot.zaloplatforms.com/docs. Documents and production differ [?] in the shape of an update (wrapped in
``{ok, result}`` or bare), in the picture's field (``photo`` or ``photo_url``) and in how an idle poll ends (HTTP 408,
or ``ok: false`` with "Request timeout" and HTTP 200): all are taken. A refusal can come with HTTP 200, so ``ok`` and
``error_code`` decide. The token stands in every address: no error of ours shows one.
"""

import asyncio
from typing import Any

import httpx

from bot.delivery.http_answers import SaidNo, Unread, answer_to, unreadable
from bot.delivery.line import Line
from bot.delivery.sink import number
from bot.logs import logger
from bot.trust import trusted

POLL_SECONDS = 25
PATIENCE = 20.0
AT_ONCE = 16
"""Requests side by side, the waiting poll among them."""
log = logger(__name__)


class Idle(Exception):
    """Nobody has written: the normal end of a poll."""


class ZaloBotApi:
    """Calls methods. Enter it as a context to open its connections."""

    def __init__(self, token: str, url: str, line: Line | None = None) -> None:
        """``line``: in which messages wait; without one they go at once."""
        self._base = f"{url}/bot{token}"
        self._token = token
        self.line = line
        self._client = httpx.AsyncClient(timeout=PATIENCE, verify=trusted())
        self._room = asyncio.Semaphore(AT_ONCE)

    def __repr__(self) -> str:
        return "ZaloBotApi(***)"

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def call(self, method: str, params: dict[str, Any] | None = None, patience: float = PATIENCE) -> Any:
        """A method's result. Raises :class:`SaidNo` or :class:`bot.delivery.http_answers.Unreachable`."""
        async with self._room:
            status, body = await answer_to(self._client, "POST", f"{self._base}/{method}", json=params or {}, timeout=patience)
        if not isinstance(body, dict):
            if status in (401, 403, 404, 408, 429):
                raise SaidNo(status, "")
            raise unreadable(status)
        return self._result(status, body)

    def _result(self, status: int, body: dict[str, Any]) -> Any:
        code = number(body.get("error_code") or 0) or 0
        if "ok" not in body and "event_name" in body:
            return body
        if body.get("ok") and code in (0, 200):
            return body.get("result")
        if "ok" not in body and not code and status < 400:
            raise unreadable(status)
        code = code or (status if status >= 400 else 400)
        raise SaidNo(code, str(body.get("description", ""))[:300].replace(self._token, "***"))

    async def get_updates(self) -> list[dict[str, Any]]:
        """What people sent: usually one update, the same one again until the platform tires of it. Raises :class:`Idle`."""
        try:
            found = await self.call("getUpdates", {"timeout": str(POLL_SECONDS)}, POLL_SECONDS + 10)
        except SaidNo as refused:
            timed_out = "timeout" in refused.said.lower() and refused.code in (200, 400, 408, 504)
            if refused.code == 408 or timed_out:
                raise Idle from None
            raise
        if isinstance(found, dict) and found:
            return [found]
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    async def send_message(self, chat: str, text: str) -> str:
        """Send up to 2,000 signs. Returns the message's id; empty where it was taken with an answer that can't be read."""
        if self.line:
            await self.line.wait()
        try:
            sent = await self.call("sendMessage", {"chat_id": chat, "text": text})
        except Unread as unread:
            log.warning("taken, but the answer can't be read", channel="zalo_bot", why=unread.why)
            return ""
        return str(sent.get("message_id", "")) if isinstance(sent, dict) else ""


async def own_name(token: str, url: str) -> str:
    """What our bot is called there. Raises :class:`SaidNo` or :class:`bot.delivery.http_answers.Unreachable`."""
    api = ZaloBotApi(token, url)
    try:
        me = dict(await api.call("getMe") or {})
    finally:
        await api.close()
    return str(me.get("display_name") or me.get("account_name"))
