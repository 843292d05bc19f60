"""Taking updates in: every channel hands its updates to one service, which makes them durable."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from time import perf_counter

import structlog
from sqlalchemy import Connection

from bot.delivery.claims import Claims
from bot.flow.flood import Heed
from bot.flow.intake import Attachment, Intake
from bot.logs import logger
from bot.metrics import TURN_SECONDS, TURNS
from bot.patience import patiently, written
from handlers.engine import Taken, apologise, ask_to_wait, take, tell_share_used
from handlers.library import Library
from handlers.turn import Incoming
from storage import outbox
from storage.outbox import Delivery
from storage.passing import is_passing, is_without_room
from storage.writer import Writer

log = logger(__name__)


@dataclass(frozen=True)
class Outlet:
    """Where replies go: ``deliver`` gets those on the ``channels`` that this process sends on, claimed by it."""

    deliver: Callable[[tuple[Delivery, ...]], None]
    channels: frozenset[str]
    claims: Claims
    unkept: Callable[[Incoming], None] = lambda incoming: None
    """Tells who wrote that nothing can be kept for now."""


class TurnService:
    """Runs turns on the writer."""

    def __init__(
        self,
        writer: Writer,
        library: Library,
        now: Callable[[], datetime],
        outlet: Outlet,
        intake: Intake,
    ) -> None:
        self._writer, self._library, self._now = writer, library, now
        self.intake = intake
        self._outlet = outlet
        self._name, self._numbers = secrets.token_hex(3), count(1)

    async def take(self, incoming: Incoming, attached: Attachment | None = None) -> Taken:
        """Take one update in, with the file that came along; returns once it is durable.

        A turn that failed for a reason that passes is run again, unnoticed; one that fails by itself is answered with an
        apology, and the update is kept with its fault. Raises only where the database stays away: then the channel must not
        acknowledge.
        """
        with structlog.contextvars.bound_contextvars(turn=f"{self._name}-{next(self._numbers)}", channel=incoming.channel):
            started = perf_counter()
            heed = await patiently(lambda: self.intake.heed(incoming))
            if heed is Heed.IGNORE:
                return Taken(new=False)
            if heed is Heed.TAKE:
                taken = await self._run(await self.intake.prepared(incoming, attached), take)
            else:
                taken = await self._run(incoming, tell_share_used if heed is Heed.SHARE_USED else ask_to_wait)
            took = perf_counter() - started
            TURN_SECONDS.labels(incoming.channel).observe(took)
            log.info("turn", update=incoming.update_id, new=taken.new, queued=len(taken.queued), seconds=round(took, 4))
        return taken

    async def _run(self, incoming: Incoming, work: Callable[..., Taken]) -> Taken:
        """A turn, and its replies handed on, should nobody have taken this process for dead meanwhile."""
        writer, library, now, outlet = self._writer, self._library, self._now(), self._outlet
        lease, tries = outlet.claims.claim() if incoming.channel in outlet.channels else None, count(1)

        def turn(db: Connection) -> Taken:
            tried, taken = next(tries), work(db, library, incoming, now, lease)
            if tried > 1 and lease and not taken.new:  # the commit before may stand, though nobody heard of it
                outbox.release_turn(db, lease.by, now)
            return taken

        try:
            taken = await written(writer, turn, incoming.address)
            TURNS.labels(incoming.channel, "taken" if taken.new else "again").inc()
        except Exception as error:
            if is_passing(error):
                TURNS.labels(incoming.channel, "put off").inc()
                if is_without_room(error):
                    outlet.unkept(incoming)
                raise
            log.exception("turn failed", update=incoming.update_id)
            TURNS.labels(incoming.channel, "failed").inc()
            fault = f"{type(error).__name__}: {error}"
            taken = await written(writer, lambda db: apologise(db, library, incoming, fault, now, lease), incoming.address)
        if lease is None or outlet.claims.is_mine(lease):
            outlet.deliver(taken.claimed)
        return taken
