"""Who waits for whom on PostgreSQL, where several processes write at once. SQLite has one writer and needs no locks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storage import conversations, reports
from storage.scope import Scope
from tests.postgres import fresh_database
from tests.stage import CAMPAIGN, OPENING, Stage

pytestmark = pytest.mark.postgres


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(fresh_database(), tmp_path)
    yield made
    made.close()


def waits(stage: Stage, first: Callable[[Connection], object], second: Callable[[Connection], object]) -> bool:
    """Whether the second has to wait while the first has not committed."""
    with stage.engine.begin() as holding:
        first(holding)
        with stage.engine.begin() as other:
            other.execute(text("set local lock_timeout = '50ms'"))
            try:
                second(other)
            except OperationalError as error:
                if "lock timeout" in str(error):
                    return True
                raise
            return False


def opens(address: str) -> Callable[[Connection], object]:
    return lambda db: conversations.open_conversation(db, "telegram", address, address, "vi", OPENING)


def test_two_messages_of_one_person_wait_for_each_other_and_for_nobody_elses(stage: Stage) -> None:
    for name in ("Lan", "Hoa"):
        stage.writer.write(opens(name))
    assert waits(stage, opens("Lan"), opens("Lan"))
    assert not waits(stage, opens("Lan"), opens("Hoa"))


def test_two_officers_answers_to_one_form_wait_for_each_other_and_for_no_other_form(stage: Stage) -> None:
    def begun(unit: str) -> int:
        made = stage.writer.write(
            lambda db: reports.begin_draft(Scope(db, CAMPAIGN), unit, "unspent-funds", {}, reports.By(1, "Lan"), OPENING)
        )
        return made.id

    def looks(number: int) -> Callable[[Connection], object]:
        return lambda db: reports.draft_by_id(Scope(db, CAMPAIGN), number)

    def finds(unit: str) -> Callable[[Connection], object]:
        return lambda db: reports.find_draft(Scope(db, CAMPAIGN), unit, "unspent-funds")

    mine, other = begun("dai-loc"), begun("hoi-an")
    assert waits(stage, looks(mine), looks(mine))
    assert waits(stage, looks(mine), finds("dai-loc"))
    assert not waits(stage, looks(mine), looks(other))
