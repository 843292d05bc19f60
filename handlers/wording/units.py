"""Many units in few words: a reader on a phone takes in "tất cả trừ Hội An" at a glance, and eighteen names not at all."""

from collections.abc import Sequence

from handlers.wording.catalogs import Words
from handlers.wording.phrases import mark_text
from rules.campaign.board import Cell
from rules.campaign.deadlines import Timing

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


def marked(words: Words, cell: Cell) -> str:
    """A unit's name, with what its bucket does not tell of a duty: ``Hội An (cần bổ sung; gia hạn đến 5/7/2022)``."""
    marks = [mark_text(words, cell.state)]
    marks += [words.tr("timing.on_the_day")] if cell.done_when is Timing.ON_THE_DAY else []
    marks += [words.tr("mark.extended", day=words.day(cell.extension.date))] if cell.extension else []
    told = "; ".join(filter(None, marks))
    return f"{cell.unit.short} ({told})" if told else cell.unit.short
