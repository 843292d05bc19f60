"""The database fails for a while: nobody hears of it, nothing is done twice and nothing is lost."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import OperationalError

from bot import patience
from bot.delivery.sink import AddressMoved, AddressRefuses, MessageRefused, TryLater, WayShut
from bot.flow.inbox import Inbox
from handlers import engine, hearing
from handlers.turn import Incoming, Turn
from rules.people import Role
from storage import outbox, people
from storage.database import reading
from storage.outbox import LONGEST_WAIT, MOST_ATTEMPTS, Delivery
from storage.tables import outbox as rows_of
from storage.tables import received
from storage.tables import unreached as unreached_rows
from tests.bot.test_courier import SECONDS, Running
from tests.parts import made_claims, turn_service
from tests.postgres import fresh_database
from tests.serving import play
from tests.stage import Stage


def locked() -> OperationalError:
    """As SQLite says it."""
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("BEGIN IMMEDIATE", {}, cause)


def cut(turn: Turn) -> None:
    """As a fail-over or a pooler does it."""
    turn.db.execute(text("select pg_terminate_backend(pg_backend_pid())"))


def lock(_: Turn) -> None:
    raise locked()


def said(database: Engine) -> list[str]:
    with reading(database) as db:
        return [row.message["text"] for row in db.execute(select(rows_of))]


@pytest.fixture
def running(stage: Stage) -> Running:
    return Running(stage)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "A_MOMENT", (0.0,) * 5)


def failing(monkeypatch: pytest.MonkeyPatch, fault: Callable[[Turn], None], times: int) -> list[int]:
    """The middle of a turn fails so many times."""
    real, failed = hearing.hear, list[int]()

    def hear(turn: Turn, commands: Any) -> Any:
        heard = real(turn, commands)
        if len(failed) < times:
            failed.append(1)
            fault(turn)
        return heard

    monkeypatch.setattr(engine, "hear", hear)
    return failed


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(("address", "fault"), [
    pytest.param(fresh_database, cut, marks=pytest.mark.postgres), ("sqlite:///{}/a.db", lock),
], ids=["cut", "locked"])  # fmt: skip
def test_a_turn_whose_database_failed_is_run_again_unnoticed(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, address: Any, fault: Callable[[Turn], None]
) -> None:
    stage = Stage(address() if callable(address) else address.format(tmp_path), tmp_path)
    failed, handed = failing(monkeypatch, fault, 2), list[Delivery]()
    taken = asyncio.run(
        turn_service(stage, handed.extend, frozenset({"telegram"})).take(Incoming("telegram", "1", "Lan", "Lan", "xin chào"))
    )
    assert len(failed) == 2
    assert taken.new
    assert said(stage.engine) == [row.message["text"] for row in handed]
    assert len(handed) == 1
    assert stage.library.languages.of("vi").tr("failed") not in said(stage.engine)[0]
    stage.close()


@pytest.mark.usefixtures("no_pauses")
def test_what_is_not_durable_is_not_confirmed_while_the_database_stays_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, lock, 100)
    with pytest.raises(OperationalError):
        asyncio.run(turn_service(stage).take(Incoming("telegram", "1", "Lan", "Lan", "xin chào")))
    assert said(stage.engine) == []
    with reading(stage.engine) as db:
        assert db.execute(select(received)).all() == []


def test_what_fails_by_itself_is_not_tried_again() -> None:
    tried = list[int]()

    async def work() -> None:
        tried.append(1)
        raise KeyError("a fault of ours")

    with pytest.raises(KeyError):
        play(patience.patiently(work, (0.0, 0.0)))
    assert tried == [1]


@pytest.mark.usefixtures("no_pauses")
def test_reading_before_a_turn_is_tried_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    service, failed = turn_service(stage), list[int]()
    real = service.intake.heed

    async def heed(incoming: Incoming) -> Any:
        if not failed:
            failed.append(1)
            raise locked()
        return await real(incoming)

    monkeypatch.setattr(service.intake, "heed", heed)
    assert asyncio.run(service.take(Incoming("telegram", "1", "Lan", "Lan", "xin chào"))).new


class Away:
    """The database, as everything that is handed to a stage's writer finds it; what was begun while it is away fails."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_away, self.asked = False, 0
        real = stage.engine.begin

        def begin() -> Any:
            if self.is_away:
                self.asked += 1
                raise locked()
            return real()

        monkeypatch.setattr(stage.engine, "begin", begin)


@pytest.mark.parametrize("refusal", [
    TryLater(0, "HTTP 500"), TryLater(1, "flood", whole_channel=True), AddressRefuses("blocked"), WayShut("window"),
    MessageRefused("refused"), AddressMoved("Lan-moi"),
], ids=["500", "429", "403", "window", "400", "moved"])  # fmt: skip
@pytest.mark.parametrize("tries", [0, MOST_ATTEMPTS - 1], ids=["first try", "last try"])
def test_what_a_platform_says_while_the_database_is_away_is_noted_once_it_is_back(
    running: Running, monkeypatch: pytest.MonkeyPatch, refusal: Exception, tries: int
) -> None:
    """The next way is queued, the alarm made, the move done, and nothing stays in hand."""
    stage = running.stage
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    away = Away(stage, monkeypatch)

    def pushes(db: Connection) -> list[Delivery]:
        lan = people.contact_at(db, "telegram", "Lan")
        assert lan
        claim = running.claims.claim()
        going = [
            outbox.Outgoing("telegram", "Lan", lan.id, lan.person_id, "push", {"text": text}, way=str(lan.id)) for text in "12"
        ]
        return [outbox.queue_reply(db, each, stage.now, claim)[0] for each in going]

    async def scenario() -> None:
        running.platform.raises["1"] = deque([refusal])
        first, second = stage.writer.write(pushes)
        if tries:
            first = first.model_copy(update={"created_at": stage.now - 2 * LONGEST_WAIT})
        async with running.working():
            away.is_away = True
            running.courier.accept((first.model_copy(update={"attempts": tries}), second))
            await running.until(lambda: away.asked > 50)
            assert running.states()["1"] == "waiting"
            away.is_away = False
            running.ahead += timedelta(seconds=2)
            await running.until_settled()

    play(scenario())
    comes_again = (isinstance(refusal, TryLater) and not tries) or isinstance(refusal, AddressMoved)
    states = running.states()
    assert (states["1"], states["2"]) == ("sent" if comes_again else "failed", "sent")
    with reading(stage.engine) as db:
        missed = db.execute(select(unreached_rows)).all()
        contact = people.contact_at(db, "telegram", "Lan-moi" if isinstance(refusal, AddressMoved) else "Lan")
    assert [row.person_id for row in missed] == ([] if comes_again else [1])
    assert contact is not None
    assert contact.refused == ("blocked" if isinstance(refusal, AddressRefuses) else "")


def test_an_update_that_the_database_failed_is_handled_before_what_its_sender_sent_after_it(stage: Stage) -> None:
    handled, fails = list[str](), [locked(), locked()]

    async def handle(body: dict[str, Any]) -> None:
        if fails:
            raise fails.pop()
        handled.append(body["text"])

    async def no_pause(_: float) -> None:
        await asyncio.sleep(0)

    async def scenario() -> None:
        inbox = Inbox(stage.writer, made_claims(stage), no_pause)
        inbox.serve("telegram", handle, lambda _: "Lan", lambda _: False)
        for number in ("1", "2"):
            await inbox.put("telegram", number, {"text": number})
        async with asyncio.timeout(SECONDS):
            while len(handled) < 2:
                await asyncio.sleep(0.01)

    play(scenario())
    assert handled == ["1", "2"]


@pytest.mark.usefixtures("no_pauses")
def test_a_reply_whose_commit_nobody_heard_of_is_free_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection broke after the commit and before its answer: run again, the turn finds itself done."""
    real, broke = stage.writer.submit, list[int]()

    def submit(work: Any, lane: str = "") -> Any:
        done = real(work, lane)
        if broke:
            return done
        broke.append(1)
        done.result()
        unheard: Future[Any] = Future()
        unheard.set_exception(locked())
        return unheard

    monkeypatch.setattr(stage.writer, "submit", submit)
    service = turn_service(stage, sends_on=frozenset({"telegram"}))
    assert not asyncio.run(service.take(Incoming("telegram", "1", "Lan", "Lan", "xin chào"))).new
    with reading(stage.engine) as db:
        row = db.execute(select(rows_of)).one()
    assert row.state == "waiting"
    assert row.claimed_until is None
