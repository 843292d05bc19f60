"""The status of all units and what they reported, as a file: a workbook, a document, a table of text, JSON."""

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from handlers.papers.escaping import safe
from handlers.wording.catalogs import Words
from handlers.wording.phrases import answers_text, bucket_text, deadline_short, state_text, timing_text
from rules.campaign import forms
from rules.campaign.board import Board, Cell
from rules.campaign.forms import Value
from rules.campaign.tallies import Answers, merged, sums
from storage.reports import Submission

HEADINGS = (
    "Đơn vị",
    "Nhiệm vụ",
    "Mục",
    "Thời hạn",
    "Kết quả",
    "Phân loại",
    "Thời hạn",
    "Nộp lúc",
    "Lần",
    "Mã",
    "Người nộp",
    "Nội dung",
)


@dataclass(frozen=True)
class Export:
    """What was read at one moment, to be written as a file in the language of ``words``."""

    words: Words
    board: Board
    latest: dict[tuple[str, str], Submission]

    def answers_of(self, cell: Cell) -> dict[str, Value]:
        """What was reported there last."""
        last = self.latest.get((cell.unit.slug, cell.duty.slug))
        return forms.answers_from_json(self.board.campaign.form(cell.duty), last.answers) if last else {}


def export(found: Export, kind: str) -> tuple[bytes, int]:
    """The file, of one of the :data:`FORMATS`; and how many rows it has."""
    rows = _rows(found)
    return FORMATS[kind](found, rows), len(rows)


def _rows(found: Export) -> list[tuple[str, ...]]:
    words, campaign = found.words, found.board.campaign
    rows: list[tuple[str, ...]] = []
    for cell in found.board.cells:
        if not _is_listed(found, cell):
            continue
        standing, answers = cell.standing, found.answers_of(cell)
        dated = cell.deadline
        rows.append(
            (
                cell.unit.name.vi,
                cell.duty.title.vi,
                cell.duty.clause,
                deadline_short(words, dated) if dated else words.tr("standing.short"),
                state_text(words, standing),
                bucket_text(words, cell.bucket).split(" ", 1)[1] if cell.bucket else "",
                timing_text(words, cell.done_when),
                words.moment(standing.submitted_at) if standing.submitted_at else "",
                str(standing.revision or ""),
                standing.receipt,
                standing.by_name if standing.revision else "",
                answers_text(words, found.board.campaign.form(cell.duty), answers, dated.date if dated else None)
                if answers
                else "",
            )
        )
    return rows + [_gone_row(words, last) for last in found.latest.values() if not campaign.directory.has_unit(last.unit)]


def _is_listed(found: Export, cell: Cell) -> bool:
    """What has a date; of the rest, what offices owe, and what was reported."""
    return cell.deadline is not None or found.board.campaign.directory.is_office(cell.unit) or cell.standing.revision > 0


def _gone_row(words: Words, last: Submission) -> tuple[str, ...]:
    """A report of a unit that is in the directory no more."""
    told = [words.tr("status.gone_unit", unit=last.unit), last.obligation, "", "", "", "", "", words.moment(last.submitted_at)]
    return (*told, str(last.revision), last.receipt, last.person_name, "")


def _title(found: Export) -> str:
    return f"{found.board.campaign.title.vi}: {found.words.moment(found.board.now)}"


def _csv(_: Export, rows: list[tuple[str, ...]]) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([[safe(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")  # so that Excel reads the diacritics


def _json(found: Export, rows: list[tuple[str, ...]]) -> bytes:
    made: dict[str, Any] = {"title": _title(found), "rows": [dict(zip(HEADINGS, row, strict=True)) for row in rows]}
    return json.dumps(made, ensure_ascii=False, indent=2).encode()


def _xlsx(found: Export, rows: list[tuple[str, ...]]) -> bytes:
    from io import BytesIO

    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    from handlers.papers.summary import add_summary

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([safe(_title(found))])
    sheet.append(list(HEADINGS))
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for place, width in zip("ABCDEFGHIJKL", (26, 34, 7, 12, 24, 24, 12, 22, 6, 10, 18, 60), strict=True):
        sheet.column_dimensions[place].width = width
    for cell in sheet["L"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C3"
    campaign, reported = found.board.campaign, _reported(found)
    add_summary(book, found.words, found.board, sums(campaign, reported), merged(campaign, reported))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _reported(found: Export) -> Answers:
    """The answers that count: of what was sent back, none do."""
    done = [cell for cell in found.board.cells if cell.state.has_figures and cell.standing.revision]
    return {(cell.unit.slug, cell.duty.slug): found.answers_of(cell) for cell in done}


def _docx(found: Export, rows: list[tuple[str, ...]]) -> bytes:
    from io import BytesIO

    from docx import Document
    from docx.enum.section import WD_ORIENT

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.add_heading(_title(found), level=1)
    document.add_paragraph(found.board.campaign.dispatch.cite.vi)
    shown = (0, 1, 3, 4, 6, 7, 9)
    table = document.add_table(rows=1, cols=len(shown))
    table.style = "Table Grid"
    for cell, place in zip(table.rows[0].cells, shown, strict=True):
        cell.text = HEADINGS[place]
    for row in rows:
        for cell, place in zip(table.add_row().cells, shown, strict=True):
            cell.text = row[place]
    out = BytesIO()
    document.save(out)
    return out.getvalue()


FORMATS: Mapping[str, Callable[[Export, list[tuple[str, ...]]], bytes]] = {
    "xlsx": _xlsx,
    "docx": _docx,
    "csv": _csv,
    "json": _json,
}
"""How each kind of file is written."""
