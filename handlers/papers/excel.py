"""Lists as Excel: the template that goes out, and the filled one that comes in."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from handlers.turn import Sheet
from handlers.wording.catalogs import Words
from handlers.wording.phrases import yes_no_labels
from rules.campaign.forms import MOST_ROWS, NotTaken, Row, Stepped, answer, skip, start
from rules.campaign.model import FormField, Kind
from rules.text.refusal import Refusal, Why
from rules.text.vietnamese import same_words

ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))
"""What a cell shows whose formula found nothing: no value of anything."""
MOST_HEADING = 10
"""Rows among which the headings are looked for."""


@dataclass(frozen=True)
class BadCell:
    """A cell that can't be taken: the sheet's row number, the column, and why."""

    row: int
    column: FormField
    refusal: Refusal


@dataclass(frozen=True)
class ReadList:
    """What a spreadsheet held: good rows, and the cells that spoilt the others."""

    rows: tuple[Row, ...]
    bad: tuple[BadCell, ...]


class NotTheTemplate(Exception):
    """The file can't be read as the list's template."""


def template(words: Words, field: FormField) -> bytes:
    """An empty list with the field's columns as headings; required ones are marked."""
    from openpyxl import Workbook  # slow to import, and few turns need it
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = field.label.in_(words.language)[:31]
    for place, column in enumerate(field.columns, 1):
        label = column.label.in_(words.language)
        cell = sheet.cell(row=1, column=place, value=f"{label} *" if column.required else label)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 24
        allowed = _allowed(words, column)
        if allowed:
            check = DataValidation(type="list", formula1='"' + ",".join(allowed) + '"', allow_blank=not column.required)
            sheet.add_data_validation(check)
            check.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
        if column.kind is Kind.DATE:
            for number in range(2, 42):
                sheet.cell(row=number, column=place).number_format = "dd/mm/yyyy"
    sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _allowed(words: Words, column: FormField) -> list[str]:
    if column.kind is Kind.YES_NO:
        return list(yes_no_labels(words, column))
    return [option.label.in_(words.language) for option in column.options]


def read_list(lines: Sheet, field: FormField, today: date) -> ReadList:
    """The rows of a filled template's sheet; headings in any order and either language.

    Raises :class:`NotTheTemplate` where no heading fits.
    """
    heading = next((n for n, line in enumerate(lines[:MOST_HEADING]) if _columns(line, field)), None)
    if heading is None:
        raise NotTheTemplate("no heading of the template was found")
    columns = _columns(lines[heading], field)
    rows: list[Row] = []
    bad: list[BadCell] = []
    for number, line in enumerate(lines[heading + 1 :], heading + 2):
        if all(cell is None or not str(cell).strip() for cell in line):
            continue
        row, faults = _row(line, columns, field, today, number)
        if faults:
            bad += faults
        else:
            rows.append(row)
    return ReadList(tuple(rows), tuple(bad))


def _columns(line: tuple[object, ...], field: FormField) -> dict[int, FormField]:
    """Which cell holds which column; empty unless the first column's heading is there."""
    labels = {same_words(text): c for c in field.columns for text in (c.label.vi, c.label.en) if text}
    found = {place: labels[same_words(str(cell))] for place, cell in enumerate(line) if same_words(str(cell)) in labels}
    return found if field.columns[0] in found.values() else {}


def _row(
    line: tuple[object, ...], columns: dict[int, FormField], field: FormField, today: date, number: int
) -> tuple[Row, list[BadCell]]:
    cells = {column.id: line[place] if place < len(line) else None for place, column in columns.items()}
    row: Row = {}
    faults: list[BadCell] = []
    for column in field.columns:
        text = _text(cells.get(column.id))
        if text in ERRORS:
            faults.append(BadCell(number, column, Refusal(Why.CELL_ERROR, text)))
            continue
        single = (column.model_copy(update={"date_field": None, "when": None}),)
        result = answer(single, start(single), text, today) if text else skip(single, start(single))
        if isinstance(result, Stepped):
            value = result.state.answers[column.id]
            row[column.id] = value if isinstance(value, str | int | bool) else None
        elif isinstance(result, NotTaken):
            why = result.refusal if text else Refusal(Why.REQUIRED)
            faults.append(BadCell(number, column, why))
    return row, faults


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
