"""What comes in by itself and is told to those who oversee: at most once an hour, what came meanwhile
together."""

from datetime import datetime, timedelta

from handlers.desk import Desk
from storage import kept

EVERY = timedelta(hours=1)


def told_lately(desk: Desk, key: str) -> bool:
    """Whether something of that kind was told within the hour; a time to come is of a clock that was set."""
    last = kept.value(desk.db, key)
    return last is not None and timedelta() <= desk.now - datetime.fromisoformat(last) < EVERY


def note_told(desk: Desk, key: str) -> None:
    """It was told now."""
    kept.keep(desk.db, key, desk.now.isoformat())
