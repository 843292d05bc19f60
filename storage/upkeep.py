"""What is forgotten, and when: the rules, in one place. Rows are looked for while nobody waits and dropped a few at a time.

Never dropped: reports, extensions, people, what was settled and seen, published replies, questions that wait for an answer. The
last row of a table with numbers stays, so that no number is given twice: buttons, keys and other rows name it.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, delete, exists, func, select, tuple_, update
from sqlalchemy.exc import OperationalError

from rules import retention
from rules.channels import CHANNELS
from rules.retention import Retention
from storage.database import SHRINKS, reading
from storage.inbox import MOST_ATTEMPTS
from storage.scope import all_campaigns
from storage.tables import (
    choice_list,
    contact,
    conversation,
    draft,
    extension_before,
    extension_plan,
    extension_request,
    former,
    inbox,
    invite,
    join_request,
    link_code,
    link_try,
    outbox,
    question,
    received,
    recognised_product,
    register_loading,
    snooze,
    spent,
)

AT_ONCE = 500
"""Rows of one transaction: a few hundredths of a second in which nobody else writes."""
PAGES_AT_ONCE = 500
"""Pages of SQLite's file given back in one transaction."""
Keys: TypeAlias = list[Row[Any]]


@dataclass(frozen=True)
class Rule:
    """Rows of a table of which ``where`` holds are dropped, or changed to ``values``; they are ``days`` old by then. ``parts`` are
    columns of other tables that name them: those rows go with them."""

    name: str
    days: int
    table: Table
    where: tuple[ColumnElement[bool], ...]
    values: Mapping[str, Any] | None = None
    parts: tuple[ColumnElement[Any], ...] = ()

    @property
    def key(self) -> tuple[ColumnElement[Any], ...]:
        """The columns that name a row."""
        return tuple(self.table.primary_key.columns)

    @property
    def due(self) -> tuple[ColumnElement[bool], ...]:
        """What holds of the rows whose time is over."""
        if self.values is not None or "id" not in self.table.c:
            return self.where
        last = self.table.alias("last")
        return *self.where, self.table.c.id < select(func.max(last.c.id)).scalar_subquery()


def rules(kept: Retention, now: datetime) -> Iterator[Rule]:
    """All of them, in the order in which they are worked off. ``now`` is the campaign's clock."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    yield from _updates(now)
    yield Rule("texts", kept.texts, received, (received.c.at < before(kept.texts), received.c.body != ""), {"body": ""})
    yield Rule(
        "stuck", retention.STUCK, inbox,
        (inbox.c.attempts >= MOST_ATTEMPTS, inbox.c.received_at < before(retention.STUCK)),
    )  # fmt: skip
    yield Rule("lists", retention.LISTS, choice_list, (choice_list.c.at < before(retention.LISTS),))
    yield Rule(
        "messages", kept.messages, outbox, (outbox.c.state != "waiting", outbox.c.created_at < before(kept.messages))
    )  # fmt: skip
    yield Rule("orphans", 0, outbox, (outbox.c.state != "waiting", outbox.c.contact_id.is_not(None), ~_is_there()))
    yield Rule("snoozes", retention.SNOOZES, snooze, (snooze.c.at < before(retention.SNOOZES),))
    yield Rule("codes", retention.CODES, link_code, (link_code.c.expires_at < before(retention.CODES),))
    yield Rule("tries", retention.CODES, link_try, (link_try.c.at < before(retention.CODES),))
    yield Rule("invites", retention.INVITES, invite, (invite.c.expires_at < before(retention.INVITES),))
    waiting = (register_loading.c.taken_at.is_(None), register_loading.c.at < before(retention.REGISTERS))
    yield Rule("registers", retention.REGISTERS, register_loading, waiting, parts=(recognised_product.c.loading_id,))
    yield Rule("requests", retention.REQUESTS, join_request, (join_request.c.at < before(retention.REQUESTS),))
    yield Rule("drafts", kept.drafts, draft, (draft.c.updated_at < before(kept.drafts),))
    unmade = (extension_plan.c.at < before(kept.drafts), extension_plan.c.state == "open")
    yield Rule("plans", kept.drafts, extension_plan, unmade, parts=(extension_before.c.plan_id,))
    unsent = extension_request.c.state.in_(("draft", "dropped"))
    yield Rule("wishes", kept.drafts, extension_request, (extension_request.c.at < before(kept.drafts), unsent))
    yield Rule(
        "questions", kept.questions, question,
        (question.c.at < before(kept.questions), question.c.state != "passed_on", question.c.published_at.is_(None)),
    )  # fmt: skip
    yield _strangers(kept.strangers, before(kept.strangers))
    yield Rule("spending", retention.SPENDING, spent, (spent.c.period < f"{before(retention.SPENDING):%Y-%m}",))


def _updates(now: datetime) -> Iterator[Rule]:
    """Updates of each channel that can't come again."""
    for span in sorted({channel.updates_kept for channel in CHANNELS.values()}):
        longer = tuple(channel.name for channel in CHANNELS.values() if channel.updates_kept > span)
        name = "updates" if longer else "signed"
        yield Rule(name, span.days, received, (received.c.at < now - span, received.c.channel.not_in(longer)))


def _is_there() -> ColumnElement[bool]:
    """Whether the contact of a message is still kept: on PostgreSQL one may be written while its reader is forgotten."""
    return exists().where(contact.c.id == outbox.c.contact_id)


def _strangers(days: int, before: datetime) -> Rule:
    """Whoever waits for an answer, and whom a message waits for, is still awaited."""
    waits = exists().where(outbox.c.contact_id == contact.c.id, outbox.c.state == "waiting")
    asks = exists().where(question.c.contact_id == contact.c.id, question.c.state == "passed_on")
    wants_in = exists().where(join_request.c.contact_id == contact.c.id, join_request.c.state == "open")
    gone = (contact.c.person_id.is_(None), contact.c.last_seen_at < before, ~waits, ~asks, ~wants_in)
    return Rule("strangers", days, contact, gone, parts=(conversation.c.contact_id, former.c.contact_id))


def count(db: Connection, rule: Rule) -> int:
    """How many rows' time is over."""
    return int(db.execute(all_campaigns(select(func.count()).select_from(rule.table).where(*rule.due))).scalar_one())


def find(db: Connection, rule: Rule, limit: int = AT_ONCE) -> Keys:
    """The keys of rows whose time is over. It may look through a whole table: on a connection that only reads."""
    return list(db.execute(all_campaigns(select(*rule.key).where(*rule.due).limit(limit))))


def forget(db: Connection, rule: Rule, found: Keys) -> int:
    """Drop those of the rows that were found of which it still holds. Returns how many that were."""
    named = _named(rule, found)
    if rule.values is not None:
        return db.execute(all_campaigns(update(rule.table).where(named, *rule.due).values(**rule.values))).rowcount
    if rule.parts:
        sure = select(*rule.key).where(named, *rule.due).with_for_update(skip_locked=True)
        found = list(db.execute(all_campaigns(sure)))
        named = _named(rule, found)
        for part in rule.parts:
            db.execute(all_campaigns(delete(part.table).where(part.in_([key[0] for key in found]))))
    return db.execute(all_campaigns(delete(rule.table).where(named, *rule.due))).rowcount


def _named(rule: Rule, found: Keys) -> ColumnElement[bool]:
    if len(rule.key) == 1:
        return rule.key[0].in_([row[0] for row in found])
    return tuple_(*rule.key).in_([tuple(row) for row in found])


def give_back(db: Connection, pages: int = PAGES_AT_ONCE) -> bool:
    """Give pages that nothing stands on back to the disk: SQLite's file gets smaller. Whether there may be more of them."""
    if db.dialect.name != "sqlite" or not _can_shrink(db):
        return False
    free = int(db.exec_driver_sql("PRAGMA freelist_count").scalar_one())
    one: Any = db.connection.driver_connection
    for _ in range(min(free, pages)):
        one.execute("PRAGMA incremental_vacuum(1)")  # Python's driver takes one step of it, whatever the number
    return free > pages


def _can_shrink(db: Connection) -> bool:
    return bool(db.exec_driver_sql("PRAGMA auto_vacuum").scalar())


def let_it_shrink(engine: Engine) -> bool:
    """A SQLite file from before is written anew, once: only then it can get smaller. False where nothing was to be done. It needs
    as much room as the file, and nobody else writes meanwhile. Raises OperationalError where there is no room."""
    if engine.dialect.name != "sqlite":
        return False
    with reading(engine) as db:
        if _can_shrink(db):
            return False
    lent = engine.raw_connection()
    try:
        connection: Any = lent.driver_connection
        connection.execute(SHRINKS)
        connection.execute("VACUUM")
    except sqlite3.OperationalError as error:
        raise OperationalError("VACUUM", None, error) from error
    finally:
        lent.close()
    return True
