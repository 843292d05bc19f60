"""A later day is put together: of which task, for which units, until when, why. Granted once the question is confirmed."""

import re

from handlers.conversation import Extending, Lacks
from handlers.managing import planning
from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording.extensions import example_day, present_text
from rules import actions as a
from rules.campaign.model import Obligation
from rules.directory.finding import all_units_in, names_some
from rules.text.later_day import LONGEST_REASON, LaterDay, named_day, taken_apart, typed_alone
from rules.text.vietnamese import same_words
from storage import extensions
from storage.extensions import ExtensionPlan, Planned
from storage.reports import By

_ALL = re.compile(r"\b(?:tat ca|toan bo|(?:cac|moi) (?:don vi|huyen|dia phuong)|toan tinh|all|every)\b")
_BUT = re.compile(r"\b(?:ngoai tru|tru|khong ke|except)\b")


def choose(turn: Turn, _: a.ChooseExtension) -> None:
    """Of which task? Where units wait for an answer, they come first."""
    waiting = len(extensions.open_requests(turn.scope))
    choices = (
        [Choice(turn.words.tr("button.requests", count=turn.words.number(waiting)), a.ShowTimeRequests())] if waiting else []
    )
    for item in turn.campaign.dated():
        if turn.board.open_of(item.slug):
            choices.append(Choice(item.short.in_(turn.words.language), a.ExtendDuty(turn.campaign.duty(item))))
    turn.say(turn.words.tr("extend.which"), *choices)


def begin(turn: Turn, planned: Planned) -> ExtensionPlan:
    """A plan of the person who asks."""
    assert turn.person
    return extensions.begin_plan(turn.scope, planned, By(turn.person.id, turn.person.name), turn.now)


def extend_duty(turn: Turn, action: a.ExtendDuty) -> None:
    """A task, for units still to be named."""
    if _has_a_day(turn, action.duty.slug):
        go_on(turn, begin(turn, Planned(action.duty.slug)))


def begin_extension(turn: Turn, action: a.BeginExtension) -> None:
    """A task of one unit: to which day?"""
    if _has_a_day(turn, action.duty.slug):
        go_on(turn, begin(turn, Planned(action.duty.slug, (action.unit,))))


def _has_a_day(turn: Turn, slug: str) -> bool:
    """Whether there is a day that can be moved. Says so where not."""
    if turn.campaign.obligation(slug).deadline:
        return True
    planning.say_stale(turn)
    return False


def in_words(turn: Turn, action: a.ExtendInWords) -> None:
    """ "Gia hạn kinh phí cho Đại Lộc, Hội An đến 5/7": what the sentence lacks is asked for."""
    apart = taken_apart(action.text, turn.today)
    named = turn.of_dispatch.obligation_named(apart.rest)
    duty = named if named and named.deadline else None
    if unclear := all_units_in(apart.rest, turn.directory).unclear:
        _ask_which(turn, unclear[0].says, unclear[0].units)
        return
    units = units_meant(turn, duty, apart.rest)
    plan = begin(turn, Planned(duty.slug if duty else "", units, None, apart.reason))
    if duty and units and (apart.given or apart.more):
        _take_day(turn, plan, apart)
    else:
        go_on(turn, extensions.change_plan(turn.scope, plan, day=named_day(apart, turn.today)))


def choose_duty(turn: Turn, action: a.ChoosePlanDuty) -> None:
    """The task of a plan; of its units those remain that have to do with it."""
    plan = planning.open_plan(turn, action.plan)
    if plan is None or not _has_a_day(turn, action.duty.slug):
        return
    chosen, board = planning.units_of(plan), turn.board
    still = [cell.unit.slug for cell in board.open_of(action.duty.slug) if cell.unit.slug in chosen]
    owing = still or [cell.unit.slug for cell in board.of_duty(action.duty.slug) if cell.unit.slug in chosen]
    kept = extensions.change_plan(turn.scope, plan, obligation=action.duty.slug, units=",".join(owing))
    _with_day(turn, kept)


def _with_day(turn: Turn, plan: ExtensionPlan) -> None:
    """On with a day that was named before its task and units were known: it is looked at now."""
    if plan.day and plan.units:
        _take_day(turn, extensions.change_plan(turn.scope, plan, day=None), LaterDay(plan.day.isoformat()))
    else:
        go_on(turn, plan)


def units_meant(turn: Turn, duty: Obligation | None, text: str) -> tuple[str, ...]:
    """The units in a text that owe the task: those it names, or all that have not finished, but those after "trừ"."""
    folded = same_words(text)
    but = _BUT.search(folded)
    left_out = all_units_in(folded[but.start() :], turn.directory).units if but else ()
    cells = [cell for cell in turn.board.cells if cell.deadline and (duty is None or cell.duty.slug == duty.slug)]
    named = all_units_in(text, turn.directory).units
    everyone = _ALL.search(folded) and not names_some(folded[: but.start()] if but else folded)
    meant = {c.unit.slug for c in cells if (not c.state.done if everyone else c.unit.slug in named)}
    return tuple(unit.slug for unit in turn.directory.units if unit.slug in meant and unit.slug not in left_out)


def _ask_which(turn: Turn, says: str, units: tuple[str, ...]) -> None:
    short = ", ".join(turn.directory.unit(slug).short for slug in units)
    turn.say(turn.words.tr("extend.unclear", says=says, units=short))


# ---------------------------------------------------------------- what is still lacking


def go_on(turn: Turn, plan: ExtensionPlan) -> None:
    """Ask for what the plan lacks; the question that grants it, if nothing."""
    if not plan.obligation:
        _ask_duty(turn, plan)
    elif not plan.units:
        _ask_units(turn, plan)
    elif plan.day is None:
        _ask_day(turn, plan)
    else:
        planning.ask_sure(turn, plan)


def _ask_duty(turn: Turn, plan: ExtensionPlan) -> None:
    turn.go(Extending(plan.id, Lacks.DUTY))
    campaign = turn.campaign
    open_ones = [item for item in campaign.dated() if turn.board.open_of(item.slug)]
    choices = [Choice(o.short.in_(turn.words.language), a.ChoosePlanDuty(plan.id, campaign.duty(o))) for o in open_ones]
    turn.say(turn.words.tr("extend.which"), *choices, Choice(turn.words.tr("button.not_now"), a.Cancel()))


def _ask_units(turn: Turn, plan: ExtensionPlan) -> None:
    words, chosen = turn.words, planning.units_of(plan)
    turn.go(Extending(plan.id, Lacks.UNITS))
    open_ones = [cell.unit for cell in turn.board.open_of(plan.obligation)]
    lines = [words.tr("extend.units", title=turn.title(turn.campaign.obligation(plan.obligation)))]
    if chosen:
        lines.append(words.tr("extend.chosen", units=planning.names(turn, chosen)))
    choices = [Choice(words.tr("extend.units_done", count=words.number(len(chosen))), a.UnitsChosen(plan.id))] if chosen else []
    choices.append(Choice(words.tr("extend.all", count=words.number(len(open_ones))), a.TakeAllUnits(plan.id)))
    choices += [Choice(f"{'☑ ' if u.slug in chosen else ''}{u.short}", a.SwitchUnit(plan.id, u.slug)) for u in open_ones]
    turn.say("\n".join(lines), *choices, Choice(words.tr("button.not_now"), a.Cancel()))


def _ask_day(turn: Turn, plan: ExtensionPlan) -> None:
    turn.go(Extending(plan.id, Lacks.DAY))
    due = turn.due
    present = [due.of(unit, plan.obligation) for unit in planning.units_of(plan)]
    latest = max(present, key=lambda deadline: deadline.date)
    example = example_day(latest, turn.today)
    turn.say(
        turn.words.tr(
            "extend.day",
            units=planning.names(turn, planning.units_of(plan)),
            example=turn.words.day(example),
            title=turn.title(turn.campaign.obligation(plan.obligation)),
            day=present_text(turn.words, latest),
        ),
        Choice(turn.words.tr("button.not_now"), a.Cancel()),
    )


def ask_again(turn: Turn) -> None:
    """The open question once more, after something else was answered in between."""
    topic = turn.topic
    plan = planning.open_plan(turn, topic.plan) if isinstance(topic, Extending) else None
    if plan is None or not isinstance(topic, Extending):
        return
    if topic.lacks is Lacks.REASON:
        ask_reason(turn, a.AskReason(plan.id))
    else:
        go_on(turn, plan)


def ask_reason(turn: Turn, action: a.AskReason) -> None:
    """The reason that the units are told."""
    plan = planning.open_plan(turn, action.plan)
    if plan:
        turn.go(Extending(plan.id, Lacks.REASON))
        turn.say(turn.words.tr("extend.reason"), Choice(turn.words.tr("button.skip"), a.SkipReason(plan.id)))


def skip_reason(turn: Turn, action: a.SkipReason) -> None:
    """No reason."""
    plan = planning.open_plan(turn, action.plan)
    if plan:
        go_on(turn, plan)


def switch_unit(turn: Turn, action: a.SwitchUnit) -> None:
    """One unit more, or less."""
    plan = planning.open_plan(turn, action.plan)
    if plan is None:
        return
    if turn.board.cell(action.unit, plan.obligation) is None:
        planning.say_stale(turn)
        return
    chosen = planning.units_of(plan) ^ {action.unit}
    order = [unit.slug for unit in turn.directory.units if unit.slug in chosen]
    _ask_units(turn, extensions.change_plan(turn.scope, plan, units=",".join(order)))


def take_all(turn: Turn, action: a.TakeAllUnits) -> None:
    """Every unit that has not finished the task."""
    plan = planning.open_plan(turn, action.plan)
    if plan:
        everyone = ",".join(cell.unit.slug for cell in turn.board.open_of(plan.obligation))
        _with_day(turn, extensions.change_plan(turn.scope, plan, units=everyone))


def units_chosen(turn: Turn, action: a.UnitsChosen) -> None:
    """On to the day."""
    plan = planning.open_plan(turn, action.plan)
    if plan:
        _with_day(turn, plan)


def answer(turn: Turn, action: a.AnswerExtension) -> None:
    """What was typed, for what was asked."""
    plan = planning.open_plan(turn, action.plan)
    topic = turn.topic
    if plan is None:
        return
    lacks = topic.lacks if isinstance(topic, Extending) else Lacks.DAY
    if lacks is Lacks.REASON:
        kept = extensions.change_plan(turn.scope, plan, reason=action.text[:LONGEST_REASON])
        go_on(turn, kept)
    elif lacks is Lacks.DUTY:
        named = turn.of_dispatch.obligation_named(action.text)
        if named and named.deadline:
            choose_duty(turn, a.ChoosePlanDuty(plan.id, turn.campaign.duty(named)))
        else:
            go_on(turn, plan)
    elif lacks is Lacks.UNITS:
        _take_units(turn, plan, action.text)
    else:
        _take_day(turn, plan, typed_alone(action.text, turn.today), alone=True)


def _take_units(turn: Turn, plan: ExtensionPlan, text: str) -> None:
    duty = turn.campaign.obligation(plan.obligation)
    units = units_meant(turn, duty, text)
    if unclear := all_units_in(text, turn.directory).unclear:
        _ask_which(turn, unclear[0].says, unclear[0].units)
    elif not units:
        turn.say(turn.words.tr("extend.no_unit", given=text[:40]), Choice(turn.words.tr("button.not_now"), a.Cancel()))
    else:
        apart = taken_apart(text, turn.today)
        kept = extensions.change_plan(turn.scope, plan, units=",".join(units))
        if apart.given:
            _take_day(turn, kept, apart)
        else:
            _with_day(turn, kept)


def _take_day(turn: Turn, plan: ExtensionPlan, apart: LaterDay, alone: bool = False) -> None:
    """The day, if it can be one; then the question. Typed alone, no reason was given: it is asked for."""
    day = planning.day_meant(turn, plan, apart)
    if day is None:
        turn.go(Extending(plan.id, Lacks.DAY))
        return
    kept = extensions.change_plan(turn.scope, plan, day=day, reason=apart.reason or plan.reason)
    if alone and not kept.reason:
        ask_reason(turn, a.AskReason(kept.id))
    else:
        go_on(turn, kept)
