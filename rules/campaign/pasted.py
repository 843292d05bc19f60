"""Several products pasted or typed at once: one a line, its columns parted as people part them."""

import re
from dataclasses import dataclass
from datetime import date

from rules.campaign.alike import Key, Row, key_of
from rules.campaign.headings import heading_of
from rules.campaign.model import FormField, Kind
from rules.campaign.rows import Fault, ReadRow, read_cell, read_row
from rules.text.refusal import Refusal, Why

MOST_LINES = 200
LONGEST_SHOWN = 60
_NUMBER = re.compile(r"\d{1,3} ?[.):/](?=\s|[^\W\d_])|[-–—•*+·](?=\s)")
"""What people begin the lines of a list with: "1.", "2)", "-"."""
_ALONE = re.compile(r"\d{1,3}[.)]?")
_SURE = ("\t", ";", "|")
_VALUES = (Kind.CHOICE, Kind.DATE, Kind.DOCUMENT)
_NAMES = 2
"""A product and its producer: what follows them shows whether a line is a row."""
_SOME_DAY = date(2000, 1, 1)
"""Whether a text is a day at all is asked, and not which."""
_WORD_SIGN = re.compile(r"\w")
_DASH = re.compile(r"\s[-–—]\s")
_COMMA = re.compile(r",(?=\s|\D)")


@dataclass(frozen=True)
class BadLine:
    """A line that can't be read: its number among the lines, how it begins, and the cell that spoils it."""

    number: int
    text: str
    fault: Fault


@dataclass(frozen=True)
class Pasted:
    """What lines held: rows, some of which may lack columns; lines that can't be read; lines that say the same as an
    earlier one; how many lines were not even looked at."""

    rows: tuple[Row, ...] = ()
    bad: tuple[BadLine, ...] = ()
    twice: tuple[tuple[int, int], ...] = ()
    left_out: int = 0


def is_pasted(text: str, field: FormField) -> bool:
    """Whether a text is rows and no name of a product: several lines, or one with signs between columns that no name has."""
    if len(_lines(text)) > 1 or (len(field.columns) > 1 and any(len(_filled(text.split(sign))) > 1 for sign in _SURE)):
        return True
    return any(_holds_a_value(field, [part.strip() for part in sign.split(_begun(text))]) for sign in (_DASH, _COMMA))


def _holds_a_value(field: FormField, parts: list[str]) -> bool:
    """Whether one of several parts is a value, so that commas or dashes part columns: "Trà, HTX Mai, 4 sao"."""
    values = [column for column in field.columns[1:] if column.kind in _VALUES]
    return len(parts) > _NAMES and any(_reads(field, column, part, _SOME_DAY) for part in parts[2:] for column in values)


def read_lines(text: str, field: FormField, today: date) -> Pasted:
    """The rows of a pasted text."""
    lines = _lines(text)
    cells = [_cells(line) for line in lines[:MOST_LINES]]
    heading = heading_of(cells[:1], field)
    rows: list[Row] = []
    bad: list[BadLine] = []
    twice: list[tuple[int, int]] = []
    kept: dict[Key, int] = {}
    for number, (line, parts) in enumerate(zip(lines, cells, strict=False), 1):
        if heading and number == 1:
            continue
        if heading:
            named = {column.id: parts[place] for place, column in heading.columns.items() if place < len(parts)}
            read = read_row(field, named, today)
        else:
            read = _in_order(field, _without_number(parts), today)
        first = field.columns[0]
        if not read.faults and first in read.missing:
            read = ReadRow({}, faults=(Fault(first, Refusal(Why.REQUIRED)),))
        if read.faults:
            bad.append(BadLine(number, line.strip()[:LONGEST_SHOWN], read.faults[0]))
        elif (earlier := kept.setdefault(key_of(field, read.row), number)) != number:
            twice.append((number, earlier))
        else:
            rows.append(read.row)
    return Pasted(tuple(rows), tuple(bad), tuple(twice), max(0, len(lines) - MOST_LINES))


def _lines(text: str) -> list[str]:
    """The lines that say something; the stroke below a table's headings says nothing."""
    return [line for line in text.splitlines() if _WORD_SIGN.search(line)]


def _cells(line: str) -> list[str]:
    """A line cut into its columns."""
    sure = next((sign for sign in _SURE if sign in line), "")
    if sure == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    if sure:
        return [part.strip() for part in line.split(sure)]
    line = _begun(line)
    for sign in (_DASH, _COMMA):
        parts = [part.strip() for part in sign.split(line)]
        if len(parts) > 1:
            return parts
    return [line]


def _without_number(parts: list[str]) -> list[str]:
    """The columns without the number that a line begins with, in a column of its own or before the first."""
    if len(parts) > 1 and _ALONE.fullmatch(parts[0]):
        return parts[1:]
    return [_begun(parts[0]), *parts[1:]]


def _begun(text: str) -> str:
    text = text.strip()
    found = _NUMBER.match(text)
    return text[found.end() :].strip() if found else text


def _filled(parts: list[str]) -> list[str]:
    return [part for part in parts if part.strip()]


def _in_order(field: FormField, parts: list[str], today: date) -> ReadRow:
    """Cells without headings: each goes into the next column that takes it. A column of free words takes anything, so that
    none is passed over for it; others may have been left out."""
    cells: dict[str, str] = {}
    at = 0
    for number, part in enumerate(parts):
        if not part:
            at += 1
            continue
        place, refusal = _place_for(field, at, part, today)
        if place is None:
            last = field.columns[-1]
            if at >= len(field.columns) and last.kind is Kind.TEXT and last.id in cells:
                cells[last.id] = f"{cells[last.id]}, {', '.join(_filled(parts[number:]))}"
                break
            column = field.columns[min(at, len(field.columns) - 1)]
            return ReadRow({}, faults=(Fault(column, refusal or Refusal(Why.TOO_MANY_CELLS, part[:40])),))
        cells[field.columns[place].id] = part
        at = place + 1
    return read_row(field, cells, today)


def _later(field: FormField, place: int, part: str, today: date) -> int | None:
    """The next required column that is no free words, if a cell is a value of it: what may be left out was left out."""
    for at, column in enumerate(field.columns[place + 1 :], place + 1):
        if column.required:
            return at if column.kind is not Kind.TEXT and _reads(field, column, part, today) else None
    return None


def _reads(field: FormField, column: FormField, part: str, today: date) -> bool:
    try:
        read_cell(field, column, part, today)
    except Refusal:
        return False
    return True


def _place_for(field: FormField, at: int, part: str, today: date) -> tuple[int | None, Refusal | None]:
    """The first column from there on that takes a cell, and why the very next one did not."""
    refused: Refusal | None = None
    for place in range(at, len(field.columns)):
        column = field.columns[place]
        if refused and column.kind is Kind.TEXT:
            if column.required:
                break
            continue
        if column.kind is Kind.TEXT and not column.required and (later := _later(field, place, part, today)) is not None:
            return later, None
        try:
            read_cell(field, column, part, today)
        except Refusal as refusal:
            refused = refused or refusal
            continue
        return place, None
    return None, refused
