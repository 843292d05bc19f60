"""A wish for a later day, taken apart: until when, why, whom and what for."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import of_later_dates
from rules import actions as a
from rules.campaign.deadlines import DayFault, fault_of
from rules.campaign.model import Deadline
from rules.directory.finding import all_units_in
from rules.text.later_day import LaterDay, read_later_day, taken_apart
from rules.text.refusal import Refusal
from tests.stage import CAMPAIGN

TODAY = date(2022, 6, 28)  # a Tuesday


@pytest.mark.parametrize(("text", "found"), [
    ("xin lùi hạn kinh phí đến 5/7 vì lũ", LaterDay("5/7", 0, "lũ", "xin lùi hạn kinh phí")),
    ("xin lui han kinh phi den het ngay 5/7/2022 do mua lu", LaterDay("5/7/2022", 0, "mua lu", "xin lui han kinh phi")),
    ("xin lui han cho don vi den 5/7", LaterDay("5/7", 0, "", "xin lui han cho don vi")),
    ("xin lùi hạn việc đó đến 5 tháng 7", LaterDay("5 thang 7", 0, "", "xin lùi hạn việc đó")),
    ("em xin thêm 5 ngày việc thu hồi", LaterDay("", 5, "", "em xin việc thu hồi")),
    ("xin thêm 1 tuần", LaterDay("", 7, "", "xin")),
    ("vì lũ nên xin lùi hạn đến 5/7", LaterDay("5/7", 0, "lũ", "nên xin lùi hạn")),
    ("gia hạn kinh phí (trước 30/6) đến 5/7, lý do: mưa", LaterDay("5/7", 0, "mưa", "gia hạn kinh phí (trước 30/6) ,")),
    ("xin lùi hạn đến thứ sáu", LaterDay("1/7/2022", 0, "", "xin lùi hạn")),
    ("xin lùi hạn đến thứ hai tuần sau", LaterDay("4/7/2022", 0, "", "xin lùi hạn")),
    ("extend funds for Hội An to 5/7 because of floods", LaterDay("5/7", 0, "floods", "extend funds for Hội An")),
    ("xin lùi hạn 31/6", LaterDay("31/6", 0, "", "xin lùi hạn")),
    ("xin lùi hạn", LaterDay("", 0, "", "xin lùi hạn")), ("", LaterDay()),
])  # fmt: skip
def test_a_sentence_is_taken_apart(text: str, found: LaterDay) -> None:
    assert taken_apart(text, TODAY) == found


DAYS = st.dates(TODAY, TODAY + timedelta(days=300))
WORDS = st.sampled_from(["kinh phí", "thu hồi", "việc này", "báo cáo", ""])
REASONS = st.sampled_from(["lũ", "mưa lớn", "chưa họp xong", "HTX chậm gửi giấy tờ"])


@given(DAYS, WORDS, REASONS, st.booleans())
def test_whatever_day_and_reason_are_named_are_found(day: date, words: str, reason: str, first: bool) -> None:
    until, why = f"đến {day.day}/{day.month}/{day.year}", f"vì {reason}"
    text = " ".join(f"xin lùi hạn {words} {why if first else until} {until if first else why}".split())
    found = taken_apart(text, TODAY)
    assert read_later_day(found.given, TODAY) == day
    assert found.reason == reason
    assert found.rest == f"xin lùi hạn {words}".strip()


@given(st.text(max_size=200), DAYS)
def test_any_text_is_taken_apart(text: str, today: date) -> None:
    found = taken_apart(text, today)
    assert 0 <= found.more <= 700
    assert len(found.reason) <= 1200
    with suppress(Refusal):
        read_later_day(found.given or text, today)


@pytest.mark.parametrize(("given", "today", "day"), [
    ("5/7", TODAY, date(2022, 7, 5)), ("5/12", TODAY, date(2022, 12, 5)), ("5/1", date(2022, 12, 20), date(2023, 1, 5)),
    ("27/6", TODAY, date(2022, 6, 27)), ("5/1/2022", TODAY, date(2022, 1, 5)), ("5/7/2023", TODAY, date(2023, 7, 5)),
])  # fmt: skip
def test_a_day_without_a_year_is_to_come(given: str, today: date, day: date) -> None:
    assert read_later_day(given, today) == day


BEFORE, THROUGH = Deadline(rule="before", date=date(2022, 7, 10)), Deadline(rule="through", date=date(2022, 7, 10))


@pytest.mark.parametrize(("day", "present", "fault"), [
    (date(2022, 6, 27), BEFORE, DayFault.PAST), (date(2022, 6, 28), BEFORE, DayFault.EARLIER), (date(2022, 7, 9), BEFORE, DayFault.SAME),
    (date(2022, 7, 10), BEFORE, None), (date(2022, 7, 9), THROUGH, DayFault.EARLIER), (date(2022, 7, 10), THROUGH, DayFault.SAME),
    (date(2022, 7, 11), THROUGH, None), (date(2023, 6, 29), BEFORE, None), (date(2023, 6, 30), BEFORE, DayFault.TOO_FAR),
])  # fmt: skip
def test_which_days_can_be_the_last(day: date, present: Deadline, fault: DayFault | None) -> None:
    assert fault_of(day, present, TODAY) is fault


@pytest.mark.parametrize("text", [
    "xin lùi hạn kinh phí đến 5/7 vì lũ", "cho em xin gia hạn", "xin lui han", "em xin thêm 5 ngày việc thu hồi", "đề nghị lùi thời hạn",
    "lùi hạn giúp em", "em muốn nộp muộn hơn vài hôm", "cho đơn vị thêm thời gian", "we need more time for the funds",
])  # fmt: skip
def test_wishes_of_a_unit(text: str) -> None:
    assert of_later_dates.asked(text) == a.AskForTimeInWords(text)


@pytest.mark.parametrize(
    "text", ["báo cáo kinh phí", "nộp trễ rồi", "hạn là ngày nào", "lùi lại", "quay lui", "nộp báo cáo muộn"]
)
def test_what_is_no_wish_of_a_unit(text: str) -> None:
    assert of_later_dates.asked(text) is None


@pytest.mark.parametrize(("text", "action"), [
    ("gia hạn kinh phí cho Đại Lộc đến 5/7", a.ExtendInWords), ("cho gia hạn tất cả đến 5/7", a.ExtendInWords), ("gia hạn", a.ChooseExtension),
    ("các đề nghị lùi hạn", a.ShowTimeRequests), ("xem đơn xin gia hạn", a.ShowTimeRequests),
])  # fmt: skip
def test_wishes_of_those_who_oversee(text: str, action: type[a.Action]) -> None:
    assert isinstance(of_later_dates.granted(text), action)


@pytest.mark.parametrize(("text", "units", "unclear"), [
    ("gia hạn cho Đại Lộc, Hội An", ("hoi-an", "dai-loc"), ()), ("nhắc hoi an va trà my", ("hoi-an",), ("trà my",)),
    ("bắc trà my và nam trà my", ("bac-tra-my", "nam-tra-my"), ()), ("cả tỉnh Quảng Nam", (), ()), ("kinh phí", (), ()),
])  # fmt: skip
def test_every_unit_of_a_sentence_is_found(text: str, units: tuple[str, ...], unclear: tuple[str, ...]) -> None:
    found = all_units_in(text, CAMPAIGN.directory)
    assert found.units == units
    assert tuple(each.says for each in found.unclear) == unclear
