"""The console channel, sending: what waits is printed, choices as a numbered list."""

from datetime import datetime

from bot.clocks import Clock, wall_now
from handlers.message import Message
from rules.channels import ChannelName, channel_named
from storage import outbox, shown_lists
from storage.claims import Claim
from storage.outbox import Delivery, Settled
from storage.writer import Writer

CHANNEL = ChannelName.CONSOLE


def print_waiting(writer: Writer, clock: Clock, address: str) -> None:
    """Print what waits for this console, and settle it."""
    now = wall_now()
    rows = writer.write(lambda db: outbox.claim(db, [CHANNEL], now, Claim(CHANNEL, now)), address)
    mine = [row for row in rows if row.address == address]
    for row in mine:
        message = Message.from_json(row.message)
        if not row.closes:
            remember(writer, clock.now(), row, message)
            print(show(message))
    done = [Settled(row, "sent", clock.now()) for row in mine]
    writer.write(lambda db: outbox.settle(db, done), address)


def remember(writer: Writer, now: datetime, row: Delivery, message: Message) -> None:
    """Keep what the numbers below a message stand for: the last list counts, also a reminder's."""
    contact_id, pairs = row.contact_id, [[choice.label, choice.data] for choice in message.choices]
    if pairs and contact_id is not None:
        writer.write(
            lambda db: shown_lists.show(db, row.id, contact_id, pairs, now, channel_named(CHANNEL).numbers_anew), row.address
        )


def show(message: Message) -> str:
    """A message in a terminal: the text, the file's name, the choices numbered."""
    lines = ["", message.text]
    if message.file:
        lines.append(f"[{message.file.name}]")
    lines += [f"  {number}. {choice.label}" for number, choice in enumerate(message.choices, 1)]
    return "\n".join(lines)
