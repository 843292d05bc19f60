"""Who may do what: every action, command, topic, sentence and file, by everybody, against a table that people read.

A cell is what happened, read from rows changed and things shown, never from the words of a refusal alone:

``no``    nothing was changed, nothing shown
``says``  what everybody may know was shown
``own``   only the asker's own things, or those of the asker's unit, were shown or changed
``does``  things of others were shown or changed

``pytest tests/house/test_rights.py --rewrite-rights`` writes what really happens into the table, to be read as a diff.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlmodel import SQLModel

from handlers.engine import TOPICS, take
from handlers.turn import Incoming
from rules.ladder import Role
from storage import conversations
from tests.house.effects import PUBLIC, UNTOLD, Rows, snapshot, touched
from tests.house.rows import TABLE, Row, fill, filled, uncovered
from tests.house.scene import CAST, COLUMNS, NOW, Scene

MATRIX = Path(__file__).with_name("rights.txt")
HEAD = """\
# Who may do what, as tests/house/test_rights.py finds it; what a line does stands in tests/house/rows.py.
#
# no    nothing was changed, nothing shown       says  what everybody may know was shown
# own   only things of the asker's own or of the own unit were shown or changed
# does  things of others were shown or changed
#
# stranger: never joined. ex-officer (of the unit), ex-manager: joined, then removed by the administrator.
# officer, leader: of the unit that a line speaks of; officer 2, leader 2: of another one, to whom <other_...> belongs.
# A line "topic thing: ..." is said in the middle of something, also by whom no button could have brought there.
"""
WIDTH = 60


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("rights"))
    yield made
    made.stage.close()


def test_everybody_may_do_what_the_table_says(scene: Scene, request: pytest.FixtureRequest) -> None:
    found = "\n".join(lines(scene)) + "\n"
    if request.config.getoption("--rewrite-rights"):
        MATRIX.write_text(found, encoding="utf-8")
        return
    written = MATRIX.read_text(encoding="utf-8")
    if found != written:
        diff = difflib.unified_diff(written.splitlines(), found.splitlines(), "the table", "what happens", n=0, lineterm="")
        pytest.fail("\n".join((f"{'':{WIDTH}}{_columns(COLUMNS)}", *diff)), pytrace=False)


def test_a_removed_person_is_taken_off_every_contact(scene: Scene) -> None:
    """Two locks: the contact is nobody's any more, and the person is marked as gone. The table tries the second alone."""
    with scene.stage.engine.connect() as db:
        rows = snapshot(db)
    for part in CAST:
        assert (rows[("contact", (scene.contact[part.column],))]["person_id"] is None) == (part.removed or part.role is None)


def test_every_action_command_and_topic_has_a_line() -> None:
    assert uncovered(tuple(TOPICS)) == set()


def test_nothing_in_the_table_is_a_fault_or_a_leak() -> None:
    lines = [line for line in MATRIX.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    cells = [line[WIDTH:].split() for line in lines if not line.endswith(COLUMNS[-1])]
    assert {cell for row in cells for cell in row} == {"no", "says", "own", "does"}
    assert {len(row) for row in cells} == {len(COLUMNS)}


def test_every_role_has_a_column_and_every_table_is_looked_at() -> None:
    assert {part.role for part in CAST if not part.removed} == {None, *Role}
    assert set(UNTOLD) < set(SQLModel.metadata.tables)


def lines(scene: Scene) -> Iterator[str]:
    """The table as it turns out."""
    with scene.stage.engine.connect() as db:
        everything = snapshot(db)
    yield HEAD
    for title, rows in TABLE.items():
        yield f"{title + ':':{WIDTH}}{_columns(COLUMNS)}".rstrip()
        for row in rows:
            label = row.label.replace("{", "<").replace("}", ">")
            yield f"{label:{WIDTH}}{_columns([cell(scene, row, column, everything) for column in COLUMNS])}".rstrip()
        yield ""


def _columns(cells: tuple[str, ...] | list[str]) -> str:
    return "".join(f"{cell:10} " for cell in cells)


def cell(scene: Scene, row: Row, column: str, everything: Rows) -> str:
    """What comes of it when that person does that. Nothing of it stays: ``everything`` is what is there each time."""
    with scene.stage.engine.connect() as db, db.begin() as transaction:
        try:
            return judge(scene, row, column, db, everything)
        except Exception as fault:
            return f"FAULT({type(fault).__name__})"
        finally:
            transaction.rollback()


def judge(scene: Scene, row: Row, column: str, db: Connection, everything: Rows) -> str:
    """One word for whose things were touched."""
    names = scene.of(column)
    conversations.keep(db, scene.contact[column], row.topic, fill(row.data, names), NOW)
    if row.before:
        row.before(db, names)
        everything = snapshot(db)
    mine = ("conversation", (scene.contact[column],))
    before = {**everything, mine: {**everything[mine], "topic": row.topic}}
    for number, step in enumerate(row.steps):
        what = {"name": column, "group": row.group, **filled(step, names, scene.stage.world.files)}
        incoming = Incoming(channel="telegram", update_id=f"cell {number}", address=column, **what)
        take(db, scene.stage.world, incoming, NOW)
    found = touched(scene, column, row.group, before, snapshot(db), [scene.words(key) for key in row.says])
    if leak := [whose for whose in found if whose.startswith("leak")]:
        return f"LEAK({leak[0]})"
    if found - scene.own(column) - {PUBLIC}:
        return "does"
    return "own" if found & scene.own(column) else "says" if found else "no"
