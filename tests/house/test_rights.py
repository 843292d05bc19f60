"""Who may do what: every action, command, topic, sentence and file, by everybody, against a table that people read.

A cell is what happened, read from rows changed and things shown, never from the words of a refusal alone:

``no``    nothing was changed, nothing shown
``says``  what everybody may know was shown
``own``   only the asker's own things, or those of the asker's unit, were shown or changed
``does``  things of others were shown or changed
``may``   the table of routes, asked itself (``asked.py``), lets that action through

``pytest tests/house/test_rights.py --rewrite-rights`` writes what really happens into the table, to be read as a diff.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from handlers.commands import COMMANDS
from handlers.conversation import TOPICS
from handlers.routes import ROUTES
from rules.people import Role
from tests.house.asked import ASKED, TABLE
from tests.house.effects import UNTOLD, snapshot
from tests.house.reached import Reached, watched
from tests.house.sabotage import look, rights
from tests.house.scene import CAST, COLUMNS, Scene
from tests.house.trying import Trial, cell

MATRIX = Path(__file__).with_name("rights.txt")
HEAD = """\
# Who may do what, as tests/house/test_rights.py finds it; what a line does stands in tests/house/rows.py.
#
# no    nothing was changed, nothing shown       says  what everybody may know was shown
# own   only things of the asker's own or of the own unit were shown or changed
# does  things of others were shown or changed
# may   the table of routes, asked itself, lets that action through
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


@pytest.fixture(scope="module")
def found(scene: Scene) -> tuple[str, Reached]:
    """The table as it turns out, and what was reached meanwhile."""
    with watched() as reached:
        return "\n".join(lines(scene)) + "\n", reached


def test_everybody_may_do_what_the_table_says(found: tuple[str, Reached], request: pytest.FixtureRequest) -> None:
    text, _ = found
    if request.config.getoption("--rewrite-rights"):
        MATRIX.write_text(text, encoding="utf-8")
        return
    written = MATRIX.read_text(encoding="utf-8")
    if text != written:
        diff = difflib.unified_diff(written.splitlines(), text.splitlines(), "the table", "what happens", n=0, lineterm="")
        pytest.fail("\n".join((f"{'':{WIDTH}}{_columns(COLUMNS)}", *diff)), pytrace=False)


def test_every_action_command_and_topic_was_reached(found: tuple[str, Reached]) -> None:
    """What really happened: which handlers ran, which words of command were looked up, what conversations were about."""
    _, reached = found
    assert set(ROUTES) - reached.handled == set()
    assert set(COMMANDS) - reached.words == set()
    assert set(TOPICS.values()) - reached.topics == set()
    assert set(ROUTES) == {type(action) for rows in ASKED.values() for row in rows for action in row.asked}


def test_whoever_takes_a_right_away_is_noticed(scene: Scene) -> None:
    """By the routes asked themselves. ``python -m tests.house.sabotage`` tries it on all that is said too, and on choices."""
    table = look(scene, [row for rows in ASKED.values() for row in rows])
    taken = [sabotage for sabotage in rights() if sabotage.actions]
    assert len(taken) > len(ROUTES)
    assert [sabotage.name for sabotage in taken if not table.notices(sabotage)] == []


def test_a_removed_person_is_taken_off_every_contact(scene: Scene) -> None:
    """Two locks: the contact is nobody's any more, and the person is marked as gone. The table tries the second alone."""
    with scene.stage.engine.connect() as db:
        rows = snapshot(db)
    for part in CAST:
        assert (rows[("contact", (scene.contact[part.column],))]["person_id"] is None) == (part.removed or part.role is None)


def test_nothing_in_the_table_is_a_fault_or_a_leak() -> None:
    lines = [line for line in MATRIX.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    cells = [line[WIDTH:].split() for line in lines if not line.endswith(COLUMNS[-1])]
    assert {cell for row in cells for cell in row} == {"no", "says", "own", "does", "may"}
    assert {len(row) for row in cells} == {len(COLUMNS)}


def test_every_role_has_a_column_and_every_table_is_looked_at() -> None:
    assert {part.role for part in CAST if not part.removed} == {None, *Role}
    assert set(UNTOLD) < set(SQLModel.metadata.tables)


def lines(scene: Scene) -> Iterator[str]:
    """The table as it turns out."""
    with scene.stage.engine.connect() as db:
        trial = Trial(scene, snapshot(db))
    yield HEAD
    for title, rows in TABLE.items():
        yield f"{title + ':':{WIDTH}}{_columns(COLUMNS)}".rstrip()
        for row in rows:
            label = row.label.replace("{", "<").replace("}", ">")
            yield f"{label:{WIDTH}}{_columns([cell(trial, row, column) for column in COLUMNS])}".rstrip()
        yield ""


def _columns(cells: tuple[str, ...] | list[str]) -> str:
    return "".join(f"{cell:10} " for cell in cells)
