"""Two campaigns in one database, with the same units and obligations: neither sees or changes anything of the other."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

from rules.campaign.deadlines import Extension
from rules.campaign.ladder import Push, PushKind, Reason
from rules.campaign.progress import Outcome, Review
from rules.people import Recipient, Role
from storage import people, questions, reminders, reports, tables
from storage.conversations import record_contact
from storage.database import migrate, open_database, reading
from storage.invites import Invite
from storage.scope import Scope
from tests.stage import CAMPAIGN, OPENING, Stage

HERE = CAMPAIGN
THERE = CAMPAIGN.model_copy(update={"name": "another-dispatch"})
WHERE = ("dai-loc", "unspent-funds")
OF_A_CAMPAIGN = ("draft", "submission", "extension", "rung", "acknowledgement", "snooze", "question")
LATER = OPENING + timedelta(hours=6)


def fill(scope: Scope, stage: Stage) -> None:
    """One row of every kind, by person 1."""
    reports.begin_draft(scope, *WHERE, {"at": scope.name}, reports.By(1, f"Lan of {scope.name}"), OPENING)
    reports.submit(
        scope, reports.Report(*WHERE, Outcome.NOTHING, {"of": scope.name}), reports.By(1, "Lan"), OPENING, stage.library.pick
    )
    reports.extend(scope, Extension(*WHERE, date(2022, 7, 20), "mưa", "Minh"), OPENING)
    reminders.acknowledge(scope, 1, WHERE[0], [WHERE[1]], OPENING)
    reminders.add_snooze(scope, 1, LATER)
    questions.keep_question(scope, questions.NewQuestion(1, 1, "Lan", "phí?", "không nêu", "", 0.1, True), OPENING)


def push(key: str) -> Push:
    who = Recipient(1, "Lan", Role.OFFICER, WHERE[0], OPENING)
    return Push(OPENING, PushKind.REMINDER, "D-7", who, WHERE[0], (Reason(WHERE[1], WHERE[0], "D-7"),), (key,), ())


def rows(db: Connection, campaign: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything of a campaign."""
    found: dict[str, list[tuple[object, ...]]] = {}
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
        invited = Invite(role=Role.OFFICER, unit=WHERE[0], name="", expires_at=OPENING, phone="")
        people.join(db, contact, invited, "Lan", "vi", OPENING)
        fill(Scope(db, THERE), any_stage)
        assert reminders.settle_push(Scope(db, THERE), push("k1"))

    any_stage.writer.write(prepare)
    return any_stage


def test_nothing_of_another_campaign_is_seen(two: Stage) -> None:
    with reading(two.engine) as db:
        receipt = db.execute(select(tables.submission.c.receipt)).scalar_one()
        assert reports.find_receipt(Scope(db, THERE), receipt)
        assert reports.find_receipt(Scope(db, HERE), receipt) is None
        assert reports.by_id(Scope(db, HERE), 1) is None
        assert reports.latest(Scope(db, HERE), *WHERE) is None
        assert reports.all_latest(Scope(db, HERE)) == []
        assert reports.drafts(Scope(db, HERE)) == {}
        assert reports.extensions(Scope(db, HERE)) == ()
        assert reports.due(Scope(db, HERE)).of(*WHERE).date == date(2022, 6, 30)
        assert all(s.outcome is Outcome.NO_RESPONSE for s in reports.standings(Scope(db, HERE)).values())
        assert questions.by_id(Scope(db, HERE), 1) is None
        assert questions.recent(Scope(db, HERE)) == []
        assert questions.unanswered(Scope(db, HERE), OPENING, LATER) == []
        assert reminders.acknowledged(Scope(db, HERE)) == []
        seen = reminders.situation(Scope(db, HERE))
        assert (list(seen.done), seen.told, seen.snoozes) == ([], {}, ())
    two.writer.write(_no_draft)


def _no_draft(db: Connection) -> None:
    assert reports.draft_by_id(Scope(db, THERE), 1)
    assert reports.draft_by_id(Scope(db, HERE), 1) is None
    assert reports.find_draft(Scope(db, HERE), *WHERE) is None


def test_everything_of_the_own_campaign_is_seen_and_changed(two: Stage) -> None:
    """Whoever kept apart too much would find nothing."""

    def work(db: Connection) -> None:
        there = Scope(db, THERE)
        seen = reminders.situation(there)
        assert [snooze.person for snooze in seen.snoozes] == [1]
        assert seen.told == {"k1": OPENING.date()}
        assert [one.obligation for one in reminders.acknowledged(there)] == [WHERE[1]]
        assert [later.date for later in reports.extensions(there)] == [date(2022, 7, 20)]
        assert reports.standings(there)[WHERE].completed_at == OPENING
        assert reports.drafts(there) == {WHERE: f"Lan of {THERE.name}"}
        assert reports.standings(there)[WHERE].outcome is Outcome.NOTHING
        mine = reports.find_draft(there, *WHERE)
        assert mine
        reports.keep_draft(there, mine, {"at": "further"}, reports.By(1, "Lan"), LATER)
        kept = reports.draft_by_id(there, mine.id)
        assert kept
        assert kept.state == {"at": "further"}
        reports.drop_draft(there, mine.id)
        assert reports.find_draft(there, *WHERE) is None
        reports.submit(there, reports.Report(*WHERE, Outcome.NOTHING, {}), reports.By(1, "Lan"), LATER, two.library.pick)
        assert reports.review(there, 1, reports.Said(Review.CONFIRMED, "Minh"), LATER) is False  # a newer one stands

    two.writer.write(work)


def test_who_oversees_is_told_of_each_campaigns_own_questions(two: Stage) -> None:
    def work(db: Connection) -> None:
        assert questions.pass_on(Scope(db, THERE), 1)
        assert questions.untold(Scope(db, HERE)) == []
        questions.mark_told(Scope(db, HERE), [1], LATER)
        assert [asked.id for asked in questions.untold(Scope(db, THERE))] == [1]
        questions.mark_told(Scope(db, THERE), [1], LATER)
        assert questions.untold(Scope(db, THERE)) == []
        assert questions.told_since(Scope(db, HERE), 1, OPENING) == 0
        assert questions.told_since(Scope(db, THERE), 1, OPENING) == 1

    two.writer.write(work)


def test_nothing_of_another_campaign_is_changed(two: Stage) -> None:
    def meddle(db: Connection) -> None:
        theirs = reports.draft_by_id(Scope(db, THERE), 1)
        assert theirs
        before = rows(db, THERE.name)
        reports.keep_draft(Scope(db, HERE), theirs, {"at": "meddled"}, reports.By(2, "Hà"), LATER)
        reports.drop_draft(Scope(db, HERE), theirs.id)
        assert reports.review(Scope(db, HERE), 1, reports.Said(Review.CONFIRMED, "Minh"), LATER) is False
        reports.extend(Scope(db, HERE), Extension(*WHERE, date(2022, 7, 8), "lũ", "Hà"), LATER)
        assert questions.pass_on(Scope(db, HERE), 1) is False
        assert questions.reply(Scope(db, HERE), 1, "có", "Hà", LATER) is False
        assert rows(db, THERE.name) == before
        assert questions.reply(Scope(db, THERE), 1, "có", "Hà", LATER) is True
        before = rows(db, THERE.name)
        assert questions.publish(Scope(db, HERE), 1, "1.6", LATER) is False
        assert rows(db, THERE.name) == before
        assert questions.publish(Scope(db, THERE), 1, "1.6", LATER) is True
        before = rows(db, THERE.name)
        assert questions.published(Scope(db, HERE)) == []
        assert [asked.id for asked in questions.published(Scope(db, THERE))] == [1]
        assert questions.unpublish(Scope(db, HERE), 1) is False
        assert rows(db, THERE.name) == before

    two.writer.write(meddle)


def test_what_another_campaign_holds_stops_nothing_here(two: Stage) -> None:
    def work(db: Connection) -> None:
        before = rows(db, THERE.name)
        fill(Scope(db, HERE), two)
        assert reminders.settle_push(Scope(db, HERE), push("k1")) is True
        assert reminders.settle_push(Scope(db, HERE), push("k1")) is False
        mine = rows(db, HERE.name)
        assert {name: len(found) for name, found in mine.items()} == dict.fromkeys(OF_A_CAMPAIGN, 1)
        assert rows(db, THERE.name) == before

    two.writer.write(work)


def test_a_later_revision_there_leaves_a_report_here_the_newest(two: Stage) -> None:
    def work(db: Connection) -> None:
        kept, later = (
            reports.submit(
                Scope(db, campaign), reports.Report(*WHERE, Outcome.NOTHING, {}), reports.By(1, "Lan"), LATER, two.library.pick
            )
            for campaign in (HERE, THERE)
        )
        assert later.revision == 2
        assert kept.revision == 1
        assert reports.review(Scope(db, HERE), kept.id, reports.Said(Review.CONFIRMED, "Minh"), LATER) is True
        theirs = reports.all_latest(Scope(db, THERE))
        assert [(s.revision, s.review) for s in theirs] == [(2, Review.NONE)]
        assert [(s.revision, s.review) for s in reports.all_latest(Scope(db, HERE))] == [(1, Review.CONFIRMED)]
        standing = reports.standings(Scope(db, HERE), WHERE[0])[WHERE]
        assert (standing.revision, standing.receipt, standing.completed_at) == (1, kept.receipt, LATER)

    two.writer.write(work)


def test_a_receipt_names_one_report_of_the_whole_installation(two: Stage) -> None:
    with reading(two.engine) as db:
        taken = db.execute(select(tables.submission.c.receipt)).scalar_one()
    signs = iter(taken + "ABCDEF")
    kept = two.writer.write(
        lambda db: reports.submit(
            Scope(db, HERE), reports.Report(*WHERE, Outcome.NOTHING, {}), reports.By(1, "Lan"), OPENING, lambda _: next(signs)
        )
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
        assert set(reminders.situation(Scope(db, HERE)).told) == {"k0", "k1"}
        assert reminders.settle_push(Scope(db, HERE), push("k1")) is False
        config.attributes["connection"] = db
        command.downgrade(config, "0003")
        assert sorted(tuple(row) for row in db.execute(text("select key, state, campaign from rung"))) == kept
        command.upgrade(config, "head")
        assert reminders.settle_push(Scope(db, THERE), push("k1")) is True
    engine.dispose()
