""" "Nhắc ngay": one tap that chases every unit still missing. Before it is said how many can be reached at all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from handlers.conversation import Chasing
from handlers.managing.nudged import ABOUT, Nudged
from handlers.message import Choice
from handlers.pushing import push
from handlers.pushing.ways import is_reachable
from handlers.turn import Turn
from handlers.wording.units import units_text
from rules.actions import (
    Cancel,
    ChaseNamed,
    ChaseUnit,
    ChooseInvite,
    ChooseNudge,
    ConfirmNudge,
    NameNudge,
    Nudge,
    NudgeNamed,
    NudgeUnits,
)
from rules.campaign.board import Cell
from rules.campaign.model import Obligation
from rules.campaign.progress import State
from rules.directory.finding import all_units_in, names_some
from rules.packing import Duty
from rules.people import Role
from storage import assignments, people

SILENT = (State.NO_RESPONSE, State.FILLING)


@dataclass(frozen=True)
class _Missing:
    """A unit that still owes an obligation, and who can be written to there."""

    cell: Cell
    officers: tuple[people.Person, ...]

    @property
    def short(self) -> str:
        return self.cell.unit.short


def name_duty(turn: Turn, action: NameNudge) -> None:
    """What stands behind the command: units, a duty, both; asked for where it is none."""
    units = all_units_in(action.text, turn.directory)
    named = turn.of_dispatch.obligation_named(action.text)
    if units.units or units.unclear:
        name_units(turn, NudgeUnits(action.text))
    elif named and named.deadline:
        confirm(turn, ConfirmNudge(turn.campaign.duty(named)))
    else:
        choose_nudge(turn, ChooseNudge())


def choose_nudge(turn: Turn, _: ChooseNudge) -> None:
    """Which duty?"""
    choices = []
    for item in turn.campaign.dated():
        count = len(turn.board.open_of(item.slug))
        if count:
            label = f"{item.short.in_(turn.words.language)} ({count})"
            choices.append(Choice(label, ConfirmNudge(turn.campaign.duty(item))))
    turn.say(turn.words.tr("nudge.which") if choices else turn.words.tr("nudge.all_in"), *choices)


# ---------------------------------------------------------------- units that are named


def name_units(turn: Turn, action: NudgeUnits) -> None:
    """Units in a sentence, with the duty or without: a name that several have is asked back, and nobody is chased before."""
    named = all_units_in(action.text, turn.directory)
    duty = turn.of_dispatch.obligation_named(action.text)
    which = turn.campaign.duty(duty) if duty and duty.deadline else None
    if named.unclear:
        unclear = named.unclear[0]
        short = [turn.directory.unit(slug).short for slug in unclear.units]
        offered = [] if named.units else [Choice(turn.directory.unit(u).short, ChaseUnit(u, which)) for u in unclear.units]
        turn.say(turn.words.tr("nudge.unclear", says=unclear.says, units=", ".join(short)), *offered)
    elif named.units:
        _chase(turn, named.units, which)
    elif names_some(action.text):
        short = [unit.short for unit in turn.directory.units[:2]]
        turn.say(turn.words.tr("nudge.some", example=", ".join(short)))
    else:
        choose_nudge(turn, ChooseNudge())


def chase_unit(turn: Turn, action: ChaseUnit) -> None:
    """One unit."""
    _chase(turn, (action.unit,), action.duty)


def chase_named(turn: Turn, action: ChaseNamed) -> None:
    """The units named before, of the duty that was chosen now."""
    topic = turn.topic
    if isinstance(topic, Chasing):
        _chase(turn, topic.units.split(","), action.duty)
    else:
        _begin_again(turn)


def _begin_again(turn: Turn) -> None:
    turn.say(turn.words.tr("nudge.stale"), Choice(turn.words.tr("button.nudge"), ChooseNudge()))


def _chase(turn: Turn, units: Collection[str], duty: Duty | None) -> None:
    """Of which duty, if several are open; then the question."""
    dated = {
        item.slug: item for item in turn.campaign.dated() if any(c.unit.slug in units for c in turn.board.open_of(item.slug))
    }
    names = ", ".join(turn.directory.unit(slug).short for slug in units)
    if duty is None and len(dated) > 1:
        turn.go(Chasing(",".join(units)))
        choices = [Choice(item.short.in_(turn.words.language), ChaseNamed(turn.campaign.duty(item))) for item in dated.values()]
        turn.say(turn.words.tr("nudge.which_of", units=names), *choices)
        return
    item = dated.get(duty.slug) if duty else next(iter(dated.values()), None)
    if item is None:
        turn.rest()
        turn.say(turn.words.tr("nudge.none_open", units=names))
        return
    stamp = f"{turn.now:%m%d%H%M}"
    turn.go(Chasing(",".join(units), turn.campaign.duty(item), stamp))
    _ask(turn, item, _missing(turn, item, units), NudgeNamed(turn.campaign.duty(item), stamp))


# ---------------------------------------------------------------- asked once, then sent


def _missing(turn: Turn, item: Obligation, units: Collection[str] | None = None) -> list[_Missing]:
    everyone = people.present(turn.db)
    doing = {each.unit: each.person_id for each in assignments.present(turn.scope) if each.obligation == item.slug}
    return [
        _Missing(cell, _asked(turn, everyone, cell.unit.slug, doing.get(cell.unit.slug)))
        for cell in turn.board.open_of(item.slug)
        if units is None or cell.unit.slug in units
    ]


def _asked(turn: Turn, everyone: list[people.Person], unit: str, doing: int | None) -> tuple[people.Person, ...]:
    """The officers of a unit, or the one of them who has it in hand and can be reached, as in ``ladder.is_theirs``."""
    officers = tuple(p for p in everyone if p.unit == unit and p.role is Role.OFFICER)
    return tuple(p for p in officers if p.id == doing and is_reachable(turn, p, ABOUT)) or officers


def confirm(turn: Turn, action: ConfirmNudge) -> None:
    """Every unit of a duty. Only one with a deadline is chased."""
    item = turn.campaign.obligation(action.duty.slug)
    if not item.deadline:
        choose_nudge(turn, ChooseNudge())
        return
    missing = _missing(turn, item)
    if missing:
        _ask(turn, item, missing, Nudge(action.duty, f"{turn.now:%m%d%H%M}"))
    else:
        turn.say(turn.words.tr("nudge.all_in"))


def _ask(turn: Turn, item: Obligation, missing: list[_Missing], sure: Nudge | NudgeNamed) -> None:
    """Ask once, with how many can be reached. Nobody there: nothing to send."""
    words = turn.words
    can = [m for m in missing if any(is_reachable(turn, person, ABOUT) for person in m.officers)]
    cannot = [m for m in missing if m not in can]
    if not can:  # nothing can be sent, so nothing is asked
        units = _names(turn, missing)
        text = words.tr("nudge.nobody", title=turn.title(item), count=words.number(len(missing)), units=units)
        turn.say(text, Choice(words.tr("button.invite"), ChooseInvite()), Choice(words.tr("button.not_now"), Cancel()))
        return
    silent = all(m.cell.state in SILENT for m in missing)
    count = words.number(len(missing))
    ask = words.tr("nudge.ask", title=turn.title(item), count=count)
    lines = [ask if silent else words.tr("nudge.ask_open", title=turn.title(item), count=count)]
    lines.append(words.tr("nudge.with_people", count=words.number(len(can)), units=_names(turn, can)))
    if cannot:
        lines.append(words.tr("nudge.without_people", count=words.number(len(cannot)), units=_names(turn, cannot)))
    choices = [Choice(words.trn("button.nudge_go", "button.nudge_go_many", len(can)), sure)]
    choices += [Choice(words.tr("button.invite"), ChooseInvite())] if cannot else []
    turn.say("\n".join(lines), *choices, Choice(words.tr("button.not_now"), Cancel()))


def _names(turn: Turn, missing: Iterable[_Missing]) -> str:
    return units_text(turn.words, [m.short for m in missing], [unit.short for unit in turn.directory.alike])


def go(turn: Turn, action: Nudge) -> None:
    """Send it; the same confirmation pressed twice sends once."""
    item = turn.campaign.obligation(action.duty.slug)
    if not item.deadline:
        choose_nudge(turn, ChooseNudge())
        return
    _send(turn, item, _missing(turn, item), action.stamp)


def go_named(turn: Turn, action: NudgeNamed) -> None:
    """Send it to the units that the question named."""
    topic = turn.topic
    if not isinstance(topic, Chasing) or (topic.duty, topic.stamp) != (action.duty, action.stamp):
        turn.close_buttons()
        _begin_again(turn)
        return
    item = turn.campaign.obligation(action.duty.slug)
    _send(turn, item, _missing(turn, item, topic.units.split(",")), action.stamp)


def _send(turn: Turn, item: Obligation, missing: list[_Missing], stamp: str) -> None:
    turn.close_buttons()
    assert turn.person
    reached: list[_Missing] = []
    silent: list[_Missing] = []
    for each in missing:
        nudged = Nudged(turn.campaign, item, each.cell, turn.person.name, turn.now)
        got = [push.to_person(turn, p, nudged, f"nudge:{item.slug}:{stamp}:p{p.id}") for p in each.officers]
        (reached if any(got) else silent).append(each)
    words = turn.words
    lines = [words.trn("nudge.done", "nudge.done_many", len(reached), units=_names(turn, reached))] if reached else []
    lines += [words.tr("nudge.unreached", units=_names(turn, silent))] if silent else []
    lines += [] if missing else [words.tr("nudge.all_in")]
    turn.say("\n".join(lines), *([Choice(words.tr("button.invite"), ChooseInvite())] if silent else []))
