"""What is forgotten, and what never is; on SQLite and on PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, Table, delete, event, func, insert, select
from structlog.testing import capture_logs

from bot.flow.upkeep import tidy
from rules.people import Role
from rules.retention import Retention
from storage import upkeep
from storage.conversations import record_contact
from storage.database import migrate, open_database
from storage.tables import (
    acknowledgement,
    choice_list,
    contact,
    conversation,
    draft,
    extension,
    extension_plan,
    extension_request,
    inbox,
    invite,
    join_request,
    link_code,
    link_try,
    outbox,
    person,
    question,
    received,
    register_loading,
    rung,
    snooze,
    spent,
    submission,
)
from storage.writer import Writer
from tests.stage import OPENING, Stage

KEPT = Retention()
LONG_AGO = timedelta(days=5000)


def outbox_row(at: datetime, **more: Any) -> dict[str, Any]:
    values = {
        "channel": "telegram", "address": "7", "kind": "reply", "message": {"text": "x" * 500}, "attempts": 1, "created_at": at,
        "state": "sent", "platform_id": "", "error": "", "contact_id": None, "person_id": None, "key": None,
    }  # fmt: skip
    return {**values, **more}


def received_row(at: datetime, **more: Any) -> dict[str, Any]:
    return {"channel": "telegram", "update_id": "1", "contact_id": 1, "at": at, "body": "xin chào", "fault": "", **more}


def contact_row(at: datetime, **more: Any) -> dict[str, Any]:
    values = {"channel": "telegram", "address": "7", "name": "Lan", "language": "", "refused": "", "last_seen_at": at}
    return {**values, "person_id": None, **more}


def question_row(at: datetime, **more: Any) -> dict[str, Any]:
    values = {
        "campaign": "c", "contact_id": 900, "person_id": None, "asker": "Lan", "at": at, "text": "phí?", "answer": "", "clauses": "",
        "abstained": True, "state": "answered", "reply": "", "replied_by": "", "published_clause": "", "score": 0.1,
    }  # fmt: skip
    return {**values, **more}


def request_row(at: datetime, **more: Any) -> dict[str, Any]:
    values = {"contact_id": 1, "name": "Nam", "unit": "u", "phone": "", "at": at, "state": "open", "decided_by": ""}
    return {**values, **more}


OF_DAYS: list[tuple[str, int, Table, Any]] = [
    ("updates", 8, received, received_row),
    ("signed", 400, received, lambda at: received_row(at, channel="zalo_oa", body="")),
    ("stuck", 30, inbox, lambda at: {
        "channel": "zalo_oa", "update_id": "1", "body": {}, "attempts": 10, "received_at": at, "claimed_until": None}),
    ("lists", 30, choice_list, lambda at: {"outbox_id": 1, "first": 1, "choices": [], "contact_id": 1, "at": at}),
    ("messages", 90, outbox, outbox_row),
    ("snoozes", 30, snooze, lambda at: {"campaign": "c", "person_id": 1, "at": at}),
    ("codes", 1, link_code, lambda at: {"code_hash": "x", "person_id": 1, "expires_at": at, "used_at": None}),
    ("tries", 1, link_try, lambda at: {"contact_id": 1, "at": at}),
    ("invites", 90, invite, lambda at: {
        "code_hash": "x", "role": Role.OFFICER, "unit": "", "name": "", "expires_at": at, "phone": "", "created_by": "",
        "created_by_id": None, "created_at": at, "revoked_at": None, "used_at": at, "used_by": 1}),
    ("registers", 2, register_loading, lambda at: {"person_id": 1, "person_name": "Minh", "at": at, "taken_at": None}),
    ("drafts", 180, draft, lambda at: {
        "campaign": "c", "unit": "u", "obligation": "o", "state": {}, "seq": 1, "person_id": 1, "person_name": "", "updated_at": at}),
    ("plans", 180, extension_plan, lambda at: {
        "campaign": "c", "obligation": "o", "units": "u", "day": None, "reason": "", "state": "open", "person_id": 1, "person_name": "", "at": at}),
    ("wishes", 180, extension_request, lambda at: {
        "campaign": "c", "unit": "u", "obligation": "o", "day": None, "reason": "", "state": "draft", "person_id": 1, "person_name": "",
        "at": at, "told_at": None, "plan_id": None, "answer": "", "decided_by": "", "decided_at": None}),
    ("questions", 400, question, question_row),
    ("requests", 90, join_request, lambda at: request_row(at, state="refused")),
    ("strangers", 180, contact, contact_row),
]  # fmt: skip


def rows(stage: Stage, table: Table) -> int:
    with stage.engine.connect() as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def _run(db: Connection, statement: Executable, values: Any = None) -> None:
    db.execute(statement, values)


def put(stage: Stage, table: Table, *values: dict[str, Any]) -> None:
    def work(db: Connection) -> None:
        for row in values:
            db.execute(insert(table).values(**row))

    stage.writer.write(work)


@pytest.mark.parametrize(("name", "days", "table", "row"), OF_DAYS, ids=[name for name, *_ in OF_DAYS])
def test_each_is_kept_for_its_days_and_no_longer(any_stage: Stage, name: str, days: int, table: Table, row: Any) -> None:
    put(any_stage, table, row(OPENING))
    if "id" in table.c:  # the last number is never given twice; see below
        newest = row(OPENING + LONG_AGO)
        put(any_stage, table, {**newest, **{k: "2" for k in ("address", "update_id", "unit") if k in newest}})
    before = rows(any_stage, table)
    assert tidy(any_stage.writer, KEPT, OPENING + timedelta(days=days))[name] == 0
    assert rows(any_stage, table) == before
    assert tidy(any_stage.writer, KEPT, OPENING + timedelta(days=days, seconds=1))[name] == 1
    assert rows(any_stage, table) == before - 1


def test_every_rule_has_a_line_above() -> None:
    assert {rule.name for rule in upkeep.rules(KEPT, OPENING)} - {"texts", "spending", "orphans"} == {
        name for name, *_ in OF_DAYS
    }


def test_the_text_goes_and_the_mark_stays(any_stage: Stage) -> None:
    put(any_stage, received, received_row(OPENING, channel="zalo_oa"))
    assert tidy(any_stage.writer, KEPT, OPENING + timedelta(days=91))["texts"] == 1
    with any_stage.engine.connect() as db:
        assert db.execute(select(received.c.update_id, received.c.body)).all() == [("1", "")]


def test_what_was_spent_this_year_and_last_is_kept(any_stage: Stage) -> None:
    put(any_stage, spent, *({"channel": "x", "period": p, "kind": "k", "count": 1, "cost": 0} for p in ("2020-03", "2020-04")))
    assert tidy(any_stage.writer, KEPT, datetime(2022, 6, 20, tzinfo=UTC))["spending"] == 1


def test_the_settings_move_the_rules(any_stage: Stage) -> None:
    put(any_stage, outbox, outbox_row(OPENING), outbox_row(OPENING))
    assert tidy(any_stage.writer, Retention(messages=200), OPENING + timedelta(days=199))["messages"] == 0
    assert tidy(any_stage.writer, Retention(messages=50), OPENING + timedelta(days=51))["messages"] == 1


def test_what_waits_is_never_forgotten(any_stage: Stage) -> None:
    put(any_stage, contact, *(contact_row(OPENING, address=str(n)) for n in range(5)))
    put(any_stage, outbox, outbox_row(OPENING, state="waiting", contact_id=1), outbox_row(OPENING + LONG_AGO))
    put(
        any_stage, question,
        question_row(OPENING, state="passed_on", contact_id=2), question_row(OPENING, state="replied", published_at=OPENING),
        question_row(OPENING + LONG_AGO),
    )  # fmt: skip
    put(any_stage, join_request, request_row(OPENING + LONG_AGO, contact_id=4))
    waiting = {"channel": "zalo_oa", "body": {}, "attempts": 1, "received_at": OPENING, "claimed_until": None}
    put(any_stage, inbox, {**waiting, "update_id": "1"}, {**waiting, "update_id": "2"})
    done = tidy(any_stage.writer, KEPT, OPENING + LONG_AGO)
    assert {name: number for name, number in done.items() if number} == {"strangers": 1}
    with any_stage.engine.connect() as db:
        assert list(db.execute(select(contact.c.id).order_by(contact.c.id)).scalars()) == [1, 2, 4, 5]


def test_records_of_people_and_units_stay_for_ever(any_stage: Stage) -> None:
    """A whole report by somebody who was removed since, an extension, what was settled."""
    from storage.scope import Scope
    from tests.house.test_scope import _everything
    from tests.stage import CAMPAIGN

    any_stage.writer.write(lambda db: _everything(Scope(db, CAMPAIGN), any_stage.library.pick))
    never = (person, submission, extension, rung, acknowledgement)
    before = {table.name: rows(any_stage, table) for table in never}
    assert all(before.values())
    tidy(any_stage.writer, KEPT, OPENING + LONG_AGO)
    assert {table.name: rows(any_stage, table) for table in never} == before


def test_a_strangers_conversation_goes_with_them(any_stage: Stage) -> None:
    from handlers.turn import Incoming

    for number in ("1", "2"):
        any_stage.hear(Incoming("telegram", number, number, "Lạ", "xin chào"))
    assert rows(any_stage, conversation) == 2
    any_stage.now += timedelta(days=100)
    put(any_stage, outbox, outbox_row(any_stage.now))
    any_stage.writer.write(lambda db: _run(db, delete(outbox).where(outbox.c.state == "waiting")))
    tidy(any_stage.writer, KEPT, OPENING + timedelta(days=181))
    assert rows(any_stage, conversation) == rows(any_stage, contact) == 1  # the last number
    any_stage.hear(Incoming("telegram", "3", "1", "Lạ", "xin chào"))
    assert rows(any_stage, conversation) == 2


def test_no_number_is_given_twice(any_stage: Stage) -> None:
    """A button, a key, another row may name it."""
    for _ in range(3):
        put(any_stage, snooze, {"campaign": "c", "person_id": 1, "at": OPENING})
        tidy(any_stage.writer, KEPT, OPENING + LONG_AGO)
    with any_stage.engine.connect() as db:
        assert list(db.execute(select(snooze.c.id)).scalars()) == [3]


def test_who_writes_meanwhile_is_no_longer_forgotten(any_stage: Stage) -> None:
    for number in "12":
        any_stage.writer.write(lambda db, at=number: record_contact(db, "telegram", at, "Lạ", OPENING))  # type: ignore[misc]
    now = OPENING + LONG_AGO
    (rule,) = (rule for rule in upkeep.rules(KEPT, now) if rule.name == "strangers")
    with any_stage.engine.connect() as db:
        found = upkeep.find(db, rule)
    assert len(found) == 1
    any_stage.writer.write(lambda db: _run(db, contact.update().values(last_seen_at=now)))
    assert any_stage.writer.write(lambda db: upkeep.forget(db, rule, found)) == 0
    assert rows(any_stage, contact) == rows(any_stage, conversation) == 2


class Counting(Writer):
    """Knows how many rows went in one transaction."""

    most = 0

    def write(self, work: Any, lane: str = "") -> Any:
        done = super().write(work, lane)
        self.most = max(self.most, done) if isinstance(done, int) else self.most
        return done


def test_the_writer_is_not_held_for_all_at_once(any_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    put(any_stage, received, *(received_row(OPENING, update_id=str(n)) for n in range(25)))
    monkeypatch.setattr(upkeep, "AT_ONCE", 10)
    monkeypatch.setattr(upkeep.find, "__defaults__", (10,))
    writer = Counting(any_stage.engine)
    assert tidy(writer, KEPT, OPENING + LONG_AGO)["updates"] == 25
    assert writer.most == 10
    writer.close()


def test_a_rule_that_fails_stops_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    real = upkeep.find

    def find(db: Connection, rule: upkeep.Rule) -> upkeep.Keys:
        if rule.name == "lists":
            raise KeyError("a fault of ours")
        return real(db, rule)

    monkeypatch.setattr(upkeep, "find", find)
    put(stage, snooze, *({"campaign": "c", "person_id": 1, "at": OPENING} for _ in range(2)))
    with capture_logs() as said:
        assert tidy(stage.writer, KEPT, OPENING + LONG_AGO)["snoozes"] == 1
    assert [line["rule"] for line in said if line["log_level"] == "error"] == ["lists"]


@contextmanager
def file(path: Path) -> Iterator[Writer]:
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    writer = Writer(engine)
    yield writer
    writer.close()
    engine.dispose()


def fill(writer: Writer) -> None:
    writer.write(lambda db: _run(db, insert(outbox), [outbox_row(OPENING) for _ in range(3000)]))


def test_a_file_that_cannot_get_smaller_is_said_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One from before, while somebody else writes for longer than is waited for."""
    path = tmp_path / "d.db"
    with monkeypatch.context() as patch:
        patch.setattr("storage.database.SHRINKS", "PRAGMA auto_vacuum=NONE")
        with file(path) as writer:
            fill(writer)
    with file(path) as writer:
        event.listen(writer.engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=0"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with capture_logs() as said:
            tidy(writer, KEPT, OPENING)
        other.execute("ROLLBACK")
        other.close()
    assert [line["why"] for line in said if line["log_level"] == "warning"] == ["database is locked"]


@pytest.mark.parametrize("from_before", [False, True])
def test_the_file_gets_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_before: bool) -> None:
    path = tmp_path / "d.db"
    if from_before:
        with monkeypatch.context() as patch:
            patch.setattr("storage.database.SHRINKS", "PRAGMA auto_vacuum=NONE")
            with file(path) as writer:
                fill(writer)
    else:
        with file(path) as writer:
            fill(writer)
    full = path.stat().st_size
    with file(path) as writer:
        tidy(writer, KEPT, OPENING + LONG_AGO)
        assert upkeep.let_it_shrink(writer.engine) is False  # once is enough
    assert path.stat().st_size < full / 4
