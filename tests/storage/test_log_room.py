"""A disk with less room than SQLite's log takes before it is worked off; one that is full; and room again, without a restart."""

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot import patience
from handlers.turn import Incoming
from storage import log_room
from storage.database import reading
from storage.log_room import LogRoom
from storage.passing import is_passing
from storage.tables import received
from tests.parts import turn_service
from tests.stage import Stage

SOME = 1024 * 1024
"""Bytes: more than the file takes here, and a quarter of what its log takes before SQLite works it off."""
TURNS = 60


@contextmanager
def no_file_longer_than(most: int) -> Iterator[None]:
    """To who writes it is as a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Talk:
    """People who go on writing."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._service, self.said = stage, turn_service(stage), 0

    def say(self, times: int = 1) -> None:
        for number in range(self.said, self.said + times):
            incoming = Incoming("telegram", f"{number}", f"{number % 7}", "Lan", f"hạn thu hồi là khi nào {number}")
            assert asyncio.run(self._service.take(incoming)).new
            self.said += 1

    def taken(self) -> int:
        with reading(self._stage.engine) as db:
            return len(db.execute(received.select()).all())


@pytest.fixture
def talk(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Talk:
    monkeypatch.setattr(patience, "A_MOMENT", (0.0,))
    return Talk(stage)


def log_of(stage: Stage) -> Path:
    return Path(f"{stage.engine.url.database}-wal")


def test_where_the_log_has_little_room_it_is_worked_off_sooner(stage: Stage, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    with no_file_longer_than(SOME):
        talk.say(TURNS)
        assert log_of(stage).stat().st_size <= SOME
    assert talk.taken() == TURNS
    monkeypatch.setattr(log_room, "LITTLE", 0)
    talk.say(TURNS)
    assert log_of(stage).stat().st_size > SOME  # so much is written


def test_while_there_is_no_room_nothing_is_confirmed_and_then_all_goes_on(stage: Stage, talk: Talk) -> None:
    talk.say(3)
    for _ in range(3):
        with no_file_longer_than(4096):
            for _ in range(2):
                with pytest.raises(OperationalError) as full:
                    talk.say()
                assert is_passing(full.value)
        talk.say(2)
        assert talk.taken() == talk.said


def test_the_log_gives_its_room_back_as_long_as_there_is_little(
    stage: Stage, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_room, "LITTLE", 0)
    talk.say(2)
    assert log_of(stage).stat().st_size > 0
    monkeypatch.setattr(log_room, "LITTLE", 10**18)
    talk.say()
    stage.writer.write(lambda db: None)  # begun when what comes after the commit before is done
    assert log_of(stage).stat().st_size == 0
    assert talk.taken() == 3


def test_who_reads_is_not_waited_for(stage: Stage, talk: Talk) -> None:
    talk.say()
    with reading(stage.engine) as db:
        before = len(db.execute(received.select()).all())
        talk.say()
        assert not LogRoom(stage.engine).work_off()
        assert len(db.execute(received.select()).all()) == before
    assert LogRoom(stage.engine).work_off()
    assert talk.taken() == 2


def test_only_a_file_has_a_log() -> None:
    from storage.database import open_database

    nothing = LogRoom(open_database("sqlite://"))
    assert not nothing.is_little()
    assert not nothing.work_off()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a file and half of a log."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={3 * SOME}", "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("only who may mount can try this")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_small_disk_is_used_up_before_anything_is_refused(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "A_MOMENT", (0.0,))
    stage = Stage(f"sqlite:///{small_disk}/a.db", tmp_path)
    try:
        talk, filler = Talk(stage), small_disk / "somebody else's"
        talk.say(TURNS * 2)
        left = os.statvfs(small_disk)
        filler.write_bytes(bytes(left.f_bavail * left.f_frsize))
        with pytest.raises(OperationalError) as full:
            talk.say(TURNS)
        assert is_passing(full.value)
        filler.unlink()
        talk.say(TURNS)
        assert talk.taken() == talk.said
    finally:
        stage.close()
