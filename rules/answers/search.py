"""Search over short texts: words, pairs of neighbours, subjects and kinds of question, weighted by rarity."""

import heapq
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.text.lexicon import Segment

PAIR_WEIGHT = 0.8
SUBJECT_WEIGHT = 1.6
ASKED_WEIGHT = 1.0
ASKED_ALIKE = {"?due": "?date"}
"""Kinds that people ask for in the same words."""
EMPTY_WEIGHT = 0.15
STEM = 6
"""Letters of a long foreign word that count: "withdrawal" and "withdrawn" are one."""


@dataclass(frozen=True)
class Hit:
    """A document found, by its number, with a score from 0 to 1."""

    document: int
    score: float


def stem(word: str) -> str:
    """A word without its foreign endings; Vietnamese syllables are too short to lose any."""
    return word[:STEM] if len(word) > STEM else word


def features(segments: Sequence[Segment]) -> dict[str, float]:
    """The features of a text, each with the weight of its kind and the count within the text."""
    counted: Counter[str] = Counter()
    carried: list[str] = []
    weights: dict[str, float] = {}
    for segment in segments:
        label = ASKED_ALIKE.get(segment.label, segment.label)
        if label[:1] in ("=", "?"):
            counted[label] += 1
            weights[label] = SUBJECT_WEIGHT if label[0] == "=" else ASKED_WEIGHT
        empty = segment.label[:1] in (".", "?", "!")
        for token in segment.tokens:
            word = stem(token.folded)
            counted[word] += 1
            weights[word] = max(weights.get(word, 0.0), EMPTY_WEIGHT if empty else 1.0)
            if not empty:
                carried.append(word)
    for left, right in itertools.pairwise(carried):
        counted[f"{left} {right}"] += 1
        weights[f"{left} {right}"] = PAIR_WEIGHT
    return {feature: weights[feature] * (1 + math.log(count)) for feature, count in counted.items()}


class Index:
    """An index over texts. A feature that no text has counts against every text."""

    def __init__(self, documents: Sequence[Mapping[str, float]]) -> None:
        self._size = len(documents)
        seen: Counter[str] = Counter(feature for document in documents for feature in document)
        self._rarity = {feature: math.log(1 + self._size / count) for feature, count in seen.items()}
        self._unknown = math.log(1 + self._size)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, document in enumerate(documents):
            weighted = [(feature, weight * self._rarity[feature]) for feature, weight in document.items()]
            length = math.sqrt(sum(weight * weight for _, weight in weighted)) or 1.0
            for feature, weight in weighted:
                self._postings[feature].append((number, weight / length))

    def weighted(self, document: Mapping[str, float]) -> dict[str, float]:
        """Features weighted by how rare they are here."""
        return {feature: weight * self.rarity(feature) for feature, weight in document.items()}

    def rarity(self, feature: str) -> float:
        """How much a feature tells: highest for one that no text has."""
        return self._rarity.get(feature, self._unknown)

    def scores(self, asked: Mapping[str, float], most_postings: int = 0) -> dict[int, float]:
        """The cosine with every text that shares something; features in more texts than ``most_postings`` find none."""
        weighted = self.weighted(asked)
        length = _length(weighted)
        scores: dict[int, float] = defaultdict(float)
        for feature, weight in weighted.items():
            postings = self._postings.get(feature, ())
            if most_postings and len(postings) > most_postings:
                continue
            share = weight / length
            for number, other in postings:
                scores[number] += share * other
        return scores

    def find(self, asked: Mapping[str, float], most: int = 10, most_postings: int = 0) -> list[Hit]:
        """The nearest texts, best first."""
        scores = self.scores(asked, most_postings)
        ranked = heapq.nsmallest(most, scores.items(), key=lambda item: (-item[1], item[0]))
        return [Hit(number, score) for number, score in ranked]


def _length(weighted: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weighted.values())) or 1.0
