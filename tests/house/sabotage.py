"""Takes rights and campaigns away, one at a time, and tells which of them no test misses.

``python -m tests.house.sabotage`` runs everything, ``--only who`` what has that in its name. Nothing is written to the
tree. What it lists as unnoticed is a gap in the tests: the list has to be empty.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from handlers import engine, routes
from handlers.desk import Desk
from handlers.message import Choice, Message, OutFile
from handlers.routes import EVERYBODY, MAY_INVITE, ROUTES, InGroups, Route, Within
from handlers.turn import Turn
from rules.actions import Action, BeginInvite, NameInviteUnit
from rules.campaign.model import Campaign
from rules.directory.model import Directory
from rules.people import Role
from tests.house import campaigns
from tests.house.asked import TABLE
from tests.house.effects import snapshot
from tests.house.reached import watched
from tests.house.rows import Row
from tests.house.scene import COLUMNS, Scene
from tests.house.trying import Trial, cell

Cell = tuple[Row, str]


@dataclass(frozen=True)
class Sabotage:
    """Something taken away. ``actions``: those that it is about; None where it is about every reply."""

    name: str
    done: Callable[[], AbstractContextManager[None]]
    actions: frozenset[type[Action]] | None


# ---------------------------------------------------------------- what is taken away


def rights() -> Iterator[Sabotage]:
    """Every bound of the table of routes, and what leaves choices out."""
    for kind, route in ROUTES.items():
        if route.who != EVERYBODY:
            yield _of_route("who", kind, replace(route, who=EVERYBODY))
        if route.within is not Within.ANYTHING:
            yield _of_route("within", kind, replace(route, within=Within.ANYTHING))
        if route.in_groups is not InGroups.YES:
            yield _of_route("in_groups", kind, replace(route, in_groups=InGroups.YES))
    for role, may in MAY_INVITE.items():
        if set(may) != set(Role):
            everybody = {**MAY_INVITE, role: tuple(Role)}
            about = frozenset({BeginInvite, NameInviteUnit})
            yield Sabotage(f"rank of {role.value}", lambda given=everybody: _set(routes, "MAY_INVITE", given), about)  # type: ignore[misc]
    about = frozenset(ROUTES)
    yield Sabotage("that the campaign is there", lambda: _set(Desk, "has", _always), about)
    yield Sabotage("that the duty is there", lambda: _set(Campaign, "has_obligation", _always), about)
    yield Sabotage("that the unit is there", lambda: _set(Directory, "has_unit", _always), about)
    yield Sabotage("choices left out", lambda: _set(engine, "_May", lambda contact: _anything), None)
    yield Sabotage("choices left out in groups", lambda: _set(Turn, "say", _say_to_all), None)


def _of_route(what: str, kind: type[Action], route: Route) -> Sabotage:
    return Sabotage(f"{what} of {kind.__name__}", lambda: _routed(kind, route), frozenset({kind}))


def _always(self: object, which: object) -> bool:
    return True


def _anything(desk: Desk, action: Action) -> bool:
    return True


def _say_to_all(turn: Turn, text: str, *choices: Choice, file: OutFile | None = None, wants_file: bool = False) -> None:
    """:meth:`Turn.say` without a thought of who reads along."""
    shown = tuple(choice for choice in choices if turn._may(turn, choice.action))
    turn._queue(Message(text, shown, file, wants_file))
    if shown:
        turn.conversation = replace(turn.conversation, menu=shown)


@contextmanager
def _routed(kind: type[Action], route: Route) -> Iterator[None]:
    table = cast(dict[type[Action], Route], ROUTES)
    before = table[kind]
    table[kind] = route
    try:
        yield
    finally:
        table[kind] = before


@contextmanager
def _set(where: Any, name: str, value: object) -> Iterator[None]:
    before = getattr(where, name)
    setattr(where, name, value)
    try:
        yield
    finally:
        setattr(where, name, before)


# ---------------------------------------------------------------- who notices


@dataclass(frozen=True)
class Table:
    """The table of rights as it is, and which cells reach which action."""

    trial: Trial
    cells: Mapping[tuple[str, str], str]
    reaching: Mapping[type[Action], list[Cell]]

    def notices(self, sabotage: Sabotage) -> str:
        """The first cell that turns out otherwise; empty where none does."""
        if sabotage.actions is None:
            found = [found for cells in self.reaching.values() for found in cells]
        else:
            found = [found for kind in sabotage.actions for found in self.reaching.get(kind, ())]
        with sabotage.done():
            for row, column in sorted(found, key=lambda it: (len(it[0].steps), self._was(*it) != "no")):
                if cell(self.trial, row, column) != self._was(row, column):
                    return f"{column}: {row.label}"
        return ""

    def _was(self, row: Row, column: str) -> str:
        return self.cells[key_of(row), column]


def key_of(row: Row) -> str:
    """A row of the table, also where the same is said in several groups."""
    return f"{row.group} {row.whosever} {row.label}"


def look(scene: Scene, rows: Iterable[Row]) -> Table:
    """Try the cells of those rows once, as things are."""
    with scene.stage.engine.connect() as db:
        trial = Trial(scene, snapshot(db))
    cells: dict[tuple[str, str], str] = {}
    reaching: dict[type[Action], list[Cell]] = {}
    for row in rows:
        for column in COLUMNS:
            with watched() as reached:
                cells[key_of(row), column] = cell(trial, row, column)
            for kind in reached.heard | {type(action) for action in row.asked}:
                reaching.setdefault(kind, []).append((row, column))
    return Table(trial, cells, reaching)


def unnoticed_rights(only: str, folder: Path) -> tuple[int, list[str]]:
    """How many rights were taken away, and which of them nobody missed."""
    chosen = [sabotage for sabotage in rights() if only in sabotage.name]
    if not chosen:
        return 0, []
    scene = Scene(folder)
    try:
        table = look(scene, (row for rows in TABLE.values() for row in rows))
        return len(chosen), [sabotage.name for sabotage in chosen if not table.notices(sabotage)]
    finally:
        scene.stage.close()


def main() -> int:
    """Everything, and what nobody noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only what has this in its name")
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory() as folder:
        more, silent = campaigns.unnoticed(only, Path(folder))  # first, for it forks
        print(f"{more} campaigns taken away, {len(silent)} unnoticed", flush=True)
        done, quiet = unnoticed_rights(only, Path(folder))
        print(f"{done} rights taken away, {len(quiet)} unnoticed")
    for name in (*quiet, *silent):
        print(f"nobody noticed: {name}")
    return 1 if quiet or silent else 0


if __name__ == "__main__":
    sys.exit(main())
