"""Vietnamese text as people type it: with or without diacritics, NFC or NFD, with Telex keys left over."""

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[0-9a-zđ]+(?:[./-][0-9a-zđ]+)*|[0-9a-zđ]+", re.IGNORECASE)
_MARKED_WORD = re.compile(r"[^\W_]+(?:[./-][^\W_]+)*")
_RUN = re.compile(r"[^\W_]+")
_DOUBLED = re.compile(r"(a)a|(e)e|(o)o|(d)d")
_LETTERS = re.compile(r"[a-z]+")
_NO_SIGN = re.compile(
    "[\x00\ufdd0-\ufdef" + "".join(chr((plane << 16) + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)
MOST_MARKS = 2
"""Marks that stand on one letter after the first that is part of it."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that look like nothing: a name of them alone would be nobody's."""
LONGEST_REMEMBERED = 64
"""Signs of a text whose folded form is remembered: words are asked for again and again, what somebody wrote is not, and
would fill the memory."""
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")

_LINKING = re.compile(r"[.\u3002\uff0e\uff61](?=[^\W\d_])|@(?=\w)|:(?=//)")

# A syllable without its tone and diacritics: onset, then one of the rimes that the language has.
_ONSET = "ngh|ng|nh|gh|gi|kh|ch|ph|th|tr|qu|b|c|d|g|h|k|l|m|n|p|r|s|t|v|x|"
_RIME = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|e|ec|em|en|eng|enh|eo|ep|et|ech|eu|i|ia|ich|iec|iem|ien|ieng|iep|iet|ieu|im|in|inh|ip|it|iu|"
    "o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oc|oe|oen|oet|oi|om|on|ong|oong|op|ot|"
    "u|ua|uan|uang|uat|uay|uc|ue|uech|uenh|ui|uy|uya|uych|uyen|uyet|uynh|uyt|uyu|um|un|ung|uo|uoc|uoi|uom|uon|uong|uop|uot|uou|up|ut|uu|"
    "y|yem|yen|yet|yeu|ynh"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})(?:{_RIME})")


def storable(text: str) -> str:
    """A text without what no database or spreadsheet keeps: NUL, halves of signs, and what is no sign at all."""
    if text.isascii():
        return text.replace("\x00", "")
    return _NO_SIGN.sub("", text).encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """A name as it may stand within a sentence: on one line, without signs that hide, turn or pile up on others."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown, marks = [], 0
    for sign in unicodedata.normalize("NFC", storable(text)):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind == "Mn" else 0
        if kind[0] == "Z" or kind == "Cc" or sign in _BLANK:
            shown.append(" ")
        elif kind[0] != "C" and marks <= MOST_MARKS:
            shown.append(sign)
    return " ".join("".join(shown).split())


def harmless(text: str) -> str:
    """A stranger's text in which no phone finds anything to open: links, addresses, names of accounts."""
    return _LINKING.sub(lambda found: f"{found[0]} ", text)


def nfc(text: str) -> str:
    """The one form in which text is kept: composed, without invisible or control characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def _folded(text: str) -> str:
    plain = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    return unicodedata.normalize("NFC", plain).replace("đ", "d")


_fold = lru_cache(maxsize=16_384)(_folded)


def fold(text: str) -> str:
    """Lower case without diacritics, for comparing: ``fold("Đại Lộc") == "dai loc"``."""
    if text.isascii():
        return text.lower()
    return _fold(text) if len(text) <= LONGEST_REMEMBERED else _folded(text)


def words(text: str) -> list[str]:
    """The folded words of a text; dates and document numbers stay whole (``10/7``, ``45/ubnd-nn``)."""
    return _WORD.findall(fold(text))


def marked_words(text: str) -> list[str]:
    """The words of a text in lower case with their diacritics, split as :func:`words` does."""
    lower = unicodedata.normalize("NFC", text.lower())
    return _MARKED_WORD.findall(lower)


def same_words(text: str) -> str:
    """Folded words joined by single spaces: what two people who mean the same type alike."""
    return " ".join(words(text))


def same_question(text: str) -> str:
    """What of a question is left without case, diacritics, punctuation and blanks: the same for whoever asks it again."""
    folded = fold(nfc(text))
    return " ".join(_RUN.findall(folded)) or "".join(sign for sign in folded if unicodedata.category(sign)[0] in "SM")


def is_syllable(word: str) -> bool:
    """Whether a folded word could be a Vietnamese syllable at all: "sach" could, "sachs" could not."""
    return bool(_SYLLABLE.fullmatch(word))


def without_telex(word: str) -> str:
    """The folded syllable that was meant when Telex keys stayed in it: "khoong" is "khong", "sachs" is "sach".

    Empty where no such syllable exists.
    """
    plain = _DOUBLED.sub(lambda m: m.group(0)[0], word).replace("w", "")
    if is_syllable(plain):
        return plain if plain != word else ""
    for at in range(len(plain) - 1, 0, -1):
        if plain[at] in "sfrxj":
            shorter = plain[:at] + plain[at + 1 :]
            if is_syllable(shorter):
                return shorter
    return ""


_ENGLISH = frozenset(
    [
        "what",
        "when",
        "who",
        "whom",
        "which",
        "where",
        "how",
        "must",
        "should",
        "does",
        "is",
        "are",
        "was",
        "of",
        "our",
        "your",
        "if",
        "will",
        "with",
        "please",
        "why",
        "did",
    ]
)


def is_english(text: str) -> bool:
    """Whether a sentence is English: no diacritics, and a word that no Vietnamese sentence has."""
    return text.isascii() and not _ENGLISH.isdisjoint(_LETTERS.findall(text.lower()))
