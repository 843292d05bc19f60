"""Rows of a list: pasted as people paste them, named in words, never kept twice."""

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from rules.campaign.alike import Row, join, key_of
from rules.campaign.forms import MOST_ROWS
from rules.campaign.model import Kind
from rules.campaign.pasted import MOST_LINES, is_pasted, read_lines
from rules.campaign.row_words import Wants, Wish, read_wish
from rules.text.refusal import Why
from tests.stage import CAMPAIGN

TODAY = date(2022, 7, 1)
FIELDS = {
    o.slug: next(f for f in o.fields if f.kind is Kind.LIST) for o in CAMPAIGN.obligations if any(f.columns for f in o.fields)
}
WITHDRAWAL = FIELDS["withdrawal"]
WHOLE: Row = {
    "product": "Mắm cá cơm", "producer": "HTX Biển Xanh", "stars": "3", "decision": "3960/QĐ-UBND", "decision_date": "2019-12-20",
    "reason": "dissolved", "certificate": None, "evidence": None,
}  # fmt: skip


@pytest.mark.parametrize("line", [
    "Mắm cá cơm; HTX Biển Xanh; 3 sao; 3960/QĐ-UBND; 20/12/2019; giải thể",
    "Mắm cá cơm\tHTX Biển Xanh\t3\t3960/QĐ-UBND\t20/12/2019\tĐã giải thể",
    "1\tMắm cá cơm\tHTX Biển Xanh\t3\t3960/QĐ-UBND\t20/12/2019\tĐã giải thể\t",
    "1. Mắm cá cơm | HTX Biển Xanh | 3* | 3960/qđ-ubnd | 20-12-2019 | giai the",
    "| 2) | Mắm cá cơm | HTX Biển Xanh | ba sao | 3960/QĐ-UBND | 20/12/2019 | giải thể |",
    "- Mắm cá cơm - HTX Biển Xanh - 3 sao - 3960/QĐ-UBND - 20/12/2019 - giải thể",
    "• Mắm cá cơm, HTX Biển Xanh, 3 sao, 3960/QĐ-UBND, 20/12/2019, giải thể",
    "Mắm cá cơm; HTX Biển Xanh; 3 sao; 3960/QĐ-UBND ngày 20/12/2019; giải thể",
])  # fmt: skip
def test_columns_are_parted_as_people_part_them(line: str) -> None:
    found = read_lines(f"{line}\n1. Trà; HTX Mai", WITHDRAWAL, TODAY)
    assert (found.rows[0], found.bad) == (WHOLE, ())
    assert found.rows[1] == {
        "product": "Trà",
        "producer": "HTX Mai",
        "certificate": None,
        "evidence": None,
    }  # the others are asked for


def test_headings_pasted_along_say_which_column_is_which() -> None:
    text = "STT\tChủ thể\tTên SP\tLý do\n1\tHTX Biển Xanh\tMắm cá cơm\tgiải thể"
    (row,) = read_lines(text, WITHDRAWAL, TODAY).rows
    assert (row["product"], row["producer"], row["reason"]) == ("Mắm cá cơm", "HTX Biển Xanh", "dissolved")


def test_lines_that_can_not_be_read_are_named_and_the_same_is_kept_once() -> None:
    found = read_lines(
        "Trà A; HTX\nTrà B; HTX; 9 sao\n\nTRÀ A; htx\n; HTX\nTrà C; HTX; 3; 1/QĐ-UBND; 31/6/2019", WITHDRAWAL, TODAY
    )
    assert [row["product"] for row in found.rows] == ["Trà A"]
    assert [(bad.number, bad.fault.column.id, bad.fault.refusal.why) for bad in found.bad] == [
        (2, "stars", Why.NOT_A_CHOICE), (4, "product", Why.REQUIRED), (5, "decision_date", Why.NO_SUCH_DAY),
    ]  # fmt: skip
    assert found.twice == ((3, 1),)


def test_more_lines_than_anybody_pastes_are_counted_and_not_read() -> None:
    found = read_lines("\n".join(f"Trà {n}; HTX" for n in range(MOST_LINES + 7)), WITHDRAWAL, TODAY)
    assert (len(found.rows), found.left_out) == (MOST_LINES, 7)


@pytest.mark.parametrize(("text", "pasted"), [
    ("Trà rau má", False), ("Trà, mật ong và gừng", False), ("Trà - loại đặc biệt", False), ("Trà\nMắm", True),
    ("Trà; HTX Mai", True), ("ruou gao, hop tac xa dai an, 4 sao, 12/2019", True), ("1. banh trang - htx ai nghia - 3*", True),
    ("Trà, HTX Mai, 45/QĐ-UBND ngày 1/6/2019", True), ("Bánh tráng, gạo lứt, mè đen", False), ("Trà - loại đặc biệt - Đại Lộc", False), ("Trà\n\n---", False), ("", False),
])  # fmt: skip
def test_one_name_is_no_list(text: str, pasted: bool) -> None:
    assert is_pasted(text, WITHDRAWAL) is pasted


@given(st.text(alphabet="Trà3sao;|\t-,.1)/Q\n ", max_size=120), st.sampled_from(sorted(FIELDS)))
def test_whatever_is_pasted_becomes_rows_or_named_lines(text: str, slug: str) -> None:
    field = FIELDS[slug]
    found = read_lines(text, field, TODAY)
    for row in found.rows:
        assert row.get(field.columns[0].id)
        assert all(row.get(column.id) is not None for column in field.columns if column.id in row and column.required)
    assert len({key_of(field, row) for row in found.rows}) == len(found.rows)


# ---------------------------------------------------------------- words about rows

ROWS: tuple[Row, ...] = tuple(
    {"product": name, "producer": "HTX"} for name in ("Trà Mai Phú", "Mắm cá cơm", "Trà rau má", "Đậu phộng rang", "Nem chua")
)


@pytest.mark.parametrize(("text", "wish"), [
    ("xem", Wish(Wants.SEE)), ("cho em xem lại danh sách", None), ("dạ xem lại ạ", Wish(Wants.SEE)), ("danh sách", Wish(Wants.SEE)),
    ("hoàn tác", Wish(Wants.BACK)), ("xóa 2", Wish(Wants.DROP, (2,))), ("xoá dòng 2 đi", Wish(Wants.DROP, (2,))),
    ("bỏ số 2", Wish(Wants.DROP, (2,))), ("sửa dòng 3", Wish(Wants.CHANGE, (3,))), ("sua 9", Wish(Wants.CHANGE, (9,))),
    ("2", Wish(Wants.CHANGE, (2,))), ("xóa dòng cuối", Wish(Wants.DROP, (5,))), ("bỏ Trà Mai Phú", Wish(Wants.DROP, (1,))),
    ("bo tra mai phu", Wish(Wants.DROP, (1,))), ("bỏ cá cơm", Wish(Wants.DROP, (2,))), ("bỏ sản phẩm mắm cá cơm", Wish(Wants.DROP, (2,))),
    ("bỏ trà", Wish(Wants.DROP, (1, 3))), ("sửa tra mai fu", Wish(Wants.CHANGE, (1,))), ("edit row 2", Wish(Wants.CHANGE, (2,))),
    ("Bơ đậu phộng", None), ("Sữa chua", None), ("bo", Wish(Wants.DROP)), ("bỏ", Wish(Wants.DROP)), ("xóa hết", Wish(Wants.DROP)), ("sua chua", None), ("bo mut gung", None), ("Trà sen", None), ("Xoài sấy", None),
    ("bỏ mứt gừng", Wish(Wants.DROP, name="mứt gừng")), ("dạ bỏ mứt gừng", Wish(Wants.DROP, name="mứt gừng")), ("Sửa đổi", Wish(Wants.CHANGE, name="đổi")), ("Bỏ\nmắm", None), ("", None), ("0", Wish(Wants.CHANGE, (0,))), ("2022", None),
])  # fmt: skip
def test_what_is_wanted_of_rows(text: str, wish: Wish | None) -> None:
    assert read_wish(text, WITHDRAWAL, ROWS) == (wish or (Wish(Wants.SEE) if "xem lại danh sách" in text else None))


def test_an_empty_list_has_no_rows_to_speak_of() -> None:
    assert read_wish("xóa 2", WITHDRAWAL, ()) == Wish(Wants.DROP)
    assert read_wish("2", WITHDRAWAL, ()) is None


@given(st.text(max_size=200))
def test_any_text_is_a_wish_or_none(text: str) -> None:
    wish = read_wish(text, WITHDRAWAL, ROWS)
    assert wish is None or wish.wants in Wants


# ---------------------------------------------------------------- the same row


def test_a_row_with_other_values_corrects_the_one_that_is_there() -> None:
    better = WHOLE | {"stars": "4", "product": "MẮM  cá cơm"}
    joined = join(WITHDRAWAL, [WHOLE, ROWS[0]], [better, ROWS[0], ROWS[1]])
    assert joined.rows == (better, ROWS[0], ROWS[1])
    assert (joined.added, joined.changed, joined.known) == ((2,), (0,), (1,))


def test_two_corrections_of_one_product_are_not_the_same() -> None:
    row: Row = {"product": "Trà", "producer": "HTX", "change": "mistake", "detail": "a"}
    assert len(join(FIELDS["list-corrections"], [row], [row | {"change": "removal"}]).rows) == 2
    assert len(join(WITHDRAWAL, [row], [row | {"reason": "violation"}]).rows) == 1


@given(st.lists(st.sampled_from(ROWS), max_size=20), st.lists(st.sampled_from(ROWS), max_size=20))
def test_joined_twice_is_joined_once(kept: list[Row], coming: list[Row]) -> None:
    once = join(WITHDRAWAL, join(WITHDRAWAL, (), kept).rows, coming)
    again = join(WITHDRAWAL, once.rows, coming)
    assert again.rows == once.rows
    assert not again.added and not again.changed  # noqa: PT018
    assert len(once.added) + len(once.changed) + len(once.known) == len(coming) <= MOST_ROWS
