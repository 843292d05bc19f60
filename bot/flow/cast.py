"""The made-up people of a rehearsal: each comes in by a real invite, and is greeted as anybody would be."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from handlers.engine import take
from handlers.library import Library
from handlers.turn import Incoming
from rules.campaign.model import Campaign
from rules.channels import ChannelName
from rules.people import Role
from storage import conversations, invites, people
from storage.writer import Writer

CHANNEL = ChannelName.WEB_CHAT
ARRIVING = "/start"
"""What the first message of everybody is remembered as; the code that came along is kept nowhere."""
_OFFICERS = ("Lan", "Hòa")


@dataclass(frozen=True)
class Cast:
    """Somebody who can be played on the page."""

    address: str
    name: str
    role: Role | None
    unit: str


def cast(campaign: Campaign) -> list[Cast]:
    """An officer of each of two units, a manager, an administrator, a stranger. The names are made up."""
    officers = [
        Cast(f"officer-{number}", name, Role.OFFICER, unit.slug)
        for number, (name, unit) in enumerate(zip(_OFFICERS, campaign.directory.alike, strict=False), 1)
    ]
    manager, administrator = Cast("manager", "Minh", Role.MANAGER, ""), Cast("administrator", "Hạnh", Role.ADMINISTRATOR, "")
    return [*officers, manager, administrator, Cast("stranger", "Khách", None, "")]


def enrol(writer: Writer, library: Library, now: datetime) -> None:
    """Let in whoever of the cast is not there yet; whoever never said a word is greeted. The manager comes last, so that
    nobody's arrival is news in that chat before its own greeting."""
    for member in sorted(cast(library.campaign), key=lambda member: member.role is Role.MANAGER):
        writer.write(partial(_arrive, library=library, member=member, now=now), member.address)


def _arrive(db: Connection, library: Library, member: Cast, now: datetime) -> None:
    contact = people.contact_at(db, CHANNEL, member.address)
    there = contact is not None and (member.role is None or contact.person_id is not None)
    if contact and there and conversations.said_by(db, contact.id, 1):
        return
    code = "" if there or member.role is None else _invite(db, library, member.role, member, now)
    said = f"{ARRIVING} {code}".strip()
    update_id = f"{member.address}:arrives-{now.isoformat()}"
    take(db, library, Incoming(CHANNEL, update_id, member.address, member.name, said), now)


def _invite(db: Connection, library: Library, role: Role, member: Cast, now: datetime) -> str:
    grant = invites.Grant(role, member.unit, member.name)
    return invites.create_invite(db, grant, invites.By("dondoc"), now, library.pick).code
