"""A platform's answer over HTTP, and what its silence means: a call that was answered 200 was taken, read or not."""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass
class Unreachable(Exception):
    """The platform did not answer, or not in its own words. ``why`` holds no address."""

    why: str


@dataclass
class SaidNo(Exception):
    """The platform answered, and said no: its code, and its own words."""

    code: int
    said: str


class Unread(Unreachable):
    """The platform did what was asked, but its answer can't be read. A message must not be sent again for that."""


def unreadable(status: int, why: str = "") -> Unreachable:
    """What an answer that can't be read comes to, by its status; 0 is none."""
    why = why or f"HTTP {status}"
    return Unread(why) if 200 <= status < 300 else Unreachable(why)


async def answer_to(client: httpx.AsyncClient, method: str, address: str, **what: Any) -> tuple[int, Any]:
    """The status and the JSON of an answer; None where it is no JSON. Raises :class:`Unreachable`."""
    status = 0
    try:
        async with client.stream(method, address, **what) as answer:
            status = answer.status_code
            await answer.aread()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unreadable(status, type(error).__name__) from None
    try:
        return status, answer.json()
    except (ValueError, RecursionError):
        return status, None
