"""The managers' list of people whom the last push did not reach on any channel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from storage import sql
from storage.tables import contact, outbox, person, unreached


@dataclass(frozen=True)
class Unreached:
    """Who, of which unit, why (a reason's name), on which channel it was tried last, and since when."""

    person_id: int
    name: str
    unit: str
    why: str
    channel: str
    at: datetime
    told_at: datetime | None
    """When who oversees was told; None as long as nobody was."""


_REACHED = (
    select(outbox.c.id)
    .join(contact, contact.c.id == outbox.c.contact_id)
    .where(contact.c.person_id == unreached.c.person_id, outbox.c.state == "sent", outbox.c.sent_at > unreached.c.at)
    .correlate(unreached)
    .exists()
)
_EVERYBODY = (
    select(unreached, person.c.name, person.c.unit)
    .join(person, person.c.id == unreached.c.person_id)
    .where(person.c.removed_at.is_(None), ~_REACHED)
    .order_by(unreached.c.at, unreached.c.person_id)
)


def note(db: Connection, person_id: int, why: str, channel: str, now: datetime) -> None:
    """A push to somebody came to nothing; the newest reason counts. Who was reached in between is news again."""
    db.execute(delete(unreached).where(unreached.c.person_id == person_id, _REACHED))
    sql.upsert(db, unreached, {"person_id": person_id, "why": why, "channel": channel, "at": now})


def clear(db: Connection, person_id: int) -> None:
    """Somebody wrote, or was reached."""
    db.execute(delete(unreached).where(unreached.c.person_id == person_id))


def everybody(db: Connection) -> list[Unreached]:
    """The list, longest unreached first, without those who were removed or whom a message has reached since."""
    return sql.many(db, Unreached, _EVERYBODY)


def untold(db: Connection) -> list[Unreached]:
    """Those of the list of whom nobody who oversees has heard."""
    return sql.many(db, Unreached, _EVERYBODY.where(unreached.c.told_at.is_(None)))


def mark_told(db: Connection, persons: Iterable[int], now: datetime) -> None:
    """Who oversees was told of those people."""
    db.execute(update(unreached).where(unreached.c.person_id.in_(list(persons))).values(told_at=now))
