"""Long messages: cut into pieces that a platform takes, sent piece by piece on every channel, and resumed where they broke off.

What is out is kept with the message before the next piece goes, so that neither a refusal nor a new process repeats it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.logs import logger
from storage import outbox
from storage.outbox import Delivery
from storage.writer import AHEAD, Writer

Piece = Callable[[], Awaitable[str]]
"""Sends one piece; returns the platform's id for it."""
log = logger(__name__)


def split(text: str, limit: int, measure: Callable[[str], int] = len) -> list[str]:
    """A text in pieces that fit, cut at paragraphs, else lines, else words."""
    pieces = []
    while measure(text) > limit:
        head = text[:limit]
        while measure(head) > limit:
            head = head[:-1]
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := head.rfind(mark)) > limit // 4), len(head))
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


async def send_pieces(writer: Writer, delivery: Delivery, pieces: Sequence[Piece]) -> str:
    """Send the pieces that are not out yet. Returns the id of the last. Raises what sending a piece raises."""
    out = min(delivery.pieces_out, len(pieces) - 1)
    sent = ""
    for count, piece in enumerate(pieces[out:], out + 1):
        sent = await piece()
        if count < len(pieces):
            await _keep(writer, delivery.id, count)
    return sent


async def _keep(writer: Writer, outbox_id: int, count: int) -> None:
    try:
        await asyncio.wrap_future(writer.submit(lambda db: outbox.keep_pieces_out(db, outbox_id, count), AHEAD))
    except Exception:  # the rest of the message matters more than a piece that may come twice
        log.exception("a piece that is out could not be noted", outbox=outbox_id)
