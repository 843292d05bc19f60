"""Duties without a date, those of departments among them: who has told how far it is."""

from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording.standing import count_text, undated
from handlers.wording.units import marked
from rules import actions as a
from rules.campaign.model import Obligation


def show_standing(turn: Turn, _: a.ShowStanding) -> None:
    """Each of them with how many have told how far they are."""
    words, board = turn.words, turn.board
    duties = list({cell.duty.slug: cell.duty for cell in undated(board)}.values())
    lines = [words.tr("standing.title")]
    for duty in duties:
        clause, count = words.tr("clause.short", id=duty.clause), count_text(words, board.of_duty(duty.slug))
        lines.append(f"• {turn.title(duty)} ({clause}): {count}")
    choices = [Choice(duty.short.in_(words.language), a.ShowDuty(turn.campaign.duty(duty))) for duty in duties]
    turn.say("\n".join(lines) if duties else words.tr("standing.none"), *choices)


def show_undated(turn: Turn, duty: Obligation) -> None:
    """One of them: who has told, and who has not."""
    words, cells = turn.words, turn.board.of_duty(duty.slug)
    lines = [f"{turn.title(duty)} ({words.tr('clause.short', id=duty.clause)})", words.tr("standing.no_date")]
    told, untold = [cell for cell in cells if cell.state.done], [cell for cell in cells if not cell.state.done]
    for heading, inside in ((words.tr("standing.told"), told), (words.tr("standing.untold"), untold)):
        if inside:
            lines += ["", f"{heading}: {len(inside)}", ", ".join(marked(turn.words, cell) for cell in inside)]
    turn.say("\n".join(lines), *(Choice(cell.unit.short, a.ShowUnit(cell.unit.slug)) for cell in cells))
