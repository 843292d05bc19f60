"""Buckets: never more than so many in any stretch of time, and all of it back after a while."""

import hypothesis.strategies as st
from hypothesis import given

from rules.limits import Allowance, full

ALLOWANCE = Allowance(5, 2.0)


@given(st.lists(st.floats(0, 20), max_size=60))
def test_no_more_pass_than_were_left_and_came_back(pauses: list[float]) -> None:
    now, passed = 0.0, []
    bucket = full(ALLOWANCE, now)
    for pause in pauses:
        now += pause
        bucket = bucket.filled(ALLOWANCE, now)
        assert bucket.left <= ALLOWANCE.most
        if bucket.left >= 1:
            bucket = bucket.without()
            passed.append(now)
    for since in passed:
        for until in passed:
            assert (
                sum(since <= at <= until for at in passed) <= ALLOWANCE.most + max(0.0, until - since) / ALLOWANCE.seconds + 1e-6
            )


@given(st.floats(0, 1000))
def test_who_waits_gets_all_of_it_back(since: float) -> None:
    empty = full(ALLOWANCE, since).without(ALLOWANCE.most)
    assert empty.left == 0
    assert empty.filled(ALLOWANCE, since + ALLOWANCE.most * ALLOWANCE.seconds).left > ALLOWANCE.most - 1e-6
    assert empty.filled(ALLOWANCE, since + 2 * ALLOWANCE.most * ALLOWANCE.seconds).left == ALLOWANCE.most


def test_a_clock_that_goes_back_gives_nothing() -> None:
    empty = full(ALLOWANCE, 100.0).without(ALLOWANCE.most)
    assert empty.filled(ALLOWANCE, 50.0).filled(ALLOWANCE, 100.0).left == 0
