"""A short run of ``make fuzz``, always the same; and what longer ones have found."""

import pytest

from handlers.talking import LONGEST
from tests.fuzz.pressing import READERS, TIMES, grows
from tests.fuzz.run import found
from tests.fuzz.taking import take_in
from tests.fuzz.targets import TARGETS, Target


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_what_is_spoilt_is_read_or_refused(target: Target) -> None:
    assert [(seed, what) for seed in range(target.seeds) if (what := found(target, seed, float("inf")))] == []


def test_a_reader_that_fails_is_found() -> None:
    def fails(_: object) -> None:
        raise KeyError("x")

    assert "KeyError" in found(Target("one that fails", fails), 0)
    assert not found(Target("one that refuses", fails, (KeyError,)), 0)


@pytest.mark.parametrize("name", READERS)
def test_ten_times_the_text_is_at_most_ten_times_the_work(name: str) -> None:
    assert list(grows(READERS[name], LONGEST // TIMES)) == []


def test_a_reader_that_looks_at_each_pair_is_found() -> None:
    def looks_at_pairs(text: str) -> None:
        for _ in text:
            for _ in text:
                pass

    assert next(grows(looks_at_pairs, 50))


def test_a_turn_that_fails_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.engine.storable", lambda text: 1 / 0)
    target = next(target for target in TARGETS if target.try_one is take_in)
    assert any("turn failed" in found(target, seed) for seed in range(3))
