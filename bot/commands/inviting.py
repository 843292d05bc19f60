"""``dondoc invite``."""

from bot.command_line import Refused, print_json
from bot.wiring import House
from handlers.phoning import read_phone
from rules.people import Role
from rules.units import AskBack, Found, read_unit
from storage import invites

ALSO_CALLED = {"admin": Role.ADMINISTRATOR, "can-bo": Role.OFFICER, "lanh-dao": Role.LEADER, "quan-ly": Role.MANAGER}


def make_invite(house: House, role_name: str, unit_name: str, name: str, phone: str, as_json: bool) -> None:
    """Make and print a code."""
    role = _role(role_name)
    unit = "" if role.oversees else _unit(house, unit_name)
    number = read_phone(phone)
    if phone and not number:
        raise Refused(f"{phone!r} is no Vietnamese telephone number: write e.g. 0905123456.")
    now = house.clock.now()
    created = house.writer.write(
        lambda db: invites.create_invite(db, role, unit, name.strip()[:60], "dondoc", now, house.world.pick, number)
    )
    house.links.ask(house.settings)
    links = house.links(created.code)
    if as_json:
        print_json(
            {
                "code": created.code, "role": role.value, "unit": unit or None,
                "expires_at": created.expires_at.astimezone(house.world.campaign.zone).isoformat(), "links": list(links),
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
    raise Refused(f"There is no role {given!r}: use {', '.join(role.value for role in Role)}.")


def _unit(house: House, given: str) -> str:
    campaign = house.world.campaign
    if not given.strip():
        raise Refused("An officer or leader belongs to a unit: add --unit, e.g. --unit " + campaign.units[0].slug + ".")
    match read_unit(given, campaign):
        case Found(slug):
            return slug
        case AskBack(says, units, _):
            raise Refused(f"{says!r} could be {' or '.join(units)}: name one of them.")
        case None:
            raise Refused(f"There is no unit {given!r}: use a slug such as {campaign.units[0].slug}.")
