"""The console channel: the same conversations in a terminal, choices as a numbered list."""

import secrets
import sys
from collections.abc import Iterator

from bot.clocks import wall_now
from bot.links import console_address
from bot.wiring import House
from handlers.desk import Desk
from handlers.engine import take
from handlers.message import Message
from handlers.ticking.tick import tick
from handlers.turn import Incoming
from rules.channels import ChannelName, channel_named
from storage import outbox, people, shown_lists
from storage.database import reading
from storage.outbox import Delivery, Settled

CHANNEL = ChannelName.CONSOLE


def converse(house: House, code: str) -> None:
    """Read lines until end of input or ``/thoat``; an invite's code is redeemed at the start."""
    address = console_address(code)
    words = house.library.languages.of("vi")
    print(words.tr("console.lead"))
    with reading(house.engine) as db:
        contact = people.contact_at(db, CHANNEL, address)
    joined = contact is not None and contact.person_id is not None
    _hear(house, address, "/start" if joined or code == "stranger" else f"/start {code}")
    for line in _lines():
        if line.strip() in ("/thoat", "/exit", "/quit"):
            return
        house.writer.write(lambda db: tick(Desk(db, house.library, house.clock.now())))
        _hear(house, address, line)


def _lines() -> Iterator[str]:
    while True:
        if sys.stdin.isatty():
            print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.rstrip("\n")


def _hear(house: House, address: str, text: str) -> None:
    incoming = Incoming(channel=CHANNEL, update_id=secrets.token_hex(8), address=address, name="", text=text)
    house.writer.write(lambda db: take(db, house.library, incoming, house.clock.now()), address)
    _print_waiting(house, address)


def _print_waiting(house: House, address: str) -> None:
    """Print what waits for this console, and settle it."""
    now = wall_now()
    rows = house.writer.write(lambda db: outbox.claim(db, [CHANNEL], now, now), address)
    mine = [row for row in rows if row.address == address]
    for row in mine:
        message = Message.from_json(row.message)
        if not row.closes:
            remember(house, row, message)
            print(show(message))
    done = [Settled(row.id, "sent", house.clock.now()) for row in mine]
    house.writer.write(lambda db: outbox.settle(db, done), address)


def remember(house: House, row: Delivery, message: Message) -> None:
    """Keep what the numbers below a message stand for: the last list counts, also a reminder's."""
    contact_id, pairs = row.contact_id, [[choice.label, choice.data] for choice in message.choices]
    if pairs and contact_id is not None:
        now = house.clock.now()
        house.writer.write(
            lambda db: shown_lists.show(db, row.id, contact_id, pairs, now, channel_named(CHANNEL).numbers_anew), row.address
        )


def show(message: Message) -> str:
    """A message in a terminal: the text, the file's name, the choices numbered."""
    lines = ["", message.text]
    if message.file:
        lines.append(f"[{message.file.name}]")
    lines += [f"  {number}. {choice.label}" for number, choice in enumerate(message.choices, 1)]
    return "\n".join(lines)
