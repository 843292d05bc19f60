"""Takes the campaign out of each query of storage, one at a time: would the tests of two campaigns miss it?

Each is tried in a process of its own, forked, on SQLite, with one module of ``storage`` loaded as if written so.
"""

import ast
import importlib
import multiprocessing
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORAGE = ROOT / "storage"
TESTS = ("tests/storage/test_two_campaigns.py", "tests/house/test_scope.py")
GIVEN = ("campaign", "of_campaign")
"""How a campaign is handed to a query: as a column's value, and as a parameter."""
BINDS = "_these"
"""A function of storage whose result compares the campaign first."""


@dataclass(frozen=True)
class Mutant:
    """A place in a module, by number, where the campaign is taken out; ``name`` says where for people."""

    module: str
    number: int
    name: str


class _TakesOut(ast.NodeTransformer):
    """Finds the places; takes out the one with that number."""

    def __init__(self, number: int = -1) -> None:
        self.names: list[str] = []
        self._number = number

    def _here(self, node: ast.expr, without: ast.expr) -> ast.expr:
        self.names.append(f"{node.lineno}: {ast.unparse(node)}")
        return ast.copy_location(without, node) if len(self.names) - 1 == self._number else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """``draft.c.campaign == …``: any campaign will do."""
        self.generic_visit(node)
        if not ast.unparse(node.left).endswith(".c.campaign"):
            return node
        return self._here(node, ast.parse(f"{ast.unparse(node.left)}.is_not(None)", mode="eval").body)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """``_these(draft, "id")``: without the first of these. ``values(campaign=…)``: another's."""
        self.generic_visit(node)
        for given in node.keywords:
            if given.arg in GIVEN:
                given.value = self._here(given.value, ast.Constant("nobody's"))
        if not isinstance(node.func, ast.Name) or node.func.id != BINDS:
            return node
        kept = f"[bindparam('of_campaign').is_not(None), *{ast.unparse(node)}[1:]]"
        return self._here(node, ast.parse(kept, mode="eval").body)

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        """``{"of_campaign": …}``: another's."""
        self.generic_visit(node)
        for place, key in enumerate(node.keys):
            if isinstance(key, ast.Constant) and key.value in GIVEN:
                node.values[place] = self._here(node.values[place], ast.Constant("nobody's"))
        return node


def mutants() -> Iterator[Mutant]:
    """Every place of storage where a campaign is named to a query."""
    for path in sorted(STORAGE.glob("*.py")):
        found = _TakesOut()
        found.visit(ast.parse(path.read_text(encoding="utf-8")))
        for number, name in enumerate(found.names):
            yield Mutant(path.stem, number, f"storage/{path.name}:{name}")


def _code_of(mutant: Mutant) -> CodeType:
    path = STORAGE / f"{mutant.module}.py"
    tree = _TakesOut(mutant.number).visit(ast.parse(path.read_text(encoding="utf-8")))
    return compile(ast.fix_missing_locations(tree), str(path), "exec")


def _tested(mutant: Mutant, says: str) -> None:
    """In the process of its own: the module is executed anew, as if written so, and pytest's word is the exit code."""
    with Path(says).open("w", encoding="utf-8") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
        if mutant.number >= 0:
            module = importlib.import_module(f"storage.{mutant.module}")
            exec(_code_of(mutant), module.__dict__)
        sys.exit(int(pytest.main(["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-m", "not postgres", *TESTS])))


def _passes(mutant: Mutant, says: str) -> bool:
    """Whether every test passes. Raises where they did not even run."""
    process = multiprocessing.get_context("fork").Process(target=_tested, args=(mutant, says))
    process.start()
    process.join()
    if process.exitcode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"{mutant.name}: {Path(says).read_text(encoding='utf-8')}")
    return process.exitcode == pytest.ExitCode.OK


def unnoticed(only: str, folder: Path) -> tuple[int, list[str]]:
    """How many campaigns were taken out, and which of them nobody missed."""
    chosen, says = [mutant for mutant in mutants() if only in mutant.name], str(folder / "said")
    if chosen and not _passes(Mutant("", -1, "nothing taken out"), says):
        raise RuntimeError(f"the tests fail as things are: {Path(says).read_text(encoding='utf-8')}")
    return len(chosen), [mutant.name for mutant in chosen if _passes(mutant, says)]
