"""The program with a clock on the wall that somebody sets: ``python -m tests.chaos.wall FILE COMMAND``.

``FILE`` says by how many seconds it goes wrong. It stands here alone: no setting of the product moves the wall clock.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from bot import clocks


class Wall:
    """A clock that goes wrong by what a file says at this moment."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def go_wrong_by(self, span: timedelta) -> None:
        """From now on; what reads the file finds it whole."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(span.total_seconds()), encoding="utf-8")
        fresh.replace(self.file)

    def wrong_by(self) -> timedelta:
        """How far it is from the true time."""
        return timedelta(seconds=float(self.file.read_text(encoding="utf-8")))


def main(file: Path) -> None:
    """Run the program's command line by that clock, which has to stand before anything imports it."""
    wall, true_now = Wall(file), clocks.wall_now

    def now() -> datetime:
        return true_now() + wall.wrong_by()

    clocks.wall_now = now
    from bot.main import main as run

    run()


if __name__ == "__main__":
    main(Path(sys.argv.pop(1)))
