"""What goes by itself: a backup each night by one of many clocks, the newest kept; files that nothing names."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clocks import wall_now
from bot.commands.keeping import keep_house
from bot.flow import archiving, nightly
from bot.flow.nightly import DONE, Nightly
from bot.flow.sweeping import AGE, sweep
from handlers.turn import Incoming
from rules.people import Role
from rules.retention import Retention
from storage import files, kept
from storage.database import reading
from storage.upkeep import rules
from tests.made_files import PDF
from tests.stage import OPENING, Stage


class Nights:
    """The nightly backup, on a clock set by hand."""

    def __init__(self, stage: Stage, folder: Path, days: int = 3) -> None:
        self.now, self.folder = datetime(2026, 1, 1, 1, 7, tzinfo=OPENING.tzinfo), folder
        self.work = Nightly(stage.writer, stage.library, folder, days, lambda: self.now)

    def made(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


def test_one_a_day_is_made_and_the_newest_are_kept(any_stage: Stage, tmp_path: Path) -> None:
    nights = Nights(any_stage, tmp_path / "there is no such folder yet")
    for _ in range(5):
        assert nights.work.run()
        assert not nights.work.run()
        nights.now += timedelta(days=1)
    assert nights.made() == ["dondoc-2026-01-03.zip", "dondoc-2026-01-04.zip", "dondoc-2026-01-05.zip"]
    with reading(any_stage.engine) as db:
        assert datetime.fromisoformat(kept.value(db, DONE) or "") == nights.now - timedelta(days=1)


def test_every_rule_is_told_of_in_words_of_its_own(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """``dondoc upkeep`` says of each what is forgotten, and after how long."""
    keep_house(stage.writer, Retention(), OPENING, do_it=True)
    said = [line.split(" ngày: ")[1] for line in capsys.readouterr().out.splitlines() if ": 0 quá hạn" in line]
    assert len(set(said)) == len(said) == len(list(rules(Retention(), OPENING)))


def test_what_else_lies_there_is_left_alone(stage: Stage, tmp_path: Path) -> None:
    nights = Nights(stage, tmp_path / "b", days=1)
    nights.folder.mkdir()
    for name in ("dondoc-old.zip", "others.zip", "dondoc-2026-01-01.txt"):
        (nights.folder / name).touch()
    for _ in range(3):
        nights.work.run()
        nights.now += timedelta(days=1)
    assert nights.made() == ["dondoc-2026-01-01.txt", "dondoc-2026-01-03.zip", "dondoc-old.zip", "others.zip"]


def test_of_many_clocks_one_makes_it(any_stage: Stage, tmp_path: Path) -> None:
    nights = Nights(any_stage, tmp_path / "b")
    with ThreadPoolExecutor(8) as pool:
        done = [each.result() for each in [pool.submit(nights.work.run) for _ in range(8)]]
    assert sorted(done) == [False] * 7 + [True]


def test_one_that_failed_is_told_once_and_tried_again(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.hear(Incoming("telegram", "1", "Minh", "Minh", f"/start {stage.invite(Role.MANAGER)}"))
    stage.said()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    nights, real = Nights(stage, tmp_path / "b"), archiving.archive
    monkeypatch.setattr(nightly, "archive", full)
    assert not nights.work.run()
    assert not nights.work.run()
    (told,) = stage.said()
    assert (told.address, "No space left on device" in told.message.text) == ("Minh", True)
    monkeypatch.setattr(nightly, "archive", real)
    assert nights.work.run()
    assert stage.said() == []


def test_one_whose_process_died_is_made_an_hour_later_and_its_half_goes_the_next_day(
    any_stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        (nights.folder / "dondoc-2026-01-01.zip.7.part").touch()
        raise SystemExit

    nights, real = Nights(any_stage, tmp_path / "b"), archiving.archive
    monkeypatch.setattr(nightly, "archive", dies)
    with pytest.raises(SystemExit):
        nights.work.run()
    monkeypatch.setattr(nightly, "archive", real)
    assert not nights.work.run()  # perhaps it is only slow
    nights.now += timedelta(hours=1)
    assert nights.work.run()
    assert nights.made() == ["dondoc-2026-01-01.zip", "dondoc-2026-01-01.zip.7.part"]
    nights.now += timedelta(hours=1)
    assert not nights.work.run()
    nights.now += timedelta(days=1)
    assert nights.work.run()
    assert nights.made() == ["dondoc-2026-01-01.zip", "dondoc-2026-01-02.zip"]


def test_a_clock_that_was_a_year_ahead_for_a_while_stops_no_backup(any_stage: Stage, tmp_path: Path) -> None:
    nights = Nights(any_stage, tmp_path / "b")
    nights.now += timedelta(days=365)
    assert nights.work.run()
    nights.now -= timedelta(days=365)
    assert nights.work.run()
    assert not nights.work.run()


# ---------------------------------------------------------------- files


def old(path: Path) -> None:
    long_ago = (wall_now() - AGE - timedelta(minutes=1)).timestamp()
    os.utime(path, (long_ago, long_ago))


def test_files_that_nothing_names_are_swept_once_they_are_old(stage: Stage, tmp_path: Path) -> None:
    store, folder = stage.library.files, tmp_path / "files"
    named, nobodys, fresh = (store.put(PDF + bytes([n]), "a.pdf") for n in range(3))
    stage.writer.write(lambda db: files.record_file(db, named, None, OPENING))
    half = folder / named.hash[:2] / "x.part"
    half.touch()
    for path in (folder / named.hash[:2] / named.hash, folder / nobodys.hash[:2] / nobodys.hash, half):
        old(path)
    assert sweep(stage.engine, store, wall_now()) == 2
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {named.hash, fresh.hash}


@pytest.mark.parametrize("when", ["before", "while it is looked for"])
def test_a_file_that_is_brought_again_is_left_its_time_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """It lies there since a conversation that refused it; the turn that takes it is not committed yet."""
    store, look = stage.library.files, files.named
    kept_as = store.put(PDF, "a.pdf").hash
    (path,) = store.older_than(wall_now() + AGE)
    old(path)

    def named(*what: Any) -> set[str]:
        store.put(PDF, "a.pdf")
        return look(*what)

    if when == "before":
        store.put(PDF, "a.pdf")
    else:
        monkeypatch.setattr(files, "named", named)
    assert sweep(stage.engine, store, wall_now()) == 0
    assert store.get(kept_as) == PDF


def test_a_template_is_made_once_and_stays(stage: Stage, tmp_path: Path) -> None:
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    said = stage.hear(Incoming("telegram", "2", "Lan", "Lan", "báo cáo thu hồi"))
    (wanted,) = [c.data for item in said for c in item.message.choices if "mẫu" in c.label.lower()]
    hashes = set()
    for number in range(3):
        said = stage.hear(Incoming("telegram", f"t{number}", "Lan", "Lan", choice=wanted))
        hashes |= {item.message.file.hash for item in said if item.message.file}
    assert len(hashes) == 1
    for path in (tmp_path / "files").rglob("*"):
        if path.is_file():
            old(path)
    assert sweep(stage.engine, stage.library.files, wall_now()) == 0
