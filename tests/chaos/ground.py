"""What a run stands on: the settings of all processes, a code for each person, and what is kept in the end."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, func, select

from benchmarks import turns
from bot.settings import Settings
from bot.wiring import Wired, wire
from rules.people import Role
from storage import invites
from storage.tables import outbox, submission
from tests.chaos.crowd import SECRET
from tests.chaos.shape import Kind, Shape
from tests.chaos.size import Size
from tests.doubles.telegram import TOKEN


@dataclass(frozen=True)
class Kept:
    """A report as it stands in the database: ``answers`` its amounts."""

    unit: str
    obligation: str
    revision: int
    answers: list[int]


@dataclass(frozen=True)
class Ground:
    """``environment`` for every process."""

    environment: dict[str, str]

    @property
    def database(self) -> str:
        """Its address."""
        return self.environment["DATABASE_URL"]

    @property
    def files(self) -> Path:
        """Where files are kept."""
        return Path(self.environment["FILES_DIR"])

    def wired(self) -> Wired:
        """The parts, for preparing something."""
        settings: dict[str, Any] = {name.lower(): value for name, value in self.environment.items()}
        return wire(Settings(_env_file=None, **settings))

    def codes(self, units: Iterable[str]) -> list[str]:
        """A code for an officer of each of those units."""
        wired = self.wired()
        now, by = wired.clock.now().replace(year=2100), invites.By("chaos")  # good for as long as any clock may go wrong

        def make(db: Connection) -> list[str]:
            grants = [invites.Grant(Role.OFFICER, unit) for unit in units]
            return [invites.create_invite(db, grant, by, now, wired.library.pick).code for grant in grants]

        try:
            return wired.writer.write(make)
        finally:
            wired.close()

    def kept(self) -> list[Kept]:
        """Every report that stands in the database."""
        columns = (submission.c.unit, submission.c.obligation, submission.c.revision, submission.c.answers)
        return [
            Kept(unit, obligation, revision, [value for _, value in sorted(answers.items()) if isinstance(value, int)])
            for unit, obligation, revision, answers in self._rows(select(*columns))
        ]

    def states(self) -> dict[str, int]:
        """How many messages stand how in the outbox."""
        return dict(self._rows(select(outbox.c.state, func.count()).group_by(outbox.c.state)))

    def _rows(self, wanted: Any) -> Any:
        engine = create_engine(self.database)
        try:
            with engine.connect() as db:
                return [tuple(row) for row in db.execute(wanted)]
        finally:
            engine.dispose()


def lay(folder: Path, size: Size, shape: Shape, platform: str, **more: str) -> Ground:
    """An empty database and the settings to run on it, with the platform at that address."""
    environment = {
        "DATABASE_URL": _address(folder, shape.kind), "FILES_DIR": f"{folder}/files", "TELEGRAM_TOKEN": TOKEN,
        "CAMPAIGN": str(turns.make_campaign(folder, size.reports)), "PROVINCE": str(turns.make_province(folder, size.people)),
        "TELEGRAM_API_URL": platform, "TELEGRAM_RATE": "0", "TELEGRAM_SECRET": SECRET, "LOG_LEVEL": os.environ.get("LOG_LEVEL", "critical"), "PORT": "0",
        **({"PUBLIC_URL": f"http://127.0.0.1:{shape.webs[0]}"} if shape.calls else {}), **more,
    }  # fmt: skip
    return Ground(environment)


def _address(folder: Path, kind: Kind) -> str:
    if kind is Kind.SQLITE:
        return f"sqlite:///{folder}/chaos.db"
    from tests.postgres import fresh_database

    return fresh_database()
