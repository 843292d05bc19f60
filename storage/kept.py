"""Single values that outlive a restart; among them the stamp, which says that what processes keep read has changed."""

from collections.abc import Callable

from sqlalchemy import Connection, select

from storage import sql
from storage.tables import kept

_STAMP = "stamp"
STAMP = select(kept.c.value).where(kept.c.key == _STAMP).scalar_subquery()
"""The stamp, for a statement that is made anyway."""


def keep(db: Connection, key: str, value: str) -> None:
    """Keep a single value."""
    sql.upsert(db, kept, {"key": key, "value": value})


def keep_first(db: Connection, key: str, value: str) -> str:
    """Keep a value unless one is kept already. Returns the one that is kept, the same for everybody."""
    sql.insert_once(db, kept, {"key": key, "value": value})
    return str(db.execute(select(kept.c.value).where(kept.c.key == key)).scalar_one())


def replace(db: Connection, key: str, to: str, gives_way: Callable[[str], bool]) -> str | None:
    """Put a value in the place of one that gives way. Returns what it was before, empty where there was none; None where it
    does not give way: of two who replace it at once, one does."""
    keep_first(db, key, "")
    before = str(db.execute(select(kept.c.value).where(kept.c.key == key).with_for_update()).scalar_one())
    if before == to or not gives_way(before):
        return None
    keep(db, key, to)
    return before


def value(db: Connection, key: str) -> str | None:
    """A kept value."""
    return db.execute(select(kept.c.value).where(kept.c.key == key)).scalar_one_or_none()


def stamp(db: Connection) -> str | None:
    """The stamp as it stands; None before it was ever moved. Whoever keeps something read remembers it with the stamp of then."""
    return value(db, _STAMP)


def move_stamp(db: Connection, by: str) -> None:
    """Something changed that processes keep read. ``by`` tells it apart from another change: of two that count the same,
    one was rolled back."""
    keep_first(db, _STAMP, "0")
    before = db.execute(select(kept.c.value).where(kept.c.key == _STAMP).with_for_update()).scalar_one()
    keep(db, _STAMP, f"{int(before.split()[0]) + 1} {by}")
