"""Measuring answers: questions with what may answer them, and how often the right answer came first.

A file holds one question a line, as JSON (``{"q": …, "clauses": […], "holds": […], "kind": …}``) or as TSV with a
heading (question, clauses, holds, kind). Clauses are separated by spaces, "-" or nothing says that the dispatch
is silent; strings that the answer must hold are separated by "|".
"""

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.text.vietnamese import nfc, words

HALVES = ("tuning", "checking")


@dataclass(frozen=True)
class Case:
    """A question, the clauses that may answer it (none: silence is right), and what the answer must hold."""

    question: str
    clauses: frozenset[str]
    holds: tuple[str, ...] = ()
    kind: str = ""

    @property
    def half(self) -> str:
        """The half that it belongs to, by a hash of its words: stable, whatever is added to the file."""
        digest = hashlib.sha256(nfc(self.question).encode()).digest()
        return HALVES[digest[-1] % 2]


@dataclass(frozen=True)
class Given:
    """An answer as it is measured: clauses best first, none where it was silent."""

    clauses: tuple[str, ...]
    abstained: bool
    text: str
    seconds: float = 0.0


@dataclass
class Tally:
    """How the questions of one kind went."""

    asked: int = 0
    right: int = 0
    wrong: int = 0
    silent: int = 0


@dataclass
class Measured:
    """How all went: by kind, what was confused with what, and how long it took."""

    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[tuple[Case, Given]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def _sum(self, part: str, answerable: bool) -> int:
        return sum(getattr(t, part) for kind, t in self.kinds.items() if kind.startswith("- ") != answerable)

    @property
    def right_first(self) -> float:
        """Of the answerable questions, the share whose first answer was right."""
        return self._sum("right", True) / max(1, self._sum("asked", True))

    @property
    def false_silences(self) -> float:
        """Of the answerable questions, the share that got silence."""
        return self._sum("silent", True) / max(1, self._sum("asked", True))

    @property
    def false_answers(self) -> float:
        """Of the unanswerable questions, the share that was answered all the same."""
        return self._sum("wrong", False) / max(1, self._sum("asked", False))

    @property
    def median_ms(self) -> float:
        """The median time of an answer, in milliseconds."""
        return 1000 * sorted(self.seconds)[len(self.seconds) // 2] if self.seconds else math.nan


def read_cases(path: Path) -> list[Case]:
    """The questions of a file. Raises ValueError with file and line for a line that is none."""
    text = nfc(path.read_text(encoding="utf-8"))
    as_json = next((line for line in text.splitlines() if line.strip()), "").startswith("{")
    found: list[Case] = []
    heading: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            if as_json:
                found.append(_case(json.loads(line)))
            elif not heading:
                heading = _heading(line.split("\t"))
                if "question" not in heading:
                    heading = ["question", "clauses", "holds", "kind"]
                    found.append(_case(dict(zip(heading, line.split("\t"), strict=False))))
            else:
                found.append(_case(dict(zip(heading, line.split("\t"), strict=False))))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError(f"{path.name}:{number}: write a question, its clauses and what the answer must hold") from None
    return found


_NAMES = {
    "q": "question",
    "clause": "clauses",
    "must": "holds",
    "must_hold": "holds",
    "contains": "holds",
    "acceptable": "clauses",
}


def _heading(names: Sequence[str]) -> list[str]:
    return [_NAMES.get(name.strip().lower(), name.strip().lower()) for name in names]


def _case(row: Mapping[str, Any]) -> Case:
    row = dict(zip(_heading(list(row)), row.values(), strict=True))
    question = str(row["question"]).strip()
    if not question:
        raise ValueError
    return Case(
        question, frozenset(_parts(row.get("clauses"), None)), tuple(_parts(row.get("holds"), "|")), str(row.get("kind") or "")
    )


def _parts(given: Any, separator: str | None) -> list[str]:
    parts = given.replace(",", " ").split() if isinstance(given, str) and separator is None else given or []
    parts = parts.split(separator) if isinstance(parts, str) else parts
    return [str(part).strip() for part in parts if str(part).strip() not in ("", "-", "none", "None")]


def measure(cases: Iterable[Case], answer: Callable[[str], Given]) -> Measured:
    """Ask every question and tally the answers."""
    found = Measured()
    for case in cases:
        given = answer(case.question)
        found.seconds.append(given.seconds)
        tally = found.kinds[f"{'' if case.clauses else '- '}{case.kind or 'all'}"]
        tally.asked += 1
        if is_right(case, given):
            tally.right += 1
            continue
        if given.abstained:
            tally.silent += 1
        else:
            tally.wrong += 1
        expected = "/".join(sorted(case.clauses)) or "silence"
        found.confused[(expected, "silence" if given.abstained else (given.clauses or ("?",))[0])] += 1
        found.missed.append((case, given))
    return found


def is_right(case: Case, given: Given) -> bool:
    """Whether the first answer is one of the acceptable ones and holds what it must; or silence where that is right."""
    if not case.clauses or given.abstained:
        return given.abstained and not case.clauses
    text = nfc(given.text).casefold()
    return given.clauses[:1] != () and given.clauses[0] in case.clauses and all(part.casefold() in text for part in case.holds)


class Bm25:
    """Plain BM25 over folded words of the clauses: what ours is compared with."""

    def __init__(self, texts: Mapping[str, str], k1: float = 1.5, b: float = 0.75) -> None:
        self._names, documents = list(texts), [words(text) for text in texts.values()]
        average = sum(map(len, documents)) / max(1, len(documents))
        seen = Counter(word for document in documents for word in set(document))
        self._rarity = {word: math.log(1 + (len(documents) - n + 0.5) / (n + 0.5)) for word, n in seen.items()}
        self._weights = [
            {w: n * (k1 + 1) / (n + k1 * (1 - b + b * len(document) / average)) for w, n in Counter(document).items()}
            for document in documents
        ]  # fmt: skip

    def ranked(self, question: str) -> list[tuple[float, str]]:
        """Clauses with their scores, best first."""
        asked = words(question)
        scores = [sum(self._rarity.get(w, 0.0) * weights.get(w, 0.0) for w in asked) for weights in self._weights]
        return sorted(zip(scores, self._names, strict=True), key=lambda item: (-item[0], item[1]))


def best_threshold(ranked: Sequence[tuple[Case, float, str]]) -> float:
    """The score from which on answering serves a plain search best: right answers less false ones."""
    levels = sorted({score for _, score, _ in ranked})
    answerable, rest = sum(bool(c.clauses) for c, _, _ in ranked) or 1, sum(not c.clauses for c, _, _ in ranked) or 1

    def worth(level: float) -> float:
        right = sum(c.clauses != frozenset() and name in c.clauses for c, score, name in ranked if score >= level)
        return right / answerable - sum(not c.clauses for c, score, _ in ranked if score >= level) / rest

    return max(levels, key=worth, default=0.0)
