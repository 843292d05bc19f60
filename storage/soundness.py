"""A SQLite file and its log as they were left, looked at before SQLite opens them: opening changes both.

What SQLite can't read of a log it passes over without a word, with all that was committed after it; and the log of an empty or
missing file it deletes. https://www.sqlite.org/fileformat2.html, sections 1.3 and 4
"""

import hashlib
import os
import shutil
import struct
from array import array
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from sys import byteorder

try:
    import fcntl

    LOCKS = True
except ImportError:  # nobody is ever known to be alone
    LOCKS = False

MAGIC = b"SQLite format 3\0"
PAGES_BEGIN = 100
"""Bytes of the file's own header."""
LOG_HEADER, FRAME_HEADER = struct.Struct(">8I"), struct.Struct(">6I")
LITTLE, BIG = 0x377F0682, 0x377F0683
"""How a log begins, by the order of bytes in which its sums are made."""
IN_USE = 128
"""The byte of the shared memory that everybody who has the database open keeps a lock on (wal.c, unixLockSharedMemory)."""
_32 = 0xFFFFFFFF
_SUFFIXES = ("", "-wal", "-shm")


class Damage(Enum):
    """What was found."""

    NO_DATABASE = "it does not begin as a SQLite file does"
    CUT_SHORT = "pages are missing at its end"
    ONLY_LOG = "the file is empty or gone, and its log is there"
    LOG = "what was committed after that place in its log can't be read"


@dataclass(frozen=True)
class Found:
    """``at``: the byte of the log at which it begins. ``lost``: commits, or pages, that are lost."""

    damage: Damage
    at: int = 0
    lost: int = 0

    @property
    def can_go_on(self) -> bool:
        """Whether all that was written before it is sound."""
        return self.damage is Damage.LOG


@dataclass(frozen=True)
class _Log:
    """What a log gives: pages of commits, how many pages there are since the last, and what can't be read any more."""

    pages: frozenset[int] = frozenset()
    size: int = 0
    at: int = 0
    lost: int = 0


def look(file: Path) -> Found | None:
    """What is damaged, as far as can be told without reading all of it; None also where somebody has it open, who looked before.
    To be asked only while this process has it not open: closing a file gives up the locks that SQLite holds on it."""
    if _in_use(file):
        return None
    found = _look(file)
    return None if found and (_in_use(file) or _look(file) != found) else found  # somebody began in between


def _look(file: Path) -> Found | None:
    log = _read_log(file)
    with_log = log.size or log.lost
    try:
        with file.open("rb") as content:
            head, length = content.read(PAGES_BEGIN), os.fstat(content.fileno()).st_size
    except FileNotFoundError:
        head, length = b"", 0
    if not head:
        return Found(Damage.ONLY_LOG) if with_log else None
    if not head.startswith(MAGIC) or len(head) < PAGES_BEGIN:
        return Found(Damage.NO_DATABASE)
    page = int.from_bytes(head[16:18]) or 1
    page = 65536 if page == 1 else page
    pages = log.size or (int.from_bytes(head[28:32]) if head[24:28] == head[92:96] else 0)
    there = length // page
    missing = sum(number not in log.pages for number in range(there + 1, pages + 1))
    if missing:
        return Found(Damage.CUT_SHORT, lost=missing)
    return Found(Damage.LOG, log.at, log.lost) if log.lost else None


def keep_aside(file: Path) -> Path:
    """Copies of the file, its log and its shared memory in a folder beside it, the same folder for the same content: whoever is
    started again and again keeps them once. Raises OSError."""
    there = [Path(f"{file}{suffix}") for suffix in _SUFFIXES if Path(f"{file}{suffix}").exists()]
    digest = hashlib.sha256()
    for path in there:
        if not path.name.endswith("-shm"):
            with path.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    folder = Path(f"{file}.damaged-{digest.hexdigest()[:8]}")
    if folder.is_dir():
        return folder
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    try:
        part.mkdir(mode=0o700)
        for path in there:
            shutil.copy2(path, part / path.name)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return folder


def _in_use(file: Path) -> bool:
    """Whether another process has it open, for all that is known."""
    if not LOCKS:
        return True
    try:
        with open(f"{file}-shm", "r+b") as shared:
            fcntl.lockf(shared, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, IN_USE)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _read_log(file: Path) -> _Log:
    """The log up to where SQLite would stop, and what is there behind."""
    try:
        with open(f"{file}-wal", "rb") as content:
            head = content.read(LOG_HEADER.size)
            if len(head) < LOG_HEADER.size:
                return _Log()  # nothing was ever in it
            magic, _, page, _, *salt, one, two = LOG_HEADER.unpack(head)
            swaps = (magic == LITTLE) != (byteorder == "little")
            sums = _summed(head[:24], (0, 0), swaps)
            if magic not in (LITTLE, BIG) or sums != (one, two) or not 512 <= page <= 65536:
                return _Log(lost=1) if content.read(1) else _Log()
            pages: set[int] = set()
            written, size, at, lost, torn = set(), 0, 0, 0, False
            while len(frame := content.read(FRAME_HEADER.size + page)) == FRAME_HEADER.size + page:
                number, commit, *its, one, two = FRAME_HEADER.unpack(frame[: FRAME_HEADER.size])
                if at:  # behind the place: is it of this log, and was it committed?
                    if its == salt:
                        lost, torn = lost + torn + (commit > 0), False
                    continue
                sums = _summed(frame[:8] + frame[FRAME_HEADER.size :], sums, swaps)
                if its != salt or number == 0 or sums != (one, two):
                    at = content.tell() - len(frame)
                    torn = its == salt and commit > 0  # if nothing is behind it, somebody was killed while he wrote it
                    continue
                written.add(number)
                if commit:
                    size = commit
                    pages |= written
                    written.clear()
    except FileNotFoundError:
        return _Log()
    return _Log(frozenset(pages), size, at, lost)


def _summed(data: bytes, sums: tuple[int, int], swaps: bool) -> tuple[int, int]:
    """The log's own sums, gone on with."""
    words = array("I", data)
    if swaps:
        words.byteswap()
    one, two = sums
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & _32
        two = (two + second + one) & _32
    return one, two
