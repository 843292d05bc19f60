"""Secrets do not travel by messenger: what is marked MẬT, TỐI MẬT or TUYỆT MẬT is refused.

Honey ("MẬT ONG") is a product and no secret: a mark is recognised by how marks are written, not
by the syllable.
"""

import re
import zipfile
from io import BytesIO

from rules.text.vietnamese import fold, nfc

_ANYWHERE = re.compile(r"\b(?:tuyệt|tối)\s+mật\b", re.IGNORECASE)
_ALONE = re.compile(r"(?m)^\s*[\[(]?\s*MẬT\s*[\])]?\s*$")
_SAID = re.compile(r"\b(?:độ mật|dấu mật|văn bản mật|tài liệu mật|công văn mật|hồ sơ mật|bí mật nhà nước)\b", re.IGNORECASE)
_NAME = re.compile(r"(?:^|[\W_])(?:tuyet|toi)[\W_]?mat(?:$|[\W_])|(?:^|[\W_])(?:cv|vb|tai[\W_]?lieu)[\W_]?mat(?:$|[\W_])")
_MOST_UNPACKED = 30 * 1024 * 1024


def marked(text: str) -> bool:
    """Whether a text carries a mark of secrecy."""
    text = nfc(text)
    return bool(_ANYWHERE.search(text) or _ALONE.search(text) or _SAID.search(text))


def marked_file(name: str, kind: str, content: bytes) -> bool:
    """Whether a file's name or its readable text carries a mark. Pictures can't be read."""
    return bool(_NAME.search(fold(name))) or marked(_text(kind, content))


def _text(kind: str, content: bytes) -> str:
    """The beginning of a document's text; empty where it can't be read."""
    from pypdf import PdfReader  # slow to import, and few turns carry a file
    from pypdf.errors import PyPdfError

    try:
        if kind == "pdf":
            reader = PdfReader(BytesIO(content))
            return reader.pages[0].extract_text()[:5000] if reader.pages else ""
        if kind == "docx":
            return _office(content, "word/document.xml", "</w:p>")
        if kind == "xlsx":
            return _office(content, "xl/sharedStrings.xml", "</si>")
    except (PyPdfError, zipfile.BadZipFile, KeyError, ValueError, OSError, RecursionError):
        return ""
    return ""


def _office(content: bytes, part: str, paragraph: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if archive.getinfo(part).file_size > _MOST_UNPACKED:
            return ""
        xml = archive.read(part).decode("utf-8", "replace")
    return re.sub(r"<[^>]+>", "", xml.replace(paragraph, "\n"))[:20000]
