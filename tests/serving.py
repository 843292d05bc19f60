"""Running the product in a test: its web part on a port of its own, scenarios against the clock on the wall."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn

from bot.process import Parts, Process
from bot.wiring import House
from tests.doubles.watching import PATIENCE


@asynccontextmanager
async def serving(house: House, parts: Parts = Parts.ALL) -> AsyncIterator[str]:
    """The address of a running process; the house is closed with it."""
    server = uvicorn.Server(uvicorn.Config(Process(house, parts).app(), port=0, log_config=None))
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        house.close()


def browsing(**more: Any) -> httpx.AsyncClient:
    """Somebody's browser, or a platform that calls: as patient as the tests."""
    return httpx.AsyncClient(timeout=PATIENCE, **more)


def play(scenario: Coroutine[Any, Any, None], seconds: float = 5 * PATIENCE) -> None:
    """Run a scenario; one that hangs fails."""
    asyncio.run(asyncio.wait_for(scenario, seconds))
