"""Files at an address that a platform names: fetched within limits, and from the public internet alone.

An address comes from outside, and what stands there may send us on. Neither may lead to this machine or its neighbours, whose
doors open to whoever stands inside. A name is looked up once: a second look may be answered otherwise, so we go to the address
that was found good, and ask there by the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from urllib.request import getproxies

import httpx

from bot.logs import logger
from bot.trust import trusted
from handlers.file_trouble import FileTrouble
from storage.files import MOST_BYTES

PATIENCE = 30.0
"""Seconds for a whole file."""
TIMES = httpx.Timeout(PATIENCE, connect=PATIENCE / 3)
"""Of these a third until an address answers at all: there may be another."""
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


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet."""
    found = ipaddress.ip_address(address)
    return found.is_global and not found.is_multicast


@dataclass(frozen=True)
class Fetching:
    """Fetches. ``local``: the platform itself stands on this machine, in a test or a rehearsal."""

    local: bool = False
    resolve: Resolve = resolved
    is_public: Callable[[str], bool] = is_public
    by_proxy: bool = field(default_factory=lambda: bool({"http", "https", "all"} & getproxies().keys()))
    """Whether the environment names a proxy: it looks up names and goes there for us, and is who has to guard its neighbours."""

    async def __call__(self, url: str) -> bytes:
        """What stands at an address. Raises NotFetched; the log has the cause."""
        for attempt in range(1, TRIES + 1):
            try:
                async with asyncio.timeout(PATIENCE), httpx.AsyncClient(timeout=TIMES, verify=trusted()) as client:
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
            addresses = await self._checked(at, schemes)
            schemes = schemes if at.scheme == "http" else ("https",)  # what began in private goes on in private
            async with aclosing(await _ask(client, at, addresses)) as answer:
                if not answer.has_redirect_location:
                    return await _read(answer)
                at = at.join(answer.headers["location"])
        raise Astray("sent on too often")

    async def _checked(self, at: httpx.URL, schemes: tuple[str, ...]) -> list[str]:
        """Where to go for it. Raises Astray where it leads to this machine, its neighbours, or to no web server."""
        if at.scheme not in schemes:
            raise Astray(f"not {' or '.join(schemes)}")
        if self.local:
            return [at.host]
        found = await self.resolve(at.host)
        if not found or not all(map(self.is_public, found)):
            raise Astray("not on the public internet")
        return [at.host] if self.by_proxy else found


async def _ask(client: httpx.AsyncClient, at: httpx.URL, addresses: list[str]) -> httpx.Response:
    """Ask at the first of the addresses that can be reached, by the name that stands in the URL: for the page, and for the
    certificate. Raises httpx.HTTPError."""

    def request(address: str) -> httpx.Request:
        name, host = {"sni_hostname": at.raw_host.decode()}, {"Host": at.netloc.decode()}
        return client.build_request("GET", at.copy_with(host=address), headers=host, extensions=name)

    *others, last = addresses
    for address in others:
        with suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await client.send(request(address), stream=True)
    return await client.send(request(last), stream=True)


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
