"""The words that mean something before any dispatch is read: phrases with labels, abbreviations.

The language's own stand in ``lexicon.toml`` beside this file, a dispatch's in its ``words.toml``.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rules.text.vietnamese import fold, marked_words, words

_DIGIT = re.compile(r"\d")
MARKED_SHARE = 0.4
"""With diacritics on so many of its words, a text counts as typed with them throughout."""


@dataclass(frozen=True)
class Token:
    """A word as typed: folded, and with its diacritics.

    ``sure``: the text was typed with diacritics, so that they tell words apart.
    """

    folded: str
    marked: str
    sure: bool = False


@dataclass(frozen=True)
class Segment:
    """Words that belong together, with the label of their phrase; a word of no phrase has none."""

    label: str
    tokens: tuple[Token, ...]

    @property
    def folded(self) -> str:
        """The words, folded."""
        return " ".join(token.folded for token in self.tokens)


_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "|".join(_MONTHS)
_WRITTEN = (
    (re.compile(r"\b(?:ngày|ngay)?\s*(\d{1,2})\s+(?:tháng|thang)\s+(\d{1,2})\b", re.I), lambda m: f" {int(m[1])}/{int(m[2])}"),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b", re.I), lambda m: f"{int(m[1])}/{_MONTHS.index(m[2].lower()) + 1}"),
    (re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b", re.I), lambda m: f"{int(m[2])}/{_MONTHS.index(m[1].lower()) + 1}"),
    (re.compile(r"\b(\d+)-(?=[a-z]{2,})", re.I), lambda m: f"{m[1]} "),
    (re.compile(r"\b0?(\d{1,2})[/.-]0?(\d{1,2})[/.-]((?:19|20)\d\d)\b", re.I), lambda m: f"{int(m[1])}/{int(m[2])} {m[3]}"),
    (re.compile(r"\b0?(\d{1,2})[/]0?(\d{1,2})\b(?![/.-])", re.I), lambda m: f"{int(m[1])}/{int(m[2])}"),
)  # fmt: skip
"""Days as people write them, each made "15/7"; and "36-month" made two words."""


def tokens_of(text: str) -> list[Token]:
    """The words of a text; a day in any writing becomes one word such as ``15/7``."""
    if _DIGIT.search(text):
        for written, day in _WRITTEN:
            text = written.sub(day, text)
    pairs = [(fold(word), word) for word in marked_words(text)]
    sure = sum(folded != marked for folded, marked in pairs) >= MARKED_SHARE * len(pairs)
    return [Token(folded, marked, sure or folded != marked) for folded, marked in pairs]


_Known = tuple[tuple[Token, ...], str, float]


class Phrases:
    """Phrases with labels, found in a text: every word of it in exactly one segment."""

    def __init__(self, labelled: Iterable[tuple[str, str]]) -> None:
        self._words: dict[str, list[_Known]] = defaultdict(list)
        self._longer: dict[tuple[str, str], list[_Known]] = defaultdict(list)
        for phrase, label in labelled:
            tokens = tuple(tokens_of(phrase))
            known = (tokens, label, _worth(len(tokens), label))
            if len(tokens) == 1:
                self._words[tokens[0].folded].append(known)
            elif tokens:
                self._longer[tokens[0].folded, tokens[1].folded].append(known)

    def cut(self, tokens: Sequence[Token]) -> list[Segment]:
        """The text in segments. Long phrases win over short ones, a campaign's subjects over the language's
        words: "bị thu hồi" holds "thu hồi", never "bí thư"."""
        folded = [token.folded for token in tokens]
        worths, steps = [0.0] * (len(tokens) + 1), [(1, "")] * len(tokens)
        for at in range(len(tokens) - 1, -1, -1):
            worths[at] = worths[at + 1]
            longer = self._longer.get((folded[at], folded[at + 1]), ()) if at + 1 < len(tokens) else ()
            for phrase, label, worth in (*self._words.get(folded[at], ()), *longer):
                end = at + len(phrase)
                if end <= len(tokens) and worth + worths[end] > worths[at] and _same(tokens[at:end], phrase, label):
                    worths[at], steps[at] = worth + worths[end], (len(phrase), label)
        found, at = [], 0
        while at < len(tokens):
            length, label = steps[at]
            found.append(Segment(label, tuple(tokens[at : at + length])))
            at += length
        return found


def _worth(length: int, label: str) -> float:
    """Longer phrases are worth more than their parts; words that carry nothing next to nothing."""
    if label == ".":
        return 0.1 if length == 1 else 0.6 * length
    return float(length**1.5) + {"=": 0.3, "!": -0.1}.get(label[0], 0.0)


SLIPPERY = 2
"""Longer phrases may have one wrong diacritic; so may a campaign's subjects of two words ("công nhân lại")."""


def _same(typed: Sequence[Token], phrase: Sequence[Token], label: str) -> bool:
    """Same letters; diacritics agree where they were typed, but for one slip in a long phrase."""
    slips = 0
    for one, other in zip(typed, phrase, strict=True):
        if one.folded != other.folded:
            return False
        if one.sure and one.marked != other.marked:
            slips += 1
    may_slip = label[0] == "=" or (label[0] == "?" and len(phrase) > SLIPPERY)
    return slips <= (1 if len(phrase) > 1 and may_slip else 0)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).with_name("lexicon.toml")).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Lexicon:
    """Everything that labels words: what is asked for, subjects, empty words, abbreviations."""

    phrases: Phrases
    abbreviations: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    """Folded words of all phrases, so that spelling is not "mended" away from them."""
    counting: "Counting"


Table = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class OwnWords:
    """The words of one dispatch, by the names that they have in ``words.toml``."""

    subjects: Table = field(default_factory=dict)
    abbreviations: Table = field(default_factory=dict)
    asks: Table = field(default_factory=dict)
    counted: Table = field(default_factory=dict)
    counted_english: Table = field(default_factory=dict)
    counts: Table = field(default_factory=dict)


def lexicon_of(own: OwnWords) -> Lexicon:
    """The language's lexicon with the words of one dispatch. Labels: ``?date``, ``=funds``, ``!late``, ``!office``, ``.``."""
    file = _file()
    labelled = [(phrase, ".") for phrase in file["carries"]["nothing"]]
    labelled += [(phrase, "!office") for phrase in file["offices"]["names"]]
    labelled += [(phrase, "!late") for phrase in file["late"]["words"]]
    labelled += [(phrase, f"?{kind}") for kind, phrases in file["asks"].items() for phrase in phrases]
    labelled += [(phrase, f"?{kind}") for kind, phrases in own.asks.items() for phrase in phrases]
    labelled += [(phrase, f"={name}") for name, phrases in own.subjects.items() for phrase in phrases]
    unique = dict(labelled)
    expansions = {**file["abbreviations"], **own.abbreviations}
    known = {token.folded for phrase in unique for token in tokens_of(phrase)}
    known |= {token.folded for options in expansions.values() for option in options for token in tokens_of(option)}
    meanings = {key: tuple(options) for key, options in expansions.items()}
    return Lexicon(Phrases(unique.items()), meanings, frozenset(known), _counting(own))


def kinds_of_question() -> frozenset[str]:
    """The kinds that the lexicon has phrases for."""
    return frozenset(_file()["asks"])


@dataclass(frozen=True)
class Counting:
    """How things are counted, folded: words passed over, words before a thing, the thing's one name."""

    skip: frozenset[str]
    after: Mapping[str, Mapping[str, str]]
    """Words such as "bao nhiêu" with the things that may follow them."""
    sums: frozenset[str]
    """Words that make a "bao nhiêu" after them ask for a sum."""
    alone: Mapping[str, str]
    """Phrases that count without any word before them: "mức điểm"."""


def _counting(own: OwnWords) -> Counting:
    """The language's ways of counting, with a dispatch's own things and phrases."""
    file = _file()["counting"]

    def named(*tables: Table) -> dict[str, str]:
        return {fold(other): name for table in tables for name, others in table.items() for other in (name, *others)}

    after = {fold(word): named(file["things"], own.counted) for word in file["before"]}
    after |= {fold(word): named(file["things_english"], own.counted_english) for word in file["before_english"]}
    alone = {fold(phrase): name for name, phrases in own.counts.items() for phrase in phrases}
    return Counting(frozenset(map(fold, file["skip"])), after, frozenset(map(fold, file["sums"]["words"])), alone)


@cache
def sum_units() -> frozenset[str]:
    """Words after a number that make it a sum of money, folded."""
    return frozenset(map(fold, _file()["sums"]["units"]))


@cache
def sending() -> frozenset[str]:
    """Words of handing something over, folded."""
    return frozenset(map(fold, _file()["sending"]["words"]))


@cache
def plain_abbreviations() -> Mapping[str, str]:
    """Folded abbreviations of the language with their first meaning, folded."""
    return {fold(key): fold(options[0]) for key, options in _file()["abbreviations"].items()}


def expand(text: str) -> str:
    """Folded words with everyday abbreviations written out: ``"bc ko"`` is "bao cao khong"."""
    return " ".join(plain_abbreviations().get(word, word) for word in words(text))
