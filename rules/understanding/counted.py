"""What is counted: "bao nhiêu điểm", "mấy bộ", "how many samples", "… là bao nhiêu"."""

from collections.abc import Mapping, Sequence

from rules.text.lexicon import Counting, Segment, Token


def counted(tokens: Sequence[Token], ways: Counting, settled: bool) -> set[str]:
    """``count điểm`` where points are counted, ``count ?`` where something unknown is.

    ``settled``: the question asks for something else as well, so that an unknown thing tells nothing.
    """
    words = [token.folded for token in tokens]
    unknown: set[str] = set()
    found = {ways.alone[phrase] for size in (2, 3) for phrase in _runs(words, size) if phrase in ways.alone}
    for at in range(len(words)):
        for size in (1, 2):
            things = ways.after.get(" ".join(words[at : at + size]))
            if things and at + size < len(words):
                unknown |= set() if settled or size == 1 else {"?"}
                found |= _thing(words[at + size :], things, ways.skip)
    return {f"count {thing}" for thing in found or unknown}


def how_much(segments: Sequence[Segment], ways: Counting) -> set[str]:
    """A "bao nhiêu" at the end asks for what stands before it: a sum, a count, or something unknown."""
    words = [(segment.folded, segment.label) for segment in segments]
    loose = [at for at in range(len(words) - 1) if (words[at][0], words[at + 1][0]) == ("bao", "nhieu")]
    if not loose:
        return set()
    before = [word for phrase, _ in words[: loose[-1]] for word in (phrase, *phrase.split())]
    things = ways.after["bao nhieu"]
    for word in reversed(before):
        if word in ways.sums:
            return {"money"}
        if word in things:
            return {f"count {things[word]}"}
    return {"count ?"}


def _thing(words: list[str], things: Mapping[str, str], skip: frozenset[str]) -> set[str]:
    """What the words after "bao nhiêu" count, if they count anything."""
    words = words[1:] if words and words[0] in skip else words
    named = (things.get(" ".join(words[:size])) for size in (2, 1) if words)
    return {name for name in named if name}


def _runs(words: list[str], size: int) -> list[str]:
    return [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
