"""Which faults of the database pass, each raised by a real database."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage.database import open_database
from storage.passing import is_passing, why_passing
from storage.writer import Writer
from tests.postgres import fresh_database


def raised(engine: Engine, *statements: str) -> SQLAlchemyError:
    def work() -> None:
        with engine.begin() as db:
            for statement in statements:
                db.execute(text(statement))

    with pytest.raises(SQLAlchemyError) as found:
        work()
    return found.value


@pytest.fixture
def postgres() -> Iterator[Engine]:
    engine = open_database(fresh_database())
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/a.db")
    with engine.begin() as db:
        db.execute(text("create table t (a integer primary key, b text)"))
    yield engine
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("statements", [
    ("select pg_terminate_backend(pg_backend_pid())",),
    ("set local transaction read only", "create table t (a int)"),
    ("do $$ begin raise sqlstate '40001'; end $$",),
    ("do $$ begin raise sqlstate '40P01'; end $$",),
    ("do $$ begin raise sqlstate '53100'; end $$",),
    ("do $$ begin raise sqlstate '57P03'; end $$",),
], ids=["cut", "fail-over", "serialization", "deadlock", "disk full", "starting"])  # fmt: skip
def test_on_postgresql_what_the_server_does_passes(postgres: Engine, statements: tuple[str, ...]) -> None:
    assert is_passing(raised(postgres, *statements))


@pytest.mark.postgres
def test_a_server_that_is_not_there_passes() -> None:
    assert is_passing(raised(open_database("postgresql://127.0.0.1:1/nothing"), "select 1"))


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ["select 1/0", "select nothing", "selec 1", "select cast('x' as int)"])
def test_on_postgresql_what_the_work_does_does_not_pass(postgres: Engine, statement: str) -> None:
    assert not is_passing(raised(postgres, statement))


def test_on_sqlite_a_lock_passes(sqlite: Engine, tmp_path: Path) -> None:
    impatient = create_engine(f"sqlite:///{tmp_path}/a.db", connect_args={"timeout": 0})
    with sqlite.begin():
        error = raised(impatient, "insert into t values (1, 'a')")
    assert why_passing(error) == "somebody else writes"
    impatient.dispose()


def test_on_sqlite_a_full_disk_passes(sqlite: Engine) -> None:
    error = raised(sqlite, "pragma max_page_count=3", "insert into t values (1, zeroblob(100000))")
    assert why_passing(error) == "no room left"


def test_on_sqlite_a_folder_that_went_away_passes(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    engine = open_database(f"sqlite:///{tmp_path}/away/a.db")
    (tmp_path / "away").rmdir()
    assert is_passing(raised(engine, "select 1"))


@pytest.mark.parametrize("statement", ["select nothing", "selec 1", "insert into t values ('x', '')"])
def test_on_sqlite_what_the_work_does_does_not_pass(sqlite: Engine, statement: str) -> None:
    assert not is_passing(raised(sqlite, statement))


def test_a_fault_of_the_work_itself_does_not_pass() -> None:
    assert not is_passing(KeyError("x"))
    assert not is_passing(sqlite3.IntegrityError("x"))


def test_a_database_that_fails_is_waited_for_once_a_batch(sqlite: Engine, tmp_path: Path) -> None:
    """Each piece alone would wait for the lock as long again."""
    impatient = create_engine(f"sqlite:///{tmp_path}/a.db", connect_args={"timeout": 0})
    with sqlite.begin():
        error = raised(impatient, "insert into t values (1, 'a')")
    impatient.dispose()
    writer, begun = Writer(sqlite), list[int]()
    assert isinstance(error, DBAPIError)

    def held(_: Connection) -> None:
        futures.extend(writer.submit(fails) for _ in range(3))

    def fails(_: Connection) -> None:
        begun.append(1)
        raise error

    futures = list[object]()
    writer.write(held)
    for future in futures:
        with pytest.raises(DBAPIError):
            future.result()  # type: ignore[attr-defined]
    writer.close()
    assert len(begun) == 1
