"""By which headings a register of recognised products is known, whatever else stands in the file. Imports next to nothing: a
foreign file is opened in a process that waits for it.
"""

from enum import Enum, auto

from rules.text.vietnamese import same_words

Lines = tuple[tuple[object, ...], ...]
MOST_PRODUCTS = 2000
MOST_ROWS = MOST_PRODUCTS + 100
"""Rows of a sheet that are read."""
MOST_HEADING = 20
"""Rows among which the headings are looked for."""
LONGEST_HEADING = 120


class Column(Enum):
    """What a column of a register holds."""

    PRODUCT = auto()
    PRODUCER = auto()
    UNIT = auto()
    STARS = auto()
    DECISION = auto()
    DECIDED_ON = auto()


NEEDED = (Column.PRODUCT, Column.UNIT)
_CALLED = {
    Column.PRODUCT: "tên sản phẩm, sản phẩm, tên sp, sp, product, product name",
    Column.PRODUCER: "chủ thể, chủ thể sản xuất, tên chủ thể, cơ sở sản xuất, đơn vị sản xuất, nhà sản xuất, producer",
    Column.UNIT: "đơn vị, huyện, thị xã, thành phố, huyện thị xã thành phố, đơn vị cấp huyện, địa phương, địa bàn, district, unit",
    Column.STARS: "hạng sao, số sao, sao, hạng, xếp hạng, phân hạng, đạt hạng, kết quả xếp hạng, stars",
    Column.DECISION: "số qđ, số quyết định, quyết định, qđ, số ngày quyết định, số ngày qđ, quyết định số, quyết định công nhận, "
    "số hiệu quyết định, decision, decision number",
    Column.DECIDED_ON: "ngày qđ, ngày quyết định, ngày ký, ngày ký quyết định, ngày ban hành, ngày công nhận, ngày cấp, decision date, "
    "signed on",
}
_WORDS = {same_words(name): column for column, names in _CALLED.items() for name in names.split(", ")}
_BY_LENGTH = sorted(_WORDS, key=len, reverse=True)


class NoRegister(Exception):
    """No row of the sheet names a register's columns. ``lacking``: those that a row with some of them lacks."""

    def __init__(self, lacking: tuple[Column, ...] = ()) -> None:
        super().__init__(lacking)
        self.lacking = lacking


def has_register(lines: Lines) -> bool:
    """Whether a sheet has a register's columns."""
    try:
        find_heading(lines)
    except NoRegister:
        return False
    return True


def find_heading(lines: Lines) -> tuple[int, dict[Column, int]]:
    """The row that names the columns, and where each stands."""
    nearest: dict[Column, int] = {}
    for number, line in enumerate(lines[:MOST_HEADING]):
        columns = _columns(line)
        if all(column in columns for column in NEEDED) and len(columns) > len(NEEDED):
            return number, columns
        nearest = columns if len(columns) > max(len(nearest), 1) else nearest
    raise NoRegister(tuple(column for column in NEEDED if column not in nearest) if nearest else ())


def _columns(line: tuple[object, ...]) -> dict[Column, int]:
    """Where each column stands in a row of headings; a heading that says it whole goes before one that says more."""
    said = {place: same_words(cell[:LONGEST_HEADING]) for place, cell in enumerate(line) if isinstance(cell, str)}
    found: dict[Column, int] = {}
    for named in (lambda text: _WORDS.get(text), _within):
        for place, text in said.items():
            column = named(text)
            if column and place not in found.values():
                found.setdefault(column, place)
    return found


def _within(text: str) -> Column | None:
    """By the longest name that stands within a heading: "Số QĐ công nhận (UBND tỉnh)"."""
    name = next((name for name in _BY_LENGTH if len(name) > 2 and f" {name} " in f" {text} "), None)
    return _WORDS[name] if name else None


def sheet_of(sheets: tuple[Lines, ...]) -> Lines:
    """The first sheet with a register's columns; where none has, the first."""
    return next((lines for lines in sheets if has_register(lines)), sheets[0] if sheets else ())
