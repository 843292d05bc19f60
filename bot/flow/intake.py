"""What comes in from outside: read without believing anything of it, files fetched within limits."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.logs import logger
from rules.text.vietnamese import storable
from storage.files import MOST_BYTES, FileStore, StoredFile

PATIENCE = 60.0
"""Seconds for a whole file."""
TRIES = 2
log = logger(__name__)


def as_table(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def as_text(value: Any) -> str:
    """A text, or a number as text; empty where it is neither. Without what no database keeps: NUL and halves of signs."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return storable(str(value))


async def fetch(url: str, name: str, files: FileStore) -> tuple[StoredFile | None, str]:
    """The file, stored; or ``None`` and why: ``too_big``, ``not_fetched``. Never raises; the log has the cause."""
    if urlsplit(url).scheme not in ("https", "http"):
        log.warning("a file has no address that can be fetched")
        return None, "not_fetched"
    for attempt in range(1, TRIES + 1):
        try:
            async with asyncio.timeout(PATIENCE), httpx.AsyncClient(timeout=PATIENCE, follow_redirects=True) as client:
                data = await _read(client, url)
        except (httpx.HTTPError, TimeoutError, OSError, ValueError) as error:
            log.warning("a file could not be fetched", why=type(error).__name__, attempt=attempt)
            continue
        if data is None:
            return None, "too_big"
        if data:
            return await asyncio.to_thread(files.put, data, name), ""
    return None, "not_fetched"


async def _read(client: httpx.AsyncClient, url: str) -> bytes | None:
    """What is there; None where it is more than we take. Raises httpx.HTTPError."""
    found = bytearray()
    async with client.stream("GET", url) as answer:
        if answer.status_code != 200:
            raise httpx.HTTPError(f"HTTP {answer.status_code}")
        async for part in answer.aiter_bytes():
            found += part
            if len(found) > MOST_BYTES:
                return None
    return bytes(found)
