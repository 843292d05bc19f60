"""Writing to somebody who did not just write: reminders, alerts, answers of the department."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from handlers.turn import Message, World
from handlers.words import Words
from storage import groups, outbox, people
from storage.people import Person

Worded = Callable[[Words], Message]
"""A message, once the reader's language is known."""


def push_to_person(db: Connection, world: World, person_id: int, language: str, worded: Worded, now: datetime, key: str) -> bool:
    """Queue a push on the channel that the person used last. False where no channel takes it.

    ``key`` makes it go once, however often it is asked for.
    """
    for contact in people.contacts_of(db, [person_id]).get(person_id, []):
        if contact.refused:
            continue
        message = worded(world.languages.of(contact.language or language))
        outbox.queue(
            db, contact_id=contact.id, channel=contact.channel, address=contact.address, kind="push",
            body=message.to_json(), now=now, key=key,
        )  # fmt: skip
        return True
    return False


def overseers(db: Connection) -> list[Person]:
    """Managers and administrators."""
    return [person for person in people.present(db) if person.role.oversees]


def push_to_overseers(
    db: Connection, world: World, worded: Worded, now: datetime, key: str, but: int | None = None, may_mute: bool = False
) -> int:
    """Alert every manager and every bound group. Returns how many were written to.

    ``but`` leaves out the person who caused it; ``may_mute`` leaves out those who muted it.
    """
    reached = 0
    for person in overseers(db):
        if person.id == but or (may_mute and person.muted):
            continue
        reached += push_to_person(db, world, person.id, person.language, worded, now, f"{key}:p{person.id}")
    for group in groups.bound(db):
        message = worded(world.languages.of(""))
        plain = Message(message.text, file=message.file)
        queued = outbox.queue(
            db, contact_id=None, channel=group.channel, address=group.address, kind="push", body=plain.to_json(),
            now=now, key=f"{key}:g{group.channel}{group.address}",
        )  # fmt: skip
        reached += queued is not None
    return reached
