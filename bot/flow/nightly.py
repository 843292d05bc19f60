"""The nightly backup: one of all clocks makes it, the newest few are kept, and who oversees hears of one that failed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from bot.flow.archiving import PART, Seal, archive
from bot.logs import logger
from bot.metrics import BACKUPS
from handlers.desk import Desk
from handlers.library import Library
from handlers.ticking.care import tell_backup_failed
from storage import kept
from storage.writer import Writer

BEGUN, DONE = "backup-begun", "backup-done"
"""Under which it is kept in which hour one was begun last (``2026-01-01 03``, and once it is whole ``2026-01-01 whole``), and
when one was whole, whoever made it."""
NAMES = ("dondoc-{day}.zip", "dondoc-{day}.sealed")
"""How one is called, and one under a passphrase."""
ANY_DAY = "????-??-??"
log = logger(__name__)


@dataclass(frozen=True)
class Nightly:
    """Makes a backup a day in ``folder``, and keeps the newest ``days``. ``now`` is the wall clock."""

    writer: Writer
    library: Library
    folder: Path
    days: int
    now: Callable[[], datetime]
    seal: Callable[[], Seal | None] = lambda: None
    """With what each is closed. Raises where that can't be read: then none is made, rather than one that all can read."""

    def run(self) -> bool:
        """Make today's, unless another clock does. False where it failed, or was another's: asked again it tries again. One that
        was begun an hour ago and is not whole died with its process; a day to come is of a clock that was set."""
        now = self.now()
        here = now.astimezone(self.library.directory.zone)
        day, hour = f"{here:%Y-%m-%d}", f"{here:%Y-%m-%d %H}"
        before = self.writer.write(
            lambda db: kept.replace(db, BEGUN, hour, lambda begun: not begun.startswith(day) or begun < hour)
        )
        if before is None:
            return False
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            seal = self.seal()
            out = self.folder / NAMES[seal is not None].format(day=day)
            held = archive(self.writer.engine, self.library.campaign.name, self.library.files, out, seal)
        except Exception as error:
            BACKUPS.labels("failed").inc()
            log.exception("the nightly backup failed")
            self._failed(day, before, str(getattr(error, "strerror", None) or type(error).__name__))
            return False
        self.writer.write(lambda db: _whole(db, day, now))
        BACKUPS.labels("done").inc()
        log.info("the nightly backup is made", file=out.name, files=held.files, missing=len(held.missing))
        self._prune(day)
        return True

    def _failed(self, day: str, before: str, why: str) -> None:
        """Who oversees hears of it once a day; another clock, or the next hour, may try."""
        now = self.now()
        self.writer.write(lambda db: kept.keep(db, BEGUN, before))
        self.writer.write(lambda db: tell_backup_failed(Desk(db, self.library, now), day, why))

    def _prune(self, day: str) -> None:
        """The oldest; and halves that a process left which died another day."""
        names = [name.format(day=ANY_DAY) for name in NAMES]
        made = sorted((path for name in names for path in self.folder.glob(name)), key=lambda path: path.stem)
        halves = (path for name in names for path in self.folder.glob(f"{name}.*{PART}") if day not in path.name)
        for old in (*made[: -self.days], *halves):
            old.unlink(missing_ok=True)


def _whole(db: Connection, day: str, now: datetime) -> None:
    kept.keep(db, BEGUN, f"{day} whole")
    kept.keep(db, DONE, now.isoformat())
