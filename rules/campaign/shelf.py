"""The unit's own products in the register, as a list offers them: ticked, several at once, and made into rows of the list.

What the register knows of a product is filled in; what it lacks is asked for, row after row (``forms.add_offered``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rules.campaign.alike import Row
from rules.campaign.forms import FormState, question, rows_of
from rules.campaign.model import FormField, FromRegister, Kind
from rules.campaign.register import Product, months_of, ripe, ripe_first
from rules.text.vietnamese import same_words

PAGE = 8
"""Products on one page."""
CLOSED = 0
"""The page of a register that is not looked at."""


@dataclass(frozen=True)
class Shelf:
    """What can still be ticked, those whose months are full first: ``full`` of them, counted to ``by``. ``page`` is None where
    the register is not looked at."""

    field: FormField
    products: tuple[Product, ...]
    months: int
    by: date | None
    full: int
    ticked: tuple[int, ...]
    page: int | None
    is_more: bool
    """Whether the list has rows already."""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-len(self.products) // PAGE)

    @property
    def shown(self) -> tuple[tuple[int, Product], ...]:
        """The products of the page, with their numbers."""
        first = PAGE * ((self.page or 1) - 1)
        return tuple(enumerate(self.products[first : first + PAGE], first + 1))

    def is_full(self, number: int) -> bool:
        """Whether the months of the product with that number are full in time."""
        return number <= self.full

    def rows(self) -> tuple[Row, ...]:
        """The ticked products as rows, in the order in which they stand there."""
        ticked = set(self.ticked)
        return tuple(row_of(self.field, product) for product in self.products if product.id in ticked)


def shelf_of(form: tuple[FormField, ...], state: FormState, products: Iterable[Product], by: date | None) -> Shelf | None:
    """What a list can still take from the register; None where nothing, or no list waits for a row."""
    asked = question(form, state)
    if asked is None or not asked.between_rows or asked.field.from_register is None:
        return None
    there = {_key(asked.field.from_register, row) for row in rows_of(state, asked.field)}
    left = tuple(p for p in products if not there or (same_words(p.product), same_words(p.producer)) not in there)
    if not left:
        return None
    months = months_of(asked.field)
    full = len(ripe(left, months, by)) if months and by else 0
    known = {product.id for product in left}
    ticked = tuple(number for number in state.ticked if number in known)
    shelf = Shelf(asked.field, ripe_first(left, months, by), months, by, full, ticked, None, asked.rows > 0)
    page = state.shelf if state.shelf is not None else CLOSED if asked.rows else 1
    return replace(shelf, page=min(max(page, 1), shelf.pages) if page != CLOSED else None)


def _key(source: FromRegister, row: Row) -> tuple[str, str]:
    producer = row.get(source.producer) if source.producer else None
    return same_words(str(row.get(source.product) or "")), same_words(str(producer or ""))


def row_of(field: FormField, product: Product) -> Row:
    """What the register knows of a product, in the list's columns; what it lacks is left out."""
    assert field.from_register
    known = {"product": product.product, "producer": product.producer, "decision": product.decision}
    known["stars"] = str(product.stars or "")
    known["decided_on"] = product.decided_on.isoformat() if product.decided_on else ""
    places = {column.id: column for column in field.columns}
    row: Row = {}
    for name, column in field.from_register.columns.items():
        value = known[name]
        if value and (places[column].kind is not Kind.CHOICE or value in [option.id for option in places[column].options]):
            row[column] = value
    return row


def look(state: FormState, page: int) -> FormState:
    """Turn to a page of the register; ``CLOSED``: look at it no more."""
    return replace(state, shelf=page, ticked=() if page == CLOSED else state.ticked)


def tick(state: FormState, shelf: Shelf, chosen: Iterable[int]) -> FormState:
    """Tick products; one alone that is ticked already is ticked no more."""
    known = {product.id for product in shelf.products}
    these = tuple(number for number in dict.fromkeys(chosen) if number in known)
    if len(these) == 1 and these[0] in shelf.ticked:
        return replace(state, ticked=tuple(number for number in shelf.ticked if number != these[0]), shelf=shelf.page)
    return replace(state, ticked=tuple(dict.fromkeys((*shelf.ticked, *these))), shelf=shelf.page)
