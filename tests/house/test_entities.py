"""Each entity is written once: what is read and what is kept can't drift apart."""

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, String, Table, create_engine, insert, select
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from rules.campaign.deadlines import Extension
from rules.campaign.ladder import Snooze
from rules.campaign.progress import Outcome, Review
from rules.people import Role
from storage import sql, tables
from storage.database import migrate, open_database
from storage.tables import ALL, OF_CAMPAIGN, OfCampaign, OfInstallation


def below(model: type[Any]) -> list[type[Any]]:
    return [deeper for child in model.__subclasses__() for deeper in (child, *below(child))]


ROWS: list[type[SQLModel]] = [m for m in below(OfCampaign) + below(OfInstallation) if hasattr(m, "__table__")]
VALUES: list[type[SQLModel]] = [row.__bases__[0] for row in ROWS if row.__bases__[0] not in (OfCampaign, OfInstallation)]
PAIRS = [(row.__bases__[0], tables.table(row)) for row in ROWS if row.__bases__[0] in VALUES]


def test_every_table_belongs_to_a_campaign_or_to_the_installation() -> None:
    assert {tables.table(row).name for row in ROWS} == {table.name for table in ALL} == set(SQLModel.metadata.tables)
    assert not set(below(OfCampaign)) & set(below(OfInstallation))
    assert {
        "draft",
        "submission",
        "extension",
        "extension_plan",
        "extension_before",
        "extension_request",
        "rung",
        "acknowledgement",
        "assignment",
    } == OF_CAMPAIGN
    assert {t.name for t in ALL if "campaign" in t.c} - OF_CAMPAIGN == {"question", "snooze"}  # of the installation


@pytest.mark.parametrize(("value", "table"), PAIRS, ids=lambda part: getattr(part, "__name__", getattr(part, "name", "")))
def test_a_value_and_its_columns_agree(value: type[SQLModel], table: Table) -> None:
    assert value.model_config.get("frozen")
    for name, field in value.model_fields.items():
        column = table.c[name]
        assert field.is_required(), f"{name} would be made up where a query forgot it"
        annotation: Any = field.annotation
        kinds = set(get_args(annotation)) if isinstance(annotation, UnionType) else {annotation}
        assert column.nullable == (NoneType in kinds), name
        (kind,) = kinds - {NoneType}
        assert is_kept_as(kind, column), f"{name}: {kind} in {column.type!r}"


def is_kept_as(kind: Any, column: Column[Any]) -> bool:
    plain = get_origin(kind) or kind
    found: TypeEngine[Any] = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return isinstance(column.type, TypeDecorator) and getattr(column.type, "of", None) is kind
    expected = {
        bool: Boolean, int: Integer, float: Float, str: String, datetime: DateTime, date: Date, dict: JSON, tuple: JSON
    }  # fmt: skip
    return isinstance(found, expected[plain])


def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/x.db")
    migrate(engine)
    with engine.begin() as db:
        assert compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), SQLModel.metadata) == []
    engine.dispose()


def test_a_column_that_a_query_forgot_is_an_error() -> None:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    person = tables.person
    with engine.begin() as db:
        kept = {
            "name": "Lan", "role": Role.LEADER, "unit": "hoi-an", "language": "vi", "muted": False, "phone": "",
            "joined_at": datetime(2022, 6, 20, tzinfo=UTC),
        }  # fmt: skip
        db.execute(insert(person).values(kept))
        found = sql.one(db, tables.Person, select(person))
        assert found
        assert (found.role, found.name) == (Role.LEADER, "Lan")
        assert found.role is Role.LEADER
        moved = select(*reversed(sql.columns(tables.Person, person)))  # by name: the order is nobody's business
        assert sql.many(db, tables.Person, moved) == [found]
        with pytest.raises(ValueError, match="phone"):
            sql.one(db, tables.Person, select(*(c for c in person.c if c.name != "phone")))
        row = sql.by_name(db.execute(select(*sql.columns(tables.Person, person, "its_"))).one())
        assert sql.read(tables.Person, row, "its_") == found
        assert sql.read(tables.Person, row, "its_", unit="dai-loc").unit == "dai-loc"
        with pytest.raises(ValueError, match="frozen"):
            found.name = "Hoa"  # type: ignore[misc]


@pytest.mark.parametrize("value", [Extension, Snooze], ids=lambda value: value.__name__)
def test_values_of_the_rules_are_read_by_name_too(value: type[Any]) -> None:
    assert set(sql.names_of(value)) == {
        "Extension": {"unit", "obligation", "date", "reason", "granted_by"}, "Snooze": {"id", "person", "at"}
    }[value.__name__]  # fmt: skip


@pytest.mark.parametrize(("column", "member"), [
    (tables.person.c.role, Role.ADMINISTRATOR), (tables.submission.c.outcome, Outcome.NOTHING), (tables.submission.c.review, Review.NONE),
])  # fmt: skip
def test_enums_are_kept_as_their_word_and_no_other_word_is(column: Column[Any], member: StrEnum) -> None:
    dialect = create_engine("sqlite://").dialect
    kept = column.type.bind_processor(dialect)
    back = column.type.result_processor(dialect, None)
    assert kept
    assert back
    assert type(kept(member)) is str
    assert back(member.value) is member
    for read_or_written in (kept, back):
        with pytest.raises(ValueError, match="chief"):
            read_or_written("chief")
