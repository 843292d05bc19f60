"""No request is read further than it may be long, whatever it says of its length."""

from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rules.ids import read_number


class TooLong(Exception):
    """More came than was allowed."""


class BodyLimit:
    """Answers 413 where a body is longer than ``most`` says for its path."""

    def __init__(self, app: ASGIApp, most: Callable[[str], int]) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        declared = read_number(dict(scope["headers"]).get(b"content-length", b"0").decode("latin-1"))
        if declared is None or declared > most:
            await PlainTextResponse("too long", 413)(scope, receive, send)
            return
        read, answered = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise TooLong
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except ClientDisconnect:
            pass  # nobody is there to be answered: none of our faults
        except TooLong:
            if not answered:
                await PlainTextResponse("too long", 413)(scope, receive, send)
