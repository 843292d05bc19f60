"""What every double lets a test do: wait until something has happened, without sleeping."""

import asyncio
from collections.abc import Callable
from typing import Any

PATIENCE = 120.0
"""Seconds after which what a test waits for is held never to come. Every wait ends as soon as it can: this bounds
what hangs and measures nothing, so it is far longer than the slowest machine needs."""


class Watched:
    """A double whose calls can be waited for. ``sent_to`` tells what reached somebody."""

    _changed: asyncio.Condition

    def sent_to(self, user: Any) -> list[Any]:
        raise NotImplementedError

    async def until(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Wait until something has happened; returns what the condition returned."""

        async def wait() -> Any:
            async with self._changed:
                while not (found := condition()):
                    await self._changed.wait()
                return found

        return await asyncio.wait_for(wait(), seconds)

    async def last(self, user: Any, holding: str, after: int = 0) -> Any:
        """The message to somebody that holds those words, once it is there; not among the first ``after``."""
        return await self.until(lambda: next((c for c in self.sent_to(user)[after:] if holding in c.text), None))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
