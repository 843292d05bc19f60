"""What a turn leaves for the courier of its own process, and what of it leaves the house."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.clocks import wall_now
from bot.delivery.claims import LEASE
from bot.flow.chooser import Chooser
from bot.flow.intake import LONGEST_QUESTION
from handlers import engine, hearing
from handlers.turn import Incoming
from rules.answers.answerer import Answerer
from rules.people import Role
from storage import outbox
from storage.claims import Claim
from storage.outbox import Delivery
from tests.parts import made_intake, turn_service
from tests.stage import Stage

CHANNELS = frozenset({"telegram"})
QUESTION = "hạn thu hồi là khi nào"


@pytest.mark.parametrize("fails", [False, True], ids=["a reply", "an apology"])
def test_what_a_turn_says_is_sent_by_its_own_process_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    handed: list[Delivery] = []

    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    if fails:
        monkeypatch.setattr(engine, "hear", broken)
    service = turn_service(stage, handed.extend, CHANNELS)
    asyncio.run(service.take(Incoming("telegram", "1", "Lan", "Lan", "xin chào")))
    assert len(handed) == 1
    now = wall_now()
    claimed = stage.writer.write(lambda db: outbox.claim(db, CHANNELS, now, Claim("other", now + LEASE)))
    assert claimed == []
    later = now + LEASE + timedelta(seconds=1)
    claimed = stage.writer.write(lambda db: outbox.claim(db, CHANNELS, later, Claim("other", later + LEASE)))
    assert [row.id for row in claimed] == [row.id for row in handed]  # should the process have died


def test_what_must_wait_for_an_earlier_reply_is_not_handed_on(stage: Stage) -> None:
    """Whoever has that one in hand."""
    handed, until = list[Delivery](), wall_now() + LEASE
    going = outbox.Outgoing("telegram", "Lan", None, None, "reply", {"text": "1"})
    stage.writer.write(lambda db: outbox.queue_reply(db, going, stage.now, Claim("other", until)))
    service = turn_service(stage, handed.extend, CHANNELS)
    assert asyncio.run(service.take(Incoming("telegram", "1", "Lan", "Lan", "xin chào"))).queued
    assert handed == []


def test_who_was_taken_for_dead_during_a_turn_sends_nothing_of_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it claimed is another's by now."""
    handed: list[Delivery] = []
    service, real = turn_service(stage, handed.extend, CHANNELS), hearing.hear

    def hear(*what: Any) -> Any:
        service._outlet.claims._name = "another name"
        return real(*what)

    monkeypatch.setattr(engine, "hear", hear)
    assert asyncio.run(service.take(Incoming("telegram", "1", "Lan", "Lan", "xin chào"))).queued
    assert handed == []


class Asked(Chooser):
    """Remembers what it was asked, and chooses nothing."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def choose(self, answerer: Answerer, question: str) -> str:
        self.texts.append(question)
        return ""


@pytest.mark.parametrize(("incoming", "leaves"), [
    (Incoming("telegram", "1001", "Lan", "Lan", QUESTION), True),
    (Incoming("telegram", "1001", "Lan", "Lan", QUESTION, group="-7", addressed=True), True),
    (Incoming("telegram", "1001", "Lan", "Lan", QUESTION, group="-7", addressed=False), False),
    (Incoming("telegram", "1001", "Lan", "Lan", QUESTION + " x" * LONGEST_QUESTION), False),
    (Incoming("telegram", "1001", "Lan", "Lan", f"/han {QUESTION}"), False),
    (Incoming("telegram", "1001", "Khách", "Khách", QUESTION), False),
], ids=["asked alone", "asked in a group", "talk among others", "too long", "a command", "a stranger"])  # fmt: skip
def test_the_language_model_sees_only_what_we_are_asked(stage: Stage, incoming: Incoming, leaves: bool) -> None:
    stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    chooser = Asked()
    service = turn_service(stage, intake=made_intake(stage, chooser=chooser))
    asyncio.run(service.take(incoming))
    assert bool(chooser.texts) is leaves
