"""What channels took this month and what it cost: messages of a quota, billed messages, templates."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage.tables import spent


@dataclass(frozen=True)
class Spent:
    """So many messages of a kind, and đồng paid for them."""

    channel: str
    kind: str
    count: int
    cost: int


def _adding(upsert: Any) -> Any:
    added = upsert(spent).values({name: bindparam(name) for name in ("channel", "period", "kind", "count", "cost")})
    more = {"count": spent.c.count + added.excluded.count, "cost": spent.c.cost + added.excluded.cost}
    return added.on_conflict_do_update(index_elements=["channel", "period", "kind"], set_=more).returning(spent.c.count)


_ADD = {"postgresql": _adding(postgres_insert), "sqlite": _adding(sqlite_insert)}


def add(db: Connection, channel: str, period: str, kind: str, count: int, cost: int) -> int:
    """Count messages. Returns how many of that kind the channel has taken in that period."""
    values = {"channel": channel, "period": period, "kind": kind, "count": count, "cost": cost}
    return int(db.execute(_ADD[db.dialect.name], values).scalar_one())


def of_period(db: Connection, period: str) -> list[Spent]:
    """All that was spent in a period such as ``2022-06``."""
    columns = (spent.c.channel, spent.c.kind, spent.c.count, spent.c.cost)
    rows = db.execute(select(*columns).where(spent.c.period == period).order_by(spent.c.channel, spent.c.kind))
    return [Spent(channel, kind, number, cost) for channel, kind, number, cost in rows]


def count(db: Connection, channel: str, period: str, kind: str) -> int:
    """How many messages of a kind a channel took in a period."""
    found = select(spent.c.count).where(spent.c.channel == channel, spent.c.period == period, spent.c.kind == kind)
    return int(db.execute(found).scalar_one_or_none() or 0)
