"""Later days as they come about: plans that are granted and taken back, and what units ask for. The days in force:
``storage/reports.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select, update

from rules.campaign.deadlines import Extension
from storage import reports, sql
from storage.reports import By
from storage.scope import Scope
from storage.tables import ExtensionBefore as ExtensionBefore
from storage.tables import ExtensionPlan as ExtensionPlan
from storage.tables import ExtensionRequest as ExtensionRequest
from storage.tables import extension, extension_before, extension_plan, extension_request

OPEN, GRANTED, UNDONE = "open", "granted", "undone"
DRAFT, REFUSED, DROPPED = "draft", "refused", "dropped"
_PLAN = (extension_plan.c.campaign == bindparam("of_campaign"), extension_plan.c.id == bindparam("of_id"))
_REQUEST = (extension_request.c.campaign == bindparam("of_campaign"), extension_request.c.id == bindparam("of_id"))
_BEFORE = (extension_before.c.campaign == bindparam("of_campaign"), extension_before.c.plan_id == bindparam("of_id"))
_GET_PLAN = select(extension_plan).where(*_PLAN).with_for_update()
_GET_REQUEST = select(extension_request).where(*_REQUEST).with_for_update()
_GET_BEFORE = select(extension_before).where(*_BEFORE)


def _this(scope: Scope, number: int) -> dict[str, Any]:
    return {"of_campaign": scope.name, "of_id": number}


# ---------------------------------------------------------------- plans


@dataclass(frozen=True)
class Planned:
    """What a plan begins with; what is empty is still asked for."""

    obligation: str
    units: Sequence[str] = ()
    day: date | None = None
    reason: str = ""


def begin_plan(scope: Scope, planned: Planned, by: By, now: datetime) -> ExtensionPlan:
    """A plan to be put together."""
    values = {
        "campaign": scope.name,
        "obligation": planned.obligation,
        "units": ",".join(planned.units),
        "day": planned.day,
        "reason": planned.reason,
        "state": OPEN,
        "person_id": by.person_id,
        "person_name": by.name,
        "at": now,
    }
    return sql.add(scope.db, ExtensionPlan, extension_plan, values)


def plan(scope: Scope, number: int) -> ExtensionPlan | None:
    """That plan, locked for this turn."""
    return sql.one(scope.db, ExtensionPlan, _GET_PLAN, _this(scope, number))


def change_plan(scope: Scope, kept: ExtensionPlan, **values: Any) -> ExtensionPlan:
    """The plan with other values."""
    scope.db.execute(update(extension_plan).where(*_PLAN).values(**values), _this(scope, kept.id))
    return kept.model_copy(update=values)


def remember_before(scope: Scope, kept: ExtensionPlan) -> None:
    """What each unit of the plan has now, as its question shows it."""
    scope.db.execute(delete(extension_before).where(*_BEFORE), _this(scope, kept.id))
    for unit, had in _now(scope, kept).items():
        sql.upsert(scope.db, extension_before, {"campaign": scope.name, "plan_id": kept.id, "unit": unit, **had})


_HAD_NOTHING: Mapping[str, Any] = {"day": None, "reason": "", "granted_by": "", "granted_at": None}


def _now(scope: Scope, kept: ExtensionPlan) -> dict[str, Mapping[str, Any]]:
    query = select(extension).where(extension.c.campaign == scope.name, extension.c.obligation == kept.obligation)
    found = {row.unit: {name: getattr(row, name) for name in _HAD_NOTHING} for row in scope.db.execute(query)}
    return {unit: found.get(unit, _HAD_NOTHING) for unit in kept.units.split(",") if unit}


def before(scope: Scope, kept: ExtensionPlan) -> list[ExtensionBefore]:
    """What each unit had when the plan's question was shown last."""
    return sql.many(scope.db, ExtensionBefore, _GET_BEFORE, _this(scope, kept.id))


def is_as_shown(scope: Scope, kept: ExtensionPlan) -> bool:
    """Whether the units still have what the plan's question said."""
    shown = {had.unit: (had.day, had.reason, had.granted_by) for had in before(scope, kept)}
    return shown == {unit: (had["day"], had["reason"], had["granted_by"]) for unit, had in _now(scope, kept).items()}


def grant(scope: Scope, kept: ExtensionPlan, by: By, now: datetime) -> ExtensionPlan:
    """The day is in force for each unit of the plan."""
    assert kept.day, "it was asked for"
    done = change_plan(scope, kept, state=GRANTED, person_id=by.person_id, person_name=by.name, at=now)
    for unit in kept.units.split(","):
        reports.extend(scope, Extension(unit, kept.obligation, kept.day, kept.reason, by.name), now)
    return done


def take_back(scope: Scope, kept: ExtensionPlan, now: datetime) -> tuple[ExtensionBefore, ...]:
    """Each unit has again what it had, unless something else was granted to it since. Returns those that have."""
    granted = (kept.day, kept.reason, kept.person_name)
    have = {unit: (had["day"], had["reason"], had["granted_by"]) for unit, had in _now(scope, kept).items()}
    back = tuple(had for had in before(scope, kept) if have.get(had.unit) == granted)
    for had in back:
        _put_back(scope, kept.obligation, had)
    change_plan(scope, kept, state=UNDONE, at=now)
    return back


def _put_back(scope: Scope, obligation: str, had: ExtensionBefore) -> None:
    which = {"campaign": scope.name, "unit": had.unit, "obligation": obligation}
    if had.day is None:
        scope.db.execute(delete(extension).where(*(extension.c[name] == value for name, value in which.items())))
    else:
        values = {name: getattr(had, name) for name in _HAD_NOTHING}
        sql.upsert(scope.db, extension, {**which, **values})


# ---------------------------------------------------------------- what units ask for


def begin_request(scope: Scope, unit: str, planned: Planned, by: By, now: datetime) -> ExtensionRequest:
    """A request to be put together; an earlier one of the same person that was not sent is let go."""
    mine = (extension_request.c.person_id == by.person_id, extension_request.c.state == DRAFT)
    _change_requests(scope, mine, {"state": DROPPED, "reason": ""})
    values = {
        "campaign": scope.name,
        "unit": unit,
        "obligation": planned.obligation,
        "day": planned.day,
        "reason": planned.reason,
        "state": DRAFT,
        "person_id": by.person_id,
        "person_name": by.name,
        "at": now,
        "told_at": None,
        "plan_id": None,
        "answer": "",
        "decided_by": "",
        "decided_at": None,
    }
    return sql.add(scope.db, ExtensionRequest, extension_request, values)


def request(scope: Scope, number: int) -> ExtensionRequest | None:
    """That request, locked for this turn."""
    return sql.one(scope.db, ExtensionRequest, _GET_REQUEST, _this(scope, number))


def change_request(scope: Scope, kept: ExtensionRequest, **values: Any) -> ExtensionRequest:
    """The request with other values."""
    scope.db.execute(update(extension_request).where(*_REQUEST).values(**values), _this(scope, kept.id))
    return kept.model_copy(update=values)


def _change_requests(scope: Scope, which: Sequence[ColumnElement[bool]], values: Mapping[str, Any]) -> None:
    these = (extension_request.c.campaign == scope.name, *which)
    scope.db.execute(update(extension_request).where(*these).values(**values))


def send(scope: Scope, kept: ExtensionRequest, now: datetime) -> ExtensionRequest:
    """The request is open; it takes the place of what the unit asked for before on the same task."""
    same = (extension_request.c.unit == kept.unit, extension_request.c.obligation == kept.obligation)
    _change_requests(scope, (*same, extension_request.c.state == OPEN), {"state": DROPPED})
    return change_request(scope, kept, state=OPEN, at=now)


def open_requests(scope: Scope, *which: ColumnElement[bool]) -> list[ExtensionRequest]:
    """What waits for a word, oldest first."""
    query = select(extension_request).where(extension_request.c.campaign == scope.name, extension_request.c.state == OPEN, *which)
    return sql.many(scope.db, ExtensionRequest, query.order_by(extension_request.c.id))


def open_requests_of(scope: Scope, unit: str) -> list[ExtensionRequest]:
    """What a unit asks for and has no answer to, oldest first."""
    return open_requests(scope, extension_request.c.unit == unit)


def open_request_of(scope: Scope, unit: str, obligation: str) -> ExtensionRequest | None:
    """What a unit asks for on a task and has no answer to."""
    same = (extension_request.c.unit == unit, extension_request.c.obligation == obligation)
    return next(iter(open_requests(scope, *same)), None)


def untold(scope: Scope) -> list[ExtensionRequest]:
    """What those who oversee were not told of yet."""
    return open_requests(scope, extension_request.c.told_at.is_(None))


def sent_since(scope: Scope, unit: str, span: timedelta, now: datetime) -> int:
    """How many requests a unit sent lately, whatever became of them. One that was let go unsent has no reason any more."""
    query = select(extension_request.c.id).where(
        extension_request.c.campaign == scope.name,
        extension_request.c.unit == unit,
        extension_request.c.state != DRAFT,
        extension_request.c.reason != "",
        extension_request.c.at > now - span,
    )
    return len(scope.db.execute(query).all())


def mark_told(scope: Scope, told: Sequence[ExtensionRequest], now: datetime) -> None:
    """Those who oversee know of these."""
    _change_requests(scope, (extension_request.c.id.in_([each.id for each in told]),), {"told_at": now})


def answered_by(scope: Scope, granted: ExtensionPlan, now: datetime) -> list[ExtensionRequest]:
    """The requests that a plan answers: those of its units on its task. They are granted with it."""
    which = (
        extension_request.c.obligation == granted.obligation,
        extension_request.c.unit.in_(granted.units.split(",")),
    )
    found = open_requests(scope, *which)
    done = {"state": GRANTED, "plan_id": granted.id, "decided_by": granted.person_name, "decided_at": now}
    _change_requests(scope, (extension_request.c.id.in_([each.id for each in found]),), done)
    return found


def open_again(scope: Scope, undone: ExtensionPlan, units: Sequence[str]) -> list[ExtensionRequest]:
    """The requests that a plan answered wait again, where it was taken back; but not beside what the unit asked for since.
    Returns all that wait there."""
    same = (extension_request.c.obligation == undone.obligation, extension_request.c.unit.in_(list(units)))
    since = {each.unit for each in open_requests(scope, *same)}
    answered = (extension_request.c.plan_id == undone.id, extension_request.c.unit.in_(list(units)))
    values = {"plan_id": None, "decided_by": "", "decided_at": None}
    _change_requests(scope, (*answered, extension_request.c.unit.in_(since)), {"state": DROPPED, **values})
    _change_requests(scope, (*answered, extension_request.c.unit.not_in(since)), {"state": OPEN, **values})
    return open_requests(scope, *same)
