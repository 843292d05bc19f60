"""Messages go evenly: never more than a second's worth in any second, whoever comes when, and nearly as many as that."""

import itertools

import hypothesis.strategies as st
import pytest
from hypothesis import given

from rules.pacing import AHEAD, FASTER_AFTER, LATE, MARGIN, Pacer

RATE = 28.7
"""What Telegram's 30 leave, where messages arrive a little closer together than they went."""
JITTER = 0.02
"""Seconds by which an arrival may be late."""


def gone(pacer: Pacer, arrivals: list[float]) -> list[float]:
    """When each goes that comes then, one after the other."""
    now = 0.0
    went: list[float] = []
    for place, arrives in enumerate(arrivals):
        now = max(now, arrives)
        crowded = bool(went) and went[-1] > arrives
        while (at := pacer.at(now, crowded or (place + 1 < len(arrivals) and arrivals[place + 1] <= now))) > now:
            now, crowded = at, True
        pacer.went(now)
        went.append(now)
    return went


def most(times: list[float], span: float = 1.0) -> int:
    """The most within any sliding second."""
    return max((sum(since <= at < since + span for at in times) for since in times), default=0)


@given(st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.001, 0.01, 0.03, 0.1, 0.5, 2.0]), max_size=150))
def test_never_more_than_thirty_in_any_second_as_they_arrive(pauses: list[float]) -> None:
    went = gone(Pacer(RATE), list(itertools.accumulate(pauses)))
    for late in ([0.0], [JITTER, 0.0], [0.0, JITTER], [JITTER, 0.0, 0.0]):
        arrived = sorted(at + late[place % len(late)] for place, at in enumerate(went))
        assert most(arrived) <= 30


def test_a_broadcast_is_nearly_as_fast_as_may_be() -> None:
    went = gone(Pacer(RATE), [0.0] * 600)
    assert 599 / (went[-1] - went[0]) >= 28.5
    assert most(went) <= 30


def test_where_nobody_waits_a_few_go_at_once() -> None:
    pacer = Pacer(RATE)
    together = 0
    while pacer.at(100.0, crowded=False) <= 100.0:
        pacer.went(100.0)
        together += 1
    assert together == int((AHEAD + LATE) * RATE) + 1


@pytest.mark.parametrize("shares", [2, 3])
def test_what_is_shared_is_never_more_than_the_whole(shares: int) -> None:
    went: list[float] = []
    for _ in range(shares):
        pacer = Pacer(RATE)
        pacer.shares = shares
        went += gone(pacer, [0.0] * 200)
    assert most(sorted(went)) <= 30


def test_a_refusal_makes_it_slower_and_time_makes_it_faster() -> None:
    pacer = Pacer(RATE)
    for _ in range(100):
        pacer.refused(0.0)
    assert pacer.rate == pytest.approx(RATE / 2)
    now = 0.0
    for _ in range(100):
        now += FASTER_AFTER + 0.1
        pacer.at(now, crowded=False)
    assert pacer.rate == RATE


@pytest.mark.parametrize("rate", [0.5, 1.0, 5.0, 1000.0])
def test_any_rate_is_kept(rate: float) -> None:
    went = gone(Pacer(rate), [0.0] * 50)
    assert most(went) <= max(1, int(rate * (1 + MARGIN)))
    assert 49 / (went[-1] - went[0]) <= rate * 1.3
