"""``dondoc backup`` and ``restore``: every table as JSON lines and every file, in one archive.

The archive does not depend on the database: one made on SQLite goes into PostgreSQL.
"""

import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, Table, func, insert, select, text
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - registers the tables
from bot.commands.shared import Refused, tr
from bot.wiring import House
from storage.database import HEAD, reading
from storage.types import UtcDateTime


def back_up(house: House, out: Path) -> None:
    """Write the archive; it appears under its name only when it is whole."""
    part = out.with_name(out.name + ".part")
    files = 0
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive, reading(house.engine) as db:
        archive.writestr("about.json", json.dumps({"schema": HEAD, "campaign": house.world.campaign.name}))
        for table in SQLModel.metadata.sorted_tables:
            lines = [json.dumps(_plain(row), ensure_ascii=False) for row in db.execute(select(table)).mappings()]
            archive.writestr(f"tables/{table.name}.jsonl", "\n".join(lines))
        for path in sorted(house.settings.files_dir.glob("??/*")):
            if len(path.name) == 64:
                archive.write(path, f"files/{path.name}")
                files += 1
    part.replace(out)
    print(f"{out}: {len(SQLModel.metadata.sorted_tables)} tables, {files} files")


def restore_from(house: House, source: Path) -> None:
    """Put an archive into an empty database. Raises Refused where there is something in it."""
    with zipfile.ZipFile(source) as archive:
        about = json.loads(archive.read("about.json"))
        if about["schema"] != HEAD:
            raise Refused(tr("cli.refused.schema", theirs=about["schema"], ours=HEAD))
        house.writer.write(lambda db: _fill(db, archive))
        for name in archive.namelist():
            if name.startswith("files/"):
                house.world.files.put(archive.read(name), name)
    print(f"{source}: restored")


def _fill(db: Connection, archive: zipfile.ZipFile) -> None:
    for table in SQLModel.metadata.sorted_tables:
        if table.name != "kept" and db.execute(select(func.count()).select_from(table)).scalar_one():
            raise Refused(tr("cli.refused.not_empty", table=table.name))
    for table in SQLModel.metadata.sorted_tables:
        db.execute(table.delete())
        rows = [_typed(table, json.loads(line)) for line in archive.read(f"tables/{table.name}.jsonl").decode().splitlines()]
        if rows:
            db.execute(insert(table), rows)
        if db.dialect.name == "postgresql" and "id" in table.c:
            db.execute(
                text(f"select setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 1)) from {table.name}")  # noqa: S608
            )


def _plain(row: Any) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime | date) else value for key, value in row.items()}


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for column in table.c:
        value = row.get(column.name)
        if value is not None and isinstance(column.type, UtcDateTime):
            typed[column.name] = datetime.fromisoformat(value)
        elif value is not None and isinstance(column.type, Date):
            typed[column.name] = date.fromisoformat(value)
    return typed
