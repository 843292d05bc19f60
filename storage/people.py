"""People, and their contacts on the channels."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from rules.channels import channel_named
from rules.people import Recipient, Role
from storage import sql
from storage.scope import all_campaigns
from storage.tables import AlertGroup, Invite, alert_group, assignment, contact, former, invite, link_code, person
from storage.tables import Contact as Contact
from storage.tables import Person as Person

_PERSON = select(*sql.columns(Person, person)).where(person.c.removed_at.is_(None)).order_by(person.c.id)
_BY_ID = _PERSON.where(person.c.id == bindparam("of_id"))
_OF_UNIT = _PERSON.where(person.c.unit == bindparam("of_unit"))
_OVERSEERS = _PERSON.where(or_(*(person.c.role == role for role in Role if role.oversees)))
_PERSON_AT = _PERSON.join(contact, contact.c.person_id == person.c.id).where(
    contact.c.channel == bindparam("on_channel"), contact.c.address == bindparam("at_address")
)
_CONTACT = select(*sql.columns(Contact, contact))
_CONTACT_BY_ID = _CONTACT.where(contact.c.id == bindparam("of_id"))
_CONTACT_AT = _CONTACT.where(contact.c.channel == bindparam("on_channel"), contact.c.address == bindparam("at_address"))


def join(db: Connection, contact_id: int, invited: Invite, name: str, language: str, now: datetime) -> Person:
    """Make the contact a person of the invited role and unit. An earlier role of it ends; who goes on overseeing keeps the
    groups."""
    values = {
        "name": name, "role": invited.role, "unit": invited.unit, "language": language, "joined_at": now, "muted": False,
        "phone": invited.phone,
    }  # fmt: skip
    fresh = sql.add(db, Person, person, values)
    if invited.role.oversees and (before := _holder(db, contact_id)) is not None:
        db.execute(update(alert_group).where(alert_group.c.bound_by == before).values(bound_by=fresh.id))
    leave(db, contact_id, now)
    db.execute(update(contact).where(contact.c.id == contact_id).values(person_id=fresh.id, name=name))
    return fresh


def _holder(db: Connection, contact_id: int) -> int | None:
    return db.execute(select(contact.c.person_id).where(contact.c.id == contact_id)).scalar_one_or_none()


def leave(db: Connection, contact_id: int, now: datetime) -> list[AlertGroup]:
    """End the role that a contact had, if this was its only contact. Returns the groups that are bound no more."""
    holder = _holder(db, contact_id)
    if holder is None:
        return []
    others = db.execute(select(contact.c.id).where(contact.c.person_id == holder, contact.c.id != contact_id)).first()
    if others is None:
        return remove(db, holder, now)
    db.execute(update(contact).where(contact.c.id == contact_id).values(person_id=None))
    return []


def remove(db: Connection, person_id: int, now: datetime) -> list[AlertGroup]:
    """Remove a person: all contacts are strangers at once. Returns the groups that are bound no more.

    The person's row comes first: who links another contact to it meanwhile is waited for, or waits and finds nobody.
    """
    db.execute(update(person).where(person.c.id == person_id).values(removed_at=now, phone=""))
    for contact_id in db.execute(select(contact.c.id).where(contact.c.person_id == person_id)).scalars().all():
        sql.insert_once(db, former, {"contact_id": contact_id, "person_id": person_id})
    db.execute(update(contact).where(contact.c.person_id == person_id).values(person_id=None))
    return _end(db, person_id, now)


def _end(db: Connection, person_id: int, now: datetime) -> list[AlertGroup]:
    """A role ended, and every door that it opened shuts: codes that were not used yet, groups that read along. The name stays
    with what was done under it, the telephone number does not."""
    db.execute(delete(link_code).where(link_code.c.person_id == person_id))
    _let_go(db, person_id)
    unused = (invite.c.created_by_id == person_id, invite.c.used_at.is_(None), invite.c.revoked_at.is_(None))
    db.execute(update(invite).where(*unused).values(revoked_at=now))
    bound = sql.many(db, AlertGroup, select(*sql.columns(AlertGroup, alert_group)).where(alert_group.c.bound_by == person_id))
    db.execute(delete(alert_group).where(alert_group.c.bound_by == person_id))
    return bound


def _let_go(db: Connection, person_id: int) -> None:
    """What somebody had in hand is everybody's of the unit again."""
    db.execute(all_campaigns(delete(assignment).where(assignment.c.person_id == person_id)))
    db.execute(all_campaigns(update(assignment).where(assignment.c.before_id == person_id).values(before_id=None)))


def move(db: Connection, person_id: int, unit: str) -> None:
    """Move a person to another unit, without what was in hand there."""
    _let_go(db, person_id)
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
    return sql.many(db, Person, _PERSON)


def of_unit(db: Connection, unit: str) -> list[Person]:
    """Everybody of a unit, in the order of joining."""
    return sql.many(db, Person, _OF_UNIT, {"of_unit": unit})


def overseers(db: Connection) -> list[Person]:
    """Managers and administrators, in the order of joining."""
    return sql.many(db, Person, _OVERSEERS)


def by_id(db: Connection, person_id: int) -> Person | None:
    """That person, unless removed."""
    return sql.one(db, Person, _BY_ID, {"of_id": person_id})


def person_at(db: Connection, channel: str, address: str) -> Person | None:
    """Who sits at that address, unless removed; None for a stranger."""
    return sql.one(db, Person, _PERSON_AT, {"on_channel": channel, "at_address": address})


def contacts_of(db: Connection, person_ids: list[int]) -> dict[int, list[Contact]]:
    """The contacts of those people, the one used last first."""
    theirs = _CONTACT.where(contact.c.person_id.in_(person_ids))
    found: dict[int, list[Contact]] = {}
    for each in sql.many(db, Contact, theirs.order_by(contact.c.last_seen_at.desc(), contact.c.id.desc())):
        if each.person_id is not None:
            found.setdefault(each.person_id, []).append(each)
    return found


def contact_by_id(db: Connection, contact_id: int) -> Contact | None:
    """That contact."""
    return sql.one(db, Contact, _CONTACT_BY_ID, {"of_id": contact_id})


def locked_contact(db: Connection, contact_id: int) -> Contact | None:
    """That contact, as no turn of its own can change it any more."""
    return sql.one(db, Contact, _CONTACT_BY_ID.with_for_update(), {"of_id": contact_id})


def contact_at(db: Connection, channel: str, address: str) -> Contact | None:
    """The contact at that address."""
    return sql.one(db, Contact, _CONTACT_AT, {"on_channel": channel, "at_address": address})


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
    usable = [(channel_named(c.channel).window, c.last_seen_at) for c in contacts if not c.refused]
    if not all(window for window, _ in usable):
        return None
    return max((window.closes_at(seen) for window, seen in usable if window), default=None)


def mark_refused(db: Connection, channel: str, address: str, why: str) -> int | None:
    """A channel refuses that address for good. Returns the person, if it was somebody's."""
    db.execute(update(contact).where(contact.c.channel == channel, contact.c.address == address).values(refused=why))
    found = contact_at(db, channel, address)
    return found.person_id if found else None


def change_address(db: Connection, channel: str, old: str, new: str) -> None:
    """A chat moved to another address (Telegram: a group became a supergroup)."""
    if contact_at(db, channel, new) is None:
        db.execute(update(contact).where(contact.c.channel == channel, contact.c.address == old).values(address=new))
