"""A list's template as Excel: a title, headings, a row that shows how it is filled in, cells that refuse what is wrong."""

import re
from io import BytesIO
from typing import Any

from handlers.wording.catalogs import Words
from handlers.wording.forms import hint
from handlers.wording.phrases import yes_no_labels
from rules.campaign.forms import MOST_ROWS
from rules.campaign.model import FormField, Kind

HEADING = 4
"""The row of the headings; the example stands below it."""
FIRST = HEADING + 2
LAST = FIRST + MOST_ROWS - 1
NUMBERED = 30
"""Rows that are numbered, so that it is seen where to write."""
LONGEST_TITLE = 31
"""Of a sheet."""
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")
_WIDTHS = {Kind.TEXT: 30, Kind.DOCUMENT: 22, Kind.DATE: 15, Kind.YES_NO: 14, Kind.CHOICE: 20, Kind.MONEY: 20}
_FORMATS = {Kind.TEXT: "@", Kind.DOCUMENT: "@", Kind.DATE: "dd/mm/yyyy", Kind.MONEY: "#,##0"}


def template(words: Words, field: FormField) -> bytes:
    """An empty list with the field's columns as headings; required ones are marked."""
    from openpyxl import Workbook  # slow to import, and few turns need it

    book = Workbook()
    sheet: Any = book.active
    sheet.title = _title(field.label.in_(words.language))
    _head(sheet, words, field)
    _columns(book, sheet, words, field)
    _notes(book, words, field)
    book.move_sheet(_choices_of(book), offset=1)
    _for_paper(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _title(text: str) -> str:
    return _NO_TITLE.sub(" ", text)[:LONGEST_TITLE].strip() or "1"


def _head(sheet: Any, words: Words, field: FormField) -> None:
    from openpyxl.styles import Alignment, Font

    sheet["A1"] = field.label.in_(words.language)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = words.tr("list.sheet_note", most=MOST_ROWS)
    sheet["A2"].font = Font(italic=True, color="595959")
    sheet["A2"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=len(field.columns) + 1)
    sheet.row_dimensions[2].height = 32
    sheet.cell(row=HEADING, column=1, value=words.tr("list.number"))
    sheet.cell(row=FIRST - 1, column=1, value=words.tr("list.example"))
    for number in range(1, NUMBERED + 1):
        sheet.cell(row=FIRST + number - 1, column=1, value=number)
    sheet.column_dimensions["A"].width = 8


def _columns(book: Any, sheet: Any, words: Words, field: FormField) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    side = Side(style="thin", color="A6A6A6")
    border = Border(left=side, right=side, top=side, bottom=side)
    for place, column in enumerate(field.columns, 2):
        label = column.label.in_(words.language)
        sheet.cell(row=HEADING, column=place, value=f"{label} *" if column.required else label)
        sheet.cell(row=FIRST - 1, column=place, value=example_of(words, column))
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.kind, 20)
        _hold(book, sheet, words, column, f"{letter}{FIRST}:{letter}{LAST}")
        for row in range(FIRST - 1, LAST + 1):
            if column.kind in _FORMATS:
                sheet.cell(row=row, column=place).number_format = _FORMATS[column.kind]
    for place in range(1, len(field.columns) + 2):
        head, example = sheet.cell(row=HEADING, column=place), sheet.cell(row=FIRST - 1, column=place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDEBF7")
        head.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        example.font, example.fill = Font(italic=True, color="7F7F7F"), PatternFill("solid", fgColor="F2F2F2")
        for row in range(HEADING, FIRST + NUMBERED):
            sheet.cell(row=row, column=place).border = border


def example_of(words: Words, column: FormField) -> str:
    """How a cell of that column is filled in."""
    if column.example:
        return column.example
    return next(iter(allowed(words, column)), "")


def allowed(words: Words, column: FormField) -> list[str]:
    """What may stand in a column of choices; nothing where anything may."""
    if column.kind is Kind.YES_NO:
        return list(yes_no_labels(words, column))
    return [option.label.in_(words.language) for option in column.options]


def _hold(book: Any, sheet: Any, words: Words, column: FormField, cells: str) -> None:
    """Let cells refuse what is wrong, with a word on what is right."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = allowed(words, column)
    if choices:
        check = DataValidation(type="list", formula1=_listed(book, choices), allow_blank=True)
        check.error = words.tr("list.stop_choice")
    elif column.kind is Kind.DATE:
        check = DataValidation(type="date", operator="between", formula1="DATE(2000,1,1)", formula2="TODAY()", allow_blank=True)
        check.error = words.tr("list.stop_date")
    elif column.kind is Kind.MONEY:
        check = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        check.error = words.tr("list.stop_money")
    else:
        return
    check.errorTitle = column.label.in_(words.language)[:LONGEST_TITLE]
    check.showErrorMessage = True
    sheet.add_data_validation(check)
    check.add(cells)


def _listed(book: Any, choices: list[str]) -> str:
    """Choices stand on a sheet that is not shown: within the check itself they could hold no comma."""
    from openpyxl.utils import get_column_letter

    listed = _choices_of(book)
    place = 1 if listed.cell(row=1, column=1).value is None else listed.max_column + 1
    for row, choice in enumerate(choices, 1):
        listed.cell(row=row, column=place, value=choice)
    letter = get_column_letter(place)
    return f"'{listed.title}'!${letter}$1:${letter}${len(choices)}"


def _choices_of(book: Any) -> Any:
    if "_" not in book.sheetnames:
        book.create_sheet("_").sheet_state = "hidden"
    return book["_"]


def _notes(book: Any, words: Words, field: FormField) -> None:
    """How each column is filled in, on a sheet of its own."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(_title(words.tr("list.notes")))
    sheet.append([words.tr("list.notes_column"), words.tr("list.notes_needed"), words.tr("list.notes_how")])
    for column in field.columns:
        choices = ", ".join(allowed(words, column))
        how = words.tr("list.one_of", known=choices) if choices else _how(words, column)
        needed = words.tr("value.yes") if column.required else words.tr("value.no")
        sheet.append([column.label.in_(words.language), needed, "\n".join(filter(None, [column.ask.in_(words.language), how]))])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in (("A", 26), ("B", 12), ("C", 80)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _how(words: Words, column: FormField) -> str:
    match column.kind:
        case Kind.DATE:
            return words.tr("list.stop_date")
        case Kind.MONEY:
            return words.tr("list.stop_money")
        case _:
            return hint(words, column)


def _for_paper(sheet: Any) -> None:
    sheet.freeze_panes = f"B{HEADING + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADING}:{HEADING}"
