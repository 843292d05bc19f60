"""How the register of recognised products reads: a product, when its months are full, several by name."""

from collections.abc import Iterable
from datetime import date

from handlers.wording.catalogs import Words
from rules.campaign.register import Product, full_on, ripe

NAMED = 5
"""Products that a reminder names; of the others the number is said."""


def product_text(words: Words, product: Product) -> str:
    """``Mắm cá cơm · HTX Biển Xanh · 3 sao · 3960/QĐ-UBND · 20/12/2018``, as far as the register knows it."""
    stars = words.tr("register.stars", count=product.stars) if product.stars else ""
    day = words.day(product.decided_on) if product.decided_on else ""
    return " · ".join(filter(None, (product.product, product.producer, stars, product.decision, day)))


def full_text(words: Words, product: Product, months: int) -> str:
    """``đủ 36 tháng ngày 20/12/2021``; empty where months are not counted, or the register has no day."""
    full = full_on(product, months) if months else None
    return words.tr("register.full_on", months=months, day=words.day(full)) if full else ""


def ripe_text(words: Words, products: Iterable[Product], months: int, by: date) -> str:
    """Which of a unit's products have their months full by a day, to the unit itself; empty where none has."""
    found = ripe(products, months, by)
    if not found:
        return ""
    names, day = names_text(words, found), words.day(by)
    return words.trn("register.own_ripe_one", "register.own_ripe_many", len(found), months=months, by=day, names=names)


def names_text(words: Words, products: tuple[Product, ...]) -> str:
    """The first few by name with their producer, and how many others there are."""
    named = [f"{p.product} ({p.producer})" if p.producer else p.product for p in products[:NAMED]]
    more = len(products) - NAMED
    text = ", ".join(named)
    return words.tr("register.and_others", names=text, count=words.number(more)) if more > 0 else text
