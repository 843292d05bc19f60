"""How the rows of a list read: those that are there, those that were read from a file or from lines, and what was amiss."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from handlers.wording.catalogs import Words
from handlers.wording.forms import cell_refusal_text
from handlers.wording.phrases import row_text
from rules.campaign.alike import Joined, Row
from rules.campaign.model import FormField
from rules.campaign.pasted import Pasted
from rules.campaign.sheets import BadCell, ReadList
from rules.text.refusal import Why

FAULTS_SHOWN = 8
LONGEST_NAME = 40


def rows_text(words: Words, field: FormField, rows: Sequence[Row], first: int, by: date | None) -> str:
    """Rows with their numbers, a line each."""
    return "\n".join(f"{n}. {row_text(words, field.columns, row, by)}" for n, row in enumerate(rows, first))


def row_name(words: Words, field: FormField, number: int, row: Row) -> str:
    """ "Dòng 2: Trà rau má": how a row is called on a button."""
    name = " ".join(str(row.get(field.columns[0].id) or "").split())
    name = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
    return words.tr("list.row_name", number=number, name=name)


def amiss_in_lines(words: Words, field: FormField, found: Pasted) -> str:
    """Lines that could not be read, and those that say the same as another; empty where all is well."""
    lines: list[str] = []
    if found.bad:
        lines.append(words.tr("list.bad_lines"))
        for bad in found.bad[:FAULTS_SHOWN]:
            why = cell_refusal_text(words, bad.fault.column, bad.fault.refusal)
            label = bad.fault.column.label.in_(words.language)
            lines.append(words.tr("list.bad_line", number=bad.number, text=bad.text, column=label, why=why))
        lines += _more(words, len(found.bad))
        lines.append(words.tr("list.order", columns="; ".join(column.label.in_(words.language) for column in field.columns)))
    lines += _twice(words, found.twice)
    if found.left_out:
        lines.append(words.tr("list.lines_left", count=found.left_out))
    return "\n".join(lines)


def amiss_in_sheet(words: Words, found: ReadList, taken: bool = True) -> str:
    """Cells that spoilt their rows, rows that say the same as another, an example left in; empty where all is well.
    ``taken``: whether the other rows are in the report."""
    lines: list[str] = []
    if found.bad:
        lines.append(words.tr("list.bad") if taken else words.tr("list.bad_blue"))
        told = [line for row, cells in groupby(found.bad, lambda cell: cell.row) for line in _row_faults(words, row, list(cells))]
        lines += told[:FAULTS_SHOWN] + _more(words, len(told))
    lines += _twice(words, found.twice)
    if found.example:
        lines.append(words.tr("list.example_left"))
    return "\n".join(lines)


def _row_faults(words: Words, row: int, cells: list[BadCell]) -> list[str]:
    """A line for each cell that can't be taken, and one for all that are empty."""
    empty = [cell.column.label.in_(words.language) for cell in cells if cell.refusal.why is Why.REQUIRED]
    lines = [
        words.tr(
            "list.bad_cell",
            row=row,
            column=cell.column.label.in_(words.language),
            why=cell_refusal_text(words, cell.column, cell.refusal),
        )
        for cell in cells
        if cell.refusal.why is not Why.REQUIRED
    ]
    return [*lines, words.tr("list.row_lacks", row=row, columns=", ".join(empty))] if empty else lines


def joined_text(words: Words, joined: Joined, from_file: bool = True) -> str:
    """How many rows were brought, how many were corrected, how many were there already."""
    parts = []
    if joined.added or not (joined.changed or joined.known):
        count = len(joined.added)
        came = words.trn("list.taken_one", "list.taken_many", count) if from_file else ""
        parts.append(came or words.trn("list.added_one", "list.added_many", count))
    if joined.changed:
        numbers = ", ".join(str(place + 1) for place in sorted(set(joined.changed)))
        parts.append(words.tr("list.changed", numbers=numbers))
    if joined.known:
        parts.append(words.trn("list.known_one", "list.known_many", len(joined.known)))
    return " ".join(parts)


def missing_text(words: Words, found: ReadList) -> str:
    """Which required columns somebody's table does not have."""
    return words.tr("list.missing", columns=", ".join(f"“{column.label.in_(words.language)}”" for column in found.missing))


def _twice(words: Words, twice: Sequence[tuple[int, int]]) -> list[str]:
    lines = [words.tr("list.twice", row=row, first=first) for row, first in twice[:FAULTS_SHOWN]]
    return lines + _more(words, len(twice))


def _more(words: Words, count: int) -> list[str]:
    return [words.tr("value.more_rows", count=count - FAULTS_SHOWN)] if count > FAULTS_SHOWN else []
