"""Whom a question wants to act: departments of the campaign, and offices that are none of its own."""

import re
from collections.abc import Sequence

from rules.text.lexicon import Phrases, Segment, Token, tokens_of

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
