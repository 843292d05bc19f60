"""What channels took this month and what it cost: messages of a quota, billed messages, templates."""

from sqlalchemy import Connection, select

from storage import sql
from storage.tables import Spent as Spent
from storage.tables import spent


def add(db: Connection, channel: str, period: str, kind: str, count: int, cost: int) -> int:
    """Count messages. Returns how many of that kind the channel has taken in that period."""
    values = {"channel": channel, "period": period, "kind": kind, "count": count, "cost": cost}
    return int(sql.upsert(db, spent, values, adding=("count", "cost"))._mapping["count"])  # a row has a method of that name


def of_period(db: Connection, period: str) -> list[Spent]:
    """All that was spent in a period such as ``2022-06``."""
    query = select(*sql.columns(Spent, spent)).where(spent.c.period == period).order_by(spent.c.channel, spent.c.kind)
    return sql.many(db, Spent, query)


def count(db: Connection, channel: str, period: str, kind: str) -> int:
    """How many messages of a kind a channel took in a period."""
    found = select(spent.c.count).where(spent.c.channel == channel, spent.c.period == period, spent.c.kind == kind)
    return int(db.execute(found).scalar_one_or_none() or 0)
