"""Managers and administrators invite people from the chat."""

from handlers.conversation import Inviting
from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording.phrases import role_text
from rules.actions import BeginInvite, Cancel, ChooseInvite, NameInviteUnit
from rules.directory.finding import OneUnit, SeveralUnits, read_unit
from rules.people import Role
from storage import invites


def choose_invite(turn: Turn, _: ChooseInvite) -> None:
    """Which role is the invite for?"""
    choices = [Choice(role_text(turn.words, role), BeginInvite(role)) for role in Role]
    turn.say(turn.words.tr("invite.role"), *choices)


def begin_invite(turn: Turn, action: BeginInvite) -> None:
    """A role was chosen, and perhaps the unit."""
    if action.role.oversees or action.unit:
        turn.close_buttons()
        _make(turn, action.role, "" if action.role.oversees else action.unit)
        return
    turn.go(Inviting(action.role))
    ask_unit_again(turn)


def ask_unit_again(turn: Turn) -> None:
    """Ask for the unit, also after something else in between."""
    turn.say(turn.words.tr("invite.unit", example=turn.directory.units[0].short), _cancel(turn))


def _cancel(turn: Turn) -> Choice:
    return Choice(turn.words.tr("button.cancel"), Cancel())


def name_unit(turn: Turn, action: NameInviteUnit) -> None:
    """The unit, typed by its name."""
    match read_unit(action.text, turn.directory):
        case OneUnit(slug):
            turn.rest()
            _make(turn, action.role, slug)
        case SeveralUnits(says, units, _):
            choices = [Choice(turn.directory.unit(u).name.in_(turn.words.language), BeginInvite(action.role, u)) for u in units]
            turn.say(turn.words.tr("unit.which", says=says), *choices)
        case None:
            example = turn.directory.units[0].short
            turn.say(turn.words.tr("unit.unknown", given=action.text[:40], example=example), _cancel(turn))


def _make(turn: Turn, role: Role, unit: str) -> None:
    assert turn.person
    turn.rest()
    by = invites.By(turn.person.name, turn.person.id)
    created = invites.create_invite(turn.db, invites.Grant(role, unit), by, turn.now, turn.pick)
    where = turn.directory.unit(unit).name.in_(turn.words.language) if unit else turn.words.tr("invite.no_unit")
    text = turn.words.tr(
        "invite.made", role=role_text(turn.words, role), unit=where, code=created.code,
        until=turn.words.day(created.expires_at.astimezone(turn.zone).date()),
    )  # fmt: skip
    turn.say_once("\n".join((text, *turn.library.links(created.code))))
