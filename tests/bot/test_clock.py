"""The clock goes on whatever the machine's says: set back, set ahead, by an hour or a day."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Executable, insert, select
from structlog.testing import capture_logs

from bot.clocks import Drift, WallClock, wall_now
from bot.flow import clock, upkeep
from bot.flow.clock import ClockWork, Pulse
from bot.flow.nightly import Nightly
from bot.flow.sweeping import AGE
from handlers.turn import Incoming
from rules.people import Role
from rules.retention import LISTS
from storage import outbox
from storage.claims import Claim
from storage.database import reading
from storage.outbox import Outgoing, Settled
from storage.tables import choice_list
from tests.doubles.watching import PATIENCE
from tests.stage import OPENING, Stage

START = datetime(2026, 1, 1, tzinfo=UTC)


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.wall, self.elapsed = START, 0.0

    def passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.elapsed += seconds

    def clockwork(self, stage: Stage, wake: Callable[[], None] = lambda: None) -> ClockWork:
        drift = Drift(lambda: self.wall, lambda: self.elapsed)
        return ClockWork(stage.writer, stage.library, WallClock(lambda: stage.now), wake, Pulse(drift))


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(days=-1), timedelta(hours=1), timedelta(days=1)])
def test_it_is_said_when_the_machines_clock_is_set(stage: Stage, by: timedelta) -> None:
    machine = Machine()
    work = machine.clockwork(stage)
    with capture_logs() as said:
        machine.passes(20)
        work.notice_jump()
        machine.wall += by
        machine.passes(20)
        work.notice_jump()
        machine.passes(20)
        work.notice_jump()
    assert [line["seconds"] for line in said if "was set" in line["event"]] == [by.total_seconds()]


def test_a_machine_that_corrects_itself_a_little_is_not_worth_a_word(stage: Stage) -> None:
    machine = Machine()
    work = machine.clockwork(stage)
    with capture_logs() as said:
        for _ in range(50):
            machine.passes(20)
            machine.wall += timedelta(seconds=clock.JUMP_SECONDS - 1)
            work.notice_jump()
    assert said == []


def test_nothing_waits_for_a_time_that_was_meant_otherwise(stage: Stage) -> None:
    def queue() -> int:
        kept = stage.writer.write(lambda db: outbox.queue(db, Outgoing("telegram", "7", None, None, "reply", {}), OPENING))
        assert kept
        later = Settled(kept, "waiting", OPENING, not_before=machine.wall + timedelta(minutes=5))
        stage.writer.write(lambda db: outbox.settle(db, [later]))
        return kept.id

    machine = Machine()
    work = machine.clockwork(stage)
    number = queue()
    machine.wall -= timedelta(hours=1)
    now, mine = machine.wall, Claim("a", machine.wall + timedelta(minutes=2))
    assert stage.writer.write(lambda db: outbox.claim(db, ["telegram"], now, mine)) == []
    work.notice_jump()
    assert [row.id for row in stage.writer.write(lambda db: outbox.claim(db, ["telegram"], now, mine))] == [number]


def test_it_looks_again_while_the_wall_stands_an_hour_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is that time passes, not what it is called."""
    machine = Machine()
    looked = threading.Semaphore(0)
    work = machine.clockwork(stage)
    monkeypatch.setattr(work, "tick", looked.release)
    monkeypatch.setattr(work, "_every", 0.001)
    work.start()
    assert looked.acquire(timeout=PATIENCE)
    machine.wall -= timedelta(hours=1)
    for _ in range(5):
        assert looked.acquire(timeout=PATIENCE)
    work.stop()


def test_whatever_is_raised_it_looks_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Semaphore(0)
    work = Machine().clockwork(stage)

    def fails() -> None:
        looked.release()
        raise RuntimeError

    monkeypatch.setattr(work, "notice_jump", fails)
    monkeypatch.setattr(work, "tick", fails)
    monkeypatch.setattr(work, "_every", 0.001)
    work.start()
    for _ in range(6):
        assert looked.acquire(timeout=PATIENCE)
    work.stop()


def test_at_night_it_tidies_up_and_makes_the_backup(stage: Stage, tmp_path: Path) -> None:
    nightly = Nightly(stage.writer, stage.library, tmp_path / "backups", 3, lambda: START)
    drift = Drift(lambda: START, lambda: 0.0)
    work = ClockWork(stage.writer, stage.library, WallClock(lambda: stage.now), lambda: None, Pulse(drift, nightly=nightly))
    work.start()
    jobs = {job.id: job for job in work._scheduler.get_jobs()}
    assert str(jobs["tidy"].trigger) == "cron[hour='3', minute='17']"
    assert str(jobs["backup"].trigger) == "cron[hour='1-5', minute='7']"
    assert str(jobs["tidy"].next_run_time.tzinfo) == str(stage.library.campaign.directory.zone)
    jobs["backup"].func()
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["dondoc-2026-01-01.zip"]

    row = {"outbox_id": 1, "first": 1, "choices": [], "contact_id": 1, "at": OPENING - timedelta(days=LISTS + 1)}
    stage.writer.write(lambda db: _run(db, insert(choice_list).values(**row)))
    nobodys = stage.library.files.put(b"x", "a.pdf")
    (path,) = stage.library.files.older_than(wall_now() + AGE)
    long_ago = (wall_now() - AGE - timedelta(minutes=1)).timestamp()
    os.utime(path, (long_ago, long_ago))
    jobs["tidy"].func()
    with reading(stage.engine) as db:
        assert db.execute(select(choice_list)).all() == []
    with pytest.raises(FileNotFoundError):
        stage.library.files.get(nobodys.hash)
    work.stop()


def test_files_are_swept_whatever_else_fails(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    swept = list[int]()
    monkeypatch.setattr(upkeep, "tidy", fails)
    monkeypatch.setattr(clock, "sweep", lambda *_: swept.append(1))
    with pytest.raises(RuntimeError):
        Machine().clockwork(stage).tidy()
    assert swept == [1]


def _run(db: Connection, statement: Executable) -> None:
    db.execute(statement)


def test_what_it_queues_is_sent_at_once(stage: Stage) -> None:
    woken = list[int]()
    work = Machine().clockwork(stage, lambda: woken.append(1))
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    assert work.tick() == 0
    assert woken == []
    stage.now = datetime(2022, 6, 27, 8, 0, tzinfo=OPENING.tzinfo)
    assert work.tick() == 1
    assert woken == [1]


def test_what_has_its_hour_hears_of_a_clock_that_was_set(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sleeps until an hour that may be past by now."""
    machine, heard = Machine(), list[int]()
    work = machine.clockwork(stage)
    monkeypatch.setattr(work, "tick", lambda: 0)
    work.start()
    monkeypatch.setattr(work._scheduler, "wakeup", lambda: heard.append(1))
    machine.wall += timedelta(days=1)
    work.notice_jump()
    work.stop()
    assert heard == [1]


def test_every_reminder_comes_once_however_the_wall_jumps(stage: Stage) -> None:
    """Back an hour, on, ahead a day, back again: what was sent is not sent again."""
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    said = []
    day = datetime(2022, 6, 27, 8, 0, tzinfo=OPENING.tzinfo)
    for jump in (0, -1, 0, 1, 24, 0, 25, -2, 24):
        stage.now = day + timedelta(hours=jump)
        stage.tick()
        said += [item.message.text for item in stage.said() if item.address == "Lan"]
    assert len(said) == len(set(said))
    assert 1 <= len(said) <= 2
