"""Databases that have the newest schema from the start: migrating each test's own was most of what short tests did."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import URL, make_url

from storage.database import migrate, open_database


def lay_schema(url: str | URL) -> None:
    """Give a SQLite database that isn't there yet the schema that the migrations make, made once a run. Others migrate themselves."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:") or Path(address.database).exists():
        return
    Path(address.database).write_bytes(_empty())


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = open_database(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        assert not path.with_name("empty.db-wal").exists()
        return path.read_bytes()
