"""What the rehearsal page opens with: everybody is greeted and offered what can be typed, and pushes are told from replies."""

from datetime import timedelta
from typing import Any

import pytest

from bot.clocks import SimulatedClock
from bot.flow.cast import CHANNEL, cast
from bot.flow.hub import news
from bot.flow.rehearsal import Rehearsal
from bot.web.rehearsal_state import state_of, tries
from handlers.pushing import push
from handlers.ticking.account import AccountLost
from handlers.turn import Incoming
from handlers.wording.pushes import NEWS
from rules.people import Role
from storage import conversations, people, sql
from storage.outbox import DeliveryKind
from storage.tables import Delivery
from tests.stage import CAMPAIGN, OPENING, Stage

LANGUAGES = ("vi", "en")


@pytest.fixture
def rehearsal(stage: Stage) -> Rehearsal:
    clock = SimulatedClock(OPENING, 1.0, lambda: OPENING)
    made = Rehearsal(stage.writer, stage.library, clock, lambda: None, made_up=True)
    made.prepare()
    return made


def chats(rehearsal: Rehearsal, language: str = "vi") -> dict[str, list[dict[str, Any]]]:
    return {person["address"]: person["messages"] for person in state_of(rehearsal, language)["persons"]}


def say(stage: Stage, address: str, text: str) -> str:
    said = stage.hear(Incoming(CHANNEL, stage.next_update(), address, "", text))
    return next(one.message.text for one in reversed(said) if one.address == address)


def test_everybody_is_greeted_first_as_anybody_would_be(rehearsal: Rehearsal) -> None:
    found = chats(rehearsal)
    assert list(found) == ["officer-1", "officer-2", "manager", "administrator", "stranger"]
    greetings = {address: messages[0] for address, messages in found.items()}
    assert all(not greeting["news"] and greeting["choices"] for greeting in greetings.values())
    assert greetings["officer-1"]["text"].startswith("Chào anh/chị Lan (cán bộ, ")
    assert "trước ngày 30/6/2022" in greetings["officer-1"]["text"]
    assert greetings["manager"]["text"].startswith("Chào anh/chị Minh (quản lý)")
    assert greetings["administrator"]["text"].startswith("Chào anh/chị Hạnh (quản trị)")
    assert "Xin tham gia" in greetings["stranger"]["text"]
    assert [message["news"] for message in found["administrator"]] == ["", "notice"]
    assert all(len(messages) == 1 for address, messages in found.items() if address != "administrator")


def test_nobody_is_greeted_twice_and_who_left_comes_back(rehearsal: Rehearsal, stage: Stage) -> None:
    before = chats(rehearsal)
    rehearsal.clock.move_by(timedelta(days=1))
    rehearsal.prepare()
    assert chats(rehearsal) == before
    say(stage, "officer-2", "/roi")
    stage.writer.write(lambda db: _leave(stage, db))
    rehearsal.prepare()
    assert chats(rehearsal)["officer-2"][-1]["text"].startswith("Chào anh/chị Hòa")


def _leave(stage: Stage, db: Any) -> None:
    contact = people.contact_at(db, CHANNEL, "officer-2")
    assert contact
    people.leave(db, contact.id, stage.now)


def test_who_stood_there_before_there_were_greetings_is_greeted(stage: Stage) -> None:
    def stand(db: Any) -> None:
        member = cast(CAMPAIGN)[0]
        conversations.record_contact(db, CHANNEL, member.address, member.name, OPENING)

    stage.writer.write(stand)
    clock = SimulatedClock(OPENING, 1.0, lambda: OPENING)
    made = Rehearsal(stage.writer, stage.library, clock, lambda: None, made_up=True)
    made.prepare()
    assert [message["type"] for message in chats(made)["officer-1"]] == ["message"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_thing_to_try_gets_an_answer_of_its_own(rehearsal: Rehearsal, stage: Stage, language: str) -> None:
    """Nobody presses what the page offers and hears that nothing was found."""
    nothing = stage.library.languages.of("vi").tr("answer.silent", receiver="").split(" ")[:6]
    for person in state_of(rehearsal, language)["persons"]:
        offered = person["tries"]
        assert len(set(offered)) == 3
        answers = [say(stage, person["address"], text) for text in offered]
        assert len(set(answers)) == 3, (person["address"], answers)
        for text, answer in zip(offered, answers, strict=True):
            assert answer.split(" ")[:6] != nothing, text
            say(stage, person["address"], "/huy")


def test_what_is_offered_goes_by_the_role(stage: Stage) -> None:
    words = stage.library.languages.of("vi")
    assert tries(words, CAMPAIGN, Role.OFFICER) == [
        "Đơn vị tôi phải nộp gì?",
        "Nộp báo cáo kinh phí",
        "Hạn gần nhất là ngày nào?",
    ]
    assert tries(words, CAMPAIGN, Role.MANAGER) == ["Tiến độ", "Đơn vị nào chưa phản hồi kinh phí?", "Nhắc các đơn vị"]
    assert tries(words, CAMPAIGN, Role.ADMINISTRATOR)[-1] == "Mời cán bộ"


def test_every_push_is_named_and_no_reply_is(rehearsal: Rehearsal, stage: Stage) -> None:
    code = stage.invite(Role.LEADER, CAMPAIGN.directory.alike[1].slug)
    say(stage, "stranger", f"/start {code}")
    rehearsal.move(timedelta(days=40))
    stage.writer.write(lambda db: push.to_overseers(stage.desk(db), AccountLost(None), "lost"))
    found = chats(rehearsal)
    assert {m["news"] for m in found["officer-1"]} == {"", "reminder"}
    assert {m["news"] for m in found["manager"]} >= {"", "morning", "digest", "notice", "alarm"}
    assert {m["news"] for m in found["stranger"] if m["type"] == "message"} == {"", "escalation"}
    named = {m.get("news", "") for messages in found.values() for m in messages} - {""}
    assert named <= set(NEWS)
    texts = stage.library.languages.of("vi")
    assert len({texts.tr(f"news.kind.{kind}") for kind in NEWS}) == len(NEWS)


@pytest.mark.parametrize("kind", DeliveryKind)
def test_only_what_was_not_asked_for_is_news(kind: DeliveryKind) -> None:
    asked = kind in (DeliveryKind.REPLY, DeliveryKind.CODE, DeliveryKind.CLOSE, DeliveryKind.FAREWELL)
    assert (news(sql.made(Delivery, _row(kind))) == "") is asked


def _row(kind: DeliveryKind) -> dict[str, Any]:
    return {
        "id": 1, "channel": CHANNEL, "address": "a", "contact_id": 1, "person_id": None, "kind": kind.value, "message": {}, "facts": {},
        "language": "vi", "template": {}, "way": "", "tried": (), "closes": "", "pieces_out": 0, "attempts": 0, "created_at": OPENING,
    }  # fmt: skip


def test_buttons_that_were_pressed_stay_gone(rehearsal: Rehearsal, stage: Stage) -> None:
    say(stage, "officer-1", "Nộp báo cáo kinh phí")
    asked = chats(rehearsal)["officer-1"][-1]
    pressed = Incoming(CHANNEL, stage.next_update(), "officer-1", choice=asked["choices"][-1][1], pressed_on=asked["id"])
    stage.hear(pressed)
    person = state_of(rehearsal, "vi")["persons"][0]
    assert person["closed"] == [asked["id"]]
