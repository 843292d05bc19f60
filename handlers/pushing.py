"""Writing to somebody who did not just write: reminders, alerts, answers of the department.

A push goes to the channel that the person used last. What that channel refuses goes to the next, then to an approved
template where the campaign has one, then onto the managers' list of people who were not reached. Nothing is dropped.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers.describing import why_text
from handlers.turn import Message, World
from handlers.words import Words
from rules.campaign import Template
from rules.channels import CHANNELS, channel_named
from storage import groups, outbox, people, unreached
from storage.outbox import Waiting
from storage.people import Contact, Person

REMINDER = "reminder"
"""The outbox's kind of a message that the next day's makes stale."""
PUSH_KINDS = ("push", REMINDER)
SHUT = ("quota", "account")
"""Reasons for which a whole channel says nothing more, so that also a reply looks for another."""
BY_USER, BY_PHONE = next((c.template_of, c.name) for c in CHANNELS.values() if c.template_of)
"""The channels of templates: to a user of the account, and to a telephone number."""
LONGEST_VALUE = 90
"""Signs of a template's parameter."""
Worded = Callable[[Words], Message]
"""A message, once the reader's language is known."""


@dataclass(frozen=True)
class Way:
    """How a push can reach somebody: on a contact, or by a template. ``name`` tells ways apart."""

    name: str
    channel: str
    address: str
    contact: Contact | None = None
    template: Template | None = None


def ways_to(db: Connection, world: World, person: Person, about: str) -> list[Way]:
    """Every way to reach somebody with a push of that kind, the best first."""
    contacts = [c for c in people.contacts_of(db, [person.id]).get(person.id, []) if not c.refused]
    called = [c for c in contacts if channel_named(c.channel).called and _sends_on(world, c.channel)]
    found = [Way(str(c.id), c.channel, c.address, c) for c in called]
    if _sends_on(world, BY_USER):
        found += _templates(db, world, person, about)
    return found or [Way(str(c.id), c.channel, c.address, c) for c in contacts if not channel_named(c.channel).called]


def _sends_on(world: World, channel: str) -> bool:
    return world.channels is None or channel in world.channels


def _templates(db: Connection, world: World, person: Person, about: str) -> Iterator[Way]:
    """The templates for that kind of push that have somewhere to go. An account that was unfollowed takes them too."""
    for number, template in enumerate(world.campaign.zalo.templates_for(about)):
        name = f"template{number}"
        if template.by == "phone" and person.phone:
            yield Way(name, BY_PHONE, person.phone, None, template)
        if template.by == "user":
            for contact in people.contacts_of(db, [person.id]).get(person.id, []):
                if contact.channel == BY_USER:
                    yield Way(name, BY_USER, contact.address, contact, template)


def push_to_person(
    db: Connection, world: World, person_id: int, language: str, worded: Worded, now: datetime, key: str, kind: str = "push"
) -> bool:  # fmt: skip
    """Queue a push. False where there is no way to that person; then the managers' list has the name.

    ``key`` makes it go once, however often it is asked for.
    """
    person = people.by_id(db, person_id)
    if person is None:
        return False
    usual = next((c for c in people.contacts_of(db, [person_id]).get(person_id, []) if not c.refused), None)
    words = world.languages.of((usual.language if usual else "") or language)
    message = replace(worded(words), language=words.language)
    return _send(db, world, person, {**message.to_json(), "person": person_id}, kind, now, key, "")


def _send(
    db: Connection, world: World, person: Person, body: dict[str, Any], kind: str, now: datetime, key: str, refused: str
) -> bool:  # fmt: skip
    """Queue on the best way that was not tried yet. Where none is left, the managers' list has the name."""
    tried: list[str] = body.get("tried", [])
    about = str(body.get("facts", {}).get("kind", "push"))
    left = [way for way in ways_to(db, world, person, about) if way.name not in tried]
    if not left:
        _note_unreached(db, world, person, refused or "no_way", tried, now, key)
        return False
    way = left[0]
    sent = body if way.template is None else {**body, **_filled(way.template, person, body)}
    outbox.queue(
        db, contact_id=way.contact.id if way.contact else None, channel=way.channel, address=way.address, kind=kind,
        body={**sent, "way": way.name}, now=now, key=key,
    )  # fmt: skip
    return True


def _filled(template: Template, person: Person, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a template carries instead of the message."""
    facts = {"name": person.name, "text": str(body["text"]).split("\n", 1)[0], **body.get("facts", {})}
    data = {name: _short(str(facts.get(value, ""))) for name, value in template.fields}
    return {"template": {"id": template.id, "data": data, "price": template.price}}


def _short(text: str) -> str:
    """A value that fits, and is never empty: a template refuses that."""
    text = " ".join(text.split()) or "-"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1].rstrip() + "…"


def _note_unreached(db: Connection, world: World, person: Person, why: str, tried: list[str], now: datetime, key: str) -> None:
    contacts = {str(c.id): c for c in people.contacts_of(db, [person.id]).get(person.id, [])}
    last = next((contacts[name].channel for name in reversed(tried) if name in contacts), "")
    refused = next((c.refused for c in contacts.values() if c.refused), "")
    reason = refused if why == "no_way" and refused else why
    unreached.note(db, person.id, reason, last, now)

    def worded(words: Words) -> Message:
        known = world.campaign.has_unit(person.unit)
        place = world.campaign.unit(person.unit).name.in_(words.language) if known else words.tr("people.all_units")
        text = words.tr("alarm.unreachable", name=person.name, unit=place, why=why_text(words, reason))
        return Message(text, facts={"kind": "alarm", "unit": place})

    day = now.astimezone(world.campaign.zone).date()
    push_to_overseers(db, world, worded, now, f"unreachable:{person.id}:{day}", but=person.id)


def push_to_overseers(
    db: Connection, world: World, worded: Worded, now: datetime, key: str, but: int | None = None, may_mute: bool = False
) -> int:
    """Alert every manager and every bound group. Returns how many were written to.

    ``but`` leaves out the person who caused it; ``may_mute`` leaves out those who muted it.
    """
    reached = 0
    for person in people.overseers(db):
        if person.id == but or (may_mute and person.muted) or key.startswith(f"unreachable:{person.id}:"):
            continue
        own = f"{key}:p{person.id}"
        reached += not outbox.is_queued(db, own) and push_to_person(db, world, person.id, person.language, worded, now, own)
    for group in groups.bound(db):
        if not _sends_on(world, group.channel):
            continue
        message = worded(world.languages.of(""))
        plain = Message(message.text, file=message.file)
        queued = outbox.queue(
            db, contact_id=None, channel=group.channel, address=group.address, kind="push", body=plain.to_json(),
            now=now, key=f"{key}:g{group.channel}{group.address}",
        )  # fmt: skip
        reached += queued is not None
    return reached


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
    body = {name: value for name, value in waiting.body.items() if name != "template"}
    body = {**body, "person": person.id, "tried": [*waiting.body.get("tried", []), here]}
    if waiting.kind not in PUSH_KINDS:
        if why in SHUT:
            _reply_elsewhere(db, world, person, body, waiting.id, now)
        return
    _send(db, world, person, body, waiting.kind, now, f"instead:{waiting.id}", why)


def _reply_elsewhere(db: Connection, world: World, person: Person, body: dict[str, Any], failed: int, now: datetime) -> None:
    """A reply whose channel is shut, on the person's next one; where there is none, it was written in vain."""
    for way in ways_to(db, world, person, "push"):
        if way.contact and way.template is None and way.name not in body["tried"]:
            outbox.queue(
                db, contact_id=way.contact.id, channel=way.channel, address=way.address, kind="reply",
                body={**body, "way": way.name}, now=now, key=f"instead:{failed}",
            )  # fmt: skip
            return
