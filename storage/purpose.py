"""What a database is for, said once: real people, or a rehearsal with made-up ones. It never becomes the other."""

from enum import StrEnum

from sqlalchemy import Connection, select

from rules.channels import CHANNELS
from storage import kept
from storage.tables import contact

_PURPOSE = "purpose"
_MADE_UP = tuple(record.name for record in CHANNELS.values() if record.made_up)


class Purpose(StrEnum):
    """What a database is for."""

    REAL = "real"
    REHEARSAL = "rehearsal"


def settle(db: Connection, wanted: Purpose) -> Purpose:
    """The database's purpose: what it was settled to be, else what is ``wanted`` now. One from before it was asked, with
    somebody on a platform in it, is real."""
    if kept.value(db, _PURPOSE) is None and _has_people(db):
        wanted = Purpose.REAL
    return Purpose(kept.keep_first(db, _PURPOSE, wanted))


def of(db: Connection) -> Purpose | None:
    """What it was settled to be; None before its first start."""
    found = kept.value(db, _PURPOSE)
    return None if found is None else Purpose(found)


def _has_people(db: Connection) -> bool:
    return db.execute(select(contact.c.id).where(contact.c.channel.not_in(_MADE_UP)).limit(1)).first() is not None
