"""Alembic's entry: runs on the connection that :func:`storage.database.migrate` passes in."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import storage.tables  # noqa: F401 - registers the tables
from storage.types import UtcDateTime


def _render(kind: str, item: Any, into: AutogenContext) -> str | Literal[False]:
    """Our own column types by name, and SQLModel's string as plain SQL."""
    if kind == "type" and isinstance(item, UtcDateTime):
        into.imports.add("from storage.types import UtcDateTime")
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata, render_as_batch=True,
    render_item=_render,
)  # fmt: skip
context.run_migrations()
