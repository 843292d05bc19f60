"""Writing to somebody who did not just write: reminders, alerts, answers of the department.

A push goes to the channel that the person used last. What that channel refuses goes to the next, then to an approved
template where the campaign has one, then onto the managers' list of people who were not reached; the overseers hear of
it afterwards. Nothing is dropped.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers.pushing import alarms
from handlers.pushing.post import ALARM, PUSH, PUSH_KINDS, Worded, post, to_overseers, to_person
from handlers.pushing.ways import ways_to
from handlers.turn import World
from storage import groups, outbox, people
from storage.outbox import PIECES_OUT, Waiting
from storage.people import Person

SHUT = ("quota", "account")
"""Reasons for which a whole channel says nothing more, so that also a reply looks for another."""
OF_ONE_WAY = ("template", PIECES_OUT)
"""What a queued message carries for the way that it was on, and another way begins without."""


def push_to_person(
    db: Connection, world: World, person_id: int, language: str, worded: Worded, now: datetime, key: str, kind: str = PUSH
) -> bool:  # fmt: skip
    """Queue a push. False where there is no way to that person; then the managers' list has the name.

    ``key`` makes it go once, however often it is asked for.
    """
    posted = to_person(db, world, person_id, language, worded, now, key, kind)
    alarms.work_off(db, world, posted.missed, now)
    return posted.queued > 0


def push_to_overseers(db: Connection, world: World, worded: Worded, now: datetime, key: str, may_mute: bool = False) -> int:
    """Alert every manager and every bound group. Returns how many were written to. ``may_mute`` leaves out those who
    muted it."""
    posted = to_overseers(db, world, worded, now, key, may_mute=may_mute)
    alarms.work_off(db, world, posted.missed, now)
    return posted.queued


def give_up(db: Connection, world: World, waiting: Waiting, why: str, for_good: bool, now: datetime) -> None:
    """A message could not be delivered: a push takes the person's next way; a reply has none.

    ``for_good``: the channel refuses the address itself, so nothing more is sent there until the
    person writes again. A group that refuses is released from the alerts.
    """
    contact = people.contact_by_id(db, waiting.contact_id) if waiting.contact_id is not None else None
    if for_good and contact:
        people.mark_refused(db, contact.channel, contact.address, why)
    person_id = waiting.body.get("person") or (contact.person_id if contact else None)
    if person_id is None:
        if for_good and contact is None:
            groups.unbind(db, waiting.channel, waiting.address)
        return
    person = people.by_id(db, int(person_id))
    if person is None:
        return
    here = str(waiting.body.get("way") or waiting.contact_id)
    body = {name: value for name, value in waiting.body.items() if name not in OF_ONE_WAY}
    body = {**body, "person": person.id, "tried": [*waiting.body.get("tried", []), here]}
    if waiting.kind not in PUSH_KINDS:
        if why in SHUT:
            _reply_elsewhere(db, world, person, body, waiting.id, now)
        return
    posted = post(db, world, person, body, waiting.kind, now, f"instead:{waiting.id}", why)
    if waiting.kind != ALARM:
        alarms.work_off(db, world, posted.missed, now)


def _reply_elsewhere(db: Connection, world: World, person: Person, body: dict[str, Any], failed: int, now: datetime) -> None:
    """A reply whose channel is shut, on the person's next one; where there is none, it was written in vain."""
    for way in ways_to(db, world, person, "push"):
        if way.contact and way.template is None and way.name not in body["tried"]:
            outbox.queue(
                db, contact_id=way.contact.id, channel=way.channel, address=way.address, kind="reply",
                body={**body, "way": way.name}, now=now, key=f"instead:{failed}",
            )  # fmt: skip
            return
