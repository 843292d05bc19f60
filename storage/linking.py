"""Codes by which a person links another channel: six digits, nine while many wrong ones are typed; a quarter of an hour, five
tries."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from rules.codes import LINK_LENGTH, LONG_LINK_LENGTH, new_link_code
from storage.tables import contact, link_code, link_try, person

CODE_LIFE = timedelta(minutes=15)
MOST_TRIES = 5
"""Wrong codes from one contact within :data:`CODE_LIFE`, after which it has to wait."""
MOST_TRIES_OF_ALL = 100
"""Wrong codes from everybody together, after which six digits are no code: they are not to be searched by many accounts at
once. Nine are, for they can't be, so that nobody shuts linking for all."""


def _hash(code: str) -> str:
    return hashlib.sha256(b"dondoc-link:" + code.encode()).hexdigest()


def create_code(db: Connection, person_id: int, now: datetime, pick: Callable[[str], str]) -> str:
    """A new code for a person; the one before is void."""
    length = LINK_LENGTH if tries(db, 0, now)[1] * 2 < MOST_TRIES_OF_ALL else LONG_LINK_LENGTH
    db.execute(delete(link_code).where((link_code.c.person_id == person_id) | (link_code.c.expires_at <= now)))
    while True:
        code = new_link_code(pick, length)
        taken = select(link_code.c.code_hash).where(link_code.c.code_hash == _hash(code))
        if db.execute(taken).first() is None:
            break
    db.execute(insert(link_code).values(code_hash=_hash(code), person_id=person_id, expires_at=now + CODE_LIFE))
    return code


def tries(db: Connection, contact_id: int, now: datetime) -> tuple[int, int]:
    """Wrong codes of late: by that contact, by everybody."""
    lately = link_try.c.at > now - CODE_LIFE
    mine = db.execute(select(func.count()).where(lately, link_try.c.contact_id == contact_id)).scalar_one()
    return int(mine), int(db.execute(select(func.count()).where(lately)).scalar_one())


def note_try(db: Connection, contact_id: int, now: datetime) -> None:
    """A wrong code was typed."""
    db.execute(delete(link_try).where(link_try.c.at <= now - CODE_LIFE))
    db.execute(insert(link_try).values(contact_id=contact_id, at=now))


def owner(db: Connection, code: str, now: datetime) -> int | None:
    """Whose code that is, while it lives."""
    living = select(link_code.c.person_id).where(
        link_code.c.code_hash == _hash(code), link_code.c.used_at.is_(None), link_code.c.expires_at > now
    )  # fmt: skip
    return db.execute(living).scalar_one_or_none()


def use(db: Connection, code: str, now: datetime) -> int | None:
    """Use a code up: its person, for the one who comes first."""
    used = (
        update(link_code)
        .where(link_code.c.code_hash == _hash(code), link_code.c.used_at.is_(None), link_code.c.expires_at > now)
        .values(used_at=now)
        .returning(link_code.c.person_id)
    )  # fmt: skip
    return db.execute(used).scalar_one_or_none()


def link(db: Connection, contact_id: int, person_id: int, now: datetime) -> bool:
    """The contact is that person's from now on, and the channel used last. False where that one was just removed."""
    there = select(person.c.id).where(person.c.id == person_id, person.c.removed_at.is_(None)).with_for_update(read=True)
    if db.execute(there).first() is None:
        return False
    db.execute(update(contact).where(contact.c.id == contact_id).values(person_id=person_id, last_seen_at=now))
    return True
