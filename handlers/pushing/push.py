"""Pushes as others ask for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.message import Message, Notice
from handlers.pushing import post
from handlers.pushing.post import Letter
from handlers.pushing.ways import ways_to
from handlers.wording.catalogs import Words
from storage import groups, outbox, people
from storage.groups import AlertGroup
from storage.outbox import Delivery, DeliveryKind, Outgoing
from storage.people import Contact, Person

SHUT = ("quota", "account")
"""Reasons for which a whole channel says nothing more, so that also a reply looks for another."""


def to_person(desk: Desk, person: Person, notice: Notice, key: str, kind: DeliveryKind = DeliveryKind.PUSH) -> bool:
    """Queue a push. False where there is no way to that person; then the managers' list has the name.

    ``key`` makes it go once, however often it is asked for.
    """
    return post.to_person(desk, person, notice, key, kind)


def to_overseers(desk: Desk, notice: Notice, key: str, may_mute: bool = False, but: int | None = None) -> int:
    """Alert every manager and every bound group. Returns how many were written to. ``may_mute`` leaves out those who
    muted it, ``but`` the person whom it is about."""
    return post.to_overseers(desk, notice, key, but=but, may_mute=may_mute)


def to_contact(desk: Desk, contact: Contact, notice: Notice, key: str) -> None:
    """Queue a push to a stranger, who has no other way."""
    words = desk.words_of(contact.language)
    message = notice.message(words).to_json()
    going = Outgoing(contact.channel, contact.address, contact.id, None, DeliveryKind.PUSH, message, language=words.language)
    outbox.queue(desk.db, going, desk.now, key=key)


@dataclass(frozen=True)
class Released(Notice):
    """For a group: it gets no alerts any more."""

    def message(self, words: Words) -> Message:
        """That, and how to get them again."""
        return Message(words.tr("group.released"))


def tell_released(desk: Desk, released: Iterable[AlertGroup]) -> None:
    """Tell groups that somebody else, or somebody's leaving, has released them."""
    for group in released:
        post.to_group(desk, group, Released(), f"released:{groups.handle(group)}:{desk.now.isoformat()}")


def here_only(desk: Desk, contact: Contact, person: Person, message: Message, language: str) -> None:
    """Queue something that belongs on that contact and nowhere else."""
    where, kind = (contact.channel, contact.address, contact.id), DeliveryKind.NOTICE
    outbox.queue(desk.db, Outgoing(*where, person.id, kind, message.to_json(), language=language), desk.now)


def has_another_way(desk: Desk, waiting: Delivery) -> bool:
    """Whether a push that one platform does not take could reach its person on another way."""
    kind = DeliveryKind(waiting.kind)
    person = people.by_id(desk.db, waiting.person_id) if waiting.person_id is not None and kind.is_push else None
    known = (*waiting.tried, waiting.way or str(waiting.contact_id))
    return person is not None and any(way.name not in known for way in ways_to(desk, person, kind))


def farewell(desk: Desk, contact: Contact, message: Message, language: str) -> None:
    """Queue the last word to a contact that is kept no more."""
    going = Outgoing(contact.channel, contact.address, None, None, DeliveryKind.FAREWELL, message.to_json(), language=language)
    outbox.queue(desk.db, going, desk.now)


def give_up(desk: Desk, failed: Delivery, why: str, for_good: bool) -> None:
    """A delivery failed: a push takes the person's next way, and so does a reply whose whole channel is shut.

    ``for_good``: the channel refuses the address itself, so nothing more is sent there until the
    person writes again. A group that refuses is released from the alerts.
    """
    contact = people.contact_by_id(desk.db, failed.contact_id) if failed.contact_id is not None else None
    if for_good and contact:
        people.mark_refused(desk.db, contact.channel, contact.address, why)
    person_id = failed.person_id if failed.person_id is not None else (contact.person_id if contact else None)
    if person_id is None:
        if for_good and contact is None:
            groups.unbind(desk.db, failed.channel, failed.address)
        return
    person = people.by_id(desk.db, person_id)
    if person is None:
        return
    kind = DeliveryKind(failed.kind)
    if not kind.takes_another_way:
        return
    here = failed.way or str(failed.contact_id)
    letter = Letter(failed.message, failed.facts, failed.language, kind, (*failed.tried, here))
    if not kind.is_push:
        if why in SHUT:
            _reply_elsewhere(desk, person, letter, failed.id)
        return
    post.post(desk, person, letter, f"instead:{failed.id}", why)


def _reply_elsewhere(desk: Desk, person: Person, letter: Letter, failed: int) -> None:
    """A reply whose channel is shut, on the person's next one; where there is none, it was written in vain."""
    for way in ways_to(desk, person, "push"):
        if way.contact and way.template is None and way.name not in letter.tried:
            going = Outgoing(
                way.channel, way.address, way.contact.id, person.id, letter.kind, letter.message,
                facts=letter.facts, language=letter.language, way=way.name, tried=letter.tried,
            )  # fmt: skip
            outbox.queue(desk.db, going, desk.now, key=f"instead:{failed}")
            return
