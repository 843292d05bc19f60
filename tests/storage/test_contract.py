"""Every store keeps the same promises: each case runs on SQLite and on PostgreSQL."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import wait
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select
from sqlalchemy.exc import StatementError

import storage.database
from rules.campaign.deadlines import Extension
from rules.campaign.ladder import Push, PushKind, Reason
from rules.campaign.progress import Outcome, Review, State
from rules.people import Recipient, Role
from storage import (
    backup,
    conversations,
    groups,
    inbox,
    invites,
    kept,
    outbox,
    people,
    questions,
    reminders,
    reports,
    tables,
)
from storage.claims import Claim
from storage.conversations import Sender, Update
from storage.database import HEAD, is_current, migrate, open_database, reading
from storage.outbox import Delivery, Settled
from storage.scope import Scope
from storage.tables import person, received
from tests.doubles.watching import PATIENCE
from tests.stage import CAMPAIGN, OPENING, Stage

WALL = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SIGNED = {"document_number": "45/BC-UBND", "document_date": "2022-06-27"}


def queue(db: Connection, address: str, text: str = "", key: str | None = None) -> Delivery | None:
    return outbox.queue(db, outbox.Outgoing("telegram", address, None, None, "push", {"text": text}), OPENING, key=key)


def put(stage: Stage, address: str) -> Delivery:
    """A message that waits for that address."""
    waiting = stage.writer.write(lambda db: queue(db, address))
    assert waiting
    return waiting


def test_the_schema_is_at_its_head_and_migrating_twice_is_harmless(any_stage: Stage) -> None:
    migrate(any_stage.engine)
    assert is_current(any_stage.engine)
    folder = Path(storage.database.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD


def test_times_keep_their_instant_and_need_a_zone(any_stage: Stage) -> None:
    stage = any_stage
    stage.writer.write(lambda db: conversations.record_contact(db, "telegram", "1", "Lan", OPENING))
    with reading(stage.engine) as db:
        kept = people.contact_at(db, "telegram", "1")
    assert kept
    stage.writer.write(lambda db: conversations.take_once(db, Update("telegram", "u1", kept.id, "x"), OPENING))
    with reading(stage.engine) as db:
        at = db.execute(select(received.c.at)).scalar_one()
    assert at == OPENING
    assert at.tzinfo is not None
    with pytest.raises(StatementError):
        stage.writer.write(lambda db: conversations.take_once(db, Update("telegram", "u2", 1, "x"), datetime(2022, 1, 1)))  # noqa: DTZ001


def test_an_update_is_taken_once_by_its_exact_id(any_stage: Stage) -> None:
    def take(update: str) -> bool:
        return any_stage.writer.write(lambda db: conversations.take_once(db, Update("telegram", update, None, ""), OPENING))

    assert take("900") is True
    assert take("900") is False
    assert take("5") is True  # ids restart lower after a quiet week


def test_an_invite_is_redeemed_by_exactly_one_of_many(any_stage: Stage) -> None:
    stage = any_stage
    code = stage.invite(Role.OFFICER, "dai-loc")
    gate = threading.Barrier(8)

    def redeem() -> bool:
        gate.wait()
        with stage.engine.begin() as db:
            return invites.redeem(db, code.lower(), None, OPENING) is not None

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        got = [f.result() for f in [pool.submit(redeem) for _ in range(8)]]
    assert got.count(True) == 1


def test_an_invite_expires_and_its_code_is_not_kept(any_stage: Stage) -> None:
    stage = any_stage
    code = stage.invite(Role.MANAGER)
    late = OPENING + timedelta(days=15)
    assert stage.writer.write(lambda db: invites.redeem(db, code, None, late)) is None
    with reading(stage.engine) as db:
        (row,) = db.exec_driver_sql("select * from invite").all()
    for written in (code, code.lower(), code.replace("-", ""), code.replace("-", "").lower()):
        assert written not in str(row)
    assert stage.writer.write(lambda db: invites.redeem(db, code, None, OPENING)) is not None  # in time it is one


def test_the_removed_are_strangers(any_stage: Stage) -> None:
    stage = any_stage

    def join(db: Connection) -> int:
        contact = conversations.record_contact(db, "telegram", "7", "Lan", OPENING)
        invited = invites.Invite(role=Role.OFFICER, unit="dai-loc", name="", expires_at=OPENING, phone="")
        return people.join(db, contact, invited, "Lan", "vi", OPENING).id

    who = stage.writer.write(join)
    opened = stage.writer.write(lambda db: conversations.open_conversation(db, Sender("telegram", "7"), OPENING))
    assert opened
    assert opened.person
    assert opened.person.role is Role.OFFICER
    stage.writer.write(lambda db: people.remove(db, who, OPENING))
    opened = stage.writer.write(lambda db: conversations.open_conversation(db, Sender("telegram", "7"), OPENING))
    assert opened
    assert opened.person is None
    with reading(stage.engine) as db:
        assert people.present(db) == []
        assert db.execute(select(person.c.removed_at)).scalar_one() == OPENING


def test_a_report_is_never_overwritten(any_stage: Stage) -> None:
    stage = any_stage

    def submit(db: Connection, amount: int) -> reports.Submission:
        return reports.submit(
            Scope(db, CAMPAIGN),
            reports.Report("dai-loc", "unspent-funds", Outcome.SUBMITTED, {"give_back": amount, **SIGNED}),
            reports.By(1, "Lan"),
            stage.now,
            stage.library.pick,
        )

    first = stage.writer.write(lambda db: submit(db, 1))
    stage.now += timedelta(days=20)
    second = stage.writer.write(lambda db: submit(db, 2))
    assert (first.revision, second.revision) == (1, 2)
    assert first.receipt != second.receipt
    assert (
        stage.writer.write(
            lambda db: reports.review(Scope(db, CAMPAIGN), first.id, reports.Said(Review.CONFIRMED, "Minh"), stage.now)
        )
        is False
    )
    assert (
        stage.writer.write(
            lambda db: reports.review(
                Scope(db, CAMPAIGN), second.id, reports.Said(Review.MORE_WANTED, "Minh", "thiếu"), stage.now
            )
        )
        is True
    )
    with reading(stage.engine) as db:
        standing = reports.standings(Scope(db, CAMPAIGN))[("dai-loc", "unspent-funds")]
        found = reports.find_receipt(Scope(db, CAMPAIGN), f" {first.receipt.lower()} ")
    assert standing.revision == 2
    assert standing.completed_at == OPENING
    assert not standing.state.done
    assert found
    assert found.answers == {"give_back": 1, **SIGNED}


def test_a_report_is_complete_when_its_document_is_there_and_anew_once_taken_back(any_stage: Stage) -> None:
    stage = any_stage
    unsigned, corrected = {"give_back": 1}, {"give_back": 2, **SIGNED}
    reported: list[tuple[Outcome, dict[str, Any], bool]] = [
        (Outcome.SUBMITTED, unsigned, False),  # whether a report is complete since just now
        (Outcome.SUBMITTED, {"give_back": 1, **SIGNED}, True),
        (Outcome.SUBMITTED, corrected, False),
        (Outcome.WITHDRAWN, {}, False),
        (Outcome.NOTHING, {}, True),
    ]
    since = None
    for outcome, answers, completes in reported:
        stage.now += timedelta(days=1)
        report = reports.Report("dai-loc", "unspent-funds", outcome, answers)

        def submit(db: Connection, report: reports.Report = report) -> None:
            reports.submit(Scope(db, CAMPAIGN), report, reports.By(1, "Lan"), stage.now, stage.library.pick)

        stage.writer.write(submit)
        since = stage.now if completes else None if outcome is Outcome.WITHDRAWN else since
        for unit in ("", "dai-loc"):
            with reading(stage.engine) as db:
                standing = reports.standings(Scope(db, CAMPAIGN), unit)[("dai-loc", "unspent-funds")]
            assert standing.completed_at == since


def test_a_number_of_arrival_completes_what_lacked_its_document(any_stage: Stage) -> None:
    stage = any_stage
    report = reports.Report("dai-loc", "unspent-funds", Outcome.SUBMITTED, {"give_back": 1})
    sent = stage.writer.write(
        lambda db: reports.submit(Scope(db, CAMPAIGN), report, reports.By(1, "Lan"), stage.now, stage.library.pick)
    )
    for arrival, state in (("", State.AWAITING_DOCUMENT), ("112", State.CONFIRMED)):
        said = reports.Said(Review.CONFIRMED, "Minh", arrival=arrival)

        def confirm(db: Connection, said: reports.Said = said) -> bool:
            return reports.review(Scope(db, CAMPAIGN), sent.id, said, stage.now)

        assert stage.writer.write(confirm)
        with reading(stage.engine) as db:
            standing = reports.standings(Scope(db, CAMPAIGN))[("dai-loc", "unspent-funds")]
        assert (standing.state, standing.arrival) == (state, arrival)
        assert standing.completed_at == (stage.now if arrival else None)


@pytest.mark.parametrize(
    ("slug", "answers", "lacks"),
    [
        ("unspent-funds", SIGNED, False), ("unspent-funds", {"document_number": None}, True),
        ("unspent-funds", {"document_number": "45/BC-UBND"}, True), ("unspent-funds", {**SIGNED, "document_number": ""}, True),
        ("unspent-funds", {"document_number": ""}, True), ("unspent-funds", {"give_back": 1}, True),
        ("inspection", {"note": "xong"}, False),  # its form asks for none
    ],
)  # fmt: skip
def test_a_standing_knows_whether_the_document_has_a_number(
    any_stage: Stage, slug: str, answers: dict[str, object], lacks: bool
) -> None:
    def submit(db: Connection) -> None:
        scope, pick = Scope(db, CAMPAIGN), any_stage.library.pick
        reports.submit(scope, reports.Report("dai-loc", slug, Outcome.SUBMITTED, answers), reports.By(1, "Lan"), OPENING, pick)

    any_stage.writer.write(submit)
    with reading(any_stage.engine) as db:
        for narrowed in ("", "dai-loc"):
            assert reports.standings(Scope(db, CAMPAIGN), narrowed)[("dai-loc", slug)].lacks_document is lacks


def test_an_extension_replaces_the_deadline_of_one_unit(any_stage: Stage) -> None:
    stage = any_stage

    def extend(day: date) -> None:
        stage.writer.write(
            lambda db: reports.extend(Scope(db, CAMPAIGN), Extension("dai-loc", "unspent-funds", day, "mưa", "Minh"), OPENING)
        )

    extend(date(2022, 7, 5))
    extend(date(2022, 7, 8))
    with reading(stage.engine) as db:
        due = reports.due(Scope(db, CAMPAIGN))
    assert due.of("dai-loc", "unspent-funds").date == date(2022, 7, 8)
    assert due.of("hoi-an", "unspent-funds").date == date(2022, 6, 30)


def test_messages_of_one_address_keep_their_order(any_stage: Stage) -> None:
    stage = any_stage
    a1, b1, a2 = (put(stage, to) for to in ("a", "b", "a"))
    later = WALL + timedelta(minutes=5)
    stage.writer.write(lambda db: outbox.settle(db, [Settled(a1, "waiting", OPENING, not_before=later)]))

    def claim(at: datetime) -> list[int]:
        return [
            w.id for w in stage.writer.write(lambda db: outbox.claim(db, ["telegram"], at, Claim("a", at + timedelta(minutes=1))))
        ]

    assert claim(WALL) == [b1.id]  # a2 waits behind a1
    assert claim(WALL) == []  # claimed already
    assert claim(later) == [a1.id, b1.id, a2.id]  # b1's claim has run out: its courier died


def test_two_couriers_never_claim_the_same(any_stage: Stage) -> None:
    stage = any_stage
    for number in range(40):
        put(stage, f"chat-{number}")
    claimed: list[int] = []

    def claim(_: int) -> None:
        with stage.engine.begin() as db:
            claimed.extend(w.id for w in outbox.claim(db, ["telegram"], WALL, Claim("a", WALL + timedelta(minutes=1)), limit=7))

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(claim, n) for n in range(8)]:
            done.result()
    assert len(claimed) == len(set(claimed))
    assert len(claimed) >= 40 - 7


def test_a_push_with_a_key_is_queued_once(any_stage: Stage) -> None:
    assert any_stage.writer.write(lambda db: queue(db, "a", key="k")) is not None
    assert any_stage.writer.write(lambda db: queue(db, "a", key="k")) is None


def test_of_two_clocks_one_sends(any_stage: Stage) -> None:
    who = Recipient(1, "Lan", Role.OFFICER, "dai-loc", OPENING)
    push = Push(OPENING, PushKind.REMINDER, "D-7", who, "dai-loc", (Reason("unspent-funds", "dai-loc", "D-7"),), ("k1",), ("k0",))

    def settle() -> bool:
        return any_stage.writer.write(lambda db: reminders.settle_push(Scope(db, CAMPAIGN), push))

    assert settle() is True
    assert settle() is False
    with reading(any_stage.engine) as db:
        assert reminders.situation(Scope(db, CAMPAIGN)).told == dict.fromkeys(("k0", "k1"), OPENING.date())


def test_a_question_is_answered_by_one_manager(any_stage: Stage) -> None:
    stage = any_stage
    stage.writer.write(lambda db: conversations.record_contact(db, "telegram", "1", "Lan", OPENING))
    kept = stage.writer.write(
        lambda db: questions.keep_question(
            Scope(db, CAMPAIGN), questions.NewQuestion(1, None, "Lan", "phí?", "không nêu", "", 0.1, True), OPENING
        )
    )
    assert stage.writer.write(lambda db: questions.pass_on(Scope(db, CAMPAIGN), kept)) is True
    assert stage.writer.write(lambda db: questions.pass_on(Scope(db, CAMPAIGN), kept)) is False
    assert stage.writer.write(lambda db: questions.reply(Scope(db, CAMPAIGN), kept, "Không thu phí", "Minh", OPENING)) is True
    assert stage.writer.write(lambda db: questions.reply(Scope(db, CAMPAIGN), kept, "Khác", "Hà", OPENING)) is False
    with reading(stage.engine) as db:
        found = questions.by_id(Scope(db, CAMPAIGN), kept)
    assert found
    assert (found.reply, found.replied_by) == ("Không thu phí", "Minh")


def test_groups_and_kept_values(any_stage: Stage) -> None:
    stage = any_stage

    def work(db: Connection) -> None:
        groups.bind(db, "telegram", "-1", "Nhóm", 1, OPENING)
        groups.bind(db, "telegram", "-1", "Nhóm mới", 1, OPENING)
        kept.keep(db, "k", "1")
        kept.keep(db, "k", "2")

    stage.writer.write(work)
    with reading(stage.engine) as db:
        assert [g.title for g in groups.bound(db)] == ["Nhóm mới"]
        assert kept.value(db, "k") == "2"


def test_all_tables_are_dumped_emptied_and_restored(any_stage: Stage) -> None:
    stage = any_stage
    asked = "phí\u2028gì\u0085?\n"  # what splits lines elsewhere splits none here

    def work(db: Connection) -> None:
        contact = conversations.record_contact(db, "telegram", "1", "Lan", OPENING)
        questions.keep_question(
            Scope(db, CAMPAIGN), questions.NewQuestion(contact, None, "Lan", asked, "", "", 0.1, True), OPENING
        )
        inbox.put(db, "zalo_bot", "u", {"text": "half a sign: \ud83d"}, WALL, Claim("a", WALL))
        kept.keep(db, "k", "1")

    stage.writer.write(work)
    with reading(stage.engine) as db:
        before, stamp = dict(backup.dump(db)), kept.stamp(db)
    assert asked.strip() in json.loads(before["question"])["text"]
    with pytest.raises(backup.NotEmpty):
        stage.writer.write(lambda db: backup.restore(db, before.__getitem__))
    stage.writer.write(backup.empty)
    with reading(stage.engine) as db:
        assert set(dict(backup.dump(db)).values()) == {""}
    stage.writer.write(lambda db: kept.keep(db, "k", "gives way"))
    stage.writer.write(lambda db: backup.restore(db, lambda name: before[name].encode().decode()))
    with reading(stage.engine) as db:
        assert kept.stamp(db) not in (None, stamp)  # so that what a process keeps read is read anew
        after = dict(backup.dump(db))
        assert {**after, "kept": ""} == {**before, "kept": ""}
        assert kept.value(db, "k") == "1"
    fresh = stage.writer.write(lambda db: conversations.record_contact(db, "telegram", "2", "Hoa", OPENING))
    assert fresh == 2  # numbers go on


def test_a_piece_that_fails_takes_no_other_with_it(any_stage: Stage) -> None:
    stage = any_stage

    def fails(db: Connection) -> None:
        kept.keep(db, "bad", "1")
        raise RuntimeError("no")

    def keeps(number: int) -> Callable[[Connection], None]:
        return lambda db: kept.keep(db, f"k{number}", "1")

    done = [stage.writer.submit(fails if n % 3 == 0 else keeps(n)) for n in range(30)]
    wait(done)
    assert [d.exception() is None for d in done] == [n % 3 != 0 for n in range(30)]
    with reading(stage.engine) as db:
        assert kept.value(db, "bad") is None
        assert kept.value(db, "k1") == "1"


def test_a_cancelled_piece_does_not_stop_the_writer(any_stage: Stage) -> None:
    gate = threading.Event()
    first = any_stage.writer.submit(lambda db: gate.wait(PATIENCE))
    dropped = any_stage.writer.submit(lambda db: kept.keep(db, "dropped", "1"))
    assert dropped.cancel()
    gate.set()
    first.result(PATIENCE)
    any_stage.writer.submit(lambda db: kept.keep(db, "after", "1")).result(PATIENCE)  # a dead writer answers nobody
    with reading(any_stage.engine) as db:
        assert (kept.value(db, "dropped"), kept.value(db, "after")) == (None, "1")


def test_a_crash_before_the_commit_keeps_nothing(tmp_path: Path) -> None:
    """A process killed in the middle of a turn: neither the update nor half a reply is there."""
    import subprocess
    import sys

    url = f"sqlite:///{tmp_path}/crash.db"
    engine = open_database(url)
    migrate(engine)
    script = (
        "import os\nfrom datetime import UTC, datetime\nfrom storage import backup, conversations, outbox\n"
        f"from storage.database import open_database\nnow = datetime(2022, 6, 20, tzinfo=UTC)\n"
        f"with open_database({url!r}).begin() as db:\n"
        "    conversations.take_once(db, conversations.Update('telegram', '1', None, 'x'), now)\n"
        "    outbox.queue(db, outbox.Outgoing('telegram', '1', None, None, 'reply', {}), now)\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    with engine.begin() as db:
        assert not conversations.was_taken(db, "telegram", "1")
        assert outbox.depth(db) == 0
    engine.dispose()


def test_a_damaged_message_holds_up_no_other(any_stage: Stage) -> None:
    """What can't be read is given up by itself, and the rest goes out."""

    ids = [put(any_stage, address).id for address in ("1", "2", "3")]
    damaged = tables.outbox.update().where(tables.outbox.c.id == ids[1]).values(facts=["no", "facts"])
    any_stage.writer.write(lambda db: db.execute(damaged))
    now = OPENING
    claimed = any_stage.writer.write(lambda db: outbox.claim(db, ["telegram"], now, Claim("a", now + timedelta(minutes=1))))
    assert [row.id for row in claimed] == [ids[0], ids[2]]
    with reading(any_stage.engine) as db:
        states = {row.id: row.state for row in db.execute(select(tables.outbox.c.id, tables.outbox.c.state))}
    assert states == {ids[0]: "waiting", ids[1]: "failed", ids[2]: "waiting"}


def reply(text: str) -> outbox.Outgoing:
    return outbox.Outgoing("telegram", "Lan", None, None, "reply", {"text": text})


def test_a_reply_waits_for_the_one_that_another_has_in_hand(any_stage: Stage) -> None:
    mine, other, wall = Claim("a", OPENING + 2 * MINUTE), Claim("b", OPENING + MINUTE), OPENING

    def said(text: str, claim: Claim) -> bool:
        return any_stage.writer.write(lambda db: outbox.queue_reply(db, reply(text), OPENING, claim))[1]

    def claimed(at: datetime) -> list[str]:
        found = any_stage.writer.write(lambda db: outbox.claim(db, ["telegram"], at, mine))
        any_stage.writer.write(lambda db: outbox.settle(db, [Settled(row, "sent", OPENING, by="a") for row in found]))
        return [row.message["text"] for row in found]

    assert said("1", other)
    assert not said("2", mine)
    assert not said("3", other)  # it has that one in hand, but not the one before
    assert claimed(wall) == []
    assert claimed(wall + MINUTE) == ["1", "2", "3"]
    assert said("4", mine)
    assert said("5", mine)


def test_what_is_awaited_waits_for_no_push_that_is_put_off(any_stage: Stage) -> None:
    """As the next push does."""
    mine, other = Claim("a", OPENING + MINUTE), Claim("b", OPENING + MINUTE)

    def fill(db: Connection) -> None:
        push = queue(db, "Lan", "push")
        assert push
        outbox.settle(db, [Settled(push, "waiting", OPENING, not_before=OPENING + MINUTE)])
        row, ours = outbox.queue_reply(db, reply("1"), OPENING, other)
        assert ours
        outbox.release(db, [row.id], "b")
        queue(db, "Lan", "push 2")

    def claimed(at: datetime) -> list[str]:
        return [row.message["text"] for row in any_stage.writer.write(lambda db: outbox.claim(db, ["telegram"], at, mine))]

    any_stage.writer.write(fill)
    assert claimed(OPENING) == ["1"]
    assert claimed(OPENING + MINUTE) == ["push", "1", "push 2"]


def test_a_message_that_no_try_gets_out_holds_up_what_is_said_later_for_a_while(any_stage: Stage) -> None:
    def claimed(db: Connection, number: int) -> list[str]:
        """What may go at that minute; the first of it fails, the rest is given back."""
        at = OPENING + number * MINUTE
        found = outbox.claim(db, ["telegram"], at, Claim("a", at + MINUTE))
        outbox.settle(db, [Settled(row, "waiting", at, not_before=at + MINUTE, by="a") for row in found[:1]])
        outbox.release(db, [row.id for row in found], "a")
        return [row.message["text"] for row in found]

    def scenario(db: Connection) -> None:
        outbox.queue(db, reply("1"), OPENING)
        assert claimed(db, 0) == ["1"]
        assert not outbox.queue_reply(db, reply("2"), OPENING, Claim("b", OPENING))[1]
        for number in range(1, outbox.HOLDS_UP):
            at = OPENING + number * MINUTE - MINUTE / 2
            assert outbox.claim(db, ["telegram"], at, Claim("a", at)) == []
            assert claimed(db, number) == ["1", "2"]
        at = OPENING + outbox.HOLDS_UP * MINUTE - MINUTE / 2
        assert [row.message["text"] for row in outbox.claim(db, ["telegram"], at, Claim("a", at))] == ["2"]
        outbox.settle(db, [Settled(row, "sent", at) for row in outbox.claim(db, ["telegram"], at, Claim("a", at))])
        assert outbox.queue_reply(db, reply("3"), OPENING, Claim("b", OPENING))[1]

    any_stage.writer.write(scenario)
