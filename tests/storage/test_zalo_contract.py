"""The storage behind Zalo and linked channels, the same on every database."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from handlers.turn import Incoming
from rules.people import Role
from storage import conversations, inbox, linking, outbox, people, shown_lists, spending, tables, tokens, unreached
from storage.claims import Claim
from storage.conversations import Sender
from storage.database import migrate, open_database
from storage.invites import Invite
from tests.stage import OPENING, Stage

LIST = [["Có", "form 1 1 o yes"], ["Không", "form 1 1 o no"]]


def person(db: Connection, name: str = "Lan", channel: str = "zalo_bot") -> tuple[int, int]:
    """Somebody with one contact: the person's id and the contact's."""
    contact = conversations.record_contact(db, channel, name, name, OPENING)
    invited = Invite(role=Role.OFFICER, unit="dai-loc", name=name, expires_at=OPENING, phone="")
    return people.join(db, contact, invited, name, "vi", OPENING).id, contact


def test_numbers_go_on_and_are_kept(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        assert shown_lists.show(db, 1, 7, LIST, OPENING) == 1
        assert shown_lists.show(db, 2, 7, LIST, OPENING) == 3
        assert shown_lists.show(db, 1, 7, LIST, OPENING) == 1  # sent once more
        assert shown_lists.show(db, 3, 8, LIST, OPENING) == 1  # somebody else's
        assert shown_lists.show(db, 4, 7, [[f"{n}", f"a {n}"] for n in "abcdef"] * 9, OPENING) == 5
        assert shown_lists.show(db, 5, 7, LIST, OPENING) == 59
        assert shown_lists.show(db, 6, 7, LIST, OPENING) == 1  # begins anew
        assert shown_lists.show(db, 7, 7, [["3 sao", "x"], ["4 sao", "y"]], OPENING) == 5  # its own numbers are nobody's
        newest = shown_lists.shown(db, 7)[0]
        assert (newest.action(5), newest.action(6), newest.action(7), newest.action(4)) == ("x", "y", "", "")
        assert shown_lists.show(db, 8, 7, LIST, OPENING, anew=True) == 1

    any_stage.writer.write(work)


def test_an_update_waits_once_until_it_is_done(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        soon = OPENING + timedelta(minutes=3)
        first = inbox.put(db, "zalo_oa", "m1", {"a": "Đại Lộc"}, OPENING, Claim("a", soon))
        assert first
        assert inbox.put(db, "zalo_oa", "m1", {}, OPENING, Claim("a", soon)) is None
        assert inbox.claim(db, ["zalo_oa"], OPENING, Claim("a", soon)) == []
        assert inbox.claim(db, ["zalo_bot"], soon, Claim("a", soon)) == []
        (again,) = inbox.claim(db, ["zalo_oa"], soon, Claim("a", soon + timedelta(minutes=3)))
        assert (again.id, again.body, again.attempts) == (first, {"a": "Đại Lộc"}, 2)
        inbox.release(db, [first], "a")
        assert len(inbox.claim(db, ["zalo_oa"], OPENING, Claim("a", soon))) == 1
        inbox.done(db, first)
        assert inbox.claim(db, ["zalo_oa"], soon + timedelta(days=1), Claim("a", soon)) == []
        poison = inbox.put(db, "zalo_oa", "m2", {}, OPENING, Claim("a", OPENING))
        assert poison
        for _ in range(inbox.MOST_ATTEMPTS - 1):
            assert inbox.claim(db, ["zalo_oa"], OPENING, Claim("a", OPENING))
        assert inbox.claim(db, ["zalo_oa"], OPENING, Claim("a", OPENING)) == []  # kept, and left alone

    any_stage.writer.write(work)


def test_counts_add_up(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        assert spending.add(db, "zalo_oa", "2022-06", "billed", 1, 55) == 1
        assert spending.add(db, "zalo_oa", "2022-06", "billed", 2, 110) == 3
        assert spending.add(db, "zalo_oa", "2022-07", "billed", 1, 55) == 1
        (june,) = spending.of_period(db, "2022-06")
        assert (june.count, june.cost) == (3, 165)
        assert spending.count(db, "zalo_bot", "2022-06", "quota") == 0

    any_stage.writer.write(work)


def test_a_pair_is_held_by_one_and_replaced_at_once(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        later = OPENING + timedelta(minutes=1)
        assert tokens.pair_of(db, "zalo_oa") is None
        assert tokens.store(db, "zalo_oa", "a1", "r1", later, "seed") == 1
        assert tokens.hold(db, "zalo_oa", 1, "A", OPENING, later)
        assert not tokens.hold(db, "zalo_oa", 1, "B", OPENING, later)
        tokens.let_go(db, "zalo_oa", "B")
        assert not tokens.hold(db, "zalo_oa", 1, "B", OPENING, later)
        assert tokens.hold(db, "zalo_oa", 1, "B", later, later + timedelta(minutes=1))  # A died
        assert tokens.store(db, "zalo_oa", "a2", "r2", later) == 2
        assert not tokens.hold(db, "zalo_oa", 1, "A", later, later)  # that generation is no more
        assert not tokens.mark_lost(db, "zalo_oa", 1, "late")
        assert tokens.mark_lost(db, "zalo_oa", 2, "-14020")
        assert not tokens.mark_lost(db, "zalo_oa", 2, "-14020")  # told once
        assert not tokens.hold(db, "zalo_oa", 2, "A", later, later)
        pair = tokens.pair_of(db, "zalo_oa")
        assert pair
        assert (pair.access, pair.refresh, pair.seed, pair.lost) == ("a2", "r2", "seed", "-14020")

    any_stage.writer.write(work)


def test_a_code_links_once_within_its_time(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        lan, _ = person(db)
        first = linking.create_code(db, lan, OPENING, any_stage.library.pick)
        code = linking.create_code(db, lan, OPENING, any_stage.library.pick)
        assert len(code) == 6
        assert linking.owner(db, first, OPENING) is None  # a new code voids the one before
        assert linking.owner(db, code, OPENING) == lan
        assert linking.owner(db, code, OPENING + linking.CODE_LIFE) is None
        assert linking.use(db, code, OPENING) == lan
        assert linking.use(db, code, OPENING) is None
        for _ in range(3):
            linking.note_try(db, 9, OPENING)
        assert linking.tries(db, 9, OPENING) == (3, 3)
        assert linking.tries(db, 8, OPENING + linking.CODE_LIFE) == (0, 0)
        elsewhere = conversations.record_contact(db, "telegram", "77", "Lan", OPENING)
        linking.link(db, elsewhere, lan, OPENING + timedelta(seconds=1))
        assert [c.channel for c in people.contacts_of(db, [lan])[lan]] == ["telegram", "zalo_bot"]

    any_stage.writer.write(work)


@pytest.mark.parametrize("channel", ["zalo_oa", "zalo_bot"])
def test_who_was_not_reached_stays_listed_until_reached(any_stage: Stage, channel: str) -> None:
    def work(db: Connection) -> None:
        lan, contact = person(db, channel=channel)
        unreached.note(db, lan, "window", channel, OPENING)
        unreached.note(db, lan, "quota", channel, OPENING)
        assert [(u.name, u.unit, u.why) for u in unreached.everybody(db)] == [("Lan", "dai-loc", "quota")]
        sent = outbox.queue(db, outbox.Outgoing(channel, "Lan", contact, lan, "push", {"text": "x"}), OPENING)
        assert sent
        outbox.settle(db, [outbox.Settled(sent, "sent", OPENING + timedelta(hours=1))])
        assert unreached.everybody(db) == []
        unreached.note(db, lan, "window", channel, OPENING + timedelta(hours=2))
        assert len(unreached.everybody(db)) == 1
        conversations.open_conversation(db, Sender(channel, "Lan", "Lan", "vi"), OPENING + timedelta(hours=3))
        assert unreached.everybody(db) == []
        closes = people.recipients(db)[0].closes_at
        assert closes == (OPENING + timedelta(days=7, hours=3) if channel == "zalo_oa" else None)

    any_stage.writer.write(work)


def test_what_no_database_keeps_is_left_out(any_stage: Stage) -> None:
    said = any_stage.hear(Incoming("zalo_oa", "m1", "9", name="L\x00an\ud800", text="hạn\x00 nộp \udfff"))
    assert "30/6/2022" in said[0].message.text
    raw = {"message": {"text": "\x00\ud800 Đại Lộc"}}
    kept = any_stage.writer.write(lambda db: inbox.put(db, "zalo_oa", "m2", raw, OPENING, Claim("a", OPENING)))
    (found,) = any_stage.writer.write(lambda db: inbox.claim(db, ["zalo_oa"], OPENING, Claim("a", OPENING)))
    assert (found.id, found.body) == (kept, raw)


def test_an_older_database_comes_along_with_its_people(database_url: str) -> None:
    engine = open_database(database_url)
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
    then = {"at": "2022-06-20 01:00:00"}
    with engine.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0002")
        db.execute(
            text(
                "insert into person (name, role, unit, language, joined_at, muted) values ('Lan', 'officer', 'dai-loc', 'vi', :at, false)"
            ),
            then,
        )
        db.execute(
            text(
                "insert into contact (person_id, channel, address, name, language, refused, last_seen_at)"
                " values (1, 'telegram', '1', 'Lan', '', '', :at)"
            ),
            then,
        )
    migrate(engine)
    with engine.begin() as db:
        (lan,) = people.present(db)
        assert (lan.name, lan.phone) == ("Lan", "")
        assert len(people.contacts_of(db, [lan.id])[lan.id]) == 1
        config.attributes["connection"] = db
        command.downgrade(config, "0002")
        assert db.execute(text("select name from person")).scalars().all() == ["Lan"]
    engine.dispose()
