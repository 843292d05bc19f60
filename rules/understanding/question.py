"""What a question asks for, before anything is searched: a date, a sum, an office; about which year; of whom.

What is asked for decides what counts as evidence. ``STRICT`` kinds have to be given by the fact that
answers, whatever words the two share; the others only speak for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from rules.text.lexicon import (
    Lexicon,
    OwnWords,
    Phrases,
    Segment,
    Token,
    kinds_of_question,
    lexicon_of,
    sending,
    sum_units,
    tokens_of,
)
from rules.text.vietnamese import is_syllable
from rules.understanding.counted import counted, how_much
from rules.understanding.offices import Offices

SOFT = frozenset({"items", "duty", "content", "subject", "may"})
"""Kinds that many sentences answer a little: they speak for a fact, and are no condition."""
OF_UNIT = "ofunit"
"""One district's own figures: they are in its files, not in a rule for all."""
KINDS = kinds_of_question() | {OF_UNIT}
"""Every kind of question, but for the things that can be counted."""
STRICT = KINDS - SOFT
"""Kinds that the answering fact has to give; so has it every ``count …``."""
ASKING = frozenset({"when", "who", "recipient", "place", "duration", "frequency", "reason"})
"""Kinds whose phrases are questions wherever they stand; "hạn nộp" or "biểu mẫu" may stand in any sentence."""
ALSO_GIVEN_BY = {
    "when": ("date",),
    "due": ("date",),
}
"""Kinds that answer another kind of question as well: "khi nào" is answered by a date too, and so is a
"hạn", unless the fact ``lacks`` it: the day of a document is nobody's deadline."""
_YEAR = re.compile(r"(?:19|20)\d\d")
WORDS_BEFORE_YEAR = 3
_NUMBER = re.compile(r"\d+(?:[./-]\d+)*")


@dataclass(frozen=True)
class Question:
    """A question understood."""

    tokens: tuple[Token, ...]
    segments: tuple[Segment, ...]
    kinds: frozenset[str]
    subjects: frozenset[str]
    """The campaign's subjects that it names."""
    years: tuple[tuple[str, str], ...]
    """Each year named, with the words before it."""
    numbers: frozenset[str]
    acting: frozenset[str] = field(default_factory=frozenset)
    """Units that the question wants something done by; ``?`` for an office that the campaign does not know."""

    @property
    def strict(self) -> frozenset[str]:
        """The kinds without which nothing answers."""
        return frozenset(kind for kind in self.kinds if kind in STRICT or kind.startswith("count "))


def understand(tokens: Sequence[Token], lexicon: Lexicon, offices: Offices) -> Question:
    """What those words ask for."""
    segments = tuple(lexicon.phrases.cut(tokens))
    numbers = _numbers(tokens)
    years = [
        (token.folded, " ".join(t.folded for t in tokens[max(0, at - WORDS_BEFORE_YEAR) : at]))
        for at, token in enumerate(tokens) if _YEAR.fullmatch(token.folded)
    ]  # fmt: skip
    return Question(
        tuple(tokens), segments, _kinds(tokens, segments, numbers, lexicon, offices),
        frozenset(segment.label[1:] for segment in segments if segment.label.startswith("=")),
        tuple(years), numbers, offices.acting(segments),
    )  # fmt: skip


def _kinds(
    tokens: Sequence[Token], segments: Sequence[Segment], numbers: frozenset[str], lexicon: Lexicon, offices: Offices
) -> frozenset[str]:  # fmt: skip
    """What is asked for: by its phrases, and by what these mean together."""
    kinds = {segment.label[1:] for segment in segments if segment.label.startswith("?")}
    if kinds & {"duration", "span"} and any(left.folded == "mot" and right.folded == "lan" for left, right in pairwise(tokens)):
        kinds = kinds - {"duration", "span"} | {"frequency"}  # "bao lâu … một lần"
    if " ".join(token.folded for token in tokens[:2]) in ("thu tuc", "quy trinh"):
        kinds.add("procedure")
    if kinds & {"condition", "names"} and offices.names_district(tokens):
        kinds.add(OF_UNIT)
    if "place" in kinds and any(token.folded in sending() for token in tokens):
        kinds = kinds - {"place"} | {"recipient"}  # "nộp hồ sơ ở đâu"
    if not kinds & {"duration", "span", "money", "frequency"}:
        kinds |= counted(tokens, lexicon.counting, settled=bool(kinds & STRICT))
    if not kinds & (STRICT - {"condition"}) and not any(kind.startswith("count ") for kind in kinds):
        kinds |= how_much(segments, lexicon.counting)
    if "may" in kinds and any("/" in number for number in numbers) and not kinds & STRICT:
        kinds.add("date")  # "12/7 nộp được không"
    if not numbers and not kinds & {"date", "due"} and any(_is_late(segment) for segment in segments):
        kinds.add("penalty")  # "nộp trễ thì sao"
    return frozenset(kinds)


def _is_late(segment: Segment) -> bool:
    """ "Muộn", "nộp trễ", "late"; a lone "muon" without diacritics is more likely "muốn"."""
    return segment.label == "!late" and (len(segment.tokens) > 1 or segment.tokens[0].sure or not is_syllable(segment.folded))


def _numbers(tokens: Sequence[Token]) -> frozenset[str]:
    """Numbers and days as typed; no years, and no sums of money, which only tell the asker's own case."""
    following = [*(token.folded for token in tokens[1:]), ""][: len(tokens)]
    return frozenset(
        token.folded for token, after in zip(tokens, following, strict=True)
        if _NUMBER.fullmatch(token.folded) and not _YEAR.fullmatch(token.folded) and after not in sum_units()
    )  # fmt: skip


def is_given(kind: str, gives: Sequence[str]) -> bool:
    """Whether a fact that gives those kinds answers one that is asked."""
    return kind in gives or any(other in gives for other in ALSO_GIVEN_BY.get(kind, ()))


@cache
def _everyday() -> Phrases:
    return lexicon_of(OwnWords()).phrases


def asks_something(text: str) -> bool:
    """Whether a sentence asks by its words: "gửi cho ai", "how long"; single words such as "ai" tell too little."""
    segments = _everyday().cut(tokens_of(text))
    return any(segment.label[1:] in ASKING and len(segment.tokens) > 1 for segment in segments if segment.label.startswith("?"))
