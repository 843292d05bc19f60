"""One-time codes by which people join. Only their hashes are kept."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from rules.codes import looks_like_invite, new_invite, tidy
from rules.people import Role
from storage import sql
from storage.tables import Invite as Invite
from storage.tables import invite

INVITE_LIFE = timedelta(days=14)
HANDLE = 12
"""Signs of a hash that name an invite on a button."""


class OpenInvite(Invite):
    """An invite that was not used yet, and who made it. ``handle`` begins its hash: nobody gets the code out of it."""

    handle: str
    created_by: str
    created_at: datetime


class CreatedInvite(Invite):
    """A new invite with its code, which is shown once and never kept."""

    code: str


def _hash(given: str) -> str:
    return hashlib.sha256(b"dondoc-invite:" + tidy(given).encode()).hexdigest()


class Grant(NamedTuple):
    """What an invite makes of whoever redeems it. ``phone`` is written 84905123456."""

    role: Role
    unit: str = ""
    name: str = ""
    phone: str = ""


class By(NamedTuple):
    """Who makes an invite: it is void once that person has left. No person for the command line."""

    name: str
    person_id: int | None = None


def create_invite(db: Connection, grant: Grant, by: By, now: datetime, pick: Callable[[str], str]) -> CreatedInvite:
    """A one-time code for that, good for :data:`INVITE_LIFE`."""
    granted = {**grant._asdict(), "expires_at": now + INVITE_LIFE}
    fresh = new_invite(pick)
    made = {"code_hash": _hash(fresh), "created_by": by.name, "created_by_id": by.person_id, "created_at": now}
    db.execute(insert(invite).values({**granted, **made}))
    return sql.made(CreatedInvite, {**granted, "code": fresh})


def _still_good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return invite.c.used_at.is_(None), invite.c.revoked_at.is_(None), invite.c.expires_at > now


def open_invites(db: Connection, now: datetime) -> list[OpenInvite]:
    """Those that would let somebody in, the newest first."""
    query = select(
        *sql.columns(Invite, invite), func.substr(invite.c.code_hash, 1, HANDLE).label("handle"), invite.c.created_by,
        invite.c.created_at,
    ).where(*_still_good(now))  # fmt: skip
    return sql.many(db, OpenInvite, query.order_by(invite.c.created_at.desc(), invite.c.code_hash))


def revoke(db: Connection, handle: str, role: Role, now: datetime) -> bool:
    """Make an invite to that role void. False where it is good no more, or to another role."""
    this = (func.substr(invite.c.code_hash, 1, HANDLE) == handle, invite.c.role == role)
    return db.execute(update(invite).where(*this, *_still_good(now)).values(revoked_at=now)).rowcount > 0


def offered(db: Connection, given: str, now: datetime) -> Role | None:
    """The role that a code would make of somebody; None where it is no good."""
    good = select(invite.c.role).where(invite.c.code_hash == _hash(given), *_still_good(now))
    found = db.execute(good).scalar_one_or_none()
    return None if found is None else Role(found)


def redeem(db: Connection, given: str, used_by: int | None, now: datetime) -> Invite | None:
    """Use up a code. None where it is unknown, used, revoked or expired.

    The update is conditional: of two who send one code at once, exactly one gets it.
    """
    key = _hash(given)
    used = (
        update(invite)
        .where(invite.c.code_hash == key, *_still_good(now))
        .values(used_at=now, used_by=used_by)
        .returning(*sql.columns(Invite, invite))
    )
    return sql.one(db, Invite, used)


def invite_user(db: Connection, given: str) -> int | None:
    """The contact that used a code, so that its owner may send it again without harm."""
    return db.execute(select(invite.c.used_by).where(invite.c.code_hash == _hash(given))).scalar_one_or_none()


def is_invite(db: Connection, given: str) -> bool:
    """Whether that is the code of an invite, used or not."""
    if not looks_like_invite(given):
        return False
    return db.execute(select(invite.c.code_hash).where(invite.c.code_hash == _hash(given))).first() is not None


def is_open(db: Connection, given: str, now: datetime) -> bool:
    """Whether that is the code of an invite that would still let somebody in."""
    if not looks_like_invite(given):
        return False
    good = select(invite.c.code_hash).where(invite.c.code_hash == _hash(given), *_still_good(now))
    return db.execute(good).first() is not None
