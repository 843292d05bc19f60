"""The register of recognised products: brought as a whole, shown, and taken as a whole in place of the one before. Of the
installation, for every campaign's forms look into it.

What was brought waits under a loading that nobody has taken yet; the one that was taken last is in force.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from rules.campaign.register import Product
from storage import sql
from storage.tables import RegisterLoading as RegisterLoading
from storage.tables import recognised_product, register_loading

_IN_FORCE = select(func.max(register_loading.c.id)).where(register_loading.c.taken_at.is_not(None)).scalar_subquery()
_COLUMNS = [recognised_product.c[name] for name in sql.names_of(Product)]
_OF_UNIT = (
    select(*_COLUMNS)
    .where(recognised_product.c.loading_id == _IN_FORCE, recognised_product.c.unit == bindparam("of_unit"))
    .order_by(recognised_product.c.id)
)
_DECIDED_BY = (
    select(*_COLUMNS)
    .where(recognised_product.c.loading_id == _IN_FORCE, recognised_product.c.decided_on <= bindparam("by"))
    .order_by(recognised_product.c.id)
)


def bring(db: Connection, products: Iterable[Product], person_id: int, name: str, now: datetime) -> int:
    """Keep what was read, until somebody says yes to it. Returns the number of the loading."""
    values = {"person_id": person_id, "person_name": name, "at": now, "taken_at": None}
    number = int(db.execute(insert(register_loading).values(values).returning(register_loading.c.id)).scalar_one())
    rows = [{**asdict(product), "loading_id": number} for product in products]
    for row in rows:
        del row["id"]
    if rows:
        db.execute(insert(recognised_product), rows)
    return number


def loading(db: Connection, number: int) -> RegisterLoading | None:
    """A loading by its number, locked for this turn."""
    query = select(*sql.columns(RegisterLoading, register_loading)).where(register_loading.c.id == number)
    return sql.one(db, RegisterLoading, query.with_for_update())


def in_force(db: Connection) -> RegisterLoading | None:
    """The loading that was taken last."""
    query = select(*sql.columns(RegisterLoading, register_loading)).where(register_loading.c.id == _IN_FORCE)
    return sql.one(db, RegisterLoading, query)


def size(db: Connection, number: int) -> int:
    """How many products a loading has."""
    query = select(func.count()).select_from(recognised_product).where(recognised_product.c.loading_id == number)
    return int(db.execute(query).scalar_one())


def take(db: Connection, number: int, now: datetime) -> None:
    """Put a loading in force, and let go of all before it."""
    db.execute(update(register_loading).where(register_loading.c.id == number).values(taken_at=now))
    db.execute(delete(recognised_product).where(recognised_product.c.loading_id < number))
    db.execute(delete(register_loading).where(register_loading.c.id < number))


def drop(db: Connection, number: int) -> None:
    """Let go of what a loading brought; its number stays, for a button names it."""
    db.execute(delete(recognised_product).where(recognised_product.c.loading_id == number))


def of(db: Connection, unit: str) -> tuple[Product, ...]:
    """A unit's products, in the register's order."""
    return tuple(sql.many(db, Product, _OF_UNIT, {"of_unit": unit}))


def counts(db: Connection) -> dict[str, int]:
    """How many products each unit has."""
    counted = func.count().label("products")
    query = select(recognised_product.c.unit, counted).where(recognised_product.c.loading_id == _IN_FORCE)
    return {row.unit: row.products for row in db.execute(query.group_by(recognised_product.c.unit))}


def decided_by(db: Connection, day: date) -> tuple[Product, ...]:
    """The products of all units whose decision was signed on that day at the latest."""
    return tuple(sql.many(db, Product, _DECIDED_BY, {"by": day}))
