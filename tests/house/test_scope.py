"""No query forgets its campaign: what the watcher sees, and all that storage does with the tables of campaigns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
from sqlalchemy.sql.elements import BindParameter
from sqlmodel import SQLModel

from rules.campaign.deadlines import Extension
from rules.campaign.ladder import Push, PushKind
from rules.campaign.progress import Outcome, Review
from rules.people import Role
from storage import people, questions, reminders, reports, sql
from storage.conversations import record_contact
from storage.invites import Invite
from storage.scope import Scope, all_campaigns
from storage.tables import Draft, acknowledgement, draft, extension, person, submission
from tests.house.statements import ROOT, WATCHED, WATCHER, Watcher, unscoped
from tests.stage import CAMPAIGN, OPENING, Stage

HERE: BindParameter[str] = bindparam("here")
MINE = draft.alias("mine")
BOUND = select(submission.c.unit).where(submission.c.campaign == HERE)
FREE = select(submission.c.unit)

COMPARED = select(draft).where(draft.c.campaign == HERE)

GOOD: dict[str, ClauseElement] = {
    "compared": COMPARED,
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
    assert of_campaign == WATCHED
    assert {"draft", "submission", "extension", "acknowledgement", "rung", "snooze", "question"} <= WATCHED


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
    assert _seen(engine, lambda db: db.execute(COMPARED, {"here": "a"})) == set()
    assert _seen(engine, lambda db: db.execute(insert(extension), values)) == set()
    assert _seen(engine, lambda db: db.execute(all_campaigns(select(draft)))) == set()


def test_a_mark_holds_for_its_own_statement_only() -> None:
    """Also where another says the same in the same words, and where the mark stands on a part or on the connection."""
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)

    def work(db: Connection) -> None:
        db.execute(all_campaigns(select(draft)))
        db.execute(select(draft))

    part = all_campaigns(FREE).subquery()
    assert _seen(engine, work) == {"somebody: draft"}
    assert _seen(engine, lambda db: db.execute(select(part))) == {"somebody: submission"}
    assert _seen(engine, lambda db: db.execution_options(all_campaigns=True).execute(FREE)) == {"somebody: submission"}


def test_everybody_but_storage_may_look_at_everything(stage: Stage) -> None:
    """A test asks for what it likes; the same statement out of storage is an offence."""
    with stage.engine.connect() as db:
        db.execute(select(draft))
    assert not WATCHER.offences
    for source in ("db.execute(query)", "sql.many(db, Draft, query)"):  # by itself, and by the file that hands on
        _storage(f"def everything(db, query):\n    {source}")(stage, select(draft))
        with pytest.raises(AssertionError, match=r"reports\.everything: draft in: SELECT"):
            WATCHER.complain()
    WATCHER.complain()


def _storage(source: str) -> Callable[[Stage, ClauseElement], None]:
    """A function that stands in storage."""
    made: dict[str, Any] = {"sql": sql, "Draft": Draft}
    exec(compile(source, str(ROOT / "storage" / "reports.py"), "exec"), made)

    def run(stage: Stage, query: ClauseElement) -> None:
        with stage.engine.connect() as db:
            made["everything"](db, query)

    return run


def _seen(engine: Engine, work: Callable[[Connection], object]) -> set[str]:
    watcher = Watcher(lambda: "somebody")
    event.listen(engine, "before_cursor_execute", watcher.hear)
    with engine.connect() as db:
        work(db)
    event.remove(engine, "before_cursor_execute", watcher.hear)
    return {f"{who}: {what.split(' in: ')[0]}" for who, what in watcher.offences.items()}


def test_storage_forgets_no_campaign(tmp_path: Path) -> None:
    """All that it does with campaign tables."""
    stage = Stage(f"sqlite:///{tmp_path}/scope.db", tmp_path)
    WATCHER.offences.clear()
    try:
        stage.writer.write(lambda db: _everything(Scope(db, CAMPAIGN), stage.library.pick))
    finally:
        stage.close()
    assert WATCHER.offences == {}


def _everything(scope: Scope, pick: Callable[[str], str]) -> None:
    db, now, here = scope.db, OPENING, ("dai-loc", "unspent-funds")
    invited = Invite(role=Role.OFFICER, unit=here[0], name="Lan", expires_at=now, phone="")
    me = record_contact(db, "telegram", "Lan", "Lan", now)
    who = people.join(db, me, invited, "Lan", "vi", now)
    begun = reports.begin_draft(scope, *here, {}, reports.By(who.id, who.name), now)
    reports.find_draft(scope, *here)
    reports.draft_by_id(scope, begun.id)
    reports.keep_draft(scope, begun, {}, reports.By(who.id, who.name), now)
    reports.drafts(scope)
    reports.drafts(scope, here[0])
    reports.drop_draft(scope, begun.id)
    sent = reports.submit(scope, reports.Report(*here, Outcome.NOTHING, {}), reports.By(who.id, who.name), now, pick)
    reports.find_receipt(scope, sent.receipt)
    reports.review(scope, sent.id, reports.Said(Review.CONFIRMED, "Minh"), now)
    reports.extend(scope, Extension(*here, now.date(), "", "Minh"), now)
    for unit in ("", here[0]):
        reports.standings(scope, unit)
        reports.all_latest(scope, here[1], unit)
    reminders.settle_push(scope, Push(now, PushKind.REMINDER, "", None, here[0], (), ("key",)))
    reminders.acknowledge(scope, who.id, here[0], [here[1]], now)
    reminders.acknowledged(scope)
    reminders.add_snooze(scope, who.id, now)
    reminders.situation(scope)
    _asked(scope, me, who.id)


def _asked(scope: Scope, me: int, who: int) -> None:
    asked = questions.keep_question(scope, questions.NewQuestion(me, who, "Lan", "phí?", "", "", 0.1, True), OPENING)
    questions.pass_on(scope, asked)
    questions.by_id(scope, asked)
    questions.unanswered(scope, OPENING, OPENING)
    questions.recent(scope, state="passed_on")
    questions.reply(scope, asked, "có", "Minh", OPENING)
    questions.publish(scope, asked, "", OPENING)
    questions.published(scope)
    questions.unpublish(scope, asked)
