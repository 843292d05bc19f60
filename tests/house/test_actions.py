"""Actions: what a button carries, there and back; and that every action has a route."""

from dataclasses import fields
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.commands import COMMANDS
from handlers.routes import ROUTES
from rules import actions
from rules.actions import MOST_BYTES, Action, BadAction, Duty, OldButton, pack, tagged, unpack
from rules.ids import LARGEST_ID
from rules.packing import MOST_CAMPAIGNS, Shape

SLUG = "x" * 24


def _longest(hint: Any) -> Any:
    """The longest legal value of a field."""
    if isinstance(hint, UnionType):
        return _longest(next(part for part in get_args(hint) if part is not NoneType))
    if get_origin(hint) is Annotated:
        shape = get_args(hint)[1]
        assert isinstance(shape, Shape)
        return ("x" if "a-z" in shape.pattern.pattern else "9") * shape.longest
    if hint is int:
        return LARGEST_ID
    if hint is date:
        return date(9999, 12, 31)
    if hint is Duty:
        return Duty(MOST_CAMPAIGNS, SLUG)
    assert issubclass(hint, StrEnum)
    return max(hint, key=len)


def _longest_of(kind: type[Action]) -> Action:
    hints = get_type_hints(kind, include_extras=True)
    return kind(**{field.name: _longest(hints[field.name]) for field in fields(kind)})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", tagged(), ids=lambda kind: kind.tag)
def test_the_longest_button_fits_and_comes_back(kind: type[Action]) -> None:
    longest = _longest_of(kind)
    if kind is actions.StepForm:  # only these steps carry a value
        valued = (actions.FormOp.OPTION, actions.FormOp.EDIT, actions.FormOp.TAKE_COLUMN)
        steps = [actions.StepForm(LARGEST_ID, LARGEST_ID, op, "x" * 30) for op in valued]
        numbered = (actions.FormOp.DROP_ROW, actions.FormOp.TAKE_ROW, actions.FormOp.SHOW_ROWS, actions.FormOp.CHOOSE_ROW)
        steps += [actions.StepForm(LARGEST_ID, LARGEST_ID, op, "9999") for op in numbered]
        steps += [actions.StepForm(LARGEST_ID, LARGEST_ID, op) for op in actions.FormOp]
    else:
        steps = [longest]  # type: ignore[list-item]
    for action in steps:
        packed = pack(action)
        assert len(packed.encode()) <= MOST_BYTES
        assert unpack(packed) == action


def test_a_value_left_out_comes_back_as_its_default() -> None:
    assert pack(actions.ShowUnit("dai-loc")) == "unit dai-loc"
    assert unpack("unit dai-loc") == actions.ShowUnit("dai-loc", None)
    assert unpack("unit dai-loc 1.funds") == actions.ShowUnit("dai-loc", Duty(1, "funds"))


@pytest.mark.parametrize("text", [
    "", " ", "nobody", "status x", "status ", "report", "report 1", "report 1.", "report .funds", "report ².funds",
    "report 1.funds more", "report 1.Funds", "ok", "ok -1", "ok 1 2", "ok ²", "ok ٣", "ok 99999999999999999999999", "ok 1_0",
    "ok +1", "report 1000000.funds", f"report 1.{'x' * 25}", f"unit {'x' * 25}", "clause 1 1.23456789012", "f 1 1", "f 1 1 x", "f 1 1 option a b", "unit Đại", "unit a b", "lang fr", "inv boss", "ack 1.funds ", "ok 1\n",
    "ok 01", "report 01.funds", "people 0", "clause 1 1.5\n", "linkgo 12 34", "\u0000", "status\u0000",
])  # fmt: skip
def test_what_was_never_packed_is_a_bad_action(text: str) -> None:
    with pytest.raises(BadAction):
        unpack(text)


@given(st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*(kind.tag for kind in tagged()), "1", "0", "01", "1.funds", "01.funds", "²", "", "option", "x" * 40, "9" * 30]))
    .map(" ".join),
))  # fmt: skip
def test_reading_raises_nothing_else(text: str) -> None:
    try:
        action = unpack(text)
    except BadAction:
        return
    assert pack(action) == text


def test_a_typed_action_never_stands_behind_a_button() -> None:
    with pytest.raises(BadAction):
        pack(actions.AskRule("bao giờ"))


def _kinds() -> list[type[Action]]:
    found = [
        kind for kind in vars(actions).values() if isinstance(kind, type) and issubclass(kind, Action) and kind is not Action
    ]
    assert len(found) > len(tagged())
    return found


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_every_action_has_a_route(kind: type[Action]) -> None:
    assert kind in ROUTES


@pytest.mark.parametrize("word", sorted(COMMANDS))
def test_every_command_asks_for_an_action_with_a_route(word: str) -> None:
    for rest in ("", "abc", "²"):
        assert type(COMMANDS[word](rest)) in ROUTES


def test_a_button_of_an_earlier_version_is_kept_as_it_was() -> None:
    from handlers.message import Choice, Message, action_of

    assert action_of("obl funds") == OldButton("obl funds")
    message = Message("x", (Choice("Kinh phí", OldButton("obl funds")),))
    assert Message.from_json(message.to_json()) == message


def test_what_is_remembered_of_buttons_is_bounded_and_no_other_than_what_is_read() -> None:
    from handlers import message

    status = message.Choice("Tình hình", actions.ShowStatus())
    for number in range(2 * message._MOST_REMEMBERED):
        assert message.action_of(f"clause 1 {number + 1}") == unpack(f"clause 1 {number + 1}")
        assert len(message._ACTIONS) <= message._MOST_REMEMBERED
    assert message.action_of(status.data) == unpack(status.data) == status.action
    assert message.Choice.kept("Tình hình", status.data) == status
    with pytest.raises(BadAction):
        message.Choice("Hỏi", actions.AskRule("bao giờ")).data  # noqa: B018
