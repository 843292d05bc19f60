import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from bot.web.limits import BodyLimit


def status(length: str) -> int:
    """What a request that claims that length is answered; 200 where it gets through."""
    said: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "path": "/", "headers": [(b"content-length", length.encode("latin-1"))]}
    asyncio.run(BodyLimit(app, lambda path: 100)(scope, receive, send))
    return int(said[0]["status"])


@pytest.mark.parametrize("length", ["101", "-1", "²", "1_0", "9" * 23, "9" * 5000, ""])
def test_a_length_that_is_none_or_too_much_is_refused(length: str) -> None:
    assert status(length) == 413


def test_a_length_within_the_limit_passes() -> None:
    assert status("100") == 200
