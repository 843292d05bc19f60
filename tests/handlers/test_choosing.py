"""Choices typed where there are no buttons: by number, by words, in a sentence; and what is no choice."""

import pytest
from sqlalchemy import select

from handlers.turn import Incoming
from rules.people import Role
from storage import shown_lists
from storage.tables import draft
from tests.stage import Said, Stage


class Chat:
    """Somebody on the Zalo bot, whose lists are numbered as the sink does it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.numbers: dict[str, int] = {}
        self.say(f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")

    def say(self, text: str) -> str:
        said = self.stage.hear(Incoming("zalo_bot", self.stage.next_update(), "Lan", "Lan", text))
        self.see(said)
        return "\n".join(item.message.text for item in said)

    def see(self, said: list[Said]) -> None:
        for item in said:
            pairs, contact = [[c.label, c.data] for c in item.message.choices], item.contact_id
            if pairs and contact is not None:
                first = self.number(item.outbox_id, contact, pairs)
                self.numbers |= {label: number for number, (label, _) in enumerate(pairs, first)}

    def number(self, outbox_id: int, contact: int, pairs: list[list[str]]) -> int:
        now = self.stage.now
        return self.stage.writer.write(lambda db: shown_lists.show(db, outbox_id, contact, pairs, now))


@pytest.fixture
def chat(stage: Stage) -> Chat:
    return Chat(stage)


SENTENCES = {
    "Rồi": ["rồi", "Roi", "rồi ạ", "có ạ", "dạ có", "đã lập"],
    "Chưa": ["chưa", "chua", "chưa ạ", "dạ chưa anh ạ", "em chọn chưa", "chưa có"],
    "Quay lại": ["quay lại", "quay lai", "cho em quay lại nhé", "tôi muốn quay lại"],
    "Hủy": ["hủy", "huy", "huỷ", "thôi hủy đi", "cho tôi hủy"],
}
NO_CHOICE = ["không phải đâu, có rồi", "có 3 sản phẩm", "99", "hạn nộp là khi nào?", "có phải nộp văn bản giấy không"]


@pytest.mark.parametrize(("label", "sentence"), [(label, text) for label, texts in SENTENCES.items() for text in texts])
def test_words_choose_also_in_a_sentence(chat: Chat, label: str, sentence: str) -> None:
    chat.say("báo cáo kinh phí")
    chat.say("1,2 tỷ")
    chat.say("bỏ qua")
    by_word, asked = chat.say(sentence), {"Rồi": "Câu 4/", "Chưa": "Câu 4/", "Quay lại": "Câu 2/", "Hủy": "được giữ lại"}
    assert asked[label] in by_word


@pytest.mark.parametrize("form", ["{n}", "{n}.", " {n} ", "số {n}", "dạ em chọn số {n} ạ", "cho tôi {n} nhé", "phương án {n}"])
def test_numbers_choose_also_in_a_sentence(chat: Chat, form: str) -> None:
    chat.say("báo cáo kinh phí")
    chat.say("1,2 tỷ")
    chat.say("bỏ qua")
    assert "Câu 4/" in chat.say(form.format(n=chat.numbers["Rồi"]))


@pytest.mark.parametrize("text", NO_CHOICE)
def test_what_says_more_is_no_choice(chat: Chat, text: str) -> None:
    chat.say("báo cáo kinh phí")
    chat.say("1,2 tỷ")
    chat.say("bỏ qua")
    assert "Câu 3/" in chat.say(text)


def test_two_quick_answers_are_two_answers_to_one_question(chat: Chat) -> None:
    chat.say("báo cáo kinh phí")
    chat.say("1,2 tỷ")
    chat.say("bỏ qua")
    number = chat.numbers["Rồi"]
    assert "Câu 4/" in chat.say(str(number))
    again = chat.say(str(number))
    assert "thuộc câu trước" in again
    assert "Câu 4/" in again


def test_a_number_that_may_be_an_answer_is_one(chat: Chat) -> None:
    chat.say("báo cáo kinh phí")
    for answer in ("1,2 tỷ", "bỏ qua", "có", "200 triệu"):
        chat.say(answer)
    old = chat.numbers["Rồi"]
    assert f"“{old}” chưa phải số, ký hiệu văn bản" in chat.say(str(old))  # read as an answer, not as a choice


def test_a_reminder_in_between_leaves_both_lists_open(chat: Chat) -> None:
    chat.say("báo cáo kinh phí")
    form = dict(chat.numbers)
    chat.see(chat.stage.move_to(chat.stage.now.replace(day=23, hour=9)))
    assert chat.numbers["Đã nắm"] not in form.values()
    assert "Câu 2/" in chat.say("1,2 tỷ")
    assert "đã nắm" in chat.say(str(chat.numbers["Đã nắm"]))


def test_a_number_that_no_list_has(chat: Chat) -> None:
    assert "Không có mục số 58" in chat.say("58")


def test_stars_are_stars(chat: Chat) -> None:
    for text in ("báo cáo thu hồi", "Mắm cá cơm", "HTX Biển Xanh"):
        said = chat.say(text)
    assert "sao" in said
    assert {3, 4, 5}.isdisjoint(chat.numbers[label] for label in ("3 sao", "4 sao", "5 sao"))
    assert "Câu" in chat.say("4")
    with chat.stage.engine.connect() as db:
        (state,) = db.execute(select(draft.c.state)).scalars()
    assert state["row"]["stars"] == "4"
