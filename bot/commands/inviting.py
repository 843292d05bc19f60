"""``dondoc invite``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.commands.shared import Refused, print_json, spoken, tr, words
from handlers.joining.phone import read_phone
from handlers.library import Library
from handlers.wording.phrases import role_text
from rules.campaign.model import Campaign
from rules.directory.finding import OneUnit, SeveralUnits, read_unit
from rules.people import Role
from rules.text.vietnamese import one_line
from storage import invites
from storage.writer import Writer

ALSO_CALLED = {"admin": Role.ADMINISTRATOR, "can-bo": Role.OFFICER, "lanh-dao": Role.LEADER, "quan-ly": Role.MANAGER}


@dataclass(frozen=True)
class Invited:
    """Whom a code is for, as typed."""

    role: str
    unit: str
    name: str
    phone: str


def make_invite(
    writer: Writer, library: Library, now: datetime, links: Callable[[str], tuple[str, ...]], who: Invited, as_json: bool
) -> None:
    """Make and print a code."""
    role = _role(who.role)
    if role.oversees and who.unit.strip():
        raise Refused(tr("cli.refused.no_unit_for", role=role.value))
    unit = "" if role.oversees else _unit(library.campaign, who.unit)
    number = read_phone(who.phone)
    if who.phone and not number:
        raise Refused(tr("cli.refused.phone", number=who.phone))
    grant = invites.Grant(role, unit, one_line(who.name)[:60], number)
    created = writer.write(lambda db: invites.create_invite(db, grant, invites.By("dondoc"), now, library.pick))
    found = links(created.code)
    if as_json:
        print_json(
            {
                "code": created.code,
                "role": role.value,
                "unit": unit or None,
                "expires_at": created.expires_at.astimezone(library.campaign.directory.zone).isoformat(),
                "links": list(found),
            }
        )
        return
    directory = library.campaign.directory
    place = directory.unit(unit).name.in_(spoken()) if unit else tr("people.all_units")
    until = f"{created.expires_at.astimezone(directory.zone):%d/%m/%Y}"
    print(tr("cli.invite.made", role=role_text(words(), role), unit=place, until=until, code=created.code))
    for link in found:
        print(link)
    print(f"/start {created.code}")


def _role(given: str) -> Role:
    if given in list(Role):
        return Role(given)
    if given in ALSO_CALLED:
        return ALSO_CALLED[given]
    raise Refused(tr("cli.refused.role", name=given, roles=", ".join(role.value for role in Role)))


def _unit(campaign: Campaign, given: str) -> str:
    if not given.strip():
        raise Refused(tr("cli.refused.unit_needed", unit=campaign.directory.units[0].slug))
    match read_unit(given, campaign.directory):
        case OneUnit(slug):
            return slug
        case SeveralUnits(says, units, _):
            either = tr("cli.or")
            raise Refused(tr("cli.refused.units", said=says, units=f" {either} ".join(units)))
        case None:
            raise Refused(tr("cli.refused.unit", name=given, unit=campaign.directory.units[0].slug))
