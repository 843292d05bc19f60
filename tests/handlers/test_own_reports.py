"""A report after it was sent: what its unit and a manager can still do about it, and what they are told."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from handlers.message import Choice
from handlers.reporting.sending import MOST_TOLD_A_DAY
from handlers.turn import Incoming
from handlers.wording.reports import MOST_REVISIONS
from rules import actions as a
from rules.campaign.progress import Outcome, Review, State
from rules.packing import Duty
from rules.people import Role
from storage import people, reports
from storage.database import reading
from storage.reports import Submission
from storage.scope import Scope
from storage.tables import outbox, submission
from tests.stage import CAMPAIGN, Said, Stage

FUNDS = Duty(1, "unspent-funds")
ANSWERS = ("350tr", "bỏ qua", "rồi", "20tr", "45/BC-UBND ngày 17/6/2022", "bỏ qua")


@pytest.fixture
def lan(stage: Stage) -> Stage:
    """Lan of Đại Lộc has sent her report; Minh oversees."""
    said(stage, "Minh", f"/start {stage.invite(Role.MANAGER, name='Minh')}")
    said(stage, "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    send(stage, "báo cáo kinh phí", *ANSWERS, "Gửi")
    return stage


def said(stage: Stage, who: str, text: str) -> list[Said]:
    """What is said to that person on a text."""
    heard = stage.hear(Incoming("telegram", stage.next_update(), who, who, text))
    return [item for item in heard if item.address == who]


def pressed(stage: Stage, who: str, action: a.Action) -> list[Said]:
    heard = stage.hear(Incoming("telegram", stage.next_update(), who, who, choice=Choice("", action).data))
    return [item for item in heard if item.address == who]


def send(stage: Stage, *texts: str) -> list[Said]:
    found: list[Said] = []
    for text in texts:
        found = said(stage, "Lan", text)
    return found


def sent(stage: Stage) -> list[Submission]:
    with reading(stage.engine) as db:
        return reports.revisions(Scope(db, CAMPAIGN), "dai-loc", FUNDS.slug, newest=1000)


def state(stage: Stage) -> State:
    with reading(stage.engine) as db:
        return reports.standings(Scope(db, CAMPAIGN), "dai-loc")["dai-loc", FUNDS.slug].state


def test_the_same_sent_again_changes_nothing(lan: Stage) -> None:
    (first,) = sent(lan)
    (again,) = send(lan, "báo cáo kinh phí", "Gửi")
    assert first.receipt in again.message.text
    assert sent(lan) == [first]
    with reading(lan.engine) as db:
        assert reports.drafts(Scope(db, CAMPAIGN)) == {}


def test_what_was_sent_back_may_be_sent_again_as_it_is(lan: Stage) -> None:
    pressed(lan, "Minh", a.BeginWantingMore(sent(lan)[0].id))
    said(lan, "Minh", "Thiếu chữ ký")
    send(lan, "báo cáo kinh phí", "Gửi")
    assert [one.revision for one in sent(lan)] == [1, 2]


def test_an_old_button_takes_no_newer_report_back(lan: Stage) -> None:
    send(lan, "báo cáo kinh phí", "Sửa", "Không thực hiện hết", "25tr", "Gửi")
    pressed(lan, "Lan", a.TakeBack(FUNDS, 1))
    assert state(lan) is State.SUBMITTED
    pressed(lan, "Lan", a.TakeBack(FUNDS, 2))
    assert (state(lan), sent(lan)[-1].outcome) == (State.WITHDRAWN, Outcome.WITHDRAWN)
    pressed(lan, "Lan", a.TakeBack(FUNDS, 2))  # pressed twice
    assert len(sent(lan)) == 3


def test_a_button_of_before_takes_back_nothing_of_another_unit(lan: Stage) -> None:
    (asked,) = pressed(lan, "Lan", a.AskToTakeBack(FUNDS))
    said(lan, "Nga", f"/start {lan.invite(Role.OFFICER, 'hoi-an')}")
    said(lan, "Nga", "kinh phí không phát sinh")
    said(lan, "Nga", "gửi")
    lan.writer.write(lambda db: people.move(db, people.of_unit(db, "dai-loc")[0].id, "hoi-an"))
    pressed(lan, "Lan", asked.message.choices[0].action)
    with reading(lan.engine) as db:
        found = reports.standings(Scope(db, CAMPAIGN), "")
    assert {found[unit, FUNDS.slug].state for unit in ("dai-loc", "hoi-an")} == {State.SUBMITTED, State.NOTHING}


def test_who_oversees_is_not_told_without_end(lan: Stage) -> None:
    def told() -> int:
        with reading(lan.engine) as db:
            return int(db.execute(select(func.count()).where(outbox.c.address == "Minh")).scalar_one())

    before, number = told(), 1
    for _ in range(MOST_TOLD_A_DAY):
        pressed(lan, "Lan", a.TakeBack(FUNDS, number))
        send(lan, "kinh phí không phát sinh", "gửi")
        number += 2
    assert number == len(sent(lan)) == 2 * MOST_TOLD_A_DAY + 1
    assert told() - before == MOST_TOLD_A_DAY - 1  # its first report was told already
    (last,) = pressed(lan, "Lan", a.TakeBack(FUNDS, number))
    assert "đang báo" not in last.message.text
    before = told()
    lan.now += timedelta(days=1)
    send(lan, "kinh phí không phát sinh", "gửi")
    assert told() == before + 1


def test_a_long_history_shows_its_end_and_says_how_much_there_was(lan: Stage) -> None:
    for number in range(1, MOST_REVISIONS + 3, 2):
        pressed(lan, "Lan", a.TakeBack(FUNDS, number))
        said(lan, "Lan", "kinh phí không phát sinh")
        said(lan, "Lan", "gửi")
    (history,) = pressed(lan, "Lan", a.ShowHistory(FUNDS))
    assert history.message.text.count("Lần ") == MOST_REVISIONS
    assert history.message.text.endswith(f"… và {len(sent(lan)) - MOST_REVISIONS} lần trước đó.")


@pytest.mark.parametrize("text", ["thế hạn kinh phí là khi nào?", "xem tiến độ của huyện Đại Lộc nhé"])
def test_a_text_that_may_be_something_else_is_not_sent_to_a_unit(lan: Stage, text: str) -> None:
    pressed(lan, "Minh", a.BeginWantingMore(sent(lan)[0].id))
    said(lan, "Minh", text)
    assert sent(lan)[0].review is Review.NONE


def test_nor_is_one_that_comes_much_later_before_it_is_typed_again(lan: Stage) -> None:
    pressed(lan, "Minh", a.BeginWantingMore(sent(lan)[0].id))
    lan.now += timedelta(hours=3)
    said(lan, "Minh", "Bổ sung chữ ký")
    assert sent(lan)[0].review is Review.NONE
    said(lan, "Minh", "Bổ sung chữ ký")
    assert (sent(lan)[0].review, sent(lan)[0].review_reason) == (Review.MORE_WANTED, "Bổ sung chữ ký")


def test_nobody_is_said_to_be_told_who_was_not(lan: Stage) -> None:
    words = lan.library.languages.of("vi")
    pressed(lan, "Minh", a.BeginWantingMore(sent(lan)[0].id))
    lan.writer.write(lambda db: people.mark_refused(db, "telegram", "Lan", "blocked"))
    (told,) = said(lan, "Minh", "Thiếu chữ ký")
    assert told.message.text == words.tr("review.nobody", unit="UBND huyện Đại Lộc")
    assert [choice.action for choice in told.message.choices] == [a.ChooseInvite()]


def test_a_number_of_arrival_outlives_a_correction_and_not_a_withdrawal(lan: Stage) -> None:
    pressed(lan, "Minh", a.ConfirmReport(sent(lan)[0].id))
    said(lan, "Minh", "số đến 1234")
    send(lan, "báo cáo kinh phí", "Sửa", "Không thực hiện hết", "25tr", "Gửi")
    pressed(lan, "Lan", a.TakeBack(FUNDS, 2))
    with reading(lan.engine) as db:
        kept = db.execute(
            select(submission.c.arrival).where(submission.c.campaign == CAMPAIGN.name).order_by(submission.c.revision)
        )
        assert kept.scalars().all() == ["1234", "1234", ""]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("xem báo cáo của em", a.ShowOwnReports()), ("em nộp gì rồi nhỉ", a.ShowOwnReports()), ("xem lại báo cáo kinh phí", a.ShowOwnReport(FUNDS)),
        ("cho em coi bc kinh phí đã nộp", a.ShowOwnReport(FUNDS)), ("my report please, show it", a.ShowOwnReports()),
        ("rút báo cáo kinh phí", a.AskToTakeBack(FUNDS)), ("em muốn rút lại báo cáo kinh phí", a.AskToTakeBack(FUNDS)),
        ("lịch sử báo cáo kinh phí", a.ShowHistory(FUNDS)), ("các lần nộp báo cáo kinh phí", a.ShowHistory(FUNDS)),
        ("đã nắm ạ", a.Acknowledge()), ("em biết rồi", a.Acknowledge()), ("ok em đã nhận được thông tin", a.Acknowledge()),
        ("mai em nộp", a.RemindTomorrow()), ("để mai em gửi nhé", a.RemindTomorrow()), ("sáng mai em báo cáo", a.RemindTomorrow()),
        ("xin lỗi, mai em nộp", a.RemindTomorrow()), ("thứ 2 em nộp ạ", a.Acknowledge()), ("tuan sau nhac em", a.Acknowledge()),
        ("em dang di cong tac, thu 2 em nop", a.Acknowledge()), ("chiều nhắc lại em nhé", a.RemindLater()), ("lát nữa nhắc em", a.RemindLater()), ("remind me later", a.RemindLater()),
    ],
)  # fmt: skip
def test_errands_about_reminders_and_reports_are_said_in_many_ways(lan: Stage, text: str, action: a.Action) -> None:
    (typed,), (tapped,) = said(lan, "Lan", text), pressed(lan, "Lan", action)
    assert typed.message == tapped.message
