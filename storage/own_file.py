"""The file that a SQLite database was opened from: once it is deleted or replaced, what is written would go into nothing."""

import os
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection


class OwnFile:
    """The file at a path as it was first opened. It is there again once the same file, not a copy of it, is back."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._first: tuple[int, int] | None = None

    def watch(self, engine: Engine) -> None:
        """No connection is made to another file, which SQLite would create. In place of the dialect's own: its event would make
        every statement look for listeners."""
        engine.dialect.connect = partial(self._connect, engine.dialect.connect)  # type: ignore[method-assign]

    def check(self) -> None:
        """Raises what SQLite calls it when it notices."""
        if self._first is not None and self._found() != self._first:
            gone = sqlite3.OperationalError(f"the database's file {self.path} was deleted or replaced")
            gone.sqlite_errorcode, gone.sqlite_errorname = sqlite3.SQLITE_READONLY_DBMOVED, "SQLITE_READONLY_DBMOVED"
            raise gone

    def _found(self) -> tuple[int, int] | None:
        try:
            seen = os.stat(self.path)
        except OSError:
            return None
        return seen.st_dev, seen.st_ino

    def _connect(self, connect: Callable[..., DBAPIConnection], *arguments: Any, **named: Any) -> DBAPIConnection:
        self.check()
        made = connect(*arguments, **named)
        if self._first is None:
            self._first = self._found()
        return made
