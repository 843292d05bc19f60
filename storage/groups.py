"""Group chats that receive the managers' alerts, and single values that outlive a restart."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage.tables import alert_group, kept


@dataclass(frozen=True)
class AlertGroup:
    """A bound group chat."""

    channel: str
    address: str
    title: str


def bind(db: Connection, channel: str, address: str, title: str, by: int, now: datetime) -> None:
    """Send alerts to that group from now on."""
    unbind(db, channel, address)
    db.execute(insert(alert_group).values(channel=channel, address=address, title=title, bound_by=by, bound_at=now))


def unbind(db: Connection, channel: str, address: str) -> bool:
    """Stop sending alerts there. False when none were sent."""
    gone = db.execute(delete(alert_group).where(alert_group.c.channel == channel, alert_group.c.address == address))
    return gone.rowcount == 1


_BOUND = select(alert_group)


def bound(db: Connection) -> list[AlertGroup]:
    """The groups that receive alerts."""
    return [AlertGroup(r.channel, r.address, r.title) for r in db.execute(_BOUND)]


def is_bound(db: Connection, channel: str, address: str) -> bool:
    """Whether that group receives alerts."""
    there = select(alert_group.c.channel).where(alert_group.c.channel == channel, alert_group.c.address == address)
    return db.execute(there).first() is not None


def move_group(db: Connection, channel: str, old: str, new: str) -> None:
    """The group's chat has a new address."""
    db.execute(update(alert_group).where(alert_group.c.channel == channel, alert_group.c.address == old).values(address=new))


def keep_value(db: Connection, key: str, value: str) -> None:
    """Keep a single value."""
    if db.execute(update(kept).where(kept.c.key == key).values(value=value)).rowcount == 0:
        db.execute(insert(kept).values(key=key, value=value))


def keep_first(db: Connection, key: str, value: str) -> str:
    """Keep a value unless one is kept already. Returns the one that is kept, the same for everybody."""
    upsert = postgres_insert if db.dialect.name == "postgresql" else sqlite_insert
    db.execute(upsert(kept).values(key=key, value=value).on_conflict_do_nothing())
    return str(db.execute(select(kept.c.value).where(kept.c.key == key)).scalar_one())


def kept_value(db: Connection, key: str) -> str | None:
    """A kept value."""
    return db.execute(select(kept.c.value).where(kept.c.key == key)).scalar_one_or_none()
