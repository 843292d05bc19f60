"""Who waits for whom: on PostgreSQL, where several processes write at once; on SQLite, which has one writer at a time."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import OperationalError

from storage import conversations, kept, reports
from storage.database import reading
from storage.scope import Scope
from tests.postgres import fresh_database
from tests.stage import CAMPAIGN, OPENING, Stage


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Stage]:
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


@pytest.mark.postgres
def test_two_messages_of_one_person_wait_for_each_other_and_for_nobody_elses(postgres: Stage) -> None:
    stage = postgres
    for name in ("Lan", "Hoa"):
        stage.writer.write(opens(name))
    assert waits(stage, opens("Lan"), opens("Lan"))
    assert not waits(stage, opens("Lan"), opens("Hoa"))


@pytest.mark.postgres
def test_two_officers_answers_to_one_form_wait_for_each_other_and_for_no_other_form(postgres: Stage) -> None:
    stage = postgres

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


def test_on_sqlite_looking_waits_for_no_writer(stage: Stage) -> None:
    with stage.engine.begin() as writing:
        kept.keep(writing, "k", "new")
        with reading(stage.engine) as looking:
            assert kept.value(looking, "k") is None


def test_on_sqlite_a_transaction_has_the_lock_from_its_beginning_also_where_somebody_looked_before(stage: Stage) -> None:
    with reading(stage.engine) as looking:
        kept.value(looking, "k")
    with stage.engine.begin():
        other = sqlite3.connect(make_url(stage.url).database or "", timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
