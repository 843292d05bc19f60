"""What "trước ngày 10/7/2022" means: the last day on time, working days, how late a report is.

All instants are timezone-aware; days are days in the directory's time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from rules.campaign.model import Campaign, Deadline

_WEEKEND = (5, 6)


class Timing(StrEnum):
    """When a report came in, against its deadline."""

    ON_TIME = "on_time"
    ON_THE_DAY = "on_the_day"
    """On the named day of a "before" deadline: taken, marked, and late unless the campaign has that grace."""
    LATE = "late"


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


def is_working_day(day: date, country: str) -> bool:
    """Neither a weekend nor a public holiday of that country."""
    return day.weekday() not in _WEEKEND and day not in _holidays(country, day.year)


def last_day(deadline: Deadline) -> date:
    """The last day on time: the day before D for ``before``, D itself for ``through``."""
    return deadline.date - timedelta(days=1) if deadline.rule == "before" else deadline.date


def last_working_day(deadline: Deadline, country: str) -> date:
    """The last working day on time: advice, where the last day is a weekend or a holiday."""
    return Days(country).not_after(last_day(deadline))


@dataclass(frozen=True)
class Days:
    """The days on which people are written to: the working days of a country, or all (no country)."""

    country: str = ""

    def open(self, day: date) -> bool:
        """Whether people may be written to on that day."""
        return not self.country or is_working_day(day, self.country)

    def not_after(self, day: date) -> date:
        """The last open day up to a day."""
        while not self.open(day):
            day -= timedelta(days=1)
        return day

    def before(self, day: date, count: int) -> date:
        """The so-many-th open day before a day."""
        return self._step(day, count, timedelta(days=-1))

    def after(self, day: date, count: int) -> date:
        """The so-many-th open day after a day."""
        return self._step(day, count, timedelta(days=1))

    def _step(self, day: date, count: int, step: timedelta) -> date:
        while count:
            day += step
            count -= self.open(day)
        return day


def days_of(campaign: Campaign) -> Days:
    """The days on which a campaign writes to people."""
    return Days(campaign.directory.country if campaign.policy.hours.days == "working" else "")


def timing(deadline: Deadline, submitted_at: datetime, zone: ZoneInfo) -> Timing:
    """On time up to 24:00 of the last day; on the named day itself; or late."""
    day = submitted_at.astimezone(zone).date()
    if day <= last_day(deadline):
        return Timing.ON_TIME
    return Timing.ON_THE_DAY if day == deadline.date else Timing.LATE


def is_overdue(deadline: Deadline, now: datetime, zone: ZoneInfo, grace: bool = False) -> bool:
    """Whether the last day on time has passed; with grace, the named day."""
    return now.astimezone(zone).date() > (deadline.date if grace else last_day(deadline))


def days_left(deadline: Deadline, now: datetime, zone: ZoneInfo) -> int:
    """Days until the last day on time: 0 on that day, negative afterwards."""
    return (last_day(deadline) - now.astimezone(zone).date()).days


def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That time of that day, local."""
    return datetime.combine(day, clock, tzinfo=zone)


FARTHEST = timedelta(days=366)


class DayFault(StrEnum):
    """Why a day can't be the last one on time."""

    PAST = "past"
    TOO_FAR = "too_far"
    SAME = "same"
    """It is that already."""
    EARLIER = "earlier"
    """It is before the present one."""


def fault_of(day: date, present: Deadline, today: date) -> DayFault | None:
    """What is the matter with a new last day on time; None where nothing is."""
    if day < today:
        return DayFault.PAST
    if day > today + FARTHEST:
        return DayFault.TOO_FAR
    if day == last_day(present):
        return DayFault.SAME
    return DayFault.EARLIER if day < last_day(present) else None


@dataclass(frozen=True)
class Extension:
    """A later last day on time that a manager gave one unit, with the reason."""

    unit: str
    obligation: str
    date: date
    reason: str
    granted_by: str


class Due:
    """The deadline of each unit for each dated obligation, extensions included."""

    def __init__(self, campaign: Campaign, extensions: tuple[Extension, ...] = ()) -> None:
        self._own = {o.slug: o.deadline for o in campaign.obligations if o.deadline}
        self._longer = {(e.unit, e.obligation): e for e in extensions}

    def of(self, unit: str, obligation: str) -> Deadline:
        """That unit's deadline. Raises KeyError for a standing obligation."""
        own = self._own[obligation]
        longer = self._longer.get((unit, obligation))
        return Deadline(rule="through", date=longer.date) if longer else own

    @property
    def latest(self) -> date:
        """The latest day that is named to anybody."""
        return max([*(own.date for own in self._own.values()), *(each.date for each in self._longer.values())], default=date.min)

    def extension(self, unit: str, obligation: str) -> Extension | None:
        """What a manager granted, if anything."""
        return self._longer.get((unit, obligation))
