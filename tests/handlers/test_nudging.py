"""Chasing by command: what stands behind the word names the duty."""

import pytest

from handlers.turn import Incoming
from rules.actions import ConfirmNudge, Nudge
from rules.people import Role
from tests.stage import Said, Stage


def say(stage: Stage, text: str = "", choice: str = "") -> Said:
    (said,) = stage.hear(Incoming("telegram", stage.next_update(), "Minh", "Minh", text=text, choice=choice))
    return said


@pytest.fixture
def office(stage: Stage) -> Stage:
    say(stage, f"/start {stage.invite(Role.MANAGER)}")
    return stage


@pytest.mark.parametrize("text", ["/nhac kinh phí", "/nudge Kinh phí"])
def test_a_duty_behind_the_command_is_asked_for_at_once(office: Stage, text: str) -> None:
    asked = say(office, text)
    assert isinstance(asked.message.choices[0].action, Nudge)
    assert asked.message == say(office, choice="nudge 1.unspent-funds").message


@pytest.mark.parametrize("text", ["/nhac", "/nhac gì đó"])
def test_without_a_duty_there_is_a_choice(office: Stage, text: str) -> None:
    assert {type(choice.action) for choice in say(office, text).message.choices} == {ConfirmNudge}


@pytest.mark.parametrize("verb", ["nudge 1.nothing-such", "nudgego 1.nothing-such 1"])
def test_a_duty_that_is_none_is_no_button_of_ours(office: Stage, verb: str) -> None:
    said = say(office, choice=verb).message
    assert said.text == office.library.languages.of("vi").tr("unknown_button")
