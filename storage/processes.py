"""The processes that are at work, each with a count that it raises every few seconds. What one that is gone had claimed is free.

No time is compared: whoever looks sees by its own clock whether a count still rises, so that clocks that differ or are set kill nobody.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.tables import inbox, outbox, process


def register(db: Connection, name: str, wall_now: datetime) -> None:
    """One more begins its work."""
    db.execute(insert(process), {"name": name, "beats": 1, "started_at": wall_now})


def beat(db: Connection, name: str, dead: Mapping[str, int]) -> bool:
    """Say that it lives; bury the ``dead`` whose count still stands where it was seen, and free what nobody living claims.

    False where somebody took it for dead meanwhile: what it had claimed is not its own any more.
    """
    lives = db.execute(update(process).where(process.c.name == name).values(beats=process.c.beats + 1)).rowcount == 1
    for other, beats in dead.items():
        db.execute(delete(process).where(process.c.name == other, process.c.beats == beats))
    _free(db)
    return lives


def others(db: Connection, name: str) -> dict[str, int]:
    """How far the count of everybody else is."""
    return {row.name: row.beats for row in db.execute(select(process.c.name, process.c.beats).where(process.c.name != name))}


def leave(db: Connection, name: str) -> None:
    """It stops. What it could not give back is free."""
    db.execute(delete(process).where(process.c.name == name))
    _free(db)


def begin_alone(db: Connection) -> None:
    """No other process can be at work on this database: every claim is of one that is gone."""
    db.execute(delete(process))
    for waiting in (outbox, inbox):
        db.execute(update(waiting).where(waiting.c.claimed_until.is_not(None)).values(claimed_until=None, claimed_by=""))


def _free(db: Connection) -> None:
    living = select(process.c.name)
    for waiting in (outbox, inbox):
        claimed = (waiting.c.claimed_until.is_not(None), waiting.c.claimed_by != "", waiting.c.claimed_by.not_in(living))
        state = (outbox.c.state == "waiting",) if waiting is outbox else ()
        db.execute(update(waiting).where(*state, *claimed).values(claimed_until=None, claimed_by=""))
