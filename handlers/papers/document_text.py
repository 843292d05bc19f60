"""The beginning of a document's text, read within limits whoever sent the document."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from types import FrameType
from typing import TYPE_CHECKING

from storage.packed import Archive, Enough, Locked, Unreadable, walk

if TYPE_CHECKING:
    from pypdf import Configuration

_MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
LONGEST = 20_000
"""Signs of a document that are read: a mark stands at its head."""
MOST_CALLS = 1_500_000
"""So many steps may a PDF cost; a full page of text takes a third of them."""
MOST_BYTES_READ = 3_000_000
"""Bytes of a PDF that are looked at: its end, its first page. Of a sound file that is little, whatever its size."""


def beginning(kind: str, content: bytes) -> str:
    """The beginning of a document's text; empty where it can't be read, or costs more than it may. Raises Locked."""
    try:
        match kind:
            case "pdf":
                return _of_pdf(content)[:LONGEST]
            case "docx":
                return _of_office(content, "word/document.xml", "p")
            case "xlsx":
                return _of_office(content, "xl/sharedStrings.xml", "si")
    except Unreadable:
        return ""
    return ""


def paragraphs(content: bytes) -> list[str]:
    """The paragraphs of a Word file's body, all of them; not what stands in tables, boxes and notes. Raises Unreadable."""
    found: list[list[str]] = []
    within: list[str] = []

    def opened(name: str, _: Mapping[str, str]) -> None:
        within.append(name)
        if not _is_of_body(within):
            return
        if name == "p":
            found.append([])
        elif name in _BREAKS:
            found[-1].append(_BREAKS[name])

    def closed(_: str) -> None:
        within.pop()

    def said(text: str) -> None:
        if within[-1] == "t" and _is_of_body(within):
            found[-1].append(text)

    walk(Archive(content).read("word/document.xml"), opened, closed, said)
    return ["".join(pieces) for pieces in found]


_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t"}
_APART = frozenset({"tbl", "txbxContent", "Fallback"})
"""Elements whose paragraphs are not the body's, or stand there twice."""


def _is_of_body(within: list[str]) -> bool:
    return within.count("p") == 1 and _APART.isdisjoint(within)


def is_broken(kind: str, content: bytes) -> bool:
    """Whether nobody can open it: what holds its text can't be unpacked, or the file breaks off before its end."""
    if kind == "pdf":
        return b"%%EOF" not in content and b"startxref" not in content
    part = _MAIN_PARTS.get(kind)
    if part is None:
        return False
    try:
        Archive(content).read(part)
    except Unreadable:
        return True
    return False


def _of_office(content: bytes, part: str, paragraph: str) -> str:
    """The text of a part, a line a paragraph; what was read before it broke off."""
    xml = Archive(content).read(part)
    found: list[str] = []
    length, inside = 0, False

    def add(text: str) -> None:
        nonlocal length
        found.append(text)
        length += len(text)
        if length >= LONGEST:
            raise Enough

    def opened(name: str, _: Mapping[str, str]) -> None:
        nonlocal inside
        inside = name == "t"
        if name in ("br", "cr", "tab"):
            add(" " if name == "tab" else "\n")

    def closed(name: str) -> None:
        nonlocal inside
        inside = False
        if name == paragraph:
            add("\n")

    def said(text: str) -> None:
        if inside:
            add(text)

    with suppress(Unreadable):
        walk(xml, opened, closed, said)
    return "".join(found)[:LONGEST]


def _limits() -> "Configuration":
    """What a page that somebody typed never reaches. A scan is a picture: its text can't be read anyway."""
    from pypdf import Configuration

    return Configuration(
        zlib_maximum_output_length=1_000_000, lzw_maximum_output_length=1_000_000, run_length_maximum_output_length=1_000_000,
        array_based_stream_maximum_output_length=1_000_000, zlib_maximum_recovery_input_length=100_000,
        stream_decoding_work_maximum_length=4_000_000, stream_parsing_work_maximum_count=200_000,
        dictionary_maximum_element_count=200, array_maximum_element_count=20_000, stream_filters_maximum_length=4,
        page_tree_maximum_entries=5_000, page_tree_maximum_depth=50, page_tree_maximum_page_entries=100_000,
        xform_maximum_invocations_per_extraction=10, jbig2dec_binary=None,
    )  # fmt: skip


def _of_pdf(content: bytes) -> str:
    """The text of the first page. Raises Unreadable, Locked: also where only another program could tell whether it needs a password."""
    from pypdf import PdfReader, apply_configuration  # slow to import, and few turns carry a file
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        with apply_configuration(_limits()), _at_most(MOST_CALLS):
            reader = PdfReader(_Counted(content))
            return reader.pages[0].extract_text() if len(reader.pages) else ""
    except (FileNotDecryptedError, DependencyError) as error:
        raise Locked from error
    except (PyPdfError, KeyError, ValueError, OSError, RecursionError, _TooMuch) as error:
        raise Unreadable(type(error).__name__) from error


class _TooMuch(BaseException):
    """The steps are spent. No library takes it for a fault of the file and goes on."""


class _Counted(BytesIO):
    """A PDF of which only so much may be read, however often it is read."""

    _left = MOST_BYTES_READ

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        found = super().read(size)
        self._left -= len(found)
        if self._left < 0:
            raise _TooMuch
        return found


@contextmanager
def _at_most(calls: int) -> Iterator[None]:
    """Let what is done here call so many functions and no more: the same on every machine, unlike seconds."""
    left, before = calls, sys.getprofile()

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooMuch

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
