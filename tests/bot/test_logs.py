"""What a log tells: no token, in whatever it stands; and of a fault of the database nothing that people wrote."""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot import logs
from handlers.turn import Incoming
from rules.people import Role
from storage import people
from tests.parts import turn_service
from tests.stage import Stage

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz12345"
SECRET = "a passphrase of somebody's"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """What stands in the log so far."""
    root, out = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", out)
    logs.set_up("DEBUG", [SECRET])
    yield out.getvalue
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("told", [
    SECRET, f"http://localhost/bot{TOKEN}/getMe", f"token {TOKEN}", RuntimeError(SECRET), {"a": {"b": [SECRET]}}, (SECRET,), {TOKEN: 1},
], ids=["a text", "an address", "a token", "an error", "within", "a tuple", "a key"])  # fmt: skip
def test_no_secret_is_told_in_whatever_it_stands(logged: Callable[[], str], told: object) -> None:
    structlog.get_logger("bot.here").warning("told", what=told, many=3)
    logging.getLogger("elsewhere").error("told %s", told)
    said = logged()
    assert said.count("told") == 2
    assert SECRET not in said
    assert TOKEN not in said
    assert '"many": 3' in said


def _refused(db: Connection, person_id: int, phone: str) -> None:
    """A statement that fails for what it was given."""
    db.execute(text("UPDATE person SET role = NULL, phone = :phone WHERE id = :id"), {"phone": phone, "id": person_id})


def test_a_fault_of_the_database_tells_nothing_that_people_wrote(
    any_stage: Stage, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = any_stage
    stage.hear(Incoming("telegram", "1", "777", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc', 'Nguyễn Thị Lan')}"))
    monkeypatch.setattr(people, "set_phone", _refused)
    asyncio.run(turn_service(stage).take(Incoming("telegram", "2", "777", "Lan", "/sodienthoai 0905 123 456")))
    said = logged()
    assert "turn failed" in said
    assert "UPDATE person" in said
    assert "84905123456" not in said
    assert "Nguyễn Thị Lan" not in said  # PostgreSQL tells the whole row that it refuses
    with pytest.raises(DBAPIError) as fault:
        stage.writer.write(lambda db: _refused(db, 1, "84905123456"))
    assert "84905123456" not in f"{fault.value} {fault.value.orig}"
