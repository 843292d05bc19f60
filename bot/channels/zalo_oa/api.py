"""The Zalo Official Account's HTTP interface, as much of it as we use.

Source: https://developers.zalo.me/docs/official-account (messages, uploads, webhook) and /docs/zalo-notification-service
(templates by phone). Faults come as HTTP 200 with ``error`` other than 0.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx

from bot.channels.zalo_oa.refusals import ANY_OTHER, ERRORS, FLOOD, PHONE_ERRORS, UNKNOWN
from bot.channels.zalo_oa.tokens import TokenKeeper
from bot.delivery.http_answers import Unread, answer_to, unreadable
from bot.delivery.line import Line
from bot.delivery.sink import PlatformRefusal, Verdict, find, number
from bot.logs import logger
from bot.trust import trusted

PATIENCE = 20.0
AT_ONCE = 16
"""Requests side by side."""
PRESSED = "#dondoc "
"""What a button's payload begins with: it comes back as if the person had typed it."""
log = logger(__name__)


@dataclass
class Refused(Exception):
    """The platform answered, and said no."""

    row: PlatformRefusal
    code: int
    said: str


class ZaloOaApi:
    """Calls the interface with the token in force; a token that died meanwhile is renewed once."""

    def __init__(
        self, url: str, phone_url: str, tokens: TokenKeeper, line: Line | None = None, phone_line: Line | None = None
    ) -> None:
        """``line``: in which messages to users wait, ``phone_line``: those to telephone numbers; without one they go at once."""
        self._line, self._phone_line = line, phone_line
        self._url, self._phone_url, self._tokens = url, phone_url, tokens
        self._client = httpx.AsyncClient(timeout=PATIENCE, verify=trusted())
        self._room = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def send(self, user: str, message: dict[str, Any]) -> str:
        """An ordinary message. Returns its id. Raises Refused, Unreachable or NoToken, as all of these do."""
        body = {"recipient": {"user_id": user}, "message": message}
        return await self._send(f"{self._url}/v3.0/oa/message/cs", self._line, ERRORS, UNKNOWN, body)

    async def send_template(self, user: str, template: str, data: dict[str, str]) -> str:
        """An approved template, by user id."""
        body = {"user_id": user, "template_id": template, "template_data": data}
        return await self._send(f"{self._url}/v3.0/oa/message/template", self._line, ERRORS, ANY_OTHER, body)

    async def send_template_to_phone(self, phone: str, template: str, data: dict[str, str], tracking: str) -> str:
        """An approved template, by telephone number (84…). ``tracking`` tells two sends apart, at most 48 signs."""
        body = {"phone": phone, "template_id": template, "template_data": data, "tracking_id": tracking[:48]}
        return await self._send(f"{self._phone_url}/message/template", self._phone_line, PHONE_ERRORS, ANY_OTHER, body)

    async def upload(self, kind: str, name: str, content: bytes) -> dict[str, Any]:
        """Upload a ``file`` or an ``image``. Returns what an attachment is made of: ``token`` or ``attachment_id``."""
        address = f"{self._url}/v2.0/oa/upload/{kind}"
        return await self._call("POST", address, ERRORS, UNKNOWN, files={"file": (name, content)})

    async def account(self) -> dict[str, Any]:
        """The account's own id and name."""
        return await self._call("GET", f"{self._url}/v2.0/oa/getoa", ERRORS, UNKNOWN)

    async def name_of(self, user: str) -> str:
        """How somebody is called on Zalo; empty where the account does not tell."""
        asked = {"data": json.dumps({"user_id": user})}
        found = await self._call("GET", f"{self._url}/v3.0/oa/user/detail", ERRORS, UNKNOWN, params=asked, timeout=5.0)
        return str(found.get("display_name") or "")[:60]

    async def _send(
        self, address: str, line: Line | None, table: tuple[PlatformRefusal, ...], other: PlatformRefusal, body: dict[str, Any]
    ) -> str:
        """The message's id; empty where it was taken with an answer that can't be read."""
        if line:
            await line.wait()
        try:
            data = await self._call("POST", address, table, other, json=body)
        except Unread as unread:
            log.warning("taken, but the answer can't be read", channel="zalo_oa", why=unread.why)
            return ""
        except Refused as refused:
            if line and refused.row is FLOOD:
                line.refused()
            raise
        return str(data.get("message_id") or data.get("msg_id") or "")

    async def _call(
        self, method: str, address: str, table: tuple[PlatformRefusal, ...], other: PlatformRefusal, **what: Any
    ) -> dict[str, Any]:
        token, generation = await self._tokens.access()
        try:
            return await self._once(method, address, token, table, other, what)
        except Refused as refused:
            if refused.row.verdict is not Verdict.TOKEN:
                raise
        await self._tokens.renew(generation)
        token, _ = await self._tokens.access()
        return await self._once(method, address, token, table, other, what)

    async def _once(
        self,
        method: str,
        address: str,
        token: str,
        table: tuple[PlatformRefusal, ...],
        other: PlatformRefusal,
        what: dict[str, Any],
    ) -> dict[str, Any]:
        async with self._room:
            status, body = await answer_to(self._client, method, address, headers={"access_token": token}, **what)
        if status == 401:
            raise Refused(find(table, 401, "") or other, 401, "")
        if not isinstance(body, dict) or status >= 500:
            raise unreadable(status)
        code = number(body.get("error", 0))
        code = -1 if code is None else code
        if code:
            said = str(body.get("message", ""))[:200].replace(token, "***")
            raise Refused(find(table, code, said) or other, code, said)
        data = body.get("data")
        return data if isinstance(data, dict) else {}
