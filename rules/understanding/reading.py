"""Reading what was typed: abbreviations written out, Telex keys and typing mistakes mended.

Only words that can't be Vietnamese and that the campaign does not know are mended, and only towards
words that the campaign does know, so that no real word is turned into another.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from rules.text.lexicon import Lexicon, Token, tokens_of
from rules.text.vietnamese import is_syllable, without_telex, words

_WITH_UNIT = re.compile(r"(\d{1,3})([a-z]{1,3})")
_ENDINGS = (
    ("ing", ""),
    ("ing", "e"),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("es", ""),
    ("s", ""),
    ("ly", ""),
    ("er", ""),
    ("er", "e"),
)
LONGEST_WORD = 24
"""Longer runs of letters are no words that a mistake was made in."""


class Reader:
    """Reads sentences with the words of one campaign in mind."""

    def __init__(self, lexicon: Lexicon, texts: Iterable[str]) -> None:
        """``texts`` are what the campaign itself says: they give the known words and their neighbours."""
        self._lexicon = lexicon
        folded = [words(text) for text in texts]
        self._known = {*lexicon.known, *(word for text in folded for word in text)}
        self._said = f" {' | '.join(' '.join(text) for text in folded)} "
        self._is_said = lru_cache(maxsize=4096)(lambda run: f" {run} " in self._said)
        self._by_length: dict[int, list[str]] = {}
        for word in self._known:
            self._by_length.setdefault(len(word), []).append(word)
        self._mend = lru_cache(maxsize=4096)(self._mended)

    def read(self, text: str) -> list[Token]:
        """The words that were meant."""
        typed = tokens_of(text)
        meant: list[Token] = []
        for at, token in enumerate(typed):
            options = self._lexicon.abbreviations.get(token.marked) or self._lexicon.abbreviations.get(token.folded)
            counted = _WITH_UNIT.fullmatch(token.folded)
            if counted and (unit := self._lexicon.abbreviations.get(f"#{counted[2]}")):
                meant += tokens_of(f"{counted[1]} {unit[0]}")
            elif options:
                following = [word for token in typed[at + 1 : at + 3] for word in self._first_meaning(token)][:2]
                meant += self._expanded(options, [token.folded for token in meant[-2:]], following)
            elif token.folded in self._known or not token.folded.isalpha() or (token.sure and is_syllable(token.folded)):
                meant.append(token)
            else:
                meant += (Token(word, word) for word in self._mend(token.folded))
        return meant

    def _first_meaning(self, token: Token) -> list[str]:
        """The folded words of a neighbour, written out if it is an abbreviation too."""
        options = self._lexicon.abbreviations.get(token.marked) or self._lexicon.abbreviations.get(token.folded)
        return [t.folded for t in tokens_of(options[0])] if options else [token.folded]

    def _expanded(self, options: Sequence[str], before: Sequence[str], after: Sequence[str]) -> list[Token]:
        """The meaning whose edges the campaign has seen near these neighbours; the first where none."""

        def fits(option: str) -> int:
            meaning = [token.folded for token in tokens_of(option)]
            behind = [(word, *meaning[:2]) for word in reversed(before)]
            ahead = [(*meaning[-2:], word) for word in after]
            return self._seen(behind) + self._seen(ahead)

        return tokens_of(max(options, key=fits))

    def _seen(self, runs: Sequence[tuple[str, ...]]) -> int:
        """How telling it is that the campaign has these runs of words: the nearer neighbour's first."""
        return sum((2 - at) * self._is_said(" ".join(run)) for at, run in enumerate(runs))

    def _mended(self, word: str) -> tuple[str, ...]:
        if len(word) > LONGEST_WORD or len(word) < 3:
            return (word,)
        telex = without_telex(word)
        if telex in self._known:
            return (telex,)
        if is_syllable(word):
            return (word,)
        base = self._base(word)
        if base:
            return (base,)
        near = self._nearest(word)
        if near:
            return (near,)
        return self._apart(word) or (word,)

    def _base(self, word: str) -> str:
        """The known word that an English ending was put to: "changing" is "change"."""
        for ending, instead in _ENDINGS:
            if word.endswith(ending) and len(word) > len(ending) + 2 and word[: -len(ending)] + instead in self._known:
                return word[: -len(ending)] + instead
        return ""

    def _nearest(self, word: str) -> str:
        """The one known word a single slip away (two in a long word); empty where there are none or several."""
        most = 1 if len(word) < 7 else 2
        best: list[str] = []
        for length in range(len(word) - most, len(word) + most + 1):
            for known in self._by_length.get(length, ()):
                if known[0] == word[0] or known[-1] == word[-1]:
                    distance = OSA.distance(word, known, score_cutoff=most)
                    if distance < most or (distance == most and not best):
                        if distance < most:
                            best, most = [], distance
                        best.append(known)
                    elif distance == most:
                        best.append(known)
        return best[0] if len(best) == 1 else _likeliest(word, best)

    def _apart(self, word: str) -> tuple[str, ...]:
        """Known syllables written together: "hannop" is "han nop"."""
        if not word:
            return ()
        for length in range(min(len(word), 7), 1, -1):
            head = word[:length]
            if head in self._known and is_syllable(head):
                if length == len(word):
                    return (head,)
                rest = self._apart(word[length:])
                if rest:
                    return (head, *rest)
        return ()


def _likeliest(word: str, options: Sequence[str]) -> str:
    """Among several, the one with the same letters in another order: "dnah" is "danh", not "dan"."""
    same = [option for option in options if sorted(option) == sorted(word)]
    return same[0] if len(same) == 1 else ""
