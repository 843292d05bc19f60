"""What every double lets a test do: wait until something has happened, without sleeping."""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from aiohttp import web

PATIENCE = 120.0
"""Seconds after which what a test waits for is held never to come. Every wait ends as soon as it can: this bounds
what hangs and measures nothing, so it is far longer than the slowest machine needs."""


T = TypeVar("T")


class Sent(Protocol):
    """A call of the bot's that says something."""

    @property
    def text(self) -> str: ...


C = TypeVar("C", bound=Sent)


class Watched(Generic[C]):
    """A double whose calls can be waited for. ``sent_to`` tells what reached somebody."""

    _changed: asyncio.Condition

    def sent_to(self, user: Any) -> list[C]:
        raise NotImplementedError

    async def until(self, condition: Callable[[], T], seconds: float = PATIENCE) -> T:
        """Wait until something has happened; returns what the condition returned."""

        async def wait() -> T:
            async with self._changed:
                while not (found := condition()):
                    await self._changed.wait()
                return found

        return await asyncio.wait_for(wait(), seconds)

    async def last(self, user: Any, holding: str, after: int = 0) -> C:
        """The message to somebody that holds those words, once it is there; not among the first ``after``."""
        found = await self.until(lambda: next((c for c in self.sent_to(user)[after:] if holding in c.text), None))
        assert found is not None
        return found

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def cut_off(request: web.Request) -> web.StreamResponse:
    """An answer of 200 whose line breaks within the body."""
    answer = web.StreamResponse(headers={"Content-Length": "1000"})
    await answer.prepare(request)
    await answer.write(b'{"ok": true, ')
    assert request.transport
    request.transport.abort()
    return answer
