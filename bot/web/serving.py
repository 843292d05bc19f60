"""The web part, listening: a socket bound before anything starts, and its address said once it listens."""

import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from bot.connections import PATIENCE, Waits, speaking, with_room


def serve_web(app: FastAPI, host: str, port: int, announce: Callable[[str], None], waits: Waits = PATIENCE) -> None:
    """Run the process whose life the app's is until told to stop, listening there. ``waits``: how long for its clients."""
    listening = _listen(host, port)
    spoken = speaking(with_room(waits))
    config = uvicorn.Config(
        app, http=spoken, ws="none", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=3
    )
    server = _Announcing(config, lambda port: announce(f"http://{host}:{port}"))
    server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """The socket, bound before anything starts. Raises OSError with what to do about it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise OSError(f"Can't listen on {host}:{port} ({error.strerror}): set PORT or HOST to another one.") from error
    return listening


class _Announcing(uvicorn.Server):
    """Says its address once it listens, also where the system chose the port."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[int], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._announce(self.servers[0].sockets[0].getsockname()[1])
