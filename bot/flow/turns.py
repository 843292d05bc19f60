"""Taking updates in: every channel hands its updates to one service, which makes them durable."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from time import perf_counter

import structlog

from bot.clocks import wall_now
from bot.delivery.courier import LEASE
from bot.flow.chooser import Chooser
from bot.flow.intake import Attachment, Intake
from bot.logs import logger
from bot.metrics import TURN_SECONDS, TURNS
from handlers.engine import Taken, apologise, take
from handlers.errands import sounds_like_question
from handlers.library import Library
from handlers.turn import Incoming
from storage.outbox import Delivery
from storage.writer import Writer

LONGEST_QUESTION = 500
"""Signs of a text that the language model is asked about; what is longer is no question."""
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
        chooser: Chooser | None = None,
    ) -> None:
        self._writer, self._library, self._now = writer, library, now
        self.intake = Intake(writer, library)
        self._chooser = chooser
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
            if attached:
                incoming = await self.intake.bring(incoming, attached)
            taken = await self._run(await self._with_choice(incoming))
            took = perf_counter() - started
            TURN_SECONDS.labels(incoming.channel).observe(took)
            log.info("turn", update=incoming.update_id, new=taken.new, queued=len(taken.queued), seconds=round(took, 4))
        self._deliver(taken.queued)
        return taken

    async def _with_choice(self, incoming: Incoming) -> Incoming:
        """A question together with the fact that the language model chose, where one is set up."""
        asks = incoming.addressed and not incoming.text.startswith("/") and len(incoming.text) <= LONGEST_QUESTION
        if self._chooser is None or not asks or not sounds_like_question(incoming.text):
            return incoming
        answerer = self._library.of_dispatch
        return replace(incoming, chosen=await self._chooser.choose(answerer, incoming.text))

    async def _run(self, incoming: Incoming) -> Taken:
        writer, library, now = self._writer, self._library, self._now()
        lease = wall_now() + LEASE if incoming.channel in self._sends_on else None
        try:
            done = writer.submit(lambda db: take(db, library, incoming, now, lease), incoming.address)
            taken = await asyncio.wrap_future(done)
            TURNS.labels(incoming.channel, "taken" if taken.new else "again").inc()
        except Exception as error:
            log.exception("turn failed", update=incoming.update_id)
            TURNS.labels(incoming.channel, "failed").inc()
            fault = f"{type(error).__name__}: {error}"
            done = writer.submit(lambda db: apologise(db, library, incoming, fault, now, lease), incoming.address)
            taken = await asyncio.wrap_future(done)
        return taken
