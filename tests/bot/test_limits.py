"""No request is read further than it may be long: by what it says of its length, and by what really comes."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from bot.web.limits import BodyLimit


def answered(headers: list[tuple[bytes, bytes]], pieces: int = 0) -> tuple[int, int]:
    """What a request is answered, 200 where it gets through; and how many of its pieces of 40 bytes were read."""
    said: list[Message] = []
    read = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200})

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 40 if pieces else b"", "more_body": read < pieces}

    scope = {"type": "http", "path": "/", "headers": headers}
    asyncio.run(BodyLimit(app, lambda path: 100)(scope, receive, send))
    return int(said[0]["status"]), read


def status(length: str) -> int:
    return answered([(b"content-length", length.encode("latin-1"))])[0]


@pytest.mark.parametrize("length", ["101", "-1", "²", "1_0", "9" * 23, "9" * 5000, ""])
def test_a_length_that_is_none_or_too_much_is_refused(length: str) -> None:
    assert status(length) == 413


def test_a_length_within_the_limit_passes() -> None:
    assert status("100") == 200


def test_what_says_nothing_of_its_length_is_read_no_further_than_the_limit() -> None:
    assert answered([], pieces=2) == (200, 2)
    assert answered([], pieces=1000) == (413, 3)


def test_what_says_less_than_it_brings_is_read_no_further_than_the_limit() -> None:
    assert answered([(b"content-length", b"10")], pieces=1000) == (413, 3)


def test_who_goes_in_the_middle_of_a_body_is_no_fault_of_ours() -> None:
    """Else anybody could fill the log with our own failures."""
    said: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(ClientDisconnect):
            await Request(scope, receive).body()
        raise ClientDisconnect

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    asyncio.run(BodyLimit(app, lambda path: 100)({"type": "http", "path": "/", "headers": []}, receive, send))
    assert said == []
