"""``dondoc invite``."""

from bot.commands.shared import Refused, print_json, tr
from bot.wiring import House
from handlers.joining.phone import read_phone
from rules.directory.finding import OneUnit, SeveralUnits, read_unit
from rules.people import Role
from storage import invites

ALSO_CALLED = {"admin": Role.ADMINISTRATOR, "can-bo": Role.OFFICER, "lanh-dao": Role.LEADER, "quan-ly": Role.MANAGER}


def make_invite(house: House, role_name: str, unit_name: str, name: str, phone: str, as_json: bool) -> None:
    """Make and print a code."""
    role = _role(role_name)
    unit = "" if role.oversees else _unit(house, unit_name)
    number = read_phone(phone)
    if phone and not number:
        raise Refused(tr("cli.refused.phone", number=phone))
    now = house.clock.now()
    created = house.writer.write(
        lambda db: invites.create_invite(db, role, unit, name.strip()[:60], "dondoc", now, house.library.pick, number)
    )
    house.links.ask(house.settings)
    links = house.links(created.code)
    if as_json:
        print_json(
            {
                "code": created.code, "role": role.value, "unit": unit or None,
                "expires_at": created.expires_at.astimezone(house.library.directory.zone).isoformat(), "links": list(links),
            }
        )  # fmt: skip
        return
    print(f"Mã / Code: {created.code}")
    for link in links:
        print(link)
    print(f"/start {created.code}")


def _role(given: str) -> Role:
    if given in list(Role):
        return Role(given)
    if given in ALSO_CALLED:
        return ALSO_CALLED[given]
    raise Refused(tr("cli.refused.role", name=given, roles=", ".join(role.value for role in Role)))


def _unit(house: House, given: str) -> str:
    campaign = house.library.campaign
    if not given.strip():
        raise Refused(tr("cli.refused.unit_needed", unit=campaign.directory.units[0].slug))
    match read_unit(given, campaign.directory):
        case OneUnit(slug):
            return slug
        case SeveralUnits(says, units, _):
            raise Refused(tr("cli.refused.units", said=says, units=f" {tr('cli.or')} ".join(units)))
        case None:
            raise Refused(tr("cli.refused.unit", name=given, unit=campaign.directory.units[0].slug))
