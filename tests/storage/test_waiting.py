"""Ten times as many messages that wait are ten times the work, in steps of the database's own machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from storage import outbox
from storage.claims import Claim
from storage.outbox import Outgoing
from tests.stage import OPENING, Stage

FEW, MANY = 300, 3000
STEPS = 100
CLAIM = Claim("a", OPENING)


def going(number: int, kind: str = "push") -> Outgoing:
    return Outgoing("telegram", str(number), None, None, kind, {"text": "x"})


def steps(stage: Stage, work: Callable[[Connection], Any]) -> int:
    """Of SQLite's machine, to the nearest hundred."""
    seen = list[int]()

    def counted(db: Connection) -> None:
        raw: Any = db.connection.dbapi_connection
        raw.set_progress_handler(lambda: seen.append(STEPS), STEPS)
        work(db)
        raw.set_progress_handler(None, STEPS)

    stage.writer.write(counted)
    return sum(seen)


@pytest.mark.parametrize(("what", "times"), [
    (lambda db: outbox.claim(db, ["telegram"], OPENING, CLAIM), 15),
    (lambda db: outbox.claim(db, ["telegram"], OPENING, CLAIM, only_awaited=True), 15),
    (lambda db: outbox.queue_reply(db, going(7, "reply"), OPENING, CLAIM), 2),
    (lambda db: outbox.depth(db), 15),
], ids=["claiming", "claiming what is awaited", "a reply", "counting"])  # fmt: skip
def test_the_work_grows_with_what_waits_and_no_faster(tmp_path: Path, what: Callable[[Connection], Any], times: int) -> None:
    counted = list[int]()
    for waiting in (FEW, MANY):
        (tmp_path / str(waiting)).mkdir()
        stage = Stage(f"sqlite:///{tmp_path}/{waiting}/a.db", tmp_path / str(waiting))

        def fill(db: Connection, waiting: int = waiting) -> None:
            for number in range(waiting):
                outbox.queue(db, going(number, "reply" if number == waiting - 1 else "push"), OPENING)

        stage.writer.write(fill)
        counted.append(steps(stage, what) + STEPS)
        stage.close()
    assert counted[1] <= times * counted[0], counted
