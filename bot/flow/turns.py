"""Taking updates in: every channel hands its updates to one service, which makes them durable."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime
from itertools import count
from time import perf_counter

import structlog

from bot.clocks import wall_now
from bot.delivery.courier import LEASE
from bot.flow.flood import Heed
from bot.flow.intake import Attachment, Intake
from bot.logs import logger
from bot.metrics import TURN_SECONDS, TURNS
from handlers.engine import Taken, apologise, ask_to_wait, take
from handlers.library import Library
from handlers.turn import Incoming
from storage.outbox import Delivery
from storage.writer import Writer

log = logger(__name__)


class TurnService:
    """Runs turns on the writer. ``deliver`` gets the replies of channels that this process sends on."""

    def __init__(
        self,
        writer: Writer,
        library: Library,
        now: Callable[[], datetime],
        deliver: Callable[[tuple[Delivery, ...]], None],
        sends_on: frozenset[str],
        intake: Intake,
    ) -> None:
        self._writer, self._library, self._now = writer, library, now
        self.intake = intake
        self._deliver = deliver
        self._sends_on = sends_on
        self._name, self._numbers = secrets.token_hex(3), count(1)

    async def take(self, incoming: Incoming, attached: Attachment | None = None) -> Taken:
        """Take one update in, with the file that came along; returns once it is durable.

        A handler that fails is answered with an apology, and the update is kept with its fault.
        Raises only where the database itself fails: then the channel must not acknowledge.
        """
        with structlog.contextvars.bound_contextvars(turn=f"{self._name}-{next(self._numbers)}", channel=incoming.channel):
            started = perf_counter()
            heed = await self.intake.heed(incoming)
            if heed is Heed.IGNORE:
                return Taken(new=False)
            if heed is Heed.TAKE:
                taken = await self._run(await self.intake.prepared(incoming, attached), take)
            else:
                taken = await self._run(incoming, ask_to_wait)
            took = perf_counter() - started
            TURN_SECONDS.labels(incoming.channel).observe(took)
            log.info("turn", update=incoming.update_id, new=taken.new, queued=len(taken.queued), seconds=round(took, 4))
        self._deliver(taken.queued)
        return taken

    async def _run(self, incoming: Incoming, work: Callable[..., Taken]) -> Taken:
        writer, library, now = self._writer, self._library, self._now()
        lease = wall_now() + LEASE if incoming.channel in self._sends_on else None
        try:
            done = writer.submit(lambda db: work(db, library, incoming, now, lease), incoming.address)
            taken = await asyncio.wrap_future(done)
            TURNS.labels(incoming.channel, "taken" if taken.new else "again").inc()
        except Exception as error:
            log.exception("turn failed", update=incoming.update_id)
            TURNS.labels(incoming.channel, "failed").inc()
            fault = f"{type(error).__name__}: {error}"
            done = writer.submit(lambda db: apologise(db, library, incoming, fault, now, lease), incoming.address)
            taken = await asyncio.wrap_future(done)
        return taken
