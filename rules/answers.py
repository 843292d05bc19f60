"""Answering a question about the dispatch: a fact with its clause, or an honest silence.

Typical questions of the campaign answer first, each with the words it quotes; below them the
clauses themselves are searched. Some typical questions have no clause: they are known gaps,
and the nearest of them being a gap is a reason for silence. Nothing is answered below the
evidence threshold.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from rules.campaign import Campaign, Obligation, TypicalQuestion, Words
from rules.search import Index, expand
from rules.vietnamese import same_words

ENOUGH = 0.36
"""Evidence below this is no evidence. Set on the questions in tests/answers."""
ENOUGH_FOR_CLAUSE = 0.30
_WHEN = re.compile(
    r"\b(khi nao|bao gio|ngay nao|ngay may|ngay bao nhieu|han|deadline|when|truoc ngay|con may ngay|thoi han|due)\b"
)
_HANDING_IN = re.compile(r"\b(nop|gui|bao cao|submit|send|report|due)\b")
_WHICH_YEAR = re.compile(r"\b(?:nam )?((?:19|20)\d{2})\b")


@dataclass(frozen=True)
class Answer:
    """What the dispatch says. ``clauses`` best first; ``abstained`` when it says nothing.

    ``quote`` stands word for word in the first clause. ``said`` is the direct sentence, where
    the campaign has one. ``obligations`` are those whose deadlines belong to the answer.
    """

    clauses: tuple[str, ...]
    quote: str
    score: float
    abstained: bool
    said: Words | None = None
    obligations: tuple[str, ...] = ()


class Answerer:
    """Answers for one campaign. The index is built with the first question; asking reads no file."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._asked: list[TypicalQuestion] = [q for q in campaign.questions for _ in q.ask]
        self._sentences = [
            (clause.id, sentence) for clause in campaign.clauses if clause.id != "head" for sentence in _sentences(clause.text)
        ]
        self._years = {year for clause in campaign.clauses for year in _WHICH_YEAR.findall(clause.text)}

    @cached_property
    def _index(self) -> Index:
        return Index([text for q in self._campaign.questions for text in q.ask])

    @cached_property
    def _clauses(self) -> Index:
        return Index([sentence for _, sentence in self._sentences])

    def answer(self, question: str, about: str = "") -> Answer:
        """The best answer to a question in anybody's words.

        ``about`` is the obligation being talked of: "hạn là khi nào" then asks for its deadline.
        """
        if self._other_year(question):
            return self._silent(0.0, ())
        if about and is_when(question) and self.obligation_named(question) is None:
            known = self._named_deadline(question, self._campaign.obligation(about))
            if known:
                return known
        named = self.obligation_named(question)
        if named and is_when(question) and _HANDING_IN.search(expand(question)):
            known = self._named_deadline(question, named)
            if known:
                return known
        if self._asks_all_deadlines(question):
            dated = self._campaign.dated()
            clauses = tuple(o.clause for o in dated)
            return Answer(clauses, "", 1.0, abstained=False, obligations=tuple(o.slug for o in dated))
        hits = self._index.find(question)
        nearest = tuple(dict.fromkeys(self._asked[h.document].clause for h in hits if self._asked[h.document].clause))
        if not hits or hits[0].score < ENOUGH:
            return self._named_deadline(question, named) or self._from_clauses(question, nearest)
        best = self._asked[hits[0].document]
        if not best.clause:
            return self._silent(hits[0].score, nearest)
        if named and best.obligation != named.slug and is_when(question) and named.deadline:
            return self._named_deadline(question, named) or self._silent(hits[0].score, nearest)
        others = tuple(clause for clause in nearest if clause != best.clause)
        return Answer(
            (best.clause, *others), best.quote, hits[0].score, abstained=False, said=best.answer,
            obligations=(best.obligation,) if best.obligation else (),
        )  # fmt: skip

    def obligation_named(self, text: str) -> Obligation | None:
        """The obligation that a sentence names by one of its words; the longest name wins."""
        folded = f" {expand(text)} {same_words(text)} "
        found = [
            (len(same_words(word)), obligation)
            for obligation in self._campaign.obligations
            for word in obligation.words
            if f" {same_words(word)} " in folded
        ]
        return max(found, key=lambda item: item[0])[1] if found else None

    def _other_year(self, question: str) -> bool:
        years = _WHICH_YEAR.findall(expand(question))
        return any(year not in self._years for year in years)

    def _asks_all_deadlines(self, question: str) -> bool:
        folded = expand(question)
        everything = re.search(r"\b(cac han|cac moc|moc thoi gian|han nop|cac thoi han|deadlines|thoi han)\b", folded)
        only = re.fullmatch(
            r"(cac |may |nhung )?(han|moc|thoi han|deadlines?|han nop|con may ngay|den han)( (la )?(khi nao|gi|nao|bao gio))?",
            folded,
        )
        return self.obligation_named(question) is None and bool(only or (everything and len(folded.split()) <= 6))

    def _named_deadline(self, question: str, named: Obligation | None) -> Answer | None:
        """When an obligation is named and its date asked for, the calendar answers."""
        if named is None or named.deadline is None or not is_when(question):
            return None
        known = next((q for q in self._campaign.questions if q.obligation == named.slug and q.clause == named.clause), None)
        quote = known.quote if known else self._campaign.clause(named.clause).text
        said = known.answer if known else None
        return Answer((named.clause,), quote, 1.0, abstained=False, said=said, obligations=(named.slug,))

    def _from_clauses(self, question: str, nearest: tuple[str, ...]) -> Answer:
        hits = self._clauses.find(question)
        clauses = tuple(dict.fromkeys(self._sentences[h.document][0] for h in hits))
        if not hits or hits[0].score < ENOUGH_FOR_CLAUSE or len(expand(question).split()) < 3:
            return self._silent(hits[0].score if hits else 0.0, nearest or clauses)
        return Answer(clauses, self._sentences[hits[0].document][1], hits[0].score, abstained=False)

    @staticmethod
    def _silent(score: float, nearest: tuple[str, ...]) -> Answer:
        """Nothing is said; clauses that come near are named, the frame of the letter never is."""
        near = [clause for clause in nearest if clause not in ("head", "0")]
        return Answer(tuple(near[:3]), "", score, abstained=True)


def is_when(question: str) -> bool:
    """Whether a question asks for a date."""
    return bool(_WHEN.search(expand(question)))


def _sentences(text: str) -> list[str]:
    """A clause in pieces short enough to quote, each word for word in it."""
    return [piece.strip() for piece in re.split(r"(?<=[.;])\s+(?=[A-ZĐÀ-Ỹ(a-zđ])", text) if len(piece.strip()) > 12]
