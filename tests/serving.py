"""Running the product in a test: its web part on a port of its own, scenarios against the clock on the wall."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from sqlalchemy import Connection

from bot.connections import Waits, speaking
from bot.flow.flood import UNBOUND
from bot.parts import Parts
from bot.trust import trusted
from bot.wiring import Wired, wire_app, wire_process
from storage.database import reading
from tests.doubles.watching import PATIENCE

PATIENT = Waits(PATIENCE, PATIENCE, PATIENCE)


@asynccontextmanager
async def working(wired: Wired, parts: Parts) -> AsyncIterator[None]:
    """A process without web pages at work; what it is made of is closed with it."""
    try:
        async with wire_process(wired, parts, allowances=UNBOUND).process.running():
            yield
    finally:
        wired.close()


@asynccontextmanager
async def serving(wired: Wired, parts: Parts = Parts.ALL, waits: Waits = PATIENT) -> AsyncIterator[str]:
    """The address of a running process; what it is made of is closed with it."""
    app = wire_app(wired, wire_process(wired, parts, allowances=UNBOUND))
    server = uvicorn.Server(uvicorn.Config(app, http=speaking(waits), ws="none", port=0, log_config=None))
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        wired.close()


def browsing(**more: Any) -> httpx.AsyncClient:
    """Somebody's browser, or a platform that calls: as patient as the tests."""
    return httpx.AsyncClient(timeout=PATIENCE, verify=trusted(), **more)


def play(scenario: Coroutine[Any, Any, None], seconds: float = 5 * PATIENCE) -> None:
    """Run a scenario; one that hangs fails."""
    asyncio.run(asyncio.wait_for(scenario, seconds))


async def eventually(wired: Wired, look: Callable[[Connection], Any]) -> Any:
    """What a look at the database finds, once it finds something."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with reading(wired.engine) as db:
                if found := look(db):
                    return found
            await asyncio.sleep(0.02)
