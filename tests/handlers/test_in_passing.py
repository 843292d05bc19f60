"""What is said in passing: who writes, why so often, that it was sent, thanks. And how people ask how far things are."""

from datetime import datetime

import pytest

from handlers import in_passing
from handlers.turn import Incoming
from rules import actions as a
from rules.people import Role
from tests.stage import CAMPAIGN, Stage

REMINDED = datetime(2022, 6, 22, 8, 5, tzinfo=CAMPAIGN.directory.zone)


@pytest.mark.parametrize(
    ("action", "texts"),
    [
        (a.WhoWrites(), ("ai đấy", "ai day", "lua dao a", "sdt lien he", "goi cho ai de hoi", "số điện thoại liên hệ của sở", "who is this")),
        (a.WhyReminded(), (
            "đừng nhắc nữa", "dung nhac nua", "tat thong bao", "nhac nhieu qua", "sao nhắc hoài vậy", "phien qua", "em gửi văn bản hôm qua rồi",
            "da nop roi ma", "gui roi con nhac gi nua", "ben em bao cao so roi", "em ko lam mang nay nua", "nhầm người rồi", "em chuyển công tác rồi",
            "viec nay khong phai cua em",
        )),
        (a.Nod(), ("ok", "vâng ạ", "dạ", "uh", "👍", "👌🏻", "cảm ơn em", "cam on nhieu nhe", "ok cảm ơn", "thank you")),
        (None, (
            "gửi cho ai", "nộp ở đâu", "đã nộp chưa", "em nộp gì rồi", "báo cáo kinh phí", "chiều nhắc lại em", "nhắc lại sau", "mai em nộp", "ai chủ trì",
            "ai ký văn bản", "không phát sinh", "350tr", "cảm ơn sở, hạn nộp khi nào", "đúng", "có", "", "…", "😡", "đã nắm",
        )),
    ],
)  # fmt: skip
def test_what_is_said_in_passing(action: a.Action | None, texts: tuple[str, ...]) -> None:
    assert {text: in_passing.meant(text, of_a_unit=True) for text in texts} == dict.fromkeys(texts, action)


class Office:
    """Lan and their leader of Đại Lộc, Minh who oversees; the first reminder is out."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        for who, role, unit in (("Lan", Role.OFFICER, "dai-loc"), ("Tâm", Role.LEADER, "dai-loc"), ("Minh", Role.MANAGER, "")):
            self.says(who, f"/start {stage.invite(role, unit)}")
        stage.move_to(REMINDED)

    def says(self, who: str, text: str) -> str:
        """All that somebody reads who writes that."""
        heard = self.stage.hear(Incoming("telegram", self.stage.next_update(), who, who, text=text))
        self.choices = [choice.action for one in heard if one.address == who for choice in one.message.choices]
        return "\n".join(one.message.text for one in heard if one.address == who)


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


def test_who_asks_why_is_told_what_is_open_and_each_way_out(office: Office) -> None:
    said = office.says("Lan", "sao nhắc hoài vậy")
    assert "Kinh phí không thực hiện hết (nếu có): chưa phản hồi" in said
    assert "Điều chỉnh" not in said, "nobody was reminded of it yet"
    assert office.choices == [a.ChooseDuty(), a.TellNothing(), a.ChooseColleague()]


def test_who_nods_may_say_that_it_was_read_and_nothing_is_claimed(office: Office) -> None:
    assert "đã nắm" not in office.says("Lan", "vâng ạ").lower()
    assert a.Acknowledge() in office.choices
    office.says("Minh", "ok")
    assert a.Acknowledge() not in office.choices


def test_a_nod_to_the_department_is_sent_and_not_answered(office: Office) -> None:
    office.says("Lan", "nộp muộn có sao không")
    ask = next(action for action in office.choices if isinstance(action, a.AskDepartment))
    office.stage.hear(Incoming("telegram", office.stage.next_update(), "Lan", "Lan", choice=a.pack(ask), pressed_on="1"))
    office.stage.hear(
        Incoming("telegram", office.stage.next_update(), "Minh", "Minh", choice=a.pack(a.BeginReply(1)), pressed_on="1")
    )
    heard = office.stage.hear(Incoming("telegram", office.stage.next_update(), "Minh", "Minh", text="được"))
    assert any(one.address == "Lan" and "được" in one.message.text for one in heard)


@pytest.mark.parametrize(
    ("who", "text", "says"),
    [
        ("Minh", "dai loc nop kinh phi chua", "UBND huyện Đại Lộc"), ("Minh", "yeu cau dai loc bo sung", "UBND huyện Đại Lộc"),
        ("Minh", "can bo dau moi cua dai loc la ai", "Người tham gia"), ("Minh", "tinh hinh the nao roi", "Tiến độ lúc"),
        ("Minh", "ai tre", "Tiến độ lúc"), ("Minh", "lap danh sach cham", "Tiến độ lúc"), ("Minh", "giup toi nhac dai loc", "Nhắc Đại Lộc"),
        ("Lan", "so da nhan chua", "chưa phản hồi"), ("Lan", "bao cao cua em the nao roi", "chưa phản hồi"), ("Lan", "don vi minh con no gi", "chưa phản hồi"),
        ("Lan", "viec nao sap het han", "Các hạn nộp"), ("Lan", "ko ps", "không phát sinh việc nào"), ("Lan", "huyen em khong co gi", "không phát sinh việc nào"),
        ("Lan", "khong co san pham nao thu hoi", "mục 1.5): xác nhận đơn vị KHÔNG PHÁT SINH"), ("Lan", "việc 1.5 không phát sinh", "mục 1.5): xác nhận"),
        ("Lan", "ben em khong dieu chinh gi", "mục 1.2): xác nhận"), ("Lan", "kinh phi khong con du", "mục 1.6): xác nhận"),
        ("Lan", "không có sản phẩm thu hồi thì phải báo không", "Mục 1."), ("Lan", "không thu hồi được giấy thì làm gì", "Mục 1.5"),
        ("Lan", "em ko biet dien sao", "có thể gõ"), ("Lan", "gui em cong van", "muốn xem mục nào"), ("Lan", "thoát", "cần gì tiếp theo"),
        ("Lan", "1", "chưa hiểu"), ("Lan", "doi sdt", "số điện thoại"), ("Lan", "cho gặp cán bộ sở", "0235 000 0000"), ("Lan", "ai dang lam viec nay", "Người tham gia"),
        ("Lan", "e nop kp nha", "Câu 1/7"), ("Lan", "da vang chi oi cho e bao cao thu hoi", "Câu 1/4"),
        ("Lan", "em xin them may hom nua", "xin lùi hạn việc nào"), ("Tâm", "Lan nop chua", "chưa phản hồi"),
        ("Tâm", "báo cáo cho tôi tình hình nộp", "chưa phản hồi"),
    ],
)  # fmt: skip
def test_how_far_things_are_is_asked_in_many_ways(office: Office, who: str, text: str, says: str) -> None:
    assert says in office.says(who, text)


def test_a_form_that_was_put_aside_goes_on_by_a_word(office: Office) -> None:
    office.says("Lan", "báo cáo kinh phí")
    office.says("Lan", "350tr")
    office.says("Lan", "để mai em làm tiếp")
    assert "Câu 2/7" in office.says("Lan", "điền tiếp")
    assert "Câu 2/7" in office.says("Lan", "đang chờ tài chính tổng hợp"), "it is no wish to see how far things are"


def test_words_of_the_dispatch_stay_with_it_until_something_was_sent(office: Office) -> None:
    assert "Mục 1.2" in office.says("Lan", "bổ sung cái gì")
    office.says("Lan", "báo cáo kinh phí")
    for text in ("350tr", "bỏ qua", "rồi", "50tr", "chưa ký", "bỏ qua", "gửi"):
        office.says("Lan", text)
    for text in ("bổ sung cái gì", "em ghi nhầm số tiền", "muon sua bao cao", "bo sung so van ban"):
        assert "Người nộp: anh/chị Lan" in office.says("Lan", text), text


def test_a_yes_hands_over_what_was_asked_about(office: Office) -> None:
    office.says("Tâm", "giao hết cho Lan")
    assert "Đã giao" in office.says("Tâm", "ok")


def test_some_units_are_not_chased_as_all(office: Office) -> None:
    assert "gõ tên từng đơn vị" in office.says("Minh", "nhắc các đơn vị miền núi nộp kinh phí")
    assert not any(isinstance(action, a.Nudge | a.NudgeNamed) for action in office.choices)


def test_the_department_is_not_sent_to_itself(office: Office) -> None:
    said = office.says("Minh", "lịch họp tuần sau thế nào")
    assert "không tìm thấy" in said
    assert "gửi câu hỏi" not in said
    assert a.ShowStatus() in office.choices


def test_who_waits_to_be_let_in_hears_that(office: Office) -> None:
    for text in ("em ở Hội An, cho em vào", "Nguyễn Thị La", "0905 123 456", "đúng rồi"):
        office.says("La", text)
    assert "Hội An" in office.says("La", "duyệt chưa vậy")
    assert "chờ" in office.says("La", "khi nào được duyệt")
