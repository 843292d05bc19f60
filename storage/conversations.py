"""Taking an update in: who wrote, where the conversation stands, and that it is taken once.

These are the statements of every turn, so they are few and written for Core.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from storage import sql, unreached
from storage.kept import STAMP
from storage.tables import Contact, Person, contact, conversation, person, received
from storage.tables import KeptConversation as KeptConversation

SEEN_EVERY = timedelta(minutes=1)
"""How stale "last seen" may grow before a turn spends a statement on it."""


@dataclass(frozen=True)
class OpenedConversation:
    """All that a turn begins with. ``person`` is None for a stranger; ``stamp`` as in :mod:`storage.kept`."""

    contact: Contact
    person: Person | None
    kept: KeptConversation
    stamp: str | None


_OPEN = (
    select(
        *(column for column in sql.columns(Contact, contact) if column.name != "person_id"),  # the person's, unless removed
        *sql.columns(KeptConversation, conversation), *sql.columns(Person, person, "person_"), STAMP.label("stamp"),
    )
    .select_from(
        contact.join(conversation, conversation.c.contact_id == contact.c.id).outerjoin(
            person, (person.c.id == contact.c.person_id) & person.c.removed_at.is_(None)
        )
    )
    .where(contact.c.channel == bindparam("channel"), contact.c.address == bindparam("address"))
)  # fmt: skip
_OPEN_LOCKED = _OPEN.with_for_update(of=(contact, conversation))
"""Both: of what is not locked, who waited would go on with what stood there before the wait."""
_KEEP = (
    update(conversation)
    .where(conversation.c.contact_id == bindparam("of_contact"))
    .values(topic=bindparam("topic"), data=bindparam("data"), updated_at=bindparam("updated_at"))
)
_SEEN = update(contact).where(contact.c.id == bindparam("of_contact")).values(last_seen_at=bindparam("at"), refused="")


class Sender(NamedTuple):
    """Who wrote, and in which update. ``comes``: an update that begins a conversation; one that says that somebody left does
    not."""

    channel: str
    address: str
    name: str = ""
    language: str = ""
    update_id: str = ""
    comes: bool = True


def open_conversation(db: Connection, sender: Sender, now: datetime) -> OpenedConversation | None:
    """Lock and read the conversation of that address, beginning it for somebody new. None where nobody is known there and
    the update begins nobody: who was forgotten is not begun anew by a second delivery, or by leaving.

    On PostgreSQL the rows of both are locked until the turn commits, so a message and a button
    of one person never run at once; SQLite's single writer gives the same.
    """
    opening = _OPEN_LOCKED if db.dialect.name == "postgresql" else _OPEN
    at = {"channel": sender.channel, "address": sender.address}
    row = db.execute(opening, at).first()
    if row is None:
        if not sender.comes or was_taken(db, sender.channel, sender.update_id):
            return None
        _begin(db, *sender[:4], now)
        row = db.execute(opening, at).one()
    if row.refused or now - row.last_seen_at > SEEN_EVERY:
        db.execute(_SEEN, {"of_contact": row.id, "at": now})
        if row.person_id is not None:
            unreached.clear(db, row.person_id)
    found = sql.by_name(row)
    who = None if row.person_id is None else sql.read(Person, found, "person_")
    return OpenedConversation(
        sql.read(Contact, found, refused="", last_seen_at=now), who, sql.read(KeptConversation, found), row.stamp
    )


def _begin(db: Connection, channel: str, address: str, name: str, language: str, now: datetime) -> None:
    values = {"channel": channel, "address": address, "name": name, "language": language, "refused": "", "last_seen_at": now}
    sql.insert_once(db, contact, values)  # another process may begin it too
    found = db.execute(select(contact.c.id).where(contact.c.channel == channel, contact.c.address == address)).scalar_one()
    sql.insert_once(db, conversation, {"contact_id": found, "topic": "", "data": {}, "updated_at": now})


def keep(db: Connection, contact_id: int, topic: str, data: dict[str, Any], now: datetime) -> None:
    """Leave the conversation at that topic with that data."""
    db.execute(_KEEP, {"of_contact": contact_id, "topic": topic, "data": data, "updated_at": now})


class Update(NamedTuple):
    """What a platform delivered, as it is remembered. ``fault``: why its turn failed."""

    channel: str
    update_id: str
    contact_id: int | None
    body: str
    fault: str = ""


def take_once(db: Connection, taken: Update, now: datetime) -> bool:
    """Remember an update by its exact id. False when it was taken before: a second delivery."""
    return sql.insert_once(db, received, {**taken._asdict(), "at": now}) is not None


_WAS_TAKEN = select(received.c.update_id).where(
    received.c.channel == bindparam("channel"), received.c.update_id == bindparam("update_id")
)


def was_taken(db: Connection, channel: str, update_id: str) -> bool:
    """Whether that update was taken in already."""
    return db.execute(_WAS_TAKEN, {"channel": channel, "update_id": update_id}).first() is not None


def said_by(db: Connection, contact_id: int, limit: int = 200) -> list[tuple[datetime, str]]:
    """What a contact said lately, oldest first: time and text."""
    rows = db.execute(
        select(received.c.at, received.c.body)
        .where(received.c.contact_id == contact_id, received.c.body != "")
        .order_by(received.c.at.desc())
        .limit(limit)
    ).all()
    return [(row.at, row.body) for row in reversed(rows)]


def record_contact(db: Connection, channel: str, address: str, name: str, now: datetime) -> int:
    """The id of that contact, begun if it is new. For rehearsals and the console."""
    _begin(db, channel, address, name, "", now)
    return int(db.execute(select(contact.c.id).where(contact.c.channel == channel, contact.c.address == address)).scalar_one())
