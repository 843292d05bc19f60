"""What the clock has settled: rungs, acknowledgements, snoozes; and the situation it plans from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from rules.campaign import Campaign
from rules.ladder import Push, PushKind, Situation, Snooze
from storage import people, reports
from storage.tables import acknowledgement, person, rung, snooze


@dataclass(frozen=True)
class Acknowledged:
    """Who has seen a reminder, and when."""

    name: str
    unit: str
    obligation: str
    at: datetime


def situation(db: Connection, campaign: Campaign) -> Situation:
    """All that a plan depends on, read at one moment."""
    standings = reports.standings(db, campaign)
    return Situation(
        recipients=people.recipients(db),
        settled=frozenset(key for key, s in standings.items() if s.settled),
        reported=frozenset(key for key, s in standings.items() if s.outcome.reported),
        due=reports.due(db, campaign),
        settled_keys=frozenset(db.execute(select(rung.c.key).where(rung.c.campaign == campaign.name)).scalars()),
        reminded_on=_reminded_on(db, campaign),
        snoozes=tuple(
            Snooze(r.id, r.person_id, r.at) for r in db.execute(select(snooze).where(snooze.c.campaign == campaign.name))
        ),
    )


def _reminded_on(db: Connection, campaign: Campaign) -> dict[int, date]:
    rows = db.execute(
        select(rung.c.person_id, func.max(rung.c.at).label("at"))
        .where(rung.c.campaign == campaign.name, rung.c.kind == PushKind.REMINDER.value, rung.c.state == "sent")
        .group_by(rung.c.person_id)
    )
    return {r.person_id: r.at.astimezone(campaign.zone).date() for r in rows if r.person_id is not None}


def settle_push(db: Connection, campaign: Campaign, push: Push) -> bool:
    """Record a push's rungs. False when another clock was first with any of them: then nothing is recorded."""
    keys = [(key, "sent") for key in push.keys] + [(key, "skipped") for key in push.skips]
    rows = [
        {
            "key": key, "campaign": campaign.name, "kind": push.kind.value, "at": push.at, "state": state,
            "person_id": push.recipient.person if push.recipient else None,
        }
        for key, state in keys
    ]  # fmt: skip
    upsert = postgres_insert if db.dialect.name == "postgresql" else sqlite_insert
    with db.begin_nested() as savepoint:
        for row in rows:
            added = upsert(rung).values(row).on_conflict_do_nothing().returning(rung.c.key)
            if db.execute(added).first() is None:
                savepoint.rollback()
                return False
    return True


def acknowledge(db: Connection, campaign: str, person_id: int, unit: str, obligations: Iterable[str], now: datetime) -> None:
    """ "Đã nắm", once a person and obligation."""
    upsert = postgres_insert if db.dialect.name == "postgresql" else sqlite_insert
    for obligation in obligations:
        values = {"campaign": campaign, "person_id": person_id, "unit": unit, "obligation": obligation, "at": now}
        db.execute(upsert(acknowledgement).values(values).on_conflict_do_nothing())


def acknowledged(db: Connection, campaign: str) -> list[Acknowledged]:
    """Who has acknowledged what, oldest first."""
    rows = db.execute(
        select(person.c.name, acknowledgement.c.unit, acknowledgement.c.obligation, acknowledgement.c.at)
        .join(person, person.c.id == acknowledgement.c.person_id)
        .where(acknowledgement.c.campaign == campaign, person.c.removed_at.is_(None))
        .order_by(acknowledgement.c.at)
    )
    return [Acknowledged(r.name, r.unit, r.obligation, r.at) for r in rows]


def add_snooze(db: Connection, campaign: str, person_id: int, at: datetime) -> None:
    """Remind this person again then; asking twice for the same moment is one reminder."""
    there = select(snooze.c.id).where(
        snooze.c.campaign == campaign, snooze.c.person_id == person_id, snooze.c.at == at
    )  # fmt: skip
    if db.execute(there).first() is None:
        db.execute(insert(snooze).values(campaign=campaign, person_id=person_id, at=at))
