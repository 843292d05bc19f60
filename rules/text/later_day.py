"""A wish for a later day in one sentence, taken apart: until when, why, and what is left, which names whom and what for."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.text.refusal import Refusal
from rules.text.values import read_date
from rules.text.vietnamese import fold, nfc

_DAY = r"\d{1,2} ?[/.\-] ?\d{1,2}(?: ?[/.\-] ?(?:\d{4}|\d{2}))?|\d{1,2} thang \d{1,2}(?: nam \d{4})?|\d{4}-\d{1,2}-\d{1,2}"
_UNTIL = re.compile(rf"\b(?:den|toi|sang|qua|until|till|to)(?: het| ngay| cuoi| the end of){{0,2}} ({_DAY})(?![\d/])")
_ANY_DAY = re.compile(rf"(?<![\d/])({_DAY})(?![\d/])")
_WEEKDAY = re.compile(
    r"\b(?:den|toi|sang|qua|until|till|to)(?: het| ngay){0,2} "
    r"(thu hai|thu ba|thu tu|thu nam|thu sau|thu bay|chu nhat|thu [2-7]|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"( tuan (?:sau|toi))?\b"
)
_MORE = re.compile(r"\b(?:them|muon|cham|by|another) (\d{1,2}) (ngay|hom|tuan|days?|weeks?)\b")
_WHY = re.compile(r"\b(?:vi ly do|voi ly do|ly do la|ly do|(?<!don )vi|boi vi|boi|do|because of|because|due to)\b:? ")
_WISH = re.compile(r"[ ,;](?:nen|xin|de nghi|cho em|cho toi|mong|please)\b")
"""Where a reason that stands first ends."""
_NOT_WHY = frozenset(("đó", "đỏ", "độ", "đô", "vị", "ví", "bơi"))
"""Words that look like a marker of the reason where their marks are left off."""
_WEEKDAYS = {
    "thu hai": 0,
    "thu ba": 1,
    "thu tu": 2,
    "thu nam": 3,
    "thu sau": 4,
    "thu bay": 5,
    "chu nhat": 6,
    "thu 2": 0,
    "thu 3": 1,
    "thu 4": 2,
    "thu 5": 3,
    "thu 6": 4,
    "thu 7": 5,
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
}
LONGEST = 1000
LONGEST_REASON = 300
LONG_PAST = timedelta(days=120)


@dataclass(frozen=True)
class LaterDay:
    """``given``: the day in the sentence's own words (none: empty); ``more``: so many days more than now; ``rest``: the
    sentence without day and reason."""

    given: str = ""
    more: int = 0
    reason: str = ""
    rest: str = ""


def taken_apart(text: str, today: date) -> LaterDay:
    """ "Xin lùi hạn kinh phí đến 5/7 vì lũ": 5/7, "lũ", and the rest."""
    said = " ".join(nfc(text[:LONGEST]).split())
    folded = fold(said)
    if len(folded) != len(said):
        said = folded  # what is cut out by places has to have the same places
    until = _UNTIL.search(folded) or _WEEKDAY.search(folded) or _MORE.search(folded)
    until = until or next(iter(list(_ANY_DAY.finditer(folded))[-1:]), None)
    why = _why(said, folded, until.span() if until else (len(said), len(said)))
    spans = sorted(span for span in (until.span() if until else None, why) if span)
    rest, at = [], 0
    for start, end in spans:
        rest.append(said[at:start])
        at = end
    reason = said[why[0] : why[1]] if why else ""
    return LaterDay(*_day(until, today), _without_marker(reason)[:LONGEST_REASON], " ".join(" ".join([*rest, said[at:]]).split()))


def typed_alone(text: str, today: date) -> LaterDay:
    """What was typed where a day was asked for: that is one, however little it says so."""
    apart = taken_apart(f"đến {text}", today)
    return apart if apart.given or apart.more else replace(apart, given=text)


def named_day(apart: LaterDay, today: date) -> date | None:
    """The day that a sentence names; None where it names none."""
    try:
        return read_later_day(apart.given, today) if apart.given else None
    except Refusal:
        return None


def meant_day(apart: LaterDay, last: date, today: date) -> date:
    """The day that is meant, where ``last`` is the last one now. Raises Refusal."""
    return last + timedelta(days=apart.more) if apart.more else read_later_day(apart.given, today)


def read_later_day(given: str, today: date) -> date:
    """A day to come: without a year it is the next one of that date, and not one long past. Raises Refusal."""
    day = read_date(given, today)
    if str(day.year) in given or today - day < LONG_PAST:
        return day
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day


def _day(found: re.Match[str] | None, today: date) -> tuple[str, int]:
    if found is None:
        return "", 0
    if found.re is _MORE:
        return "", int(found[1]) * (7 if found[2][0] in "tw" else 1)
    if found.re is _WEEKDAY:
        ahead = (_WEEKDAYS[found[1]] - today.weekday()) % 7
        if found[2]:
            ahead = _WEEKDAYS[found[1]] - today.weekday() + 7
        day = today + timedelta(days=ahead)
        return f"{day.day}/{day.month}/{day.year}", 0
    return found[1].replace(" ", "") if "thang" not in found[1] else found[1], 0


def _why(said: str, folded: str, until: tuple[int, int]) -> tuple[int, int] | None:
    """Where the reason stands: from its marker to the day, or to the end."""
    for found in _WHY.finditer(folded):
        start = found.start()
        if until[0] <= start < until[1] or said[start : found.end()].strip(" :").lower() in _NOT_WHY:
            continue
        end = until[0] if start < until[0] else len(said)
        wish = _WISH.search(folded, found.end(), end)
        end = wish.start() if wish else end
        if said[found.end() : end].strip(" .,;"):
            return start, end
    return None


def _without_marker(reason: str) -> str:
    marked = _WHY.match(fold(reason)) if reason else None
    return reason[marked.end() :].strip(" .,;") if marked else reason.strip(" .,;")
