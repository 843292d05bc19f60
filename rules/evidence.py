"""How well a fact answers a question: a few figures between 0 and 1, the same for every campaign.

:mod:`rules.ranking` weighs them. A fact that does not give what is asked for, of another year, or
about somebody else's duty is no candidate at all, however many words it shares.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rules.asked import Question, is_given
from rules.campaign import Campaign, Fact
from rules.lexicon import Phrases, Segment, Token, tokens_of
from rules.search import Index, features, stem

NEAREST = 3
"""So many of a fact's questions count as its neighbourhood."""
LONGEST_PLAIN_NUMBER = 2
"""A longer number names a document or a sum, and has to be the fact's own."""
CONSIDERED = 14
"""So many facts are weighed for a question; farther ones share next to nothing with it."""


@dataclass(frozen=True)
class Source:
    """A fact, or a known gap (``fact`` is None), as it is searched."""

    name: str
    fact: Fact | None
    stems: Mapping[str, int]
    """Words of its questions, quote and answer, without endings, and in how many of these they are."""
    marked: Mapping[str, frozenset[str]]
    """The ways each folded word is spelled there."""
    subjects: Mapping[str, int]
    quoted: frozenset[str]
    numbers: frozenset[str]
    pairs: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Candidate:
    """A fact with the evidence for it."""

    source: Source
    evidence: Mapping[str, float]

    @property
    def fact(self) -> Fact:
        """The fact; candidates are never gaps."""
        assert self.source.fact
        return self.source.fact


class Weigher:
    """Finds the facts near a question and takes their measure."""

    def __init__(self, campaign: Campaign, facts: Sequence[Fact], phrases: Phrases) -> None:
        self._phrases = phrases
        self.facts = tuple(facts)
        self.general = frozenset(
            word for fact in facts if fact.also for subjects in fact.about for word in subjects.split("+") if word[0] != "?"
        )
        """Subjects that belong to several clauses at once, so that naming them tells nothing."""
        self._campaign = campaign
        self._years = {t.folded for c in campaign.clauses for t in tokens_of(c.text) if len(t.folded) == 4 and t.folded.isdigit()}
        self._years |= {
            part for c in campaign.clauses for t in tokens_of(c.text) for part in t.folded.split("/") if len(part) == 4
        }
        self.sources: list[Source] = []
        documents: list[dict[str, float]] = []
        self._owner: list[int] = []
        self._documents: list[Sequence[Segment]] = []
        for fact in facts:
            self._add(fact.id, fact, fact.ask, documents)
        for gap in campaign.gaps:
            self._add(f"silent {gap.id}", None, gap.ask, documents)
        self.index = Index(documents)
        self._by_facts = _together(source.stems for source in self.sources if source.fact)
        self._by_gaps = _together(source.stems for source in self.sources if not source.fact)
        self._pairs_by_facts = _together(source.pairs for source in self.sources if source.fact)
        self._pairs_by_gaps = _together(source.pairs for source in self.sources if not source.fact)

    def _add(self, name: str, fact: Fact | None, asks: Sequence[str], documents: list[dict[str, float]]) -> None:
        texts = [fact.quote, fact.answer.vi, fact.answer.en] if fact else []
        cuts = [self._phrases.cut(tokens_of(text)) for text in (*asks, *texts)]
        lead = self._campaign.clause(fact.clause).lead if fact and fact.clause else ""
        quoted = tokens_of(f"{fact.quote} {lead}") if fact else []
        marked: dict[str, set[str]] = {}
        for token in (token for cut in cuts for segment in cut for token in segment.tokens):
            marked.setdefault(token.folded, set()).add(token.marked)
        self.sources.append(Source(
            name, fact,
            Counter(word for cut in cuts for word in _stems(cut)),
            {word: frozenset(ways) for word, ways in marked.items()},
            Counter(label for cut in cuts for label in {s.label for s in cut if s.label.startswith("=")}),
            frozenset(stem(token.folded) for token in quoted),
            frozenset(word for word in marked if word[0].isdigit()),
            Counter(pair for cut in cuts for pair in set(_pairs(_tokens(cut)))),
        ))  # fmt: skip
        cuts = cuts[: len(asks)]
        for cut in cuts:
            self._documents.append(cut)
            documents.append(features(cut))
            self._owner.append(len(self.sources) - 1)

    def candidates(self, question: Question, without: "Without | None" = None) -> list[Candidate]:
        """The facts that may answer, with their evidence, in no order.

        ``without`` leaves out one of the campaign's own questions, for learning from it.
        """
        near = self._nearness(question, without)
        ranked = sorted(near.items(), key=lambda item: -item[1][0])
        gaps = [(scores[0], number) for number, scores in ranked if self.sources[number].fact is None]
        best_gap, gap_covered = (gaps[0][0], self._covered(question, gaps[0][1], without)) if gaps else (0.0, 0.0)
        found = []
        for number, scores in ranked[: CONSIDERED + 4]:
            source = self.sources[number]
            if source.fact is None or not self.may_answer(source.fact, question):
                continue
            rivals = [s[0] for n, s in ranked if n != number and (f := self.sources[n].fact) and f.clause != source.fact.clause]
            figures = self._figures(question, number, without)
            figures |= {
                "nearest": scores[0],
                "near": sum(scores[:NEAREST]) / NEAREST,
                "over_gaps": scores[0] - best_gap,
                "gap": best_gap,
                "gap_covered": gap_covered,
                "over_rivals": scores[0] - max(rivals, default=0.0),
            }
            found.append(Candidate(source, figures))
        return found[:CONSIDERED]

    def without(self, document: int) -> "Without":
        """That question of the campaign, to be left out; counted over all facts' questions, then all gaps'."""
        owner = self._owner[document]
        segments = self._documents[document]
        return Without(
            document, owner, self.sources[owner].fact is not None, _stems(segments), frozenset(_pairs(_tokens(segments))),
            frozenset(s.label for s in segments if s.label.startswith("=")),
        )  # fmt: skip

    def nearest_clauses(self, question: Question) -> tuple[str, ...]:
        """Clauses that come near, for a link: no answer."""
        ranked = sorted(self._nearness(question, None).items(), key=lambda item: -item[1][0])
        facts = [fact for number, _ in ranked if (fact := self.sources[number].fact)]
        return tuple(dict.fromkeys(fact.clause for fact in facts))

    def _nearness(self, question: Question, without: "Without | None") -> dict[int, list[float]]:
        near: dict[int, list[float]] = {}
        for document, score in self.index.scores(features(question.segments)).items():
            if without is None or document != without.document:
                near.setdefault(self._owner[document], []).append(score)
        for scores in near.values():
            scores.sort(reverse=True)
        return near

    def may_answer(self, fact: Fact, question: Question, named: bool = True) -> bool:
        """Whether the fact gives what is asked, of the year that is asked, for the office that is to act.

        ``named``: the question has to name what the fact is about; in a conversation that is known already.
        """
        if not all(is_given(kind, fact.gives) for kind in question.strict) or question.kinds & set(fact.lacks):
            return False
        if any(number not in self._numbers(fact) for number in question.numbers if _names_something(number)):
            return False
        if any(not self._year_fits(year, before, fact) for year, before in question.years):
            return False
        if not all(self._is_bound(slug, fact) for slug in question.acting):
            return False
        return not named or self.is_triggered(fact, question)

    def _numbers(self, fact: Fact) -> set[str]:
        return {
            part for token in tokens_of(f"{fact.quote} {fact.answer.vi}") for part in (token.folded, *token.folded.split("/"))
        }

    def _year_fits(self, year: str, before: str, fact: Fact) -> bool:
        if year in self._years:
            return True
        return any(before.removesuffix(" nam").endswith(" ".join(t.folded for t in tokens_of(words))) for words in fact.year_of)

    def _is_bound(self, slug: str, fact: Fact) -> bool:
        if slug == "?":
            return False
        return not fact.who or slug in fact.who or self._campaign.unit(slug).kind in fact.who

    def _covered(self, question: Question, number: int, without: "Without | None") -> float:
        source, gone = self.sources[number], without if without and without.owner == number else None
        weights = self._weights(question)
        covered = {
            word for word, label in _carrying(question)
            if source.stems.get(stem(word), 0) > (gone is not None and stem(word) in gone.stems)
            or source.subjects.get(label, 0) > (gone is not None and label in gone.subjects)
        }  # fmt: skip
        return sum(weights[word] for word in covered) / (sum(weights.values()) or 1.0)

    def _weights(self, question: Question) -> dict[str, float]:
        return {word: self.index.rarity(stem(word)) for word, _ in _carrying(question)}

    def _strangeness(self, question: Question, without: "Without | None") -> dict[str, float]:
        """Words and pairs that no fact has, and of these the ones that known gaps have."""
        weights, total = self._weights(question), sum(self._weights(question).values()) or 1.0
        stems = without.stems if without else frozenset()
        pairs_gone = without.pairs if without else frozenset()
        of_fact, of_gap = (bool(without and without.of_fact), bool(without and not without.of_fact))

        def by(counted: Mapping[str, int], word: str, gone: bool) -> bool:
            return counted.get(word, 0) > (gone and word in stems)

        strange = {word for word, label in _carrying(question) if not label and not by(self._by_facts, stem(word), of_fact)}
        of_gaps = {
            word for word in weights if not by(self._by_facts, stem(word), of_fact) and by(self._by_gaps, stem(word), of_gap)
        }
        pairs = _pairs(question.tokens)
        gap_pairs = [
            pair for pair in pairs
            if self._pairs_by_gaps.get(pair, 0) > (of_gap and pair in pairs_gone)
            and self._pairs_by_facts.get(pair, 0) <= (of_fact and pair in pairs_gone)
        ]  # fmt: skip
        return {
            "strange": sum(weights[word] for word in strange - of_gaps) / total,
            "gaps_only": sum(weights[word] for word in of_gaps) / total,
            "gap_pairs": len(gap_pairs) / max(1, len(pairs)),
            "any_gap_pair": 1.0 if gap_pairs else 0.0,
        }

    def _figures(self, question: Question, number: int, without: "Without | None") -> dict[str, float]:
        source = self.sources[number]
        fact = source.fact
        assert fact
        gone = without if without and without.owner == number else None
        carrying, weights = _carrying(question), self._weights(question)
        quoted = {word for word, _ in carrying if stem(word) in source.quoted}
        false_friends = [
            t for s in question.segments if s.label[:1] not in (".", "?", "!") for t in s.tokens
            if t.sure and t.marked not in source.marked.get(t.folded, frozenset([t.marked]))
        ]  # fmt: skip
        named = {f"={subject}" for subject in question.subjects}
        shared = {label for label in named if source.subjects.get(label, 0) > (gone is not None and label in gone.subjects)}
        soft, numbers = question.kinds - question.strict, question.numbers
        return {
            "covered": self._covered(question, number, without),
            "quoted": sum(weights[word] for word in quoted) / (sum(weights.values()) or 1.0),
            **self._strangeness(question, without),
            "case_not_date": 1.0 if "when" in question.kinds and "date" not in fact.gives else 0.0,
            "false_friends": len(false_friends) / max(1, len(carrying)),
            "subjects": len(shared) / len(named) if named else 0.0,
            "other_subjects": len(named - shared) / len(named) if named else 0.0,
            "any_other_subject": 1.0 if named - shared else 0.0,
            "no_subject": 0.0 if named else 1.0,
            "strict": 1.0 if question.strict else 0.0,
            "soft": 1.0 if soft & set(fact.gives) else 0.0,
            "soft_missing": 1.0 if soft and not soft & set(fact.gives) else 0.0,
            "numbers": len(numbers & source.numbers) / len(numbers) if numbers else 0.0,
            "other_numbers": len(numbers - source.numbers) / len(numbers) if numbers else 0.0,
            "short": 1.0 / (1 + len(carrying)),
        }

    def is_triggered(self, fact: Fact, question: Question) -> bool:
        """Whether the question names what the fact is about, or the very day of its deadline."""
        if "date" in fact.gives and self._days(fact) & question.numbers:
            return True
        named = question.subjects | {f"?{kind}" for kind in question.kinds}
        return not fact.about or any(set(subjects.split("+")) <= named for subjects in fact.about)

    def _days(self, fact: Fact) -> set[str]:
        deadlines = (self._campaign.obligation(slug).deadline for slug in (fact.obligation, *fact.obligations) if slug)
        return {f"{deadline.date.day}/{deadline.date.month}" for deadline in deadlines if deadline}


@dataclass(frozen=True)
class Without:
    """One of the campaign's own questions that is left out: what it alone contributed is gone with it."""

    document: int
    owner: int
    of_fact: bool
    stems: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    subjects: frozenset[str]


def _tokens(segments: Sequence[Segment]) -> list[Token]:
    return [token for segment in segments for token in segment.tokens]


def _stems(segments: Sequence[Segment]) -> frozenset[str]:
    return frozenset(stem(token.folded) for token in _tokens(segments))


def _carrying(question: Question) -> list[tuple[str, str]]:
    """The words that carry something, with the labels of their phrases."""
    return [(t.folded, s.label) for s in question.segments if s.label[:1] not in (".", "?", "!") for t in s.tokens]


Key = TypeVar("Key")


def _together(counts: Iterable[Mapping[Key, int]]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for counted in counts:
        found.update(counted)
    return found


def _names_something(number: str) -> bool:
    """A day, or a number too long to count or score with: a document's, a sum."""
    return number.isdigit() and len(number) > LONGEST_PLAIN_NUMBER


def _pairs(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    words = [stem(token.folded) for token in tokens]
    return list(itertools.pairwise(words))
