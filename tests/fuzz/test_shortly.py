"""A short run of ``make fuzz``, always the same; and what longer ones have found."""

import pytest

from tests.fuzz.run import found
from tests.fuzz.targets import TARGETS, Target

SEEDS = range(40)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_what_is_spoilt_is_read_or_refused(target: Target) -> None:
    assert [(seed, what) for seed in SEEDS if (what := found(target, seed, float("inf")))] == []


def test_a_reader_that_fails_is_found() -> None:
    def fails(_: object) -> None:
        raise KeyError("x")

    assert "KeyError" in found(Target("one that fails", fails), 0)
    assert not found(Target("one that refuses", fails, (KeyError,)), 0)
