"""The trouble that the platform is away for days. They pass by the clock on the wall, which is set ahead hour by hour."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.chaos.clocks import clock
from tests.chaos.platforms import silent
from tests.chaos.scene import Play, Scene
from tests.chaos.shape import alone

HOURS = 72
STILL_CALLS = 8.0
"""Seconds in which it takes nothing, but still brings what people write: their answers will wait."""
AN_HOUR = 1.0
"""Seconds that an hour takes."""


def for_days(folder: Path) -> Play:
    """By webhook, so that it is the platform that finds us again."""
    wall = clock(folder)

    async def trouble(scene: Scene) -> None:
        await scene.lasts(10.0)
        scene.crowd.mood = silent
        await scene.lasts(STILL_CALLS)
        scene.crowd.calls_us.clear()
        for hour in range(1, HOURS + 1):
            wall.go_wrong_by(timedelta(hours=hour))
            await scene.lasts(AN_HOUR)
        waiting = (await asyncio.to_thread(scene.ground.states)).get("waiting", 0)
        scene.crowd.mood = None
        scene.crowd.calls_us.set()
        scene.outcome.promise(waiting > 0, "nothing waited, so nothing was tried")
        scene.outcome.told.append(f"away for {HOURS} h, messages that waited at the end {waiting}")

    return Play(alone(calls=True), trouble, launch=("-m", "tests.chaos.wall", str(wall.file)))
