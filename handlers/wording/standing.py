"""How duties without a date read, where those with one are counted: who has told how far it is. They are counted apart."""

from collections import defaultdict
from collections.abc import Iterable

from handlers.wording.catalogs import Words
from rules.campaign.board import Board, Cell


def undated(board: Board) -> tuple[Cell, ...]:
    """The cells of duties without a date."""
    return tuple(cell for cell in board.cells if cell.deadline is None)


def count_text(words: Words, cells: Iterable[Cell]) -> str:
    """``1/5``: told, of all that owe it."""
    every = list(cells)
    return f"{words.number(sum(cell.state.done for cell in every))}/{words.number(len(every))}"


def undated_text(words: Words, board: Board) -> str:
    """``Việc không có hạn, đã báo tiến độ: cấp huyện 3/36; sở, ngành 1/8``; empty where there is none."""
    by_kind: dict[str, list[Cell]] = defaultdict(list)
    for cell in undated(board):
        by_kind[cell.unit.kind].append(cell)
    names = {kind.slug: kind.name.in_(words.language) for kind in board.campaign.directory.kinds}
    counted = [f"{names[kind]} {count_text(words, cells)}" for kind, cells in by_kind.items()]
    return words.tr("standing.count", counts="; ".join(counted)) if counted else ""
