"""What somebody of a unit wants of a report that was sent, in own words: seen again, taken back, its history."""

import re

from handlers.own_words import wish
from rules import actions as a
from rules.text.vietnamese import same_words

Wanted = type[a.ShowOwnReport] | type[a.AskToTakeBack] | type[a.ShowHistory]
_CORRECTS = re.compile(
    r"(?:em |toi |muon ){0,3}(?:sua|chinh|chinh sua|dinh chinh|cap nhat|doi)(?: lai| bo sung)?(?: so lieu| so tien| so| so van ban| bao cao| bc)(?: bao cao| da nop| da gui| kinh phi| vua nop){0,2}|"
    r"(?:em |toi ){0,2}(?:ghi|nop|gui|nhap|bao) nham(?: so| so tien| so lieu| bao cao){0,2}(?: rut lai| sua lai)?|"
    r"(?:em |toi ){0,2}bo sung(?: cai| nhung)?(?: gi| bao cao| ngay| vay){0,2}|bo sung (?:so van ban|so vb|so cong van)|em co so (?:van ban|vb|cong van)|co so (?:van ban|vb|cong van)"
)
"""Of a report that was sent: its page has what is to be added, and the button to correct it."""
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
    if _any(_SENT, said) or corrects(text):
        return a.ShowOwnReport
    if not _any(_REPORT, said):
        return None
    if _any(_BACK, said) and "thu hoi" not in said:
        return a.AskToTakeBack
    return a.ShowOwnReport if _any(_SEES, said) and _any(_OWN, said) else None


def corrects(text: str) -> bool:
    """Whether a sent report is to be corrected, or what it lacks is asked for."""
    return any(_CORRECTS.fullmatch(said) for said in (same_words(text), wish(text)))


def _any(words: frozenset[str] | tuple[str, ...], said: str) -> bool:
    return any(f" {word} " in said for word in words)
