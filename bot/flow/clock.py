"""The clock: looks at the time and puts what is due into the outbox; keeps the house clean.

It looks again after so many seconds have really passed, whatever the clock on the wall says meanwhile: that may be set back
by an hour. APScheduler wakes what has its hour of the day. What was sent stands in the database, so its jobs live in memory
and any number of clocks may run.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from bot.clocks import Clock, Drift, wall_now
from bot.flow import upkeep
from bot.flow.nightly import Nightly
from bot.flow.sweeping import sweep
from bot.logs import logger
from bot.metrics import JUMPS, PUSHES, TICKS
from handlers.desk import Desk
from handlers.library import Library
from handlers.ticking.tick import tick
from rules.campaign.agenda import instants
from rules.retention import Retention
from storage import outbox, reminders
from storage.database import reading
from storage.scope import Scope
from storage.writer import Writer

TICK_SECONDS = 20
JUMP_SECONDS = 30.0
"""By so much the wall may be ahead of what really passed, or behind, before it was set: machines correct themselves a little."""
log = logger(__name__)


@dataclass(frozen=True)
class Pulse:
    """What a clock goes by: the machine's own, at what ``speed`` the campaign's runs beside it, and what it does at night."""

    drift: Drift
    speed: float = 1.0
    nightly: Nightly | None = None
    kept: Retention = field(default_factory=Retention)
    """For how long what is kept is kept."""


class ClockWork:
    """Ticks every :data:`TICK_SECONDS`, faster on a clock that runs at another speed than the one on the wall."""

    def __init__(self, writer: Writer, library: Library, clock: Clock, wake: Callable[[], None], pulse: Pulse) -> None:
        self._writer, self._library, self._clock, self._wake = writer, library, clock, wake
        self._every = max(0.2, TICK_SECONDS / pulse.speed)
        self._drift, self._nightly, self._kept = pulse.drift, pulse.nightly, pulse.kept
        self._last: datetime | None = None
        self._stopping = threading.Event()
        self._ticking = threading.Thread(target=self._run, name="clock", daemon=True)
        self._scheduler = BackgroundScheduler(
            timezone=library.campaign.directory.zone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Begin ticking, at once and from then on."""
        self._scheduler.add_job(self.tidy, "cron", hour=3, minute=17, id="tidy")
        if self._nightly:
            self._scheduler.add_job(self._nightly.run, "cron", hour="1-5", minute=7, id="backup")
        self._scheduler.start()
        self._ticking.start()

    def stop(self) -> None:
        """Stop ticking."""
        self._stopping.set()
        self._ticking.join()
        self._scheduler.shutdown(wait=True)

    def _run(self) -> None:
        """It ends when it is told to and not before: nobody would begin it again."""
        while not self._stopping.is_set():
            for work in (self.notice_jump, self.tick):
                try:
                    work()
                except Exception:
                    log.exception("the clock stumbled")
            self._stopping.wait(self._every)

    def notice_jump(self) -> None:
        """Say it where the clock on the wall was set, and let nothing wait for a time that was meant otherwise."""
        jumped = self._drift.since_last()
        if abs(jumped) < JUMP_SECONDS:
            return
        JUMPS.inc()
        log.error("the machine's clock was set", seconds=round(jumped), to=self._clock.now().isoformat())
        if self._scheduler.running:
            self._scheduler.wakeup()
        try:
            self._writer.write(lambda db: outbox.wait_no_longer(db), "clock")
        except Exception:
            log.exception("what waits could not be told")

    def tick(self) -> int:
        """Look once. Returns how many pushes were queued."""
        try:
            queued = sum(self._look(at) for at in self._moments())
        except Exception:
            TICKS.labels("failed").inc()
            log.exception("the clock could not look")
            return 0
        TICKS.labels("done").inc()
        if queued:
            PUSHES.inc(queued)
            log.info("pushes queued", count=queued)
            self._wake()
        return queued

    def _look(self, at: datetime) -> int:
        return self._writer.write(lambda db: tick(Desk(db, self._library, at)), "clock")

    def _moments(self) -> list[datetime]:
        """Now; on a simulated clock, which may run fast, also every moment since the last look at which
        something fell due, so that each push leaves at its own time."""
        now, campaign = self._clock.now(), self._library.campaign
        last, self._last = self._last, now
        if not self._clock.simulated or last is None:
            return [now]
        with reading(self._writer.engine) as db:
            situation = reminders.situation(Scope(db, campaign))
        return [*instants(campaign, situation, last, now), now]

    def tidy(self) -> None:
        """Forget what nothing asks for any more."""
        try:
            upkeep.tidy(self._writer, self._kept, self._clock.now())
        finally:
            sweep(self._writer.engine, self._library.files, wall_now())
