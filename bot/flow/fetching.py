"""Fetching a file that a platform names by its address, within limits."""

import asyncio
from urllib.parse import urlsplit

import httpx

from bot.logs import logger
from storage.files import MOST_BYTES, FileStore, StoredFile

PATIENCE = 60.0
"""Seconds for a whole file."""
TRIES = 2
log = logger(__name__)


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
