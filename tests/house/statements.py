"""Watches every statement of every test: each campaign table that it touches has to be compared by campaign.

A table counts as compared where the WHERE (or the ON of a join) of the very SELECT, UPDATE or DELETE that touches it,
alias or not, says ``campaign = …`` and nothing else can let a row of another campaign in: not inside an OR, and not
against a table that is itself unbound. An INSERT has to give the campaign's value. A statement
marked by ``storage.scope.all_campaigns`` means every campaign.
"""

import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Column, Delete, Engine, Executable, Insert, Select, Table, TextClause, Update, event, text
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList, ClauseElement, Grouping
from sqlalchemy.sql.selectable import CTE, Alias, CompoundSelect, FromClause, Join, SelectBase, Subquery
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - fills the metadata

ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(str(ROOT / name) + "/" for name in ("rules", "storage", "handlers", "bot", "tests", "benchmarks"))
OUTSIDE = (str(ROOT / "tests") + "/", str(ROOT / "benchmarks") + "/", str(ROOT / "storage" / "migrations") + "/")
"""Code that may look at every campaign's rows: tests, and migrations."""
PASSING_ON = str(ROOT / "storage" / "sql.py")
"""Only hands statements on: whoever called it issued them."""
WATCHED = frozenset(name for name, table in SQLModel.metadata.tables.items() if "campaign" in table.c)
_NAMED = re.compile(rf"\b({'|'.join(sorted(WATCHED))})\b")


class Watcher:
    """Keeps which functions issued a statement that forgot the campaign of a table, and the statement."""

    def __init__(self, caller: Callable[[], str | None]) -> None:
        self.offences: dict[str, str] = {}
        self._caller = caller
        self._looked_into: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def hear(self, connection: object, cursor: object, sql: str, values: object, context: Any, many: bool) -> None:
        """One statement is about to be executed: SQLAlchemy's ``before_cursor_execute``."""
        caller = self._caller() if _NAMED.search(sql) else None
        if caller is None or means_all(context.invoked_statement):
            return
        with self._lock:
            forgotten = self._looked_into.get(sql)  # the same SQL has the same WHERE
        if forgotten is None:
            given = context.compiled_parameters[0] if context.compiled and context.compiled_parameters else {}
            forgotten = unscoped(text(sql) if context.invoked_statement is None else context.invoked_statement, given)
        with self._lock:
            self._looked_into[sql] = forgotten
            if forgotten:
                self.offences.setdefault(caller, f"{', '.join(sorted(forgotten))} in: {sql}")

    def complain(self) -> None:
        """Fail where a function forgot a campaign; once, lest the next test be blamed for it."""
        with self._lock:
            fresh, self.offences = self.offences, {}
        assert not fresh, "statements without their campaign:\n" + "\n".join(f"{who}: {what}" for who, what in fresh.items())


def caller() -> str | None:
    """The function of ours that issues a statement; None where it may look at everything."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(OURS) and path not in (__file__, PASSING_ON):
            return None if path.startswith(OUTSIDE) else f"{Path(path).stem}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    return None


WATCHER = Watcher(caller)


def watch() -> None:
    """Listen on every engine of this process, whoever makes it."""
    if not event.contains(Engine, "before_cursor_execute", WATCHER.hear):
        event.listen(Engine, "before_cursor_execute", WATCHER.hear)


# ---------------------------------------------------------------- what a statement touches and compares


def means_all(statement: ClauseElement | None) -> bool:
    """Whether a statement says itself that it means every campaign's rows (``storage.scope.all_campaigns``)."""
    return isinstance(statement, Executable) and bool(statement.get_execution_options().get("all_campaigns"))


def unscoped(statement: ClauseElement, given: Mapping[str, Any] | None = None) -> set[str]:
    """The campaign tables of a statement that nothing in it binds to a campaign. ``given``: the values of an INSERT
    that come along with it."""
    if isinstance(statement, TextClause):
        return set(_NAMED.findall(statement.text))
    return set(_unscoped(statement, given or {}, frozenset()))


def _unscoped(statement: ClauseElement, given: Mapping[str, Any], around: frozenset[FromClause]) -> Iterator[str]:
    """``around``: what the enclosing statements already speak of, which a subquery only refers to."""
    if isinstance(statement, CompoundSelect):
        for part in statement.selects:
            yield from _unscoped(part, {}, around)
        return
    sources: list[FromClause] = []
    conditions: list[Any] = []
    if isinstance(statement, Select):
        for source in statement.get_final_froms():
            _flatten(source, sources, conditions)
    elif isinstance(statement, Update | Delete):
        _flatten(statement.table, sources, conditions)
    elif isinstance(statement, Insert) and not _gives_campaign(statement, given):
        yield str(statement.table)
    if isinstance(statement, Select | Update | Delete) and statement.whereclause is not None:
        conditions.append(statement.whereclause)
    own = [source for source in sources if source not in around]
    bound = _bound(conditions, around)
    yield from (_table(source) for source in own if _table(source) in WATCHED and source not in bound)
    for inner, beside in _inner(statement, sources):
        yield from _unscoped(inner, {}, frozenset() if beside else around | frozenset(sources))


def _flatten(source: Any, sources: list[FromClause], conditions: list[Any]) -> None:
    """What a FROM holds, joins taken apart. The ON of an outer join binds its right side alone."""
    if isinstance(source, Join):
        _flatten(source.left, sources, conditions)
        _flatten(source.right, sources, conditions)
        if source.onclause is not None:
            conditions.append(source.onclause)
    elif isinstance(source, FromClause):
        sources.append(source)


def _table(source: FromClause) -> str:
    if isinstance(source, Alias) and isinstance(source.element, FromClause):
        return _table(source.element)
    return source.name if isinstance(source, Table) else ""


def _gives_campaign(statement: Insert, given: Mapping[str, Any]) -> bool:
    table = statement.table
    if not isinstance(table, Table) or table.name not in WATCHED or "campaign" in given:
        return True
    named = [*(statement._values or {}), *(key for row in statement._multi_values for item in row for key in item)]
    named += statement._select_names or []
    return any(getattr(key, "name", key) == "campaign" for key in named)


def _bound(conditions: list[Any], around: frozenset[FromClause]) -> set[FromClause]:
    """What is compared by campaign: with a value, or with something that is bound itself."""
    bound: set[FromClause] = set(around)
    pairs = [pair for condition in conditions for pair in _comparisons(condition)]
    while True:
        fresh = {
            mine.table
            for pair in pairs
            for mine, other in (pair, pair[::-1])
            if _is_campaign(mine) and mine.table not in bound and _binds(other, bound)
        }
        if not fresh:
            return bound
        bound |= fresh


def _binds(other: Any, bound: set[FromClause]) -> bool:
    if isinstance(getattr(other, "table", None), FromClause):
        return _is_campaign(other) and (other.table in bound or isinstance(other.table, Subquery | CTE))
    return not any(isinstance(node, Column) for node in visitors.iterate(other))


def _is_campaign(side: Any) -> bool:
    return getattr(side, "name", "") == "campaign" and isinstance(getattr(side, "table", None), FromClause)


def _comparisons(condition: Any) -> Iterator[tuple[Any, Any]]:
    """The equations that hold for every row: those joined by AND."""
    if isinstance(condition, Grouping):
        yield from _comparisons(condition.element)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for part in condition.clauses:
            yield from _comparisons(part)
    elif isinstance(condition, BinaryExpression) and condition.operator in (operators.eq, operators.in_op):
        yield condition.left, condition.right


def _inner(statement: ClauseElement, sources: list[FromClause]) -> Iterator[tuple[SelectBase, bool]]:
    """The SELECTs right inside a statement, and whether each stands beside its tables (in FROM, WITH) or refers to them."""
    beside = {id(source.element) for source in sources if isinstance(source, Subquery | CTE)}
    waiting = list(statement.get_children())
    if isinstance(statement, Insert) and statement.select is not None:
        waiting.append(statement.select)
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, Table):
            continue
        seen.add(id(node))
        if isinstance(node, SelectBase):
            yield node, id(node) in beside
        else:
            waiting += node.get_children()
