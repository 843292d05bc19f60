"""How the unit's products in the register read where a list offers them to tick."""

from collections.abc import Iterator

from handlers.wording.catalogs import Words
from handlers.wording.register import full_text, product_text
from rules.campaign.register import Product, full_on
from rules.campaign.shelf import Shelf

LONGEST_LABEL = 40
_TICKED, _FREE = "☑", "☐"


def ask_text(words: Words, shelf: Shelf, listed: bool) -> str:
    """How many there are and how they are chosen. ``listed``: the choices below are numbered, and say all that is known."""
    lines = list(_opening(words, shelf))
    if not listed:
        lines += [f"{number}. {_sign(shelf, product)} {_known(words, shelf, number, product)}" for number, product in shelf.shown]
    return "\n".join(lines)


def _opening(words: Words, shelf: Shelf) -> Iterator[str]:
    total = words.number(len(shelf.products))
    if shelf.ticked:
        count = words.number(len(shelf.ticked))
        button = words.tr("button.add_ticked", count=count)
        yield words.tr("shelf.ticked", count=count, total=total, button=button)
        return
    yield words.tr("shelf.ask_more", count=total) if shelf.is_more else words.tr("shelf.ask", count=total)
    if shelf.full and shelf.by and len(shelf.products) > 1:
        yield words.tr("shelf.full_first", count=words.number(shelf.full), months=shelf.months, by=words.day(shelf.by))
    yield words.tr("shelf.how") if len(shelf.products) > 1 else words.tr("shelf.how_one")


def label(words: Words, shelf: Shelf, number: int, product: Product, listed: bool) -> str:
    """What the button of a product says: all that is known where it is a line of a list, else its name."""
    name = product.product if len(product.product) <= LONGEST_LABEL else product.product[: LONGEST_LABEL - 1].rstrip() + "…"
    return f"{_sign(shelf, product)} {_known(words, shelf, number, product) if listed else name}"


def _sign(shelf: Shelf, product: Product) -> str:
    return _TICKED if product.id in shelf.ticked else _FREE


def _known(words: Words, shelf: Shelf, number: int, product: Product) -> str:
    """With when its months are full, where the list counts them."""
    text, full = product_text(words, product), full_on(product, shelf.months)
    if not shelf.months or full is None:
        return text
    if shelf.is_full(number):
        return f"{text}; {full_text(words, product, shelf.months)}"
    later = words.tr("shelf.not_full", months=shelf.months, day=words.day(full))
    return f"{text}; {later}"
