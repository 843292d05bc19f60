"""A tiny run of ``make chaos``: that its parts work, and that a broken promise is seen."""

import asyncio
import random
from dataclasses import replace

import pytest

from tests.chaos.crowd import Crowd
from tests.chaos.ground import Kept
from tests.chaos.outcome import Left, judged
from tests.chaos.people import MILLION, Person, amounts
from tests.chaos.run import played
from tests.chaos.scenarios import Scenario, database_locked, webhook_sqlite
from tests.chaos.size import Size
from tests.doubles.telegram import Call

TINY = Size(seed=1, people=2, reports=1, kills=2, pause=0.1, life=0.2, trouble=0.1, doubled_a_kill=2)
"""However slow the machine is: a kill doubles at most what is on its way to each chat."""


@pytest.mark.parametrize(("scenario", "kills"), [(webhook_sqlite, TINY.kills), (database_locked, 0)])
def test_the_program_keeps_its_promises(scenario: Scenario, kills: int) -> None:
    outcome = played(scenario, TINY)
    assert outcome.broken == []
    assert f"kills {kills}, finished 2 of 2, reports kept 2 of 2" in outcome.told[1]


def kept(number: int, revision: int = 1) -> Kept:
    return Kept(f"u{number}", "five-1", revision, [MILLION * amount for amount in amounts(number, 1)])


def left() -> Left:
    """All is well."""
    people = [Person(Crowd((), random.Random(1)), number, TINY) for number in range(TINY.people)]
    return Left(people, [None, None], [kept(0), kept(1)], {"sent": 30, "skipped": 1}, kills=2)


def test_what_is_well_breaks_no_promise() -> None:
    assert judged(left(), TINY).broken == []


@pytest.mark.parametrize(("change", "broken"), [
    ({"ended": [None, TimeoutError()]}, "1 people did not finish"),
    ({"reports": [kept(0)]}, "not every report is kept once"),
    ({"reports": [kept(0), kept(1), kept(1)]}, "not every report is kept once"),
    ({"reports": [kept(0), replace(kept(1), answers=kept(0).answers)]}, "not every report is kept once"),
    ({"reports": [kept(0), kept(1, revision=2)]}, "a report was changed"),
    ({"states": {"sent": 30, "waiting": 1}}, "messages are left behind"),
    ({"states": {"sent": 30, "failed": 1}}, "messages are left behind"),
])  # fmt: skip
def test_a_broken_promise_is_seen(change: dict[str, object], broken: str) -> None:
    [found] = judged(replace(left(), **change), TINY).broken  # type: ignore[arg-type]
    assert found.startswith(broken)


def test_what_came_twice_out_of_order_or_astray_is_seen() -> None:
    async def hears() -> Left:
        found, crowd = left(), Crowd((), random.Random(1))
        person = Person(crowd, 0, TINY)
        for text in ("Câu 1", "Câu 1", "Câu 2", "Câu 1", "xin lỗi", "Câu 3"):
            crowd.boxes["1000"].put_nowait(Call("sendMessage", {"chat_id": "1000", "text": text}))
        for wanted in ("Câu 1", "Câu 2", "Câu 3"):
            await person.hears(wanted)
        return replace(found, people=[person, found.people[1]], kills=0)

    found = asyncio.run(hears())
    assert (found.people[0].doubled, found.people[0].disordered, len(found.people[0].astray)) == (2, 1, 1)
    assert [each.split(":")[0] for each in judged(found, TINY).broken] == [
        "more than 2 doubled message a kill", "replies came out of order", "somebody heard what answers nothing",
    ]  # fmt: skip
