"""Files that people send, kept once under the hash of their content."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import Connection, select

from rules.text.vietnamese import one_line
from storage import sql
from storage.packed import Archive, Unreadable
from storage.tables import StoredFile as StoredFile
from storage.tables import stored_file

MOST_BYTES = 20 * 1024 * 1024
"""20 MB: what Telegram lets a bot download."""
PART = ".part"
"""How a file ends that is still being written."""
ENDINGS = {
    "pdf": (".pdf",), "jpeg": (".jpg", ".jpeg"), "png": (".png",), "webp": (".webp",), "heic": (".heic", ".heif"),
    "docx": (".docx",), "xlsx": (".xlsx",), "doc": (".doc", ".xls"),
}  # fmt: skip
"""How the names of files end, by what they hold; the first is put to one that ends otherwise."""
PICTURES = frozenset({"jpeg", "png", "webp", "heic"})
LOCKED, BROKEN = "locked", "broken"
"""Kinds of files that nobody can open: a Word or Excel file with a password, a packed one that breaks off."""
LONGEST_NAME = 120
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream of an old compound file in which a new Word or Excel file with a password stands."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """A folder of files named by the SHA-256 of what they hold. Writing one twice keeps one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes, name: str) -> StoredFile:
        """Store a file durably. The name is kept for people and never used as a path."""
        kept = described(content, name)
        path = self._path(kept.hash)
        if not _is_fresh(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, suffix=PART, delete=False) as out:  # of many at once each has its own
                try:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
                    Path(out.name).replace(path)
                except BaseException:
                    Path(out.name).unlink(missing_ok=True)
                    raise
        return kept

    def try_it(self) -> None:
        """Make the folder, and a file in it that goes at once. Raises OSError where files can't be kept there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, suffix=PART) as tried:
            tried.write(b"?")

    def older_than(self, wall: datetime) -> Iterator[Path]:
        """Files that were written before then, by the wall clock; halves of files too."""
        yield from (path for path in self._folder.glob("*/*") if path.is_file() and _is_older(path, wall))

    def drop(self, path: Path, wall: datetime) -> bool:
        """Remove a file that was written before then; not one that somebody has brought again meanwhile."""
        if not _is_older(path, wall):
            return False
        path.unlink(missing_ok=True)
        return True

    def get(self, digest: str) -> bytes:
        """What that file holds. Raises FileNotFoundError."""
        return self._path(digest).read_bytes()

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise FileNotFoundError(digest)
        return self._folder / digest[:2] / digest


def _is_fresh(path: Path) -> bool:
    """Whether a file is there; from now on it counts as written now, so that it is not swept before it is named."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _is_older(path: Path, wall: datetime) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < wall.timestamp()
    return False


def described(content: bytes, name: str) -> StoredFile:
    """What is kept of a file beside its content: nothing is written."""
    kind = sniff(content)
    return StoredFile(hash=hashlib.sha256(content).hexdigest(), name=fitting(tidy_name(name), kind), type=kind, size=len(content))


def tidy_name(name: str) -> str:
    """A file's name on one line, without folders and what hides or turns, at most 120 characters."""
    return one_line(name.replace("\\", "/").rpartition("/")[2][-4 * LONGEST_NAME :])[-LONGEST_NAME:] or "tep"


def fitting(name: str, kind: str) -> str:
    """A name that ends as what the file holds. What begins like a PDF and is called ``x.hta`` would be a program to whoever
    opens it; one kind of picture under the name of another harms nobody."""
    right = ENDINGS.get(kind, ("",))
    alike = [ending for other in PICTURES for ending in ENDINGS[other]] if kind in PICTURES else right
    return name if name.lower().endswith(tuple(alike)) else name + right[0]


def sniff(content: bytes) -> str:
    """What a file is, by its content: pdf, jpeg, png, webp, heic, docx, xlsx, doc (also xls), locked, broken, or empty."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "heic"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return LOCKED if _ENCRYPTED in content else "doc"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return ""


def _office(content: bytes) -> str:
    """Its list of parts tells; no part is unpacked for that."""
    try:
        names = Archive(content).names
    except Unreadable:
        return BROKEN
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else ""


def recorded(db: Connection) -> list[str]:
    """The hashes of all files that the records name."""
    return list(db.execute(select(stored_file.c.hash).order_by(stored_file.c.hash)).scalars())


def named(db: Connection, digests: list[str]) -> set[str]:
    """Those of these files that the records name."""
    return set(db.execute(select(stored_file.c.hash).where(stored_file.c.hash.in_(digests))).scalars())


def record_file(db: Connection, stored: StoredFile, person_id: int | None, now: datetime) -> None:
    """Note that a file is kept, once."""
    sql.insert_once(db, stored_file, {**stored.model_dump(), "stored_at": now, "person_id": person_id})
