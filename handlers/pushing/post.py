"""Putting a push into the outbox, on the best way that is left. Where none is left the person is noted, and nothing else
happens here: no alarm is raised, so that posting an alarm can never call for another (handlers/pushing/alarms.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers.pushing.ways import sends_on, ways_to
from handlers.turn import Message, World
from handlers.wording.catalogs import Words
from rules.campaign.model import Template
from storage import groups, outbox, people, unreached
from storage.people import Person

PUSH = "push"
"""The outbox's kind of a message to somebody who did not just write."""
REMINDER = "reminder"
"""The outbox's kind of a push that the next day's makes stale."""
ALARM = "alarm"
"""The outbox's kind of a push that tells overseers whom no message reaches."""
PUSH_KINDS = (PUSH, REMINDER, ALARM)
LONGEST_VALUE = 90
"""Signs of a template's parameter."""
Worded = Callable[[Words], Message]
"""A message, once the reader's language is known."""


@dataclass(frozen=True)
class Missed:
    """Somebody to whom no way is left, and why. The managers' list has the name already."""

    person: Person
    why: str


@dataclass(frozen=True)
class Posted:
    """What posting came to: how many messages wait now, and who was missed."""

    queued: int = 0
    missed: tuple[Missed, ...] = ()

    def __add__(self, other: "Posted") -> "Posted":
        return Posted(self.queued + other.queued, self.missed + other.missed)


def to_person(
    db: Connection, world: World, person_id: int, language: str, worded: Worded, now: datetime, key: str, kind: str = PUSH
) -> Posted:  # fmt: skip
    """Post to one person, in that person's language. ``key`` makes it go once, however often it is asked for."""
    person = people.by_id(db, person_id)
    if person is None:
        return Posted()
    usual = next((c for c in people.contacts_of(db, [person_id]).get(person_id, []) if not c.refused), None)
    words = world.languages.of((usual.language if usual else "") or language)
    message = replace(worded(words), language=words.language)
    return post(db, world, person, {**message.to_json(), "person": person_id}, kind, now, key)


def to_overseers(
    db: Connection, world: World, worded: Worded, now: datetime, key: str, kind: str = PUSH, but: int | None = None,
    may_mute: bool = False,
) -> Posted:  # fmt: skip
    """Post to every manager and every bound group. ``but`` leaves out the person who caused it; ``may_mute`` those who
    muted it."""
    posted = Posted()
    for person in people.overseers(db):
        own = f"{key}:p{person.id}"
        if person.id == but or (may_mute and person.muted) or outbox.is_queued(db, own):
            continue
        posted += to_person(db, world, person.id, person.language, worded, now, own, kind)
    for group in groups.bound(db):
        if not sends_on(world, group.channel):
            continue
        message = worded(world.languages.of(""))
        plain = Message(message.text, file=message.file)
        queued = outbox.queue(
            db, contact_id=None, channel=group.channel, address=group.address, kind=kind, body=plain.to_json(),
            now=now, key=f"{key}:g{group.channel}{group.address}",
        )  # fmt: skip
        posted += Posted(int(queued is not None))
    return posted


def post(
    db: Connection, world: World, person: Person, body: dict[str, Any], kind: str, now: datetime, key: str, refused: str = ""
) -> Posted:  # fmt: skip
    """Queue on the best way that was not tried yet. Where none is left the person is noted, with why the last one ``refused``."""
    tried: list[str] = body.get("tried", [])
    about = str(body.get("facts", {}).get("kind", "push"))
    left = [way for way in ways_to(db, world, person, about) if way.name not in tried]
    if not left:
        return Posted(missed=(_note(db, person, refused, tried, now),))
    way = left[0]
    sent = body if way.template is None else {**body, **_filled(way.template, person, body)}
    outbox.queue(
        db, contact_id=way.contact.id if way.contact else None, channel=way.channel, address=way.address, kind=kind,
        body={**sent, "way": way.name}, now=now, key=key,
    )  # fmt: skip
    return Posted(1)


def _note(db: Connection, person: Person, refused: str, tried: list[str], now: datetime) -> Missed:
    contacts = {str(c.id): c for c in people.contacts_of(db, [person.id]).get(person.id, [])}
    last = next((contacts[name].channel for name in reversed(tried) if name in contacts), "")
    why = refused or next((c.refused for c in contacts.values() if c.refused), "no_way")
    unreached.note(db, person.id, why, last, now)
    return Missed(person, why)


def _filled(template: Template, person: Person, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a template carries instead of the message."""
    facts = {"name": person.name, "text": str(body["text"]).split("\n", 1)[0], **body.get("facts", {})}
    data = {name: _short(str(facts.get(value, ""))) for name, value in template.fields}
    return {"template": {"id": template.id, "data": data, "price": template.price}}


def _short(text: str) -> str:
    """A value that fits, and is never empty: a template refuses that."""
    text = " ".join(text.split()) or "-"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1].rstrip() + "…"
