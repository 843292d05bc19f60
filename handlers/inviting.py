"""Managers and administrators invite people from the chat."""

from handlers.describing import role_text
from handlers.turn import Choice, Turn
from rules.ladder import Role
from rules.units import AskBack, Found, read_unit
from storage import people

_MAY = {
    Role.MANAGER: (Role.OFFICER, Role.LEADER, Role.MANAGER),
    Role.ADMINISTRATOR: (Role.OFFICER, Role.LEADER, Role.MANAGER, Role.ADMINISTRATOR),
}


def _allowed(turn: Turn) -> tuple[Role, ...]:
    """The roles that somebody may invite for."""
    return _MAY.get(turn.role, ()) if turn.role else ()


def choose(turn: Turn, _: str) -> None:
    """Which role is the invite for?"""
    allowed = _allowed(turn)
    if not allowed:
        turn.say(turn.words.tr("managers_only"))
        return
    turn.say(
        turn.words.tr("invite.role"),
        *(Choice(role_text(turn.words, role), f"inv {role.value}") for role in allowed),
    )


def pick(turn: Turn, picked: str) -> None:
    """A role was picked, and perhaps the unit."""
    role_name, _, unit = picked.partition(" ")
    if role_name not in list(Role) or Role(role_name) not in _allowed(turn):
        turn.say(turn.words.tr("managers_only"))
        return
    role = Role(role_name)
    if role.oversees or turn.campaign.has_unit(unit):
        turn.close_buttons()
        _make(turn, role, "" if role.oversees else unit)
        return
    turn.go("invite-name", role=role.value)
    turn.say(turn.words.tr("invite.unit", example=turn.campaign.units[0].short), Choice(turn.words.tr("button.cancel"), "cancel"))


def type_name(turn: Turn, text: str) -> None:
    """The unit, typed by its name."""
    role = Role(turn.data["role"])
    if role not in _allowed(turn):  # a manager when it was begun, and no more
        turn.rest()
        turn.say(turn.words.tr("managers_only"))
        return
    match read_unit(text, turn.campaign):
        case Found(slug):
            turn.rest()
            _make(turn, role, slug)
        case AskBack(says, units, _):
            turn.say(
                turn.words.tr("unit.which", says=says),
                *(Choice(turn.campaign.unit(u).name.in_(turn.words.language), f"inv {role.value} {u}") for u in units),
            )
        case None:
            turn.say(
                turn.words.tr("unit.unknown", given=text[:40], example=turn.campaign.units[0].short),
                Choice(turn.words.tr("button.cancel"), "cancel"),
            )


def _make(turn: Turn, role: Role, unit: str) -> None:
    assert turn.person
    turn.rest()
    created = people.create_invite(turn.db, role, unit, "", turn.person.name, turn.now, turn.world.pick)
    where = turn.campaign.unit(unit).name.in_(turn.words.language) if unit else turn.words.tr("invite.no_unit")
    text = turn.words.tr(
        "invite.made", role=role_text(turn.words, role), unit=where, code=created.code,
        until=turn.words.day(created.expires_at.astimezone(turn.campaign.zone).date()),
    )  # fmt: skip
    links = turn.world.links(created.code)
    turn.say("\n".join((text, *links)))
