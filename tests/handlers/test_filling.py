"""A half-filled form, and what may become of it between two messages."""

from sqlalchemy import update

from handlers.message import Choice
from handlers.turn import Incoming
from rules.people import Role
from storage.tables import draft
from tests.stage import Stage

GONE = "Biểu này không còn mở"


def say(stage: Stage, text: str = "", choice: str = "") -> tuple[str, tuple[Choice, ...]]:
    said = stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", text=text, choice=choice))
    return said[-1].message.text, said[-1].message.choices


def test_a_form_whose_duty_the_dispatch_no_longer_has_is_no_more(stage: Stage) -> None:
    say(stage, f"/start {stage.invite(Role.OFFICER, 'dai-loc', 'Lan')}")
    asked, choices = say(stage, "báo cáo kinh phí")
    assert "Câu 1/" in asked
    with stage.engine.begin() as db:
        db.execute(update(draft).values(obligation="gone"))
    assert GONE in say(stage, choice=choices[-1].data)[0]
    assert GONE in say(stage, "350 triệu")[0]


def test_a_wrong_code_typed_beside_a_form_leaves_it_open(stage: Stage) -> None:
    say(stage, f"/start {stage.invite(Role.OFFICER, 'dai-loc', 'Lan')}")
    say(stage, "báo cáo kinh phí")
    say(stage, "/lienket 000000")
    assert "Câu 2/" in say(stage, "350 triệu")[0]
