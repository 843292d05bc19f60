"""Many units in few words: a reader on a phone takes in "tất cả trừ Hội An" at a glance, and eighteen names not at all."""

from collections.abc import Sequence

from handlers.wording.catalogs import Words

FEW = 3
"""So many are always named."""
MOST_NAMED = 8
"""Of more than this the rest is named, if that is shorter."""
MOST_LEFT_OUT = 5


def units_text(words: Words, shown: Sequence[str], among: Sequence[str]) -> str:
    """``shown`` as they are called among all that it might be: their names, all of them, or all but a few."""
    others = [name for name in among if name not in shown]
    if len(shown) > FEW and not others:
        return words.tr("units.all")
    if len(shown) > MOST_NAMED and len(others) <= MOST_LEFT_OUT:
        return words.tr("units.all_but", units=", ".join(others))
    return ", ".join(shown)
