"""Opening the database, and bringing its schema up to date."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from storage.own_file import OwnFile

HEAD = "0013"
"""The newest migration. A test holds it to what Alembic says."""
SHRINKS = "PRAGMA auto_vacuum=INCREMENTAL"
"""A SQLite file that is begun like this can get smaller again (storage/upkeep.py). It comes before all else."""


class NotADatabase(ValueError):
    """An address that names no SQLite file and no PostgreSQL server. It is not repeated: it may hold a password."""


def open_database(url: str) -> Engine:
    """An engine for that address; a SQLite file's folder is created. NotADatabase: neither SQLite nor PostgreSQL.

    SQLite runs with a write-ahead log and full sync, and every transaction takes the write
    lock when it begins, so that a read-then-write can't be overtaken. No fault of either tells what it was about: faults are
    logged, and rows hold what people wrote.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise NotADatabase from None
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("postgresql+psycopg", "sqlite", "sqlite+pysqlite"):
        raise NotADatabase
    if address.get_backend_name() != "sqlite":
        engine = create_engine(address, pool_pre_ping=True, pool_size=20, json_serializer=as_json, hide_parameters=True)
        event.listen(engine, "handle_error", _tells_no_row)
        return engine
    own = OwnFile(address.database) if address.database and address.database != ":memory:" else None
    if own:
        Path(own.path).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"check_same_thread": False, "timeout": 30, "factory": _SqliteConnection}
    engine = create_engine(address, connect_args=arguments, json_serializer=as_json, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "checkin", _looks_no_more)
    if own:
        own.watch(engine)
    engine.dialect.do_begin = partial(_begin, own)  # type: ignore[method-assign]
    return engine


def _tells_no_row(context: ExceptionContext) -> None:
    """PostgreSQL adds the row that it refused."""
    primary = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    for error in (context.original_exception, context.sqlalchemy_exception):
        if primary and error:
            error.args = (primary,)


class _SqliteConnection(sqlite3.Connection):
    """``looks``: it only reads, and waits for no writer."""

    looks = False


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_json(value: object) -> str:
    """On one line, and always good UTF-8: half a sign from a hostile sender stays an escape."""
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace").decode()


def _prepare_sqlite(connection: object, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined] # we say BEGIN ourselves
    cursor = connection.cursor()  # type: ignore[attr-defined]
    is_new = cursor.execute("PRAGMA page_count").fetchone()[0] == 0  # later it would wait for whoever writes
    for pragma in (
        *((SHRINKS,) if is_new else ()),
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
    ):
        cursor.execute(pragma)
    cursor.close()


def _begin(own: OwnFile | None, dbapi_connection: PoolProxiedConnection) -> None:
    """In place of the dialect's own: SQLAlchemy's event would make each statement look for listeners, a quarter of its cost."""
    if own:
        own.check()
    connection: Any = dbapi_connection.driver_connection
    connection.execute("BEGIN" if connection.looks else "BEGIN IMMEDIATE")


def _looks_no_more(connection: Any, _: ConnectionPoolEntry) -> None:
    if connection is not None:  # what broke is not given back
        connection.looks = False


def reading(engine: Engine) -> Connection:
    """A connection for looking only: on SQLite it never waits for the writer. Close it."""
    db = engine.connect()
    connection: Any = db.connection.driver_connection
    if isinstance(connection, _SqliteConnection):
        connection.looks = True
    return db


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection for reading everything as it stood at one moment, whatever is written meanwhile. Nobody waits for it."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as db:
            yield db
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as db:
        yield db


def is_current(engine: Engine) -> bool:
    """Whether the schema is the newest one."""
    with reading(engine) as db:
        if not inspect(db).has_table("alembic_version"):
            return False
        return db.execute(text("select version_num from alembic_version")).scalar() == HEAD


def migrate(engine: Engine) -> None:
    """Bring the schema up to date. Alembic is slow to import, so only when something is to be done."""
    if is_current(engine):
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as db:
        if db.dialect.name == "postgresql":  # two processes may start at once
            db.exec_driver_sql("select pg_advisory_xact_lock(7340911)")
        config.attributes["connection"] = db
        command.upgrade(config, "head")


def damage(engine: Engine) -> str:
    """What is damaged in a SQLite file, the first that is found; empty where nothing is. A server looks after itself."""
    if engine.dialect.name != "sqlite":
        return ""
    with reading(engine) as db:
        found = str(db.execute(text("pragma quick_check(1)")).scalar())
    return "" if found == "ok" else found


def answers(engine: Engine) -> bool:
    """Whether the database answers at all."""
    with reading(engine) as db:
        return db.execute(text("select 1")).scalar() == 1
