"""``dondoc backup`` and ``restore``."""

from collections.abc import Callable
from pathlib import Path

from bot.clocks import wall_now
from bot.commands.shared import Refused, tr
from bot.flow import archiving, sealing
from bot.flow.archiving import NoBackup, OtherPurpose, OtherSchema, Seal
from bot.flow.nightly import DONE
from handlers.library import Library
from storage import backup, kept
from storage.database import HEAD
from storage.files import FileStore
from storage.purpose import Purpose
from storage.writer import Writer


def passphrase_for(source: Path, asked: Path | None, setting: Path | None) -> bytes:
    """What opens a backup; empty where nothing has to. Raises Refused where that is not at hand, and for a backup that anybody may
    have changed where a passphrase was asked to vouch for it."""
    closed = sealing.is_sealed(source)
    if asked and not closed:
        raise Refused(tr("cli.refused.not_sealed", file=source))
    file = asked or setting
    if closed and file is None:
        raise Refused(tr("cli.refused.sealed", file=source))
    try:
        return sealing.passphrase_in(file) if closed and file else b""
    except sealing.NoPassphrase as empty:
        raise Refused(tr("cli.refused.no_passphrase", file=empty)) from None


def back_up(writer: Writer, library: Library, out: Path, force: bool, seal: Callable[[], Seal | None]) -> None:
    """Write the archive, and say what it holds. Raises Refused where there is a file of that name, unless ``force``, and where there
    is no passphrase to close it with."""
    if out.exists() and not force:
        raise Refused(tr("cli.refused.there_already", file=out))
    try:
        closed = seal()
    except sealing.NoPassphrase as empty:
        raise Refused(tr("cli.refused.no_passphrase", file=empty)) from None
    held = archiving.archive(writer.engine, library.campaign.name, library.files, out, closed)
    writer.write(lambda db: kept.keep(db, DONE, wall_now().isoformat()))
    print(tr("cli.backup.done", file=out, tables=held.tables, files=held.files))
    for digest in held.missing:
        print(tr("cli.backup.missing", file=digest))
    print(tr("cli.backup.holds_sealed") if closed else tr("cli.backup.holds"))


def restore_from(writer: Writer, files: FileStore, source: Path, passphrase: bytes, wanted: Purpose) -> None:
    """Put an archive into an empty database, which is for what is ``wanted``. Raises Refused where there is something in it, or
    it is no backup of that."""
    try:
        found = archiving.restore(writer, files, source, passphrase, wanted)
    except NoBackup:
        raise Refused(tr("cli.refused.no_backup", file=source)) from None
    except sealing.WrongPassphrase:
        raise Refused(tr("cli.refused.passphrase", file=source)) from None
    except OtherSchema as other:
        raise Refused(tr("cli.refused.schema", theirs=other.theirs, ours=HEAD)) from None
    except OtherPurpose as other:
        real = other.theirs is Purpose.REAL
        raise Refused(
            tr("cli.refused.restore_real", file=source) if real else tr("cli.refused.restore_rehearsal", file=source)
        ) from None
    except backup.NotEmpty as full:
        raise Refused(tr("cli.refused.not_empty", table=full)) from None
    print(tr("cli.restore.done", file=source, tables=found.tables, files=found.files))
