"""A reply is published, and its question asked again: alone, in a form, in a group, where it sounds like an errand."""

import pytest

from handlers.turn import Incoming
from rules.actions import AskDepartment
from rules.people import Role
from storage import questions
from storage.questions import Asked
from storage.scope import Scope
from tests.stage import Stage

REPLY = "Được, gửi bản quét trước."


class Office:
    """Lan asks, Minh answers and publishes."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        for name, role, unit in (("Lan", Role.OFFICER, "dai-loc"), ("Hoa", Role.OFFICER, "hoi-an"), ("Minh", Role.MANAGER, "")):
            self.say(name, f"/start {stage.invite(role, unit, name)}")

    def say(self, name: str, text: str = "", choice: str = "", group: str = "") -> str:
        incoming = Incoming(
            "telegram", self.stage.next_update(), name, name, text=text, choice=choice, group=group, group_title=group
        )
        said = self.stage.hear(incoming)
        self.actions = [c.action for item in said for c in item.message.choices]
        return "\n".join(item.message.text for item in said)

    def publish(self, question: str) -> None:
        self.say("Lan", question)
        number = next(action.question for action in self.actions if isinstance(action, AskDepartment))
        self.say("Lan", choice=f"dept {number}")
        self.say("Minh", choice=f"reply {number}")
        self.say("Minh", REPLY)
        self.say("Minh", choice=f"publish {number}")


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


def test_asked_again_word_for_word(office: Office) -> None:
    office.publish("gửi qua email dc không")
    for again in ("gửi qua email dc không", "GUI QUA EMAIL DC KHONG?", "gửi  qua email, dc không…"):
        assert office.say("Hoa", again).startswith(REPLY)
    office.say("Minh", choice="unpublish 1")
    assert REPLY not in office.say("Hoa", "gửi qua email dc không")


def test_asked_again_in_a_group_and_in_the_middle_of_a_form(office: Office) -> None:
    office.publish("gửi qua email dc không")
    assert office.say("Hoa", "@bot gửi qua email dc không", group="-1").startswith(REPLY)
    office.say("Hoa", "báo cáo kinh phí")
    in_form = office.say("Hoa", "gui qua email dc khong")
    assert in_form.startswith(REPLY)
    assert "Câu 1/" in in_form


def test_words_that_sound_like_no_question_are_known_in_a_form_too(office: Office) -> None:
    office.publish("bản quét qua mail")
    office.say("Hoa", "báo cáo kinh phí")
    assert office.say("Hoa", "Bản quét qua mail").startswith(REPLY)


def test_a_question_in_a_form_that_is_also_an_errand_outside(office: Office) -> None:
    office.say("Lan", "báo cáo thu hồi")
    office.say("Lan", "ai đã nộp?")  # where a product is asked for, in the form a question of its own
    office.say("Minh", choice="reply 1")
    office.say("Minh", REPLY)
    office.say("Minh", choice="publish 1")
    assert office.say("Hoa", "Ai đã nộp").startswith(REPLY)


def test_an_answer_to_the_form_stays_an_answer(office: Office) -> None:
    office.publish("mắm cá cơm hai trăm triệu")
    office.publish("200 triệu")
    office.say("Hoa", "báo cáo kinh phí")
    assert "Câu 2/" in office.say("Hoa", "200 triệu")


@pytest.mark.parametrize("text", ["gửi qua email dc không", "hạn nộp báo cáo kinh phí", "xin chào"])
def test_what_is_published_is_read_again_only_after_a_change(office: Office, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    office.publish("gửi qua email dc không")
    published = questions.published
    looks: list[Scope] = []

    def looked_up(scope: Scope) -> list[Asked]:
        looks.append(scope)
        return published(scope)

    monkeypatch.setattr(questions, "published", looked_up)
    office.say("Hoa", text)
    office.say("Hoa", text)
    assert len(looks) == 1
    office.say("Minh", choice="unpublish 1")
    office.say("Hoa", "gửi qua email dc không")
    office.say("Hoa", text)
    assert len(looks) == 2
