"""Parts of Word and Excel files, which are packed XML, read within limits whoever sent them."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from xml.parsers import expat

MOST_DIRECTORY = 256 * 1024
"""Bytes of an archive's list of parts: some thousand parts."""
MOST_UNPACKED = 60 * 1024 * 1024
"""Bytes of one part that a person's document may have; more is no report."""
MOST_READ = 8 * 1024 * 1024
"""Bytes of a part that are read."""
MOST_RATIO = 200
"""XML packs to a tenth or a fiftieth; what packs better is made to burst."""
SMALL = 64 * 1024
"""Bytes of a part that may be packed to any size."""
MOST_ELEMENTS = 300_000
MOST_DEPTH = 200
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Opened = Callable[[str, Mapping[str, str]], None]
Closed = Callable[[str], None]
Said = Callable[[str], None]


class Unreadable(Exception):
    """A file that is broken, or more than anybody would read."""


class Locked(Exception):
    """A file that nobody opens without its password."""


class Enough(Exception):
    """Raised by whoever walks: the rest is not needed."""


class _Bounded(BytesIO):
    """Content whose list of parts is no longer than it may be."""

    opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        found = super().read(size)
        if self.opening and len(found) > MOST_DIRECTORY:
            raise Unreadable("too many parts")
        return found


class Archive:
    """A packed file. Only the list of its parts is read until a part is asked for."""

    def __init__(self, content: bytes) -> None:
        """Raises Unreadable."""
        packed = _Bounded(content)
        try:
            self._file = zipfile.ZipFile(packed)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise Unreadable(str(error)) from error
        packed.opening = False
        self.names = frozenset(self._file.namelist())

    def read(self, name: str) -> bytes:
        """The beginning of a part. Raises Unreadable where there is none, or it is made to burst."""
        if name not in self.names:
            raise Unreadable(f"no part {name}")
        part = self._file.getinfo(name)
        bursting = part.file_size > SMALL and part.file_size > MOST_RATIO * part.compress_size
        if bursting or part.file_size > MOST_UNPACKED or part.compress_type not in _METHODS:
            raise Unreadable(f"{name} unpacks to too much")
        try:
            with self._file.open(part) as packed:
                return packed.read(MOST_READ)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
            raise Unreadable(str(error)) from error


def walk(xml: bytes, opened: Opened, closed: Closed, said: Said) -> None:
    """Tell an XML's elements, by their names without prefix, and its text, in order and once through.

    Ends quietly where a callback raises Enough. Raises Unreadable where the XML breaks off, brings declarations of its
    own or has too many elements; what was told before has been told.
    """
    elements = depth = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal elements, depth
        elements, depth = elements + 1, depth + 1
        if elements > MOST_ELEMENTS or depth > MOST_DEPTH:
            raise Unreadable("too many elements")
        opened(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        closed(name.rpartition(":")[2])

    def refuse(*_: object) -> None:
        raise Unreadable("declarations")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, said
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)  # in one piece: a long token in many pieces is read anew with each
    except Enough:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable(str(error)) from error
