"""Only storage writes queries: elsewhere a connection is handed on, and that is all."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HANDED_ON = {"sqlalchemy.Connection", "sqlalchemy.Engine", "sqlalchemy.exc.OperationalError", "sqlalchemy.exc.SQLAlchemyError"}
"""What the rest may know of the database: what is handed on, and that it may fail."""


def _known_of_the_database(code: str) -> set[str]:
    """What a file imports of SQLAlchemy, and of storage's own ways to write queries."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] == "sqlalchemy" or name.startswith("storage.sql")}


@pytest.mark.parametrize("package", ["handlers", "bot"])
def test_no_query_is_written_outside_storage(package: str) -> None:
    files = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / package).rglob("*.py")}
    assert len(files) > 20
    written = {name: more for name, code in files.items() if (more := _known_of_the_database(code) - HANDED_ON)}
    assert written == {}


@pytest.mark.parametrize("line", [
    "from sqlalchemy import select", "import sqlalchemy as sa", "from sqlalchemy.sql import text", "from storage import sql",
    "from storage.sql import many",
])  # fmt: skip
def test_a_query_is_seen(line: str) -> None:
    assert _known_of_the_database(line) - HANDED_ON
