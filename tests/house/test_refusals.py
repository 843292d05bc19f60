"""A word of refusal stands in the table of routes and nowhere else: no handler asks "may you?" by itself."""

import ast
from pathlib import Path

import pytest

from handlers.routes import ROUTES, Denied
from handlers.wording.catalogs import Languages
from tests.stage import CAMPAIGN

HANDLERS = Path(__file__).resolve().parents[2] / "handlers"
TABLE = HANDLERS / "routes.py"
BY_ROLE = frozenset({
    "managers_only", "administrators_only", "group.managers_only", "status.stranger", "status.own_only", "report.stranger",
    "leave.stranger", "own.stale", "file.stranger", "receipt.unknown", "phone.stranger", "request.is_in",
})  # fmt: skip
ALSO_SAID = frozenset({"unknown_button", "stale", "form.gone", "report.not_yours", "group.private", "group.not_bound"})
"""What handlers say too, of things that are gone or can't be done here, whoever asks."""


def words(source: str) -> set[str]:
    """Every text that stands in a source, whether or not as a key of the catalog."""
    return {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def refusals(source: str) -> set[str]:
    """The keys that ``Denied`` is given."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Denied"]
    return {str(first.value) for call in calls for first in call.args[:1] if isinstance(first, ast.Constant)}


def others() -> list[Path]:
    return sorted(path for path in HANDLERS.rglob("*.py") if path != TABLE)


def test_the_table_of_routes_names_every_refusal() -> None:
    assert refusals(TABLE.read_text(encoding="utf-8")) == BY_ROLE | ALSO_SAID


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_refusal_of_the_routes_has_its_sentence(language: str) -> None:
    given = {
        d.key
        for route in ROUTES.values()
        for d in (route.denied, route.stranger, route.elsewhere)
        if isinstance(d, Denied) and d.key
    }
    tr = Languages(CAMPAIGN.directory.zone).of(language).tr
    assert all(tr(key, receiver="") != key for key in given)


@pytest.mark.parametrize("path", others(), ids=lambda path: str(path.relative_to(HANDLERS)))
def test_no_handler_refuses_by_itself(path: Path) -> None:
    assert words(path.read_text(encoding="utf-8")) & BY_ROLE == set()


def test_nobody_else_makes_a_refusal() -> None:
    assert {path.name for path in others() if refusals(path.read_text(encoding="utf-8"))} == set()


def test_a_word_is_seen_wherever_it_stands() -> None:
    assert words('turn.say(turn.words.tr("managers_only"))\nKEYS = {"a": ("status.stranger",)}') & BY_ROLE == {
        "managers_only", "status.stranger",
    }  # fmt: skip
    assert refusals('Denied("stale", LeadsOn.EVERYDAY)') == {"stale"}
