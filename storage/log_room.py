"""The log of a SQLite file where there is little room. SQLite works it off once it holds 4 MB; where so much never fits, every
commit failed for want of room, though what was in the log would have fitted into the file."""

import os
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

LITTLE = 16 * 1024 * 1024
"""Bytes left below which the log is worked off after every commit."""
LONGEST_WAIT = 30_000
"""Milliseconds that a connection waits for others; working off waits for nobody."""


class LogRoom:
    """The log of one database; none where it is no file of SQLite's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        path = engine.url.database if engine.dialect.name == "sqlite" else None
        self._folder = os.path.dirname(os.path.abspath(path)) if path and path != ":memory:" else ""

    def is_little(self) -> bool:
        """Whether the log may not grow to its usual length."""
        if not self._folder:
            return False
        try:
            left = os.statvfs(self._folder)
        except OSError:
            return False
        return left.f_bavail * left.f_frsize < LITTLE

    def work_off(self) -> bool:
        """Put all of the log into the file, and give its room back. False where that can't be done now; nothing is lost by that."""
        if not self._folder:
            return False
        try:
            connection: Any = self._engine.raw_connection()
        except DBAPIError:
            return False
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA busy_timeout=0")
            return bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        except self._engine.dialect.loaded_dbapi.Error:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout={LONGEST_WAIT}")
            connection.close()
