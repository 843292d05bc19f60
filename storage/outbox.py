"""Messages waiting to be sent.

A message is queued in the transaction that causes it. A courier claims it for a while
(``claimed_until``), sends it, and settles it; should the courier die, the claim runs out and
another takes over. Messages of one address leave in the order in which they were queued.
Claims and delays are reckoned by the wall clock, also in a rehearsal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    update,
)

from rules.text.vietnamese import storable
from storage import sql
from storage.claims import Claim
from storage.tables import Delivery as Delivery
from storage.tables import outbox
from storage.types import UtcDateTime

MOST_ATTEMPTS = 400
"""After so many tries in vain a push takes another way, if there is one."""
HOLDS_UP = 6
"""After so many tries in vain, half a minute, a message no longer holds up what is said after it: it may be the fault."""
LONGEST_WAIT = timedelta(days=4)
"""So long a message waits for a platform that does not take it, where no other way is left: longer than any weekend."""


class DeliveryKind(StrEnum):
    """What a message is to its reader, which decides what becomes of it where its channel refuses it."""

    REPLY = "reply"
    CODE = "code"
    """A reply that holds a code which opens something. What it said is not kept once it is out."""
    CLOSE = "close"
    """Says nothing: takes the buttons off what was pressed."""
    FAREWELL = "farewell"
    """The last word to somebody about whom nothing is kept any more: once it is out, neither is its address."""
    NOTICE = "notice"
    """Belongs on that contact: elsewhere it would tell the wrong one."""
    PUSH = "push"
    """To somebody who did not just write."""
    REMINDER = "reminder"
    """A push that the next day's makes stale."""
    ALARM = "alarm"
    """A push that tells overseers whom no message reaches."""

    @property
    def is_push(self) -> bool:
        """Whether it is sent whatever way is left, within what a channel grants to who did not just hear from the reader."""
        return self in (DeliveryKind.PUSH, DeliveryKind.REMINDER, DeliveryKind.ALARM)

    @property
    def takes_another_way(self) -> bool:
        """Whether it may reach the reader elsewhere: a push always, a reply where its whole channel is shut."""
        return self.is_push or self is DeliveryKind.REPLY


FLOOD = "flood"
"""How the error begins of what a platform has put off for its own chat."""
AWAITED = tuple(kind.value for kind in DeliveryKind if not kind.is_push)
"""What somebody waits for who has just written."""


@dataclass(frozen=True)
class Settled:
    """What became of a message: ``sent``, ``failed`` for good, or ``waiting`` for another try."""

    row: Delivery
    state: str
    at: datetime
    platform_id: str = ""
    error: str = ""
    not_before: datetime | None = None
    by: str = ""
    """Who had claimed it. What another claims since is changed by a message alone that was sent."""


_DELIVERY = select(*sql.columns(Delivery, outbox))
_QUEUE = insert(outbox).returning(outbox.c.id)
_earlier = outbox.alias("earlier")


def _fixed(value: str | int) -> ColumnElement[Any]:
    """What never changes stands in the statement itself: each parameter costs every turn some microseconds."""
    return literal_column(repr(str(value) if isinstance(value, str) else value))


_BEHIND = (
    select(_fixed(1))
    .where(
        _earlier.c.state == _fixed("waiting"), _earlier.c.channel == bindparam("its_channel"),
        _earlier.c.address == bindparam("its_address"), _earlier.c.attempts < _fixed(HOLDS_UP),
        or_(*(_earlier.c.kind == _fixed(kind) for kind in AWAITED)), _earlier.c.claimed_by != bindparam("by"),
    )
    .exists()
)  # fmt: skip
_QUEUE_REPLY = (
    insert(outbox)
    .values(
        claimed_until=case((_BEHIND, null()), else_=bindparam("until", type_=UtcDateTime)),
        claimed_by=case((_BEHIND, _fixed("")), else_=bindparam("by")),
    )
    .returning(outbox.c.id, outbox.c.claimed_by)
)
_EMPTY_BY_ITSELF = ("facts", "template", "tried", "way", "closes", "pieces_out")
"""What a plain reply has none of: the table's own defaults, which cost a turn nothing."""


class Outgoing(NamedTuple):
    """A message to be sent, and whereto. ``message`` and ``facts`` as :mod:`handlers.message` has them, ``template`` what a
    template carries instead; ``way`` is the one that it takes, ``tried`` those that it took before; ``closes`` the platform's
    id of a message that loses its buttons."""

    channel: str
    address: str
    contact_id: int | None
    person_id: int | None
    kind: str
    message: Mapping[str, Any]
    facts: Mapping[str, str] = MappingProxyType({})
    language: str = ""
    template: Mapping[str, Any] = MappingProxyType({})
    way: str = ""
    tried: tuple[str, ...] = ()
    closes: str = ""


def queue(db: Connection, going: Outgoing, now: datetime, key: str | None = None) -> Delivery | None:
    """Queue a message. With a ``key`` that is there already nothing is queued and None returned."""
    values = _waiting(going, now)
    written = {**_written(values), "claimed_until": None, "key": key}
    if key is None:
        fresh = db.execute(_QUEUE, written).scalar_one()
    else:
        there = sql.insert_once(db, outbox, written)
        if there is None:
            return None
        fresh = there.id
    return sql.made(Delivery, {**values, "id": fresh})


def queue_reply(db: Connection, going: Outgoing, now: datetime, claim: Claim) -> tuple[Delivery, bool]:
    """Queue what a turn says. Whether it is claimed: not while an earlier reply to the same address waits that another has in
    hand, or nobody; then it leaves after that one."""
    values = _waiting(going, now)
    asked = {"its_channel": going.channel, "its_address": going.address, "by": claim.by, "until": claim.until}
    row = db.execute(_QUEUE_REPLY, {**_written(values), "key": None, **asked}).one()
    return sql.made(Delivery, {**values, "id": row.id}), bool(row.claimed_by)


def _waiting(going: Outgoing, now: datetime) -> dict[str, Any]:
    return {
        **going._asdict(), "message": dict(going.message), "facts": dict(going.facts), "template": dict(going.template),
        "pieces_out": 0, "state": "waiting", "created_at": now, "attempts": 0, "platform_id": "", "error": "",
    }  # fmt: skip


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or name not in _EMPTY_BY_ITSELF}


def is_queued(db: Connection, key: str) -> bool:
    """Whether a push with that key was queued before."""
    return db.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is not None


def queued_at(db: Connection, number: int) -> datetime | None:
    """When that message was queued; None where it is kept no more."""
    return db.execute(select(outbox.c.created_at).where(outbox.c.id == number)).scalar_one_or_none()


def claim(
    db: Connection, channels: Iterable[str], wall_now: datetime, claim: Claim, limit: int = 100, only_awaited: bool = False
) -> list[Delivery]:
    """Claim messages that are due on those channels, oldest first; ``only_awaited``: those alone that somebody waits for.

    One is passed over while an earlier one of the same address waits for its time or is in
    another courier's hands; what is awaited waits for no push that is put off, nor for long. On PostgreSQL rows that another process is claiming are skipped.
    """
    earlier, put_off = _earlier, _earlier.c.not_before > wall_now
    taken = true() if only_awaited else or_(earlier.c.claimed_until > wall_now, put_off)
    holds_up = and_(earlier.c.kind.in_(AWAITED), earlier.c.attempts < HOLDS_UP)
    counts = or_(holds_up, outbox.c.kind.not_in(AWAITED), not_(func.coalesce(put_off, false())))
    blocked = (
        select(1)
        .where(
            earlier.c.channel == outbox.c.channel, earlier.c.address == outbox.c.address, earlier.c.id < outbox.c.id,
            earlier.c.state == "waiting", counts, taken,
        )
        .exists()
    )  # fmt: skip
    due = (
        select(outbox.c.id)
        .where(
            outbox.c.state == "waiting", outbox.c.channel.in_(list(channels)),
            or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= wall_now),
            or_(outbox.c.not_before.is_(None), outbox.c.not_before <= wall_now), ~blocked,
            *((outbox.c.kind.in_(AWAITED),) if only_awaited else ()),
        )
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    ids = list(db.execute(due).scalars())
    if not ids:
        return []
    db.execute(update(outbox).where(outbox.c.id.in_(ids)).values(claimed_until=claim.until, claimed_by=claim.by))
    found, damaged = sql.readable(db, Delivery, _DELIVERY.where(outbox.c.id.in_(ids)).order_by(outbox.c.id))
    for row in damaged:
        db.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state="failed", error="unreadable", claimed_until=None, claimed_by="")
        )
    return found


SAID_ONCE = {"text": "•••", "choices": []}
"""What is left of a code."""

_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("of_id"))
    .values(
        state=bindparam("state"), sent_at=bindparam("sent_at"), platform_id=bindparam("platform_id"),
        error=bindparam("error"), not_before=bindparam("not_before"), claimed_until=None, claimed_by="", attempts=outbox.c.attempts + 1,
    )
)  # fmt: skip
_SETTLE_OWN = _SETTLE.where(outbox.c.claimed_by == bindparam("by"), outbox.c.state == "waiting")


def settle(db: Connection, results: Iterable[Settled]) -> None:
    """Record what became of messages, and keep of a code no more than that one was said, of a last word not even to whom."""
    sent, others, said, parted = [], [], [], []
    for r in results:
        values = {
            "of_id": r.row.id, "state": r.state, "sent_at": r.at if r.state == "sent" else None,
            "platform_id": storable(r.platform_id), "error": storable(r.error)[:500], "not_before": r.not_before,
        }  # fmt: skip
        if r.state == "sent":
            sent.append(values)
        else:
            others.append({**values, "by": r.by})
        if r.row.kind == DeliveryKind.CODE:
            said.append(r.row.id)
        if r.row.contact_id is None and r.row.kind in (DeliveryKind.FAREWELL, DeliveryKind.CLOSE):
            parted.append(r.row.id)
    if sent:
        db.execute(_SETTLE, sent)
    if others:
        db.execute(_SETTLE_OWN, others)
    if said:
        db.execute(update(outbox).where(outbox.c.id.in_(said), outbox.c.state != "waiting").values(message=SAID_ONCE))
    if parted:
        db.execute(
            update(outbox).where(outbox.c.id.in_(parted), outbox.c.state != "waiting").values(address="", message=SAID_ONCE)
        )


def keep_pieces_out(db: Connection, outbox_id: int, count: int) -> None:
    """So many pieces of a long message are out: another try begins with the next one."""
    db.execute(update(outbox).where(outbox.c.id == outbox_id).values(pieces_out=count))


def release(db: Connection, ids: Iterable[int], by: str) -> None:
    """Give messages back, unsent, that are claimed by that one still."""
    mine = (outbox.c.id.in_(list(ids)), outbox.c.claimed_by == by, outbox.c.state == "waiting")
    db.execute(update(outbox).where(*mine).values(claimed_until=None, claimed_by=""))


def is_claimed(db: Connection, outbox_id: int, by: str) -> bool:
    """Whether a waiting message is that one's still."""
    mine = (outbox.c.id == outbox_id, outbox.c.claimed_by == by, outbox.c.state == "waiting")
    return db.execute(select(outbox.c.id).where(*mine)).first() is not None


def release_turn(db: Connection, by: str, at: datetime) -> None:
    """Give back what a turn of that moment queued, of which it is not known whether it was handed on."""
    queued = (outbox.c.claimed_by == by, outbox.c.created_at == at, outbox.c.state == "waiting")
    db.execute(update(outbox).where(*queued).values(claimed_until=None, claimed_by=""))


def wait_no_longer(db: Connection, channel: str = "") -> None:
    """Let what waits for its time, on one channel or on all, be tried at once: the platform answers again, or the clock by
    which it was to wait has been set."""
    waiting = [outbox.c.state == "waiting", outbox.c.not_before.is_not(None)]
    waiting += [outbox.c.channel == channel, ~outbox.c.error.startswith(FLOOD)] if channel else []
    db.execute(update(outbox).where(*waiting).values(not_before=None))


def move_address(db: Connection, channel: str, old: str, new: str) -> None:
    """A chat moved: what waits for it goes to its new address."""
    db.execute(
        update(outbox)
        .where(outbox.c.channel == channel, outbox.c.address == old, outbox.c.state == "waiting")
        .values(address=new)
    )


def drop_waiting(db: Connection, kind: str, before: datetime, only_tried: bool) -> list[int]:
    """Give up messages of a kind that have waited since before then and are in nobody's hands;
    ``only_tried``: those alone that a platform did not take.

    Returns the contacts that they were for. They are kept as skipped.
    """
    stale = [outbox.c.kind == kind, outbox.c.state == "waiting", outbox.c.created_at < before, outbox.c.claimed_until.is_(None)]
    stale += [outbox.c.attempts > 0] if only_tried else []
    gone = db.execute(update(outbox).where(*stale).values(state="skipped").returning(outbox.c.contact_id))
    return [contact_id for contact_id in gone.scalars() if contact_id is not None]


def revive(db: Connection, channel: str, why: str) -> int:
    """A channel works again: what waits on it may go at once, and so may the last reply to each address that failed for
    that reason. Returns how many came back."""
    db.execute(update(outbox).where(outbox.c.channel == channel, outbox.c.state == "waiting").values(not_before=None))
    last = (
        select(func.max(outbox.c.id))
        .where(outbox.c.channel == channel, outbox.c.kind == DeliveryKind.REPLY)
        .group_by(outbox.c.address)
    )
    failed = (outbox.c.id.in_(last), outbox.c.state == "failed", outbox.c.error.startswith(f"{why}:"))
    again = update(outbox).where(*failed).values(state="waiting", not_before=None, attempts=0)
    return db.execute(again).rowcount


def depth(db: Connection) -> int:
    """How many messages wait."""
    return int(db.execute(select(func.count()).select_from(outbox).where(outbox.c.state == "waiting")).scalar_one())


def said_to(db: Connection, contact_id: int, limit: int = 200) -> list[Delivery]:
    """What was said to a contact lately, also what is on its way, oldest first."""
    said = (outbox.c.contact_id == contact_id, outbox.c.state.in_(("sent", "waiting")))
    return sql.many(db, Delivery, _DELIVERY.where(*said).order_by(outbox.c.id.desc()).limit(limit))[::-1]
