"""Every regular expression of the house runs in linear time, whatever text it is given.

What makes a pattern slow is its structure, so that is what is looked at: two endless repeats that may share the same
signs (a failure then tries every way to share them), and a pattern that may start anew inside its own repeat (a failure
is then searched for again from every sign). Patterns stand at the top of their module, where they are found.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import bot
import handlers
import rules
import storage
from handlers.talking import LONGEST

PACKAGES = (rules, storage, handlers, bot)
ROOT = Path(__file__).parents[2]
ENDLESS = 100
"""A repeat of so many is as good as endless."""
SIGNS = "".join(map(chr, [*range(0x250), *range(0x300, 0x330), *range(0x1EA0, 0x1F00), 0x2013, 0x2028, 0x2212, 0x3000, 0x4E2D]))
EVERY = frozenset(range(len(SIGNS)))
Node = tuple[Any, Any]
Signs = frozenset[int]


# ---------------------------------------------------------------- finding them


def modules() -> list[ModuleType]:
    names = [
        found.name
        for package in PACKAGES
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.endswith("__main__") and ".migrations" not in found.name
    ]
    return [importlib.import_module(name) for name in names]


def held(value: object) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value of a module."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from held(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from held(part)


@cache
def patterns() -> dict[str, re.Pattern[Any]]:
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(held(value)):
                found[f"{module.__name__}.{name}.{number}"] = pattern
    return {name: pattern for pattern, name in {pattern: name for name, pattern in found.items()}.items()}


def in_functions(path: Path) -> list[str]:
    """Where a module works with regular expressions that do not stand at its top, or are not compiled there."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda) for part in ast.walk(node)}
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "re"]
    plain = {"IGNORECASE", "I", "MULTILINE", "M", "DOTALL", "VERBOSE", "Pattern", "Match", "escape"}
    faults = [n for n in used if n.attr not in plain and (n.attr != "compile" or id(n) in inside)]
    return [f"{path.relative_to(ROOT)}:{node.lineno} re.{node.attr}" for node in faults]


# ---------------------------------------------------------------- reading them


def bounds(node: Node) -> tuple[int, int, Sequence[Node]] | None:
    """Least, most and body of a repeat."""
    op, given = node
    repeats = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
    return (int(given[0]), int(given[1]), list(given[2])) if op in repeats else None


def inner(node: Node) -> list[Sequence[Node]]:
    """The ways on through a group, a branch or a condition."""
    op, given = node
    if op is codes.SUBPATTERN:
        return [list(given[3])]
    if op is codes.BRANCH:
        return [list(way) for way in given[1]]
    if op is codes.ATOMIC_GROUP:
        return [list(given)]
    return []


@cache
def category(name: str) -> Signs:
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.rpartition("_")[2]]
    pattern = re.compile(f"\\{letter.upper() if '_NOT_' in name else letter}")
    return frozenset(at for at, sign in enumerate(SIGNS) if pattern.match(sign))


def one_sign(node: Node, folding: bool) -> Signs:
    """The signs that a node for a single one may be; empty for any other node."""
    op, given = node
    if op in (codes.ANY, codes.GROUPREF):
        return EVERY
    if op is codes.CATEGORY:
        return category(str(given))
    if op is codes.RANGE:
        found = frozenset(at for at, sign in enumerate(SIGNS) if given[0] <= ord(sign) <= given[1])
    elif op in (codes.LITERAL, codes.NOT_LITERAL):
        found = frozenset(at for at, sign in enumerate(SIGNS) if ord(sign) == given)
    elif op is codes.IN:
        found = frozenset().union(*(one_sign(part, folding) for part in given if part[0] is not codes.NEGATE))
    else:
        return frozenset()
    if folding:
        cases = {SIGNS[at].lower() for at in found}
        found = frozenset(at for at, sign in enumerate(SIGNS) if sign.lower() in cases)
    negated = op is codes.NOT_LITERAL or (op is codes.IN and (codes.NEGATE, None) in given)
    return EVERY - found if negated else found


def all_signs(nodes: Sequence[Node], folding: bool) -> Signs:
    """Every sign that stands anywhere in what these nodes match."""
    found: Signs = frozenset()
    for node in nodes:
        repeat = bounds(node)
        found |= one_sign(node, folding)
        for way in [repeat[2]] if repeat else inner(node):
            found |= all_signs(way, folding)
    return found


def may_be_nothing(node: Node) -> bool:
    """Whether a node may match without any sign."""
    if node[0] in (codes.AT, codes.ASSERT, codes.ASSERT_NOT, codes.GROUPREF):
        return True
    repeat = bounds(node)
    if repeat:
        return repeat[0] == 0 or all(map(may_be_nothing, repeat[2]))
    ways = inner(node)
    return bool(ways) and any(all(map(may_be_nothing, way)) for way in ways)


def first_signs(nodes: Sequence[Node], folding: bool) -> Signs:
    """The signs that what these nodes match may begin with."""
    found: Signs = frozenset()
    for node in nodes:
        repeat = bounds(node)
        found |= one_sign(node, folding)
        for way in [repeat[2]] if repeat else inner(node):
            found |= first_signs(way, folding)
        if not may_be_nothing(node):
            break
    return found


def shares(signs: Signs, nodes: Sequence[Node], folding: bool) -> tuple[bool, bool]:
    """Walking on behind an endless repeat of those signs: whether another may take some of them too, and whether
    the walk comes to the end of the nodes with nothing in between that the first could not have swallowed."""
    for node in nodes:
        repeat = bounds(node)
        if repeat and repeat[1] >= ENDLESS and signs & first_signs(repeat[2], folding):
            return True, False
        passed = may_be_nothing(node) or bool(one_sign(node, folding) & signs)
        for way in [repeat[2]] if repeat else inner(node):
            shared, through = shares(signs, way, folding)
            if shared:
                return True, False
            passed = passed or through
        if not passed:
            return False, False
    return False, True


def may_fail(nodes: Sequence[Node]) -> bool:
    """Whether what follows may refuse."""
    return any(not may_be_nothing(node) or node[0] in (codes.AT, codes.ASSERT, codes.ASSERT_NOT) for node in nodes)


def repeats_in(nodes: Sequence[Node], after: Sequence[Node]) -> Iterator[tuple[Sequence[Node], Sequence[Node]]]:
    """Each endless repeat's body, with all that follows it; in a repeat its own beginning follows again."""
    for at, node in enumerate(nodes):
        rest = [*nodes[at + 1 :], *after]
        repeat = bounds(node)
        if repeat and repeat[1] >= ENDLESS:
            yield repeat[2], rest
        for way in [repeat[2]] if repeat else inner(node):
            again: list[Node] = [(codes.MAX_REPEAT, (0, 1, way))] if repeat and repeat[1] > 1 else []
            yield from repeats_in(way, [*again, *rest])


def is_held(tree: Sequence[Node], flags: int, signs: Signs, folding: bool) -> bool:
    """Whether a search can't start anew amid a run of those signs: the pattern begins at the text's beginning, at a
    word's edge, or behind a sign that is none of them."""
    op, given = tree[0]
    if not signs & first_signs(tree, folding):
        return True
    if op is codes.AT and given in (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING):
        return given is codes.AT_BEGINNING_STRING or not flags & re.MULTILINE
    if op is codes.AT and given is codes.AT_BOUNDARY:
        word = category("CATEGORY_WORD")
        return signs <= word or not signs & word
    return op is codes.ASSERT and given[0] < 0 and not signs & all_signs(list(given[1]), folding)


def faults(pattern: re.Pattern[Any]) -> list[str]:
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    tree, folding = list(parser.parse(source, pattern.flags & ~re.DEBUG)), bool(pattern.flags & re.IGNORECASE)
    found = []
    for body, after in repeats_in(tree, []):
        signs = all_signs(body, folding)
        if shares(signs, after, folding)[0]:
            found.append("two repeats of the same signs")
        if may_fail(after) and not is_held(tree, pattern.flags, signs, folding):
            found.append("starts anew inside its own repeat")
    return found


# ---------------------------------------------------------------- the tests


@pytest.mark.parametrize(
    "slow",
    [
        r"^\s*\[?\s*x", r"(?m)^\s*x", r"<[^>]+>", r"(a+)+$", r"(?:a|b*)*c", r"\s+$", r"\{.*\}", r"\b(?:co|bi) .* khong$", r"^a*ba*b?a*c",
        r"^(?:x\s*)?\s*(?:y)?\s*z", r"^\w+\d+x", r"^(\s|\w)*\s*x", r"(?i)^[a-z]*A{3,}x", r"^\s*(?:\s+y)?z",
    ],
)  # fmt: skip
def test_what_is_slow_is_seen(slow: str) -> None:
    assert faults(re.compile(slow))


@pytest.mark.parametrize(
    "quick",
    [
        r"\w+",
        r"@\w+",
        r"^\s*x",
        r"\b\d+\s+(?:a|b)",
        r"[a-z]+(?:[./-][a-z]+)*",
        r"(?<=[.;])\s+(?=[A-Z])",
        r'"t"\s*:\s*"?(\d{1,20})"?',
    ],
)
def test_what_is_quick_passes(quick: str) -> None:
    assert faults(re.compile(quick)) == []


def test_every_pattern_stands_where_it_is_found() -> None:
    paths = [path for package in PACKAGES for path in (ROOT / package.__name__).rglob("*.py") if "migrations" not in path.parts]
    assert len(paths) > 100
    assert [fault for path in paths for fault in in_functions(path)] == []
    assert len(patterns()) >= 50


def test_every_pattern_is_linear() -> None:
    assert {name: found for name, pattern in patterns().items() if (found := faults(pattern))} == {}


def worst_cases(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Long runs of each sign that the pattern knows, and of its own literal pieces, each with nothing good behind it."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    pieces = dict.fromkeys(
        [*re.findall(r"[^\W_]+ ?|[^\w\s]", source)[:12], " ", "\n", "<", "a", "1", "ờ", "a ", "1.", "-", "\n "]
    )
    for piece in pieces:
        run = piece * (10 * LONGEST // len(piece))
        yield from (run, "x" + run + "\x01")


@pytest.mark.parametrize("name", patterns())
def test_the_worst_that_can_be_typed_comes_to_an_end(name: str) -> None:
    pattern = patterns()[name]
    for text in worst_cases(pattern):
        given = text.encode() if isinstance(pattern.pattern, bytes) else text
        for look in (pattern.search, pattern.fullmatch):
            look(given)
