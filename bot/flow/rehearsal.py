"""The rehearsal: made-up people, a clock that is moved by hand, and the board of units."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.clocks import CLOCK_KEY, SimulatedClock
from bot.flow.cast import enrol
from handlers.desk import Desk
from handlers.library import Library
from handlers.ticking.picture import picture
from handlers.ticking.tick import tick
from handlers.wording.catalogs import Words
from handlers.wording.phrases import bucket_text, state_text, timing_text
from rules.campaign.agenda import instants, plan
from rules.campaign.board import Board, Cell
from rules.campaign.deadlines import at_local
from rules.campaign.progress import Bucket
from storage import backup, kept, purpose
from storage.database import reading
from storage.writer import Writer

LONGEST_CAMPAIGN = timedelta(days=400)


def _empty(db: Connection) -> None:
    """Nothing is left but what the database is for."""
    if purpose.of(db) is not purpose.Purpose.REHEARSAL:
        raise RuntimeError("only a rehearsal is ever emptied")
    backup.empty(db)
    purpose.settle(db, purpose.Purpose.REHEARSAL)


class Rehearsal:
    """Moves the simulated clock, looking at every moment at which something can fall due. ``made_up``: nobody real is in
    the database, so that it may be emptied."""

    def __init__(self, writer: Writer, library: Library, clock: SimulatedClock, wake: Callable[[], None], made_up: bool) -> None:
        self.library, self.clock = library, clock
        self._writer, self._wake, self._made_up = writer, wake, made_up

    def reading(self) -> AbstractContextManager[Connection]:
        """A look at the rehearsal's database."""
        return reading(self._writer.engine)

    def prepare(self) -> None:
        """Enrol and greet the cast; remember where the clock stands."""
        self._writer.write(lambda db: purpose.settle(db, purpose.Purpose.REHEARSAL))
        enrol(self._writer, self.library, self.clock.now())
        self._keep_clock()
        self._wake()

    def move(self, span: timedelta) -> datetime:
        """Go forward by that much; every push on the way is queued at its own time."""
        return self._move_to(self.clock.now() + span)

    def to_next_push(self) -> datetime | None:
        """Go to the next moment at which somebody is written to. None where nothing more is to come."""
        campaign, now = self.library.campaign, self.clock.now()
        with self.reading() as db:
            seen = picture(self._desk(db, now))
        for at in instants(campaign, seen.situation, now, now + LONGEST_CAMPAIGN):
            if any(push.recipient for push in plan(campaign, seen.situation, at)):
                return self._move_to(at)
        return None

    def _move_to(self, target: datetime) -> datetime:
        with self.reading() as db:
            seen = picture(self._desk(db, self.clock.now()))
        for at in [*instants(self.library.campaign, seen.situation, self.clock.now(), target), target]:
            self.clock.move_to(at)
            self._look(at)
            self._wake()
        self._keep_clock()
        return self.clock.now()

    def _desk(self, db: Connection, at: datetime) -> Desk:
        return Desk(db, self.library, at)

    def _look(self, at: datetime) -> None:
        self._writer.write(lambda db: tick(self._desk(db, at)))

    def _keep_clock(self) -> None:
        now = self.clock.now().isoformat()
        self._writer.write(lambda db: kept.keep(db, CLOCK_KEY, now))

    def start_anew(self) -> None:
        """Empty the rehearsal's database and begin at the campaign's opening."""
        assert self._made_up, "only a rehearsal is ever emptied"
        campaign = self.library.campaign
        self._writer.write(_empty)
        self.clock.set_to(at_local(campaign.opens, campaign.policy.hours.at, campaign.directory.zone))
        self.prepare()

    def board(self, language: str) -> list[dict[str, Any]]:
        """Units by dated obligations, as the page draws them."""
        with self.reading() as db:
            return drawn(Desk(db, self.library, self.clock.now()).board, self.library.languages.of(language))


def drawn(seen: Board, words: Words) -> list[dict[str, Any]]:
    """A row a unit that owes something with a date."""
    rows = []
    for unit in seen.campaign.directory.units:
        cells = [_cell(words, cell, cell.bucket) for cell in seen.of_unit(unit.slug) if cell.bucket]
        if cells:
            rows.append({"unit": unit.slug, "name": unit.short, "enrolled": unit.slug in seen.enrolled, "cells": cells})
    return rows


def _cell(words: Words, cell: Cell, bucket: Bucket) -> dict[str, str]:
    when = timing_text(words, cell.done_when)
    return {
        "obligation": cell.duty.slug,
        "bucket": bucket.value,
        "label": bucket_text(words, bucket),
        "state": cell.state.value,
        "text": state_text(words, cell.standing) + (f", {when}" if when else ""),
    }
