"""Values as officers type them: money, dates, document numbers, yes and no.

Every reader is strict: it returns what the person certainly meant, or raises a
:class:`~rules.refusal.Refusal` that names the reason. None guesses.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rules.text.refusal import Refusal, Why
from rules.text.vietnamese import fold, nfc, same_words

LONGEST_TEXT = 500
MOST_MONEY = 10**14
"""One hundred thousand billion đồng: more than any province's budget."""
SMALLEST_BARE_MONEY = 100_000
"""A bare number below this is more likely millions with the unit left out: ask."""

_UNITS = {
    "ty": 10**9, "ti": 10**9, "tyr": 10**9, "trieu": 10**6, "tr": 10**6, "trd": 10**6, "m": 10**6, "million": 10**6, "billion": 10**9,
    "nghin": 10**3, "ngan": 10**3, "k": 10**3, "dong": 1, "d": 1, "vnd": 1, "vnđ": 1,
}  # fmt: skip
_AMOUNT = re.compile(r"(\d[\d.,]*) ?([a-z]*) ?")
"""In a text whose words stand one blank apart."""
_WORD_SIGN = re.compile(r"\w")
_DONG_BEHIND_UNIT = re.compile(r"(?<=[a-z]) (?:dong|vnd|d)$")
_MINUS = re.compile(r"^[-−–] ?\d")
_WHOLE = re.compile(r"\d+")
_DOTTED = re.compile(r"\d{1,3}(\.\d{3})+(,\d{1,2})?")
_COMMAS = re.compile(r"\d{1,3}(,\d{3}){2,}")
_DECIMAL_COMMA = re.compile(r"^\d+,\d{1,2}")
_DECIMAL_POINT = re.compile(r"^\d+\.\d{1,2}")
_UNCLEAR_COMMA = re.compile(r"\d{1,3},\d{3}")
_NOTHING = {"khong", "khong co", "0", "zero", "none", "khong dong"}


def read_text(given: str) -> str:
    """A line of free text, trimmed. Raises EMPTY or TOO_LONG."""
    text = " ".join(nfc(given).split())
    if not _WORD_SIGN.search(text):
        raise Refusal(Why.EMPTY, given)
    if len(text) > LONGEST_TEXT:
        raise Refusal(Why.TOO_LONG, given[:40], limit=LONGEST_TEXT)
    return text


def read_money(given: str) -> int:
    """An amount in đồng: ``1,2 tỷ``, ``350tr``, ``350.000.000đ``, ``1 tỷ 200 triệu``, ``0``."""
    text = same_spaces(fold(nfc(given)))
    text = _DONG_BEHIND_UNIT.sub("", text)  # "350 triệu đồng"
    if text in _NOTHING:
        return 0
    if _MINUS.match(text):
        raise Refusal(Why.NEGATIVE, given)
    total, at, seen_unit, last_scale = Decimal(0), 0, False, 0
    for part in _AMOUNT.finditer(text):
        if part.start() != at:
            raise Refusal(Why.NOT_MONEY, given)
        at = part.end()
        number, unit = part.group(1), part.group(2)
        if unit and unit not in _UNITS:
            raise Refusal(Why.NOT_MONEY, given)
        scale = _UNITS.get(unit, 1)
        if not unit and last_scale:  # "1 tỷ 2" leaves the second unit to guesswork
            raise Refusal(Why.MONEY_UNIT_UNCLEAR, given)
        if last_scale and scale >= last_scale:
            raise Refusal(Why.NOT_MONEY, given)
        total += _number(number, scale, given) * scale
        seen_unit, last_scale = seen_unit or bool(unit), scale
    if at != len(text) or not text:
        raise Refusal(Why.NOT_MONEY, given)
    if total != int(total):
        raise Refusal(Why.NOT_MONEY, given)
    if not seen_unit and 0 < total < SMALLEST_BARE_MONEY:
        raise Refusal(Why.MONEY_UNIT_UNCLEAR, given)
    if total > MOST_MONEY:
        raise Refusal(Why.TOO_MUCH, given, limit=MOST_MONEY)
    return int(total)


def same_spaces(text: str) -> str:
    """One space where there were several."""
    return " ".join(text.split())


def _number(text: str, scale: int, given: str) -> Decimal:
    """A Vietnamese number: dots group thousands, a comma is the decimal mark.

    ``1.5 tỷ`` is taken as one and a half, because a group of thousands has three digits;
    ``1,500 triệu`` could be either and is asked back.
    """
    if _WHOLE.fullmatch(text):
        return Decimal(text)
    if _DOTTED.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _COMMAS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _DECIMAL_COMMA.fullmatch(text) or (scale > 1 and _DECIMAL_POINT.fullmatch(text)):
        return Decimal(text.replace(",", "."))
    if _UNCLEAR_COMMA.fullmatch(text):
        raise Refusal(Why.MONEY_UNIT_UNCLEAR, given)
    raise Refusal(Why.NOT_MONEY, given)


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
_KEPT_CASE = {"ttr": "TTr", "ctr": "CTr", "qyđ": "QyĐ", "trs": "TrS", "qd": "QĐ", "sl": "SL"}


def read_document(given: str, today: date) -> DocumentNumber:
    """``45/UBND-NN``, ``số 09/qđ-ubnd ngày 8/7/2022``: canonical spelling, day if given.

    Source: Decree 30/2020/NĐ-CP on numbers and symbols of documents.
    """
    text = same_spaces(nfc(given)).replace("–", "-").replace("—", "-").strip(" .,;").lower()
    head, found, tail = text.partition(" ngày ")
    if not found:
        head, found, tail = text.partition(" ngay ")
    match = _DOCUMENT.match(head.strip(" ,"))
    if not match:
        raise Refusal(Why.NOT_A_DOCUMENT, given)
    serial = match.group("serial")
    if serial.isdigit() and int(serial) < 10:
        serial = f"{int(serial):02d}"
    groups = [group.strip() for group in match.group("symbol").split("-")]
    symbol = "-".join(_KEPT_CASE.get(group, group.upper()) for group in groups)
    middle = f"{match.group('year')}/" if match.group("year") else ""
    return DocumentNumber(f"{serial}/{middle}{symbol}", read_date(tail, today) if found else None)


_YES = {"co", "roi", "da", "da lap", "da co", "dung", "vang", "u", "ok", "yes", "y", "c", "co roi", "da gui", "da xong", "xong"}
_NO = {"khong", "chua", "chua co", "chua lap", "ko", "k", "khg", "no", "n", "khong co", "chua gui", "chua xong", "kg"}


def read_yes_no(given: str) -> bool:
    """``có``, ``rồi``, ``chưa``, ``ko``. Raises NOT_A_CHOICE."""
    text = same_words(given)
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Refusal(Why.NOT_A_CHOICE, given)
