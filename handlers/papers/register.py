"""A register of recognised products as Excel: which cell is what, what each row says, and what is wrong with it.

What can't be read is named and left out; a unit's name that may be several is never guessed. A register has many rows and few
different units and decisions: each is read once.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from typing import Generic, TypeVar

from handlers.papers.cells import FIRST_DAY, MOST_DAYS
from handlers.papers.register_columns import MOST_PRODUCTS, MOST_ROWS, Column, find_heading
from handlers.turn import Sheet
from rules.campaign.forms import EARLIEST
from rules.campaign.register import Product
from rules.campaign.sheets import TOTALS
from rules.directory.finding import OneUnit, SeveralUnits, unit_of
from rules.directory.model import Directory
from rules.text.refusal import Refusal
from rules.text.values import DocumentNumber, read_date, read_document, read_text
from rules.text.vietnamese import same_words

V = TypeVar("V")
MOST_STARS = 5


class Fault(Enum):
    """Why a row is not taken."""

    NO_PRODUCT = auto()
    NO_UNIT = auto()
    UNIT_UNKNOWN = auto()
    UNIT_UNCLEAR = auto()
    """It may be several."""
    NO_STARS = auto()
    """What stands there is no number of stars."""
    NO_DECISION = auto()
    """What stands there is no number of a document."""
    NO_DAY = auto()
    """What stands there is no day that a decision can be of."""


@dataclass(frozen=True)
class BadRow:
    """A row that is not taken: its number in the sheet, why, what stands there; the units that a name may mean."""

    row: int
    fault: Fault
    given: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadRegister:
    """What a register holds. ``doubled``: rows that say once more what an earlier one says, as (row, the earlier one)."""

    products: tuple[Product, ...]
    bad: tuple[BadRow, ...]
    doubled: tuple[tuple[int, int], ...]
    too_many: bool = False


class _Bad(Exception):
    def __init__(self, fault: Fault, given: str = "", units: tuple[str, ...] = ()) -> None:
        super().__init__(fault)
        self.fault, self.given, self.units = fault, given, units


def read_register(lines: Sheet, directory: Directory, today: date) -> ReadRegister:
    """The products of a sheet. Raises NoRegister."""
    heading, columns = find_heading(lines)
    reader = _Reader(directory, today, columns)
    products: list[Product] = []
    bad: list[BadRow] = []
    doubled: list[tuple[int, int]] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines[heading + 1 :], heading + 2):
        if reader.is_no_product(line):
            continue
        try:
            product = reader.product(line)
        except _Bad as found:
            bad.append(BadRow(number, found.fault, found.given, found.units))
            continue
        same = (product.unit, same_words(product.product), same_words(product.producer))
        if same in seen:
            doubled.append((number, seen[same]))
            continue
        seen[same] = number
        products.append(product)
    too_many = len(products) > MOST_PRODUCTS or len(lines) >= MOST_ROWS
    return ReadRegister(tuple(products[:MOST_PRODUCTS]), tuple(bad), tuple(doubled), too_many)


class _Once(Generic[V]):
    """Reads each different cell once."""

    def __init__(self, read: Callable[[object], V]) -> None:
        self._read = read
        self._known: dict[str, V | _Bad] = {}

    def __call__(self, cell: object) -> V:
        """Raises _Bad."""
        key = f"{type(cell).__name__} {cell}"
        if key not in self._known:
            self._known[key] = self._tried(cell)
        known = self._known[key]
        if isinstance(known, _Bad):
            raise _Bad(known.fault, known.given, known.units)
        return known

    def _tried(self, cell: object) -> V | _Bad:
        try:
            return self._read(cell)
        except _Bad as bad:
            return bad


class _Reader:
    """Reads rows."""

    def __init__(self, directory: Directory, today: date, columns: dict[Column, int]) -> None:
        self._directory, self._today, self._columns = directory, today, columns
        self._unit, self._decision, self._day = _Once(self._read_unit), _Once(self._read_decision), _Once(self._read_day)
        self._stars = _Once(_stars)

    def _cell(self, line: tuple[object, ...], column: Column) -> object:
        place = self._columns.get(column, len(line))
        cell = line[place] if place < len(line) else None
        return cell.strip() if isinstance(cell, str) else cell

    def is_no_product(self, line: tuple[object, ...]) -> bool:
        """An empty row, the name of a group, a row of totals: no unit, and no product beside anything else."""
        name, unit = self._cell(line, Column.PRODUCT), self._cell(line, Column.UNIT)
        filled = [column for column in self._columns if self._cell(line, column) not in (None, "")]
        empty = (None, "")
        return len(filled) <= 1 or (unit in empty and (name in empty or same_words(str(name)) in TOTALS))

    def product(self, line: tuple[object, ...]) -> Product:
        """What a row says. Raises _Bad."""
        unit = self._unit(self._cell(line, Column.UNIT))
        name, producer = self._text(line, Column.PRODUCT), self._text(line, Column.PRODUCER)
        if not name:
            raise _Bad(Fault.NO_PRODUCT)
        stars, decision = self._stars(self._cell(line, Column.STARS)), self._decision(self._cell(line, Column.DECISION))
        decided = self._day(self._cell(line, Column.DECIDED_ON)) or decision.day
        return Product(0, unit, name, producer, stars, decision.number, decided)

    def _text(self, line: tuple[object, ...], column: Column) -> str:
        cell = self._cell(line, column)
        try:
            return read_text(str(cell)) if cell not in (None, "") else ""
        except Refusal:
            return ""

    def _read_unit(self, cell: object) -> str:
        text = str(cell or "")
        if not text:
            raise _Bad(Fault.NO_UNIT)
        match unit_of(text, self._directory):
            case OneUnit(slug):
                return slug
            case SeveralUnits(_, units, _):
                raise _Bad(Fault.UNIT_UNCLEAR, text, units)
            case None:
                raise _Bad(Fault.UNIT_UNKNOWN, text)

    def _read_decision(self, cell: object) -> DocumentNumber:
        text = str(cell or "")
        try:
            return read_document(text, self._today) if text else DocumentNumber("")
        except Refusal:
            raise _Bad(Fault.NO_DECISION, text) from None

    def _read_day(self, cell: object) -> date | None:
        if cell in (None, ""):
            return None
        try:
            day = _as_day(cell) or read_date(str(cell), self._today)
        except Refusal:
            raise _Bad(Fault.NO_DAY, str(cell)) from None
        if not EARLIEST <= day <= self._today:
            raise _Bad(Fault.NO_DAY, str(cell))
        return day


def _as_day(cell: object) -> date | None:
    """A day, also where the cell shows it as Excel counts it."""
    if isinstance(cell, int) and not isinstance(cell, bool) and (EARLIEST - FIRST_DAY).days <= cell < MOST_DAYS:
        return FIRST_DAY + timedelta(days=cell)
    return cell if isinstance(cell, date) else None


def _stars(cell: object) -> int:
    """``4``, ``4 sao``, ``4*``, ``****``; 0 where nothing stands there."""
    text = str(cell if cell is not None else "").strip()
    if not text:
        return 0
    signs = text.replace("★", "*")
    number = len(signs) if set(signs) == {"*"} else _number_of(signs)
    if not 1 <= number <= MOST_STARS:
        raise _Bad(Fault.NO_STARS, text)
    return number


_SPELT = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, **{str(number): number for number in range(1, MOST_STARS + 1)}}


def _number_of(text: str) -> int:
    """The one number that is named; 0 where none is, or several."""
    words = same_words(text.replace("*", " ").replace(".0", "")).split()
    found = {_SPELT.get(word, 0 if word.isalpha() else -1) for word in words} - {0}
    return found.pop() if len(found) == 1 else 0


def units_of(read: ReadRegister) -> Counter[str]:
    """How many products each unit has."""
    return Counter(product.unit for product in read.products)
