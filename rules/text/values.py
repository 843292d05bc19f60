"""Values as officers type them: dates, document numbers, yes and no; money stands in money.py.

Every reader is strict: it returns what the person certainly meant, or raises a
:class:`~rules.refusal.Refusal` that names the reason. None guesses.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from rules.text.refusal import Refusal, Why
from rules.text.vietnamese import fold, nfc, same_words

LONGEST_TEXT = 500
_WORD_SIGN = re.compile(r"\w")


def read_text(given: str) -> str:
    """A line of free text, trimmed. Raises EMPTY or TOO_LONG."""
    text = " ".join(nfc(given).split())
    if not _WORD_SIGN.search(text):
        raise Refusal(Why.EMPTY, given)
    if len(text) > LONGEST_TEXT:
        raise Refusal(Why.TOO_LONG, given[:40], limit=LONGEST_TEXT)
    return text


def same_spaces(text: str) -> str:
    """One space where there were several."""
    return " ".join(text.split())


_NEAR_DAYS = {"hom nay": 0, "nay": 0, "hom qua": -1, "qua": -1, "hom kia": -2, "today": 0, "yesterday": -1}
_DAY_MONTH = re.compile(r"^(?:ngay )?(\d{1,2})\s*(?:[/.\-]| thang )\s*(\d{1,2})(?:\s*(?:[/.\-]| nam )\s*(\d{4}|\d{2}))?$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")


def read_date(given: str, today: date) -> date:
    """A day: ``8/7``, ``08/07/2022``, ``ngày 8 tháng 7``, ``hôm qua``.

    Without a year it is this year's, or last year's where this year's lies more than three
    months ahead. Raises NOT_A_DATE or NO_SUCH_DAY (``31/6``).
    """
    text = same_spaces(fold(nfc(given)).replace("–", "-").replace("—", "-")).strip(" .,")
    if text in _NEAR_DAYS:
        return today + timedelta(days=_NEAR_DAYS[text])
    if iso := _ISO.match(text):
        year, month, day = (int(part) for part in iso.groups())
        return _day(year, month, day, given)
    match = _DAY_MONTH.match(text)
    if not match:
        raise Refusal(Why.NOT_A_DATE, given)
    day, month = int(match.group(1)), int(match.group(2))
    if match.group(3):
        year = int(match.group(3))
        return _day(year + 2000 if year < 100 else year, month, day, given)
    if (month, day) == (2, 29) and not calendar.isleap(today.year):
        return _day(today.year - 1, month, day, given)
    found = _day(today.year, month, day, given)
    return found.replace(year=found.year - 1) if found - today > timedelta(days=92) else found


def _day(year: int, month: int, day: int, given: str) -> date:
    if not 1 <= month <= 12 or not 1900 <= year <= 2200:
        raise Refusal(Why.NOT_A_DATE, given)
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Refusal(Why.NO_SUCH_DAY, given, limit=calendar.monthrange(year, month)[1], day=f"{month}/{year}")
    return date(year, month, day)


def months_after(day: date, months: int) -> date:
    """The corresponding day so many months later, or the month's last day where there is none.

    Source: Civil Code 2015, article 148(3), as read in DOMAIN notes on the 36 months.
    """
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class DocumentNumber:
    """Number and symbol of an official document, with its day when it was typed along."""

    number: str
    day: date | None = None


_DOCUMENT = re.compile(
    r"^(?:s[ốôo] ?[:.]? ?)?(?P<serial>\d{1,6}[a-z]?) ?/ ?(?:(?P<year>(?:19|20)\d{2}) ?/ ?)?"
    r"(?P<symbol>[a-zđ][a-zđ&]*(?: ?- ?[a-zđ][a-zđ0-9&]*){0,3})$"
)
_SPACED = re.compile(r"^(?:s[ốôo] ?[:.]? ?)?(\d{1,6}[a-z]?)(?: ?/ ?| )([a-zđ&]{2,12}(?:(?: ?- ?| )[a-zđ0-9&]{2,12}){0,3})$")
"""A number written with blanks where its signs should be: taken if it names a kind of paper or who issues it."""
_KINDS = frozenset(
    ("nq", "qđ", "qd", "ct", "qc", "tb", "hd", "ctr", "kh", "pa", "đa", "da", "bc", "bb", "ttr", "hđ", "cđ", "gm", "cv", "ds")
)
_ISSUERS = frozenset(("ubnd", "hđnd", "hdnd", "pnn", "pkt", "ptckh", "snn", "snnptnt", "vp"))
_KEPT_CASE = {"ttr": "TTr", "ctr": "CTr", "qyđ": "QyĐ", "trs": "TrS", "qd": "QĐ", "sl": "SL"}


def read_document(given: str, today: date) -> DocumentNumber:
    """``45/UBND-NN``, ``số 09/qđ-ubnd ngày 8/7/2022``: canonical spelling, day if given.

    Source: Decree 30/2020/NĐ-CP on numbers and symbols of documents.
    """
    text = same_spaces(nfc(given)).replace("–", "-").replace("—", "-").strip(" .,;").lower()
    head, found, tail = text.partition(" ngày ")
    if not found:
        head, found, tail = text.partition(" ngay ")
    match = _DOCUMENT.match(_with_signs(head.strip(" ,")))
    if not match:
        raise Refusal(Why.NOT_A_DOCUMENT, given)
    serial = match.group("serial")
    if serial.isdigit() and int(serial) < 10:
        serial = f"{int(serial):02d}"
    groups = [group.strip() for group in match.group("symbol").split("-")]
    symbol = "-".join(_KEPT_CASE.get(group, group.upper()) for group in groups)
    middle = f"{match.group('year')}/" if match.group("year") else ""
    return DocumentNumber(f"{serial}/{middle}{symbol}", read_date(tail, today) if found else None)


def _with_signs(text: str) -> str:
    """``45 bc ubnd`` as ``45/bc-ubnd``; anything else as it is."""
    spaced = _SPACED.match(text)
    if not spaced:
        return text
    groups = spaced.group(2).replace("-", " ").split()
    known = groups[0] in _KINDS or not _ISSUERS.isdisjoint(groups)
    return f"{spaced.group(1)}/{'-'.join(groups)}" if known else text


_NOT_YET = frozenset((
    "chua", "chua co", "chua ky", "chua co so", "chua ra so", "chua phat hanh", "chua ban hanh", "chua xong", "dang trinh",
    "dang trinh ky", "trinh ky", "dang cho ky", "cho ky", "cho so", "khong co", "ko co", "chua co van ban", "de sau", "bo sung sau",
    "van ban chua ky", "cong van chua ky", "lanh dao chua ky", "chua ky duoc", "chua co so van ban", "not known yet",
    "not yet", "none", "not signed", "not signed yet", "later",
))  # fmt: skip


_WAITS_FOR_A_HAND = re.compile(r"(?:dang |con )?(?:trinh|cho|doi)(?: [a-z]{1,8}){0,3} ky(?: so| duyet| ban hanh)?")


def says_not_yet(given: str) -> bool:
    """Whether somebody says that there is no such thing yet: "đang trình chủ tịch ký"."""
    said = same_words(given).removesuffix(" a").removesuffix(" nhe")
    return said in _NOT_YET or _WAITS_FOR_A_HAND.fullmatch(said) is not None


_UNKNOWN = frozenset((
    "chua", "chua biet", "chua ro", "chua nam duoc", "chua co", "chua co so", "chua co so lieu", "chua tong hop", "chua tong hop xong",
    "dang tong hop", "dang cho so lieu", "cho so lieu", "khong biet", "khong ro", "not yet", "not known yet", "unknown",
))  # fmt: skip


def says_unknown(given: str) -> bool:
    """Whether somebody says that a figure is not known yet: "chưa có số liệu ạ"."""
    return same_words(given).removeprefix("em ").removesuffix(" a") in _UNKNOWN


_YES = {
    "co",
    "cos",
    "coa",
    "roi",
    "co a",
    "roi a",
    "da a",
    "co em",
    "da roi",
    "r",
    "da",
    "da lap",
    "da co",
    "dung",
    "dung roi",
    "dung vay",
    "vang",
    "da vang",
    "u",
    "ok",
    "yes",
    "y",
    "c",
    "co roi",
    "da gui",
    "da xong",
    "xong",
    "done",
}
_NO = {
    "khong",
    "chua",
    "chua a",
    "khong a",
    "chu",
    "hong",
    "chua em",
    "chua nua",
    "chua co",
    "chua lap",
    "ko",
    "k",
    "khg",
    "no",
    "n",
    "khong co",
    "chua gui",
    "chua xong",
    "kg",
    "not yet",
}


_DECIDED_AROUND = re.compile(r"^(?:(?:da vang|vang|em|toi|minh|ben em|don vi|huyen) )|(?: (?:a|ah|nhe|nha|em|anh|chi))$")
_DONE = re.compile(r"(?:roi )?(?:da |em |ben em |don vi ){0,2}(?:lap|lam|co|xong|lap xong|lam xong)(?: phuong an)? roi")
_UNDONE = re.compile(r"chua (?:lap|lam|co|xong)(?: duoc| xong| phuong an| gi){0,2}")


def read_yes_no(given: str) -> bool:
    """``có``, ``rồi``, ``chưa``, ``ko``. Raises NOT_A_CHOICE."""
    text = _DECIDED_AROUND.sub("", same_words(given))
    if text in _YES or _DONE.fullmatch(text):
        return True
    if text in _NO or _UNDONE.fullmatch(text):
        return False
    raise Refusal(Why.NOT_A_CHOICE, given)
