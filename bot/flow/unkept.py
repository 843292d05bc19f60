"""A word to who wrote while nothing can be kept: the disk is full, so the update stays with its platform, and no reply of ours
could be kept either. This one goes past the outbox, and may be lost."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.delivery.sink import Sink
from bot.logs import logger
from handlers.message import Message
from handlers.turn import Incoming
from handlers.wording.catalogs import Languages
from rules.channels import channel_named
from storage.outbox import Delivery, DeliveryKind

EVERY = 3600.0
"""Seconds: so often one contact hears it. Its update comes again all the while."""
MOST_REMEMBERED = 20_000
log = logger(__name__)


class Unkept:
    """Tells it on the channels that this process sends on. ``now`` is the campaign's time, ``time`` seconds of a clock that
    does not go back."""

    def __init__(
        self, sinks: Mapping[str, Sink], languages: Languages, now: Callable[[], datetime], time: Callable[[], float]
    ) -> None:
        self._sinks, self._languages, self._now, self._time = sinks, languages, now, time
        self._told: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._telling: set[asyncio.Task[None]] = set()

    def tell(self, incoming: Incoming) -> None:
        """Begin to tell who wrote; nobody waits for it."""
        sink = self._sinks.get(incoming.channel)
        if sink is None or not self._is_due(incoming):
            return
        task = asyncio.create_task(self._send(sink, incoming))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _is_due(self, incoming: Incoming) -> bool:
        """Whether that one waits for an answer of which a platform still has the question, and was not told of late."""
        if incoming.group or incoming.left or channel_named(incoming.channel).made_up:
            return False
        who, now = (incoming.channel, incoming.address), self._time()
        if who in self._told and now - self._told[who] < EVERY:
            return False
        self._told[who] = now
        self._told.move_to_end(who)
        while len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        return True

    async def _send(self, sink: Sink, incoming: Incoming) -> None:
        words = self._languages.of(incoming.language)
        message = Message(words.tr("no_room"))
        going = Delivery(
            id=0, channel=incoming.channel, address=incoming.address, contact_id=None, person_id=None, kind=DeliveryKind.REPLY,
            message=message.to_json(), facts={}, language=words.language, template={}, way="", tried=(), closes="", pieces_out=0,
            attempts=0, created_at=self._now(),
        )  # fmt: skip
        try:
            await sink.send(incoming.address, message, going)
        except Exception:
            log.exception("who waits could not be told that the disk is full", channel=incoming.channel)
