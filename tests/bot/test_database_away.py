"""The database fails for a while: nobody hears of it, nothing is done twice and nothing is lost."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from bot import patience
from handlers import engine, hearing
from handlers.turn import Incoming, Turn
from storage.database import reading
from storage.outbox import Delivery
from storage.tables import outbox as rows_of
from storage.tables import received
from tests.parts import turn_service
from tests.postgres import fresh_database
from tests.stage import Stage


def locked() -> OperationalError:
    """As SQLite says it."""
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("BEGIN IMMEDIATE", {}, cause)


def cut(turn: Turn) -> None:
    """As a fail-over or a pooler does it."""
    turn.db.execute(text("select pg_terminate_backend(pg_backend_pid())"))


def lock(_: Turn) -> None:
    raise locked()


def said(database: Engine) -> list[str]:
    with reading(database) as db:
        return [row.message["text"] for row in db.execute(select(rows_of))]


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "A_MOMENT", (0.0,) * 5)


def failing(monkeypatch: pytest.MonkeyPatch, fault: Callable[[Turn], None], times: int) -> list[int]:
    """The middle of a turn fails so many times."""
    real, failed = hearing.hear, list[int]()

    def hear(turn: Turn, commands: Any) -> Any:
        heard = real(turn, commands)
        if len(failed) < times:
            failed.append(1)
            fault(turn)
        return heard

    monkeypatch.setattr(engine, "hear", hear)
    return failed


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(("address", "fault"), [
    pytest.param(fresh_database, cut, marks=pytest.mark.postgres), ("sqlite:///{}/a.db", lock),
], ids=["cut", "locked"])  # fmt: skip
def test_a_turn_whose_database_failed_is_run_again_unnoticed(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, address: Any, fault: Callable[[Turn], None]
) -> None:
    stage = Stage(address() if callable(address) else address.format(tmp_path), tmp_path)
    failed, handed = failing(monkeypatch, fault, 2), list[Delivery]()
    taken = asyncio.run(turn_service(stage, handed.extend).take(Incoming("telegram", "1", "Lan", "Lan", "xin chào")))
    assert len(failed) == 2
    assert taken.new
    assert said(stage.engine) == [row.message["text"] for row in handed]
    assert len(handed) == 1
    assert stage.library.languages.of("vi").tr("failed") not in said(stage.engine)[0]
    stage.close()


@pytest.mark.usefixtures("no_pauses")
def test_what_is_not_durable_is_not_confirmed_while_the_database_stays_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, lock, 100)
    with pytest.raises(OperationalError):
        asyncio.run(turn_service(stage).take(Incoming("telegram", "1", "Lan", "Lan", "xin chào")))
    assert said(stage.engine) == []
    with reading(stage.engine) as db:
        assert db.execute(select(received)).all() == []


@pytest.mark.usefixtures("no_pauses")
def test_reading_before_a_turn_is_tried_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    service, failed = turn_service(stage), list[int]()
    real = service.intake.heed

    async def heed(incoming: Incoming) -> Any:
        if not failed:
            failed.append(1)
            raise locked()
        return await real(incoming)

    monkeypatch.setattr(service.intake, "heed", heed)
    assert asyncio.run(service.take(Incoming("telegram", "1", "Lan", "Lan", "xin chào"))).new
