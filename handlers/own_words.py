"""What is said in words about oneself: a wish to see or delete what is kept, to leave, and yes or no to what can't be undone.

People say it with much politeness around it, on a telephone mostly without diacritics: the polite words at both ends are
taken off, and what is left has to be the wish and nothing else.
"""

import re

from handlers.polite import DENIES, POLITE
from rules import actions as a
from rules.text.vietnamese import nfc, same_words

_AFTER = POLITE | frozenset(["di", "khong", "ko", "k", "het", "not", "nua", "roi", "lun"])
_KEPT = r"(?:cac |nhung )?(?:du lieu|dl|thong tin|so dien thoai|sdt)(?: ca nhan)?"
_FORGET = re.compile(
    r"(?:xoa bo|xoa|huy|go bo|go|delete|erase|forget|remove)(?: di)?(?: het| toan bo| tat ca| moi| all)?"
    r"(?: (?:cac |nhung )?(?:du lieu|dl|thong tin|tai khoan)(?: ca nhan)?(?: cua| ve)?| my (?:personal )?(?:data|information|account)| me)|"
    r"xoadulieu"
)
_OWN_DATA = re.compile(
    r"(?:tro ly |he thong |don doc |may )?(?:dang |co )?(?:luu|lu|giu|biet|thu thap)(?: tru)? "
    r"(?:(?:nhung |cac )?(?:gi|thong tin gi|du lieu gi|thong tin nao|du lieu nao)|" + _KEPT + r")(?: gi)? (?:cua|ve)|"
    r"(?:xem )?" + _KEPT + r" (?:cua|ve)|dulieu|"
    r"what (?:do you|does the bot) (?:keep|store|know|have) about me|(?:show )?my (?:personal )?data"
)
_LEAVE = re.compile(r"(?:roi|thoat|ra)(?: ten)?(?: khoi)? (?:danh sach|nhom|he thong|tro ly)")
_ABOUT_ME = re.compile(r"\b(?:toi|em|e|minh|tui|me|my|dulieu|xoadulieu)\b")
_NOT = DENIES | frozenset(["thoi", "huy", "cancel", "stop", "nham", "giu"])
_BESIDE_NOT = _AFTER | _NOT | frozenset(["xoa", "bo", "roi", "nhac", "lai", "dau", "sau", "o", "bam", "go", "gi", "lon"])
_SURE = frozenset(
    [
        "co",
        "ok",
        "oke",
        "okay",
        "okie",
        "u",
        "uh",
        "um",
        "vang",
        "da",
        "yes",
        "y",
        "dong",
        "chac",
        "xoa",
        "bo",
        "roi",
        "nhac",
        "dung",
        "sure",
    ]
)
_BESIDE_SURE = (_AFTER - {"khong", "ko", "k", "not"}) | _SURE | frozenset(["chan", "that"])
_SEND = frozenset(("gui", "nop", "send", "submit"))
_BESIDE_SEND = POLITE | frozenset(("ok", "oke", "okie", "di", "luon", "roi", "bao", "cao", "bc", "dung", "duoc", "it"))
_DUNG_ROI = re.compile(r"\bdung (?:roi|vay|the|y)\b")
_STOPS = frozenset(("thoi", "huy", "dung", "dung lai", "khong gia han nua", "cancel", "stop"))
"""Where any other words may be a reason, which is told to others."""
_NO_LATER_DAY = re.compile(
    r"(?:thoi |da |em |toi |ok ){0,3}(?:khong|ko|k|khoi)(?: can| muon){0,2} (?:xin|lui|gia|them|nua)(?: lui| gia| them)?(?: han| ngay)?(?: nua| dau| a){0,2}"
)
""" "Không xin lùi nữa"."""
_INDEED = "đúng"
"""Without its marks it reads like "don't"."""


def meant(text: str) -> a.Action | None:
    """What somebody wants who speaks of themselves; in the middle of a form too."""
    return data_meant(text) or (a.AskToLeave() if _LEAVE.fullmatch(wish(text)) and _ABOUT_ME.search(same_words(text)) else None)


def data_meant(text: str) -> a.Action | None:
    """What somebody wants who speaks of what is kept about them."""
    said, wanted = same_words(text), wish(text)
    if _FORGET.fullmatch(wanted) and (_ABOUT_ME.search(said) or wanted.endswith("du lieu")):
        return a.AskToForget()
    return a.ShowOwnData() if _OWN_DATA.fullmatch(wanted) and _ABOUT_ME.search(said) else None


def wish(text: str) -> str:
    """What is left without the polite words at both ends."""
    said = same_words(text).split()
    first = next((at for at, word in enumerate(said) if word not in POLITE), len(said))
    after = next((at for at in range(len(said), first, -1) if said[at - 1] not in _AFTER), first)
    return " ".join(said[first:after])


def says_no(text: str) -> bool:
    """Whether a short text says that something shall not be done: "thôi không xóa nữa"."""
    return _INDEED not in nfc(text).lower() and _only(text, _NOT, _BESIDE_NOT)


def says_indeed(text: str) -> bool:
    """ "Đúng rồi", which without its marks reads like "dừng rồi", and is said far more often."""
    return _INDEED in nfc(text).lower() or _DUNG_ROI.search(same_words(text)) is not None


def says_stop(text: str) -> bool:
    """Whether a text, and all of it, calls off what was begun."""
    return same_words(text) in _STOPS


def wants_no_later_day(text: str) -> bool:
    """Whether somebody who was asked about a later day wants none any more."""
    return says_stop(text) or wish(text) in _STOPS or _NO_LATER_DAY.fullmatch(same_words(text)) is not None


def says_send(text: str) -> bool:
    """Whether a text says to send, and nothing besides: "ok gửi đi ạ"."""
    left = [word for word in same_words(text).split() if word not in _BESIDE_SEND]
    return len(left) == 1 and left[0] in _SEND


def agrees(text: str) -> bool:
    """Whether a text says yes to the question that stands before something is sent: "đồng ý", "ok gửi đi ạ"."""
    return says_yes(text) or says_send(text)


def says_yes(text: str) -> bool:
    """Whether a short text agrees: "dạ đồng ý ạ", "xóa đi"."""
    return _only(text, _SURE, _BESIDE_SURE)


def _only(text: str, needed: frozenset[str], allowed: frozenset[str]) -> bool:
    said = same_words(text).split()
    return any(word in needed for word in said) and all(word in allowed for word in said)
