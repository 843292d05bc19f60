"""Values as officers type them."""

import contextlib
from collections.abc import Callable
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from rules.text.money import read_money
from rules.text.refusal import Refusal, Why
from rules.text.values import months_after, read_date, read_document, read_yes_no, says_not_yet

TODAY = date(2022, 7, 8)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,2 tỷ", 1_200_000_000), ("1.2 ty", 1_200_000_000), ("350tr", 350_000_000), ("350 triệu đồng", 350_000_000),
        ("350.000.000đ", 350_000_000), ("350,000,000", 350_000_000), ("1 tỷ 200 triệu", 1_200_000_000), ("1.500 triệu", 1_500_000_000),
        ("500 nghìn", 500_000), ("0", 0), ("không", 0), ("0 đồng", 0), ("2 tỷ đồng", 2_000_000_000), ("350 million", 350_000_000),
        ("1 tỷ 2", 1_200_000_000), ("1tỷ2", 1_200_000_000), ("1 tỷ 25", 1_250_000_000), ("2 tỷ 500", 2_500_000_000), ("1tr5", 1_500_000),
        ("1 tỷ rưỡi", 1_500_000_000), ("hai trăm triệu", 200_000_000), ("hai tram trieu dong", 200_000_000), ("2 trăm triệu", 200_000_000),
        ("một tỷ hai", 1_200_000_000), ("một tỷ hai trăm năm mươi triệu", 1_250_000_000), ("mười lăm triệu", 15_000_000),
        ("350 trieuu", 350_000_000), ("350 triệu đ", 350_000_000), ("hai trăm linh năm triệu", 205_000_000), ("200tr500k", 200_500_000),
        ("năm mươi nghìn", 50_000), ("1 tỷ 05", 1_050_000_000), ("không có", 0),
        ("khoảng 500tr", 500_000_000), ("dạ 350 triệu thôi ạ", 350_000_000), ("còn 50tr gì đó", 50_000_000), ("tổng là 1,2 tỷ", 1_200_000_000),
    ],
)  # fmt: skip
def test_money(typed: str, amount: int) -> None:
    assert read_money(typed) == amount


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("350", Why.MONEY_UNIT_UNCLEAR), ("1.500", Why.MONEY_UNIT_UNCLEAR), ("1,500 triệu", Why.MONEY_UNIT_UNCLEAR),
        ("200 nghìn 5", Why.MONEY_UNIT_UNCLEAR), ("1 tỷ 2000", Why.MONEY_UNIT_UNCLEAR), ("hai", Why.MONEY_UNIT_UNCLEAR), ("-5 triệu", Why.NEGATIVE), ("😀", Why.NOT_MONEY), ("nhiều lắm", Why.NOT_MONEY), ("hết rồi", Why.NOT_MONEY),
        ("200 triệu 1 tỷ", Why.NOT_MONEY), ("hai ba triệu", Why.NOT_MONEY), ("triệu", Why.NOT_MONEY), ("45/BC-UBND", Why.NOT_MONEY), ("1 2 tỷ", Why.NOT_MONEY), ("99999999 tỷ", Why.TOO_MUCH), ("", Why.NOT_MONEY), ("1.2.3 tỷ", Why.NOT_MONEY),
    ],
)  # fmt: skip
def test_money_that_is_not_taken(typed: str, why: Why) -> None:
    with pytest.raises(Refusal) as refused:
        read_money(typed)
    assert refused.value.why is why


@given(st.integers(100_000, 10**14))
def test_money_reads_what_it_writes(amount: int) -> None:
    assert read_money(f"{amount:,}".replace(",", ".") + " đ") == amount


@given(
    st.integers(1, 999), st.integers(1, 999), st.sampled_from([("tỷ", 10**9), ("tr", 10**6), (" triệu", 10**6)]), st.booleans()
)
def test_what_follows_a_unit_goes_on_behind_the_comma(whole: int, rest: int, unit: tuple[str, int], spaced: bool) -> None:
    name, scale = unit
    blank = " " if spaced else ""
    assert read_money(f"{whole}{name}{blank}{rest}") == whole * scale + rest * scale // 10 ** len(str(rest))


@pytest.mark.parametrize("read", [read_money, lambda t: read_date(t, TODAY), lambda t: read_document(t, TODAY), read_yes_no])
@given(text=st.text(max_size=60))
def test_nothing_typed_raises_anything_but_a_refusal(read: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(Refusal):
        read(text)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("8/7", TODAY), ("08/07/2022", TODAY), ("8-7-22", TODAY), ("8.7.2022", TODAY), ("ngày 8 tháng 7 năm 2022", TODAY),
        ("hôm qua", date(2022, 7, 7)), ("Hôm nay", TODAY), ("2022-07-08", TODAY), ("28/12", date(2021, 12, 28)),
    ],
)  # fmt: skip
def test_dates(typed: str, day: date) -> None:
    assert read_date(typed, TODAY) == day


def test_the_leap_day_is_of_the_year_that_has_one() -> None:
    assert read_date("29/2", date(2024, 3, 5)) == date(2024, 2, 29)
    assert read_date("29/2", date(2025, 1, 5)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31/6", Why.NO_SUCH_DAY),
        ("30/2/2022", Why.NO_SUCH_DAY),
        ("8/13", Why.NOT_A_DATE),
        ("5/7/1899", Why.NOT_A_DATE),
        ("5/7/2201", Why.NOT_A_DATE),
        ("mai", Why.NOT_A_DATE),
    ],
)
def test_dates_that_are_none(typed: str, why: Why) -> None:
    with pytest.raises(Refusal) as refused:
        read_date(typed, TODAY)
    assert refused.value.why is why


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("123/BC-UBND", "123/BC-UBND"), ("Số: 45/UBND-NN", "45/UBND-NN"), ("67/PNN", "67/PNN"), ("so 9/qd-ubnd", "09/QĐ-UBND"),
        ("212/TTr-SNN&PTNT", "212/TTr-SNN&PTNT"), ("07/2021/NQ-HĐND", "07/2021/NQ-HĐND"), ("12 / TTr – UBND", "12/TTr-UBND"),
        ("123a/BC-UBND", "123a/BC-UBND"), ("45 bc ubnd", "45/BC-UBND"), ("45 ubnd-nn", "45/UBND-NN"), ("số 45/bc ubnd", "45/BC-UBND"),
    ],
)  # fmt: skip
def test_document_numbers(typed: str, number: str) -> None:
    assert read_document(typed, TODAY).number == number


@pytest.mark.parametrize(
    "typed", ["10/7", "30/6/2022", "12-CV/HU", "123", "công văn tuần trước", "45 sản phẩm", "12 triệu dong", "3 sao"]
)
def test_what_is_no_document_number(typed: str) -> None:
    with pytest.raises(Refusal):
        read_document(typed, TODAY)


def test_a_day_may_follow_a_number_written_with_blanks() -> None:
    found = read_document("45 bc ubnd ngay 28/6", TODAY)
    assert (found.number, found.day) == ("45/BC-UBND", date(2022, 6, 28))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("chưa ký", True),
        ("chua co", True),
        ("Đang trình ký ạ", True),
        ("đang trình chủ tịch ký", True),
        ("chờ lãnh đạo huyện ký", True),
        ("45/BC-UBND", False),
        ("chưa biết số mấy", False),
    ],
)
def test_what_is_not_there_yet(typed: str, expected: bool) -> None:
    assert says_not_yet(typed) is expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rồi", True),
        ("cos", True),
        ("có ạ", True),
        ("chưa ạ", False),
        ("ko", False),
        ("rồi em lập rồi", True),
        ("đúng rồi ạ", True),
        ("em chưa lập", False),
    ],
)
def test_yes_and_no(typed: str, expected: bool) -> None:
    assert read_yes_no(typed) is expected


@pytest.mark.parametrize(
    ("day", "later"),
    [((2019, 8, 31), (2022, 8, 31)), ((2020, 2, 29), (2023, 2, 28)), ((2018, 12, 31), (2021, 12, 31))],
)
def test_36_months_later(day: tuple[int, int, int], later: tuple[int, int, int]) -> None:
    assert months_after(date(*day), 36) == date(*later)
