"""Who goes before whom in the writer's line."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from storage.writer import AHEAD, LANES, MOST_AT_ONCE, Writer
from tests.doubles.watching import PATIENCE
from tests.stage import Stage


class Gate:
    """A piece of work that tells when it has begun and ends when it is let."""

    def __init__(self) -> None:
        self.begun, self.opened = threading.Event(), threading.Event()

    def __call__(self, _: Connection) -> None:
        self.begun.set()
        assert self.opened.wait(PATIENCE)


def noting(order: list[str], name: str) -> Callable[[Connection], None]:
    return lambda _: order.append(name)


def test_what_goes_ahead_waits_for_the_turn_that_runs_alone(stage: Stage) -> None:
    """It is durable before the next one of the same batch begins."""
    holds, runs, durable = Gate(), Gate(), list[bool]()
    stage.writer.submit(holds)
    assert holds.begun.wait(PATIENCE)
    stage.writer.submit(runs)
    later = [stage.writer.submit(lambda _: durable.append(ahead.done())) for _ in range(5)]
    holds.opened.set()
    assert runs.begun.wait(PATIENCE)
    ahead = stage.writer.submit(lambda _: None, AHEAD)
    runs.opened.set()
    wait(later, PATIENCE)
    assert durable == [True] * 5


@pytest.mark.postgres
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_on_postgresql_what_goes_ahead_waits_for_no_turn(any_stage: Stage) -> None:
    gates = [Gate() for _ in range(20 * LANES)]
    for number, gate in enumerate(gates):
        any_stage.writer.submit(gate, f"lane {number}")
    any_stage.writer.submit(lambda _: None, AHEAD).result(PATIENCE)
    for gate in gates:
        gate.opened.set()


def test_what_goes_ahead_keeps_its_order(any_stage: Stage) -> None:
    order = list[str]()
    wait([any_stage.writer.submit(noting(order, str(number)), AHEAD) for number in range(50)], PATIENCE)
    assert order == [str(number) for number in range(50)]


@given(st.lists(st.sampled_from(("turn", AHEAD, "called off")), max_size=3 * MOST_AT_ONCE))
def test_nothing_is_lost_or_done_twice_and_turns_keep_their_order(pieces: list[str]) -> None:
    writer, order, done = Writer(create_engine("sqlite://")), list[str](), list[Future[None]]()
    for number, kind in enumerate(pieces):
        done.append(writer.submit(noting(order, f"{kind} {number}"), AHEAD if kind == AHEAD else ""))
        if kind == "called off" and done[-1].cancel():
            done.pop()
            pieces[number] = ""
    writer.close()
    assert all(each.done() for each in done)
    assert sorted(order) == sorted(f"{kind} {number}" for number, kind in enumerate(pieces) if kind)
    for kind in ("turn", AHEAD):
        assert [said for said in order if said.startswith(kind)] == [f"{kind} {n}" for n, k in enumerate(pieces) if k == kind]
