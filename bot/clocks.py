"""The two clocks: the real one, and a simulated one that a rehearsal moves.

The only place that reads the wall clock.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

CLOCK_KEY = "rehearsal-clock"
"""Under which it is kept where a simulated clock stands."""


def wall_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class Clock(Protocol):
    """What tells the time of the campaign."""

    @property
    def simulated(self) -> bool:
        """Whether it can be moved."""
        ...

    def now(self) -> datetime:
        """The present, timezone-aware."""
        ...


class WallClock:
    """Real time."""

    simulated = False

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall

    def now(self) -> datetime:
        """The present."""
        return self._wall()


class SimulatedClock:
    """Starts at a chosen moment, runs at a chosen speed, and can be moved forward.

    ``speed`` is in simulated seconds a real second.
    """

    simulated = True

    def __init__(self, start: datetime, speed: float, wall: Callable[[], datetime]) -> None:
        self._wall, self._speed = wall, speed
        self._from, self._since = start, wall()

    def now(self) -> datetime:
        """The simulated present."""
        return self._from + (self._wall() - self._since) * self._speed

    def move_to(self, at: datetime) -> None:
        """Go forward to a moment; a moment that is past changes nothing."""
        if at > self.now():
            self._from, self._since = at, self._wall()

    def set_to(self, at: datetime) -> None:
        """Stand at a moment, also an earlier one: for beginning a rehearsal anew."""
        self._from, self._since = at, self._wall()

    def move_by(self, span: timedelta) -> None:
        """Go forward."""
        self.move_to(self.now() + span)


class Drift:
    """How far the clock on the wall went beyond what really passed. ``elapsed`` in seconds of a clock that is never set."""

    def __init__(self, wall: Callable[[], datetime], elapsed: Callable[[], float]) -> None:
        self._wall, self._elapsed = wall, elapsed
        self._last = wall(), elapsed()

    def since_last(self) -> float:
        """Seconds by which the wall was set ahead since the last look; below nought where it was set back."""
        (wall, elapsed), now = self._last, (self._wall(), self._elapsed())
        self._last = now
        return (now[0] - wall).total_seconds() - (now[1] - elapsed)
