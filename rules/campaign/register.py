"""The register of recognised products, as far as a campaign counts with it: which products of a unit reach their months by a
day. Who has loaded it, and where it is kept, is not known here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.campaign.ladder import REMIND, Push, Situation, whom
from rules.campaign.model import Campaign, FormField, Kind, Obligation
from rules.text.values import months_after

SLACK = 3
"""Days by which months of different lengths can differ."""


@dataclass(frozen=True)
class Product:
    """A product that was recognised. ``stars`` 0, ``decision`` empty, ``decided_on`` None: the register does not say."""

    id: int
    unit: str
    product: str
    producer: str
    stars: int
    decision: str
    decided_on: date | None


def listed(duty: Obligation) -> FormField | None:
    """The duty's list that takes its products from the register."""
    return next((field for field in duty.fields if field.from_register), None)


def months_of(field: FormField) -> int:
    """The months that have to be full since a product's decision, where the list counts them; else 0."""
    source = field.from_register
    column = next((c for c in field.columns if source and c.id == source.decided_on and c.kind is Kind.DATE), None)
    return (column.months_before or 0) if column else 0


def months_counted(duty: Obligation) -> int:
    """The months that a duty counts from a product's decision; 0 where it counts none."""
    field = listed(duty)
    return months_of(field) if field else 0


def full_on(product: Product, months: int) -> date | None:
    """The day on which so many months are full; None where the register has no day."""
    return months_after(product.decided_on, months) if product.decided_on else None


def ripe(products: Iterable[Product], months: int, by: date) -> tuple[Product, ...]:
    """The products whose months are full on that day at the latest, the earliest decided first."""
    full = ((full_on(product, months), product) for product in products)
    found = [(day, product) for day, product in full if day is not None and day <= by]
    return tuple(product for _, product in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


def ripe_first(products: Iterable[Product], months: int, by: date | None) -> tuple[Product, ...]:
    """All of them, those whose months are full by that day before the others."""
    every = tuple(products)
    first = ripe(every, months, by) if months and by else ()
    ahead = set(first)
    return (*first, *(product for product in every if product not in ahead))


def told_first(campaign: Campaign, situation: Situation, push: Push) -> tuple[Obligation, ...]:
    """The duties that count months and of which a reminder speaks to its reader for the first time: then it tells of the
    register. A duty that is only listed along is told of with its own rung."""
    if push.recipient is None:
        return ()
    before = {key.duty.partition("@")[0] for key, _ in situation.told_to.get(whom(push.recipient), ()) if key.kind == REMIND}
    fresh = (reason.obligation for reason in push.reasons if reason.rung and reason.obligation not in before)
    return tuple(duty for slug in fresh if months_counted(duty := campaign.obligation(slug)))


def latest_decision(campaign: Campaign, latest: date) -> date | None:
    """The latest day of a decision whose months may be full by a day; None where no duty counts months."""
    months = [counted for duty in campaign.dated() if (counted := months_counted(duty))]
    return months_after(latest, -min(months)) + timedelta(days=SLACK) if months else None
