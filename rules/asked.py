"""What a question asks for, before anything is searched: a date, a sum, an office; about which year; of whom.

What is asked for decides what counts as evidence. ``STRICT`` kinds have to be given by the fact that
answers, whatever words the two share; the others only speak for it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rules.lexicon import Phrases, Segment, Token, counting, sending, sum_units, tokens_of
from rules.vietnamese import is_syllable

STRICT = frozenset({
    "date", "when", "duration", "frequency", "who", "recipient", "place", "money", "penalty", "contact", "form", "format",
    "extension", "otheryear", "reason", "number", "person", "members", "signs", "errand", "sanction", "span", "validity", "meeting", "names", "account", "approver", "ofunit", "most", "since", "procedure", "criteria", "document", "condition",
})  # fmt: skip
"""Kinds that the answering fact has to give; so has it every ``count …``."""
KINDS = STRICT | {"items", "duty", "content", "subject", "may"}
"""Every kind of question, but for the things that can be counted."""
ALSO_GIVEN_BY = {
    "when": ("date",),
}
"""Kinds that answer another kind of question as well: "khi nào" is answered by a date too."""
_YEAR = re.compile(r"(?:19|20)\d\d")
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


def understand(tokens: Sequence[Token], phrases: Phrases, offices: "Offices") -> Question:
    """What those words ask for."""
    segments = tuple(phrases.cut(tokens))
    kinds = {segment.label[1:] for segment in segments if segment.label.startswith("?")}
    if kinds & {"duration", "span"} and any(left.folded == "mot" and right.folded == "lan" for left, right in pairwise(tokens)):
        kinds = kinds - {"duration", "span"} | {"frequency"}  # "bao lâu … một lần"
    if " ".join(token.folded for token in tokens[:2]) in ("thu tuc", "quy trinh"):
        kinds.add("procedure")
    if kinds & {"condition", "names"} and offices.names_district(tokens):
        kinds.add("ofunit")  # what one district has is in its files, not in a rule for all
    if "place" in kinds and any(token.folded in sending() for token in tokens):
        kinds = kinds - {"place"} | {"recipient"}  # "nộp hồ sơ ở đâu"
    kinds |= _counted(tokens, kinds)
    kinds |= _how_much(segments, kinds)
    numbers = _numbers(tokens)
    if "may" in kinds and any("/" in number for number in numbers) and not kinds & STRICT:
        kinds.add("date")  # "12/7 nộp được không"
    if not numbers and not kinds & {"date"} and any(_is_late(segment) for segment in segments):
        kinds.add("penalty")
    return Question(
        tuple(tokens), segments, frozenset(kinds),
        frozenset(segment.label[1:] for segment in segments if segment.label.startswith("=")),
        tuple(
            (token.folded, " ".join(t.folded for t in tokens[max(0, at - 3) : at]))
            for at, token in enumerate(tokens) if _YEAR.fullmatch(token.folded)
        ),
        numbers,
        offices.acting(segments),
    )  # fmt: skip


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


def _counted(tokens: Sequence[Token], kinds: set[str]) -> set[str]:
    """``count điểm`` where points are counted; nothing where a span or a sum is what is asked."""
    if kinds & {"duration", "span", "money", "frequency"}:
        return set()
    words, ways = [token.folded for token in tokens], counting()
    unknown: set[str] = set()
    found = {ways.alone[phrase] for size in (2, 3) for phrase in _runs(words, size) if phrase in ways.alone}
    for at in range(len(words)):
        for size in (1, 2):
            things = ways.after.get(" ".join(words[at : at + size]))
            if things and at + size < len(words):
                unknown |= {"?"} if size > 1 and not kinds & STRICT else set()
                found |= _thing(words[at + size :], things)
    return {f"count {thing}" for thing in found or unknown}


def _how_much(segments: Sequence[Segment], kinds: set[str]) -> set[str]:
    """A "bao nhiêu" at the end asks for what stands before it: a sum, a count, or something unknown."""
    words = [(segment.folded, segment.label) for segment in segments]
    loose = [at for at in range(len(words) - 1) if (words[at][0], words[at + 1][0]) == ("bao", "nhieu")]
    if not loose or any(kind in STRICT - {"condition"} or kind.startswith("count ") for kind in kinds):
        return set()
    before = [word for phrase, _ in words[: loose[-1]] for word in (phrase, *phrase.split())]
    things = counting().after["bao nhieu"]
    for word in reversed(before):
        if word in counting().sums:
            return {"money"}
        if word in things:
            return {f"count {things[word]}"}
    return {"count ?"}


def _thing(words: list[str], things: Mapping[str, str]) -> set[str]:
    """What the words after "bao nhiêu" count, if they count anything."""
    words = words[1:] if words and words[0] in counting().skip else words
    named = (things.get(" ".join(words[:size])) for size in (2, 1) if words)
    return {name for name in named if name}


def _runs(words: list[str], size: int) -> list[str]:
    return [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]


_DUTY_AFTER = re.compile(
    r"(?:thi )?(?:phai|can|nop|gui|bao cao|lam|co (?:nhiem vu|trach nhiem|vai tro|phai)|duoc giao|chiu trach nhiem|tham gia|chu tri|to chuc|lap|xay dung|must|have to|has to|need|do\b|does|report|send)"
)
_OF_BEFORE = re.compile(
    r"(?:han|thoi han|deadline|nhiem vu|trach nhiem|vai tro|viec|role|task|tasks|duty|duties|bao cao)(?: nop| bao cao)? (?:cua|for|of)(?: the)?$"
)
_MUST_DO = re.compile(r"(?:what|when|how) (?:does|do|must|should|is)(?: the)?$")


class Offices:
    """The departments of a campaign, found in a question as those who are to act."""

    def __init__(self, named: Sequence[tuple[str, str]], districts: Sequence[str] = ()) -> None:
        """``named``: every name of every department, with its slug; ``districts``: the names of the others."""
        self._districts = Phrases((name, name) for name in districts if len(tokens_of(name)) > 1)
        self._phrases = Phrases([(name, slug) for name, slug in named if len(tokens_of(name)) > 1])
        heads = [[token.folded for token in tokens_of(name)] for name, _ in named]
        self._second = {tuple(head[:2]) for head in heads if len(head) > 2}
        self._third = {tuple(head[:3]) for head in heads if len(head) > 2}
        self._lone = {tuple(head) for head in heads if len(head) == 2}

    def names_district(self, tokens: Sequence[Token]) -> bool:
        """Whether one of the districts is named."""
        return any(segment.label for segment in self._districts.cut(tokens))

    def acting(self, segments: Sequence[Segment]) -> frozenset[str]:
        """Who is asked to act: slugs, and ``?`` for an office like ours that is none of ours."""
        found: set[str] = set()
        named = False
        whole = [token for segment in segments for token in segment.tokens]
        inside = [len(segment.tokens) > 1 for segment in segments for _ in segment.tokens]
        at = 0
        for segment in self._phrases.cut(whole):
            end = at + len(segment.tokens)
            if segment.label:
                named = True
                before = " ".join(token.folded for token in whole[:at])
                after = " ".join(token.folded for token in whole[end:])
                if _DUTY_AFTER.match(after) or _OF_BEFORE.search(before) or _MUST_DO.search(before):
                    found.add(segment.label)
            elif not inside[at] and self._is_stranger(whole[at : at + 3]):
                found.add("?")
            at = end
        if not named and any(segment.label == "!office" for segment in segments):
            found.add("?")
        return frozenset(found)

    def _is_stranger(self, tokens: Sequence[Token]) -> bool:
        """ "Sở Tài chính" where the campaign has "Sở Tài nguyên": begins like one of ours, and goes on otherwise."""
        here = tuple(token.folded for token in tokens)
        return len(here) == 3 and here[:2] in self._second and here not in self._third and here[:2] not in self._lone
