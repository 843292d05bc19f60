"""Somebody's workbook as rows of a list: the sheet and its headings are found, good rows are kept, all else is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rules.campaign.alike import Key, Row, key_of
from rules.campaign.headings import Heading, Line, counts_columns, heading_of
from rules.campaign.model import FormField, Kind
from rules.campaign.rows import cell_text, read_row
from rules.text.refusal import Refusal, Why
from rules.text.vietnamese import same_words

Sheets = Sequence[Sequence[Line]]
TOTALS = frozenset(("tong", "tong cong", "tong so", "cong", "total"))
"""What a line begins with that sums up others."""
_MARK = "x"


@dataclass(frozen=True)
class BadCell:
    """A cell that can't be taken: the sheet's row number, the column, and why."""

    row: int
    column: FormField
    refusal: Refusal


@dataclass(frozen=True)
class ReadList:
    """What a sheet held: good rows, the cells that spoilt the others, the numbers of rows that say the same as an earlier
    one; whether the template's example was left in; required columns that the table does not have."""

    rows: tuple[Row, ...] = ()
    bad: tuple[BadCell, ...] = ()
    twice: tuple[tuple[int, int], ...] = ()
    example: bool = False
    missing: tuple[FormField, ...] = ()


class NotTheTemplate(Exception):
    """Nothing in the workbook looks like that list."""


@dataclass(frozen=True)
class Table:
    """A sheet with headings of a list."""

    lines: Sequence[Line]
    heading: Heading


def table_in(sheets: Sheets, field: FormField) -> Table | None:
    """The first sheet with all required columns of a list, else the one with most of its columns."""
    found = [Table(lines, heading) for lines in sheets if (heading := heading_of(lines, field))]
    whole = [table for table in found if not table.heading.missing(field)]
    return whole[0] if whole else max(found, key=lambda table: len(table.heading.columns), default=None)


def read_list(sheets: Sheets, field: FormField, today: date) -> ReadList:
    """The rows of somebody's workbook. Raises :class:`NotTheTemplate` where no heading fits."""
    table = table_in(sheets, field)
    if table is None:
        raise NotTheTemplate("no heading of the list was found")
    missing = table.heading.missing(field)
    return ReadList(missing=missing) if missing else read_table(table, field, today)


def read_table(table: Table, field: FormField, today: date) -> ReadList:
    """The rows below the headings."""
    columns = table.heading.columns
    body = [(number, line) for number, line in enumerate(table.lines, 1) if number > table.heading.last + 1]
    body = body[1:] if body and counts_columns(body[0][1]) else body
    marked = _marked_columns(body, columns)
    kept: dict[Key, int] = {}
    rows: list[Row] = []
    bad: list[BadCell] = []
    twice: list[tuple[int, int]] = []
    example = False
    for number, line in body:
        cells = {column.id: cell_text(line[place]) for place, column in columns.items() if place < len(line)}
        if _says_nothing(line, cells, field):
            continue
        if is_example(field, cells):
            example = True
            continue
        cells |= {column.id: "-" for column in marked if not cells.get(column.id)}
        read = read_row(field, cells, today)
        faults = [BadCell(number, fault.column, fault.refusal) for fault in read.faults]
        faults += [BadCell(number, column, Refusal(Why.REQUIRED)) for column in read.missing]
        faults += [BadCell(number, column, Refusal(Why.EXAMPLE)) for column in field.columns if _is_example(column, cells)]
        if faults:
            bad += faults
        elif (first := kept.setdefault(key_of(field, read.row), number)) != number:
            twice.append((number, first))
        else:
            rows.append(read.row)
    return ReadList(tuple(rows), tuple(bad), tuple(twice), example)


def _marked_columns(body: Sequence[tuple[int, Line]], columns: Mapping[int, FormField]) -> list[FormField]:
    """Columns of yes or no in which people put an x where it is so: what is left empty there is a no."""
    return [
        column
        for place, column in columns.items()
        if column.kind is Kind.YES_NO and any(place < len(line) and cell_text(line[place]).lower() == _MARK for _, line in body)
    ]


def _says_nothing(line: Line, cells: Mapping[str, str], field: FormField) -> bool:
    """An empty line, one with nothing but its number, a sum."""
    filled = [text for text in cells.values() if text]
    if not filled:
        return True
    first = cells.get(field.columns[0].id, "")
    return (not first or same_words(first) in TOTALS) and any(same_words(cell_text(cell)) in TOTALS for cell in line)


def is_example(field: FormField, cells: Mapping[str, str]) -> bool:
    """Whether a row is the template's own example, left in; what is read nowhere as an example is data."""
    if not _is_example(field.columns[0], cells):
        return False
    texts = [column for column in field.columns if column.kind is Kind.TEXT and column.example]
    return all(not cells.get(column.id) or _is_example(column, cells) for column in texts)


def _is_example(column: FormField, cells: Mapping[str, str]) -> bool:
    """Whether a cell still says what the template has there."""
    return (
        column.kind is Kind.TEXT and bool(column.example) and same_words(cells.get(column.id, "")) == same_words(column.example)
    )
