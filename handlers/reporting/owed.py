"""What the own unit owes, as all of reporting asks for it: one duty, what is still open, what was reminded of by now."""

from handlers.turn import Turn
from rules.campaign.board import Cell
from rules.campaign.ladder import rungs
from rules.packing import Duty


def cell_of(turn: Turn, duty: Duty) -> Cell | None:
    """The own unit with that duty; None where it does not owe it."""
    return next((cell for cell in turn.owed() if turn.campaign.duty(cell.duty) == duty), None)


def still_open(turn: Turn) -> list[Cell]:
    """What the own unit still has to report by a day."""
    return [cell for cell in turn.owed() if cell.deadline and not cell.state.done]


def begun(turn: Turn) -> list[Cell]:
    """Of that, what was reminded of by now; where nothing was, all of it."""
    still = still_open(turn)
    return [cell for cell in still if cell.deadline and rungs(turn.campaign, cell.deadline)[0].at <= turn.now] or still
