"""The trouble that processes are killed at random instants, begun again, and killed while they begin."""

import asyncio

from tests.chaos.scene import Scene

HASTY = 0.2
"""The share of kills that do not wait until the program, or the one of its processes, is at work again."""
OF_MANY = 2.0
"""Seconds are so many times as long where there are several processes: one that begins takes its share of the machine."""


async def killed(scene: Scene) -> None:
    """As often as the run's size says."""
    program, chance = scene.program, scene.chance
    is_alone = len(program.processes) == 1
    longest = scene.size.life * (1.0 if is_alone else OF_MANY)
    for number in range(scene.size.kills):
        if number % 10 == 0:
            print(f"  {number} kills", flush=True)
        await asyncio.sleep(chance.uniform(0.0, longest))
        greeted = scene.crowd.greeted
        process = await program.is_killed(chance)
        if chance.random() > HASTY:
            if is_alone:
                await program.greets(greeted)
            await process.listens()
