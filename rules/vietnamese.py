"""Vietnamese text as people type it: with or without diacritics, NFC or NFD."""

import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[0-9a-zđ]+(?:[./-][0-9a-zđ]+)*|[0-9a-zđ]+", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")


def nfc(text: str) -> str:
    """The one form in which text is kept: composed, without invisible or control characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def fold(text: str) -> str:
    """Lower case without diacritics, for comparing: ``fold("Đại Lộc") == "dai loc"``."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    return unicodedata.normalize("NFC", plain).replace("đ", "d")


def words(text: str) -> list[str]:
    """The folded words of a text; dates and document numbers stay whole (``10/7``, ``45/ubnd-nn``)."""
    return _WORD.findall(fold(text))


def same_words(text: str) -> str:
    """Folded words joined by single spaces: what two people who mean the same type alike."""
    return " ".join(words(text))
