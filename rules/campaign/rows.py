"""One row of a list out of the cells of somebody's table, whether it came as a file or was pasted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from rules.campaign.alike import Row, Scalar
from rules.campaign.forms import MAY_COME_LATER, allowed, read_value, scalar
from rules.campaign.model import FormField, Kind
from rules.text.refusal import Refusal, Why
from rules.text.values import says_not_yet

ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))
"""What a cell shows whose formula found nothing: no value of anything."""
_YES = frozenset(("x", "v", "✓", "✔", "☑", "√", "1", "true"))
_NO = frozenset(("-", "–", "0", "☐", "false"))
"""How people mark yes and no in a table."""
_SERIAL = re.compile(r"[2-7][0-9]{4}(?:\.[0-9]{1,12})?")
"""A day as Excel counts it, where its cell was never told to show one: of 1954 to 2119."""
_FIRST_DAY = date(1899, 12, 30)
_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9:.]{4,15}")


@dataclass(frozen=True)
class Fault:
    """A cell that can't be taken, and why."""

    column: FormField
    refusal: Refusal


@dataclass(frozen=True)
class ReadRow:
    """What could be read of a row, the required columns that it has nothing in, and the cells that can't be taken."""

    row: Row
    missing: tuple[FormField, ...] = ()
    faults: tuple[Fault, ...] = ()


def cell_text(cell: object) -> str:
    """What a cell says, as somebody would type it."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_row(field: FormField, cells: Mapping[str, str], today: date) -> ReadRow:
    """A row by its columns' ids."""
    row: Row = {}
    beside: Row = {}
    faults: list[Fault] = []
    for column in field.columns:
        text = cells.get(column.id, "").strip()
        if not text or (not column.required and column.kind in MAY_COME_LATER and says_not_yet(text)):
            continue
        try:
            value, along = read_cell(field, column, text, today)
        except Refusal as refusal:
            faults.append(Fault(column, refusal))
            continue
        row[column.id] = value
        beside |= along
    for column in field.columns:
        if column.id not in row and column.id in beside:
            row[column.id] = beside[column.id]
    wrong = {fault.column.id for fault in faults}
    open_columns = [column for column in field.columns if column.id not in row and column.id not in wrong]
    row |= {column.id: None for column in open_columns if not column.required}
    return ReadRow(row, tuple(column for column in open_columns if column.required), tuple(faults))


def read_cell(field: FormField, column: FormField, text: str, today: date) -> tuple[Scalar, Row]:
    """The value of a cell, and the day that stands beside a number. Raises :class:`Refusal`."""
    if text in ERRORS:
        raise Refusal(Why.CELL_ERROR, text)
    value, along = read_value(column, _as_typed(column, text), {}, today)
    return scalar(value), {name: scalar(given) for name, given in allowed(field.columns, along, today).items()}


def _as_typed(column: FormField, text: str) -> str:
    """What people put into a table for what they would type otherwise: an x, a day as Excel counts it."""
    if column.kind is Kind.YES_NO:
        said = text.lower()
        return "có" if said in _YES else "không" if said in _NO else text
    if column.kind is Kind.DATE and _SERIAL.fullmatch(text):
        return (_FIRST_DAY + timedelta(days=int(text[:5]))).isoformat()
    if column.kind is Kind.DATE and (timed := _WITH_TIME.fullmatch(text)):
        return timed[1]
    return text
