"""A database is for real people or for a rehearsal, settled once; on SQLite and on PostgreSQL."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from bot.bad_setting import BadSettings
from bot.flow.rehearsal import Rehearsal
from bot.settings import Settings
from bot.wiring import wire
from storage import conversations, purpose
from storage.purpose import Purpose
from tests.stage import OPENING, Stage


@pytest.mark.parametrize("first", list(Purpose))
def test_it_never_becomes_the_other(any_stage: Stage, first: Purpose) -> None:
    write = any_stage.writer.write
    assert write(purpose.of) is None
    assert write(lambda db: purpose.settle(db, first)) is first
    for again in Purpose:
        assert write(lambda db, to=again: purpose.settle(db, to)) is first  # type: ignore[misc]
    assert write(purpose.of) is first


@pytest.mark.parametrize(
    ("channel", "found"), [("telegram", Purpose.REAL), ("web_chat", Purpose.REHEARSAL), ("console", Purpose.REHEARSAL)]
)
def test_one_from_before_it_was_asked_is_real_if_somebody_is_there(any_stage: Stage, channel: str, found: Purpose) -> None:
    any_stage.writer.write(lambda db: conversations.record_contact(db, channel, "7", "Lan", OPENING))
    assert any_stage.writer.write(lambda db: purpose.settle(db, Purpose.REHEARSAL)) is found


def settings(tmp_path: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/d.db", files_dir=tmp_path / "files", **more)


REAL: dict[str, Any] = {"telegram_token": "1:x"}


@pytest.mark.parametrize(("before", "after", "why"), [(REAL, {}, "setting.not_rehearsal"), ({}, REAL, "setting.not_real")])
def test_nobody_works_on_a_database_of_the_other_kind(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], why: str
) -> None:
    for more in (before, before):
        wired = wire(settings(tmp_path, **more))
        wired.settle_purpose()
        wired.close()
    wired = wire(settings(tmp_path, **after))
    with pytest.raises(BadSettings, match=why):
        wired.settle_purpose()
    wired.close()


def test_a_real_database_is_never_emptied(tmp_path: Path) -> None:
    wired = wire(settings(tmp_path))
    wired.writer.write(lambda db: purpose.settle(db, Purpose.REAL))
    clock: Any = wired.clock
    rehearsal = Rehearsal(wired.writer, wired.library, clock, lambda: None, made_up=True)
    with pytest.raises(RuntimeError, match="rehearsal"):
        rehearsal.start_anew()
    wired.close()


def test_a_rehearsal_stays_one_when_it_begins_anew(tmp_path: Path) -> None:
    wired = wire(settings(tmp_path))
    clock: Any = wired.clock
    rehearsal = Rehearsal(wired.writer, wired.library, clock, lambda: None, made_up=True)
    rehearsal.prepare()
    rehearsal.start_anew()
    assert wired.writer.write(purpose.of) is Purpose.REHEARSAL
    wired.close()


@pytest.mark.parametrize(("more", "refused"), [
    ({"host": "0.0.0.0"}, True), ({"host": "0.0.0.0", "rehearsal_open": True}, False), ({"host": "127.0.0.1"}, False),
    ({"host": "0.0.0.0", **REAL}, False),
])  # fmt: skip
def test_a_rehearsal_is_opened_to_other_machines_by_name_only(tmp_path: Path, more: dict[str, Any], refused: bool) -> None:
    with pytest.raises(BadSettings, match="rehearsal_host") if refused else nullcontext():
        settings(tmp_path, **more).check()
