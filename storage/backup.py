"""All tables at once: taken out as JSON lines, put back into an empty database of either kind, emptied."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, Table, func, insert, select
from sqlalchemy.exc import CompileError, DataError, IntegrityError, InterfaceError, ProgrammingError

from storage.database import as_json
from storage.kept import move_stamp
from storage.scope import all_campaigns
from storage.tables import ALL, kept, process
from storage.types import UtcDateTime

TAKEN = tuple(table for table in ALL if table is not process)
"""Who is at work belongs to the moment: claims of who is not are free."""
NONE_OF_OURS = (CompileError, DataError, IntegrityError, InterfaceError, ProgrammingError)
"""What :func:`restore` raises where rows are of another program's making."""


class NotEmpty(RuntimeError):
    """There is something in that table already."""


def dump(db: Connection) -> Iterator[tuple[str, str]]:
    """Each table's name, and its rows as JSON lines."""
    for table in TAKEN:
        rows = db.execute(all_campaigns(select(table).order_by(*table.primary_key.columns))).mappings()
        yield table.name, "\n".join(as_json(_plain(row)) for row in rows)


def restore(db: Connection, lines_of: Callable[[str], str]) -> None:
    """Put rows into an empty database: ``lines_of`` gives a table's. Raises NotEmpty; single values give way."""
    for table in TAKEN:
        if table is not kept and db.execute(all_campaigns(select(func.count()).select_from(table))).scalar_one():
            raise NotEmpty(table.name)
    empty(db)
    for table in TAKEN:
        rows = [_typed(table, json.loads(line)) for line in lines_of(table.name).split("\n") if line]
        if rows:
            db.execute(insert(table), rows)
        if db.dialect.name == "postgresql" and "id" in table.c:
            highest = func.setval(func.pg_get_serial_sequence(table.name, "id"), func.coalesce(func.max(table.c.id), 1))
            db.execute(all_campaigns(select(highest)))
    move_stamp(db, "restored")


def empty(db: Connection) -> None:
    """Nothing is left."""
    for table in reversed(ALL):
        db.execute(all_campaigns(table.delete()))


def _plain(row: Any) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime | date) else value for key, value in row.items()}


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for column in table.c:
        value = row.get(column.name)
        if value is not None and isinstance(column.type, UtcDateTime):
            typed[column.name] = datetime.fromisoformat(value)
        elif value is not None and isinstance(column.type, Date):
            typed[column.name] = date.fromisoformat(value)
    return typed
