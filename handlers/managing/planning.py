"""A plan for later days as it is shown: which units, what it was and is, and the one question before it is granted."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from handlers import everyday
from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording.extensions import day_off_text, fault_text, not_a_day_text, present_text, until_text
from handlers.wording.units import units_text
from rules import actions as a
from rules.campaign.deadlines import DayFault, Due, fault_of, last_day
from rules.campaign.model import Deadline
from rules.text.later_day import LaterDay, meant_day
from rules.text.refusal import Refusal
from storage import extensions
from storage.extensions import ExtensionPlan


def say_stale(turn: Turn) -> None:
    """What was pressed is no more."""
    turn.rest()
    turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))


def open_plan(turn: Turn, number: int) -> ExtensionPlan | None:
    """The plan, if it is still being put together. Says so where not."""
    plan = extensions.plan(turn.scope, number)
    if plan and is_open(turn, plan):
        return plan
    say_stale(turn)
    return None


def is_open(turn: Turn, plan: ExtensionPlan) -> bool:
    """Whether a plan is still being put together, for a task and units that are still there."""
    known = not plan.obligation or turn.campaign.has_obligation(plan.obligation)
    return plan.state == extensions.OPEN and known and all(map(turn.directory.has_unit, units_of(plan)))


def units_of(plan: ExtensionPlan) -> set[str]:
    """The slugs of its units."""
    return set(filter(None, plan.units.split(",")))


def names(turn: Turn, units: Collection[str]) -> str:
    """Their short names, in the directory's order; of most of them, which are left out."""
    shown = [unit.short for unit in turn.directory.units if unit.slug in units]
    return units_text(turn.words, shown, [unit.short for unit in turn.directory.alike])


def by_present(turn: Turn, plan: ExtensionPlan, due: Due) -> dict[Deadline, list[str]]:
    """The units by the deadline that is in force for them."""
    found = defaultdict(list)
    for unit in turn.directory.units:
        if unit.slug in units_of(plan):
            found[due.of(unit.slug, plan.obligation)].append(unit.slug)
    return dict(found)


def day_meant(turn: Turn, plan: ExtensionPlan, apart: LaterDay) -> date | None:
    """The last day on time that is meant. None where it can't be one, which is said."""
    deadlines = by_present(turn, plan, turn.due)
    present = max(deadlines, key=last_day)
    day = _read(turn, apart, present)
    if day is None:
        return None
    faults = {fault_of(day, each, turn.today) for each in deadlines}
    if faults != {DayFault.SAME}:
        faults &= {DayFault.PAST, DayFault.TOO_FAR}  # earlier than some, or what some have already, is said in the question
    fault = next(iter(faults), None)
    if fault:
        turn.say(fault_text(turn.words, fault, present, turn.today), _not_now(turn))
        return None
    return day


def _read(turn: Turn, apart: LaterDay, present: Deadline) -> date | None:
    try:
        return meant_day(apart, last_day(present), turn.today)
    except Refusal:
        turn.say(not_a_day_text(turn.words, apart.given, present, turn.today), _not_now(turn))
        return None


def _not_now(turn: Turn) -> Choice:
    return Choice(turn.words.tr("button.not_now"), a.Cancel())


def ask_sure(turn: Turn, plan: ExtensionPlan) -> None:
    """One question, with what it was and what it is to be; what the units have now is remembered with it."""
    turn.rest()
    extensions.remember_before(turn.scope, plan)
    words = turn.words
    why = words.tr("button.other_reason") if plan.reason else words.tr("button.reason")
    turn.say(
        "\n".join(_question(turn, plan)),
        Choice(words.tr("button.extend_go"), a.GrantExtension(plan.id)),
        Choice(why, a.AskReason(plan.id)),
        _not_now(turn),
    )


def _question(turn: Turn, plan: ExtensionPlan) -> list[str]:
    assert plan.day, "it was asked for"
    words, present, units = turn.words, by_present(turn, plan, turn.due), units_of(plan)
    values = {"title": turn.title(turn.campaign.obligation(plan.obligation)), "until": until_text(words, plan.day)}
    count = words.number(len(units))
    if len(present) == 1:
        (only,) = present
        lines = [words.tr("extend.ask", present=present_text(words, only), **values)]
        lines.append(words.tr("extend.applies", count=count, units=names(turn, units)))
    else:
        lines = [words.tr("extend.ask_several", **values), words.tr("extend.applies_each", count=count)]
        lines += [words.tr("extend.each", units=names(turn, some), present=present_text(words, d)) for d, some in present.items()]
    return [*lines, *_notes(turn, plan, present)]


def _notes(turn: Turn, plan: ExtensionPlan, present: dict[Deadline, list[str]]) -> list[str]:
    """What is to be known before it is granted."""
    assert plan.day
    words, day = turn.words, plan.day
    earlier = [slug for deadline, some in present.items() for slug in some if day < last_day(deadline)]
    done = {cell.unit.slug for cell in turn.board.of_duty(plan.obligation) if cell.state.done} & units_of(plan)
    notes = [words.tr("extend.with_reason", reason=plan.reason) if plan.reason else words.tr("extend.without_reason")]
    notes += [words.tr("extend.earlier", units=names(turn, earlier))] if earlier else []
    notes += [words.tr("extend.done_already", units=names(turn, done))] if done else []
    off = day_off_text(words, turn.campaign, day)
    return [*notes, off] if off else notes
