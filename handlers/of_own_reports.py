"""What somebody of a unit wants of a report that was sent, in own words: seen again, taken back, its history."""

from rules import actions as a
from rules.text.vietnamese import same_words

Wanted = type[a.ShowOwnReport] | type[a.AskToTakeBack] | type[a.ShowHistory]
LONGEST = 14
"""Words of such a wish."""
_REPORT = frozenset(("bao cao", "bc", "ban nop", "bien lai", "ban da gui", "ban da nop", "report", "reports"))
_SENT = frozenset(("nop gi roi", "gui gi roi", "nop nhung gi", "gui nhung gi", "da nop gi", "da gui gi", "bao cao gi roi"))
_SEES = frozenset(("xem", "coi", "mo", "show", "see", "doc"))
_OWN = frozenset(("toi", "em", "minh", "da nop", "da gui", "don vi", "my", "our", "vua nop", "vua gui", "lai"))
_BACK = frozenset(("rut", "thu lai", "lay lai", "take back", "withdraw"))
_PAST = frozenset(("lich su", "history", "cac lan nop", "nhung lan nop", "cac lan gui"))


def meant(text: str) -> Wanted | None:
    """What is wanted of which kind; None where the text speaks of something else."""
    said = f" {same_words(text)} "
    if len(said.split()) > LONGEST:
        return None
    if _any(_PAST, said) and (_any(_REPORT, said) or _any(("nop", "gui"), said)):
        return a.ShowHistory
    if _any(_SENT, said):
        return a.ShowOwnReport
    if not _any(_REPORT, said):
        return None
    if _any(_BACK, said) and "thu hoi" not in said:
        return a.AskToTakeBack
    return a.ShowOwnReport if _any(_SEES, said) and _any(_OWN, said) else None


def _any(words: frozenset[str] | tuple[str, ...], said: str) -> bool:
    return any(f" {word} " in said for word in words)
