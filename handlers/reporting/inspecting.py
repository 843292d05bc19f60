"""What has to be known of a file before a turn decides about it: whether it can be opened, whether it carries a mark of secrecy,
and what a list holds.

Foreign bytes are opened here and in no turn: ``bot/flow/inspecting.py`` has it done in a process apart, which may be killed.
"""

from dataclasses import dataclass

from handlers.file_trouble import FileTrouble
from handlers.papers.cells import Cell, sheets
from handlers.papers.document_text import is_broken
from handlers.papers.register_columns import MOST_ROWS as MOST_OF_A_REGISTER
from handlers.papers.register_columns import has_register
from handlers.reporting.secrecy import marked_file
from storage.packed import Locked, Unreadable

MOST_ROWS = 550
"""Rows of a sheet that are read: more than any list may have, so that what is too long is still refused."""
MOST_COLUMNS = 40
MOST_SHEETS = 6
"""Sheets among which a list is looked for."""
MOST_SIGNS = 1_000_000
"""Signs in all cells together; a list of five hundred products takes a tenth of them."""


@dataclass(frozen=True)
class Inspected:
    """``trouble``: why it is not taken. ``sheets``: the rows of a workbook's sheets; none where it is no workbook, or
    can't be read as one."""

    trouble: FileTrouble | None = None
    sheets: tuple[tuple[tuple[Cell, ...], ...], ...] = ()


def inspect(name: str, kind: str, content: bytes) -> Inspected:
    """Look into a file of that kind (``storage.files.sniff``)."""
    try:
        if marked_file(name, kind, content):
            return Inspected(FileTrouble.SECRET)
    except Locked:
        return Inspected(FileTrouble.LOCKED)
    if is_broken(kind, content):
        return Inspected(FileTrouble.UNREADABLE)
    return Inspected(sheets=_sheets(content) if kind == "xlsx" else ())


def _read(content: bytes, most_rows: int) -> tuple[tuple[tuple[Cell, ...], ...], ...]:
    return tuple(tuple(rows) for rows in sheets(content, most_rows, MOST_COLUMNS, MOST_SHEETS))


def _sheets(content: bytes) -> tuple[tuple[tuple[Cell, ...], ...], ...]:
    try:
        found = _read(content, MOST_ROWS)
        if any(len(rows) >= MOST_ROWS and has_register(rows) for rows in found):  # few are so long: they are read once more
            whole = _read(content, MOST_OF_A_REGISTER)
            found = tuple(rows if has_register(rows) else rows[:MOST_ROWS] for rows in whole)
    except Unreadable:
        return ()
    signs = sum(len(cell) for rows in found for row in rows for cell in row if isinstance(cell, str))
    return found if signs <= MOST_SIGNS else ()
