"""Nothing to report on several duties at once: what is ticked, and what is sent of it."""

from datetime import timedelta

import pytest

from handlers.message import Choice
from handlers.reporting.nothing import MOST_SECONDS
from handlers.turn import Incoming
from rules import actions as a
from rules.campaign.progress import Outcome, State
from rules.packing import Duty
from rules.people import Role
from storage import people, reports
from storage.database import reading
from storage.scope import Scope
from tests.stage import CAMPAIGN, OPENING, Stage

FIRST = int(OPENING.timestamp()) % MOST_SECONDS
"""What the first list of a test begins with."""
FUNDS, AGAIN, BACK = (Duty(1, slug) for slug in ("unspent-funds", "re-recognition", "withdrawal"))


def said(stage: Stage, who: str, text: str) -> str:
    heard = stage.hear(Incoming("telegram", stage.next_update(), who, who, text))
    return next((item.message.text for item in reversed(heard) if item.address == who), "")


def pressed(stage: Stage, who: str, action: a.Action) -> str:
    heard = stage.hear(Incoming("telegram", stage.next_update(), who, who, choice=Choice("", action).data))
    return next((item.message.text for item in reversed(heard) if item.address == who), "")


@pytest.fixture
def office(stage: Stage) -> Stage:
    """Lan and Hoa of Đại Lộc; Minh oversees."""
    said(stage, "Minh", f"/start {stage.invite(Role.MANAGER)}")
    for name in ("Lan", "Hoa"):
        said(stage, name, f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    return stage


def states(stage: Stage) -> dict[str, State]:
    with reading(stage.engine) as db:
        found = reports.standings(Scope(db, CAMPAIGN), "dai-loc")
    return {slug: standing.state for (_, slug), standing in found.items()}


def reported(stage: Stage) -> set[str]:
    return {slug for slug, state in states(stage).items() if state is State.NOTHING}


@pytest.mark.parametrize(
    ("texts", "sent"),
    [
        (("cả 4 việc", "gửi"), {"unspent-funds", "list-corrections", "re-recognition", "withdrawal"}),
        (("tất cả", "ok"), {"unspent-funds", "list-corrections", "re-recognition", "withdrawal"}),
        (("thu hồi, kinh phí", "gửi đi ạ"), {"withdrawal", "unspent-funds"}), (("thu hoi", "cong nhan lai", "gui"), {"withdrawal", "re-recognition"}),
        (("gửi",), set()), (("thu hồi", "hủy"), set()), (("thu hồi", "nộp báo cáo kinh phí"), set()), (("thu hồi", "tiến độ", "gửi"), {"withdrawal"}),
    ],
)  # fmt: skip
def test_what_is_named_is_sent(office: Stage, texts: tuple[str, ...], sent: set[str]) -> None:
    said(office, "Lan", "không phát sinh")
    for text in texts:
        said(office, "Lan", text)
    assert reported(office) == sent


def test_an_old_button_sends_nothing_that_its_text_did_not_show(office: Stage) -> None:
    pressed(office, "Lan", a.TellNothing())
    pressed(office, "Lan", a.TickNothing(BACK, FIRST))
    pressed(office, "Lan", a.TickNothing(FUNDS, FIRST + 1))
    assert "danh sách cũ" in pressed(office, "Lan", a.SendNothing(FIRST + 1))  # it showed one
    assert "danh sách cũ" in pressed(office, "Lan", a.TickNothing(AGAIN, FIRST))
    assert reported(office) == set()
    pressed(office, "Lan", a.SendNothing(FIRST + 2))
    assert reported(office) == {"withdrawal", "unspent-funds"}


def test_a_button_of_an_earlier_list_sends_nothing_of_a_later_one(office: Stage) -> None:
    pressed(office, "Lan", a.TellNothing())
    pressed(office, "Lan", a.TickNothing(BACK, FIRST))
    said(office, "Lan", "hủy")
    office.now += timedelta(minutes=1)
    said(office, "Lan", "không phát sinh")
    said(office, "Lan", "kinh phí")
    assert "danh sách cũ" in pressed(office, "Lan", a.SendNothing(FIRST + 1))
    assert reported(office) == set()


def test_what_was_ticked_for_one_unit_is_not_sent_for_another(office: Stage) -> None:
    pressed(office, "Lan", a.TellNothing())
    pressed(office, "Lan", a.TickNothing(BACK, FIRST))
    office.writer.write(lambda db: people.move(db, people.present(db)[1].id, "hoi-an"))
    office.now += timedelta(minutes=1)
    assert "nào?" in pressed(office, "Lan", a.SendNothing(FIRST + 1))
    with reading(office.engine) as db:
        assert reports.all_latest(Scope(db, CAMPAIGN)) == []


def test_what_a_colleague_begins_meanwhile_is_named_before_it_is_dropped(office: Stage) -> None:
    pressed(office, "Lan", a.TellNothing())
    pressed(office, "Lan", a.TickNothing(FUNDS, FIRST))
    said(office, "Hoa", "báo cáo kinh phí")
    said(office, "Hoa", "350 triệu")
    assert "anh/chị Hoa đang điền dở" in pressed(office, "Lan", a.SendNothing(FIRST + 1))
    assert reported(office) == set()
    pressed(office, "Lan", a.SendNothing(FIRST + 2))
    assert reported(office) == {"unspent-funds"}


def test_what_a_colleague_reported_meanwhile_stays(office: Stage) -> None:
    pressed(office, "Lan", a.TellNothing())
    pressed(office, "Lan", a.TickAllNothing(FIRST))
    for text in ("báo cáo kinh phí", "350 triệu", "bỏ qua", "rồi", "0", "45/BC-UBND ngày 17/6/2022", "bỏ qua", "gửi"):
        said(office, "Hoa", text)
    pressed(office, "Lan", a.SendNothing(FIRST + 1))
    assert states(office)["unspent-funds"] is State.SUBMITTED
    assert reported(office) == {"list-corrections", "re-recognition", "withdrawal"}


def test_what_was_half_filled_is_named_before_it_is_dropped(office: Stage) -> None:
    said(office, "Hoa", "báo cáo kinh phí")
    said(office, "Hoa", "350 triệu")
    pressed(office, "Lan", a.TellNothing())
    assert "anh/chị Hoa đang điền dở" in pressed(office, "Lan", a.TickNothing(FUNDS, FIRST))
    pressed(office, "Lan", a.SendNothing(FIRST + 1))
    assert reported(office) == {"unspent-funds"}
    with reading(office.engine) as db:
        assert not reports.drafts(Scope(db, CAMPAIGN), "dai-loc")


def test_each_hears_of_it_once(office: Stage) -> None:
    pressed(office, "Lan", a.TellNothing())
    pressed(office, "Lan", a.TickAllNothing(FIRST))
    heard = office.hear(
        Incoming("telegram", office.next_update(), "Lan", "Lan", choice=Choice("", a.SendNothing(FIRST + 1)).data)
    )
    assert [item.address for item in heard].count("Minh") == 1
    assert [item.address for item in heard].count("Hoa") == 1
    with reading(office.engine) as db:
        kept = reports.all_latest(Scope(db, CAMPAIGN), unit="dai-loc")
    (told,) = (item.message.text for item in heard if item.address == "Minh")
    assert {one.outcome for one in kept} == {Outcome.NOTHING}
    assert all(one.receipt in told for one in kept)


def test_twice_is_once(office: Stage) -> None:
    pressed(office, "Lan", a.TellNothing())
    pressed(office, "Lan", a.TickAllNothing(FIRST))
    pressed(office, "Lan", a.SendNothing(FIRST + 1))
    assert "không còn việc nào" in pressed(office, "Lan", a.SendNothing(FIRST + 1))
    with reading(office.engine) as db:
        assert {one.revision for one in reports.all_latest(Scope(db, CAMPAIGN), unit="dai-loc")} == {1}
