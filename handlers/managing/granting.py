"""Later days are granted and taken back; the officers of each unit hear of it."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from handlers.managing import planning
from handlers.managing.granted import Extended, Restored
from handlers.message import Choice, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.extensions import present_text, until_text
from rules import actions as a
from rules.directory.model import Unit
from rules.people import Role
from storage import extensions, people, reports
from storage.extensions import ExtensionPlan, ExtensionRequest
from storage.reports import By

UNDONE_WITHIN = timedelta(days=1)
"""Later than that a day that units have planned with is not taken back by an old button."""


def grant(turn: Turn, action: a.GrantExtension) -> None:
    """The plan as its question said it, once."""
    plan = extensions.plan(turn.scope, action.plan)
    if plan and plan.state == extensions.GRANTED:
        turn.close_buttons()
        turn.say(turn.words.tr("extend.already", name=turn.words.who(plan.person_name), at=turn.words.moment(plan.at)))
        return
    turn.close_buttons()
    if plan is None or not planning.is_open(turn, plan) or plan.day is None or not plan.units or plan.day < turn.today:
        planning.say_stale(turn)
    elif not extensions.is_as_shown(turn.scope, plan):
        turn.say(turn.words.tr("extend.moved"))
        planning.ask_sure(turn, plan)
    else:
        grant_now(turn, plan)


def grant_now(turn: Turn, plan: ExtensionPlan) -> None:
    """Put it in force and say who hears of it."""
    assert turn.person
    assert plan.day
    turn.rest()
    was = turn.due
    granted = extensions.grant(turn.scope, plan, By(turn.person.id, turn.person.name), turn.now)
    asked = extensions.answered_by(turn.scope, granted, turn.now)
    duty, by, day = turn.campaign.obligation(plan.obligation), turn.person.name, plan.day

    def news(unit: Unit) -> Notice:
        return Extended(turn.campaign, duty, unit, by, was.of(unit.slug, duty.slug), day, plan.reason)

    told = tell(turn, planning.units_of(plan), asked, news, f"extend:{plan.id}")
    units = planning.units_of(plan)
    lines = [
        turn.words.tr("extend.done", title=turn.title(duty), until=until_text(turn.words, day), units=planning.names(turn, units))
    ]
    _say_told(turn, lines, units, told, Choice(turn.words.tr("button.undo"), a.UndoExtension(plan.id)))


def tell(
    turn: Turn, units: Iterable[str], asked: Iterable[ExtensionRequest], news: Callable[[Unit], Notice], key: str
) -> set[str]:
    """Tell the officers of each unit, and who asked; not their leaders. The units where somebody can be written to."""
    askers, named, told = {request.person_id for request in asked}, frozenset(units), set()
    for unit in (each for each in turn.directory.units if each.slug in named):
        for person in people.of_unit(turn.db, unit.slug):
            if person.role is not Role.OFFICER and person.id not in askers:
                continue
            if push.to_person(turn, person, news(unit), f"{key}:{turn.now.isoformat()}:p{person.id}"):
                told.add(unit.slug)
    return told


def _say_told(turn: Turn, lines: list[str], units: Iterable[str], told: set[str], *choices: Choice) -> None:
    untold = [slug for slug in units if slug not in told]
    if told:
        lines.append(turn.words.tr("extend.told", units=planning.names(turn, told)))
    if untold:
        lines.append(turn.words.tr("extend.untold", units=planning.names(turn, untold)))
        choices = (*choices, Choice(turn.words.tr("button.invite"), a.ChooseInvite()))
    turn.say("\n".join(lines), *choices)


# ---------------------------------------------------------------- taken back


def undo(turn: Turn, action: a.UndoExtension) -> None:
    """Each unit has its own former day again; those that were told hear of it."""
    turn.close_buttons()
    plan = extensions.plan(turn.scope, action.plan)
    if plan and plan.state == extensions.UNDONE:
        turn.say(turn.words.tr("extend.undone_already"))
    elif plan is None or plan.state != extensions.GRANTED or not turn.campaign.has_obligation(plan.obligation):
        planning.say_stale(turn)
    elif turn.now - plan.at > UNDONE_WITHIN:
        turn.say(turn.words.tr("extend.too_late_to_undo"), Choice(turn.words.tr("button.extend_again"), a.ChooseExtension()))
    else:
        _take_back(turn, plan)


def _take_back(turn: Turn, plan: ExtensionPlan) -> None:
    assert turn.person
    turn.rest()
    back = {had.unit for had in extensions.take_back(turn.scope, plan, turn.now)}
    waiting = extensions.open_again(turn.scope, plan, sorted(back))
    due, duty, by = reports.due(turn.scope), turn.campaign.obligation(plan.obligation), turn.person.name

    def news(unit: Unit) -> Notice:
        waits = any(request.unit == unit.slug for request in waiting)
        return Restored(turn.campaign, duty, unit, by, due.of(unit.slug, duty.slug), waits)

    told = tell(turn, sorted(back), waiting, news, f"unextend:{plan.id}")
    lines = [turn.words.tr("extend.undone", title=turn.title(duty))]
    lines += [
        turn.words.tr("extend.each_again", units=planning.names(turn, some), present=present_text(turn.words, deadline))
        for deadline, units in planning.by_present(turn, plan, due).items()
        if (some := back & set(units))
    ]
    kept = planning.units_of(plan) - back
    lines += [turn.words.tr("extend.not_undone", units=planning.names(turn, kept))] if kept else []
    _say_told(turn, lines, sorted(back), told)
