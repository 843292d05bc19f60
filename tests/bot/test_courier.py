"""The courier, whatever is raised around it: every message leaves in the end, and none stays in hand."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.clocks import wall_now
from bot.delivery import courier as courier_file
from bot.delivery.claims import LEASE
from bot.delivery.courier import Courier, Pace
from bot.delivery.sink import AddressMoved, AddressRefuses, MessageRefused, TryLater, WayShut
from handlers.message import Message
from handlers.turn import Incoming
from rules.people import Role
from storage import conversations, linking, outbox, people
from storage.claims import Claim
from storage.database import reading
from storage.outbox import LONGEST_WAIT, MOST_ATTEMPTS, Delivery
from storage.tables import outbox as rows_of
from tests.parts import made_claims
from tests.serving import play
from tests.stage import Stage

SECONDS = 20


class Platform:
    """Takes every message, but raises first what a test laid ready for the text, and waits for what is ``slow``."""

    def __init__(self) -> None:
        self.raises: dict[str, deque[Exception]] = {}
        self.slow: dict[str, asyncio.Event] = {}
        self.asked: list[str] = []
        self.taken: list[str] = []

    async def send(self, address: str, message: Message, waiting: Delivery) -> str:
        self.asked.append(message.text)
        laid = self.raises.get(message.text)
        if laid:
            raise laid.popleft()
        if message.text in self.slow:
            await self.slow[message.text].wait()
        self.taken.append(message.text)
        return f"id{waiting.id}"


class Running:
    """A courier at work on a stage's outbox. Its wall clock can be moved: leases and pauses end."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.platform = stage, Platform()
        self.ahead, self.time = timedelta(), 0.0
        self.claims = made_claims(stage, lambda: wall_now() + self.ahead, lambda: self.time)
        self.courier = Courier(
            {"telegram": self.platform}, stage.writer, stage.library, lambda: stage.now,
            self.claims, Pace(0.01, 0.01, 0.01),
        )  # fmt: skip

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.courier.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def queue(self, *texts: str, to: str = "Lan") -> tuple[Delivery, ...]:
        return self.stage.writer.write(lambda db: self.queue_in(db, *texts, to=to))

    def queue_in(self, db: Connection, *texts: str, to: str = "Lan") -> tuple[Delivery, ...]:
        """Replies, born claimed as a turn's are."""
        claim = self.claims.claim()
        queued = [
            outbox.queue_reply(db, outbox.Outgoing("telegram", to, None, None, "reply", {"text": text}), self.stage.now, claim)
            for text in texts
        ]
        return tuple(row for row, ours in queued if ours)

    def states(self) -> dict[str, str]:
        with reading(self.stage.engine) as db:
            return {r.message["text"]: r.state for r in db.execute(select(rows_of).order_by(rows_of.c.id))}

    async def until(self, what: Callable[[], Any]) -> None:
        async with asyncio.timeout(SECONDS):
            while not what():
                await asyncio.sleep(0.01)

    async def until_settled(self) -> None:
        """Everything has left or failed, and nothing is in hand."""
        await self.until(lambda: "waiting" not in self.states().values())
        await self.until(lambda: not self.courier.in_hand)


@pytest.fixture
def running(stage: Stage) -> Running:
    return Running(stage)


class Broken:
    """A function that raises until it is mended. ``raised`` counts: the writer runs what fails in company once more alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
        self.raised, self.mended = 0, False
        real = getattr(where, name)

        def broken(*args: Any, **kwargs: Any) -> Any:
            if self.mended:
                return real(*args, **kwargs)
            self.raised += 1
            raise OSError(f"{name} fails")

        monkeypatch.setattr(where, name, broken)


def test_what_is_accepted_while_the_rest_of_its_line_is_given_back_is_sent(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, real = list[Delivery](), outbox.release

    async def scenario() -> None:
        loop = asyncio.get_running_loop()

        def release(db: Connection, ids: list[int], by: str) -> None:
            real(db, ids, by)
            if not late:
                late.extend(running.queue_in(db, "3"))
                loop.call_soon_threadsafe(running.courier.accept, tuple(late))  # before the release is reported

        monkeypatch.setattr(outbox, "release", release)
        running.platform.raises["1"] = deque([TryLater(0, "not now")])
        async with running.working():
            running.courier.accept(running.queue("1", "2"))
            await running.until_settled()
        assert running.platform.taken == ["1", "2", "3"]

    play(scenario())


@pytest.mark.parametrize("raised", [
    KeyError("no such thing"), TryLater(1e300, "wait for ever"), TryLater(5, "flood"), AddressMoved("Lan"), OSError("line broke"),
], ids=lambda error: type(error).__name__)  # fmt: skip
def test_whatever_a_sink_raises_its_line_goes_on(running: Running, raised: Exception) -> None:
    async def scenario() -> None:
        running.platform.raises["1"] = deque([raised])
        async with running.working():
            running.courier.accept(running.queue("1", "2"))
            await running.until(lambda: not running.courier.in_hand)
            running.ahead += timedelta(days=2)
            await running.until_settled()
        assert running.platform.taken == ["1", "2"]

    play(scenario())


@pytest.mark.parametrize("refusal", [AddressRefuses("blocked"), WayShut("window"), MessageRefused("refused")], ids=repr)
def test_a_refusal_whose_next_way_is_not_found_is_tried_again(
    running: Running, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    """It is not settled as failed before the next way, or the managers' list, has it."""

    async def scenario() -> None:
        running.platform.raises["1"] = deque([refusal, refusal])
        finding = Broken(monkeypatch, courier_file, "give_up")
        async with running.working():
            running.courier.accept(running.queue("1", "2"))
            await running.until(lambda: finding.raised and not running.courier.in_hand)
            assert running.states() == {"1": "waiting", "2": "waiting"}
            finding.mended = True
            running.ahead += timedelta(hours=1)
            await running.until(lambda: "waiting" not in running.states().values())
        assert running.states() == {"1": "failed", "2": "sent"}
        assert not running.courier.in_hand

    play(scenario())


@pytest.mark.parametrize("name", ["release", "settle", "claim", "move_address"])
def test_whatever_the_database_raises_everything_is_sent(running: Running, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async def scenario() -> None:
        running.platform.raises["1"] = deque([AddressMoved("Lan") if name == "move_address" else TryLater(0, "not now")])
        database = Broken(monkeypatch, outbox, name)
        async with running.working():
            running.courier.accept(running.queue("1", "2", "3"))
            await running.until(lambda: database.raised)
            database.mended = True
            await running.until(lambda: not running.courier.in_hand or "1" in running.platform.taken)
            running.ahead += LEASE + timedelta(minutes=1)
            await running.until_settled()
        assert running.platform.taken == ["1", "2", "3"]

    play(scenario())


def test_what_was_sent_and_waits_to_be_settled_is_not_sent_again_though_its_claim_ends(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away for long, or the machine's clock is set ahead: then it is claimed anew."""
    real, claimed = outbox.claim, list[Delivery]()

    def claim(*args: Any, **kwargs: Any) -> list[Delivery]:
        found = real(*args, **kwargs)
        claimed.extend(found)
        return found

    monkeypatch.setattr(outbox, "claim", claim)

    async def scenario() -> None:
        settling = Broken(monkeypatch, outbox, "settle")
        async with running.working():
            running.courier.accept(running.queue("1"))
            await running.until(lambda: settling.raised)
            running.ahead += LEASE + timedelta(minutes=1)
            await running.until(lambda: claimed)
            running.courier.accept(running.queue("2"))
            await running.until(lambda: "2" in running.platform.taken)
            settling.mended = True
            await running.until_settled()
        assert running.platform.taken == ["1", "2"]

    play(scenario())


def test_one_that_can_never_be_settled_holds_up_no_other(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    real = outbox.settle

    def settle(db: Connection, results: Any) -> None:
        if any(result.platform_id == f"id{poison.id}" for result in results):
            raise OSError("it can't be written")
        real(db, results)

    async def scenario() -> None:
        async with running.working():
            running.courier.accept((poison, *others))
            await running.until(lambda: running.states() == {"1": "waiting", "2": "sent", "3": "sent"})
            monkeypatch.setattr(outbox, "settle", real)
            await running.until_settled()
        assert running.platform.taken == ["1", "2", "3"]

    monkeypatch.setattr(outbox, "settle", settle)
    poison, *others = running.queue("1", "2", "3")
    play(scenario())


def test_what_was_in_hand_too_long_is_left_to_whoever_claimed_it_since(running: Running) -> None:
    async def scenario() -> None:
        platform, courier = running.platform, running.courier
        platform.slow["một"] = asyncio.Event()
        async with running.working():
            courier.accept(running.queue("một", "hai"))
            await running.until(lambda: platform.asked)
            running.ahead += LEASE
            now = wall_now() + running.ahead
            others = running.stage.writer.write(lambda db: outbox.claim(db, ["telegram"], now, Claim("other", now + LEASE)))
            assert [row.message["text"] for row in others] == ["một", "hai"]
            platform.slow["một"].set()
            await running.until(lambda: not courier.in_hand)
        assert platform.taken == ["một"]

    play(scenario())


def test_a_platform_that_takes_nothing_is_not_asked_again_before_its_time(running: Running) -> None:
    """Neither for what is in hand already, nor for replies that come meanwhile, whoever they are for."""

    async def scenario() -> None:
        platform, courier = running.platform, running.courier
        platform.raises["1"] = deque([TryLater(3600, "token", whole_channel=True)])
        async with running.working():
            courier.accept(running.queue("1"))
            await running.until(lambda: not courier.in_hand)
            courier.accept(running.queue("2", to="Hoa"))
            await running.until(lambda: not courier.in_hand)
            assert platform.asked == ["1"]
            running.ahead += timedelta(hours=1)
            await running.until_settled()
        assert sorted(platform.taken) == ["1", "2"]

    play(scenario())


@pytest.mark.parametrize("waited", [LONGEST_WAIT, LONGEST_WAIT + timedelta(seconds=1)], ids=["waits", "is given up"])
def test_a_message_that_is_always_put_off_is_given_up_after_days(running: Running, waited: timedelta) -> None:
    """A platform that is away from Friday to Monday is tried some ten thousand times."""
    ends, tried = waited > LONGEST_WAIT, MOST_ATTEMPTS - 3

    async def scenario() -> None:
        queued = [row.model_copy(update={"attempts": tried}) for row in running.queue("1")]
        running.stage.writer.write(lambda db: db.execute(update(rows_of).values(attempts=tried)))
        running.stage.now += waited
        running.platform.raises["1"] = deque([TryLater(0, "not now")] * 5)
        async with running.working():
            running.courier.accept(tuple(queued))
            await running.until_settled()
        assert running.states() == {"1": "failed" if ends else "sent"}
        assert len(running.platform.asked) == (3 if ends else 6)

    play(scenario())


@pytest.mark.parametrize("has_another", [True, False])
def test_a_push_takes_another_way_before_it_waits_for_days(running: Running, has_another: bool) -> None:
    stage = running.stage
    stage.library.channels = frozenset({"telegram", "zalo_oa"})
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))

    def push(db: Connection) -> Delivery:
        lan = people.contact_at(db, "telegram", "Lan")
        assert lan
        assert lan.person_id
        if has_another:
            there = conversations.record_contact(db, "zalo_oa", "Lan", "Lan", stage.now)
            linking.link(db, there, lan.person_id, stage.now)
        going = outbox.Outgoing("telegram", "Lan", lan.id, lan.person_id, "push", {"text": "1"}, way=str(lan.id))
        row, _ = outbox.queue_reply(db, going, stage.now, running.claims.claim())
        return row.model_copy(update={"attempts": MOST_ATTEMPTS - 1})

    async def scenario() -> None:
        pushed = stage.writer.write(push)
        running.platform.raises["1"] = deque([TryLater(0, "not now")])
        async with running.working():
            running.courier.accept((pushed,))
            await running.until(lambda: not running.courier.in_hand)
            if not has_another:
                await running.until_settled()

    play(scenario())
    with reading(stage.engine) as db:
        found = [(row.channel, row.state) for row in db.execute(select(rows_of).order_by(rows_of.c.id)) if row.kind == "push"]
    assert found == ([("telegram", "failed"), ("zalo_oa", "waiting")] if has_another else [("telegram", "sent")])


def test_a_person_whose_chat_moved_is_written_to_at_the_new_address(running: Running) -> None:
    stage = running.stage
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))

    async def scenario() -> None:
        running.platform.raises["1"] = deque([AddressMoved("Lan-moi")])
        async with running.working():
            running.courier.accept(running.queue("1"))
            await running.until_settled()

    play(scenario())
    with reading(stage.engine) as db:
        contact = people.contact_at(db, "telegram", "Lan-moi")
        assert contact is not None
        assert contact.person_id is not None
        assert people.contact_at(db, "telegram", "Lan") is None


def test_what_is_on_its_way_when_the_process_stops_arrives_and_is_settled(running: Running) -> None:
    async def scenario() -> None:
        running.platform.slow["1"] = asyncio.Event()

        async def arrives() -> None:
            while not running.courier._closing:
                await asyncio.sleep(0)
            running.platform.slow["1"].set()

        async with running.working():
            running.courier.accept(running.queue("1", "2"))
            await running.until(lambda: running.platform.asked)
            arriving = asyncio.create_task(arrives())
        await arriving
        assert running.platform.taken == ["1"]
        assert running.states() == {"1": "sent", "2": "waiting"}
        assert not running.courier.in_hand

    play(scenario())


def test_what_was_sent_is_settled_before_the_turns_that_wait(running: Running) -> None:
    """A process that dies before sends it again."""
    writer, begun, opened, seen = running.stage.writer, threading.Event(), threading.Event(), list[str]()

    def holds(_: Connection) -> None:
        begun.set()
        assert opened.wait(SECONDS)

    async def scenario() -> None:
        running.platform.slow["1"] = arrives = asyncio.Event()
        async with running.working():
            running.courier.accept(running.queue("1"))
            await running.until(lambda: running.platform.asked)
            writer.submit(holds)
            await running.until(begun.is_set)
            turns = [writer.submit(lambda db: seen.append(db.execute(select(rows_of.c.state)).scalar_one())) for _ in range(5)]
            arrives.set()
            for _ in range(50):
                await asyncio.sleep(0)  # the courier hands it in
            opened.set()
            await asyncio.gather(*map(asyncio.wrap_future, turns))

    play(scenario())
    assert seen == ["sent"] * 5


def test_a_reply_does_not_overtake_one_that_was_put_off(running: Running) -> None:
    async def scenario() -> None:
        running.platform.raises["1"] = deque([TryLater(60, "flood")])
        async with running.working():
            running.courier.accept(running.queue("1"))
            await running.until(lambda: running.platform.asked and not running.courier.in_hand)
            for text in "23":
                running.courier.accept(running.queue(text))
            running.courier.accept(running.queue("4", to="Nam"))
            await running.until(lambda: running.platform.taken)
            running.ahead = timedelta(seconds=61)
            await running.until_settled()

    play(scenario())
    assert running.platform.taken == ["4", "1", "2", "3"]
