"""``dondoc backup`` and ``restore``: every table as JSON lines and every file, in one archive.

The archive does not depend on the database: one made on SQLite goes into PostgreSQL.
"""

import json
import zipfile
from pathlib import Path

from sqlalchemy import Engine

from bot.commands.shared import Refused, tr
from storage import backup
from storage.database import HEAD, reading
from storage.files import FileStore
from storage.writer import Writer


def back_up(engine: Engine, campaign: str, files_dir: Path, out: Path) -> None:
    """Write the archive; it appears under its name only when it is whole."""
    part = out.with_name(out.name + ".part")
    tables = files = 0
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive, reading(engine) as db:
        archive.writestr("about.json", json.dumps({"schema": HEAD, "campaign": campaign}))
        for name, lines in backup.dump(db):
            archive.writestr(f"tables/{name}.jsonl", lines)
            tables += 1
        for path in sorted(files_dir.glob("??/*")):
            if len(path.name) == 64:
                archive.write(path, f"files/{path.name}")
                files += 1
    part.replace(out)
    print(tr("cli.backup.done", file=out, tables=tables, files=files))


def restore_from(writer: Writer, files: FileStore, source: Path) -> None:
    """Put an archive into an empty database. Raises Refused where there is something in it, or it is no backup."""
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile:
        raise Refused(tr("cli.refused.no_backup", file=source)) from None
    with archive:
        try:
            about = json.loads(archive.read("about.json"))
        except (KeyError, ValueError):
            raise Refused(tr("cli.refused.no_backup", file=source)) from None
        if about["schema"] != HEAD:
            raise Refused(tr("cli.refused.schema", theirs=about["schema"], ours=HEAD))
        try:
            writer.write(lambda db: backup.restore(db, lambda name: archive.read(f"tables/{name}.jsonl").decode()))
        except backup.NotEmpty as full:
            raise Refused(tr("cli.refused.not_empty", table=full)) from None
        for name in archive.namelist():
            if name.startswith("files/"):
                files.put(archive.read(name), name)
    print(tr("cli.restore.done", file=source))
