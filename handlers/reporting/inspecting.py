"""What has to be known of a file before a turn decides about it: whether it can be opened, whether it carries a mark of secrecy,
and what a list holds.

Foreign bytes are opened here and in no turn: ``bot/flow/inspecting.py`` has it done in a process apart, which may be killed.
"""

from dataclasses import dataclass

from handlers.file_trouble import FileTrouble
from handlers.papers.cells import Cell, first_sheet
from handlers.papers.document_text import is_broken
from handlers.reporting.secrecy import marked_file
from storage.packed import Locked, Unreadable

MOST_ROWS = 520
"""Rows of a workbook that are read: more than any list may have, so that what is too long is still refused."""
MOST_COLUMNS = 40
MOST_SIGNS = 1_000_000
"""Signs in all cells together; a list of five hundred products takes a tenth of them."""


@dataclass(frozen=True)
class Inspected:
    """``trouble``: why it is not taken. ``sheet``: the rows of a workbook; None where it is none, or can't be read as one."""

    trouble: FileTrouble | None = None
    sheet: tuple[tuple[Cell, ...], ...] | None = None


def inspect(name: str, kind: str, content: bytes) -> Inspected:
    """Look into a file of that kind (``storage.files.sniff``)."""
    try:
        if marked_file(name, kind, content):
            return Inspected(FileTrouble.SECRET)
    except Locked:
        return Inspected(FileTrouble.LOCKED)
    if is_broken(kind, content):
        return Inspected(FileTrouble.UNREADABLE)
    return Inspected(sheet=_sheet(content) if kind == "xlsx" else None)


def _sheet(content: bytes) -> tuple[tuple[Cell, ...], ...] | None:
    try:
        rows = tuple(first_sheet(content, MOST_ROWS, MOST_COLUMNS))
    except Unreadable:
        return None
    signs = sum(len(cell) for row in rows for cell in row if isinstance(cell, str))
    return rows if signs <= MOST_SIGNS else None
