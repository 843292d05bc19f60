"""People, their contacts, and the invites by which they join."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from rules.codes import looks_like_invite, new_invite, tidy
from rules.ladder import Recipient, Role
from rules.windows import OPEN_FOR
from storage.tables import contact, invite, person

INVITE_LIFE = timedelta(days=14)
CLOSING = ("zalo_oa",)
"""Channels that take messages only within a window after the person's last."""


@dataclass(frozen=True)
class Person:
    """Somebody who joined. ``unit`` is empty for managers and administrators."""

    id: int
    name: str
    role: Role
    unit: str
    language: str
    joined_at: datetime
    muted: bool = False
    phone: str = ""


@dataclass(frozen=True)
class Contact:
    """A person, or a stranger, on a channel. ``refused`` says why the channel refuses for good, ``seen_at`` when
    the person wrote there last, to a minute."""

    id: int
    person_id: int | None
    channel: str
    address: str
    name: str
    language: str
    refused: str
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Invite:
    """What a code grants."""

    role: Role
    unit: str
    name: str
    expires_at: datetime
    phone: str = ""


@dataclass(frozen=True)
class CreatedInvite(Invite):
    """A new invite with its code, which is shown once and never kept."""

    code: str = ""


def _person(row: Any) -> Person:
    return Person(row.id, row.name, Role(row.role), row.unit, row.language, row.joined_at, row.muted, row.phone)


def _contact(row: Any) -> Contact:
    return Contact(row.id, row.person_id, row.channel, row.address, row.name, row.language, row.refused, row.last_seen_at)


def _hash(given: str) -> str:
    return hashlib.sha256(b"dondoc-invite:" + tidy(given).encode()).hexdigest()


def create_invite(
    db: Connection, role: Role, unit: str, name: str, created_by: str, now: datetime, pick: Callable[[str], str],
    phone: str = "",
) -> CreatedInvite:  # fmt: skip
    """A one-time code for that role, good for :data:`INVITE_LIFE`."""
    fresh = CreatedInvite(role, unit, name, now + INVITE_LIFE, phone, new_invite(pick))
    db.execute(
        insert(invite).values(
            code_hash=_hash(fresh.code), role=role.value, unit=unit, name=name, created_by=created_by, created_at=now,
            expires_at=fresh.expires_at, phone=phone,
        )
    )  # fmt: skip
    return fresh


def redeem(db: Connection, given: str, used_by: int | None, now: datetime) -> Invite | None:
    """Use up a code. None where it is unknown, used or expired.

    The update is conditional: of two who send one code at once, exactly one gets it.
    """
    key = _hash(given)
    used = db.execute(
        update(invite)
        .where(invite.c.code_hash == key, invite.c.used_at.is_(None), invite.c.expires_at > now)
        .values(used_at=now, used_by=used_by)
    )
    if used.rowcount != 1:
        return None
    row = db.execute(select(invite).where(invite.c.code_hash == key)).one()
    return Invite(Role(row.role), row.unit, row.name, row.expires_at, row.phone)


def invite_user(db: Connection, given: str) -> int | None:
    """The contact that used a code, so that its owner may send it again without harm."""
    return db.execute(select(invite.c.used_by).where(invite.c.code_hash == _hash(given))).scalar_one_or_none()


def is_invite(db: Connection, given: str) -> bool:
    """Whether that is the code of an invite, used or not."""
    if not looks_like_invite(given):
        return False
    return db.execute(select(invite.c.code_hash).where(invite.c.code_hash == _hash(given))).first() is not None


def join(db: Connection, contact_id: int, invited: Invite, name: str, language: str, now: datetime) -> Person:
    """Make the contact a person of the invited role and unit. An earlier role of it ends."""
    leave(db, contact_id, now)
    person_id = db.execute(
        insert(person)
        .values(
            name=name,
            role=invited.role.value,
            unit=invited.unit,
            language=language,
            joined_at=now,
            muted=False,
            phone=invited.phone,
        )
        .returning(person.c.id)
    ).scalar_one()
    db.execute(update(contact).where(contact.c.id == contact_id).values(person_id=person_id, name=name))
    return Person(person_id, name, invited.role, invited.unit, language, now, phone=invited.phone)


def leave(db: Connection, contact_id: int, now: datetime) -> None:
    """End the role that a contact had, if this was its only contact."""
    holder = db.execute(select(contact.c.person_id).where(contact.c.id == contact_id)).scalar_one_or_none()
    if holder is None:
        return
    db.execute(update(contact).where(contact.c.id == contact_id).values(person_id=None))
    others = db.execute(select(contact.c.id).where(contact.c.person_id == holder)).first()
    if others is None:
        db.execute(update(person).where(person.c.id == holder).values(removed_at=now))


def remove(db: Connection, person_id: int, now: datetime) -> None:
    """Remove a person: all contacts are strangers at once."""
    db.execute(update(person).where(person.c.id == person_id).values(removed_at=now))
    db.execute(update(contact).where(contact.c.person_id == person_id).values(person_id=None))


def move(db: Connection, person_id: int, unit: str) -> None:
    """Move a person to another unit."""
    db.execute(update(person).where(person.c.id == person_id).values(unit=unit))


def set_language(db: Connection, contact_id: int, person_id: int | None, language: str) -> None:
    """Remember the language somebody chose."""
    db.execute(update(contact).where(contact.c.id == contact_id).values(language=language))
    if person_id is not None:
        db.execute(update(person).where(person.c.id == person_id).values(language=language))


def set_muted(db: Connection, person_id: int, muted: bool) -> None:
    """Whether a manager is told of each submission at once."""
    db.execute(update(person).where(person.c.id == person_id).values(muted=muted))


def set_phone(db: Connection, person_id: int, phone: str) -> None:
    """Where templates by phone go; empty takes it away."""
    db.execute(update(person).where(person.c.id == person_id).values(phone=phone))


def present(db: Connection) -> list[Person]:
    """Everybody who joined and was not removed, in the order of joining."""
    rows = db.execute(select(person).where(person.c.removed_at.is_(None)).order_by(person.c.id)).all()
    return [_person(r) for r in rows]


_OF_UNIT = select(person).where(person.c.removed_at.is_(None), person.c.unit == bindparam("of_unit")).order_by(person.c.id)
_OVERSEERS = (
    select(person)
    .where(person.c.removed_at.is_(None), or_(*(person.c.role == role.value for role in Role if role.oversees)))
    .order_by(person.c.id)
)


def of_unit(db: Connection, unit: str) -> list[Person]:
    """Everybody of a unit, in the order of joining."""
    rows = db.execute(_OF_UNIT, {"of_unit": unit}).all()
    return [_person(r) for r in rows]


def overseers(db: Connection) -> list[Person]:
    """Managers and administrators, in the order of joining."""
    rows = db.execute(_OVERSEERS).all()
    return [_person(r) for r in rows]


def by_id(db: Connection, person_id: int) -> Person | None:
    """That person, unless removed."""
    r = db.execute(select(person).where(person.c.id == person_id, person.c.removed_at.is_(None))).first()
    return _person(r) if r else None


def contacts_of(db: Connection, person_ids: list[int]) -> dict[int, list[Contact]]:
    """The contacts of those people, the one used last first."""
    rows = db.execute(
        select(contact).where(contact.c.person_id.in_(person_ids)).order_by(contact.c.last_seen_at.desc(), contact.c.id.desc())
    ).all()
    found: dict[int, list[Contact]] = {}
    for r in rows:
        found.setdefault(r.person_id, []).append(_contact(r))
    return found


def contact_by_id(db: Connection, contact_id: int) -> Contact | None:
    """That contact."""
    r = db.execute(select(contact).where(contact.c.id == contact_id)).first()
    return _contact(r) if r else None


def contact_at(db: Connection, channel: str, address: str) -> Contact | None:
    """The contact at that address."""
    r = db.execute(select(contact).where(contact.c.channel == channel, contact.c.address == address)).first()
    return _contact(r) if r else None


def recipients(db: Connection) -> tuple[Recipient, ...]:
    """Everybody whom the clock may write to, and whether messages reach them."""
    everyone = present(db)
    contacts = contacts_of(db, [p.id for p in everyone])
    return tuple(
        Recipient(
            p.id, p.name, p.role, p.unit, p.joined_at, p.language,
            reachable=any(not c.refused for c in contacts.get(p.id, [])), closes_at=_closes_at(contacts.get(p.id, [])),
        )
        for p in everyone
    )  # fmt: skip


def _closes_at(contacts: list[Contact]) -> datetime | None:
    """When nothing but a window is left and it closes."""
    usable = [c for c in contacts if not c.refused]
    if any(c.channel not in CLOSING for c in usable):
        return None
    return max((c.seen_at + OPEN_FOR for c in usable if c.seen_at), default=None)


def mark_refused(db: Connection, channel: str, address: str, why: str) -> int | None:
    """A channel refuses that address for good. Returns the person, if it was somebody's."""
    db.execute(update(contact).where(contact.c.channel == channel, contact.c.address == address).values(refused=why))
    found = contact_at(db, channel, address)
    return found.person_id if found else None


def change_address(db: Connection, channel: str, old: str, new: str) -> None:
    """A chat moved to another address (Telegram: a group became a supergroup)."""
    if contact_at(db, channel, new) is None:
        db.execute(update(contact).where(contact.c.channel == channel, contact.c.address == old).values(address=new))
