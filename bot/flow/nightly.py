"""The nightly backup: one of all clocks makes it, the newest few are kept, and who oversees hears of one that failed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.flow.archiving import Seal, archive
from bot.logs import logger
from bot.metrics import BACKUPS
from handlers.desk import Desk
from handlers.library import Library
from handlers.ticking.care import tell_backup_failed
from storage import kept
from storage.writer import Writer

BEGUN, DONE = "backup-begun", "backup-done"
"""Under which it is kept on which day one was begun last, and when one was whole."""
NAMES = ("dondoc-{day}.zip", "dondoc-{day}.sealed")
"""How one is called, and one under a passphrase."""
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
        """Make today's, unless another clock does. False where it failed, or was another's: asked again it tries again."""
        now = self.now()
        day = f"{now.astimezone(self.library.directory.zone):%Y-%m-%d}"
        before = self.writer.write(lambda db: kept.advance(db, BEGUN, day))
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
        self.writer.write(lambda db: kept.keep(db, DONE, now.isoformat()))
        BACKUPS.labels("done").inc()
        log.info("the nightly backup is made", file=out.name, files=held.files, missing=len(held.missing))
        self._prune()
        return True

    def _failed(self, day: str, before: str, why: str) -> None:
        """Who oversees hears of it once a day; another clock, or the next hour, may try."""
        now = self.now()
        self.writer.write(lambda db: kept.keep(db, BEGUN, before))
        self.writer.write(lambda db: tell_backup_failed(Desk(db, self.library, now), day, why))

    def _prune(self) -> None:
        made = sorted(
            (path for name in NAMES for path in self.folder.glob(name.format(day="????-??-??"))), key=lambda path: path.stem
        )
        for old in made[: -self.days]:
            old.unlink(missing_ok=True)
