"""Faults of the database that pass by themselves: then the same work is done again, and nobody has to hear of it.

What is the work's own fault (a constraint, a statement that can't be read) would fail again. Told by the codes that the databases
give, never by their words.
"""

import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

POSTGRES = {
    "08": "the connection broke",
    "25006": "it only reads: another server took over",
    "25P03": "the transaction was idle for too long",
    "40": "two transactions met, or waited for each other",
    "53": "no room, no memory or no connection left",
    "55P03": "somebody else holds the lock",
    "57P": "it stops, starts, or ended the connection",
    "58": "its machine failed it",
}
"""SQLSTATEs, or how they begin. https://www.postgresql.org/docs/current/errcodes-appendix.html"""
SQLITE = {
    sqlite3.SQLITE_BUSY: "somebody else writes",
    sqlite3.SQLITE_LOCKED: "somebody else writes",
    sqlite3.SQLITE_NOMEM: "no memory left",
    sqlite3.SQLITE_READONLY: "it can't be written",
    sqlite3.SQLITE_READONLY_DBMOVED: "its file was deleted or replaced: put the same file back, or restore a backup and start anew",
    sqlite3.SQLITE_IOERR: "its disk failed it",
    sqlite3.SQLITE_FULL: "no room left",
    sqlite3.SQLITE_CANTOPEN: "its file can't be opened",
    sqlite3.SQLITE_PROTOCOL: "somebody else opens it",
}
"""Primary result codes, and one of the others that is told apart. https://www.sqlite.org/rescode.html"""


def is_damaged(error: BaseException) -> bool:
    """Whether SQLite says that its file is no database, or not whole."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_without_room(error: BaseException) -> bool:
    """Whether SQLite could write no further: the disk is full, or the file may not be longer."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code == sqlite3.SQLITE_IOERR_WRITE or code & 0xFF == sqlite3.SQLITE_FULL


def is_passing(error: BaseException) -> bool:
    """Whether the same work may succeed a little later."""
    return bool(why_passing(error))


def why_passing(error: BaseException) -> str:
    """What is the matter for now, without anything that the work was about; empty where it is the work's own fault."""
    if isinstance(error, NoConnectionFree):
        return "no connection is free"
    if isinstance(error, PendingRollbackError):
        return "the connection broke"
    if not isinstance(error, DBAPIError):
        return ""
    cause: Any = error.orig
    sqlite_code = getattr(cause, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return SQLITE.get(sqlite_code) or SQLITE.get(sqlite_code & 0xFF, "")
    state = getattr(cause, "sqlstate", None)
    if state:
        return next((why for begins, why in POSTGRES.items() if state.startswith(begins)), "")
    broke = isinstance(error, OperationalError | InterfaceError | InternalError) and not isinstance(cause, sqlite3.Error)
    return "the connection broke" if error.connection_invalidated or broke else ""
