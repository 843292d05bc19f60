"""One cell of the table of rights: somebody does something, and it is judged by what came of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import Connection

from handlers import routes
from handlers.conversation import write
from handlers.desk import Desk
from handlers.engine import take
from handlers.routes import Route, Within
from handlers.turn import Incoming
from rules.actions import Action
from storage import conversations, people
from tests.house.effects import PUBLIC, Rows, snapshot, touched
from tests.house.rows import Row, asks, fill, filled
from tests.house.scene import NOW, Scene


@dataclass(frozen=True)
class Trial:
    """Where it is tried, and every row that is there each time."""

    scene: Scene
    everything: Rows


def cell(trial: Trial, row: Row, column: str) -> str:
    """What comes of it when that person does that. Nothing of it stays."""
    with trial.scene.stage.engine.connect() as db, db.begin() as transaction:
        try:
            return _allowed(trial, row, column, db) if row.asked else _judged(trial, row, column, db)
        except Exception as fault:
            return f"FAULT({type(fault).__name__})"
        finally:
            transaction.rollback()


def _allowed(trial: Trial, row: Row, column: str, db: Connection) -> str:
    """Whether the table of routes lets it through; ``some`` where it does so for part of what is asked."""
    scene = trial.scene
    me = scene.person[column]
    desk = Desk(db, scene.stage.library, NOW, people.by_id(db, me) if me else None)
    with _whosever() if row.whosever else nullcontext():
        found = {_permitted(desk, asks(action, scene.of(column)), scene.contact[column], row.group) for action in row.asked}
    return "some" if len(found) > 1 else "may" if True in found else "no"


@contextmanager
def _whosever() -> Iterator[None]:
    """The routes as if everything were everybody's own."""
    table = cast(dict[type[Action], Route], routes.ROUTES)
    before = dict(table)
    table.update({kind: replace(route, within=Within.ANYTHING) for kind, route in before.items()})
    try:
        yield
    finally:
        table.update(before)


def _permitted(desk: Desk, action: Action, contact: int, group: str) -> bool:
    if group:
        return routes.permits_in_group(desk, action, "telegram", group) is None
    return routes.permits(desk, action, contact) is None


def _judged(trial: Trial, row: Row, column: str, db: Connection) -> str:
    """One word for whose things were touched."""
    scene, everything = trial.scene, trial.everything
    names = scene.of(column)
    topic, data = write(row.conversation)
    data = fill(data, names)
    conversations.keep(db, scene.contact[column], topic, data, NOW)
    if row.before:
        row.before(db, names)
        everything = snapshot(db)
    mine = ("conversation", (scene.contact[column],))
    before = {**everything, mine: {**everything[mine], "topic": topic, "data": json.dumps(data)}}
    for number, step in enumerate(row.steps):
        what = {"channel": "telegram", "name": column, "group": row.group, **filled(step, names, scene.stage.library.files)}
        take(db, scene.stage.library, Incoming(update_id=f"cell {number}", address=column, **what), NOW)
    found = touched(scene, column, row.group, before, snapshot(db), [scene.words(key) for key in row.says])
    if leak := [whose for whose in found if whose.startswith("leak")]:
        return f"LEAK({leak[0]})"
    if found - scene.own(column) - {PUBLIC}:
        return "does"
    return "own" if found & scene.own(column) else "says" if found else "no"
