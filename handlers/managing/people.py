"""An administrator lists, moves and removes people; managers see the list."""

from dataclasses import dataclass

from handlers import everyday
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import role_text
from rules.actions import (
    Cancel,
    ChooseUnitFor,
    ConfirmRemoval,
    MovePerson,
    RemovePerson,
    ShowPeople,
    ShowPerson,
)
from rules.directory.model import Unit
from rules.people import Role
from storage import assignments, people
from storage.people import Person

PAGE = 8
LONGEST_NAME = 24


def show_people(turn: Turn, action: ShowPeople) -> None:
    """Everybody, a page at a time; managers see, administrators also act."""
    everyone = people.present(turn.db)
    first = action.page * PAGE
    shown = everyone[first : first + PAGE]
    lines = [turn.words.trn("people.count_one", "people.count_many", len(everyone))]
    in_hand = _in_hand(turn)
    lines += [f"• {_line(turn, person)}{in_hand.get((person.id, person.unit), '')}" for person in shown]
    choices = [
        Choice(f"{p.name[:LONGEST_NAME]} ({_place(turn, p)})", ShowPerson(p.id))
        for p in shown
        if turn.person and p.id != turn.person.id
    ]
    if first + PAGE < len(everyone):
        choices.append(Choice(turn.words.tr("button.next_page"), ShowPeople(action.page + 1)))
    turn.say("\n".join(lines), *choices)


def _place(turn: Turn, person: Person) -> str:
    return turn.directory.unit(person.unit).short if turn.directory.has_unit(person.unit) else turn.words.tr("people.all_units")


def _line(turn: Turn, person: Person) -> str:
    return f"{person.name}: {role_text(turn.words, person.role)}, {_place(turn, person)}"


def _in_hand(turn: Turn) -> dict[tuple[int, str], str]:
    """What people have in hand, by person and unit: ``; làm: Kinh phí``."""
    found: dict[tuple[int, str], list[str]] = {}
    for each in assignments.present(turn.scope):
        if turn.campaign.has_obligation(each.obligation):
            short = turn.campaign.obligation(each.obligation).short.in_(turn.words.language)
            found.setdefault((each.person_id, each.unit), []).append(short)
    return {key: turn.words.tr("people.in_hand", titles=", ".join(titles)) for key, titles in found.items()}


def _other(turn: Turn, person_id: int) -> Person | None:
    """The person named, if it is somebody else who is still here. Says so where not."""
    found = people.by_id(turn.db, person_id)
    if found is None or (turn.person and found.id == turn.person.id):
        turn.say(turn.words.tr("people.gone"))
        return None
    return found


def _of_a_unit(turn: Turn, person_id: int) -> Person | None:
    """The person named, if that one belongs to a unit: who oversees belongs to none. Says so where not."""
    found = _other(turn, person_id)
    if found is None or found.unit:
        return found
    turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))
    return None


def show_person(turn: Turn, action: ShowPerson) -> None:
    """One person, with what can be done."""
    found = _other(turn, action.person)
    if found:
        choices = [Choice(turn.words.tr("button.remove"), ConfirmRemoval(found.id))]
        if found.unit:
            choices.insert(0, Choice(turn.words.tr("button.move"), ChooseUnitFor(found.id)))
        turn.say(_line(turn, found) + _in_hand(turn).get((found.id, found.unit), ""), *choices)


def choose_unit(turn: Turn, action: ChooseUnitFor) -> None:
    """To which unit?"""
    found = _of_a_unit(turn, action.person)
    if found:
        choices = [Choice(u.short, MovePerson(found.id, u.slug)) for u in turn.directory.units if u.slug != found.unit]
        turn.say(turn.words.tr("people.move_where", name=found.name), *choices)


def move(turn: Turn, action: MovePerson) -> None:
    """Move somebody to another unit."""
    found = _of_a_unit(turn, action.person)
    if found is None:
        return
    turn.close_buttons()
    people.move(turn.db, found.id, action.unit)
    unit = turn.directory.unit(action.unit)
    if found.unit != action.unit:
        told = Moved(found.role, unit, turn.campaign.receiver)
        push.to_person(turn, found, told, f"moved:{found.id}:{unit.slug}:{turn.now.isoformat()}")
    turn.say(turn.words.tr("people.moved", name=found.name, unit=unit.name.in_(turn.words.language)))


def confirm_removal(turn: Turn, action: ConfirmRemoval) -> None:
    """Ask once."""
    found = _other(turn, action.person)
    if found:
        turn.say(
            turn.words.tr("people.remove_ask", name=found.name),
            Choice(turn.words.tr("button.remove"), RemovePerson(found.id)), Choice(turn.words.tr("button.cancel"), Cancel()),
        )  # fmt: skip


def remove(turn: Turn, action: RemovePerson) -> None:
    """Remove somebody: a stranger at once."""
    found = _other(turn, action.person)
    if not found or not turn.person:
        return
    turn.close_buttons()
    contacts = people.contacts_of(turn.db, [found.id]).get(found.id, [])
    push.tell_released(turn, people.remove(turn.db, found.id, turn.now))
    for contact in [each for each in contacts if not each.refused][:1]:
        push.to_contact(turn, contact, Removed(found.role, _unit(turn, found), turn.campaign.receiver), f"removed:{found.id}")
    if found.role.oversees:
        told = OverseerRemoved(turn.person.name, found.name, found.role)
        push.to_overseers(turn, told, f"dismissed:{found.id}", but=turn.person.id)
    turn.say(turn.words.tr("people.removed", name=found.name))


def _unit(turn: Turn, person: Person) -> Unit | None:
    return turn.directory.unit(person.unit) if turn.directory.has_unit(person.unit) else None


# ---------------------------------------------------------------- as they and the others hear it


@dataclass(frozen=True)
class Removed(Notice):
    """For who was removed, on the channel used last."""

    role: Role
    unit: Unit | None
    receiver: Unit

    def message(self, words: Words) -> Message:
        """That, and whom to ask."""
        place = self.unit.name.in_(words.language) if self.unit else words.tr("people.all_units")
        ask = self.receiver.name.in_(words.language)
        return Message(words.tr("people.you_were_removed", role=role_text(words, self.role), unit=place, receiver=ask))


@dataclass(frozen=True)
class Moved(Notice):
    """For who was moved to another unit."""

    role: Role
    unit: Unit
    receiver: Unit

    def message(self, words: Words) -> Message:
        """Where to, and whom to ask."""
        place, ask = (each.name.in_(words.language) for each in (self.unit, self.receiver))
        return Message(words.tr("people.you_were_moved", role=role_text(words, self.role), unit=place, receiver=ask))


@dataclass(frozen=True)
class OverseerRemoved(Notice):
    """For the others who oversee: who let whom go."""

    by: str
    name: str
    role: Role

    def message(self, words: Words) -> Message:
        """By whom, whom, and as what."""
        return Message(words.tr("people.overseer_removed", by=self.by, name=self.name, role=role_text(words, self.role)))
