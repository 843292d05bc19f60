"""The facts that are searched: the campaign's table, and what follows from its calendar and clauses.

A campaign without any table still answers: each deadline is a fact of its own, and so is each
sentence of a clause that no row of the table rests on.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from rules.answers.search import PAIR_WEIGHT, Index, stem
from rules.campaign.model import Campaign, Fact, Obligation
from rules.documents.parts import Bilingual
from rules.text.vietnamese import words
from rules.understanding.question import Question

OF_SENTENCE = "sentence-"
"""How the ids of facts begin that are sentences of a clause, and nobody's row."""
SENTENCES_NEAR = 8
TOO_COMMON = 400
"""A word in more sentences than that finds none of them; rarer words and pairs do."""
SHORTEST = 12
"""Signs of the shortest sentence that says anything."""
FRAME = ("head", "0")
"""Clauses around the rules: letterhead, signature, opening."""
_DAY = re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?\b|ngày \d")
_END_OF_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-ZĐÀ-Ỹ(a-zđ])")
_SPAN = re.compile(r"\b\d+\s+(?:tháng|năm|ngày|tuần|giờ)\b")
_NUMBER_OF = re.compile(r"\b\d+(?:[.,]\d+)?\s+(\w+)")
_SUM = re.compile(r"\d\s*(?:đồng|đ\b|triệu|tỷ|%)")
_GIVEN_BY_WORDS = {
    "recipient": re.compile(r"\b(?:gửi|báo cáo|nộp|trình|đề nghị)\b"), "reason": re.compile(r"\b(?:để|nhằm)\b"),
    "frequency": re.compile(r"\b(?:hằng|hàng|định kỳ|mỗi) (?:năm|quý|tháng|tuần)\b", re.I),
    "penalty": re.compile(r"\b(?:xử phạt|phạt|kỷ luật|xử lý trách nhiệm)\b"),
    "form": re.compile(r"\b(?:theo mẫu|biểu mẫu|phụ lục)\b"), "contact": re.compile(r"@|\b0\d{8,10}\b|điện thoại"),
    "format": re.compile(r"\b(?:bản giấy|bản điện tử|trực tuyến|trục liên thông|ký số)\b"),
    "condition": re.compile(r"\b(?:nếu|trường hợp|khi|mà|đạt|đối với)\b"), "when": re.compile(r"\b(?:nếu|trường hợp|khi|trước khi)\b"),
}  # fmt: skip


def told_facts(campaign: Campaign) -> tuple[Fact, ...]:
    """The campaign's table, and the deadlines that no row of it gives."""
    dated = {slug for fact in campaign.facts if "date" in fact.gives for slug in (fact.obligation, *fact.obligations)}
    return (*campaign.facts, *(_of_deadline(campaign, o) for o in campaign.dated() if o.slug not in dated))


def _of_deadline(campaign: Campaign, obligation: Obligation) -> Fact:
    """The deadline of an obligation, asked for by any of its names."""
    names = dict.fromkeys((obligation.title.vi, obligation.short.vi, *obligation.words, obligation.title.en, obligation.short.en))
    asks = [ask for name in names if name for ask in (f"hạn {name} là khi nào", f"{name} nộp ngày nào", f"when is {name} due")]
    return Fact(
        id=f"due-{obligation.slug}"[:24].rstrip("-"), clause=obligation.clause, quote=campaign.clause(obligation.clause).text,
        answer=Bilingual(vi=f"{obligation.title.vi}.", en=f"{obligation.title.en or obligation.title.vi}."),
        gives=("date",), who=obligation.owed_by, obligation=obligation.slug, ask=tuple(asks),
    )  # fmt: skip


class Sentences:
    """The sentences of clauses that no row of the table rests on. Only the words are indexed; a sentence
    becomes a fact when it comes near a question."""

    def __init__(self, campaign: Campaign) -> None:
        told = {*FRAME, *(clause for fact in campaign.facts for clause in (fact.clause, *fact.also))}
        bare = [clause for clause in campaign.clauses if clause.id not in told]
        self._texts = [(clause.id, text) for clause in bare for text in sentences(clause.text)]
        self._index = Index([_plain(words(text)) for _, text in self._texts])

    def near(self, question: Question) -> list[tuple[float, Fact]]:
        """The sentences nearest to a question, with their scores."""
        asked = _plain([token.folded for token in question.tokens])
        hits = self._index.find(asked, SENTENCES_NEAR, most_postings=TOO_COMMON)
        return [(hit.score, self._fact(hit.document)) for hit in hits]

    def _fact(self, number: int) -> Fact:
        clause, text = self._texts[number]
        return Fact(
            id=f"{OF_SENTENCE}{number}", clause=clause, quote=text, answer=Bilingual(vi=text), gives=tuple(sorted(given_by(text))),
            ask=(text,),
        )  # fmt: skip


def _plain(folded: Sequence[str]) -> dict[str, float]:
    """Words and pairs of neighbours, as features of a sentence."""
    stems = [stem(word) for word in folded]
    return {**dict.fromkeys(stems, 1.0), **{f"{a} {b}": PAIR_WEIGHT for a, b in pairwise(stems)}}


def sentences(text: str) -> list[str]:
    """A clause in pieces short enough to quote, each word for word in it."""
    pieces = _END_OF_SENTENCE.split(text)
    return [piece.strip() for piece in pieces if len(piece.strip()) > SHORTEST]


def given_by(sentence: str) -> set[str]:
    """The kinds of question that a sentence answers by its looks: it must hold a date to answer when."""
    found = {"who", "items", "duty", "may", "content"}
    found |= {kind for kind, pattern in _GIVEN_BY_WORDS.items() if pattern.search(sentence)}
    if _DAY.search(sentence):
        found.add("date")
    if _SPAN.search(sentence):
        found.add("duration")
    if _SUM.search(sentence):
        found.add("money")
    return found | {f"count {thing}" for thing in _NUMBER_OF.findall(sentence) if thing.isalpha()}


def guidance(number: int, question: str, reply: str, clause: str, kinds: frozenset[str], subjects: frozenset[str]) -> Fact:
    """A published reply of the department: it answers what the question asked for, about what it named."""
    return Fact(
        id=f"guidance-{number}", clause=clause, quote="", answer=Bilingual(vi=reply), gives=tuple(sorted(kinds | {"duty", "may"})),
        about=tuple(sorted(subjects)), ask=(question,), guidance=number,
    )  # fmt: skip


def is_sentence(fact: Fact) -> bool:
    """Whether a fact is a bare sentence of a clause."""
    return fact.id.startswith(OF_SENTENCE)
