"""Asking to be let in without an invite: nobody floods those who decide, and of two who decide one does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.joining.asking_in import MOST_A_DAY, MOST_OF_A_UNIT
from handlers.turn import Incoming
from rules.actions import LetIn, SendJoin, TurnAway, pack
from rules.people import Role
from storage import people
from storage.database import reading
from storage.tables import join_request, received
from tests.stage import CAMPAIGN, OPENING, Said, Stage, later

UNITS = [unit.name.vi for unit in CAMPAIGN.directory.units]
CODE = re.compile(r"\b\d{3} \d{3}\b")


def hear(stage: Stage, who: str, text: str = "", choice: str = "") -> list[Said]:
    return stage.hear(Incoming("telegram", stage.next_update(), who, who, text, choice))


def asks(stage: Stage, who: str, unit: str = "Đại Lộc") -> list[Said]:
    """All of it; what was said to the last step."""
    for typed in ("cho em vào", "Nguyễn Văn Nam", unit, "0905 123 456"):
        hear(stage, who, typed)
    return hear(stage, who, choice=pack(SendJoin()))


def requests(stage: Stage) -> list[tuple[str, str]]:
    with reading(stage.engine) as db:
        return [(row.unit, row.state) for row in db.execute(select(join_request).order_by(join_request.c.id))]


def told(said: list[Said], who: str = "Minh") -> list[Said]:
    return [one for one in said if one.address == who and "tham gia" in one.message.text]


@pytest.fixture
def managed(stage: Stage) -> Stage:
    hear(stage, "Minh", f"/start {stage.invite(Role.MANAGER)}")
    return stage


def test_an_account_has_one_open_request(managed: Stage) -> None:
    asks(managed, "Nam")
    asks(managed, "Nam", "Hội An")
    assert requests(managed) == [("dai-loc", "open")]


def test_a_unit_and_all_together_have_a_days_share(managed: Stage) -> None:
    for number in range(MOST_OF_A_UNIT + 2):
        asks(managed, f"Khách {number}")
    assert len(requests(managed)) == MOST_OF_A_UNIT
    for number in range(MOST_A_DAY):
        asks(managed, f"Người {number}", UNITS[number % len(UNITS)])
    assert len(requests(managed)) == MOST_A_DAY
    managed.now = later(managed.now, hours=25)
    asks(managed, "Hôm sau")
    assert len(requests(managed)) == MOST_A_DAY + 1


def test_no_group_reads_who_asks(managed: Stage) -> None:
    bind = Incoming(
        "telegram", managed.next_update(), "Minh", "Minh", "/ganthongbao", group="nhom", group_title="OCOP", addressed=True
    )
    assert [one.address for one in managed.hear(bind)]
    said = asks(managed, "Nam")
    assert told(said)
    assert not [one for one in said if one.address == "nhom"]


def test_those_who_oversee_hear_once_an_hour(managed: Stage) -> None:
    heard = told(asks(managed, "Nam"))
    assert len(heard) == 1
    for number in range(4):
        heard += told(asks(managed, f"Khách {number}", UNITS[number]))
    assert len(heard) == 1
    heard = told(managed.move_to(OPENING + timedelta(minutes=59)))
    assert heard == []
    (bundle,) = told(managed.move_to(OPENING + timedelta(minutes=61)))
    assert bundle.message.text.startswith("Có 4 đề nghị")
    assert len(bundle.message.choices) == 4


def test_nobody_hears_of_it_at_night_and_the_morning_tells_it_once(managed: Stage) -> None:
    managed.now = OPENING + timedelta(hours=13)
    assert told(asks(managed, "Nam")) == []
    assert told(managed.move_to(OPENING + timedelta(hours=23, minutes=30))) == []
    assert len(told(managed.move_to(OPENING + timedelta(days=1, minutes=5)))) == 1
    assert told(managed.move_to(OPENING + timedelta(days=1, hours=7))) == []
    assert len(told(managed.move_to(OPENING + timedelta(days=2, minutes=5)))) == 1


def test_who_was_refused_may_ask_again_after_a_day(managed: Stage) -> None:
    asks(managed, "Nam")
    hear(managed, "Minh", choice=pack(TurnAway(1)))
    asks(managed, "Nam")
    assert requests(managed) == [("dai-loc", "refused")]
    managed.now = later(managed.now, hours=24)
    asks(managed, "Nam")
    assert requests(managed) == [("dai-loc", "refused"), ("dai-loc", "open")]


def test_of_two_decisions_the_first_holds(managed: Stage) -> None:
    asks(managed, "Nam")
    hear(managed, "Minh", choice=pack(TurnAway(1)))
    (late,) = hear(managed, "Minh", choice=pack(LetIn(1)))
    assert "từ chối" in late.message.text
    with reading(managed.engine) as db:
        assert [person.name for person in people.present(db)] == ["Minh"]


def test_who_comes_by_an_invite_is_not_let_in_again(managed: Stage) -> None:
    asks(managed, "Nam")
    hear(managed, "Nam", f"/start {managed.invite(Role.LEADER, 'hoi-an')}")
    hear(managed, "Minh", choice=pack(LetIn(1)))
    assert requests(managed) == [("dai-loc", "joined")]
    with reading(managed.engine) as db:
        assert [(person.role, person.unit) for person in people.present(db)][1:] == [(Role.LEADER, "hoi-an")]


def test_who_links_the_account_of_a_colleague_is_not_let_in_too(managed: Stage) -> None:
    asks(managed, "Nam")
    hear(managed, "Lan", f"/start {managed.invite(Role.OFFICER, 'hoi-an')}")
    (code,) = CODE.findall(hear(managed, "Lan", "/lienket")[0].message.text)
    hear(managed, "Nam", code)
    hear(managed, "Minh", choice=pack(LetIn(1)))
    assert requests(managed) == [("dai-loc", "joined")]
    with reading(managed.engine) as db:
        assert [person.unit for person in people.present(db)] == ["", "hoi-an"]


def test_who_was_forgotten_is_not_let_in(managed: Stage) -> None:
    asks(managed, "Nam")
    asks(managed, "Khách", "Hội An")
    hear(managed, "Nam", "/xoadulieu")
    hear(managed, "Nam", "xóa hết")
    hear(managed, "Minh", choice=pack(LetIn(1)))
    with reading(managed.engine) as db:
        assert len(people.present(db)) == 1


def test_the_telephone_number_is_not_kept_with_what_was_said(managed: Stage) -> None:
    asks(managed, "Nam")
    with reading(managed.engine) as db:
        bodies = "\n".join(db.execute(select(received.c.body)).scalars())
        kept = db.execute(select(join_request.c.phone)).scalar_one()
    assert "0905" not in bodies
    assert kept == "84905123456"


def test_nobody_there_is_said_and_the_first_manager_hears(stage: Stage) -> None:
    said = asks(stage, "Nam")
    assert "chưa có người phụ trách" in said[-1].message.text
    hear(stage, "Minh", f"/start {stage.invite(Role.MANAGER)}")
    assert len(told(stage.move_to(OPENING + timedelta(minutes=5)))) == 1


@pytest.mark.parametrize("text", [
    "em ở Đại Lộc, cho em vào", "toi la can bo huyen Que Son", "cho tôi tham gia", "cho em vào với ạ", "em xin tham gia hệ thống ạ",
    "xin được tham gia", "đăng ký tham gia", "thêm em vào nhóm với", "tôi ở Hội An", "em bên Điện Bàn xin vào ạ",
    "tôi tên là Nam, cán bộ UBND huyện Tiên Phước",
])  # fmt: skip
def test_a_stranger_who_says_who_they_are_may_ask(stage: Stage, text: str) -> None:
    said = hear(stage, "Khách", text)
    assert {"họ và tên", "Số điện thoại"} & {part for part in ("họ và tên", "Số điện thoại") if part in said[-1].message.text}


@pytest.mark.parametrize("text", [
    "hạn nộp danh sách thu hồi là khi nào", "tôi ở Đại Lộc thì nộp ở đâu?", "muốn tham gia chương trình OCOP thì làm thế nào",
    "tôi muốn tham gia hội chợ sản phẩm", "sản phẩm nào được tham gia đánh giá", "xin chào",
])  # fmt: skip
def test_a_question_is_no_wish_to_be_let_in(stage: Stage, text: str) -> None:
    said = hear(stage, "Khách", text)
    assert all("họ và tên" not in one.message.text for one in said)
