"""The trouble that the machine's clock is set while the program runs."""

from datetime import timedelta
from pathlib import Path

from tests.chaos.scene import Play, Scene
from tests.chaos.shape import alone
from tests.chaos.wall import Wall

JUMPS = (timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1), timedelta(days=3), timedelta())
"""How wrong it goes, one after the other."""
EACH = 12.0
"""Seconds until it is set again."""


def clock(folder: Path) -> Wall:
    """A clock that is right for now."""
    wall = Wall(folder / "wall")
    wall.go_wrong_by(timedelta())
    return wall


def set_wrong(folder: Path) -> Play:
    """A process whose clock is set again and again."""
    wall = clock(folder)

    async def trouble(scene: Scene) -> None:
        for wrong in JUMPS:
            await scene.lasts(EACH)
            wall.go_wrong_by(wrong)
        await scene.lasts(EACH)
        scene.outcome.told.append(f"set wrong by {', '.join(f'{wrong.total_seconds() / 3600:+.0f} h' for wrong in JUMPS)}")

    return Play(alone(), trouble, launch=("-m", "tests.chaos.wall", str(wall.file)))
