"""Group chats that receive the managers' alerts."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from storage import sql
from storage.tables import AlertGroup as AlertGroup
from storage.tables import alert_group


def bind(db: Connection, channel: str, address: str, title: str, by: int, now: datetime) -> None:
    """Send alerts to that group from now on."""
    values = {"channel": channel, "address": address, "title": title, "bound_by": by, "bound_at": now}
    sql.upsert(db, alert_group, values)


def unbind(db: Connection, channel: str, address: str) -> bool:
    """Stop sending alerts there. False when none were sent."""
    gone = db.execute(delete(alert_group).where(alert_group.c.channel == channel, alert_group.c.address == address))
    return gone.rowcount == 1


_BOUND = select(*sql.columns(AlertGroup, alert_group))


def bound(db: Connection) -> list[AlertGroup]:
    """The groups that receive alerts."""
    return sql.many(db, AlertGroup, _BOUND)


def handle(group: AlertGroup) -> str:
    """What names a group on a button: the beginning of a hash, as its address may be long."""
    return hashlib.sha256(f"{group.channel} {group.address}".encode()).hexdigest()[:12]


def is_bound(db: Connection, channel: str, address: str) -> bool:
    """Whether that group receives alerts."""
    there = select(alert_group.c.channel).where(alert_group.c.channel == channel, alert_group.c.address == address)
    return db.execute(there).first() is not None


def move_group(db: Connection, channel: str, old: str, new: str) -> None:
    """The group's chat has a new address."""
    db.execute(update(alert_group).where(alert_group.c.channel == channel, alert_group.c.address == old).values(address=new))
