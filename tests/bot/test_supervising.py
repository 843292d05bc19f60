"""No part of a process ends unnoticed: what fails is begun again, what returns is done."""

import asyncio
from contextlib import AsyncExitStack

from bot import parts
from bot.metrics import RESTARTS
from bot.parts import FIRST_PAUSE, LONGEST_PAUSE, background
from bot.process import Process
from tests.serving import play


def restarts(name: str) -> float:
    return float(RESTARTS.labels(name)._value.get())


def test_a_part_that_fails_is_begun_again_after_longer_and_longer_pauses() -> None:
    begun, pauses, done = list[int](), list[float](), asyncio.Event()

    async def work() -> None:
        begun.append(1)
        if len(begun) < 10:
            raise OSError("it failed")
        done.set()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def scenario() -> None:
        before = restarts("a part")
        async with AsyncExitStack() as stack:
            background(stack, "a part", work, sleep)
            await done.wait()
        assert restarts("a part") - before == 9
        assert len(begun) == 10  # and what returned is not
        assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
        assert max(pauses) == LONGEST_PAUSE

    play(scenario())


def test_a_part_that_fails_while_it_stops_is_not_begun_again() -> None:
    begun = list[int]()

    async def work() -> None:
        begun.append(1)
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("it could not give back")

    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            background(stack, "a part", work)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert begun == [1]

    play(scenario())


def test_what_waits_is_measured_again_after_a_look_that_failed() -> None:
    looked = list[int]()

    class Courier:
        channels = frozenset({"telegram"})

        async def run(self) -> None:
            await asyncio.Event().wait()

        async def measure(self) -> None:
            looked.append(1)
            if len(looked) == 1:
                raise OSError("the database is away")

    class Claims:
        async def begin(self) -> None:
            pass

        async def run(self) -> None:
            await asyncio.Event().wait()

        async def end(self) -> None:
            pass

    class Inbox:
        serves = False

    async def scenario() -> None:
        process = Process((), Inbox(), Courier(), None, Claims(), lambda: None)  # type: ignore[arg-type]
        async with process.running():
            while len(looked) < 2:
                await asyncio.sleep(0)

    real = parts.FIRST_PAUSE
    parts.FIRST_PAUSE = 0.0
    try:
        play(scenario())
    finally:
        parts.FIRST_PAUSE = real
