"""What somebody says to a reminder in own words: seen, later, tomorrow."""

import re

from handlers.own_words import wish
from rules import actions as a
from rules.text.vietnamese import same_words

LONGEST = 10
"""Words of such an answer."""
_SEEN = frozenset(
    same_words(said)
    for said in (
        "nắm", "nắm thông tin", "nắm được", "nắm được thông tin", "biết", "rõ", "nhận", "nhận được", "nhận được tin",
        "nhận thông tin", "nhận được thông tin", "noted", "seen", "got it", "understood",
    )
)  # fmt: skip
_READ = frozenset(("xem", "doc", "coi"))
_ALREADY = frozenset(("da", "roi"))
"""With one of these it is seen: "để em xem" is not."""
_AGAIN = frozenset(("nhac", "nho", "remind"))
_LATER = frozenset(("chieu", "lat", "tat", "ti", "chut", "sau", "later", "afternoon"))
_DOES = frozenset(("nop", "gui", "bao", "lam", "xong", "nhac", "hen", "report", "send", "submit", "remind", "do"))
_TOMORROW = frozenset(("mai", "tomorrow"))
_BEFORE_TOMORROW = frozenset(("", "ngay", "sang", "chieu", "trua", "de", "toi", "minh", "em", "vao", "den", "lai", "thi", "it"))
"""What may stand before "mai": after "chị" it is a name."""
_OTHER_DAY = re.compile(
    r"\b(?:tuan|thang|hom|ngay|bua) (?:sau|toi|kia|mot)\b|\b(?:dau|cuoi|giua) (?:tuan|thang)\b|\bthu (?:[2-7]|hai|ba|tu|nam|sau|bay)\b|"
    r"\bngay [0-9]{1,2}\b|\b[0-9]{1,2}/[0-9]{1,2}\b|\bnext week\b"
)
""" "Tuần sau em nộp": a day that no reminder is put off to."""
_MINE = frozenset(("em", "toi", "minh", "ben", "don", "se", "moi", "nhac", "i", "we"))
_ASKS = frozenset(("khong", "gi", "nao", "sao", "may", "bao", "duoc"))
"""With these in it a text with "mai" asks something: "mai nộp có được không"."""


def meant(text: str) -> a.Action | None:
    """The action that such an answer asks for; None for anything else."""
    said = same_words(text).split()
    if not said or len(said) > LONGEST or text.rstrip().endswith("?"):
        return None
    wanted = wish(text.removeprefix("ok ").removeprefix("oke "))
    if wanted in _SEEN or (wanted in _READ and not _ALREADY.isdisjoint(said)):
        return a.Acknowledge()
    if _OTHER_DAY.search(same_words(text)):
        promises = not _DOES.isdisjoint(said) and not _MINE.isdisjoint(said) and _ASKS.isdisjoint(said)
        return a.Acknowledge() if promises else None
    if _says_tomorrow(said):
        return a.RemindTomorrow()
    return a.RemindLater() if not _AGAIN.isdisjoint(said) and not _LATER.isdisjoint(said) else None


def _says_tomorrow(said: list[str]) -> bool:
    at = next((place for place, word in enumerate(said) if word in _TOMORROW), None)
    if at is None or said[-1] in _ASKS:
        return False
    if at and said[at] == "mai" and said[at - 1] not in _BEFORE_TOMORROW and said[max(0, at - 2) : at] != ["xin", "loi"]:
        return False
    return not _DOES.isdisjoint(said) or said[at - 1 : at] == ["de"]
