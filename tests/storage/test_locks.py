"""Who waits for whom: on PostgreSQL, where several processes write at once; on SQLite, which has one writer at a time."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import OperationalError

from handlers.engine import take
from handlers.turn import Incoming
from rules.actions import LetIn, SendJoin, pack
from rules.people import Role
from storage import conversations, kept, linking, people, reports
from storage.conversations import Sender
from storage.database import reading
from storage.scope import Scope
from tests.doubles.watching import PATIENCE
from tests.postgres import laid_database
from tests.stage import CAMPAIGN, OPENING, Stage

T = TypeVar("T")


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(laid_database(), tmp_path)
    yield made
    made.close()


def waits(stage: Stage, first: Callable[[Connection], object], second: Callable[[Connection], object]) -> bool:
    """Whether the second has to wait while the first has not committed."""
    with stage.engine.begin() as holding:
        first(holding)
        with stage.engine.begin() as other:
            other.execute(text("set local lock_timeout = '50ms'"))
            try:
                second(other)
            except OperationalError as error:
                if "lock timeout" in str(error):
                    return True
                raise
            return False


def opens(address: str) -> Callable[[Connection], object]:
    return lambda db: conversations.open_conversation(db, Sender("telegram", address, address, "vi"), OPENING)


@pytest.mark.postgres
def test_two_messages_of_one_person_wait_for_each_other_and_for_nobody_elses(postgres: Stage) -> None:
    stage = postgres
    for name in ("Lan", "Hoa"):
        stage.writer.write(opens(name))
    assert waits(stage, opens("Lan"), opens("Lan"))
    assert not waits(stage, opens("Lan"), opens("Hoa"))


@pytest.mark.postgres
def test_who_links_a_contact_and_who_removes_its_person_wait_for_each_other(postgres: Stage) -> None:
    """Else the contact stayed one of somebody who is gone, and its links to files were good for a week."""
    stage = postgres
    stage.hear(Incoming("telegram", "1", "Minh", "Minh", f"/start {stage.invite(Role.MANAGER)}"))
    stage.hear(Incoming("zalo_bot", "2", "Ai đó", "Ai đó", "xin chào"))
    (minh,) = stage.writer.write(people.present)
    stranger = stage.writer.write(lambda db: people.contact_at(db, "zalo_bot", "Ai đó"))
    assert stranger

    def links(db: Connection) -> bool:
        return linking.link(db, stranger.id, minh.id, stage.now)

    def removes(db: Connection) -> object:
        return people.remove(db, minh.id, stage.now)

    with stage.engine.connect() as undone:  # neither is kept
        assert waits_until_undone(undone, stage, removes, links)
        assert waits_until_undone(undone, stage, links, removes)
    stage.writer.write(removes)
    assert not stage.writer.write(links)


def waits_until_undone(
    holding: Connection, stage: Stage, first: Callable[[Connection], object], second: Callable[[Connection], object]
) -> bool:
    """Whether the second has to wait while the first has not committed; nothing of either stands."""
    with holding.begin() as one:
        first(holding)
        try:
            with stage.engine.connect() as other, other.begin() as two:
                other.execute(text("set local lock_timeout = '50ms'"))
                second(other)
                two.rollback()
        except OperationalError:
            return True
        finally:
            one.rollback()
    return False


@pytest.mark.postgres
def test_two_officers_answers_to_one_form_wait_for_each_other_and_for_no_other_form(postgres: Stage) -> None:
    stage = postgres

    def begun(unit: str) -> int:
        made = stage.writer.write(
            lambda db: reports.begin_draft(Scope(db, CAMPAIGN), unit, "unspent-funds", {}, reports.By(1, "Lan"), OPENING)
        )
        return made.id

    def looks(number: int) -> Callable[[Connection], object]:
        return lambda db: reports.draft_by_id(Scope(db, CAMPAIGN), number)

    def finds(unit: str) -> Callable[[Connection], object]:
        return lambda db: reports.find_draft(Scope(db, CAMPAIGN), unit, "unspent-funds")

    mine, other = begun("dai-loc"), begun("hoi-an")
    assert waits(stage, looks(mine), looks(mine))
    assert waits(stage, looks(mine), finds("dai-loc"))
    assert not waits(stage, looks(mine), looks(other))


def while_waiting(stage: Stage, first: Callable[[Connection], object], second: Callable[[Connection], T]) -> T:
    """What the second comes to that began to wait for the first, which then committed."""

    def after() -> T:
        with stage.engine.begin() as other:
            return second(other)

    with ThreadPoolExecutor(1) as pool:
        with stage.engine.begin() as holding:
            first(holding)
            found = pool.submit(after)
            with stage.engine.connect() as looking:
                while not (found.done() or looking.execute(text("select 1 from pg_locks where not granted")).first()):
                    looking.rollback()
        return found.result(PATIENCE)


@pytest.mark.postgres
def test_who_waited_reads_the_conversation_as_the_other_left_it(postgres: Stage) -> None:
    postgres.writer.write(opens("Lan"))

    def turns(db: Connection) -> None:
        opened = conversations.open_conversation(db, Sender("telegram", "Lan", "Lan", "vi"), OPENING)
        assert opened
        conversations.keep(db, opened.contact.id, "form", {"draft": 1}, OPENING)

    def reads(db: Connection) -> str:
        opened = conversations.open_conversation(db, Sender("telegram", "Lan", "Lan", "vi"), OPENING)
        assert opened
        return opened.kept.topic

    assert while_waiting(postgres, turns, reads) == "form"


@pytest.mark.postgres
def test_two_officers_who_begin_one_form_at_once_have_the_same(postgres: Stage) -> None:
    def begins(name: str) -> Callable[[Connection], reports.Draft]:
        by = reports.By(1, name)
        return lambda db: reports.begin_draft(Scope(db, CAMPAIGN), "dai-loc", "unspent-funds", {"at": name}, by, OPENING)

    begun = while_waiting(postgres, begins("Lan"), begins("Hoa"))
    assert (begun.person_name, begun.state) == ("Lan", {"at": "Lan"})


@pytest.mark.postgres
def test_the_second_of_two_managers_who_reply_at_once_hears_what_the_first_said(postgres: Stage) -> None:
    stage = postgres

    def comes(number: int, name: str, text: str, choice: str = "") -> Incoming:
        return Incoming("telegram", str(number), name, name, text, choice)

    for number, name in enumerate(("Minh", "Tâm")):
        stage.hear(comes(number, name, f"/start {stage.invite(Role.MANAGER)}"))
    stage.hear(comes(2, "Lan", "gửi qua email được không"))
    stage.hear(comes(3, "Lan", "", "dept 1"))
    for number, name in enumerate(("Minh", "Tâm"), 4):
        stage.hear(comes(number, name, "", "reply 1"))

    def replies(number: int, name: str, text: str) -> Callable[[Connection], str]:
        return lambda db: take(db, stage.library, comes(number, name, text), OPENING).queued[-1].message["text"]

    heard = while_waiting(stage, replies(6, "Minh", "Được, gửi cả bản giấy."), replies(7, "Tâm", "Không."))
    assert "Minh" in heard
    assert "Được, gửi cả bản giấy." in heard


@pytest.mark.postgres
def test_who_links_a_contact_while_its_request_is_granted_stays_who_they_are(postgres: Stage) -> None:
    stage = postgres

    def comes(number: int, name: str, text: str, choice: str = "") -> Incoming:
        return Incoming("telegram", str(number), name, name, text, choice)

    stage.hear(comes(1, "Minh", f"/start {stage.invite(Role.MANAGER)}"))
    for number, typed in enumerate(("cho em vào", "Nguyễn Văn Nam", "Đại Lộc", "0905 123 456"), 2):
        stage.hear(comes(number, "Nam", typed))
    stage.hear(comes(6, "Nam", "", pack(SendJoin())))
    nam = stage.writer.write(lambda db: people.contact_at(db, "telegram", "Nam"))
    (minh,) = stage.writer.write(people.present)
    assert nam
    while_waiting(
        stage,
        lambda db: (opens("Nam")(db), linking.link(db, nam.id, minh.id, OPENING)),
        lambda db: take(db, stage.library, comes(7, "Minh", "", pack(LetIn(1))), OPENING),
    )
    assert stage.writer.write(people.present) == [minh]
    linked = stage.writer.write(lambda db: people.contact_by_id(db, nam.id))
    assert linked
    assert linked.person_id == minh.id


def test_on_sqlite_looking_waits_for_no_writer(stage: Stage) -> None:
    with stage.engine.begin() as writing:
        kept.keep(writing, "k", "new")
        with reading(stage.engine) as looking:
            assert kept.value(looking, "k") is None


def test_on_sqlite_a_transaction_has_the_lock_from_its_beginning_also_where_somebody_looked_before(stage: Stage) -> None:
    with reading(stage.engine) as looking:
        kept.value(looking, "k")
    with stage.engine.begin():
        other = sqlite3.connect(make_url(stage.url).database or "", timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
