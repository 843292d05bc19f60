"""One-time codes by which people join. Only their hashes are kept."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from rules.codes import looks_like_invite, new_invite, tidy
from rules.people import Role
from storage import sql
from storage.tables import Invite as Invite
from storage.tables import invite

INVITE_LIFE = timedelta(days=14)


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


def create_invite(db: Connection, grant: Grant, created_by: str, now: datetime, pick: Callable[[str], str]) -> CreatedInvite:
    """A one-time code for that, good for :data:`INVITE_LIFE`."""
    granted = {**grant._asdict(), "expires_at": now + INVITE_LIFE}
    fresh = new_invite(pick)
    db.execute(insert(invite).values({**granted, "code_hash": _hash(fresh), "created_by": created_by, "created_at": now}))
    return sql.made(CreatedInvite, {**granted, "code": fresh})


def redeem(db: Connection, given: str, used_by: int | None, now: datetime) -> Invite | None:
    """Use up a code. None where it is unknown, used or expired.

    The update is conditional: of two who send one code at once, exactly one gets it.
    """
    key = _hash(given)
    used = (
        update(invite)
        .where(invite.c.code_hash == key, invite.c.used_at.is_(None), invite.c.expires_at > now)
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
