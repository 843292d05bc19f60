"""The question bank: what is claimed of the answers holds, on the half that nobody looked at."""

from functools import cache
from pathlib import Path

from handlers.wording.answers import Asker, word
from handlers.wording.catalogs import Languages
from rules.answers.answerer import Answerer
from rules.campaign.deadlines import Due, at_local
from rules.text.vietnamese import is_english
from rules.workbench.measuring import Bm25, Case, Given, Measured, best_threshold, measure, read_cases
from tests.stage import CAMPAIGN

BANK = read_cases(Path(__file__).with_name("bank.tsv"))
CHECKING = [case for case in BANK if case.half == "checking"]
ASKER = Asker(Due(CAMPAIGN), "", at_local(CAMPAIGN.opens, CAMPAIGN.policy.hours.at, CAMPAIGN.directory.zone))


@cache
def measured() -> Measured:
    answerer, languages = Answerer(CAMPAIGN), Languages(CAMPAIGN.directory.zone)

    def ask(question: str) -> Given:
        words = languages.of("en" if is_english(question) else "vi")
        rendered = word(CAMPAIGN, answerer, words, answerer.answer(question), ASKER)
        return Given(rendered.answer.clauses, rendered.answer.abstained, rendered.text)

    return measure(CHECKING, ask)


def share(kind: str) -> float:
    tally = measured().kinds[kind]
    return tally.right / tally.asked


def test_the_bank_is_large_and_its_halves_are_even() -> None:
    assert len(BANK) >= 800
    assert len({case.question for case in BANK}) == len(BANK)
    assert sum(not case.clauses for case in BANK) >= 300
    assert 0.4 < len(CHECKING) / len(BANK) < 0.6


def test_the_right_answer_comes_first() -> None:
    assert measured().right_first >= 0.93
    assert share("plain") >= 0.88
    assert share("rough") >= 0.90
    assert share("english") >= 0.85


def test_what_the_dispatch_does_not_say_is_not_answered() -> None:
    assert measured().false_answers <= 0.035


def test_a_plain_search_is_left_far_behind() -> None:
    index = Bm25({clause.id: f"{clause.lead} {clause.text}" for clause in CAMPAIGN.clauses})
    level = best_threshold([(case, *index.ranked(case.question)[0]) for case in CHECKING])

    def ask(question: str) -> Given:
        score, clause = index.ranked(question)[0]
        return Given((clause,), score < level, CAMPAIGN.clause(clause).text)

    plain = measure([Case(case.question, case.clauses) for case in CHECKING], ask)
    assert plain.right_first < measured().right_first - 0.2
