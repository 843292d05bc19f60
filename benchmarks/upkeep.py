"""What a thousand turns leave on the disk, before and after the nightly upkeep, and how long it holds the writer: ``make bench-upkeep``."""

import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.flow.upkeep import tidy
from handlers.turn import Incoming
from rules.people import Role
from rules.retention import Retention
from storage.writer import Writer
from tests.stage import Stage

TURNS, PEOPLE = 5_000, 100
SAID = ("hạn thu hồi là khi nào", "tiến độ", "lệ phí bao nhiêu", "/help", "còn nợ gì")


class Timed(Writer):
    """Measures what the upkeep itself hands in."""

    longest = 0.0

    def write(self, work: Any, lane: str = "") -> Any:
        """Write, and remember the longest wait."""
        began = time.perf_counter()
        done = super().write(work, lane)
        self.longest = max(self.longest, time.perf_counter() - began)
        return done


def size(folder: Path) -> int:
    """Bytes of the database, its log included."""
    return sum(path.stat().st_size for path in folder.glob("stage.db*"))


def main() -> None:
    """Fill, measure, tidy, measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage = Stage(f"sqlite:///{folder}/stage.db", folder)
        for number in range(PEOPLE):
            stage.hear(Incoming("telegram", f"j{number}", f"{number}", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
        stage.restart()
        empty = size(folder)
        for number in range(TURNS):
            stage.hear(Incoming("telegram", f"t{number}", f"{number % PEOPLE}", "Lan", SAID[number % len(SAID)]))
        stage.restart()
        full = size(folder)
        writer = Timed(stage.engine)
        began = time.perf_counter()
        gone = tidy(writer, Retention(), stage.now + timedelta(days=500))
        took = time.perf_counter() - began
        writer.close()
        stage.close()
        print(
            f"{(full - empty) / TURNS / 1e3:.2f} MB a thousand turns, {max(0, size(folder) - empty) / TURNS / 1e3:.2f} after upkeep"
        )
        print(f"{sum(gone.values())} rows in {took:.1f} s, the writer held for {writer.longest * 1e3:.0f} ms at most")


if __name__ == "__main__":
    main()
