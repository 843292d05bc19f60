"""A SQLite file and its log are looked at before SQLite opens them, which reads over what is damaged and deletes what is left."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.soundness import FRAME_HEADER, LOG_HEADER, Damage, Found, keep_aside, look
from tests.doubles.watching import PATIENCE

PAGE = 1024
ROWS = 12
FRAME = FRAME_HEADER.size + PAGE


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a killed process left it: two rows in the file, ten only in its log, a commit each."""
    folder = tmp_path_factory.mktemp("left")
    with closing(sqlite3.connect(folder / "at work.db", isolation_level=None)) as db:
        for pragma in (f"page_size={PAGE}", "journal_mode=wal", "wal_autocheckpoint=0"):
            db.execute(f"pragma {pragma}")
        db.execute("create table t (a)")
        for number in range(ROWS):
            db.execute("insert into t values (?)", (f"{number}" * 900,))
            if number == 1:
                db.execute("pragma wal_checkpoint(truncate)")
        for suffix in ("", "-wal", "-shm"):
            shutil.copy(folder / f"at work.db{suffix}", folder / f"a.db{suffix}")
    return folder


@pytest.fixture
def file(left: Path, tmp_path: Path) -> Path:
    return again(left, tmp_path / "there")


def again(left: Path, folder: Path) -> Path:
    folder.mkdir()
    for suffix in ("", "-wal", "-shm"):
        shutil.copy(left / f"a.db{suffix}", folder / f"a.db{suffix}")
    return folder / "a.db"


def log(file: Path) -> Path:
    return Path(f"{file}-wal")


def turn(file: Path, at: int, bit: int = 0) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1 << bit
    file.write_bytes(content)


def rows(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("select count(*) from t").fetchone()[0])


def test_what_was_only_killed_is_sound(file: Path) -> None:
    assert look(file) is None
    assert rows(file) == ROWS
    assert look(file) is None  # closed, without a log


def test_nothing_at_all_is_sound(tmp_path: Path) -> None:
    assert look(tmp_path / "a.db") is None
    (tmp_path / "a.db").touch()
    log(tmp_path / "a.db").touch()
    assert look(tmp_path / "a.db") is None


def damaged_log(file: Path) -> None:
    turn(log(file), LOG_HEADER.size + FRAME // 2)


def no_beginning_of_the_log(file: Path) -> None:
    turn(log(file), 20)


def cut(file: Path) -> None:
    log(file).unlink()
    os.truncate(file, file.stat().st_size - PAGE // 2)


def garbage(file: Path) -> None:
    turn(file, 3)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def gone(file: Path) -> None:
    file.unlink()


HURTS = pytest.mark.parametrize(("hurt", "found"), [
    (damaged_log, Damage.LOG), (no_beginning_of_the_log, Damage.LOG), (cut, Damage.CUT_SHORT), (garbage, Damage.NO_DATABASE),
    (emptied, Damage.ONLY_LOG), (gone, Damage.ONLY_LOG),
])  # fmt: skip


@HURTS
def test_what_is_damaged_is_found(file: Path, hurt: Callable[[Path], None], found: Damage) -> None:
    hurt(file)
    seen = look(file)
    assert seen
    assert (seen.damage, seen.can_go_on) == (found, found is Damage.LOG)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_commit_is_lost_in_silence(left: Path, tmp_path_factory: pytest.TempPathFactory, at: float, bit: int) -> None:
    """Whatever bit of the log is turned: where SQLite then finds fewer rows, it was said before. But for the last of all commits:
    what is left of it may be what was left of one that never was."""
    file = again(left, tmp_path_factory.mktemp("turned") / "there")
    turn(log(file), int(at * log(file).stat().st_size), bit)
    found = look(file)
    assert rows(file) >= ROWS - 1 or (found is not None and found.damage is Damage.LOG and found.lost > 0)


def test_how_much_can_not_be_read(file: Path) -> None:
    place = LOG_HEADER.size + 5 * FRAME
    turn(log(file), place + FRAME - 1)
    found = look(file)
    assert found is not None
    assert (found.damage, found.at) == (Damage.LOG, place)
    assert rows(file) == ROWS - found.lost


def test_a_commit_that_was_never_finished_is_no_damage(file: Path) -> None:
    os.truncate(log(file), log(file).stat().st_size - FRAME - PAGE // 2)
    assert look(file) is None


def test_a_commit_in_whose_middle_somebody_was_killed_is_no_damage(file: Path) -> None:
    """SQLite writes what stands before a page, then the page; behind them is what an earlier turn of the log left."""
    content = bytearray(log(file).read_bytes())
    content[-PAGE:] = b"x" * PAGE
    earlier = bytes(FRAME_HEADER.pack(2, 9, 1, 2, 3, 4)) + b"x" * PAGE
    log(file).write_bytes(content + earlier)
    assert look(file) is None
    content[-2 * FRAME + 30] ^= 1
    log(file).write_bytes(content + earlier)
    assert look(file) == Found(Damage.LOG, len(content) - 2 * FRAME, 1)


def test_pages_that_are_still_in_the_log_are_not_missing(file: Path) -> None:
    assert file.stat().st_size < rows_file_size(file)
    assert look(file) is None
    os.truncate(file, PAGE)
    assert look(file) == Found(Damage.CUT_SHORT, lost=2)


def rows_file_size(file: Path) -> int:
    content = log(file).read_bytes()
    return PAGE * int(FRAME_HEADER.unpack(content[-FRAME:][: FRAME_HEADER.size])[1])


def test_what_somebody_has_open_is_not_looked_at(file: Path) -> None:
    """He looked when he began, and what he writes now is half there at any moment."""
    program = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('select * from t'); print(flush=True); input()"
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        damaged_log(file)
        assert look(file) is None
        other.kill()
        other.wait(PATIENCE)
    assert look(file)


@HURTS
def test_copies_are_kept_once(file: Path, hurt: Callable[[Path], None], found: Damage) -> None:
    hurt(file)
    before = {path.name: path.read_bytes() for path in file.parent.iterdir()}
    folder = keep_aside(file)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o077 == 0
    assert keep_aside(file) == folder
    log(file).write_bytes(b"another")
    assert keep_aside(file) != folder


def test_half_a_copy_stays_nowhere(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = sorted(file.parent.iterdir())
    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(OSError, match="space"):
        keep_aside(file)
    assert sorted(file.parent.iterdir()) == before
