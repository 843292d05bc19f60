"""A backup: every table as JSON lines and every file, in one archive, all of one moment; and putting it back.

An archive does not depend on the database: one made on SQLite goes into PostgreSQL. It is looked through from end to end
before anything is changed by it.
"""

import contextlib
import errno
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine

from bot.flow.sealing import Damaged, is_sealed, open_sealed, sealed
from storage import backup, files, purpose
from storage.database import HEAD, snapshot
from storage.files import FileStore
from storage.purpose import Purpose
from storage.writer import Writer

ABOUT = "about.json"
PART = ".part"
"""How an archive ends that is still being written."""
MOST_ABOUT = 64 * 1024
"""Bytes that an archive tells of itself."""
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError, OverflowError,
    *backup.NONE_OF_OURS,
)  # fmt: skip
"""What is raised where a part of it is damaged, or its rows are none of ours."""


@dataclass(frozen=True)
class Archived:
    """What an archive holds: so many tables and files; ``missing`` are files that the records name and that were not there."""

    tables: int
    files: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class PutBack:
    """What came back: so many tables and files."""

    tables: int
    files: int


class NoBackup(Exception):
    """A file that no backup wrote, or not to its end."""


@dataclass
class OtherSchema(Exception):
    """A backup of another version."""

    theirs: str


@dataclass
class OtherPurpose(Exception):
    """A backup of a real database for a rehearsal, or the other way round."""

    theirs: Purpose


@dataclass(frozen=True)
class Seal:
    """With which a backup is closed: ``salt`` is another one for each."""

    passphrase: bytes
    salt: bytes


def archive(engine: Engine, campaign: str, store: FileStore, out: Path, seal: Seal | None = None) -> Archived:
    """Write the archive, readable by all unless there is a seal; it appears under its name only when it is whole, and half of one
    stays nowhere. Raises OSError.

    The part is a new file of ours: another's, or a link to one, that stands where others may write would be handed the records.
    """
    part = out.with_name(f"{out.name}.{os.getpid()}{PART}")
    part.unlink(missing_ok=True)  # an earlier process of that number may have died over it
    try:
        with snapshot(engine) as db, part.open("xb") as target:
            with sealed(target, seal.passphrase, seal.salt) if seal else nullcontext(target) as stream:
                held = _write(zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED), db, campaign, store)
            target.flush()
            os.fsync(target.fileno())
        part.replace(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return held


def _write(target: zipfile.ZipFile, db: Connection, campaign: str, store: FileStore) -> Archived:
    tables = kept = 0
    missing = []
    with target:
        target.writestr(ABOUT, json.dumps({"schema": HEAD, "campaign": campaign}))
        for name, lines in backup.dump(db):
            target.writestr(_table(name), lines)
            tables += 1
        for digest in files.recorded(db):
            with contextlib.suppress(FileNotFoundError):
                target.writestr(f"files/{digest}", store.get(digest), zipfile.ZIP_STORED)
                kept += 1
                continue
            missing.append(digest)
    return Archived(tables, kept, tuple(missing))


def _table(name: str) -> str:
    return f"tables/{name}.jsonl"


@contextmanager
def _opened(source: Path, passphrase: bytes) -> Iterator[IO[bytes]]:
    """The archive itself. What was sealed is opened into a file without a name, and is whole before a byte of it is believed."""
    with source.open("rb") as found:
        if not is_sealed(source):
            yield found
            return
        with tempfile.TemporaryFile() as clear:
            try:
                open_sealed(found, passphrase, clear)
            except Damaged as error:
                raise NoBackup from error
            yield clear


def restore(writer: Writer, store: FileStore, source: Path, passphrase: bytes = b"", wanted: Purpose | None = None) -> PutBack:
    """Put an archive into an empty database, which is for what is ``wanted``. Raises NoBackup, ``sealing.WrongPassphrase``,
    OtherSchema, OtherPurpose, ``storage.backup.NotEmpty``; then nothing changed but files that nothing names."""
    try:
        with _opened(source, passphrase) as archived, zipfile.ZipFile(archived) as found:
            if not _are_of_their_size(found):
                raise NoBackup
            about = json.loads(found.read(ABOUT))
            if about["schema"] != HEAD:
                raise OtherSchema(str(about["schema"])[:20])
            if found.testzip() is not None:
                raise NoBackup
            names = [name for name in found.namelist() if name.startswith("files/")]
            for name in names:
                _put_back(store, found.read(name), name.removeprefix("files/"))
            writer.write(lambda db: _fill(db, lambda name: found.read(_table(name)).decode(), wanted))
            return PutBack(len(backup.TAKEN), len(names))
    except backup.NotEmpty:
        raise
    except (*_UNREADABLE, TypeError) as error:
        raise NoBackup from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # it says that a part of it stands where no file can have one
            raise NoBackup from error
        raise


def _fill(db: Connection, lines_of: Callable[[str], str], wanted: Purpose | None) -> None:
    backup.restore(db, lines_of)
    theirs = purpose.of(db)
    if theirs is not None and wanted is not None and theirs is not wanted:
        raise OtherPurpose(theirs)


def _are_of_their_size(found: zipfile.ZipFile) -> bool:
    """Whether nothing that is read in one piece is longer than we write it: a few megabytes may unpack to any size."""
    most = {part: MOST_ABOUT if part.filename == ABOUT else files.MOST_BYTES for part in found.infolist()}
    return all(part.file_size <= most[part] for part in most if not part.filename.startswith("tables/"))


def _put_back(store: FileStore, content: bytes, digest: str) -> None:
    """A file under the hash of its content. Raises NoBackup where it is another one."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise NoBackup
    store.put(content, digest)
