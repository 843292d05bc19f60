"""Small and plain: a function fits a screen, a file holds one idea, and tables by hand grow no more."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("rules", "storage", "handlers", "bot")
MOST_LINES = 50
"""Of a function, its signature and docstring included."""
LONGEST_FILE = 400
LONGER = {
    "rules/campaign/forms.py": "the walker and its states are one machine, tested as one",
    "rules/actions.py": "a catalog: every action that there is, and no behaviour",
    "storage/tables.py": "a catalog: every entity once",
    "handlers/routes.py": "the table of rights, a row an action, and how a row is read",
}
"""Files that stay whole, and why."""
SKIPS = 103
"""Places that the formatter leaves alone; the number only falls."""


def _files() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def _long_functions(code: str) -> list[tuple[str, int]]:
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    sizes = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in found]
    return [(name, size) for name, size in sizes if size > MOST_LINES]


def test_every_function_fits_a_screen() -> None:
    long = {name: found for name, code in _files() if (found := _long_functions(code))}
    assert long == {}


def test_a_long_function_is_seen() -> None:
    assert _long_functions("def f():\n" + "    x = 1\n" * MOST_LINES) == [("f", MOST_LINES + 1)]


def test_every_file_holds_one_idea() -> None:
    sizes = {name: code.count("\n") for name, code in _files()}
    assert len(sizes) > 150
    assert {name for name, size in sizes.items() if size > LONGEST_FILE} == set(LONGER)


def test_the_formatter_is_left_to_format() -> None:
    assert sum(len(re.findall(r"# fmt: skip", code)) for _, code in _files()) <= SKIPS


def test_every_room_says_what_lives_in_it() -> None:
    """Two sentences at least: what lives there, and what may not."""
    rooms = {name: ast.get_docstring(ast.parse(code)) or "" for name, code in _files() if name.endswith("/__init__.py")}
    assert len(rooms) > 20
    assert {name for name, said in rooms.items() if said.count(". ") + said.count(".\n") + said.endswith(".") < 2} == set()
