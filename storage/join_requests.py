"""Who asks to be let in without an invite, and what was decided. The contact's conversation is locked in every turn of theirs,
so nobody has two open ones."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from storage import sql
from storage.tables import JoinRequest as JoinRequest
from storage.tables import join_request

OPEN, GRANTED, REFUSED, JOINED = "open", "granted", "refused", "joined"
_COLUMNS = sql.columns(JoinRequest, join_request)


class Asking(NamedTuple):
    """Who asks, for which unit. ``phone`` is written 84905123456; empty where none was given."""

    contact_id: int
    name: str
    unit: str
    phone: str


def add(db: Connection, asking: Asking, now: datetime) -> JoinRequest:
    """A new one, which waits."""
    values = {**asking._asdict(), "at": now, "state": OPEN, "decided_by": "", "decided_at": None, "told_at": None}
    return sql.add(db, JoinRequest, join_request, values)


def newest_of(db: Connection, contact_id: int) -> JoinRequest | None:
    """What that contact asked last."""
    query = select(*_COLUMNS).where(join_request.c.contact_id == contact_id).order_by(join_request.c.id.desc()).limit(1)
    return sql.one(db, JoinRequest, query)


def by_id(db: Connection, request_id: int) -> JoinRequest | None:
    """That one."""
    return sql.one(db, JoinRequest, select(*_COLUMNS).where(join_request.c.id == request_id))


def waiting(db: Connection, limit: int = 500) -> list[JoinRequest]:
    """Those that nobody has decided, oldest first."""
    query = select(*_COLUMNS).where(join_request.c.state == OPEN)
    return sql.many(db, JoinRequest, query.order_by(join_request.c.id).limit(limit))


def untold(db: Connection, limit: int = 500) -> list[JoinRequest]:
    """Those of which nobody who oversees has heard."""
    query = select(*_COLUMNS).where(join_request.c.state == OPEN, join_request.c.told_at.is_(None))
    return sql.many(db, JoinRequest, query.order_by(join_request.c.id).limit(limit))


def mark_told(db: Connection, request_ids: list[int], now: datetime) -> None:
    """Those who oversee know of these."""
    db.execute(update(join_request).where(join_request.c.id.in_(request_ids)).values(told_at=now))


def since(db: Connection, moment: datetime, unit: str = "") -> int:
    """How many were made since then; of one unit, where it is named."""
    these = [join_request.c.at > moment, *([join_request.c.unit == unit] if unit else [])]
    return int(db.execute(select(func.count()).select_from(join_request).where(*these)).scalar_one())


def decide(db: Connection, request_id: int, state: str, by: str, now: datetime) -> bool:
    """Whether it was still open: of two who decide at once, one does."""
    this = (join_request.c.id == request_id, join_request.c.state == OPEN)
    return db.execute(update(join_request).where(*this).values(state=state, decided_by=by, decided_at=now)).rowcount == 1


def close_of(db: Connection, contact_id: int, now: datetime) -> None:
    """That contact has come in by an invite: nothing is left to be decided."""
    theirs = (join_request.c.contact_id == contact_id, join_request.c.state == OPEN)
    db.execute(update(join_request).where(*theirs).values(state=JOINED, decided_at=now))
