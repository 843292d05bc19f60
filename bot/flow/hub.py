"""Who listens in this process: events go to every open page as they happen."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from storage.outbox import Delivery, DeliveryKind

MOST_BEHIND = 1000
"""Events that a page may lag behind before it is asked to load anew."""
HEARTBEAT = 15.0
MOST_PAGES = 200
"""Pages that listen at once: each holds a connection, of which a process has a thousand."""


class Hub:
    """Passes events on to every page that listens."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[dict[str, Any]]] = set()

    @property
    def is_full(self) -> bool:
        """Whether no further page may listen."""
        return len(self._pages) >= MOST_PAGES

    def publish(self, event: dict[str, Any]) -> None:
        """Tell every page. One that lags too far is told to load anew instead."""
        for page in self._pages:
            if page.qsize() >= MOST_BEHIND:
                while not page.empty():
                    page.get_nowait()
                page.put_nowait({"type": "reload"})
            else:
                page.put_nowait(event)

    async def listen(self) -> AsyncIterator[str]:
        """Server-sent events for one page, with a comment now and then so that proxies keep the line."""
        page: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._pages.add(page)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        event = await page.get()
                    yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
                except TimeoutError:
                    yield ": here\n\n"
        finally:
            self._pages.discard(page)


def as_event(delivery: Delivery) -> dict[str, Any]:
    """A sent message as the page shows it. Its id is the outbox's, which is also the platform's id."""
    return {
        "type": "message",
        "address": delivery.address,
        "id": str(delivery.id),
        "kind": delivery.kind,
        "news": news(delivery),
        "at": delivery.created_at.isoformat(),
        "language": delivery.language,
        **delivery.message,
    }


def news(delivery: Delivery) -> str:
    """What kind of news a message is to somebody who did not just write; empty for a reply."""
    kind = DeliveryKind(delivery.kind)
    if not kind.is_push and kind is not DeliveryKind.NOTICE:
        return ""
    usual = kind.value if kind in (DeliveryKind.REMINDER, DeliveryKind.ALARM) else DeliveryKind.NOTICE.value
    return delivery.facts.get("kind") or usual
