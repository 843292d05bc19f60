"""What was typed, and what was meant."""

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from rules.text import vietnamese
from rules.text.lexicon import tokens_of
from rules.text.vietnamese import fold, is_syllable, without_telex
from rules.understanding.question import asks_something
from tests.rules.test_answers import ANSWERER
from tests.stage import CAMPAIGN


def read(text: str) -> str:
    return " ".join(token.folded for token in ANSWERER.reader.read(text))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ct ocop nam 2022", "chuong trinh ocop nam 2022"), ("ct da giai the", "chu the da giai the"), ("so ct", "so cong thuong"),
        ("thue ct lam hs", "thue cong ty lam ho so"), ("phong kt", "phong kinh te"), ("kt co so", "kiem tra co so"),
        ("tp hoi an", "thanh pho hoi an"), ("an toan tp", "an toan thuc pham"), ("hd tinh", "hoi dong tinh"),
        ("hd lien quan", "huong dan lien quan"), ("dc danh sach", "dieu chinh danh sach"), ("co dc ko", "co duoc khong"),
        ("th nao", "truong hop nao"), ("36t", "36 thang"), ("50d", "50 diem"),
    ],
)  # fmt: skip
def test_abbreviations_mean_what_their_neighbours_say(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("danh sahc", "danh sach"), ("danh sachs", "danh sach"), ("khoong thuwjc hieenj heets", "khong thuc hien het"),
        ("ddieeuf chinhr", "dieu chinh"), ("hannop", "han nop"), ("changing the list", "change the list"), ("xyzzyq", "xyzzyq"),
    ],
)  # fmt: skip
def test_slips_and_telex_keys_are_mended_towards_known_words(typed: str, meant: str) -> None:
    assert read(typed) == meant


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
@example("🙂")
@example("\u200b")
@example("36-" * 60)
def test_whatever_is_typed_is_read_understood_and_answered_or_not(text: str) -> None:
    ANSWERER.understand(text)
    found = ANSWERER.answer(text)
    assert found.abstained or found.clauses


@given(
    st.sampled_from([token.folded for clause in CAMPAIGN.clauses for token in tokens_of(clause.text) if token.folded.isalpha()])
)
def test_no_word_of_the_dispatch_is_turned_into_another(word: str) -> None:
    if word not in ("ptnt", "ct", "pct", "th", "kt", "tm", "vt", "ocop", "kh", "v", "ubnd", "cpvp", "atvstp", "ktth", "ktn"):
        assert read(word).replace(" ", "") == word


@pytest.mark.parametrize(
    ("word", "found"), [("sach", True), ("sachs", False), ("nghieng", True), ("nhuyen", True), ("when", False), ("zk", False)]
)
def test_syllables(word: str, found: bool) -> None:
    assert is_syllable(word) is found


def test_a_word_without_telex_keys_has_none_to_take_away() -> None:
    assert without_telex("sach") == ""
    assert without_telex("qwrtzz") == ""


@pytest.mark.parametrize(
    ("text", "asks"),
    [("gui cho ai", True), ("bao giờ", True), ("how long", True), ("350 triệu", False), ("Sản xuất theo mẫu cũ", False), ("đang trình ký", False)],
)  # fmt: skip
def test_what_asks_by_its_words(text: str, asks: bool) -> None:
    assert asks_something(text) is asks


def test_what_strangers_write_fills_no_memory() -> None:
    """The folded form of a word is remembered, that of a whole text is not: sixteen thousand of them are half a gigabyte."""
    fold("đại lộc")
    before = vietnamese._fold.cache_info().currsize
    for number in range(50):
        assert fold(f"Ấ{'𠮷' * 3000}{number}") == f"a{'𠮷' * 3000}{number}"
    assert vietnamese._fold.cache_info().currsize == before
