"""Who of a unit has an obligation in hand."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from storage import sql
from storage.scope import Scope
from storage.tables import Assignment as Assignment
from storage.tables import assignment

_COLUMNS = sql.columns(Assignment, assignment)


def present(scope: Scope, unit: str = "") -> list[Assignment]:
    """Everything that somebody has in hand; of one unit, where it is named. Who left it is for the caller to see."""
    query = select(*_COLUMNS).where(assignment.c.campaign == scope.name, *([assignment.c.unit == unit] if unit else []))
    return sql.many(scope.db, Assignment, query.order_by(assignment.c.unit, assignment.c.obligation))


def give(scope: Scope, unit: str, obligations: Iterable[str], person_id: int, by: int, now: datetime) -> None:
    """Hand obligations to somebody. Who takes on something alone has accepted it."""
    before = {each.obligation: each.person_id for each in present(scope, unit)}
    for obligation in obligations:
        had = before.get(obligation)
        if had == person_id:
            continue
        values = {
            "campaign": scope.name,
            "unit": unit,
            "obligation": obligation,
            "person_id": person_id,
            "given_by_id": by,
            "before_id": had,
            "given_at": now,
            "accepted_at": now if by == person_id else None,
        }
        sql.upsert(scope.db, assignment, values)


def accept(scope: Scope, unit: str, obligations: Iterable[str], person_id: int, now: datetime) -> list[Assignment]:
    """Somebody says that it is in hand. Returns what of it was not said before."""
    theirs = (
        assignment.c.campaign == scope.name,
        assignment.c.unit == unit,
        assignment.c.obligation.in_(list(obligations)),
        assignment.c.person_id == person_id,
        assignment.c.accepted_at.is_(None),
    )
    said = update(assignment).where(*theirs).values(accepted_at=now).returning(*_COLUMNS)
    return sql.many(scope.db, Assignment, said)


def take_back(scope: Scope, unit: str, obligations: Iterable[str], person_id: int) -> list[Assignment]:
    """What somebody was handed goes back to whose it was before, or to all of the unit. Returns what it was."""
    wanted = frozenset(obligations)
    found = [each for each in of_person(scope, unit, person_id) if each.obligation in wanted]
    for each in found:
        this = (assignment.c.campaign == scope.name, assignment.c.unit == unit, assignment.c.obligation == each.obligation)
        if each.before_id is None:
            scope.db.execute(assignment.delete().where(*this))
        else:
            back = {"person_id": each.before_id, "before_id": None, "accepted_at": None}
            scope.db.execute(update(assignment).where(*this).values(**back))
    return found


def of_person(scope: Scope, unit: str, person_id: int) -> list[Assignment]:
    """What that one has in hand."""
    return [each for each in present(scope, unit) if each.person_id == person_id]


def given_last(found: list[Assignment]) -> list[Assignment]:
    """Of what somebody has in hand, what was handed over together last."""
    newest = max((each.given_at for each in found), default=None)
    return [each for each in found if each.given_at == newest]
