"""Chasing: what stands behind the word names the duty and the units, and nobody else is written to."""

from datetime import timedelta

import pytest

from handlers.turn import Incoming
from rules.actions import ChaseNamed, ChooseInvite, ConfirmNudge, Nudge, NudgeNamed, TakeOver, pack
from rules.people import Role
from tests.stage import CAMPAIGN, Said, Stage

FUNDS = CAMPAIGN.duty(CAMPAIGN.obligation("unspent-funds"))


def heard(stage: Stage, text: str = "", choice: str = "", who: str = "Minh") -> list[Said]:
    return stage.hear(Incoming("telegram", stage.next_update(), who, who, text=text, choice=choice))


def say(stage: Stage, text: str = "", choice: str = "") -> Said:
    (said,) = heard(stage, text, choice)
    return said


@pytest.fixture
def office(stage: Stage) -> Stage:
    for who, unit in (("Lan", "dai-loc"), ("Nga", "hoi-an"), ("An", "duy-xuyen")):
        heard(stage, f"/start {stage.invite(Role.OFFICER, unit)}", who=who)
    say(stage, f"/start {stage.invite(Role.MANAGER)}")
    return stage


@pytest.mark.parametrize("text", ["/nhac kinh phí", "/nudge Kinh phí", "nhac kinh phi", "đôn đốc các đơn vị việc kinh phí"])
def test_a_duty_behind_the_command_is_asked_for_at_once(office: Stage, text: str) -> None:
    asked = say(office, text)
    assert isinstance(asked.message.choices[0].action, Nudge)
    assert asked.message == say(office, choice="nudge 1.unspent-funds").message
    assert "3 đơn vị có người nhận: Hội An, Đại Lộc, Duy Xuyên." in asked.message.text
    assert "15 đơn vị chưa có người nhận: " in asked.message.text


@pytest.mark.parametrize("text", ["/nhac", "/nhac gì đó"])
def test_without_a_duty_there_is_a_choice(office: Stage, text: str) -> None:
    assert {type(choice.action) for choice in say(office, text).message.choices} == {ConfirmNudge}


@pytest.mark.parametrize("verb", ["nudge 1.nothing-such", "nudgego 1.nothing-such 1"])
def test_a_duty_that_is_none_is_no_button_of_ours(office: Stage, verb: str) -> None:
    said = say(office, choice=verb).message
    assert said.text == office.library.languages.of("vi").tr("unknown_button")


def sent(said: list[Said]) -> set[str]:
    return {one.address for one in said if one.push}


@pytest.mark.parametrize(("text", "to"), [
    ("đôn đốc Hội An và Duy Xuyên việc thu hồi", {"Nga", "An"}), ("nhac dai loc nop danh sach thu hoi", {"Lan"}),
    ("/nhac hoi an thu hoi", {"Nga"}), ("nhắc Hội An, Quế Sơn thu hồi", {"Nga"}),
])  # fmt: skip
def test_units_that_are_named_are_chased_and_no_others(office: Stage, text: str, to: set[str]) -> None:
    asked = say(office, text).message
    assert isinstance(asked.choices[0].action, NudgeNamed)
    assert sent(heard(office, choice=pack(asked.choices[0].action))) == to


def test_a_question_about_units_of_earlier_chases_nobody(office: Stage) -> None:
    earlier = say(office, "nhắc Hội An, Đại Lộc việc kinh phí").message.choices[0].action
    say(office, "nhắc Duy Xuyên việc thu hồi")
    said = heard(office, choice=pack(earlier))
    assert sent(said) == set()
    assert "không còn hiệu lực" in said[-1].message.text


def test_the_duty_is_asked_for_where_units_alone_are_named(office: Stage) -> None:
    asked = say(office, "nhac ngay dai loc").message
    assert {type(choice.action) for choice in asked.choices} == {ChaseNamed}
    sure = say(office, choice=pack(asked.choices[0].action)).message.choices[0].action
    assert sent(heard(office, choice=pack(sure))) == {"Lan"}


def test_where_nobody_can_be_reached_there_is_nothing_to_press(office: Stage) -> None:
    asked = say(office, "nhắc Quế Sơn việc kinh phí").message
    assert isinstance(asked.choices[0].action, ChooseInvite)
    assert not any(isinstance(choice.action, Nudge | NudgeNamed) for choice in asked.choices)


def test_a_name_that_several_have_is_asked_back(office: Stage) -> None:
    said = heard(office, "nhắc Trà My, Hội An việc kinh phí")
    assert "Bắc Trà My, Nam Trà My" in said[0].message.text
    assert sent(said) == set()


@pytest.mark.parametrize("text", ["nhắc lại chiều nay", "nhắc Đại Lộc được không?", "đôn đốc là gì"])
def test_what_is_no_wish_to_chase_chases_nobody(office: Stage, text: str) -> None:
    assert not any(isinstance(choice.action, Nudge | NudgeNamed) for choice in say(office, text).message.choices)


def test_who_has_it_in_hand_and_can_not_be_reached_keeps_no_colleague_from_it(office: Stage) -> None:
    heard(office, f"/start {office.invite(Role.OFFICER, 'dai-loc')}", who="Nam")
    heard(office, choice=pack(TakeOver(FUNDS)), who="Lan")
    assert chased(office) == {"Lan"}
    office.hear(Incoming("telegram", office.next_update(), "Lan", left=True))
    assert chased(office) == {"Nam"}


def chased(stage: Stage) -> set[str]:
    stage.now += timedelta(hours=1)
    asked = say(stage, "đôn đốc Đại Lộc việc kinh phí").message
    return sent(heard(stage, choice=pack(asked.choices[0].action)))
