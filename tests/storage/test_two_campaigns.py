"""Two campaigns in one database, with the same units and obligations: neither sees or changes anything of the other."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

from rules.campaign.ladder import Push, PushKind, Reason
from rules.campaign.progress import Outcome, Review
from rules.people import Recipient, Role
from storage import people, questions, reminders, reports, tables
from storage.conversations import record_contact
from storage.database import migrate, open_database, reading
from storage.invites import Invite
from tests.stage import CAMPAIGN, OPENING, Stage

HERE = CAMPAIGN
THERE = CAMPAIGN.model_copy(update={"name": "another-dispatch"})
WHERE = ("dai-loc", "unspent-funds")
OF_A_CAMPAIGN = ("draft", "submission", "extension", "rung", "acknowledgement", "snooze", "question")
LATER = OPENING + timedelta(hours=6)


def fill(db: Connection, campaign: str, stage: Stage) -> None:
    """One row of every kind, by person 1."""
    reports.begin_draft(db, campaign, *WHERE, {"at": campaign}, 1, f"Lan of {campaign}", OPENING)
    reports.submit(db, campaign, *WHERE, Outcome.SUBMITTED, {"of": campaign}, 1, "Lan", OPENING, stage.library.pick)
    reports.extend(db, campaign, *WHERE, date(2022, 7, 20), "mưa", "Minh", OPENING)
    reminders.acknowledge(db, campaign, 1, WHERE[0], [WHERE[1]], OPENING)
    reminders.add_snooze(db, campaign, 1, LATER)
    questions.keep_question(db, campaign, 1, 1, "Lan", "phí?", "không nêu", "", 0.1, True, OPENING)


def push(key: str) -> Push:
    who = Recipient(1, "Lan", Role.OFFICER, WHERE[0], OPENING)
    return Push(OPENING, PushKind.REMINDER, "D-7", who, WHERE[0], (Reason(WHERE[1], WHERE[0], "D-7"),), (key,), ())


def rows(db: Connection, campaign: str) -> dict[str, list[object]]:
    """Everything of a campaign."""
    found = {}
    for name in OF_A_CAMPAIGN:
        table = getattr(tables, name)
        found[name] = [
            tuple(row) for row in db.execute(select(table).where(table.c.campaign == campaign).order_by(*table.primary_key))
        ]
    return found


@pytest.fixture
def two(any_stage: Stage) -> Stage:
    """A stage where all the rows are another campaign's; only the people are everybody's."""

    def prepare(db: Connection) -> None:
        contact = record_contact(db, "telegram", "1", "Lan", OPENING)
        people.join(db, contact, Invite(Role.OFFICER, WHERE[0], "", OPENING), "Lan", "vi", OPENING)
        fill(db, THERE.name, any_stage)
        assert reminders.settle_push(db, THERE, push("k1"))

    any_stage.writer.write(prepare)
    return any_stage


def test_nothing_of_another_campaign_is_seen(two: Stage) -> None:
    with reading(two.engine) as db:
        receipt = db.execute(select(tables.submission.c.receipt)).scalar_one()
        assert reports.find_receipt(db, THERE.name, receipt)
        assert reports.find_receipt(db, HERE.name, receipt) is None
        assert reports.by_id(db, HERE.name, 1) is None
        assert reports.latest(db, HERE.name, *WHERE) is None
        assert reports.all_latest(db, HERE.name) == []
        assert reports.first_submitted(db, HERE.name) == {}
        assert reports.drafts(db, HERE.name) == {}
        assert reports.extensions(db, HERE.name) == ()
        assert reports.due(db, HERE).of(*WHERE).date == date(2022, 6, 30)
        assert all(s.outcome is Outcome.NO_RESPONSE for s in reports.standings(db, HERE).values())
        assert questions.by_id(db, HERE.name, 1) is None
        assert questions.recent(db, HERE.name) == []
        assert questions.unanswered(db, HERE.name, OPENING, LATER) == []
        assert reminders.acknowledged(db, HERE.name) == []
        seen = reminders.situation(db, HERE)
        assert (seen.settled, seen.reported, seen.settled_keys, seen.reminded_on, seen.snoozes) == (set(), set(), set(), {}, ())
    two.writer.write(_no_draft)


def _no_draft(db: Connection) -> None:
    assert reports.draft_by_id(db, THERE.name, 1)
    assert reports.draft_by_id(db, HERE.name, 1) is None
    assert reports.find_draft(db, HERE.name, *WHERE) is None


def test_nothing_of_another_campaign_is_changed(two: Stage) -> None:
    def meddle(db: Connection) -> None:
        theirs = reports.draft_by_id(db, THERE.name, 1)
        assert theirs
        before = rows(db, THERE.name)
        reports.keep_draft(db, HERE.name, theirs, {"at": "meddled"}, 2, "Hà", LATER)
        reports.drop_draft(db, HERE.name, theirs.id)
        assert reports.review(db, HERE.name, 1, Review.CONFIRMED, "", "Minh", LATER) is False
        reports.extend(db, HERE.name, *WHERE, date(2022, 7, 8), "lũ", "Hà", LATER)
        assert questions.pass_on(db, HERE.name, 1) is False
        assert questions.reply(db, HERE.name, 1, "có", "Hà", LATER) is False
        assert rows(db, THERE.name) == before
        assert questions.reply(db, THERE.name, 1, "có", "Hà", LATER) is True
        before = rows(db, THERE.name)
        assert questions.publish(db, HERE.name, 1, "1.6", LATER) is False
        assert rows(db, THERE.name) == before
        assert questions.publish(db, THERE.name, 1, "1.6", LATER) is True
        before = rows(db, THERE.name)
        assert questions.published(db, HERE.name) == []
        assert questions.unpublish(db, HERE.name, 1) is False
        assert rows(db, THERE.name) == before

    two.writer.write(meddle)


def test_what_another_campaign_holds_stops_nothing_here(two: Stage) -> None:
    def work(db: Connection) -> None:
        before = rows(db, THERE.name)
        fill(db, HERE.name, two)
        assert reminders.settle_push(db, HERE, push("k1")) is True
        assert reminders.settle_push(db, HERE, push("k1")) is False
        mine = rows(db, HERE.name)
        assert {name: len(found) for name, found in mine.items()} == dict.fromkeys(OF_A_CAMPAIGN, 1)
        assert rows(db, THERE.name) == before

    two.writer.write(work)


def test_a_later_revision_there_leaves_a_report_here_the_newest(two: Stage) -> None:
    def work(db: Connection) -> None:
        ours = ("Lan", OPENING, two.world.pick)
        kept = reports.submit(db, HERE.name, *WHERE, Outcome.NOTHING, {}, 1, *ours)
        assert reports.submit(db, THERE.name, *WHERE, Outcome.NOTHING, {}, 1, *ours).revision == 2
        assert kept.revision == 1
        assert reports.review(db, HERE.name, kept.id, Review.CONFIRMED, "", "Minh", LATER) is True
        theirs = reports.all_latest(db, THERE.name)
        assert [(s.revision, s.review) for s in theirs] == [(2, Review.NONE)]
        assert [(s.revision, s.review) for s in reports.all_latest(db, HERE.name)] == [(1, Review.CONFIRMED)]

    two.writer.write(work)


def test_a_receipt_names_one_report_of_the_whole_installation(two: Stage) -> None:
    with reading(two.engine) as db:
        taken = db.execute(select(tables.submission.c.receipt)).scalar_one()
    signs = iter(taken + "ABCDEF")
    kept = two.writer.write(
        lambda db: reports.submit(db, HERE.name, *WHERE, Outcome.NOTHING, {}, 1, "Lan", OPENING, lambda _: next(signs))
    )
    assert kept.receipt == "ABCDEF"


def test_rungs_of_an_older_database_keep_their_campaign(database_url: str) -> None:
    engine = open_database(database_url)
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
    kept = [("k0", "skipped", HERE.name), ("k1", "sent", HERE.name)]
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0003")
        for key, state, name in kept:
            values = {"key": key, "state": state, "name": name}
            db.execute(
                text(
                    "insert into rung (key, campaign, person_id, kind, at, state)"
                    " values (:key, :name, 1, 'reminder', '2022-06-20 01:00:00', :state)"
                ),
                values,
            )
    migrate(engine)
    with engine.begin() as db:
        assert reminders.situation(db, HERE).settled_keys == {"k0", "k1"}
        assert reminders.settle_push(db, HERE, push("k1")) is False
        config.attributes["connection"] = db
        command.downgrade(config, "0003")
        assert sorted(tuple(row) for row in db.execute(text("select key, state, campaign from rung"))) == kept
        command.upgrade(config, "head")
        assert reminders.settle_push(db, THERE, push("k1")) is True
    engine.dispose()
