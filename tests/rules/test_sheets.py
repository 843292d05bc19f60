"""Tables of people's own making: where the headings are, what stands below them."""

from collections.abc import Sequence
from datetime import date

import pytest

from rules.campaign.headings import heading_of
from rules.campaign.model import Kind
from rules.campaign.sheets import NotTheTemplate, ReadList, Sheets, read_list
from rules.text.refusal import Why
from tests.made_files import OWN_TABLE
from tests.stage import CAMPAIGN

TODAY = date(2022, 7, 1)
FIELDS = {
    o.slug: next(f for f in o.fields if f.kind is Kind.LIST) for o in CAMPAIGN.obligations if any(f.columns for f in o.fields)
}
WITHDRAWAL, AGAIN = FIELDS["withdrawal"], FIELDS["re-recognition"]
HEADINGS = ["Tên sản phẩm", "Chủ thể", "Hạng sao", "Số QĐ", "Ngày QĐ", "Lý do", "Căn cứ"]
ROW: list[object] = ["Mắm", "HTX", "3 sao", "1/QĐ-UBND", "1/7/2019", "Vi phạm", None]


def read(*lines: Sequence[object], slug: str = "withdrawal") -> ReadList:
    return read_list([lines], FIELDS[slug], TODAY)


def columns(line: list[object], *after: list[object]) -> dict[int, str]:
    heading = heading_of([line, *after], WITHDRAWAL)
    return {place: column.id for place, column in heading.columns.items()} if heading else {}


def test_a_table_of_an_offices_own_making() -> None:
    found = read_list([[["Kính gửi"]], OWN_TABLE], WITHDRAWAL, TODAY)
    assert [(row["product"], row["stars"], row["decision_date"], row["reason"]) for row in found.rows] == [
        ("Mắm cá cơm", "3", "2019-12-20", "dissolved"), ("Bánh tráng", "4", "2019-07-01", "violation"),
    ]  # fmt: skip
    assert {(cell.row, cell.column.id, cell.refusal.why) for cell in found.bad} == {
        (10, column, Why.REQUIRED) for column in ("stars", "decision", "decision_date")
    }
    assert found.twice == ((9, 7),)


@pytest.mark.parametrize(("line", "expected"), [
    (["STT", "Tên SP", "CT", "Sao", "Số QĐ", "Ngày ký", "Lý do thu hồi"], ["product", "producer", "stars", "decision", "decision_date", "reason"]),
    (["TÊN SẢN PHẨM (*)", "Tên chủ thể sản xuất", "Hạng sao đã được công nhận", "Số Quyết định công nhận", "Ngày Quyết định", "Nguyên nhân"],
     ["product", "producer", "stars", "decision", "decision_date", "reason"]),
    (["Ten san pham", "Chu the", "Hang sao", "So Quyet dinh", "Ngay Quyet dinh", "Ly do"], ["product", "producer", "stars", "decision", "decision_date", "reason"]),
    (["Tên sản phẩn", "Chủ thễ", "Địa chỉ chủ thể", "Số lượng", "Ghi chú"], ["product", "producer"]),
    (["Product", "Producer", "Decision number"], ["product", "producer", "decision"]),
])  # fmt: skip
def test_other_names_of_columns(line: list[object], expected: list[str]) -> None:
    found = columns(line)
    assert list(found.values()) == expected


def test_no_heading_is_made_of_what_is_none() -> None:
    assert columns(["Kính gửi: Sở Nông nghiệp"]) == {}
    assert columns(["Địa chỉ", "Điện thoại", "Số lượng", "Ngày sinh"]) == {}
    assert columns([*range(40)]) == {}


def test_headings_on_two_lines() -> None:
    found = columns(["Tên sản phẩm", "Chủ thể", "Quyết định công nhận", None, "Sao"], [None, None, "Số", "Ngày", None])
    assert found == {0: "product", 1: "producer", 2: "decision", 3: "decision_date", 4: "stars"}


def test_the_first_sheet_with_all_columns_is_read() -> None:
    part: Sheets = [[["Tên sản phẩm", "Chủ thể"], ["Trà", "HTX"]], [[], HEADINGS, ROW]]
    assert [row["product"] for row in read_list(part, WITHDRAWAL, TODAY).rows] == ["Mắm"]
    with pytest.raises(NotTheTemplate):
        read_list([], WITHDRAWAL, TODAY)


def test_a_missing_column_is_named_and_nothing_is_read() -> None:
    found = read(["Tên sản phẩm", "Hạng sao", "Số QĐ", "Ngày QĐ"], ["Mắm", 3, "1/QĐ-UBND", "1/7/2019"])
    assert ([column.id for column in found.missing], found.rows) == (["producer", "reason"], ())


def test_a_day_may_stand_beside_the_number_of_its_document() -> None:
    line: list[object] = ["Mắm", "HTX", 3, "1/QĐ-UBND ngày 1/7/2019", "Vi phạm"]
    (row,) = read(["Tên sản phẩm", "Chủ thể", "Hạng sao", "Số, ngày QĐ", "Lý do"], line).rows
    assert (row["decision"], row["decision_date"]) == ("01/QĐ-UBND", "2019-07-01")


@pytest.mark.parametrize(("cell", "day"), [
    (43819, "2019-12-20"), (43819.5, "2019-12-20"), ("43819", "2019-12-20"), (date(2019, 12, 20), "2019-12-20"), ("20.12.2019", "2019-12-20"),
    ("2019-12-20 00:00:00", "2019-12-20"),
])  # fmt: skip
def test_days_as_tables_hold_them(cell: object, day: str) -> None:
    (row,) = read(HEADINGS, [*ROW[:4], cell, *ROW[5:]]).rows
    assert row["decision_date"] == day


def test_a_day_that_a_form_would_not_take_is_not_taken_from_a_table() -> None:
    found = read(HEADINGS, [*ROW[:4], 60000, *ROW[5:]], [*ROW[:3], "2/QĐ-UBND ngày 1/7/2030", None, *ROW[5:]])
    assert [(cell.row, cell.refusal.why) for cell in found.bad] == [(2, Why.IN_THE_FUTURE), (3, Why.REQUIRED)]


def test_an_x_is_a_yes_and_nothing_beside_it_a_no() -> None:
    headings: list[object] = [*HEADINGS[:5], "Hồ sơ đã hoàn thiện", "Đã gửi mẫu"]
    rows = [["A", *ROW[1:5], "x", True], ["B", *ROW[1:5], None, "☑"], ["C", *ROW[1:5], "X", 0], ["D", *ROW[1:5], "rồi", None]]
    found = read(headings, *rows, slug="re-recognition")
    assert [(row["dossier_ready"], row["sample_sent"]) for row in found.rows] == [(True, True), (False, True), (True, False)]
    assert [(cell.row, cell.column.id, cell.refusal.why) for cell in found.bad] == [(5, "sample_sent", Why.REQUIRED)]


def test_the_templates_example_is_never_data() -> None:
    example: list[object] = [column.example or None for column in WITHDRAWAL.columns]
    found = read(HEADINGS, example, ROW)
    assert ([row["product"] for row in found.rows], found.example, found.bad) == (["Mắm"], True, ())
    half = read(HEADINGS, [ROW[0], example[1], *ROW[2:]])
    assert ([(cell.column.id, cell.refusal.why) for cell in half.bad], half.rows) == ([("producer", Why.EXAMPLE)], ())


def test_every_list_of_the_campaign_has_an_example_that_its_own_form_takes() -> None:
    for field in FIELDS.values():
        assert all(column.example for column in field.columns if column.kind in (Kind.TEXT, Kind.DOCUMENT, Kind.DATE))
        assert field.same_by


def test_numbers_of_columns_sums_and_empty_lines_say_nothing() -> None:
    found = read(HEADINGS, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"], ROW, [], [None] * 7, ["Tổng cộng", None, 3])
    assert (len(found.rows), found.bad) == (1, ())


def test_a_sheet_of_nothing_but_headings_takes_no_time() -> None:
    """The costliest sheets that pass the limits, for each list: no turn waits for them."""
    lines = [[f"tên sản phẩm chủ thể {n} số quyết định" for n in range(40)] for _ in range(550)]
    for field in FIELDS.values():
        read_list([[HEADINGS, *lines]] * 6, field, TODAY) if field is WITHDRAWAL else heading_of(lines, field)
