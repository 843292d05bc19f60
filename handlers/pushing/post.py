"""From a notice to a delivery, on the best way that is left. Where none is left the person is noted, and nothing else
happens here: nothing is ever sent because something could not be sent. What overseers hear of it: ticking/news.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.desk import Desk
from handlers.message import Message, Notice
from handlers.pushing.ways import Way, contacts_of, ways_on, ways_to
from rules.campaign.policy import Template
from storage import groups, outbox, people, unreached
from storage.groups import AlertGroup
from storage.outbox import DeliveryKind, Outgoing
from storage.people import Person

LONGEST_VALUE = 90
"""Signs of a template's parameter."""


@dataclass(frozen=True)
class Letter:
    """A message on its way to a person, in that person's language; ``tried`` are the ways that refused it."""

    message: Mapping[str, Any]
    facts: Mapping[str, str]
    language: str
    kind: DeliveryKind
    tried: tuple[str, ...] = ()


def to_person(desk: Desk, person: Person, notice: Notice, key: str, kind: DeliveryKind = DeliveryKind.PUSH) -> bool:
    """Post to one person; whether there is a way. ``key`` makes it go once, however often it is asked for."""
    contacts = contacts_of(desk, person)
    usual = next((c for c in contacts if not c.refused), None)
    words = desk.words_of((usual.language if usual else "") or person.language)
    letter = Letter(notice.message(words).to_json(), notice.facts(words), words.language, kind)
    return _post(desk, person, letter, key, ways_on(desk, person, _about(letter), contacts))


def to_overseers(
    desk: Desk, notice: Notice, key: str, kind: DeliveryKind = DeliveryKind.PUSH, but: int | None = None, may_mute: bool = False
) -> int:
    """Post to every manager, and to every bound group what is for groups; how many are written to. ``but`` leaves out the person who caused it; ``may_mute`` those who
    muted it."""
    posted = 0
    for person in people.overseers(desk.db):
        own = f"{key}:p{person.id}"
        if person.id == but or (may_mute and person.muted) or outbox.is_queued(desk.db, own):
            continue
        posted += to_person(desk, person, notice, own, kind)
    return posted + (to_groups(desk, notice, key, kind) if notice.for_groups else 0)


def to_groups(desk: Desk, notice: Notice, key: str, kind: DeliveryKind = DeliveryKind.PUSH) -> int:
    """Post to every bound group, without choices: anybody could press. How many are written to."""
    return sum(to_group(desk, group, notice, key, kind) for group in groups.bound(desk.db))


def to_group(desk: Desk, group: AlertGroup, notice: Notice, key: str, kind: DeliveryKind = DeliveryKind.PUSH) -> bool:
    """Post to one group, without choices. False where we do not send on its channel, or did under that key."""
    if not desk.library.sends_on(group.channel):
        return False
    words = desk.words_of("")
    message = notice.message(words)
    said = Message(message.text, file=message.file).to_json()
    going = Outgoing(group.channel, group.address, None, None, kind, said, language=words.language)
    return outbox.queue(desk.db, going, desk.now, key=f"{key}:g{group.channel}{group.address}") is not None


def post(desk: Desk, person: Person, letter: Letter, key: str, refused: str = "") -> bool:
    """Queue on the best way that was not tried yet. Where none is left the person is noted, with why the last one ``refused``."""
    return _post(desk, person, letter, key, ways_to(desk, person, _about(letter)), refused)


def _about(letter: Letter) -> str:
    """The kind of push, for which there may be templates."""
    return letter.facts.get("kind", "push")


def _post(desk: Desk, person: Person, letter: Letter, key: str, ways: list[Way], refused: str = "") -> bool:
    left = [way for way in ways if way.name not in letter.tried]
    if not left:
        _note(desk, person, refused, letter.tried)
        return False
    way = left[0]
    going = Outgoing(
        way.channel, way.address, way.contact.id if way.contact else None, person.id, letter.kind, letter.message,
        facts=letter.facts, language=letter.language, template=_filled(way.template, person, letter) if way.template else {},
        way=way.name, tried=letter.tried,
    )  # fmt: skip
    outbox.queue(desk.db, going, desk.now, key=key)
    return True


def _note(desk: Desk, person: Person, refused: str, tried: tuple[str, ...]) -> None:
    contacts = {str(c.id): c for c in contacts_of(desk, person)}
    last = next((contacts[name].channel for name in reversed(tried) if name in contacts), "")
    why = refused or next((c.refused for c in contacts.values() if c.refused), "no_way")
    unreached.note(desk.db, person.id, why, last, desk.now)


def _filled(template: Template, person: Person, letter: Letter) -> dict[str, Any]:
    """What a template carries instead of the message."""
    facts = {"name": person.name, "text": str(letter.message["text"]).split("\n", 1)[0], **letter.facts}
    data = {name: _short(str(facts.get(value, ""))) for name, value in template.fields}
    return {"id": template.id, "data": data, "price": template.price}


def _short(text: str) -> str:
    """A value that fits, and is never empty: a template refuses that."""
    text = " ".join(text.split()) or "-"
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1].rstrip() + "…"
