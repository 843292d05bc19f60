"""Single values that outlive a restart."""

from sqlalchemy import Connection, select

from storage import sql
from storage.tables import kept


def keep(db: Connection, key: str, value: str) -> None:
    """Keep a single value."""
    sql.upsert(db, kept, {"key": key, "value": value})


def keep_first(db: Connection, key: str, value: str) -> str:
    """Keep a value unless one is kept already. Returns the one that is kept, the same for everybody."""
    sql.insert_once(db, kept, {"key": key, "value": value})
    return str(db.execute(select(kept.c.value).where(kept.c.key == key)).scalar_one())


def value(db: Connection, key: str) -> str | None:
    """A kept value."""
    return db.execute(select(kept.c.value).where(kept.c.key == key)).scalar_one_or_none()
