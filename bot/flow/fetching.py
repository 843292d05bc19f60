"""Files at an address that a platform names: fetched within limits, and from the public internet alone.

An address comes from outside, and what stands there may send us on. Neither may lead to this machine or its neighbours, whose
doors open to whoever stands inside.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from bot.logs import logger
from handlers.turn import FileTrouble
from storage.files import MOST_BYTES

PATIENCE = 30.0
"""Seconds for a whole file."""
TRIES = 2
MOST_STEPS = 3
"""So often we may be sent on."""
log = logger(__name__)
Resolve = Callable[[str], Awaitable[list[str]]]
"""The addresses of a host. Raises OSError."""


@dataclass
class NotFetched(Exception):
    """A file that came along is not to be had."""

    trouble: FileTrouble = FileTrouble.NOT_FETCHED


class Astray(Exception):
    """An address that leads where we do not go."""


async def resolved(host: str) -> list[str]:
    """The addresses of a host, as this machine finds them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


@dataclass(frozen=True)
class Fetching:
    """Fetches. ``local``: the platform itself stands on this machine, in a test or a rehearsal."""

    local: bool = False
    resolve: Resolve = resolved

    async def __call__(self, url: str) -> bytes:
        """What stands at an address. Raises NotFetched; the log has the cause."""
        for attempt in range(1, TRIES + 1):
            try:
                async with asyncio.timeout(PATIENCE), httpx.AsyncClient(timeout=PATIENCE) as client:
                    return await self._follow(client, url)
            except (Astray, httpx.InvalidURL) as error:
                log.warning("a file has no address that is fetched", why=str(error))
                break
            except (httpx.HTTPError, TimeoutError, OSError, ValueError) as error:
                log.warning("a file could not be fetched", why=type(error).__name__, attempt=attempt)
        raise NotFetched

    async def _follow(self, client: httpx.AsyncClient, url: str) -> bytes:
        at = httpx.URL(url)
        schemes: tuple[str, ...] = ("https", "http")
        for _ in range(MOST_STEPS + 1):
            await self._check(at, schemes)
            schemes = schemes if at.scheme == "http" else ("https",)  # what began in private goes on in private
            async with client.stream("GET", at) as answer:
                if not answer.has_redirect_location:
                    return await _read(answer)
                at = at.join(answer.headers["location"])
        raise Astray("sent on too often")

    async def _check(self, at: httpx.URL, schemes: tuple[str, ...]) -> None:
        """Raises Astray where it leads to this machine, its neighbours, or to no web server."""
        if at.scheme not in schemes:
            raise Astray(f"not {' or '.join(schemes)}")
        if not self.local and not all(map(_is_public, await self.resolve(at.host))):
            raise Astray("not on the public internet")


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found.is_global and not found.is_multicast


async def _read(answer: httpx.Response) -> bytes:
    """What is there. Raises httpx.HTTPError; NotFetched where it is more than we take."""
    if answer.status_code != 200:
        raise httpx.HTTPError(f"HTTP {answer.status_code}")
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > MOST_BYTES:
            raise NotFetched(FileTrouble.TOO_BIG)
    if not found:
        raise httpx.HTTPError("empty")
    return bytes(found)
