"""Writing to somebody who did not just write: reminders, alerts, answers of the department."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from handlers.turn import Message, World
from handlers.words import Words
from storage import groups, outbox, people
from storage.outbox import Waiting

REMINDER = "reminder"
"""The outbox's kind of a message that the next day's makes stale."""
PUSH_KINDS = ("push", REMINDER)
Worded = Callable[[Words], Message]
"""A message, once the reader's language is known."""


def push_to_person(
    db: Connection, world: World, person_id: int, language: str, worded: Worded, now: datetime, key: str, kind: str = "push"
) -> bool:  # fmt: skip
    """Queue a push on the channel that the person used last. False where no channel takes it.

    ``key`` makes it go once, however often it is asked for.
    """
    for contact in people.contacts_of(db, [person_id]).get(person_id, []):
        if contact.refused:
            continue
        message = worded(world.languages.of(contact.language or language))
        outbox.queue(
            db, contact_id=contact.id, channel=contact.channel, address=contact.address, kind=kind,
            body=message.to_json(), now=now, key=key,
        )  # fmt: skip
        return True
    return False


def push_to_overseers(
    db: Connection, world: World, worded: Worded, now: datetime, key: str, but: int | None = None, may_mute: bool = False
) -> int:
    """Alert every manager and every bound group. Returns how many were written to.

    ``but`` leaves out the person who caused it; ``may_mute`` leaves out those who muted it.
    """
    reached = 0
    for person in people.overseers(db):
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


def give_up(db: Connection, world: World, waiting: Waiting, why: str, for_good: bool, now: datetime) -> None:
    """A message could not be delivered: try the person's next channel, or tell the managers.

    ``for_good``: the channel refuses the address itself, so nothing more is sent there until the
    person writes again. A group that refuses is released from the alerts.
    """
    if waiting.contact_id is None:
        if for_good:
            groups.unbind(db, waiting.channel, waiting.address)
        return
    contact = people.contact_by_id(db, waiting.contact_id)
    if contact is None:
        return
    if for_good:
        people.mark_refused(db, contact.channel, contact.address, why)
    person = people.by_id(db, contact.person_id) if contact.person_id is not None else None
    if person is None or waiting.kind not in PUSH_KINDS:
        return
    original = Message.from_json(waiting.body)
    for other in people.contacts_of(db, [person.id]).get(person.id, []):
        if not other.refused and other.id != contact.id:
            outbox.queue(
                db, contact_id=other.id, channel=other.channel, address=other.address, kind=waiting.kind,
                body=original.to_json(), now=now, key=f"instead:{waiting.id}",
            )  # fmt: skip
            return

    def worded(words: Words) -> Message:
        known = world.campaign.has_unit(person.unit)
        place = world.campaign.unit(person.unit).name.in_(words.language) if known else words.tr("people.all_units")
        return Message(words.tr("alarm.unreachable", name=person.name, unit=place, why=why))

    day = now.astimezone(world.campaign.zone).date()
    push_to_overseers(db, world, worded, now, f"unreachable:{person.id}:{day}", but=person.id)
