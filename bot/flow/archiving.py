"""A backup: every table as JSON lines and every file, in one archive, all of one moment; and putting it back.

An archive does not depend on the database: one made on SQLite goes into PostgreSQL. It is looked through from end to end
before anything is changed by it.
"""

import contextlib
import errno
import hashlib
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from storage import backup, files
from storage.database import HEAD, snapshot
from storage.files import FileStore
from storage.writer import Writer

ABOUT = "about.json"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Archived:
    """What an archive holds: so many tables and files; ``missing`` are files that the records name and that were not there."""

    tables: int
    files: int
    missing: tuple[str, ...]


class NoBackup(Exception):
    """A file that no backup wrote, or not to its end."""


@dataclass
class OtherSchema(Exception):
    """A backup of another version."""

    theirs: str


def archive(engine: Engine, campaign: str, store: FileStore, out: Path) -> Archived:
    """Write the archive; it appears under its name only when it is whole, and half of one stays nowhere. Raises OSError."""
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        with snapshot(engine) as db, part.open("wb") as target:
            held = _write(zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED), db, campaign, store)
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


def restore(writer: Writer, store: FileStore, source: Path) -> None:
    """Put an archive into an empty database. Raises NoBackup, OtherSchema, ``storage.backup.NotEmpty``; then nothing changed but
    files that nothing names."""
    try:
        with zipfile.ZipFile(source) as found:
            about = json.loads(found.read(ABOUT))
            if about["schema"] != HEAD:
                raise OtherSchema(str(about["schema"])[:20])
            if found.testzip() is not None:
                raise NoBackup
            for name in found.namelist():
                if name.startswith("files/"):
                    _put_back(store, found.read(name), name.removeprefix("files/"))
            writer.write(lambda db: backup.restore(db, lambda name: found.read(_table(name)).decode()))
    except backup.NotEmpty:
        raise
    except (*_UNREADABLE, TypeError) as error:
        raise NoBackup from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # it says that a part of it stands where no file can have one
            raise NoBackup from error
        raise


def _put_back(store: FileStore, content: bytes, digest: str) -> None:
    """A file under the hash of its content. Raises NoBackup where it is another one."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise NoBackup
    store.put(content, digest)
