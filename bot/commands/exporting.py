"""``dondoc export``: the status of all units and what they reported, as a file."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.commands.shared import Refused, tr
from handlers.desk import Desk
from handlers.library import Library
from handlers.papers.export import FORMATS, Export, export
from storage import reports
from storage.database import reading


def export_to(engine: Engine, library: Library, now: datetime, kind: str, out: Path) -> None:
    """Write the file. Raises Refused for an unknown format."""
    if kind not in FORMATS:
        raise Refused(tr("cli.refused.format", name=kind, formats=", ".join(FORMATS)))
    with reading(engine) as db:
        desk = Desk(db, library, now)
        latest = {(report.unit, report.obligation): report for report in reports.all_latest(desk.scope)}
        found = Export(library.languages.of("vi"), desk.board, latest)
    content, rows = export(found, kind)
    out.write_bytes(content)
    print(tr("cli.export.done", file=out, rows=rows))
