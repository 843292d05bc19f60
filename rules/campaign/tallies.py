"""What the units' answers come to together: sums of money, and lists merged, each row with its unit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules.campaign.forms import Row, Value
from rules.campaign.model import Campaign, FormField, Kind, Obligation
from rules.directory.model import Unit

Answers = Mapping[tuple[str, str], Mapping[str, Value]]
"""What units reported last, by unit and obligation. A unit without a report has no entry: it is not a zero."""


@dataclass(frozen=True)
class Sum:
    """A field of money over all units that gave it."""

    duty: Obligation
    field: FormField
    amount: int
    units: int
    """How many gave it, be it 0."""
    owing: int
    """How many owe the duty."""


@dataclass(frozen=True)
class Merged:
    """A list over all units, in the campaign's order of units."""

    duty: Obligation
    field: FormField
    rows: tuple[tuple[Unit, Row], ...]


def sums(campaign: Campaign, answers: Answers) -> tuple[Sum, ...]:
    """Every field of money with its sum."""
    return tuple(_sum(campaign, answers, duty, field) for duty, field in _fields(campaign, Kind.MONEY))


def merged(campaign: Campaign, answers: Answers) -> tuple[Merged, ...]:
    """Every list, also those without a row."""
    return tuple(
        Merged(duty, field, tuple(_rows(campaign, answers, duty, field))) for duty, field in _fields(campaign, Kind.LIST)
    )


def _fields(campaign: Campaign, kind: Kind) -> Iterator[tuple[Obligation, FormField]]:
    for duty in (*campaign.dated(), *(o for o in campaign.obligations if o.deadline is None)):
        for field in campaign.form(duty):
            if field.kind is kind:
                yield duty, field


def _given(campaign: Campaign, answers: Answers, duty: Obligation, field: FormField) -> Iterator[tuple[Unit, Value]]:
    for unit in campaign.directory.units:
        value = answers.get((unit.slug, duty.slug), {}).get(field.id)
        if value is not None and campaign.owes(unit, duty):
            yield unit, value


def _sum(campaign: Campaign, answers: Answers, duty: Obligation, field: FormField) -> Sum:
    amounts = [int(value) for _, value in _given(campaign, answers, duty, field) if isinstance(value, int)]
    owing = sum(campaign.owes(unit, duty) for unit in campaign.directory.units)
    return Sum(duty, field, sum(amounts), len(amounts), owing)


def _rows(campaign: Campaign, answers: Answers, duty: Obligation, field: FormField) -> Iterator[tuple[Unit, Row]]:
    for unit, value in _given(campaign, answers, duty, field):
        if isinstance(value, tuple):
            yield from ((unit, row) for row in value)
