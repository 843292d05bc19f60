"""No part of a process ends unnoticed: what fails is begun again, what returns is done."""

import asyncio
from contextlib import AsyncExitStack
from math import isnan
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import parts
from bot.commands import checking
from bot.commands.checking import Finding
from bot.metrics import FREE, RESTARTS
from bot.parts import FIRST_PAUSE, LONGEST_PAUSE, background
from bot.process import Process
from bot.room import LEAST, Room, free
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


def test_a_part_that_ran_for_long_is_begun_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    now, pauses, done = [0.0], list[float](), asyncio.Event()

    async def work() -> None:
        now[0] += LONGEST_PAUSE + 1 if len(pauses) == 3 else 1
        if len(pauses) < 5:
            raise OSError("it failed")
        done.set()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def scenario() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
        async with AsyncExitStack() as stack:
            background(stack, "a part", work, sleep)
            await done.wait()

    play(scenario())
    assert pauses == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE, FIRST_PAUSE * 2]


def test_a_part_that_will_not_stop_is_told_so_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "STOP_SECONDS", 0.01)
    told = list[int]()

    async def work() -> None:
        while len(told) < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:  # as a library does that swallows it
                told.append(1)

    async def scenario() -> None:
        async with AsyncExitStack() as stack:
            background(stack, "a part", work)
            await asyncio.sleep(0)
        assert len(told) == 2

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
        process = Process((), Inbox(), Courier(), None, Claims(), Room({}), lambda: None)  # type: ignore[arg-type]
        async with process.running():
            while len(looked) < 2:
                await asyncio.sleep(0)

    real = parts.FIRST_PAUSE
    parts.FIRST_PAUSE = 0.0
    try:
        play(scenario())
    finally:
        parts.FIRST_PAUSE = real


def test_a_disk_that_is_nearly_full_is_said_once_until_there_is_room(tmp_path: Path) -> None:
    left = [LEAST]
    room = Room({"database": tmp_path}, lambda _: left[0])
    with capture_logs() as said:
        for left[0] in (LEAST, LEAST - 1, LEAST - 2, LEAST, 0):
            room.measure()
            assert FREE.labels("database")._value.get() == left[0]
    assert [line["log_level"] for line in said] == ["error", "error"]


def test_a_place_that_cannot_be_looked_at_holds_up_no_other(tmp_path: Path) -> None:
    def look(place: Path) -> int:
        if place == tmp_path:
            raise OSError("Stale file handle")
        return LEAST

    FREE.labels("files").set(0)
    room = Room({"database": tmp_path, "files": tmp_path / "files"}, look)
    with capture_logs() as said:
        for _ in range(2):
            room.measure()
    assert [line["why"] for line in said] == ["Stale file handle"]
    assert isnan(FREE.labels("database")._value.get())
    assert FREE.labels("files")._value.get() == LEAST


def test_room_is_looked_for_also_where_nothing_is_yet(tmp_path: Path) -> None:
    assert free(tmp_path / "a" / "b.db") > 0


@pytest.mark.parametrize(("left", "found"), [(LEAST, Finding.GOOD), (LEAST - 1, Finding.FAULT)])
def test_check_tells_the_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: int, found: Finding) -> None:
    monkeypatch.setattr(checking, "free", lambda _: left)
    ((finding, said),) = checking._room(tmp_path)
    assert finding is found
    assert str(left // 1024**2) in said
