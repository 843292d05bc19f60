"""Which of a few labels somebody means who does not type it word for word: ``sai tên`` for "Sai sót", ``3*`` for "3 sao"."""

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from rules.text.vietnamese import same_words

_NUMBERS = {"mot": "1", "hai": "2", "ba": "3", "bon": "4", "nam": "5"}
_DENIES = frozenset(("khong", "ko", "chua", "khoi", "not", "no"))
_CLOSE = 84.0
"""How alike a slip of the finger is, of 100."""
_APART = 8.0
"""By how much it has to be more alike than any other."""
LONGEST = 80


def nearest(given: str, labels: Mapping[str, Sequence[str]]) -> str | None:
    """The key of the label that is meant; None where none is near, or two are."""
    if len(given) > LONGEST:
        return None
    said = _words(given)
    named = {key: [_words(label) for label in several] for key, several in labels.items()}
    exact = [key for key, several in named.items() if said in several]
    if exact or not said:
        return exact[0] if len(exact) == 1 else None
    return _by_words(said, named) or _by_signs(said, named)


def _words(text: str) -> list[str]:
    """Folded words, numbers as digits, stars as the word for them."""
    return [_NUMBERS.get(word, word) for word in same_words(text.replace("*", " sao ").replace("★", " sao ")).split()]


def _by_words(said: list[str], named: Mapping[str, list[list[str]]]) -> str | None:
    """The label that shares the most words, if no other shares as many and nothing is denied that it does not deny."""
    scores = {key: max(len(set(said) & set(label)) for label in several) for key, several in named.items()}
    best = max(scores.values(), default=0)
    found = [key for key, score in scores.items() if score == best]
    if not best or len(found) > 1:
        return None
    denied = _DENIES & set(said)
    return None if denied and not any(denied & set(label) for label in named[found[0]]) else found[0]


def _by_signs(said: list[str], named: Mapping[str, list[list[str]]]) -> str | None:
    """The label that reads most alike, if it is alike enough and no other nearly as much."""
    text = " ".join(said)
    ranked = sorted(
        ((max(fuzz.ratio(text, " ".join(label)) for label in several), key) for key, several in named.items()), reverse=True
    )
    if not ranked or ranked[0][0] < _CLOSE or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _APART):
        return None
    return ranked[0][1]
