"""Updates as a platform delivered them, durable before they are confirmed and kept until their turn is committed.

For platforms that want an answer at once, while a file behind an update may take long to fetch.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from storage import sql
from storage.claims import Claim
from storage.tables import Arrived as Arrived
from storage.tables import inbox

MOST_ATTEMPTS = 10
"""After so many crashes over one update it is kept for people to look at, and left alone."""


_DONE = inbox.delete().where(inbox.c.id == bindparam("of_id"))


def put(db: Connection, channel: str, update_id: str, body: dict[str, Any], wall_now: datetime, claim: Claim) -> int | None:
    """Keep an update, claimed by whoever puts it. None where it waits here already."""
    values = {"channel": channel, "update_id": update_id, "body": body, "received_at": wall_now, "attempts": 1}
    fresh = sql.insert_once(db, inbox, {**values, "claimed_until": claim.until, "claimed_by": claim.by})
    return fresh.id if fresh else None


def claim(db: Connection, channels: Iterable[str], wall_now: datetime, claim: Claim, limit: int = 100) -> list[Arrived]:
    """Claim what somebody put here and did not finish, in the order of arrival."""
    due = (
        select(inbox.c.id)
        .where(
            inbox.c.channel.in_(list(channels)), inbox.c.attempts < MOST_ATTEMPTS,
            or_(inbox.c.claimed_until.is_(None), inbox.c.claimed_until <= wall_now),
        )
        .order_by(inbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    ids = list(db.execute(due).scalars())
    if not ids:
        return []
    db.execute(
        update(inbox)
        .where(inbox.c.id.in_(ids))
        .values(claimed_until=claim.until, claimed_by=claim.by, attempts=inbox.c.attempts + 1)
    )
    return sql.many(db, Arrived, select(*sql.columns(Arrived, inbox)).where(inbox.c.id.in_(ids)).order_by(inbox.c.id))


def done(db: Connection, arrived_id: int) -> None:
    """Its turn is committed."""
    db.execute(_DONE, {"of_id": arrived_id})


def release(db: Connection, ids: Iterable[int], by: str) -> None:
    """Give back what that one claimed and did not finish: the process stops."""
    db.execute(update(inbox).where(inbox.c.id.in_(list(ids)), inbox.c.claimed_by == by).values(claimed_until=None, claimed_by=""))
