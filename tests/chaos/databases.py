"""The troubles that a database makes: it is stopped, breaks off, is cut off, or somebody else holds its lock."""

import asyncio
import sqlite3
from contextlib import closing

from sqlalchemy import make_url

from tests import postgres
from tests.chaos.scene import Scene

AWAY = 20.0
"""Seconds for which PostgreSQL stays away."""
CUTS = 15
LOCKED = 10.0
"""Seconds for which somebody else holds SQLite's lock."""


async def stopped(scene: Scene) -> None:
    """Stopped and started at once; broken off; away; then its connections cut, every second."""
    await scene.lasts(5.0)
    for how, away in (("fast", 0.0), ("immediate", 0.0), ("fast", AWAY)):
        await asyncio.to_thread(postgres.halt, how)
        await scene.lasts(away)
        await asyncio.to_thread(postgres.resume)
        await scene.lasts(10.0)
    cut = 0
    for _ in range(CUTS):
        cut += await asyncio.to_thread(postgres.cut, scene.ground.database)
        await scene.lasts(1.0)
    scene.outcome.told.append(f"stopped twice for a moment, once for {AWAY * scene.size.trouble:.0f} s, connections cut {cut}")
    scene.outcome.promise(cut >= CUTS, "too few connections were there to be cut")


async def locked(scene: Scene) -> None:
    """By another process, which writes as SQLite's own tools do."""
    file = make_url(scene.ground.database).database
    assert file
    for _ in range(3):
        await scene.lasts(4.0)
        with closing(sqlite3.connect(file, isolation_level=None, timeout=60.0, check_same_thread=False)) as other:
            await asyncio.to_thread(other.execute, "begin exclusive")
            await scene.lasts(LOCKED)
            other.execute("rollback")
    scene.outcome.told.append(f"locked 3 times for {LOCKED * scene.size.trouble:.0f} s")
