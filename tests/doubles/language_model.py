"""A double of an OpenAI-compatible API over real HTTP, on loopback; ``reply`` is what it says next."""

import asyncio
import contextlib
import json
import threading
from typing import Any

from aiohttp import web

from tests.doubles.watching import PATIENCE


class LanguageModelDouble:
    """``async with LanguageModelDouble() as model:``, or ``with`` from a thread of its own; ``model.url`` is its address."""

    def __init__(self, reply: str = "") -> None:
        self.reply = reply
        self.status = 200
        self.silent = False
        """Nothing is answered before the double is closed."""
        self.drips = b""
        """What its answer goes on with, without end."""
        self._closing = asyncio.Event()
        self.raw: str | None = None
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.url = ""

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        if self.silent:
            await self._closing.wait()
        if self.drips:
            return await self._drip(request)
        body = self.raw if self.raw is not None else json.dumps({"choices": [{"message": {"content": self.reply}}]})
        return web.Response(status=self.status, text=body, content_type="application/json")

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            while not self._closing.is_set():
                await answer.write(self.drips)
                await asyncio.sleep(0.01)
        return answer

    async def __aenter__(self) -> "LanguageModelDouble":
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._runner.cleanup()

    def __enter__(self) -> "LanguageModelDouble":
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self.__aenter__())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.__aexit__(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
