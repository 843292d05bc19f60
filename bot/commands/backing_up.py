"""``dondoc backup`` and ``restore``."""

from pathlib import Path

from bot.clocks import wall_now
from bot.commands.shared import Refused, tr
from bot.flow import archiving
from bot.flow.archiving import NoBackup, OtherSchema
from bot.flow.nightly import DONE
from storage import backup, kept
from storage.database import HEAD
from storage.files import FileStore
from storage.writer import Writer


def back_up(writer: Writer, campaign: str, files: FileStore, out: Path, force: bool) -> None:
    """Write the archive, and say what it holds. Raises Refused where there is a file of that name, unless ``force``."""
    if out.exists() and not force:
        raise Refused(tr("cli.refused.there_already", file=out))
    held = archiving.archive(writer.engine, campaign, files, out)
    writer.write(lambda db: kept.keep(db, DONE, wall_now().isoformat()))
    print(tr("cli.backup.done", file=out, tables=held.tables, files=held.files))
    for digest in held.missing:
        print(tr("cli.backup.missing", file=digest))
    print(tr("cli.backup.holds"))


def restore_from(writer: Writer, files: FileStore, source: Path) -> None:
    """Put an archive into an empty database. Raises Refused where there is something in it, or it is no backup."""
    try:
        archiving.restore(writer, files, source)
    except NoBackup:
        raise Refused(tr("cli.refused.no_backup", file=source)) from None
    except OtherSchema as other:
        raise Refused(tr("cli.refused.schema", theirs=other.theirs, ours=HEAD)) from None
    except backup.NotEmpty as full:
        raise Refused(tr("cli.refused.not_empty", table=full)) from None
    print(tr("cli.restore.done", file=source))
