"""The ways on which a push can reach somebody, the best first."""

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.desk import Desk
from rules.campaign.policy import Template
from rules.channels import CHANNELS, channel_named
from storage import people
from storage.people import Contact, Person

BY_USER, BY_PHONE = next((c.template_of, c.name) for c in CHANNELS.values() if c.template_of)
"""The channels of templates: to a user of the account, and to a telephone number."""


@dataclass(frozen=True)
class Way:
    """How a push can reach somebody: on a contact, or by a template. ``name`` tells ways apart."""

    name: str
    channel: str
    address: str
    contact: Contact | None = None
    template: Template | None = None


def ways_to(desk: Desk, person: Person, about: str) -> list[Way]:
    """Every way to reach somebody with a push of that kind, the best first."""
    return ways_on(desk, person, about, contacts_of(desk, person))


def contacts_of(desk: Desk, person: Person) -> list[Contact]:
    """Somebody's contacts, used last first."""
    return people.contacts_of(desk.db, [person.id]).get(person.id, [])


def ways_on(desk: Desk, person: Person, about: str, all_contacts: list[Contact]) -> list[Way]:
    """The same where the contacts were read already."""
    contacts = [c for c in all_contacts if not c.refused]
    called = [c for c in contacts if channel_named(c.channel).called and desk.library.sends_on(c.channel)]
    found = [Way(str(c.id), c.channel, c.address, c) for c in called]
    if desk.library.sends_on(BY_USER):
        found += _templates(desk, person, about, all_contacts)
    return found or [Way(str(c.id), c.channel, c.address, c) for c in contacts if not channel_named(c.channel).called]


def is_reachable(desk: Desk, person: Person, about: str) -> bool:
    """Whether a push of that kind has any way to somebody."""
    return bool(ways_to(desk, person, about))


def _templates(desk: Desk, person: Person, about: str, contacts: list[Contact]) -> Iterator[Way]:
    """The templates for that kind of push that have somewhere to go. An account that was unfollowed takes them too."""
    for number, template in enumerate(desk.campaign.policy.zalo.templates_for(about)):
        name = f"template{number}"
        if template.by == "phone" and person.phone:
            yield Way(name, BY_PHONE, person.phone, None, template)
        if template.by == "user":
            for contact in contacts:
                if contact.channel == BY_USER:
                    yield Way(name, BY_USER, contact.address, contact, template)
