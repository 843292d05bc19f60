"""Later days: asked for, granted with one tap and by whom it is told, undone without a trace."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.turn import Incoming
from rules import actions as a
from rules.campaign.deadlines import Extension
from rules.people import Role
from storage import extensions, reports
from storage.scope import Scope, all_campaigns
from storage.tables import extension, extension_request
from tests.stage import CAMPAIGN, OPENING, Said, Stage

NINE = datetime(2022, 6, 28, 9, tzinfo=CAMPAIGN.directory.zone)
FUNDS = CAMPAIGN.duty(CAMPAIGN.obligation("unspent-funds"))


def say(stage: Stage, who: str, text: str = "", press: a.Action | None = None) -> list[Said]:
    choice = a.pack(press) if press else ""
    return stage.hear(
        Incoming("telegram", stage.next_update(), who, who, text=text, choice=choice, pressed_on="1" if press else "")
    )


def offered(said: list[Said], kind: type[Any], to: str = "") -> Any:
    """The latest choice of that kind, offered to somebody."""
    found = [c.action for one in said if to in ("", one.address) for c in one.message.choices if isinstance(c.action, kind)]
    assert found, [one.message for one in said]
    return found[-1]


def text_to(said: list[Said], who: str) -> str:
    return "\n".join(one.message.text for one in said if one.address == who)


@pytest.fixture
def office(stage: Stage) -> Stage:
    for who, role, unit in (
        ("Lan", Role.OFFICER, "dai-loc"), ("Tâm", Role.LEADER, "dai-loc"), ("Nga", Role.OFFICER, "hoi-an"),
        ("Minh", Role.MANAGER, ""), ("Hà", Role.MANAGER, ""),
    ):  # fmt: skip
        say(stage, who, f"/start {stage.invite(role, unit)}")
    stage.now = NINE
    return stage


def granted(stage: Stage) -> list[tuple[Any, ...]]:
    with stage.engine.connect() as db:
        return sorted(tuple(row) for row in db.execute(all_campaigns(select(extension))))


def states(stage: Stage) -> list[str]:
    with stage.engine.connect() as db:
        query = all_campaigns(select(extension_request.c.state).order_by(extension_request.c.id))
        return list(db.execute(query).scalars())


def sent(stage: Stage, who: str = "Lan", text: str = "xin lùi hạn kinh phí đến 5/7 vì lũ") -> list[Said]:
    return say(stage, who, press=offered(say(stage, who, text), a.SendTimeRequest))


def test_one_tap_grants_what_was_asked_for(office: Stage) -> None:
    asked = sent(office)
    assert "Lý do: lũ (anh/chị Lan)" in text_to(asked, "Minh")
    said = say(office, "Minh", press=offered(asked, a.GrantRequest, "Minh"))
    assert [row[1:6] for row in granted(office)] == [("dai-loc", "unspent-funds", date(2022, 7, 5), "lũ", "Minh")]
    assert "đến hết 5/7/2022 (Thứ Ba)" in text_to(said, "Lan")
    assert not text_to(said, "Tâm")  # the leader is not told
    assert states(office) == ["granted"]


def test_who_comes_later_hears_who_decided(office: Stage) -> None:
    asked = sent(office)
    say(office, "Minh", press=offered(asked, a.GrantRequest, "Minh"))
    before = granted(office)
    for late in (a.GrantRequest, a.BeginRefusal, a.GrantOtherDay):
        said = say(office, "Hà", press=offered(asked, late, "Hà"))
        assert "Minh đã đồng ý lúc 09:00 ngày 28/6/2022" in text_to(said, "Hà")
    assert granted(office) == before
    assert states(office) == ["granted"]


def test_a_refusal_is_told_with_its_reason_and_once(office: Stage) -> None:
    asked = sent(office)
    say(office, "Minh", press=offered(asked, a.BeginRefusal, "Minh"))
    say(office, "Hà", press=offered(asked, a.BeginRefusal, "Hà"))
    said = say(office, "Minh", "Cần số liệu để điều chuyển")
    assert "không đồng ý lùi hạn" in text_to(said, "Lan")
    assert "Cần số liệu để điều chuyển" in text_to(said, "Lan")
    assert not text_to(said, "Tâm")
    late = say(office, "Hà", "Không cần")
    assert "Minh đã trả lời không đồng ý" in text_to(late, "Hà")
    assert not text_to(late, "Lan")
    assert (states(office), granted(office)) == (["refused"], [])


def test_a_leader_who_asks_is_answered(office: Stage) -> None:
    asked = sent(office, "Tâm")
    said = say(office, "Minh", press=offered(asked, a.GrantRequest, "Minh"))
    assert text_to(said, "Tâm")
    assert text_to(said, "Lan")


def test_a_day_granted_otherwise_answers_the_request(office: Stage) -> None:
    sent(office)
    asked = say(office, "Minh", "gia hạn kinh phí cho Đại Lộc đến 8/7")
    said = say(office, "Minh", press=offered(asked, a.GrantExtension))
    assert states(office) == ["granted"]
    say(office, "Minh", press=offered(said, a.UndoExtension))
    assert (states(office), granted(office)) == (["open"], [])


def test_what_was_asked_for_and_is_past_is_not_granted(office: Stage) -> None:
    asked = sent(office)
    office.now = NINE + timedelta(days=8)
    said = say(office, "Minh", press=offered(asked, a.GrantRequest, "Minh"))
    assert isinstance(offered(said, a.GrantOtherDay), a.GrantOtherDay)
    assert granted(office) == []


def test_several_within_an_hour_come_together(office: Stage) -> None:
    sent(office)
    for who, text in (("Nga", "xin lùi hạn thu hồi đến 20/7 vì lũ"), ("Lan", "xin lùi hạn thu hồi đến 20/7 vì lũ")):
        said = sent(office, who, text)
        assert not text_to(said, "Minh")
        assert "cùng các đề nghị khác" in text_to(said, who)
    office.now = NINE + timedelta(minutes=59)
    office.tick()
    assert "đề nghị lùi hạn" not in text_to(office.said(), "Minh")
    office.now = NINE + timedelta(minutes=61)
    office.tick()
    office.tick()
    told = [one for one in office.said() if one.address == "Minh" and "đề nghị lùi hạn" in one.message.text]
    assert len(told) == 1
    assert "Có 2 đề nghị" in told[0].message.text


@pytest.mark.parametrize("text", ["rút đơn xin lùi hạn", "thôi em không xin lùi hạn nữa", "huy de nghi gia han"])
def test_who_asked_takes_it_back(office: Stage, text: str) -> None:
    asked = offered(sent(office), a.GrantRequest)
    assert "Thời hạn vẫn là" in text_to(say(office, "Lan", text), "Lan")
    assert states(office) == ["dropped"]
    assert "đã rút đề nghị này" in text_to(say(office, "Minh", press=asked), "Minh")
    assert not granted(office)
    assert "không có đề nghị" in text_to(say(office, "Lan", text), "Lan")


def test_nobody_takes_back_what_another_unit_asked_for(office: Stage) -> None:
    sent(office)
    with office.engine.connect() as db:
        number = db.execute(all_campaigns(select(extension_request.c.id))).scalar_one()
    say(office, "Nga", press=a.WithdrawTimeRequest(number))
    assert states(office) == ["open"]


def test_of_several_it_is_asked_which(office: Stage) -> None:
    sent(office)
    sent(office, text="xin lùi hạn thu hồi đến 20/7 vì lũ")
    said = say(office, "Lan", "rút đơn xin lùi hạn")
    say(office, "Lan", press=offered(said, a.WithdrawTimeRequest))
    assert sorted(states(office)) == ["dropped", "open"]


@pytest.mark.parametrize("asked", ["2022-06-28 22:30", "2022-07-02 10:00"])  # at night, and on a Saturday
def test_nobody_is_written_to_at_night(office: Stage, asked: str) -> None:
    office.now = datetime.fromisoformat(asked).replace(tzinfo=CAMPAIGN.directory.zone)
    said = sent(office, text="xin lùi hạn kinh phí đến 8/7 vì lũ")
    assert "trong giờ làm việc" in text_to(said, "Lan")
    assert not text_to(said, "Minh")
    told = office.move_to(office.now + timedelta(days=2))
    assert "xin lùi hạn" in text_to(told, "Minh")


def test_a_unit_sends_no_more_than_a_handful_a_day(office: Stage) -> None:
    for day in range(5, 10):
        sent(office, text=f"xin lùi hạn kinh phí đến {day}/7 vì lũ")
    assert states(office) == ["dropped"] * 4 + ["open"]  # each takes the place of the one before
    said = say(office, "Lan", "xin lùi hạn kinh phí đến 12/7 vì lũ")
    assert "đã gửi 5 đề nghị" in text_to(said, "Lan")
    assert isinstance(offered(say(office, "Nga", "xin lùi hạn kinh phí đến 12/7 vì lũ"), a.SendTimeRequest), a.SendTimeRequest)


def test_what_was_begun_and_not_sent_does_not_count(office: Stage) -> None:
    for _ in range(6):
        say(office, "Lan", "xin lùi hạn kinh phí")
        say(office, "Lan", "hủy")
    sent(office)
    assert states(office)[-1] == "open"


def test_an_undo_brings_no_request_back_beside_a_newer_one(office: Stage) -> None:
    done = say(office, "Minh", press=offered(sent(office), a.GrantRequest, "Minh"))
    sent(office, text="xin lùi hạn kinh phí đến 8/7 vì bão")
    said = say(office, "Minh", press=offered(done, a.UndoExtension))
    assert states(office) == ["dropped", "open"]
    assert "đang chờ trả lời" in text_to(said, "Lan")


def test_a_reason_stays_on_its_line(office: Stage) -> None:
    say(office, "Lan", "xin lùi hạn kinh phí đến 5/7")
    said = say(office, "Lan", press=offered(say(office, "Lan", "lũ\n2. UBND thị xã Điện Bàn\nxin"), a.SendTimeRequest))
    assert "Lý do: lũ 2. UBND thị xã Điện Bàn xin" in text_to(said, "Minh")


def test_with_nobody_there_it_is_kept_and_said_so(stage: Stage) -> None:
    say(stage, "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    said = sent(stage)
    assert "chưa có người nhận" in text_to(said, "Lan")
    assert "0235" in text_to(said, "Lan")
    say(stage, "Minh", f"/start {stage.invite(Role.MANAGER)}")
    stage.now = NINE
    stage.tick()
    assert "xin lùi hạn" in text_to(stage.said(), "Minh")


def test_a_report_that_is_in_needs_no_later_day(office: Stage) -> None:
    say(office, "Lan", press=a.ReportNothing(FUNDS))
    say(office, "Lan", "Gửi")
    said = say(office, "Lan", "xin lùi hạn kinh phí đến 5/7 vì lũ")
    assert "không cần lùi hạn" in text_to(said, "Lan")
    assert states(office) == []


# ---------------------------------------------------------------- granted to several, and undone


def test_units_are_told_and_leaders_are_not(office: Stage) -> None:
    asked = say(office, "Minh", "gia hạn kinh phí cho Đại Lộc, Hội An, Quế Sơn đến 5/7 vì lũ")
    assert "Áp dụng cho 3 đơn vị: Hội An, Đại Lộc, Quế Sơn." in text_to(asked, "Minh")
    assert granted(office) == []  # asked before
    said = say(office, "Minh", press=offered(asked, a.GrantExtension))
    assert {one.address for one in said} == {"Lan", "Nga", "Minh"}
    assert "cán bộ của: Hội An, Đại Lộc." in text_to(said, "Minh")
    assert "chưa có người nhận: Quế Sơn." in text_to(said, "Minh")
    again = say(office, "Minh", press=offered(asked, a.GrantExtension))
    assert {one.address for one in again} == {"Minh"}


def test_what_changed_since_the_question_is_asked_about_anew(office: Stage) -> None:
    question = say(office, "Minh", "gia hạn kinh phí cho Đại Lộc đến 5/7")
    other = say(office, "Hà", "gia hạn kinh phí cho Đại Lộc đến 8/7")
    say(office, "Hà", press=offered(other, a.GrantExtension))
    said = say(office, "Minh", press=offered(question, a.GrantExtension))
    assert "vừa thay đổi" in text_to(said, "Minh")
    assert "sớm hơn thời hạn hiện nay của Đại Lộc" in text_to(said, "Minh")
    assert [row[3] for row in granted(office)] == [date(2022, 7, 8)]
    say(office, "Minh", press=offered(said, a.GrantExtension))
    assert [row[3] for row in granted(office)] == [date(2022, 7, 5)]


def test_an_old_undo_does_nothing(office: Stage) -> None:
    said = say(office, "Minh", press=offered(say(office, "Minh", "gia hạn kinh phí cho Đại Lộc đến 5/7"), a.GrantExtension))
    before = granted(office)
    office.now = NINE + timedelta(days=1, minutes=1)
    assert "quá một ngày" in text_to(say(office, "Minh", press=offered(said, a.UndoExtension)), "Minh")
    assert granted(office) == before


def test_an_undo_leaves_what_was_granted_since(office: Stage) -> None:
    first = say(
        office, "Minh", press=offered(say(office, "Minh", "gia hạn kinh phí cho Đại Lộc, Hội An đến 5/7"), a.GrantExtension)
    )
    say(office, "Hà", press=offered(say(office, "Hà", "gia hạn kinh phí cho Đại Lộc đến 8/7"), a.GrantExtension))
    said = say(office, "Minh", press=offered(first, a.UndoExtension))
    assert [(row[1], row[3]) for row in granted(office)] == [("dai-loc", date(2022, 7, 8))]
    assert "đã có gia hạn khác sau đó: Đại Lộc." in text_to(said, "Minh")
    assert not text_to(said, "Lan")


@pytest.mark.parametrize("day", ["27/6", "1/1/2022", "5/7/2030", "31/6", "29/6", "hôm qua"])
def test_a_day_that_can_not_be_is_asked_for_again(office: Stage, day: str) -> None:
    say(office, "Minh", "gia hạn kinh phí cho Đại Lộc")
    said = say(office, "Minh", day)
    assert not any(isinstance(c.action, a.GrantExtension) for one in said for c in one.message.choices)
    assert isinstance(offered(say(office, "Minh", "5/7"), a.SkipReason), a.SkipReason)


def test_a_plan_of_another_choice_is_stale(office: Stage) -> None:
    """An old button means its own plan, never the one that is talked of now."""
    earlier = offered(say(office, "Minh", "gia hạn kinh phí cho Đại Lộc đến 5/7"), a.GrantExtension)
    say(office, "Minh", "gia hạn thu hồi cho tất cả đến 20/7")
    say(office, "Minh", press=earlier)
    assert [row[1:4] for row in granted(office)] == [("dai-loc", "unspent-funds", date(2022, 7, 5))]


@pytest.mark.parametrize("kind", [a.TakeAllUnits, a.UnitsChosen, a.AskReason, a.SkipReason])
def test_a_plan_that_was_granted_changes_no_more(office: Stage, kind: Any) -> None:
    asked = offered(say(office, "Minh", "gia hạn kinh phí cho Đại Lộc đến 5/7"), a.GrantExtension)
    done = say(office, "Minh", press=asked)
    before = granted(office)
    say(office, "Minh", press=kind(asked.plan))
    said = say(office, "Minh", "8/7 vì bão")
    assert not any(isinstance(c.action, a.GrantExtension) for one in said for c in one.message.choices)
    assert granted(office) == before
    say(office, "Minh", press=offered(done, a.UndoExtension))
    assert granted(office) == []


UNITS = ("dai-loc", "hoi-an", "que-son", "nam-giang")
HAD = st.dictionaries(
    st.sampled_from(UNITS), st.tuples(st.dates(date(2022, 6, 28), date(2022, 9, 1)), st.sampled_from(["", "lũ"]))
)


@settings(max_examples=25, deadline=None)
@given(HAD, st.sets(st.sampled_from(UNITS), min_size=1), st.dates(date(2022, 6, 28), date(2022, 9, 1)))
def test_granted_and_undone_leaves_no_trace(
    tmp_path_factory: pytest.TempPathFactory, had: Any, units: set[str], day: date
) -> None:
    folder = tmp_path_factory.mktemp("undone")
    stage = Stage(f"sqlite:///{folder}/db", folder)

    def work(db: Any) -> None:
        scope = Scope(db, CAMPAIGN)
        for unit, (until, why) in had.items():
            reports.extend(scope, Extension(unit, "unspent-funds", until, why, "Hà"), OPENING)
        before = sorted(map(tuple, db.execute(all_campaigns(select(extension)))))
        planned = extensions.Planned("unspent-funds", sorted(units), day, "họp")
        by = reports.By(1, "Minh")
        plan = extensions.begin_plan(scope, planned, by, NINE)
        extensions.remember_before(scope, plan)
        done = extensions.grant(scope, plan, by, NINE)
        due = reports.due(scope)
        assert all(due.of(unit, "unspent-funds").date == day for unit in units)
        assert {each.unit for each in extensions.take_back(scope, done, NINE)} == units
        assert sorted(map(tuple, db.execute(all_campaigns(select(extension))))) == before

    try:
        stage.writer.write(work)
    finally:
        stage.close()


def test_some_districts_are_not_all_of_them(office: Stage) -> None:
    """Which ones lie in the mountains nobody told us: the units are asked for, and nobody gets a later day unasked."""
    said = say(office, "Minh", "gia hạn kinh phí cho các huyện miền núi đến 10/7")
    assert not any(isinstance(choice.action, a.GrantExtension) for one in said for choice in one.message.choices)
    assert offered(said, a.TakeAllUnits)
    everyone = say(office, "Minh", "gia hạn kinh phí cho các huyện đến 10/7")
    assert offered(everyone, a.GrantExtension)


def test_who_wants_no_later_day_any_more_is_let_go(office: Stage) -> None:
    for first in ("xin lùi hạn", "xin lùi hạn kinh phí đến 5/7 vì lũ"):
        say(office, "Lan", first)
        assert "Đã dừng" in text_to(say(office, "Lan", "thoi khong xin lui nua"), "Lan")
    say(office, "Minh", "gia hạn kinh phí")
    assert "Đã dừng" in text_to(say(office, "Minh", "không gia hạn nữa"), "Minh")


def test_a_new_wish_in_the_middle_takes_the_place_of_the_old_one(office: Stage) -> None:
    say(office, "Lan", "xin lùi hạn")
    (again,) = say(office, "Lan", "cho em thêm ít ngày")
    assert offered([again], a.ChooseTimeDuty)
    (named,) = say(office, "Lan", "xin nộp muộn 3 hôm việc 1.6")
    assert "Kinh phí" in named.message.text


def test_who_oversees_sees_who_has_a_later_day(office: Stage) -> None:
    asked = say(office, "Minh", "gia hạn kinh phí cho Hội An đến 8/7")
    assert "gia hạn" not in text_to(say(office, "Minh", "tiến độ"), "Minh")
    say(office, "Minh", press=offered(asked, a.GrantExtension))
    assert "1 đơn vị được gia hạn" in text_to(say(office, "Minh", "tiến độ"), "Minh")
    assert "Hội An (gia hạn đến 8/7/2022)" in text_to(say(office, "Hà", press=a.ShowDuty(FUNDS)), "Hà")


def test_a_question_that_was_answered_is_answered_by_what_was_done(office: Stage) -> None:
    asked = say(office, "Minh", "gia hạn kinh phí cho Hội An đến 8/7")
    done = say(office, "Minh", press=offered(asked, a.GrantExtension))
    assert "anh/chị Minh thực hiện lúc" in text_to(say(office, "Minh", press=offered(asked, a.GrantExtension)), "Minh")
    say(office, "Minh", press=offered(done, a.UndoExtension))
    assert "hoàn tác trước đó" in text_to(say(office, "Minh", press=offered(done, a.UndoExtension)), "Minh")
    assert granted(office) == []


def test_a_question_that_outlived_its_day_grants_nothing(office: Stage) -> None:
    asked = say(office, "Minh", "gia hạn kinh phí cho Hội An đến 8/7")
    office.now = NINE + timedelta(days=11)
    say(office, "Minh", press=offered(asked, a.GrantExtension))
    assert granted(office) == []
