"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, DateTime, Integer, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from rules.campaign.progress import Outcome, Review
from rules.people import Role

E = TypeVar("E", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, keeps UTC, gives back aware UTC.

    SQLite knows no time zones and would return what it was given without one.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is not an instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class BigId(TypeDecorator[int]):
    """A number given by the database to rows that are never few. SQLite counts up plain integers only."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The dialect's own."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class _Word(TypeDecorator[E]):
    """A member of an enum, kept as its word. Another word is never written, and one found there is an error."""

    impl = String
    cache_ok = True
    of: ClassVar[type[StrEnum]]

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        """To the word. Raises ValueError for one that is not of the enum."""
        return None if value is None else self.of(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """To the member."""
        return None if value is None else self.of(value)


class RoleWord(_Word[Role]):
    """A role."""

    cache_ok = True
    of = Role


class OutcomeWord(_Word[Outcome]):
    """What a unit did."""

    cache_ok = True
    of = Outcome


class ReviewWord(_Word[Review]):
    """What a manager said of it."""

    cache_ok = True
    of = Review
