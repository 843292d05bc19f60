"""The cells of a workbook's sheets, read within limits whoever sent the workbook.

Source: ECMA-376 part 1, 18.2 (workbook), 18.3 (worksheet), 18.4 (strings), 18.8 (styles: which numbers are days).
"""

import posixpath
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from storage.packed import Archive, Enough, Unreadable, walk

Cell = str | int | float | bool | date | None
LONGEST_CELL = 2000
"""Signs of a cell that are read: more than any column takes, so that what is too long is still refused."""
LONGEST_FORMAT = 255
MOST_MERGED = 1000
"""Cells that were made one, as far as they are heeded."""
DATE_FORMATS = frozenset({*range(14, 23), 45, 46, 47})
"""The numbers of Excel's own formats that show a day or a time."""
FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
PHANTOM_DAY = 60
"""Excel's 29 February 1900, which never was: days before it count one less."""
MOST_DAYS = 2_958_466
"""The serial number of the day after 31 December 9999."""
TRUE = ("1", "true")


def sheets(content: bytes, most_rows: int, most_columns: int, most_sheets: int) -> list[list[tuple[Cell, ...]]]:
    """The first rows and columns of the first sheets that are shown; a row that is not there is empty. Raises Unreadable."""
    archive = Archive(content)
    book, links = _Book(), _Links()
    walk(archive.read("xl/workbook.xml"), book.opened, _nothing, _nothing)
    walk(archive.read("xl/_rels/workbook.xml.rels"), links.opened, _nothing, _nothing)
    targets = dict.fromkeys(target for link in book.sheets if (target := links.sheets.get(link)))
    if not targets:
        raise Unreadable("no sheet")
    strings, styles = _Strings(), _Styles()
    if links.strings:
        walk(archive.read(links.strings), strings.opened, strings.closed, strings.said)
    if links.styles:
        walk(archive.read(links.styles), styles.opened, styles.closed, _nothing)
    values = _Values(strings.found, styles.days(), book.first_day)
    found = []
    for target in list(targets)[:most_sheets]:
        with suppress(Unreadable):  # another sheet may well be read
            found.append(_rows_of(archive.read(target), _Rows(most_rows, most_columns, values)))
    if not found:
        raise Unreadable("no sheet that can be read")
    return found


def _rows_of(sheet: bytes, rows: "_Rows") -> list[tuple[Cell, ...]]:
    walk(sheet, rows.opened, rows.closed, rows.said)
    rows.spread()
    return [tuple(row) for row in rows.found]


def _nothing(_: str) -> None:
    """Told what is of no interest."""


class _Book:
    """``workbook.xml``: the sheets' links in order, and the day from which days are counted."""

    def __init__(self) -> None:
        self.sheets: list[str] = []
        self.first_day = FIRST_DAY

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            self.sheets += [value for key, value in attributes.items() if key.endswith(":id")]
        elif name == "workbookPr" and attributes.get("date1904") in TRUE:
            self.first_day = FIRST_DAY_1904


class _Links:
    """``workbook.xml.rels``: which part is what."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.strings = self.styles = ""

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship":
            return
        part = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
        match attributes.get("Type", "").rpartition("/")[2]:
            case "worksheet":
                self.sheets[attributes.get("Id", "")] = part
            case "sharedStrings":
                self.strings = part
            case "styles":
                self.styles = part


class _Text:
    """The text of an element's ``t`` and ``v``, at most so much of it, without the readings of signs (``rPh``)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._telling = self._reading = False

    def begin(self) -> None:
        self._pieces, self._length = [], 0

    def opened(self, name: str) -> None:
        self._reading = self._reading or name == "rPh"
        self._telling = name in ("t", "v") and not self._reading

    def closed(self, name: str) -> None:
        self._reading = self._reading and name != "rPh"
        self._telling = False

    def said(self, text: str) -> None:
        if self._telling and self._length < LONGEST_CELL:
            self._pieces.append(text)
            self._length += len(text)

    def end(self) -> str:
        return "".join(self._pieces)[:LONGEST_CELL]


class _Strings:
    """``sharedStrings.xml``: texts that cells name by number."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text = _Text()
        self.said = self._text.said

    def opened(self, name: str, _: Mapping[str, str]) -> None:
        if name == "si":
            self._text.begin()
        self._text.opened(name)

    def closed(self, name: str) -> None:
        self._text.closed(name)
        if name == "si":
            self.found.append(self._text.end())


class _Styles:
    """``styles.xml``: the styles that show a number as a day."""

    def __init__(self) -> None:
        self._custom: dict[str, bool] = {}
        self._formats: list[str] = []
        self._inside = False

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "cellXfs":
            self._inside = True
        elif name == "numFmt":
            self._custom[attributes.get("numFmtId", "")] = _shows_day(attributes.get("formatCode", "")[:LONGEST_FORMAT])
        elif name == "xf" and self._inside:
            self._formats.append(attributes.get("numFmtId", "0"))

    def closed(self, name: str) -> None:
        self._inside = self._inside and name != "cellXfs"

    def days(self) -> frozenset[int]:
        builtin = {str(number) for number in DATE_FORMATS}
        return frozenset(at for at, number in enumerate(self._formats) if self._custom.get(number, number in builtin))


def _shows_day(code: str) -> bool:
    """Whether a format shows a day or a time: a letter for it outside quotes, brackets and escapes."""
    closing = ""
    escaped = False
    for sign in code:
        if escaped:
            escaped = False
        elif closing:
            closing = "" if sign == closing else closing
        elif sign in '"[':
            closing = '"' if sign == '"' else "]"
        elif sign in "\\_*":
            escaped = True
        elif sign == ";":
            return False
        elif sign in "dmyhsDMYHS":
            return True
    return False


@dataclass(frozen=True)
class _Values:
    """What a cell's text stands for."""

    strings: Sequence[str]
    day_styles: frozenset[int]
    first_day: date

    def of(self, kind: str, style: str, text: str) -> Cell:
        """Raises ValueError and IndexError."""
        if not text:
            return None
        match kind:
            case "s":
                return self.strings[int(text)]
            case "b":
                return text in TRUE
            case "d":
                return date.fromisoformat(text[:10])
            case "n":
                return self._number(text, int(style or 0) in self.day_styles)
        return text

    def _number(self, text: str, is_day: bool) -> Cell:
        number = int(text) if text.lstrip("-").isdigit() else float(text)
        if not is_day or not 1 <= number < MOST_DAYS:
            return number
        before = 1 if self.first_day == FIRST_DAY and number < PHANTOM_DAY else 0
        try:
            return self.first_day + timedelta(days=int(number) + before)
        except OverflowError:
            return number


class _Rows:
    """A worksheet's rows, as far as they are wanted."""

    def __init__(self, most_rows: int, most_columns: int, values: _Values) -> None:
        self.found: list[list[Cell]] = []
        self._most_rows, self._most_columns, self._values = most_rows, most_columns, values
        self._row = self._column = 0
        self._kind = self._style = ""
        self._text = _Text()
        self.said = self._text.said
        self._merged: list[str] = []

    def spread(self) -> None:
        """What stands in cells of one column that were made one is said of each row beside them."""
        for first, last in (ref.partition(":")[::2] for ref in self._merged):
            column, top, bottom = _column_of(first), _row_of(first), _row_of(last)
            if not 0 < column <= self._most_columns or _column_of(last) != column or not 0 < top < bottom:
                continue
            value = next(iter(self.found[top - 1][column - 1 : column]), None) if top <= len(self.found) else None
            for row in self.found[top:bottom] if value is not None else ():
                row += [None] * (column - len(row))
                row[column - 1] = value if row[column - 1] is None else row[column - 1]

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._begin_row(attributes.get("r", ""))
        elif name == "mergeCell" and len(self._merged) < MOST_MERGED:
            self._merged.append(attributes.get("ref", ""))
        elif name == "c":
            self._column = _column_of(attributes.get("r", "")) or self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._text.begin()
        self._text.opened(name)

    def _begin_row(self, number: str) -> None:
        self._row = int(number) if number.isdecimal() else self._row + 1
        self._column = 0
        if self._row > self._most_rows:
            raise Enough
        while len(self.found) < self._row:
            self.found.append([])

    def closed(self, name: str) -> None:
        self._text.closed(name)
        if name == "mergeCells":
            raise Enough
        if name != "c" or not self._row > 0 or self._column > self._most_columns:
            return
        try:
            value = self._values.of(self._kind, self._style, self._text.end())
        except (ValueError, IndexError) as error:
            raise Unreadable("a cell that stands for nothing") from error
        row = self.found[self._row - 1]
        row += [None] * (self._column - len(row))
        row[self._column - 1] = value


def _column_of(place: str) -> int:
    """28 for ``AB12``; 0 where no column is named."""
    column = 0
    for letter in place[:3]:
        if not "A" <= letter <= "Z":
            break
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _row_of(place: str) -> int:
    """12 for ``AB12``; 0 where no row is named."""
    digits = place[:10].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isascii() and digits.isdigit() else 0
