"""Whether another process is at work on the same SQLite file, told by a lock that the system takes off whoever is gone."""

import os
from typing import IO

from sqlalchemy import Engine

try:
    import fcntl

    LOCKS = True
except ImportError:  # nobody is ever known to be alone
    LOCKS = False


class SoleUse:
    """Everybody at work holds the lock with all others; who gets it alone for a moment knows that nobody else is."""

    def __init__(self, engine: Engine) -> None:
        path = engine.url.database if engine.dialect.name == "sqlite" else None
        self._path = f"{path}.lock" if path and path != ":memory:" else ""
        self._file: IO[bytes] | None = None

    def alone(self) -> bool:
        """Whether nobody else is at work; from now on others see that somebody is, once it is said to :meth:`share`."""
        if not self._path or not LOCKS:
            return False
        try:
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "wb")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def share(self) -> None:
        """Others may begin too; waits for one that is just beginning."""
        if self._file:
            try:
                fcntl.flock(self._file, fcntl.LOCK_SH)
            except OSError:  # a file system without locks
                self.let_go()

    def let_go(self) -> None:
        """It stops."""
        if self._file:
            self._file.close()
            self._file = None
