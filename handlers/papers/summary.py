"""The summing-up of a campaign as sheets of a workbook: counts, sums of money, and each list with the rows of all units."""

import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from handlers.papers.escaping import safe
from handlers.wording.catalogs import Words
from handlers.wording.phrases import bucket_text, deadline_short, mark_text, value_text
from rules.campaign.board import Board, Total
from rules.campaign.model import FormField, Kind
from rules.campaign.progress import Bucket, State
from rules.campaign.tallies import Merged, Sum

TITLE = "Tổng hợp"
TOLD = (State.NOTHING, State.AWAITING_DOCUMENT, State.RETURNED, State.WITHDRAWN)
LONGEST_TITLE = 31
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
Cells = Sequence[str | int | float]


def add_summary(book: Workbook, words: Words, board: Board, sums: Iterable[Sum], lists: Iterable[Merged]) -> None:
    """Append the sheets to a workbook."""
    sheet = book.create_sheet(TITLE)
    language = words.language
    _table(sheet, ["Nhiệm vụ", "Thời hạn", *_counted(words)], (
        [o.title.in_(language), deadline_short(words, o.deadline), *_counts(board.total_of_duty(o.slug))]
        for o in board.campaign.dated() if o.deadline
    ))  # fmt: skip
    sheet.append(["Cộng", "", *_counts(board.total)])
    sheet.append([])
    _table(sheet, ["Đơn vị (chậm nhất trước)", "Người tham gia", *_counted(words)], (
        [u.name.in_(language), "có" if u.slug in board.enrolled else "chưa có", *_counts(board.total_of_unit(u.slug))]
        for u in board.worst_first()
    ))  # fmt: skip
    sheet.append([])
    undated = {cell.duty.slug: cell.duty for cell in board.cells if cell.deadline is None}
    _table(sheet, ["Việc không có hạn", "Đơn vị đã báo tiến độ", "Đơn vị thực hiện"], (
        [o.title.in_(language), sum(c.state.done for c in board.of_duty(o.slug)), len(board.of_duty(o.slug))] for o in undated.values()
    ))  # fmt: skip
    sheet.append([])
    _table(sheet, ["Nhiệm vụ", "Số liệu", "Cộng (đồng)", "Đơn vị đã báo", "Đơn vị phải báo"], (
        [s.duty.title.in_(language), s.field.label.in_(language), s.amount, s.units, s.owing] for s in sums
    ))  # fmt: skip
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 48, 24
    for one in lists:
        _add_list(book, words, one)


def _counted(words: Words) -> list[str]:
    buckets = [bucket_text(words, bucket).split(" ", 1)[1] for bucket in Bucket]
    return ["Tổng số", *buckets, "Tỷ lệ hoàn thành (%)", *(mark_text(words, state).capitalize() for state in TOLD)]


def _counts(total: Total) -> list[int | float]:
    return [total.owed, *(total.buckets[b] for b in Bucket), total.percent, *(total.states[s] for s in TOLD)]


def _add_list(book: Workbook, words: Words, one: Merged) -> None:
    columns, language = one.field.columns, words.language
    sheet = book.create_sheet(_free_title(book, one.duty.short.in_(language)))
    _table(sheet, ["Đơn vị", *(column.label.in_(language) for column in columns)], (
        [unit.name.in_(language), *(_cell(words, column, row.get(column.id)) for column in columns)] for unit, row in one.rows
    ))  # fmt: skip
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 30


def _cell(words: Words, column: FormField, value: str | int | bool | None) -> str | int:
    if value is None or value == "":
        return ""
    if column.kind is Kind.MONEY:
        return int(value)  # a number: it is counted on with
    return value_text(words, column, value)


def _free_title(book: Workbook, wanted: str) -> str:
    """A sheet's title, as spreadsheets take it, that no other sheet has."""
    plain = _NOT_IN_TITLES.sub(" ", wanted)[:LONGEST_TITLE].strip() or TITLE
    taken, title, number = {t.casefold() for t in book.sheetnames}, plain, 1
    while title.casefold() in taken:
        number += 1
        title = f"{plain[: LONGEST_TITLE - 4]} {number}"
    return title


def _table(sheet: Worksheet, headings: Cells, rows: Iterable[Cells]) -> None:
    sheet.append(list(headings))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([safe(cell) if isinstance(cell, str) else cell for cell in row])
