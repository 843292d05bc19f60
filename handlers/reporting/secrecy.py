"""Secrets do not travel by messenger: what is marked MẬT, TỐI MẬT or TUYỆT MẬT is refused.

Honey ("MẬT ONG") is a product and no secret: a mark is recognised by how marks are written, not
by the syllable.
"""

import re

from handlers.papers.document_text import beginning
from rules.text.vietnamese import fold, nfc

_ANYWHERE = re.compile(r"\b(?:tuyệt|tối) mật\b", re.IGNORECASE)
_ALONE = re.compile(r"[\[(]? ?MẬT ?[\])]?")
_SAID = re.compile(r"\b(?:độ mật|dấu mật|văn bản mật|tài liệu mật|công văn mật|hồ sơ mật|bí mật nhà nước)\b", re.IGNORECASE)
_NAME = re.compile(r"(?:^|[\W_])(?:tuyet|toi)[\W_]?mat(?:$|[\W_])|(?:^|[\W_])(?:cv|vb|tai[\W_]?lieu)[\W_]?mat(?:$|[\W_])")
LONGEST_NAME = 300


def marked(text: str) -> bool:
    """Whether a text carries a mark of secrecy."""
    lines = [" ".join(line.split()) for line in nfc(text).splitlines()]
    whole = " ".join(line for line in lines if line)
    return any(_ALONE.fullmatch(line) for line in lines) or bool(_ANYWHERE.search(whole) or _SAID.search(whole))


def marked_file(name: str, kind: str, content: bytes) -> bool:
    """Whether a file's name or its readable text carries a mark. Pictures can't be read. Raises Locked."""
    return bool(_NAME.search(fold(name[-LONGEST_NAME:]))) or marked(beginning(kind, content))
