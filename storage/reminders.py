"""What the clock has settled: rungs, acknowledgements, snoozes; and the situation it plans from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, insert, select

from rules.campaign.board import Standings
from rules.campaign.ladder import Push, Situation, Snooze
from storage import assignments, people, reports, sql
from storage.scope import Scope
from storage.tables import acknowledgement, person, rung, snooze


@dataclass(frozen=True)
class Acknowledged:
    """Who has seen a reminder, and when."""

    name: str
    unit: str
    obligation: str
    at: datetime


_TOLD = select(rung.c.key, rung.c.at).where(rung.c.campaign == bindparam("of_campaign"))
_SNOOZES = select(snooze.c.id, snooze.c.person_id.label("person"), snooze.c.at).where(
    snooze.c.campaign == bindparam("of_campaign")
)
_ACKNOWLEDGED = (
    select(person.c.name, acknowledgement.c.unit, acknowledgement.c.obligation, acknowledgement.c.at)
    .join(person, person.c.id == acknowledgement.c.person_id)
    .where(acknowledgement.c.campaign == bindparam("of_campaign"), person.c.removed_at.is_(None))
    .order_by(acknowledgement.c.at, acknowledgement.c.person_id, acknowledgement.c.obligation)
)


def situation(scope: Scope, standings: Standings | None = None) -> Situation:
    """All that a plan depends on, read at one moment. ``standings``: those of then, where they were read already."""
    standings = reports.standings(scope) if standings is None else standings
    return Situation(
        recipients=people.recipients(scope.db),
        done=frozenset(key for key, s in standings.items() if s.state.done),
        due=reports.due(scope),
        told=_told(scope),
        snoozes=tuple(sql.many(scope.db, Snooze, _SNOOZES, {"of_campaign": scope.name})),
        assigned={(each.unit, each.obligation): each.person_id for each in assignments.present(scope)},
    )


def _told(scope: Scope) -> dict[str, date]:
    """What was sent or skipped, with the local day. Few moments make many keys: each is turned into a day once."""
    zone, days = scope.campaign.directory.zone, dict[datetime, date]()
    found = {}
    for row in scope.db.execute(_TOLD, {"of_campaign": scope.name}):
        if row.at not in days:
            days[row.at] = row.at.astimezone(zone).date()
        found[row.key] = days[row.at]
    return found


def settle_push(scope: Scope, push: Push) -> bool:
    """Record a push's rungs. False when another clock was first with any of them: then nothing is recorded."""
    keys = [(key, "sent") for key in push.keys] + [(key, "skipped") for key in push.skips]
    rows = [
        {
            "key": key, "campaign": scope.name, "kind": push.kind.value, "at": push.at, "state": state,
            "person_id": push.recipient.person if push.recipient else None,
        }
        for key, state in keys
    ]  # fmt: skip
    with scope.db.begin_nested() as savepoint:
        for row in rows:
            if sql.insert_once(scope.db, rung, row) is None:
                savepoint.rollback()
                return False
    return True


def acknowledge(scope: Scope, person_id: int, unit: str, obligations: Iterable[str], now: datetime) -> None:
    """ "Đã nắm", once a person and obligation."""
    for obligation in obligations:
        values = {"campaign": scope.name, "person_id": person_id, "unit": unit, "obligation": obligation, "at": now}
        sql.insert_once(scope.db, acknowledgement, values)


def acknowledged(scope: Scope) -> list[Acknowledged]:
    """Who has acknowledged what, oldest first."""
    return sql.many(scope.db, Acknowledged, _ACKNOWLEDGED, {"of_campaign": scope.name})


def add_snooze(scope: Scope, person_id: int, at: datetime) -> None:
    """Remind this person again then; asking twice for the same moment is one reminder."""
    there = select(snooze.c.id).where(
        snooze.c.campaign == scope.name, snooze.c.person_id == person_id, snooze.c.at == at
    )  # fmt: skip
    if scope.db.execute(there).first() is None:
        scope.db.execute(insert(snooze).values(campaign=scope.name, person_id=person_id, at=at))
