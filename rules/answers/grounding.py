"""Whether a sentence says only what its clause says: every date, number and office in it occurs there, or in the calendar."""

import re
from collections.abc import Iterable, Iterator

from rules.campaign.model import Campaign, Fact
from rules.text.vietnamese import same_words

_CLAUSE_ID = re.compile(r"\b\d+\.\d+\b")
_DAY = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\b")
_NUMBER = re.compile(r"\d+")


def ungrounded_names(campaign: Campaign, fact: Fact, text: str) -> list[str]:
    """Dates, numbers and offices that a text names and the fact's clauses do not, nor the calendar."""
    clauses = [campaign.clause(clause) for clause in (fact.clause, *fact.also) if campaign.has_clause(clause)]
    ground = " ".join(f"{clause.lead} {clause.text}" for clause in clauses)
    days = {*_days(ground), *_calendar(campaign, fact)}
    bare = _CLAUSE_ID.sub(" ", text)
    found = [_shown(day) for day in _days(bare) if not _is_among(day, days)]
    ground_numbers = {number.lstrip("0") for number in _NUMBER.findall(ground)}
    ground_numbers |= {str(part) for day in days for part in day}
    found += [number for number in _NUMBER.findall(_DAY.sub(" ", bare)) if number.lstrip("0") not in ground_numbers]
    return [*found, *_ungrounded_offices(campaign, ground, text)]


Day = tuple[int, int, int]
"""Day, month and year; 0 where no year is written."""


def _days(text: str) -> Iterator[Day]:
    for day, month, year in _DAY.findall(text):
        if 1 <= int(day) <= 31 and 1 <= int(month) <= 12:
            yield int(day), int(month), int(year or 0)


def _calendar(campaign: Campaign, fact: Fact) -> Iterator[Day]:
    for slug in (fact.obligation, *fact.obligations):
        deadline = campaign.obligation(slug).deadline if slug and campaign.has_obligation(slug) else None
        if deadline:
            yield deadline.date.day, deadline.date.month, deadline.date.year


def _is_among(day: Day, days: Iterable[Day]) -> bool:
    return any(day[:2] == other[:2] and (not day[2] or not other[2] or day[2] == other[2]) for other in days)


def _shown(day: Day) -> str:
    return "/".join(str(part) for part in day if part)


def _ungrounded_offices(campaign: Campaign, ground: str, text: str) -> Iterator[str]:
    """Offices by their full names; a clause may list them after one "Các Sở:"."""
    folded_text, folded_ground = f" {same_words(text)} ", f" {same_words(ground)} "
    for unit in campaign.directory.offices:
        own = same_words(unit.name.vi).split(" ", 1)[-1]
        named = any(f" {same_words(name)} " in folded_text for name in (unit.name.vi, unit.name.en) if name)
        if named and f" {own} " not in folded_ground:
            yield unit.name.vi
