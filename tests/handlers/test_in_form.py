"""What is typed while a form is open: an answer, a step, something in between, or something to be asked about."""

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from handlers.message import Choice
from handlers.turn import Incoming
from rules import actions as a
from rules.campaign import forms
from rules.campaign.likeness import other_than_asked
from rules.people import Role
from storage import reports
from storage.database import reading
from storage.scope import Scope
from tests.stage import CAMPAIGN, Stage

NAMES = (
    "Trà sâm Ngọc Linh", "Nước mắm Cửa Khe", "Bánh tổ Hội An", "Tinh dầu tràm Đông Giang", "Sả chanh dầu", "Mật ong rừng", "Tiêu Tiên Phước",
    "Quế Trà My", "Phở sắn Đông Phú", "Yến sào Thanh Châu", "Bánh tráng Đại Lộc", "Rượu cần", "Tương ớt Hội An", "Đèn lồng", "Gốm Thanh Hà",
    "Dầu phụng Duy Xuyên", "Cam giấy", "Nấm lim xanh Tiên Phước", "Chả bò Bà Hai", "Khô bò Một Nắng", "Bưởi trụ", "Trầm hương Nông Sơn", "Bún năm Tám",
    "Đông trùng hạ thảo", "Cao chè dây", "HTX Nông nghiệp Đại Hiệp", "Công ty TNHH MTV Thương mại 369", "Hộ kinh doanh Nguyễn Thị Có", "Cơ sở Mười Chín",
    "Tổ hợp tác Rau sạch Mỹ Hưng", "HTX Dừng", "Hộ Trần Văn Mai", "Doanh nghiệp tư nhân Phước Hậu", "Cơ sở sản xuất Ai Ngờ", "Bánh xèo Bà Sáu", "Mắm nêm Dì Cẩn",
    "Sản phẩm đã sửa nhãn", "Hạt nêm nấm", "Bột ngũ cốc 5 màu", "Trà túi lọc 3 trong 1", "Nem chua 12/9", "Rượu gạo 39", "Tháng Tám", "Mẫu Sơn", "Danh trà",
)  # fmt: skip
"""Of products and producers: none is asked about."""
NO_NAMES = (
    "hạn nộp khi nào", "tiến độ", "trợ giúp", "còn mấy ngày nữa", "sửa tên", "sửa lại giúp em", "xem lại", "để mai em nộp", "chiều nay nhắc lại",
    "3 sao", "45/UBND-NN", "8/7/2022", "350 triệu", "12345", "rồi", "chưa", "không phát sinh", "hủy", "bỏ qua", "quay lại", "nhầm rồi", "xong",
    "cho em nộp báo cáo kinh phí", "đã nắm", "xóa dữ liệu của tôi", "em muốn rời khỏi danh sách", "thu hồi", "Ngừng sản xuất", "quy định thế nào",
    "sửa số văn bản", "xem báo cáo của em", "tài liệu độ mật: A", "công văn nói gì về 36 tháng", "gửi về đâu?", "thêm nữa", "tiếp tục", "em không làm được", "đang chờ huyện ký", "chưa có tên",
)  # fmt: skip


class Officer:
    """Lan of Đại Lộc, before a form."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.say(f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")

    def say(self, text: str) -> str:
        """The last thing that is said on a text."""
        heard = self.stage.hear(Incoming("telegram", self.stage.next_update(), "Lan", "Lan", text))
        self.choices = {choice.label: choice for item in heard for choice in item.message.choices}
        return heard[-1].message.text

    def press(self, label: str) -> str:
        """The same of a button."""
        data = Choice(label, self.choices[label].action).data
        heard = self.stage.hear(Incoming("telegram", self.stage.next_update(), "Lan", "Lan", choice=data))
        self.choices = {choice.label: choice for item in heard for choice in item.message.choices}
        return heard[-1].message.text

    def open(self, slug: str) -> None:
        """Open a form, wherever she was."""
        self.choices = {"open": Choice("open", a.BeginReport(a.Duty(1, slug)))}
        self.press("open")

    def state(self, slug: str) -> forms.FormState:
        """How far the form is."""
        with self.stage.engine.begin() as db:
            draft = reports.find_draft(Scope(db, CAMPAIGN), "dai-loc", slug)
        assert draft
        return forms.FormState.from_json(CAMPAIGN.form(CAMPAIGN.obligation(slug)), draft.state)


@pytest.fixture
def lan(stage: Stage) -> Officer:
    return Officer(stage)


def test_names_are_taken_as_they_are(lan: Officer) -> None:
    lan.open("withdrawal")
    for name in NAMES:
        assert "Chủ thể sản xuất" in lan.say(name), name
        assert "Hạng sao" in lan.say(name), name
        assert lan.state("withdrawal").row == {"product": name, "producer": name}
        lan.press("Bỏ sản phẩm này")


def test_what_is_no_name_is_never_kept_as_one_unasked(lan: Officer) -> None:
    for text in NO_NAMES:
        lan.open("withdrawal")
        lan.say(text)
        state = lan.state("withdrawal")
        assert (state.row, dict(state.answers)) == (None, {}), text


def test_nor_is_it_an_amount(lan: Officer) -> None:
    for text in NO_NAMES:
        if text not in ("350 triệu", "12345"):
            lan.open("unspent-funds")
            lan.say(text)
            assert dict(lan.state("unspent-funds").answers) == {}, text


def test_who_means_it_says_so(lan: Officer) -> None:
    lan.say("báo cáo thu hồi")
    assert "chưa ghi" in lan.say("3 sao")
    assert "Chủ thể sản xuất" in lan.press("Ghi như vậy")
    assert lan.state("withdrawal").row == {"product": "3 sao"}


def test_who_does_not_is_answered(lan: Officer) -> None:
    lan.say("báo cáo thu hồi")
    lan.say("cho em nộp báo cáo kinh phí")
    assert "Câu 1/7. Tổng kinh phí" in lan.press("Không, là việc khác")


def test_an_old_doubt_is_no_answer_to_another_question(lan: Officer) -> None:
    lan.say("báo cáo thu hồi")
    lan.say("3 sao")
    old = lan.choices["Ghi như vậy"]
    lan.say("Trà rau má")
    lan.choices["old"] = old
    assert "Chủ thể sản xuất" in lan.press("old")
    assert lan.state("withdrawal").row == {"product": "Trà rau má"}


def test_the_third_time_there_is_a_way_out_and_an_answer_ends_it(lan: Officer) -> None:
    lan.say("báo cáo kinh phí")
    for text in ("nhiều lắm", "chịu"):
        assert "để sau" not in lan.say(text)
        assert "Nhờ đồng nghiệp" not in lan.choices
    assert "để sau" in lan.say("ai biết")
    assert "Nhờ đồng nghiệp" in lan.choices
    lan.say("350 triệu")
    assert lan.state("unspent-funds").missed == 0
    assert "Nhờ đồng nghiệp" not in lan.choices


def test_a_button_stays_good_after_an_answer_that_was_not_taken(lan: Officer) -> None:
    lan.say("báo cáo kinh phí")
    first = dict(lan.choices)
    lan.say("nhiều lắm")
    lan.choices = first
    assert "KHÔNG PHÁT SINH" in lan.press("Không phát sinh")


def test_nobody_is_said_to_be_asked_who_was_not(lan: Officer) -> None:
    lan.say("báo cáo kinh phí")
    for text in ("nhiều lắm", "chịu", "ai biết"):
        lan.say(text)
    assert "Đã nhờ" not in lan.press("Nhờ đồng nghiệp")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sửa số tiền phân bổ", "allocated"), ("sua kinh phi duoc phan bo", "allocated"), ("em muốn sửa câu 1 ạ", "allocated"), ("sửa câu 2", "spent"),
        ("đổi lại đã thực hiện", "spent"), ("sửa phương án", "plan_made"), ("sửa câu 7", "give_back"), ("sửa số văn bản", "give_back"), ("sửa", "give_back"),
    ],
)  # fmt: skip
def test_an_answer_is_changed_by_its_name_or_number(lan: Officer, text: str, at: str) -> None:
    for said in ("báo cáo kinh phí", "350 triệu", "100 triệu", "rồi", text):
        lan.say(said)
    assert lan.state("unspent-funds").at == at


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("sửa số tiền phân bổ thành 700tr", "allocated", 700_000_000), ("sua cau 2 thanh 120 trieu", "spent", 120_000_000),
        ("đổi đã thực hiện sang 90tr ạ", "spent", 90_000_000), ("sửa phương án là chưa", "plan_made", False),
        ("sửa câu 2 thành 900 triệu", "spent", 100_000_000), ("sửa câu 2 thành nhiều lắm", "spent", 100_000_000),
    ],
)  # fmt: skip
def test_and_to_what_is_said_along(lan: Officer, text: str, field: str, value: object) -> None:
    for said in ("báo cáo kinh phí", "350 triệu", "100 triệu", "rồi"):
        lan.say(said)
    lan.say(text)
    state = lan.state("unspent-funds")
    assert state.answers[field] == value
    assert state.at == ("give_back" if value != 100_000_000 else "spent")  # what it can't take is explained where it is asked


def test_another_document_is_asked_for_its_own_day(lan: Officer) -> None:
    for said in (
        "báo cáo kinh phí",
        "350 triệu",
        "bỏ qua",
        "rồi",
        "0",
        "45/BC-UBND ngày 17/6/2022",
        "bỏ qua",
        "sửa số văn bản",
        "46/BC-UBND",
    ):
        lan.say(said)
    assert lan.state("unspent-funds").at == "document_date"


def test_the_number_of_questions_never_grows(lan: Officer) -> None:
    totals = []
    for said in ("báo cáo kinh phí", "350 triệu", "bỏ qua", "rồi", "0", "45/BC-UBND", "17/6/2022"):
        totals.append(int(lan.say(said).split("Câu ")[1].split("/")[1].split(".")[0]))
    assert totals == sorted(totals, reverse=True)


@pytest.mark.parametrize("text", ["ok gửi đi ạ", "gửi", "đúng rồi", "gửi luôn nhé", "ok"])
def test_a_summary_is_sent_in_words(lan: Officer, text: str) -> None:
    for said in ("báo cáo kinh phí", "350 triệu", "bỏ qua", "rồi", "0", "bỏ qua", "bỏ qua"):
        lan.say(said)
    assert "Mã biên nhận" in lan.say(text)


@pytest.mark.parametrize("text", ["chưa", "không gửi", "chưa đúng", "gửi cho ai", "bỏ qua", "để mai"])
def test_and_by_nothing_else(lan: Officer, text: str) -> None:
    for said in ("báo cáo kinh phí", "350 triệu", "bỏ qua", "rồi", "0", "bỏ qua", "bỏ qua"):
        lan.say(said)
    assert "Mã biên nhận" not in lan.say(text)
    with reading(lan.stage.engine) as db:
        assert reports.latest(Scope(db, CAMPAIGN), "dai-loc", "unspent-funds") is None


FORMS = {o.slug: CAMPAIGN.form(o) for o in CAMPAIGN.obligations}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FORMS)), st.text(max_size=60))
def test_likeness_is_told_of_any_text(slug: str, text: str) -> None:
    form = FORMS[slug]
    asked = forms.question(form, forms.start(form))
    assert asked
    assert other_than_asked(form, asked, text, CAMPAIGN.opens) in (True, False)


def test_steps_are_no_bigger_than_a_button_takes() -> None:
    assert all(len(a.pack(a.StepForm(2**31, 2**31, op)).encode()) <= a.MOST_BYTES for op in a.FormOp)


def test_nor_does_it_ask_for_what_was_typed_later(lan: Officer) -> None:
    lan.say("báo cáo thu hồi")
    lan.say("3 sao")
    old = lan.choices["Không, là việc khác"]
    lan.say("cho em nộp báo cáo kinh phí")
    lan.choices["old"] = old
    assert "thuộc câu trước" in lan.press("old")


def test_who_agrees_does_not_leave_the_form(lan: Officer) -> None:
    """ "Dung roi" without its marks is "đúng rồi", and no wish to stop."""
    lan.open("unspent-funds")
    for text in ("350tr", "chưa có số liệu", "dung roi"):
        lan.say(text)
    assert lan.state("unspent-funds").answers == {"allocated": 350_000_000, "spent": None, "plan_made": True}


def test_a_row_on_one_line_is_a_row_and_no_name(lan: Officer) -> None:
    lan.open("withdrawal")
    said = lan.say("ruou gao, htx dai an, 4 sao, 45/QĐ-UBND ngày 1/6/2019, giai the")
    assert "ruou gao · htx dai an · 4 sao" in said
    assert lan.state("withdrawal").row is None


def test_a_number_below_the_summary_is_asked_for_and_not_lost(lan: Officer) -> None:
    lan.open("unspent-funds")
    for text in ("350tr", "bỏ qua", "rồi", "50tr", "chưa ký", "bỏ qua"):
        lan.say(text)
    assert "Số, ký hiệu văn bản" in lan.say("45/bc-ubnd ngay 6/7")
    assert "Số văn bản: 45/BC-UBND" in lan.say("45/bc-ubnd ngay 6/7")


@pytest.mark.parametrize(
    ("answer", "rows"), [("thêm hết", 1), ("đúng rồi thêm đi", 1), ("ok them di a", 1), ("thôi không thêm nữa", 0)]
)
def test_rows_that_were_read_are_added_in_many_words(lan: Officer, answer: str, rows: int) -> None:
    lan.open("withdrawal")
    lan.say("Trà; HTX Mai; 4 sao; 45/QĐ-UBND ngày 1/6/2019; giải thể")
    lan.say(answer)
    kept = lan.state("withdrawal")
    held = kept.answers.get("products", ())
    assert isinstance(held, tuple)
    assert (len(held), kept.offered) == (rows, ())


def test_who_sends_too_early_stays_in_the_form(lan: Officer) -> None:
    lan.open("unspent-funds")
    for text in ("350tr", "bỏ qua", "rồi"):
        lan.say(text)
    assert "Câu 4/7" in lan.say("gửi đi em")
    for text in ("50tr", "đang trình chủ tịch ký"):
        lan.say(text)
    assert "xem lại trước khi gửi" in lan.say("gửi luôn")
    assert "Đã nhận" in lan.say("gửi")


def test_figures_that_wait_for_their_document_are_opened_at_its_number(lan: Officer) -> None:
    for said in ("báo cáo kinh phí", "350 triệu", "100 triệu", "rồi", "0", "bỏ qua", "bỏ qua", "gửi"):
        lan.say(said)
    assert "Số, ký hiệu văn bản" in lan.press("Ghi số văn bản")
    assert "xem lại trước khi gửi" in lan.say("quay lại")
    lan.say("sửa số văn bản")
    lan.say("45/BC-UBND ngày 17/6/2022")
    assert "Mã biên nhận" in lan.say("gửi")
    assert "xem lại trước khi gửi" in lan.say("báo cáo kinh phí")  # nothing lacks any more
