"""A wish for a later day in own words: a unit asks for one, who oversees grants one."""

import re

from rules import actions as a
from rules.text.vietnamese import same_words

_LATER = (
    r"(?:xin lui|(?:lui|gia|gian|doi|keo dai|noi|hoan)(?: thoi| lai)? han|(?:them|them chut) (?:thoi gian|han|ngay|(?:it|vai|may|dam) (?:ngay|hom|bua|tuan))"
    r"|them \d{1,2} (?:ngay|hom|tuan)|hoan nop|nop (?:muon|cham|tre) (?:hon|them|den|lai)|more time|an extension|postpone|a later (?:date|day))"
)
_ASKS = re.compile(rf"\b{_LATER}\b")
_WISH = re.compile(r"\b(?:xin|de nghi|cho (?:em|toi|minh|don vi|ben)|muon|can|mong|please|need|want|would like)\b")
_BEGINS = re.compile(rf"(?:da |vang |thua |em |toi |minh ){{0,3}}{_LATER}\b")
_GRANTS = re.compile(
    r"(?:cho |dong y |duyet |toi |hay |em |nho |please |cho phep ){0,3}(?:gia han|lui han|lui thoi han|keo dai (?:thoi )?han|doi han|extend|postpone)\b"
)
_REQUESTS = re.compile(
    r"(?:xem |cac |danh sach |nhung |co |show |the ){0,3}(?:(?:de nghi|yeu cau|don|don vi)(?: dang)?(?: xin)? (?:lui|gia) han|requests? for (?:more )?time)"
)
_NO_MORE = re.compile(r"(?:(?:da|vang|em|toi|minh|thoi|xin) ){0,4}(?:khong|ko|rut|huy|bo|thu hoi|khoi)\b")
""" "Không xin lùi nữa", "rút đơn xin lùi hạn": no wish for a later day."""
_ASKED_FOR = re.compile(r"\bxin (?:lui|gia han|them)\b")
_REQUEST = re.compile(r"\b(?:don|de nghi|yeu cau|request)\b")
LONGEST = 60
"""Words of such a wish, its reason along."""


def asked(text: str) -> a.Action | None:
    """What somebody of a unit wants; None where the text speaks of something else."""
    said = same_words(text[: 12 * LONGEST])
    if len(said.split()) > LONGEST:
        return None
    if _NO_MORE.match(said):
        of_a_request = _ASKED_FOR.search(said) or (_REQUEST.search(said) and _ASKS.search(said))
        return a.WithdrawTimeRequest() if of_a_request else None
    wishes = _BEGINS.match(said) or (_ASKS.search(said) and _WISH.search(said))
    return a.AskForTimeInWords(text) if wishes else None


def granted(text: str) -> a.Action | None:
    """What somebody who oversees wants."""
    said = same_words(text[: 12 * LONGEST])
    if _REQUESTS.match(said):
        return a.ShowTimeRequests()
    if len(said.split()) > LONGEST or not _GRANTS.match(said):
        return None
    return a.ChooseExtension() if len(said.split()) <= 2 else a.ExtendInWords(text)
