"""How well a fact answers a question: a few figures between 0 and 1, the same for every campaign.

:mod:`rules.answers.confidence` weighs them. A fact that does not give what is asked for, of another year, or
about somebody else's duty is no candidate at all, however many words it shares.
"""

import heapq
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.answers.facts import FRAME, Sentences
from rules.answers.known_questions import (
    Source,
    Understanding,
    Without,
    alike,
    carrying,
    gist,
    pairs_of,
    source_of,
    stems_in,
    subjects_in,
    together,
    tokens_in,
)
from rules.answers.search import Index, features, stem
from rules.campaign.model import Campaign, Fact
from rules.text.lexicon import Phrases, tokens_of
from rules.understanding.question import Question, is_given

MANY = 2
"""A fact that rests on so many more clauses tells none of them apart."""
NEAREST = 3
"""So many of a fact's questions count as its neighbourhood."""
CONSIDERED = 18
"""So many facts are weighed for a question; farther ones share next to nothing with it."""
LONGEST_PLAIN_NUMBER = 2
"""A longer number names a document or a sum, and has to be the fact's own."""


@dataclass(frozen=True)
class Candidate:
    """A fact with the evidence for it."""

    fact: Fact
    evidence: Mapping[str, float]


@dataclass(frozen=True)
class _Near:
    """The sources that share something with a question, nearest first, with the scores of their questions."""

    ranked: Sequence[tuple[int, list[float]]]
    best_gap: float
    nearest_gap: int | None


class Weigher:
    """Finds the facts near a question and takes their measure."""

    def __init__(
        self, campaign: Campaign, facts: Sequence[Fact], sentences: Sentences, phrases: Phrases, understanding: Understanding
    ) -> None:  # fmt: skip
        """``facts`` come with questions that ask for them; ``sentences`` are searched where these do not answer."""
        self._campaign, self._phrases, self._sentences, self._understanding = campaign, phrases, sentences, understanding
        self.facts = tuple(facts)
        self.general = frozenset(
            word
            for fact in facts
            if len(fact.also) >= MANY
            for subjects in fact.about
            for word in subjects.split("+")
            if word[0] != "?"
        )
        """Subjects that belong to several clauses at once, so that naming them tells nothing."""
        self.of_frame = frozenset(
            word
            for fact in facts
            if fact.clause in FRAME
            for subjects in fact.about
            for word in subjects.split("+")
            if word[0] != "?"
        )
        """Subjects of the letter's frame, such as the dispatch itself."""
        self._years = _years(campaign)
        self.sources = [self._source(fact) for fact in facts]
        self.sources += [source_of(None, gap.ask, "", phrases, understanding) for gap in campaign.gaps]
        self._owner = [number for number, source in enumerate(self.sources) for _ in source.asks]
        self._documents = [ask for source in self.sources for ask in source.asks]
        self.index = Index([features(ask) for ask in self._documents])
        self._background = _background(self.sources)
        self._gists = [[own - self._background for own in source.gists] for source in self.sources]
        told, gaps = [s for s in self.sources if s.fact], [s for s in self.sources if not s.fact]
        self._by_facts, self._by_gaps = together(s.stems for s in told), together(s.stems for s in gaps)
        self._pairs_by_facts, self._pairs_by_gaps = together(s.pairs for s in told), together(s.pairs for s in gaps)

    def _source(self, fact: Fact) -> Source:
        lead = self._campaign.clause(fact.clause).lead if fact.clause else ""
        return source_of(fact, fact.ask, lead, self._phrases, self._understanding)

    # ------------------------------------------------ what comes near

    def candidates(self, question: Question, without: Without | None = None) -> list[Candidate]:
        """The facts that may answer, with their evidence, in no order.

        ``without`` leaves out one of the campaign's own questions, for learning from it.
        """
        near = self._near(question, without)
        gap_covered = self._covered(question, near.nearest_gap, without) if near.nearest_gap is not None else 0.0
        meant = gist(question) - self._background
        gap_alike = max(
            (self._alike(meant, number, without) for number, _ in near.ranked if not self.sources[number].fact), default=0.0
        )
        leaders = self._leaders(near)
        found = []
        for number, scores in near.ranked[:CONSIDERED]:
            fact = self.sources[number].fact
            if fact is None or not self.may_answer(fact, question):
                continue
            rival = next((score for clause, score in leaders if clause != fact.clause), 0.0)
            nearness = {
                "nearest": scores[0],
                "near": sum(scores[:NEAREST]) / NEAREST,
                "over_gaps": scores[0] - near.best_gap,
                "gap": near.best_gap,
                "gap_covered": gap_covered,
                "over_rivals": scores[0] - rival,
                "alike": self._alike(meant, number, without),
                "gap_alike": gap_alike,
            }
            found.append(Candidate(fact, self._figures(question, number, self.sources[number], without) | nearness))
        return found or self._bare(question, near.best_gap, gap_covered)

    def _alike(self, meant: frozenset[str], number: int, without: Without | None) -> float:
        gists = self._gists[number]
        if without and without.owner == number:
            gists = gists[: without.place] + gists[without.place + 1 :]
        return alike(meant, gists)

    def _bare(self, question: Question, best_gap: float, gap_covered: float) -> list[Candidate]:
        """Sentences of clauses that no fact rests on, where no fact may answer."""
        found = []
        near = self._sentences.near(question)
        for place, (score, fact) in enumerate(near):
            if not self.may_answer(fact, question):
                continue
            rival = next((other for other, f in near[:place] + near[place + 1 :] if f.clause != fact.clause), 0.0)
            nearness = {
                "nearest": score, "near": score, "over_gaps": score - best_gap, "gap": best_gap,
                "gap_covered": gap_covered, "over_rivals": score - rival,
            }  # fmt: skip
            found.append(Candidate(fact, self._figures(question, -1, self._source(fact), None) | nearness))
        return found

    def _near(self, question: Question, without: Without | None) -> _Near:
        scores: dict[int, list[float]] = {}
        for document, score in self.index.scores(features(question.segments)).items():
            if without is None or document != without.document:
                scores.setdefault(self._owner[document], []).append(score)
        for own in scores.values():
            own.sort(reverse=True)
        ranked = heapq.nsmallest(3 * CONSIDERED, scores.items(), key=lambda item: (-item[1][0], item[0]))
        gap = next(((number, own[0]) for number, own in ranked if self.sources[number].fact is None), None)
        return _Near(ranked, gap[1] if gap else 0.0, gap[0] if gap else None)

    def _leaders(self, near: _Near) -> list[tuple[str, float]]:
        """The two clauses that come nearest, each with its score."""
        best: dict[str, float] = {}
        for number, scores in near.ranked:
            fact = self.sources[number].fact
            if fact:
                best.setdefault(fact.clause, scores[0])
        return list(best.items())[:2]

    def nearest_clauses(self, question: Question) -> tuple[str, ...]:
        """Clauses that come near, for a link: no answer."""
        facts = [fact for number, _ in self._near(question, None).ranked if (fact := self.sources[number].fact)]
        found = dict.fromkeys(fact.clause for fact in facts)
        return tuple(found) or tuple(dict.fromkeys(fact.clause for _, fact in self._sentences.near(question)))

    def without(self, document: int) -> Without:
        """That question of the campaign, to be left out; counted over all facts' questions, then all gaps'."""
        owner, segments = self._owner[document], self._documents[document]
        return Without(
            document, owner, document - self._owner.index(owner), self.sources[owner].fact is not None, stems_in(segments),
            frozenset(pairs_of(tokens_in(segments))), subjects_in(segments),
        )  # fmt: skip

    # ------------------------------------------------ what may answer at all

    def may_answer(self, fact: Fact, question: Question, named: bool = True) -> bool:
        """Whether the fact gives what is asked, of the year that is asked, for the office that is to act.

        ``named``: the question has to name what the fact is about; in a conversation that is known already.
        """
        if not all(is_given(kind, fact.gives) for kind in question.strict) or question.kinds & set(fact.lacks):
            return False
        if any(number not in _numbers(fact) for number in question.numbers if _names_something(number)):
            return False
        if any(not self._year_fits(year, before, fact) for year, before in question.years):
            return False
        if not all(self._is_bound(slug, fact) for slug in question.acting):
            return False
        return not named or self._is_triggered(fact, question)

    def _year_fits(self, year: str, before: str, fact: Fact) -> bool:
        if year in self._years:
            return True
        return any(before.removesuffix(" nam").endswith(" ".join(t.folded for t in tokens_of(words))) for words in fact.year_of)

    def _is_bound(self, slug: str, fact: Fact) -> bool:
        if slug == "?":
            return False
        return not fact.who or slug in fact.who or self._campaign.directory.unit(slug).kind in fact.who

    def _is_triggered(self, fact: Fact, question: Question) -> bool:
        """Whether the question names what the fact is about, or the very day of its deadline."""
        if "date" in fact.gives and self._days(fact) & question.numbers:
            return True
        if {"date", "number"} & set(fact.gives) and any(_names_something(number) for number in question.numbers):
            return True  # a document by its number: may_answer has seen that it is the fact's
        named = question.subjects | {f"?{kind}" for kind in question.kinds}
        return not fact.about or any(set(subjects.split("+")) <= named for subjects in fact.about)

    def _days(self, fact: Fact) -> set[str]:
        deadlines = (self._campaign.obligation(slug).deadline for slug in (fact.obligation, *fact.obligations) if slug)
        return {f"{deadline.date.day}/{deadline.date.month}" for deadline in deadlines if deadline}

    # ------------------------------------------------ the figures

    def _figures(self, question: Question, number: int, source: Source, without: Without | None) -> dict[str, float]:
        fact = source.fact
        assert fact
        words, weights = carrying(question), self._weights(question)
        named = {f"={subject}" for subject in question.subjects} - self._background
        gone = without.subjects if without and without.owner == number else frozenset()
        shared = {label for label in named if source.subjects.get(label, 0) > (label in gone)}
        soft, numbers = question.kinds - question.strict, question.numbers
        return {
            "covered": self._covered(question, number, without, source),
            "quoted": _share(weights, {word for word, _ in words if stem(word) in source.quoted}),
            **self._strangeness(question, without),
            "case_not_date": float("when" in question.kinds and "date" not in fact.gives),
            "false_friends": _false_friends(question, source) / max(1, len(words)),
            "subjects": len(shared) / len(named) if named else 0.0,
            "other_subjects": len(named - shared) / len(named) if named else 0.0,
            "any_other_subject": float(bool(named - shared)),
            "no_subject": float(not named),
            "strict": float(bool(question.strict)),
            "soft": float(bool(soft & set(fact.gives))),
            "soft_missing": float(bool(soft) and not soft & set(fact.gives)),
            "numbers": len(numbers & source.numbers) / len(numbers) if numbers else 0.0,
            "other_numbers": sum("/" not in n and n not in source.numbers for n in numbers) / len(numbers) if numbers else 0.0,
            "short": 1.0 / (1 + len(words)),
        }

    def _weights(self, question: Question) -> dict[str, float]:
        return {word: self.index.rarity(stem(word)) for word, _ in carrying(question)}

    def _covered(self, question: Question, number: int, without: Without | None, source: Source | None = None) -> float:
        """The share of what the question says that the source says too."""
        source = source or self.sources[number]
        own = without if without and without.owner == number else None
        covered = {
            word for word, label in carrying(question)
            if source.stems.get(stem(word), 0) > (own is not None and stem(word) in own.stems)
            or source.subjects.get(label, 0) > (own is not None and label in own.subjects)
        }  # fmt: skip
        return _share(self._weights(question), covered)

    def _strangeness(self, question: Question, without: Without | None) -> dict[str, float]:
        """Words and pairs that no fact has, and of these the ones that known gaps have."""
        weights = self._weights(question)
        of_fact, of_gap = bool(without and without.of_fact), bool(without and not without.of_fact)
        stems = without.stems if without else frozenset()
        gone = without.pairs if without else frozenset()

        def told(word: str) -> bool:
            return self._by_facts.get(stem(word), 0) > (of_fact and stem(word) in stems)

        def in_gap(word: str) -> bool:
            return self._by_gaps.get(stem(word), 0) > (of_gap and stem(word) in stems)

        strange = {word for word, label in carrying(question) if not label and not told(word) and not in_gap(word)}
        pairs = pairs_of(question.tokens)
        gap_pairs = [
            pair for pair in pairs
            if self._pairs_by_gaps.get(pair, 0) > (of_gap and pair in gone)
            and self._pairs_by_facts.get(pair, 0) <= (of_fact and pair in gone)
        ]  # fmt: skip
        return {
            "strange": _share(weights, strange),
            "gaps_only": _share(weights, {word for word in weights if not told(word) and in_gap(word)}),
            "gap_pairs": len(gap_pairs) / max(1, len(pairs)),
            "any_gap_pair": float(bool(gap_pairs)),
        }


def _background(sources: Sequence[Source]) -> frozenset[str]:
    """Subjects that more than half of the clauses speak of: naming them tells no facts apart."""
    clauses: dict[str, set[str]] = {}
    for source in sources:
        for subject in source.subjects if source.fact else ():
            clauses.setdefault(subject, set()).add(source.fact.clause if source.fact else "")
    every = {source.fact.clause for source in sources if source.fact}
    return frozenset(subject for subject, own in clauses.items() if 2 * len(own) > len(every))


def _share(weights: Mapping[str, float], words: set[str]) -> float:
    return sum(weights[word] for word in words) / (sum(weights.values()) or 1.0)


def _false_friends(question: Question, source: Source) -> int:
    """Words that look alike without diacritics and were typed with others."""
    return sum(
        token.sure and token.marked not in source.marked.get(token.folded, (token.marked,))
        for segment in question.segments if segment.label[:1] not in (".", "?", "!") for token in segment.tokens
    )  # fmt: skip


def _numbers(fact: Fact) -> set[str]:
    return {part for token in tokens_of(f"{fact.quote} {fact.answer.vi}") for part in (token.folded, *token.folded.split("/"))}


def _names_something(number: str) -> bool:
    """A number too long to count or score with: a document's, or a sum."""
    return number.isdigit() and len(number) > LONGEST_PLAIN_NUMBER


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def _years(campaign: Campaign) -> set[str]:
    """The years that the dispatch itself names."""
    return {year for clause in campaign.clauses for year in _YEAR.findall(clause.text)}
