"""Amounts of money as people type them: ``1,2 tỷ``, ``1 tỷ 2``, ``1tr5``, ``hai trăm triệu``, ``350.000.000đ``. None is guessed."""

import re
from collections.abc import Iterator
from decimal import Decimal

from rules.text.refusal import Refusal, Why
from rules.text.vietnamese import fold, nfc

MOST_MONEY = 10**14
"""One hundred thousand billion đồng: more than any province's budget."""
SMALLEST_BARE_MONEY = 100_000
"""A bare number below this is more likely millions with the unit left out: ask."""
_UNITS = {
    "ty": 10**9, "ti": 10**9, "tyr": 10**9, "billion": 10**9, "trieu": 10**6, "tr": 10**6, "trd": 10**6, "m": 10**6, "million": 10**6,
    "nghin": 10**3, "ngan": 10**3, "k": 10**3, "dong": 1, "d": 1, "vnd": 1,
}  # fmt: skip
_DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_HUNDRED, _TEN, _HALF, _AND = "tram", "muoi", "ruoi", frozenset(("linh", "le"))
_NOTHING = frozenset(("khong", "khong co", "khong dong", "khong co gi", "0", "zero", "none"))
"""Not "hết": of what was spent it means all, of what is left nothing."""
_ABOUT = re.compile(
    r"(?:(?:em|toi|ben|don vi|da|vang|co|khoang|tam|gan|chung|tong|tong cong|la|duoc|so tien|con|chi) ){1,4}(?=[0-9])"
)
_BESIDE = re.compile(r"(?: (?:thoi|a|ah|nhe|nha|gi do|gi day|chan)){1,3}")
"""Words around an amount that change nothing of it; what was read is shown again."""
_SPLIT = re.compile(r"[0-9][0-9.,]*|[a-z]+|\S")
_TWICE = re.compile(r"([a-z])\1+")
_ONE_DIGIT = re.compile(r"[0-9]")
_MINUS = re.compile(r"[-−–] ?[0-9].*")
_WHOLE = re.compile(r"[0-9]+")
_DOTTED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]{1,2})?")
_COMMAS = re.compile(r"[0-9]{1,3}(,[0-9]{3}){2,}")
_DECIMAL_COMMA = re.compile(r"^[0-9]+,[0-9]{1,2}")
_DECIMAL_POINT = re.compile(r"^[0-9]+\.[0-9]{1,2}")
_UNCLEAR_COMMA = re.compile(r"[0-9]{1,3},[0-9]{3}")
_LONGEST = 80
"""Signs of an amount; what is longer is something else."""


def read_money(given: str) -> int:
    """An amount in đồng. Raises :class:`Refusal` where it is not certain which."""
    text = _without_words_around(" ".join(fold(nfc(given)).split()))
    if text in _NOTHING:
        return 0
    if _MINUS.fullmatch(text):
        raise Refusal(Why.NEGATIVE, given)
    if not text or len(text) > _LONGEST:
        raise Refusal(Why.NOT_MONEY, given)
    total, said_unit = _added(list(_spoken(_SPLIT.findall(text), given)), given)
    if total != int(total):
        raise Refusal(Why.NOT_MONEY, given)
    if not said_unit and 0 < total < SMALLEST_BARE_MONEY:
        raise Refusal(Why.MONEY_UNIT_UNCLEAR, given)
    if total > MOST_MONEY:
        raise Refusal(Why.TOO_MUCH, given, limit=MOST_MONEY)
    return int(total)


def _without_words_around(text: str) -> str:
    """ "Khoảng 500tr thôi ạ": the amount alone."""
    before = _ABOUT.match(text)
    text = text[before.end() :] if before else text
    at = next((found.start() for found in _BESIDE.finditer(text) if found.end() == len(text)), len(text))
    return text[:at]


def _is_digits(token: str) -> bool:
    return _ONE_DIGIT.match(token) is not None


def _spoken(tokens: list[str], given: str) -> Iterator[str]:
    """Digits and units: words of numbers become digits, "rưỡi" the half that follows a unit, slips in units are mended."""
    group: list[str] = []
    for token in tokens:
        word = _TWICE.sub(r"\1", token)
        if token in _UNITS or word in _UNITS:
            yield from _number_said(group, given)
            group = []
            yield token if token in _UNITS else word
        elif word == _HALF and not group:
            yield "5"
        else:
            group.append(token if _is_digits(token) else word)
    yield from _number_said(group, given)


def _number_said(group: list[str], given: str) -> Iterator[str]:
    """``hai trăm linh năm`` as 205, ``2 trăm`` as 200; a number in digits as it is."""
    if not group or (len(group) == 1 and _is_digits(group[0])):
        yield from group
        return
    total, digit, nothing = 0, -1, True
    for word in group:
        if word in _DIGITS or _ONE_DIGIT.fullmatch(word):
            if digit >= 0:
                raise Refusal(Why.NOT_MONEY, given)
            digit = _DIGITS[word] if word in _DIGITS else int(word)
        elif word == _HUNDRED and digit > 0 and total == 0:
            total, digit = digit * 100, -1
        elif word == _TEN and total % 100 == 0:
            total, digit = total + (digit if digit > 0 else 1) * 10, -1
        elif word not in _AND or total == 0 or digit >= 0:
            raise Refusal(Why.NOT_MONEY, given)
        nothing = False
    if nothing:
        raise Refusal(Why.NOT_MONEY, given)
    yield str(total + max(digit, 0))


def _added(parts: list[str], given: str) -> tuple[Decimal, bool]:
    """The sum of numbers with their units, each smaller than the one before; and whether a unit was said at all. A last
    number without one goes on where the unit before stopped: "1 tỷ 2" is 1,2 tỷ, "2 tỷ 500" is 2,5 tỷ."""
    total, last_scale, at = Decimal(0), 0, 0
    while at < len(parts):
        number = parts[at]
        unit = parts[at + 1] if at + 1 < len(parts) and parts[at + 1] in _UNITS else ""
        scale = _UNITS[unit] if unit else 1
        if not _is_digits(number):
            if number in _UNITS and at and _UNITS[number] == 1:  # "350 triệu đồng"
                at += 1
                continue
            raise Refusal(Why.NOT_MONEY, given)
        if last_scale and not unit:
            if at + 1 != len(parts):
                raise Refusal(Why.NOT_MONEY, given)
            return total + _goes_on(number, last_scale, given), True
        if last_scale and scale >= last_scale:
            raise Refusal(Why.NOT_MONEY, given)
        total += _number(number, scale, given) * scale
        last_scale = scale if unit else last_scale
        if not unit and at + 1 != len(parts):
            raise Refusal(Why.NOT_MONEY, given)
        at += 2 if unit else 1
    return total, last_scale > 0


def _goes_on(number: str, scale: int, given: str) -> Decimal:
    """The number behind "tỷ" or "triệu" that has no unit of its own: the digits behind the comma."""
    if scale < _UNITS["trieu"] or not _WHOLE.fullmatch(number) or len(number) > 3:
        raise Refusal(Why.MONEY_UNIT_UNCLEAR, given)
    return Decimal(f"0.{number}") * scale


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
