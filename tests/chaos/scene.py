"""A scenario is played: the program in a shape, people who report, and a trouble meanwhile."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.crowd import Crowd
from tests.chaos.ground import Ground, lay
from tests.chaos.outcome import SETTLED, Left, Outcome, judged
from tests.chaos.people import Person
from tests.chaos.program import Program
from tests.chaos.shape import Shape
from tests.chaos.size import Size


@dataclass(frozen=True)
class Scene:
    """What a trouble has to do with. ``outcome`` takes what it measures beside the people."""

    folder: Path
    size: Size
    crowd: Crowd
    ground: Ground
    program: Program
    chance: random.Random
    outcome: Outcome

    async def lasts(self, seconds: float) -> None:
        """For so long, in a run of the usual size."""
        await asyncio.sleep(seconds * self.size.trouble)


Trouble = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True)
class Play:
    """A shape of the program and what it is let through; ``launch`` comes before a process's command, ``more`` are settings."""

    shape: Shape
    trouble: Trouble
    launch: Sequence[str] = ("-m", "bot")
    more: tuple[tuple[str, str], ...] = ()


async def play(folder: Path, size: Size, what: Play) -> Outcome:
    """People live while the trouble does its worst; it ends when all have sent their reports and the trouble is over."""
    crowd = Crowd(what.shape.webs, random.Random(f"{size.seed} crowd"))
    async with crowd:
        ground = lay(folder, size, what.shape, crowd.url, **dict(what.more))
        codes, begun = ground.codes(f"u{number}" for number in range(size.people)), time.monotonic()
        async with Program(what.shape, crowd, lambda: ground.environment, what.launch).running() as program:
            measured = Outcome()
            scene = Scene(folder, size, crowd, ground, program, random.Random(size.seed), measured)
            people = [Person(crowd, number, size) for number in range(size.people)]
            over = asyncio.Event()
            living = [asyncio.create_task(p.lives(code, over)) for p, code in zip(people, codes, strict=True)]
            try:
                await what.trouble(scene)
            finally:
                over.set()
                ended = await asyncio.gather(*living, return_exceptions=True)
            await _all_noted(ground, size.patience)
        outcome = judged(Left(people, ended, ground.kept(), ground.states(), program.kills), size)
    shape = f"{what.shape}; {size.people} people, {size.people * size.reports} reports, {time.monotonic() - begun:.0f} s"
    return Outcome([shape, *outcome.told, *measured.told], outcome.broken + measured.broken)


async def _all_noted(ground: Ground, patience: float) -> None:
    """Wait until nothing waits in the outbox any more, or too long."""
    end = time.monotonic() + patience
    while time.monotonic() < end and not set(ground.states()) <= SETTLED:
        await asyncio.sleep(0.2)
