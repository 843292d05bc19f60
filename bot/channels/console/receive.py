"""The console channel: the same conversations in a terminal, a line at a time."""

import secrets
import sys
from collections.abc import Iterator

from bot.channels.console.send import print_waiting
from bot.clocks import Clock
from bot.links import console_address
from handlers.desk import Desk
from handlers.engine import take
from handlers.library import Library
from handlers.ticking.tick import tick
from handlers.turn import Incoming
from rules.channels import ChannelName
from storage import people
from storage.database import reading
from storage.writer import Writer

CHANNEL = ChannelName.CONSOLE


def converse(writer: Writer, library: Library, clock: Clock, code: str, language: str) -> None:
    """Read lines until end of input or ``/thoat``; an invite's code is redeemed at the start. ``language``: of whoever types."""
    address = console_address(code)

    def hear(text: str) -> None:
        incoming = Incoming(
            channel=CHANNEL, update_id=secrets.token_hex(8), address=address, name="", text=text, language=language
        )
        writer.write(lambda db: take(db, library, incoming, clock.now()), address)
        print_waiting(writer, clock, address)

    words = library.languages.of(language)
    print(words.tr("console.lead"))
    with reading(writer.engine) as db:
        contact = people.contact_at(db, CHANNEL, address)
    joined = contact is not None and contact.person_id is not None
    hear("/start" if joined or code == "stranger" else f"/start {code}")
    for line in _lines():
        if line.strip() in ("/thoat", "/exit", "/quit"):
            return
        writer.write(lambda db: tick(Desk(db, library, clock.now())))
        hear(line)


def _lines() -> Iterator[str]:
    while True:
        if sys.stdin.isatty():
            print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.rstrip("\n")
