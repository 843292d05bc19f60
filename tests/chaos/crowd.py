"""The double of Telegram for many people at once: it hands each message to whom it is for, calls webhooks, and has moods."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web

from tests.doubles.telegram import Call, TelegramDouble

SECRET = "bi-mat-cua-cuoc-thu"
CALLED_AGAIN = 0.3
"""Seconds until an update is delivered again that was not confirmed. The platform's own pauses are longer."""
TWICE = 8
"""Every so many updates are delivered twice at once, as platforms do."""
Mood = Callable[[str], Awaitable[web.Response | None]]


class Crowd(TelegramDouble):
    """``webs`` are the ports that it calls; none: it is polled."""

    def __init__(self, webs: tuple[int, ...], chance: random.Random) -> None:
        super().__init__()
        self.boxes: dict[str, asyncio.Queue[Call]] = defaultdict(asyncio.Queue)
        self.reached = 0
        self.greeted = 0
        """How often a process has polled, or asked to be called."""
        self.mood: Mood | None = None
        """What it answers a method instead of doing it; None: it does it. A ConnectionResetError breaks the line."""
        self.calls_us = asyncio.Event()
        self.calls_us.set()
        self._webs, self._chance = webs, chance
        self._lines: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._carriers: set[asyncio.Task[None]] = set()
        self._delivered = 0

    async def __aenter__(self) -> "Crowd":
        await super().__aenter__()
        self._session = aiohttp.ClientSession(
            headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
            connector=aiohttp.TCPConnector(limit=40),
            timeout=aiohttp.ClientTimeout(total=60),
        )
        return self

    async def __aexit__(self, *gone: object) -> None:
        for carrier in self._carriers:
            carrier.cancel()
        await asyncio.gather(*self._carriers, return_exceptions=True)
        await self._session.close()
        await super().__aexit__(*gone)

    # ------------------------------------------------------------ what the program asks

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method in ("getUpdates", "setWebhook"):
            self.greeted += 1
        if self.mood:
            try:
                answer = await self.mood(method)
            except ConnectionResetError:
                assert request.transport
                request.transport.abort()
                return web.Response()
            if answer is not None:
                return answer
        return await super()._call(request)

    def _result(self, call: Call) -> Any:
        result = super()._result(call)
        if call.method in ("sendMessage", "sendDocument"):
            self.reached += 1
            self.boxes[call.chat].put_nowait(call)
        self.calls.clear()
        return result

    # ------------------------------------------------------------ what people send

    async def send(self, *updates: dict[str, Any]) -> None:
        """Let updates wait for the poller, or deliver them: one person's in order, those of different people side by side."""
        if not self._webs:
            await super().send(*updates)
            return
        for update in updates:
            sender = (update.get("message") or update["callback_query"])["from"]["id"]
            if sender not in self._lines:
                self._lines[sender] = asyncio.Queue()
                self._carriers.add(asyncio.create_task(self._carry(self._lines[sender])))
            self._lines[sender].put_nowait(update)

    async def _carry(self, line: asyncio.Queue[dict[str, Any]]) -> None:
        while True:
            update = await line.get()
            self._delivered += 1
            copies = 2 if self._delivered % TWICE == 0 else 1
            await asyncio.gather(*(self._deliver(update) for _ in range(copies)))

    async def _deliver(self, update: dict[str, Any]) -> None:
        """Until it is confirmed, by whichever process answers."""
        while True:
            await self.calls_us.wait()
            address = f"http://127.0.0.1:{self._chance.choice(self._webs)}/telegram/webhook"
            try:
                async with self._session.post(address, json=update) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(CALLED_AGAIN)
