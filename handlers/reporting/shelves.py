"""How what an open list can take from the register is shown: a button each product, and what is done with the ticked ones."""

from collections.abc import Callable

from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording import shelf as wording
from rules.actions import FormOp
from rules.campaign.shelf import CLOSED, Shelf
from rules.channels import channel_named

Press = Callable[[str, FormOp, str], Choice]


def is_listed(turn: Turn, shelf: Shelf, others: int) -> bool:
    """Whether the choices are shown as a numbered list: then they say it all, and their numbers are the list's."""
    return channel_named(turn.incoming.channel).numbered(len(shelf.shown) + others)


def choices(turn: Turn, shelf: Shelf, press: Press, others: list[Choice]) -> list[Choice]:
    """A button each product of the page, then what is done with them; below stand the ``others``."""
    words, page = turn.words, shelf.page or 1
    below: list[Choice] = []
    if shelf.ticked:
        below.append(press(words.tr("button.add_ticked", count=words.number(len(shelf.ticked))), FormOp.ADD_TICKED, ""))
    if page < shelf.pages:
        below.append(press(words.tr("button.next_page"), FormOp.SHELF, str(page + 1)))
    if page > 1:
        below.append(press(words.tr("button.first_page"), FormOp.SHELF, "1"))
    below += [press(words.tr("button.other_product"), FormOp.SHELF, str(CLOSED)), *others]
    listed = is_listed(turn, shelf, len(below))
    shown = [
        press(wording.label(words, shelf, number, product, listed), FormOp.TICK, str(product.id))
        for number, product in shelf.shown
    ]
    return [*shown, *below]


def text(turn: Turn, shelf: Shelf, shown: list[Choice]) -> str:
    """How many there are, and each of the page where its button says only its name."""
    return wording.ask_text(turn.words, shelf, is_listed(turn, shelf, len(shown) - len(shelf.shown)))
