"""Facts and known gaps as they are searched: their words, subjects and pairs of words, counted."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rules.answers.search import ASKED_ALIKE, stem
from rules.campaign.model import Fact
from rules.text.lexicon import Phrases, Segment, Token, tokens_of
from rules.understanding.question import Question

EMPTY = (".", "?", "!")
"""How the labels of words begin that name nothing."""
Key = TypeVar("Key")


@dataclass(frozen=True)
class Source:
    """A fact, or a known gap (``fact`` is None), as it is searched. Counts say in how many of its texts something is."""

    fact: Fact | None
    stems: Mapping[str, int]
    subjects: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    marked: Mapping[str, frozenset[str]]
    """The ways each folded word is spelled there."""
    quoted: frozenset[str]
    numbers: frozenset[str]
    asks: tuple[Sequence[Segment], ...]
    gists: tuple[frozenset[str], ...]
    """Of each question: the subjects it names and what it asks for."""


@dataclass(frozen=True)
class Without:
    """One of the campaign's own questions that is left out: what it alone contributed is gone with it."""

    document: int
    owner: int
    place: int
    """Which of its owner's questions it is."""
    of_fact: bool
    stems: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    subjects: frozenset[str]


Understanding = Callable[[Sequence[Token]], Question]


def source_of(fact: Fact | None, asks: Sequence[str], lead: str, phrases: Phrases, understanding: Understanding) -> Source:
    """A fact with the questions that ask for it, or the questions of a gap. ``lead`` says whom the clause binds."""
    told = [fact.quote, fact.answer.vi, fact.answer.en] if fact else []
    texts = {text: phrases.cut(tokens_of(text)) for text in dict.fromkeys((*asks, *told)) if text}
    marked: dict[str, set[str]] = {}
    for token in (token for cut in texts.values() for token in tokens_in(cut)):
        marked.setdefault(token.folded, set()).add(token.marked)
    return Source(
        fact,
        Counter(word for cut in texts.values() for word in stems_in(cut)),
        Counter(label for cut in texts.values() for label in subjects_in(cut)),
        Counter(pair for cut in texts.values() for pair in set(pairs_of(tokens_in(cut)))),
        {word: frozenset(ways) for word, ways in marked.items()},
        frozenset(stem(token.folded) for token in tokens_of(f"{fact.quote} {lead}")) if fact else frozenset(),
        frozenset(word for word in marked if word[0].isdigit()),
        tuple(texts[ask] for ask in asks),
        tuple(gist(understanding(tokens_of(ask))) for ask in asks),
    )


def tokens_in(segments: Iterable[Segment]) -> list[Token]:
    """The words of segments."""
    return [token for segment in segments for token in segment.tokens]


def stems_in(segments: Iterable[Segment]) -> frozenset[str]:
    """Their words without endings."""
    return frozenset(stem(token.folded) for token in tokens_in(segments))


def subjects_in(segments: Iterable[Segment]) -> frozenset[str]:
    """The labels of the campaign's subjects that they name."""
    return frozenset(segment.label for segment in segments if segment.label.startswith("="))


def pairs_of(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Neighbouring words, without endings."""
    words = [stem(token.folded) for token in tokens]
    return list(itertools.pairwise(words))


def carrying(question: Question) -> list[tuple[str, str]]:
    """The words of a question that carry something, with the labels of their phrases."""
    return [(token.folded, s.label) for s in question.segments if s.label[:1] not in EMPTY for token in s.tokens]


def gist(question: Question) -> frozenset[str]:
    """What a question comes down to: its subjects, and the kinds without which nothing answers."""
    return frozenset(f"={subject}" for subject in question.subjects) | {
        ASKED_ALIKE.get(f"?{kind}", f"?{kind}") for kind in question.strict
    }


def alike(one: frozenset[str], others: Iterable[frozenset[str]]) -> float:
    """How much the most alike of others has in common with it, from 0 to 1."""
    return max((len(one & other) / len(one | other) for other in others if one | other), default=0.0)


def together(counts: Iterable[Mapping[Key, int]]) -> Counter[Key]:
    """Several counts as one."""
    found: Counter[Key] = Counter()
    for counted in counts:
        found.update(counted)
    return found
