"""The board of a campaign at one moment: units by duties. Every overview, message and file that counts draws this one."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from rules.campaign.deadlines import Due, Extension, Timing, days_left, is_overdue, timing
from rules.campaign.model import Campaign, Deadline, Obligation
from rules.campaign.progress import Bucket, Standing, State, bucket_of
from rules.directory.model import Unit

Standings = Mapping[tuple[str, str], Standing]


@dataclass(frozen=True)
class Cell:
    """One unit with one duty that it owes. Of a duty without a date there is a state and nothing to count."""

    unit: Unit
    duty: Obligation
    standing: Standing
    state: State
    bucket: Bucket | None = None
    timing: Timing | None = None
    """When it was first complete, even if it was sent back since."""
    deadline: Deadline | None = None
    """The one in force for this unit."""
    days: int | None = None
    """Until the last day on time; below 0 afterwards."""
    extension: Extension | None = None

    @property
    def done_when(self) -> Timing | None:
        """When it was done; None while it is open."""
        return self.timing if self.state.done else None


@dataclass(frozen=True)
class Total:
    """What is counted over cells with a date."""

    buckets: Mapping[Bucket, int]
    states: Mapping[State, int]
    on_the_day: int

    @property
    def owed(self) -> int:
        """All of them."""
        return sum(self.buckets.values())

    @property
    def done(self) -> int:
        """Those that nothing more is expected of."""
        return self.buckets[Bucket.DONE_ON_TIME] + self.buckets[Bucket.DONE_LATE]

    @property
    def percent(self) -> float:
        """Done, of all that is owed, to a tenth and rounded down: 100 only when nothing is open."""
        return self.done * 1000 // self.owed / 10 if self.owed else 0.0


def total_of(cells: Iterable[Cell]) -> Total:
    """Count the cells with a date."""
    dated = [cell for cell in cells if cell.bucket]
    buckets, states = Counter(cell.bucket for cell in dated), Counter(cell.state for cell in dated)
    return Total(
        {bucket: buckets[bucket] for bucket in Bucket},
        {state: states[state] for state in State},
        sum(cell.done_when is Timing.ON_THE_DAY for cell in dated),
    )


@dataclass(frozen=True)
class Board:
    """The cells, unit by unit in the campaign's order; and which units have somebody enrolled."""

    campaign: Campaign
    now: datetime
    cells: tuple[Cell, ...]
    enrolled: frozenset[str]

    @cached_property
    def _at(self) -> dict[tuple[str, str], Cell]:
        return {(cell.unit.slug, cell.duty.slug): cell for cell in self.cells}

    @cached_property
    def _of_unit(self) -> dict[str, list[Cell]]:
        return _grouped((cell.unit.slug, cell) for cell in self.cells)

    @cached_property
    def _of_duty(self) -> dict[str, list[Cell]]:
        return _grouped((cell.duty.slug, cell) for cell in self.cells)

    def cell(self, unit: str, duty: str) -> Cell | None:
        """That unit's cell; None where it does not owe that."""
        return self._at.get((unit, duty))

    def of_unit(self, unit: str) -> tuple[Cell, ...]:
        """What a unit owes: by date, then what has none."""
        return tuple(self._of_unit.get(unit, ()))

    def of_duty(self, duty: str, *buckets: Bucket) -> tuple[Cell, ...]:
        """The units that owe a duty; only those in the buckets, where some are named."""
        return tuple(cell for cell in self._of_duty.get(duty, ()) if not buckets or cell.bucket in buckets)

    def open_of(self, duty: str) -> tuple[Cell, ...]:
        """The units of which a duty is still expected."""
        return tuple(cell for cell in self.of_duty(duty) if not cell.state.done)

    @cached_property
    def total(self) -> Total:
        """Over everything."""
        return total_of(self.cells)

    def total_of_duty(self, duty: str) -> Total:
        """Over the units that owe it."""
        return total_of(self.of_duty(duty))

    def total_of_unit(self, unit: str) -> Total:
        """Over what the unit owes."""
        return total_of(self.of_unit(unit))

    def worst_first(self) -> tuple[Unit, ...]:
        """The units that owe something with a date: those with something open first, among them those that nobody can
        be asked in, then by how much is overdue, for how long, and by what is due next."""
        units = {cell.unit.slug: cell.unit for cell in self.cells if cell.bucket}
        return tuple(sorted(units.values(), key=lambda unit: self._badness(unit.slug)))

    def _badness(self, unit: str) -> tuple[bool, bool, int, int, int]:
        still = [cell for cell in self.of_unit(unit) if cell.bucket and not cell.state.done]
        overdue = sum(cell.bucket is Bucket.OPEN_OVERDUE for cell in still)
        first = min((cell.days for cell in still if cell.days is not None), default=0)
        return (not still, unit in self.enrolled, -overdue, first, -len(still))


def _grouped(pairs: Iterable[tuple[str, Cell]]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for key, cell in pairs:
        found.setdefault(key, []).append(cell)
    return found


def board_of(campaign: Campaign, standings: Standings, due: Due, now: datetime, enrolled: Collection[str]) -> Board:
    """The board, of the units whose standings are given."""
    return Board(campaign, now, tuple(_cells(campaign, standings, due, now)), frozenset(enrolled))


@dataclass(frozen=True)
class _Day:
    """A deadline, looked at from now."""

    deadline: Deadline
    days: int
    overdue: bool


def _cells(campaign: Campaign, standings: Standings, due: Due, now: datetime) -> Iterator[Cell]:
    zone = campaign.directory.zone

    def day_of(deadline: Deadline) -> _Day:
        overdue = is_overdue(deadline, now, zone, grace=campaign.grace)
        return _Day(deadline, days_left(deadline, now, zone), overdue)

    usual = {duty.slug: day_of(duty.deadline) for duty in campaign.dated() if duty.deadline}
    for unit in campaign.directory.units:
        for duty in campaign.owed_by(unit):
            standing = standings.get((unit.slug, duty.slug))
            if standing is None:
                continue
            if duty.deadline is None:
                yield Cell(unit, duty, standing, standing.state)
                continue
            longer = due.extension(unit.slug, duty.slug)
            day = day_of(due.of(unit.slug, duty.slug)) if longer else usual[duty.slug]
            complete, state = standing.completed_at, standing.state
            when = timing(day.deadline, complete, zone) if complete else None
            bucket = bucket_of(state, when, day.overdue, campaign.grace)
            yield Cell(unit, duty, standing, state, bucket, when, day.deadline, day.days, longer)
