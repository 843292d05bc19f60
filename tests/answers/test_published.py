"""A published reply answers its own question whenever it is asked again word for word."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pytest

from rules.answers.answerer import Answerer, Published, Talk
from rules.text.vietnamese import fold, same_question
from rules.workbench.measuring import read_cases
from tests.stage import CAMPAIGN

DAY = date(2022, 6, 21)


@cache
def replies() -> list[Published]:
    """A reply to each question of the bank about which the dispatch is silent."""
    of_dispatch, bank = Answerer(CAMPAIGN), read_cases(Path(__file__).with_name("bank.tsv"))
    silent = {same_question(c.question): c.question for c in bank if of_dispatch.answer(c.question).abstained}
    return [Published(n, question, f"Trả lời {n}.", "", "Minh", DAY) for n, question in enumerate(silent.values(), 1)]


@cache
def everything() -> Answerer:
    return Answerer(CAMPAIGN, replies())


AGAIN: dict[str, Callable[[str], str]] = {
    "word for word": str, "in capitals": str.upper, "without diacritics": fold, "decomposed": lambda q: normalize("NFD", q),
    "punctuated": lambda q: f"  “{q.replace(' ', '  ')}” ?!", "without a question mark": lambda q: q.rstrip("?. "),
    "with commas": lambda q: q.replace(" ", ", "),
}  # fmt: skip


def test_the_dispatch_is_silent_about_many_questions() -> None:
    assert len(replies()) >= 300


@pytest.mark.parametrize("again", AGAIN)
def test_each_gets_exactly_its_own_reply(again: str) -> None:
    wrong = [p for p in replies() if everything().answer(AGAIN[again](p.question)).guidance != p.number]
    assert wrong == []


def test_alone_it_is_found_as_well() -> None:
    for published in replies()[::40]:
        found = Answerer(CAMPAIGN, [published]).answer(published.question)
        assert found.said
        assert (found.said.vi, found.abstained, found.clauses) == (published.reply, False, ())


@pytest.mark.parametrize("talk", [Talk(), Talk("1.5", "withdrawal", ("date",), "re-recognition")])
@pytest.mark.parametrize(
    "question",
    ["gửi qua email dc không", "thế hạn là khi nào", "còn cái kia thì sao", "hạn thu hồi", "mục 1.5 nói gì", "15/7", "是", "🙂"],
)
def test_whatever_else_the_words_might_mean(question: str, talk: Talk) -> None:
    answerer = Answerer(CAMPAIGN, [Published(7, question, "Được.", "1.5", "Minh", DAY)])
    found = answerer.answer(question, talk, chosen="funds-due")
    assert (found.guidance, found.clauses) == (7, ("1.5",))


def test_of_two_replies_to_one_question_the_latest() -> None:
    older = Published(9, "gửi qua email dc không", "Không.", "", "Minh", DAY)
    newer = Published(8, "Gửi qua email DC không?", "Được.", "", "Minh", date(2022, 6, 22))
    for both in ([older, newer], [newer, older]):
        assert Answerer(CAMPAIGN, both).answer("gửi qua email dc không").guidance == 8


@pytest.mark.parametrize("question", ["?", "…", "_", "hội đồng họp ở đâu"])
def test_another_question_is_answered_as_before(question: str) -> None:
    answerer = Answerer(CAMPAIGN, [Published(7, "?!", "Được.", "", "Minh", DAY)])
    assert answerer.answer(question).guidance == 0
    assert not answerer.is_published(question)
