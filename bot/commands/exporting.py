"""``dondoc export``: the status of all units and what they reported, as a file."""

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bot.commands.shared import Refused, tr
from handlers.desk import Desk
from handlers.library import Library
from handlers.wording.phrases import answers_text, bucket_text, state_text, timing_text
from rules.campaign import forms
from storage import reports
from storage.database import reading
from storage.scope import Scope

HEADINGS = (
    "Đơn vị",
    "Nhiệm vụ",
    "Mục",
    "Hạn",
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
class Sheet:
    """What every format writes."""

    title: str
    cites: str
    rows: list[tuple[str, ...]]


def export_to(engine: Engine, library: Library, now: datetime, kind: str, out: Path) -> None:
    """Write the file. Raises Refused for an unknown format."""
    writers = {"xlsx": _xlsx, "docx": _docx, "csv": _csv, "json": _json}
    if kind not in writers:
        raise Refused(tr("cli.refused.format", name=kind, formats=", ".join(writers)))
    rows = _rows(engine, library, now)
    out.write_bytes(writers[kind](Sheet(_title(library, now), library.campaign.dispatch.cite.vi, rows)))
    print(f"{out}: {len(rows)} dòng / rows")


def _rows(engine: Engine, library: Library, now: datetime) -> list[tuple[str, ...]]:
    campaign, words = library.campaign, library.languages.of("vi")
    with reading(engine) as db:
        board = Desk(db, library, now).board
        latest = {(s.unit, s.obligation): s for s in reports.all_latest(Scope(db, campaign))}
    rows: list[tuple[str, ...]] = []
    for cell in board.cells:
        if cell.bucket is None or cell.deadline is None:
            continue
        standing, last = cell.standing, latest.get((cell.unit.slug, cell.duty.slug))
        form = campaign.form(cell.duty)
        content = answers_text(words, form, forms.answers_from_json(form, last.answers)) if last and last.answers else ""
        rows.append(
            (
                cell.unit.name.vi, cell.duty.title.vi, cell.duty.clause, words.day(cell.deadline.date),
                state_text(words, standing), bucket_text(words, cell.bucket).split(" ", 1)[1],
                timing_text(words, cell.done_when),
                words.moment(standing.submitted_at) if standing.submitted_at else "", str(standing.revision or ""),
                standing.receipt, standing.by_name if last else "", content,
            )
        )  # fmt: skip
    return rows


def _title(library: Library, now: datetime) -> str:
    return f"{library.campaign.title.vi}: {library.languages.of('vi').moment(now)}"


def _safe(cell: str) -> str:
    """A cell that a spreadsheet takes as text, never as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _csv(sheet: Sheet) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([[_safe(cell) for cell in row] for row in sheet.rows])
    return out.getvalue().encode("utf-8-sig")  # so that Excel reads the diacritics


def _json(sheet: Sheet) -> bytes:
    made: dict[str, Any] = {"title": sheet.title, "rows": [dict(zip(HEADINGS, row, strict=True)) for row in sheet.rows]}
    return json.dumps(made, ensure_ascii=False, indent=2).encode()


def _xlsx(made: Sheet) -> bytes:
    from io import BytesIO

    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([made.title])
    sheet.append(list(HEADINGS))
    for row in made.rows:
        sheet.append([_safe(cell) for cell in row])
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for place, width in zip("ABCDEFGHIJKL", (26, 34, 7, 12, 24, 24, 12, 22, 6, 10, 18, 60), strict=True):
        sheet.column_dimensions[place].width = width
    for cell in sheet["L"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _docx(sheet: Sheet) -> bytes:
    from io import BytesIO

    from docx import Document
    from docx.enum.section import WD_ORIENT

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.add_heading(sheet.title, level=1)
    document.add_paragraph(sheet.cites)
    shown = (0, 1, 3, 4, 6, 7, 9)
    table = document.add_table(rows=1, cols=len(shown))
    table.style = "Table Grid"
    for cell, place in zip(table.rows[0].cells, shown, strict=True):
        cell.text = HEADINGS[place]
    for row in sheet.rows:
        for cell, place in zip(table.add_row().cells, shown, strict=True):
            cell.text = row[place]
    out = BytesIO()
    document.save(out)
    return out.getvalue()
