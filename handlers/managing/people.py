"""An administrator lists, moves and removes people."""

from handlers.turn import Choice, Turn
from handlers.wording.phrases import role_text
from rules.directory.finding import Found, read_unit
from rules.ids import read_id, read_number
from rules.people import Role
from storage import people
from storage.people import Person

PAGE = 8


def show(turn: Turn, page: str) -> None:
    """Everybody, a page at a time; managers see, administrators also act."""
    if not turn.oversees:
        turn.say(turn.words.tr("managers_only"))
        return
    everyone = people.present(turn.db)
    first = (read_number(page) or 0) * PAGE
    shown = everyone[first : first + PAGE]
    lines = [turn.words.trn("people.count_one", "people.count_many", len(everyone))]
    lines += [f"• {_line(turn, person)}" for person in shown]
    choices = []
    if turn.role is Role.ADMINISTRATOR:
        choices = [
            Choice(f"{p.name[:24]} ({_place(turn, p)})", f"person {p.id}")
            for p in shown
            if turn.person and p.id != turn.person.id
        ]
    if first + PAGE < len(everyone):
        choices.append(Choice(turn.words.tr("button.next_page"), f"person page{first // PAGE + 1}"))
    turn.say("\n".join(lines), *choices)


def _place(turn: Turn, person: Person) -> str:
    return turn.campaign.unit(person.unit).short if turn.campaign.has_unit(person.unit) else turn.words.tr("people.all_units")


def _line(turn: Turn, person: Person) -> str:
    return f"{person.name}: {role_text(turn.words, person.role)}, {_place(turn, person)}"


def _administrator(turn: Turn, person_id: str) -> Person | None:
    """The person named, if an administrator asks and it is somebody else still here."""
    if turn.role is not Role.ADMINISTRATOR or turn.person is None:
        turn.say(turn.words.tr("administrators_only"))
        return None
    number = read_id(person_id)
    found = people.by_id(turn.db, number) if number is not None else None
    if found is None or found.id == turn.person.id:
        turn.say(turn.words.tr("people.gone"))
        return None
    return found


def person(turn: Turn, person_id: str) -> None:
    """One person, with what can be done."""
    if person_id.startswith("page"):
        show(turn, person_id.removeprefix("page"))
        return
    found = _administrator(turn, person_id)
    if found:
        choices = [Choice(turn.words.tr("button.remove"), f"remove {found.id}")]
        if found.unit:
            choices.insert(0, Choice(turn.words.tr("button.move"), f"move {found.id}"))
        turn.say(_line(turn, found), *choices)


def choose_unit(turn: Turn, person_id: str) -> None:
    """To which unit?"""
    found = _administrator(turn, person_id)
    if found:
        units = [u for u in turn.campaign.units if u.slug != found.unit]
        turn.say(
            turn.words.tr("people.move_where", name=found.name), *(Choice(u.short, f"moveto {found.id} {u.slug}") for u in units)
        )


def move(turn: Turn, rest: str) -> None:
    """Move somebody to another unit."""
    person_id, _, unit = rest.partition(" ")
    found = _administrator(turn, person_id)
    if found is None:
        return
    match read_unit(unit, turn.campaign):
        case Found(slug):
            turn.close_buttons()
            people.move(turn.db, found.id, slug)
            turn.say(turn.words.tr("people.moved", name=found.name, unit=turn.campaign.unit(slug).name.in_(turn.words.language)))
        case _:
            turn.say(turn.words.tr("unit.unknown", given=unit[:40], example=turn.campaign.units[0].short))


def confirm_removal(turn: Turn, person_id: str) -> None:
    """Ask once."""
    found = _administrator(turn, person_id)
    if found:
        turn.say(
            turn.words.tr("people.remove_ask", name=found.name),
            Choice(turn.words.tr("button.remove"), f"removego {found.id}"), Choice(turn.words.tr("button.cancel"), "cancel"),
        )  # fmt: skip


def remove(turn: Turn, person_id: str) -> None:
    """Remove somebody: a stranger at once."""
    found = _administrator(turn, person_id)
    if found:
        turn.close_buttons()
        people.remove(turn.db, found.id, turn.now)
        turn.say(turn.words.tr("people.removed", name=found.name))
