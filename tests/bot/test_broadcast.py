"""While hundreds are written to, whoever asks is answered; and once a silent platform is back, all that waited goes."""

import asyncio
from collections import deque
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.channels.telegram.send import PoliteLimiter
from bot.delivery import courier
from bot.delivery.claims import LEASE
from bot.delivery.line import urgent
from bot.delivery.outages import IN_A_ROW, PROBE_EVERY, Outages
from bot.delivery.sink import TryLater
from storage import outbox
from storage.claims import Claim
from storage.database import reading
from storage.outbox import FLOOD, Delivery, DeliveryKind, Outgoing, Settled
from storage.tables import outbox as rows_of
from tests.bot.test_channels import FakeTime
from tests.bot.test_courier import Broken, Running
from tests.serving import play
from tests.stage import OPENING, Stage


@pytest.fixture
def running(stage: Stage) -> Running:
    return Running(stage)


def test_an_answer_goes_before_what_nobody_asked_for() -> None:
    """Six hundred pushes are in line; a reply that comes then waits for no more than one place."""
    time, went = FakeTime(), []

    async def sleep(seconds: float) -> None:
        await time.sleep(seconds)
        await asyncio.sleep(0)  # meanwhile others run

    async def scenario() -> None:
        limiter = PoliteLimiter(28.7, time, sleep)

        async def go(chat: str, answers: bool) -> None:
            urgent.set(answers)

            async def call() -> bool:
                went.append((time.now, chat))
                return True

            await limiter.process_request(call, (), {}, "sendMessage", {"chat_id": chat}, None)

        pushes = [asyncio.create_task(go(str(number), answers=False)) for number in range(600)]
        while len(went) < 100:
            await asyncio.sleep(0)
        assert len(went) < 200
        asked_at = time.now
        await asyncio.create_task(go("asks", answers=True))
        (answered_at,) = [at for at, chat in went if chat == "asks"]
        assert answered_at - asked_at < 0.3
        await asyncio.gather(*pushes)

    asyncio.run(scenario())
    assert [chat for _, chat in went if chat != "asks"] == [str(number) for number in range(600)]


def test_a_refusal_of_the_platforms_count_is_learnt_from() -> None:
    time = FakeTime()
    limiter = PoliteLimiter(28.7, time, time.sleep)
    limiter.refused()
    assert limiter._line.pacer
    assert limiter._line.pacer.rate < 28.7


def queue(stage: Stage, address: str, kind: DeliveryKind) -> int:
    return queued(stage, address, kind).id


def queued(stage: Stage, address: str, kind: DeliveryKind) -> Delivery:
    going = Outgoing("telegram", address, None, None, kind, {"text": "x"})
    kept = stage.writer.write(lambda db: outbox.queue(db, going, OPENING))
    assert kept
    return kept


def test_who_asked_is_claimed_for_before_all_others(any_stage: Stage) -> None:
    """Where all hands are full of pushes; but not before what the same reader is to get first."""
    stage, mine = any_stage, Claim("a", OPENING + timedelta(minutes=2))
    queue(stage, "1", DeliveryKind.PUSH)
    queue(stage, "2", DeliveryKind.REMINDER)
    asked = queue(stage, "3", DeliveryKind.REPLY)
    queue(stage, "2", DeliveryKind.REPLY)
    found = stage.writer.write(lambda db: outbox.claim(db, ["telegram"], OPENING, mine, only_awaited=True))
    assert [row.id for row in found] == [asked]


def test_the_courier_claims_replies_however_much_it_has_in_hand(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "MOST_IN_HAND", 2)

    async def scenario() -> None:
        running.platform.slow = {"x": asyncio.Event()}
        for number in range(4):
            queue(running.stage, f"slow {number}", DeliveryKind.PUSH)
        async with running.working():
            await running.until(lambda: running.platform.asked.count("x") >= 2)
            going = Outgoing("telegram", "asks", None, None, DeliveryKind.REPLY, {"text": "an answer"})
            running.stage.writer.write(lambda db: outbox.queue(db, going, OPENING))
            running.courier.wake()
            await running.until(lambda: running.platform.taken == ["an answer"])
            running.platform.slow["x"].set()
            await running.until_settled()

    play(scenario())


def test_once_a_silent_platform_answers_all_that_waited_goes(running: Running) -> None:
    """Each message would have waited for minutes."""

    async def scenario() -> None:
        texts = [f"push {number}" for number in range(12)]
        for text in texts:
            running.platform.raises[text] = deque([TryLater(300.0, "no answer")])
            running.queue(text, to=text)
        running.stage.writer.write(lambda db: outbox.release(db, range(100), running.claims.claim().by))
        async with running.working():
            await running.until(lambda: len(running.platform.asked) >= IN_A_ROW)
            running.platform.raises.clear()
            running.ahead += timedelta(seconds=PROBE_EVERY + 1)
            running.queue("somebody writes", to="somebody")
            running.courier.accept(())
            running.ahead += LEASE
            await running.until(lambda: set(texts) <= set(running.platform.taken))

    play(scenario())


def test_what_got_through_is_sent_whatever_fails_after_it(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(monkeypatch, outbox, "wait_no_longer")

    async def scenario() -> None:
        for number in range(IN_A_ROW):
            running.courier._outages.halting("telegram", f"chat {number}", TryLater(1.0, "no answer"))
        with capture_logs() as said:
            async with running.working():
                running.courier.accept(running.queue("it answers again"))
                await running.until(lambda: broken.raised)
                await running.until_settled()
        assert "sending failed" not in [line["event"] for line in said]
        assert running.platform.taken == ["it answers again"]
        assert running.states() == {"it answers again": "sent"}

    play(scenario())


def test_the_first_that_gets_through_ends_the_pause(running: Running) -> None:
    async def scenario() -> None:
        running.platform.slow["slow"] = asyncio.Event()
        async with running.working():
            running.courier.accept(running.queue("slow", to="slow"))
            for number in range(IN_A_ROW):
                running.platform.raises[f"{number}"] = deque([TryLater(300.0, "no answer")])
                running.courier.accept(running.queue(f"{number}", to=f"{number}"))
            await running.until(lambda: running.courier._is_paused("telegram"))
            running.platform.slow["slow"].set()
            await running.until(lambda: running.states()["slow"] == "sent")
            assert not running.courier._is_paused("telegram")

    play(scenario())


def test_what_was_sent_is_never_put_off(any_stage: Stage) -> None:
    stage = any_stage
    row = queued(stage, "1", DeliveryKind.PUSH)
    stage.writer.write(lambda db: outbox.settle(db, [Settled(row, "sent", OPENING)]))
    stage.writer.write(lambda db: outbox.settle(db, [Settled(row, "waiting", OPENING, by="")]))
    with reading(stage.engine) as db:
        assert db.execute(select(rows_of.c.state)).scalar_one() == "sent"


def test_an_outage_is_the_platforms_and_not_a_messages() -> None:
    outages = Outages()
    later = TryLater(256.0, "no answer")
    halted = [outages.halting("telegram", f"chat {number}", later) for number in range(IN_A_ROW + 1)]
    assert [each.whole_channel for each in halted] == [False] * (IN_A_ROW - 1) + [True, True]
    assert halted[-1].seconds == PROBE_EVERY
    assert not outages.halting("zalo_oa", "7", later).whole_channel
    assert outages.is_over("telegram")
    assert not outages.is_over("telegram")
    assert not outages.halting("telegram", "7", later).whole_channel


def test_one_failure_among_many_that_pass_halts_nobody() -> None:
    outages = Outages()
    for number in range(20):
        assert not outages.halting("telegram", f"chat {number}", TryLater(2.0, "no answer")).whole_channel
        assert not outages.is_over("telegram")


def test_one_message_that_fails_again_and_again_halts_nobody_else() -> None:
    outages = Outages()
    for _ in range(20):
        assert not outages.halting("telegram", "7", TryLater(60.0, "no answer")).whole_channel


def test_what_waits_on_a_channel_is_tried_once_it_answers(any_stage: Stage) -> None:
    stage, mine = any_stage, Claim("a", OPENING + timedelta(minutes=2))
    here = queued(stage, "1", DeliveryKind.PUSH)
    later = Settled(here, "waiting", OPENING, not_before=OPENING + timedelta(minutes=5), by="")
    stage.writer.write(lambda db: outbox.settle(db, [later]))

    told = Settled(
        queued(stage, "2", DeliveryKind.PUSH), "waiting", OPENING, error=f"{FLOOD}: 30", not_before=later.not_before, by=""
    )
    stage.writer.write(lambda db: outbox.settle(db, [told]))  # its own chat is to be left alone

    def claimed() -> list[int]:
        return [row.id for row in stage.writer.write(lambda db: outbox.claim(db, ["telegram"], OPENING, mine))]

    stage.writer.write(lambda db: outbox.wait_no_longer(db, "zalo_oa"))
    assert claimed() == []
    stage.writer.write(lambda db: outbox.wait_no_longer(db, "telegram"))
    assert claimed() == [here.id]
