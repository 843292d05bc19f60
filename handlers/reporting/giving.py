"""Handing a duty of the unit to a colleague: confirmed with one tap, told to the colleague, and undone as easily. From then on
that one person is reminded of it."""

from handlers import everyday
from handlers.message import Choice
from handlers.pushing import push
from handlers.reporting.handed import Handed, NoMore, Wanted, key_of, tell_again
from handlers.reporting.owed import cell_of, still_open
from handlers.turn import Turn
from handlers.wording.duties import title_text
from rules.actions import AskForColleague, Cancel, ConfirmHandOver, HandOver, TakeHandedBack, TakeOver
from rules.campaign.board import Cell
from rules.packing import Duty
from rules.people import Role
from rules.text.handing import fitting
from storage import assignments, kept, people
from storage.people import Person

MOST_A_DAY = 20
"""How often a unit hands something over within a day: each time colleagues are written to."""


def colleagues(turn: Turn) -> list[Person]:
    """The officers of the own unit besides who asks: who can be reminded."""
    me = turn.person.id if turn.person else 0
    return [each for each in turn.own_people if each.role is Role.OFFICER and each.id != me]


def is_colleague(turn: Turn, name: str) -> bool:
    """Whether an officer of the own unit may be called so."""
    return bool(fitting(name, [(each.id, each.name) for each in colleagues(turn)]))


def own_cell(turn: Turn, duty: Duty) -> Cell | None:
    """The own unit's cell with that duty. Says so where the unit does not owe it."""
    cell = cell_of(turn, duty)
    if cell is None:
        turn.say(turn.words.tr("report.not_owed"), *everyday.first_choices(turn))
    return cell


def _meant(turn: Turn, duty: Duty | None) -> list[str]:
    """The duties that a button speaks of. Says so where there are none."""
    if duty:
        cell = own_cell(turn, duty)
        return [cell.duty.slug] if cell else []
    found = [cell.duty.slug for cell in still_open(turn)]
    if not found:
        turn.say(turn.words.tr("hand.nothing_open"), *everyday.first_choices(turn))
    return found


def _officer(turn: Turn, person: int) -> Person | None:
    """A colleague who can be reminded. Says so where that one can't."""
    found = next((each for each in colleagues(turn) if each.id == person), None)
    if found is None:
        turn.say(turn.words.tr("hand.not_an_officer"), *everyday.first_choices(turn))
    return found


def what_text(turn: Turn, duty: Duty | None) -> str:
    """``việc “Kinh phí …”``, or all that is open."""
    if duty is None:
        return turn.words.tr("hand.everything")
    return turn.words.tr("hand.task", title=title_text(turn.words, turn.campaign.obligation(duty.slug)))


def cancel(turn: Turn) -> Choice:
    """Not now."""
    return Choice(turn.words.tr("button.cancel"), Cancel())


def confirm(turn: Turn, action: ConfirmHandOver) -> None:
    """Ask once, with what follows from it."""
    found = _officer(turn, action.person)
    if found is None or not _meant(turn, action.duty):
        return
    turn.rest()
    turn.say(
        turn.words.tr("hand.ask", title=what_text(turn, action.duty), name=found.name),
        Choice(turn.words.tr("button.hand_over"), HandOver(found.id, action.duty)),
        cancel(turn),
    )


def hand_over(turn: Turn, action: HandOver) -> None:
    """Hand it over, and tell the colleague."""
    found = _officer(turn, action.person)
    meant = _meant(turn, action.duty) if found else []
    if found is None or not meant or turn.unit is None or turn.person is None:
        return
    turn.close_buttons()
    title = what_text(turn, action.duty)
    undo = Choice(turn.words.tr("button.take_handed_back"), TakeHandedBack(found.id, action.duty))
    if not _is_news(turn, meant, found.id):
        turn.say(turn.words.tr("hand.done_already", title=title, name=found.name), undo)
        return
    if _had_enough(turn):
        return
    before = _give(turn, meant, found.id)
    told = Handed(turn.campaign, turn.unit, tuple(_cells(turn, meant)), turn.person.name, turn.now, action.duty)
    reached = push.to_person(turn, found, told, key_of(turn, "handed", found.id))
    _tell_former(turn, before, found)
    done, unreached = (
        turn.words.tr("hand.done", title=title, name=found.name),
        turn.words.tr("hand.done_unreached", title=title, name=found.name),
    )
    turn.say(done if reached else unreached, undo)


def _cells(turn: Turn, meant: list[str]) -> list[Cell]:
    return [cell for cell in turn.owed() if cell.duty.slug in meant]


def _is_news(turn: Turn, meant: list[str], person: int) -> bool:
    """Whether somebody has not all of it in hand."""
    assert turn.unit
    return not set(meant) <= {each.obligation for each in assignments.of_person(turn.scope, turn.unit.slug, person)}


def _had_enough(turn: Turn) -> bool:
    """Whether the unit has handed over as often as it may today; counted, unless so. Says so."""
    assert turn.unit
    key = f"handed:{turn.campaign.name}:{turn.unit.slug}"
    day, _, count = (kept.value(turn.db, key) or "").partition(" ")
    times = int(count) if day == str(turn.today) else 0
    if times >= MOST_A_DAY:
        turn.say(turn.words.tr("hand.enough", count=turn.words.number(times)), *everyday.first_choices(turn))
        return True
    kept.keep(turn.db, key, f"{turn.today} {times + 1}")
    return False


def _give(turn: Turn, meant: list[str], person: int) -> dict[str, int]:
    """Hand it over. Returns who had what of it before."""
    assert turn.unit
    assert turn.person
    had = {each.obligation: each.person_id for each in assignments.present(turn.scope, turn.unit.slug)}
    assignments.give(turn.scope, turn.unit.slug, meant, person, turn.person.id, turn.now)
    return {slug: had[slug] for slug in meant if slug in had}


def _tell_former(turn: Turn, had: dict[str, int], now: Person) -> None:
    """Who had it in hand hears that somebody else does it."""
    assert turn.person
    for each in colleagues(turn):
        cells = tuple(_cells(turn, [slug for slug, person in had.items() if person == each.id]))
        if cells and each.id != now.id:
            push.to_person(turn, each, NoMore(cells, turn.person.name, now.name), key_of(turn, "nomore", each.id))


def take_over(turn: Turn, action: TakeOver) -> None:
    """Who asks does it."""
    meant = _meant(turn, action.duty)
    if not meant or turn.unit is None or turn.person is None:
        return
    turn.close_buttons()
    turn.rest()
    if _is_news(turn, meant, turn.person.id) and _had_enough(turn):
        return
    _tell_former(turn, _give(turn, meant, turn.person.id), turn.person)
    undo = Choice(turn.words.tr("button.take_handed_back"), TakeHandedBack(turn.person.id, action.duty))
    turn.say(turn.words.tr("hand.mine", title=what_text(turn, action.duty)), undo)


def take_back(turn: Turn, action: TakeHandedBack) -> None:
    """Not after all: whose it was before, or all of the unit, are reminded again."""
    meant = _meant(turn, action.duty)
    if not meant or turn.unit is None or turn.person is None:
        return
    turn.close_buttons()
    if action.duty is None:
        last = assignments.given_last(assignments.of_person(turn.scope, turn.unit.slug, action.person))
        meant = [each.obligation for each in last]
    taken = assignments.take_back(turn.scope, turn.unit.slug, meant, action.person)
    if not taken:
        turn.say(turn.words.tr("hand.already_back"), *everyday.first_choices(turn))
        return
    found = people.by_id(turn.db, action.person)
    if found and found.id != turn.person.id:
        cells = tuple(_cells(turn, [each.obligation for each in taken]))
        push.to_person(turn, found, NoMore(cells, turn.person.name), key_of(turn, "nomore", found.id))
    tell_again(turn, taken, turn.person.name)
    turn.say(turn.words.tr("hand.back", title=what_text(turn, action.duty)), *everyday.first_choices(turn))


def ask_for_colleague(turn: Turn, _: AskForColleague) -> None:
    """The department is asked to invite somebody else of the unit: once a day."""
    if turn.unit is None or turn.person is None:
        return
    turn.close_buttons()
    turn.rest()
    told = Wanted(turn.unit, turn.person.name)
    reached = push.to_overseers(turn, told, f"mate:{turn.unit.slug}:{turn.today}")
    receiver = turn.campaign.receiver.name.in_(turn.words.language)
    text = turn.words.tr("hand.asked", receiver=receiver) if reached else turn.words.tr("hand.asked_before", receiver=receiver)
    turn.say(text, *everyday.first_choices(turn))
