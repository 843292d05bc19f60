"""Which line of somebody's table holds its headings, and which column of a list stands below which of them.

People make tables their own way: a title above, a column of numbers, other names, another order, headings on two lines with
one above several. So a heading is recognised by all names of a column, best fitting first, each column once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from rules.campaign.model import FormField
from rules.text.vietnamese import same_words

Line = Sequence[object]
LOOKED_AT = 30
"""Lines of a table among which its headings are looked for."""
LONGEST = 120
"""Signs of a heading that are read."""
_EXACT, _OTHER_ORDER, _BEGINS = 1000, 900, 100
MOST_WORDS = 10
"""Of a column's name."""
_ALIKE = 86.0
"""How alike a slip of the finger is, of 100."""
_BEFORE = frozenset(("ten", "cac"))
"""Words that may stand before a column's name."""


@dataclass(frozen=True)
class Heading:
    """The headings of a table: the place of their last line, and the column below each cell."""

    last: int
    columns: Mapping[int, FormField]

    def missing(self, field: FormField) -> tuple[FormField, ...]:
        """Required columns that the table does not have. A day may stand beside the number of its document."""
        there = {column.id for column in self.columns.values()}
        there |= {column.date_field for column in self.columns.values() if column.date_field}
        return tuple(column for column in field.columns if column.required and column.id not in there)


def heading_of(lines: Sequence[Line], field: FormField) -> Heading | None:
    """The headings of a list's table; None where nothing looks like them."""
    names = _Names(field)
    best: Heading | None = None
    for place, line in enumerate(lines[:LOOKED_AT]):
        for last, texts in ((place, _alone(line)), (place + 1, _with_next(line, lines[place + 1 : place + 2]))):
            columns = _assigned(texts, field, names)
            if len(columns) > (len(best.columns) if best else 0):
                best = Heading(last, columns)
    if best is None:
        return None
    columns = _with_slips(lines[best.last], best.columns, field, names)
    return Heading(best.last, columns) if len(columns) >= min(2, len(field.columns)) else None


def _said(cell: object) -> str:
    """A heading as it is compared: without what stands in brackets behind it."""
    text = str(cell)[:LONGEST] if isinstance(cell, str) else ""
    return same_words(text.partition("(")[0]) or same_words(text)


def _alone(line: Line) -> dict[int, tuple[str, ...]]:
    return {place: (said,) for place, cell in enumerate(line) if (said := _said(cell))}


def _with_next(line: Line, after: Sequence[Line]) -> dict[int, tuple[str, ...]]:
    """Headings on two lines: "Quyết định" above "Số" and "Ngày"."""
    below = [_said(cell) for cell in after[0]] if after else []
    if not any(below):
        return {}
    found: dict[int, tuple[str, ...]] = {}
    above = ""
    for place in range(max(len(line), len(below))):
        own = _said(line[place]) if place < len(line) else ""
        above = own or above
        under = below[place] if place < len(below) else ""
        if under:
            found[place] = (under, f"{under} {above}".strip())
        elif own:
            found[place] = (own,)
    return found


def _assigned(texts: Mapping[int, tuple[str, ...]], field: FormField, names: "_Names") -> dict[int, FormField]:
    """The best fitting first; each cell and each column once."""
    ranked = sorted(
        (-score, place, number) for place, several in texts.items() for text in several for score, number in names.fitting(text)
    )
    found: dict[int, FormField] = {}
    taken: set[int] = set()
    for _, place, number in ranked:
        if place not in found and number not in taken:
            found[place] = field.columns[number]
            taken.add(number)
    return dict(sorted(found.items()))


class _Names:
    """What the columns of a list are called, looked up rather than compared: a sheet may be nothing but headings."""

    def __init__(self, field: FormField) -> None:
        self.of = {
            column.id: [name for name in map(same_words, (column.label.vi, column.label.en, *column.names)) if name]
            for column in field.columns
        }
        self._exact: dict[str, int] = {}
        self._in_any_order: dict[tuple[str, ...], int] = {}
        for number, column in enumerate(field.columns):
            for name in self.of[column.id]:
                self._exact.setdefault(name, number)
                self._in_any_order.setdefault(tuple(sorted(name.split())), number)

    def fitting(self, text: str) -> Iterator[tuple[int, int]]:
        """How well a heading fits which columns. Whole names, and names of two words and more with something behind them."""
        words = text.split()
        if text in self._exact:
            yield _EXACT, self._exact[text]
        if (other := self._in_any_order.get(tuple(sorted(words)))) is not None:
            yield _OTHER_ORDER, other
        for said in (words, words[1:] if words[:1] and words[0] in _BEFORE else []):
            for length in range(min(len(said), MOST_WORDS), 0, -1):
                name = " ".join(said[:length])
                if name in self._exact and (length > 1 or length == len(said)):
                    yield _BEGINS + len(name), self._exact[name]
                    break


def _with_slips(line: Line, columns: Mapping[int, FormField], field: FormField, names: _Names) -> dict[int, FormField]:
    """What is left over and reads nearly like a column that is still missing."""
    found = dict(columns)
    for place, (said,) in _alone(line).items():
        left = [column for column in field.columns if column not in found.values()]
        near = [column for column in left if any(fuzz.ratio(said, name) >= _ALIKE for name in names.of[column.id])]
        if place not in found and len(near) == 1:
            found[place] = near[0]
    return dict(sorted(found.items()))


def counts_columns(line: Line) -> bool:
    """Whether a line only numbers the columns: "(1) (2) (3)"."""
    said = [same_words(str(cell)) for cell in line if cell is not None and str(cell).strip()]
    return len(said) > 1 and all(text.isdigit() for text in said) and [int(t) for t in said] == list(range(1, len(said) + 1))
