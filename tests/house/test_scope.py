"""No query forgets its campaign: what the watcher sees, and the list of those that still do, which only shrinks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import (
    ClauseElement,
    Connection,
    Engine,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    or_,
    select,
    text,
    union,
    update,
)
from sqlmodel import SQLModel

from rules.ladder import Push, PushKind, Role
from rules.progress import Outcome, Review
from storage import people, reminders, reports
from storage.conversations import record_contact
from storage.tables import acknowledgement, draft, extension, person, submission
from tests.house.statements import KNOWN, OF_INSTALLATION, ROOT, WATCHED, WATCHER, Watcher, unscoped
from tests.stage import CAMPAIGN, OPENING, Stage

HERE = bindparam("here")
MINE = draft.alias("mine")
BOUND = select(submission.c.unit).where(submission.c.campaign == HERE)
FREE = select(submission.c.unit)

GOOD: dict[str, ClauseElement] = {
    "compared": select(draft).where(draft.c.campaign == HERE),
    "compared and more": select(draft).where(
        draft.c.unit == "x", draft.c.campaign == HERE, or_(draft.c.seq == 1, draft.c.seq == 2)
    ),
    "one of several": select(draft).where(draft.c.campaign.in_(["a", "b"])),
    "alias": select(MINE).where(MINE.c.campaign == HERE),
    "both": select(MINE, draft).where(MINE.c.campaign == draft.c.campaign, draft.c.campaign == HERE),
    "joined": select(person).join(
        acknowledgement, (acknowledgement.c.person_id == person.c.id) & (acknowledgement.c.campaign == HERE)
    ),
    "subquery": select(BOUND.subquery()),
    "beside": select(submission).join(q := BOUND.subquery(), q.c.unit == submission.c.unit).where(submission.c.campaign == HERE),
    "referring": select(draft).where(draft.c.campaign == HERE, select(draft.c.id).where(draft.c.seq == 1).exists()),
    "with": select(BOUND.cte()),
    "update": update(draft).where(draft.c.campaign == HERE).values(seq=1),
    "delete": delete(draft).where(draft.c.campaign == HERE),
    "insert": insert(draft).values(campaign=HERE),
    "many": insert(draft).values([{"campaign": "a"}, {"campaign": "a"}]),
    "other table": select(person),
    "text": text("select 1 from person"),
}
BAD: dict[str, tuple[ClauseElement, str]] = {
    "nothing": (select(draft), "draft"),
    "by id": (select(draft).where(draft.c.id == 1), "draft"),
    "counted": (select(func.count()).select_from(draft), "draft"),
    "either": (select(draft).where(or_(draft.c.campaign == HERE, draft.c.id == 1)), "draft"),
    "not": (select(draft).where(draft.c.campaign != HERE), "draft"),
    "shown, not compared": (select(draft.c.campaign == HERE), "draft"),
    "alias": (select(MINE, draft).where(draft.c.campaign == HERE), "draft"),
    "one with the other": (select(MINE, draft).where(MINE.c.campaign == draft.c.campaign), "draft"),
    "with itself": (select(draft).where(draft.c.campaign == draft.c.campaign), "draft"),
    "joined": (select(person).join(acknowledgement, acknowledgement.c.person_id == person.c.id), "acknowledgement"),
    "outer": (select(submission).join(q := BOUND.subquery(), q.c.unit == submission.c.unit), "submission"),
    "inner": (
        select(submission).join(q := FREE.subquery(), q.c.unit == submission.c.unit).where(submission.c.campaign == HERE),
        "submission",
    ),
    "exists": (select(person).where(select(MINE).where(MINE.c.person_id == person.c.id).exists()), "draft"),
    "in": (update(person).where(person.c.unit.in_(FREE)).values(name=""), "submission"),
    "with": (select(c := FREE.cte(), submission).where(submission.c.campaign == HERE, c.c.unit == submission.c.unit), "submission"),
    "union": (union(BOUND, FREE), "submission"),
    "update": (update(draft).where(draft.c.id == 1).values(seq=1), "draft"),
    "delete": (delete(draft), "draft"),
    "insert": (insert(draft).values(unit="x"), "draft"),
    "insert from": (insert(draft).from_select(["campaign"], select(submission.c.campaign)), "submission"),
    "text": (text("delete from draft"), "draft"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_is_bound_to_a_campaign(name: str) -> None:
    assert unscoped(GOOD[name]) == set()


@pytest.mark.parametrize("name", BAD)
def test_what_is_not(name: str) -> None:
    statement, table = BAD[name]
    assert unscoped(statement) == {table}


def test_values_that_come_with_an_insert() -> None:
    assert unscoped(insert(draft), {"campaign": "a"}) == set()
    assert unscoped(insert(draft), {"unit": "a"}) == {"draft"}


def test_every_table_with_a_campaign_is_watched() -> None:
    of_campaign = {name for name, table in SQLModel.metadata.tables.items() if "campaign" in table.c}
    assert of_campaign == WATCHED | set(OF_INSTALLATION)
    assert {"draft", "submission", "extension", "acknowledgement", "rung"} <= WATCHED


def test_a_statement_is_seen_on_every_engine() -> None:
    """Also where the SQL is written out, and where the values come along with an INSERT."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    values = {
        "campaign": "a",
        "unit": "b",
        "obligation": "c",
        "day": OPENING.date(),
        "reason": "",
        "granted_by": "",
        "granted_at": OPENING,
    }
    assert _seen(engine, lambda db: db.execute(select(draft))) == {"somebody: draft"}
    assert _seen(engine, lambda db: db.exec_driver_sql("select * from draft")) == {"somebody: draft"}
    assert _seen(engine, lambda db: db.execute(GOOD["compared"], {"here": "a"})) == set()
    assert _seen(engine, lambda db: db.execute(insert(extension), values)) == set()


def test_everybody_but_storage_may_look_at_everything(stage: Stage) -> None:
    """A test asks for what it likes; the same statement out of storage is an offence."""
    with stage.engine.connect() as db:
        db.execute(select(draft))
    assert not WATCHER.offences.keys() - KNOWN
    source = compile("def everything(db, query):\n    db.execute(query)", str(ROOT / "storage" / "reports.py"), "exec")
    made: dict[str, Callable[..., None]] = {}
    exec(source, made)
    with stage.engine.connect() as db:
        made["everything"](db, select(draft))
    with pytest.raises(AssertionError, match=r"reports\.everything: draft in: SELECT"):
        WATCHER.complain()
    WATCHER.complain()


def _seen(engine: Engine, work: Callable[[Connection], object]) -> set[str]:
    watcher = Watcher(lambda: "somebody")
    event.listen(engine, "before_cursor_execute", watcher.hear)
    with engine.connect() as db:
        work(db)
    event.remove(engine, "before_cursor_execute", watcher.hear)
    return {f"{who}: {what.split(' in: ')[0]}" for who, what in watcher.offences.items()}


def test_the_list_of_those_that_forget_is_true(tmp_path: Path) -> None:
    """All that storage does with campaign tables. Whoever is mended leaves the list."""
    stage = Stage(f"sqlite:///{tmp_path}/scope.db", tmp_path)
    WATCHER.offences.clear()
    try:
        stage.writer.write(lambda db: _everything(db, stage.world.pick))
    finally:
        stage.close()
    assert set(WATCHER.offences) == KNOWN


def _everything(db: Connection, pick: Callable[[str], str]) -> None:
    name, unit, duty, now = CAMPAIGN.name, "dai-loc", "unspent-funds", OPENING
    who = people.join(
        db, record_contact(db, "telegram", "Lan", "Lan", now), people.Invite(Role.OFFICER, unit, "Lan", now), "Lan", "vi", now
    )
    begun = reports.begin_draft(db, name, unit, duty, {}, who.id, who.name, now)
    reports.find_draft(db, name, unit, duty)
    reports.draft_by_id(db, begun.id)
    reports.keep_draft(db, begun, {}, who.id, who.name, now)
    reports.drop_draft(db, begun.id)
    sent = reports.submit(db, name, unit, duty, Outcome.NOTHING, {}, who.id, who.name, now, pick)
    reports.find_receipt(db, sent.receipt)
    reports.by_id(db, sent.id)
    reports.review(db, sent.id, Review.CONFIRMED, "", "Minh", now)
    reports.extend(db, name, unit, duty, now.date(), "", "Minh", now)
    reports.all_latest(db, name, duty, unit)
    reminders.settle_push(db, CAMPAIGN, Push(now, PushKind.REMINDER, "", None, unit, (), ("key",)))
    reminders.acknowledge(db, name, who.id, unit, [duty], now)
    reminders.acknowledged(db, name)
    reminders.add_snooze(db, name, who.id, now)
    reminders.situation(db, CAMPAIGN)
