"""Handing a duty to a colleague: that one alone is reminded, within the own unit alone, and nothing is forgotten when somebody goes."""

from datetime import datetime, timedelta

import pytest

from handlers.reporting.giving import MOST_A_DAY
from handlers.turn import Incoming
from rules.actions import (
    AcceptTask,
    AskForColleague,
    BeginReport,
    DeclineTask,
    Duty,
    HandOver,
    MovePerson,
    Nudge,
    TakeHandedBack,
    TakeOver,
    pack,
)
from rules.people import Role
from storage import assignments, people
from storage.database import reading
from storage.scope import Scope
from tests.stage import CAMPAIGN, Said, Stage

FUNDS, WITHDRAWAL = Duty(1, "unspent-funds"), Duty(1, "withdrawal")
FIRST = datetime(2022, 6, 22, 8, tzinfo=CAMPAIGN.directory.zone)
"""When the first reminder goes out."""
CAST = (("Lan", Role.OFFICER, "dai-loc"), ("Nam", Role.OFFICER, "dai-loc"), ("Hà", Role.LEADER, "dai-loc"), ("Vy", Role.OFFICER, "hoi-an"),
        ("Minh", Role.ADMINISTRATOR, ""))  # fmt: skip


def hear(stage: Stage, who: str, text: str = "", choice: str = "", left: bool = False) -> list[Said]:
    return stage.hear(Incoming("telegram", stage.next_update(), who, who, text, choice, left=left))


@pytest.fixture
def unit(stage: Stage) -> Stage:
    for name, role, place in CAST:
        hear(stage, name, f"/start {stage.invite(role, place)}")
    return stage


def ids(stage: Stage) -> dict[str, int]:
    with reading(stage.engine) as db:
        return {each.name: each.id for each in people.present(db)}


def in_hand(stage: Stage) -> dict[tuple[str, str], str]:
    """Who has what in hand."""
    names = {number: name for name, number in ids(stage).items()}
    with reading(stage.engine) as db:
        return {(each.unit, each.obligation): names[each.person_id] for each in assignments.present(Scope(db, CAMPAIGN))}


def reminded(said: list[Said]) -> set[str]:
    return {one.address for one in said if one.push and "phản hồi “Kinh phí" in one.message.text}


def hand(stage: Stage, to: str, by: str = "Lan", duty: Duty | None = FUNDS) -> list[Said]:
    return hear(stage, by, choice=pack(HandOver(ids(stage)[to], duty)))


def test_the_one_who_has_it_in_hand_is_reminded_and_no_other_of_the_unit(unit: Stage) -> None:
    hand(unit, "Nam")
    assert reminded(unit.move_to(FIRST)) == {"Nam", "Vy"}


def test_another_duty_is_still_everybodys(unit: Stage) -> None:
    hand(unit, "Nam", duty=WITHDRAWAL)
    assert reminded(unit.move_to(FIRST)) == {"Lan", "Nam", "Vy"}


@pytest.mark.parametrize("goes", ["leaves", "is moved", "is forgotten", "blocks the bot"])
def test_who_goes_lets_go_of_it(unit: Stage, goes: str) -> None:
    hand(unit, "Nam")
    match goes:
        case "leaves":
            hear(unit, "Nam", "/roi")
            hear(unit, "Nam", "rời danh sách")
        case "is moved":
            hear(unit, "Minh", choice=pack(MovePerson(ids(unit)["Nam"], "hoi-an")))
        case "is forgotten":
            hear(unit, "Nam", "/xoadulieu")
            hear(unit, "Nam", "xóa hết")
        case _:
            hear(unit, "Nam", left=True)
    assert "Lan" in reminded(unit.move_to(FIRST))
    assert in_hand(unit) == ({("dai-loc", FUNDS.slug): "Nam"} if goes == "blocks the bot" else {})


@pytest.mark.parametrize("by", ["Vy", "Minh"])
def test_nobody_hands_over_what_is_another_units(unit: Stage, by: str) -> None:
    hand(unit, "Nam", by=by)
    assert in_hand(unit) == {}


@pytest.mark.parametrize("to", ["Vy", "Hà", "Minh"])
def test_nobody_gets_it_but_an_officer_of_the_unit(unit: Stage, to: str) -> None:
    hand(unit, to)
    assert in_hand(unit) == {}


def test_a_leader_assigns_and_hears_what_comes_of_it(unit: Stage) -> None:
    hand(unit, "Nam", by="Hà")
    told = hear(unit, "Nam", choice=pack(AcceptTask(FUNDS)))
    assert [one.address for one in told if one.push] == ["Hà"]
    assert [one.address for one in hear(unit, "Nam", choice=pack(AcceptTask(FUNDS))) if one.push] == []
    told = hear(unit, "Nam", choice=pack(DeclineTask(FUNDS)))
    assert [one.address for one in told if one.push] == ["Hà"]
    assert in_hand(unit) == {}


def test_what_is_taken_back_goes_to_whose_it_was(unit: Stage) -> None:
    hear(unit, "Lan", choice=pack(TakeOver(FUNDS)))
    hand(unit, "Nam", by="Hà")
    assert in_hand(unit) == {("dai-loc", FUNDS.slug): "Nam"}
    told = hear(unit, "Hà", choice=pack(TakeHandedBack(ids(unit)["Nam"], FUNDS)))
    assert in_hand(unit) == {("dai-loc", FUNDS.slug): "Lan"}
    assert {one.address for one in told if one.push} == {"Nam", "Lan"}


def test_what_was_handed_over_together_is_taken_back_together_and_nothing_else(unit: Stage) -> None:
    hand(unit, "Nam")
    unit.now += timedelta(hours=1)
    hand(unit, "Nam", duty=None)
    assert len(in_hand(unit)) == 4
    hear(unit, "Lan", choice=pack(TakeHandedBack(ids(unit)["Nam"])))
    assert in_hand(unit) == {("dai-loc", FUNDS.slug): "Nam"}


def test_only_the_one_who_has_it_is_chased(unit: Stage) -> None:
    hand(unit, "Nam")
    told = hear(unit, "Minh", choice=pack(Nudge(FUNDS, "06200800")))
    assert {one.address for one in told if one.push} == {"Nam", "Vy"}


def test_nobody_reached_is_said_and_all_are_reminded(unit: Stage) -> None:
    hear(unit, "Nam", left=True)
    (said,) = [one for one in hand(unit, "Nam") if one.address == "Lan"]
    assert "không nhắn được" in said.message.text
    assert "Lan" in reminded(unit.move_to(FIRST))


@pytest.mark.parametrize("text", ["việc này giao anh Nam", "giao viec kinh phi cho Nam", "kinh phí anh Nam nộp nhé"])
def test_a_sentence_asks_and_one_tap_does_it(unit: Stage, text: str) -> None:
    unit.move_to(FIRST)
    (asked,) = hear(unit, "Lan", text)
    assert in_hand(unit) == {}
    hear(unit, "Lan", choice=asked.message.choices[0].data)
    assert in_hand(unit) == {("dai-loc", FUNDS.slug): "Nam"}


def test_in_the_middle_of_a_form_its_duty_is_meant(unit: Stage) -> None:
    hear(unit, "Lan", choice=pack(BeginReport(WITHDRAWAL)))
    hear(unit, "Lan", choice=pack(BeginReport(FUNDS)))
    (asked,) = hear(unit, "Lan", "việc này anh Nam làm")
    hear(unit, "Lan", choice=asked.message.choices[0].data)
    assert in_hand(unit) == {("dai-loc", FUNDS.slug): "Nam"}


def test_pressed_twice_it_is_told_once(unit: Stage) -> None:
    assert [one.address for one in hand(unit, "Nam") if one.push] == ["Nam"]
    again = hand(unit, "Nam")
    assert not [one for one in again if one.push]
    assert "từ trước" in again[-1].message.text


def test_colleagues_are_not_written_to_without_end(unit: Stage) -> None:
    pushes = 0
    for _ in range(MOST_A_DAY + 5):
        said = hand(unit, "Nam") + hear(unit, "Lan", choice=pack(TakeHandedBack(ids(unit)["Nam"], FUNDS)))
        pushes += sum(one.push for one in said)
    assert pushes == 2 * MOST_A_DAY
    assert "ngày mai" in hand(unit, "Nam")[-1].message.text
    assert "ngày mai" in hear(unit, "Nam", choice=pack(TakeOver(FUNDS)))[-1].message.text
    unit.now += timedelta(days=1)
    assert in_hand(unit) == {}
    hand(unit, "Nam")
    assert in_hand(unit) == {("dai-loc", FUNDS.slug): "Nam"}


def test_a_colleague_is_asked_to_go_on_once_a_day(unit: Stage) -> None:
    def asks() -> list[Said]:
        for text in ("báo cáo kinh phí", "nhiều lắm", "chịu", "ai biết"):
            said = hear(unit, "Lan", text)
        (button,) = [each for each in said[-1].message.choices if each.label == "Nhờ đồng nghiệp"]
        return [one for one in hear(unit, "Lan", choice=button.data) if one.push]

    assert {one.address for one in asks()} == {"Nam", "Hà"}
    assert asks() == []


def test_the_department_is_asked_for_a_colleague_once_a_day(unit: Stage) -> None:
    def asked(who: str) -> list[str]:
        return [one.address for one in hear(unit, who, choice=pack(AskForColleague())) if one.push]

    assert asked("Lan") == ["Minh"]
    assert asked("Lan") == asked("Nam") == []
    assert asked("Vy") == ["Minh"]


def test_what_was_handed_on_meanwhile_is_not_accepted(unit: Stage) -> None:
    hand(unit, "Nam")
    with unit.engine.begin() as db:
        assert assignments.accept(Scope(db, CAMPAIGN), "dai-loc", [FUNDS.slug], ids(unit)["Lan"], unit.now) == []
