"""Values read by the names of their columns, and the two inserts that each database spells its own way.

The only file that knows dialects. What it builds it builds once: a turn costs no building of statements.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Executable, Row, Table, insert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel

V = TypeVar("V")
Values = Mapping[str, Any]
_NAMES: dict[type[Any], tuple[str, ...]] = {}
_READERS: dict[type[Any], Callable[[Any], Any]] = {}
_INSERT: dict[str, Any] = {"postgresql": postgres_insert, "sqlite": sqlite_insert}


def one(db: Connection, value: type[V], query: Executable, params: Values | None = None) -> V | None:
    """The first value that a query finds; None where it finds none."""
    row = db.execute(query, params).first()
    return None if row is None else _reader(value)(by_name(row))


def many(db: Connection, value: type[V], query: Executable, params: Values | None = None) -> list[V]:
    """The values that a query finds."""
    found = db.execute(query, params)
    into, names = _reader(value), tuple(found.keys())
    return [into(dict(zip(names, row, strict=True))) for row in found.all()]


def by_name(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """A row as a plain dict: what reads it asks for each name, and a dict answers three times as fast as the row's own mapping."""
    return dict(zip(row._fields, row, strict=True))


def readable(db: Connection, value: type[V], query: Executable) -> tuple[list[V], list[Row[Any]]]:
    """The values that a query finds, and the rows that hold none: a damaged row may not hide the others."""
    into, found, damaged = _reader(value), [], []
    for row in db.execute(query):
        try:
            found.append(into(by_name(row)))
        except ValueError:  # what pydantic raises is one
            damaged.append(row)
    return found, damaged


def read(value: type[V], found: Mapping[str, Any], prefix: str = "", **known: Any) -> V:
    """A value out of a row by name that holds several, its columns named with a prefix. What is ``known`` is not read."""
    named = {name: found[prefix + name] for name in names_of(value) if name not in known} if prefix else found
    return _reader(value)({**named, **known} if known else named)


def add(db: Connection, value: type[V], into: Table, values: Values) -> V:
    """Insert a row and read it back, with the number that the database gave it."""
    return _reader(value)(by_name(db.execute(_adding(into), values).one()))


@cache
def _adding(into: Table) -> Executable:
    return cast(Executable, insert(into).returning(*into.c))


def made(value: type[V], values: Values) -> V:
    """A value of what was just written."""
    return _reader(value)(values)


def columns(value: type[Any], of: Table, prefix: str = "") -> list[ColumnElement[Any]]:
    """What to select of a table for a value."""
    return [of.c[name].label(prefix + name) for name in names_of(value)]


def names_of(value: type[Any]) -> tuple[str, ...]:
    """The columns that a value is read from: its fields."""
    found = _NAMES.get(value)
    if found is None:
        found = tuple(value.model_fields) if issubclass(value, SQLModel) else tuple(field.name for field in fields(value))
        _NAMES[value] = found
    return found


def _reader(value: type[V]) -> Callable[[Any], V]:
    found = _READERS.get(value)
    if found is None:
        found = _READERS[value] = _new_reader(value)
    return found


def _new_reader(value: type[Any]) -> Callable[[Any], Any]:
    if issubclass(value, SQLModel):  # its validator takes the row as it is; model_validate would go four times as far round
        validate = value.__pydantic_validator__.validate_python
        return lambda found: validate(found, self_instance=object.__new__(value))
    names = names_of(value)
    return lambda found: value(**{name: found[name] for name in names})


def insert_once(db: Connection, into: Table, values: Values) -> Row[Any] | None:
    """Insert a row, unless one with the same key is there: then nothing happens and None is returned.

    Returns the new row's primary key, by name.
    """
    return db.execute(_once(db.dialect.name, into), values).first()


@cache
def _once(dialect: str, into: Table) -> Executable:
    return cast(Executable, _INSERT[dialect](into).on_conflict_do_nothing().returning(*into.primary_key.columns))


def upsert(db: Connection, into: Table, values: Values, adding: tuple[str, ...] = (), keeping: tuple[str, ...] = ()) -> Row[Any]:
    """Insert a row, or change the one with its primary key to these values. Returns it as it stands now.

    ``adding``: columns whose values are added to those that are there. ``keeping``: columns that only a new row takes.
    """
    return db.execute(_up(db.dialect.name, into, tuple(values), adding, keeping), values).one()


@cache
def _up(dialect: str, into: Table, names: Iterable[str], adding: tuple[str, ...], keeping: tuple[str, ...]) -> Executable:
    added = _INSERT[dialect](into)
    changes = {
        name: into.c[name] + added.excluded[name] if name in adding else added.excluded[name]
        for name in names
        if name not in into.primary_key.columns and name not in keeping
    }
    return cast(Executable, added.on_conflict_do_update(index_elements=into.primary_key.columns, set_=changes).returning(*into.c))
