"""When the next message may go to a platform that counts: evenly while many wait, at once while few do. Pure: time is handed in."""

from collections import deque

MARGIN = 0.05
"""Seconds by which messages may arrive closer together, or later, than they went."""
LATE = 0.06
"""Seconds of oversleeping that are made up for."""
AHEAD = 0.35
"""Seconds' worth of messages that go at once where nobody waits: ten people who write at one moment."""
SLOWER = 0.97
"""After a refusal, so much of the speed is left."""
SLOWEST = 0.5
FASTER_AFTER = 10.0
"""Seconds without a refusal, after which a step of that is taken back."""


class Pacer:
    """At most ``rate`` a second in the long run, and never more than a second's worth in any second, as the platform counts them.

    ``shares`` processes share the platform's limit: each keeps to its part.
    """

    def __init__(self, rate: float) -> None:
        self._rate, self.shares = rate, 1
        self._sent: deque[float] = deque()
        self._next = 0.0
        self._speed, self._refused_at = 1.0, 0.0

    @property
    def rate(self) -> float:
        """Messages a second, now."""
        return max(0.1, self._rate * self._speed / self.shares)

    def at(self, now: float, crowded: bool) -> float:
        """When the next one may go. ``crowded``: others wait already, so that it goes in its turn and not ahead of it."""
        if self._speed < 1.0 and now - self._refused_at > FASTER_AFTER:
            self._speed, self._refused_at = min(1.0, self._speed / SLOWER), now
        earliest = max(now, self._next - (0.0 if crowded else AHEAD))
        most = max(1, int(self.rate * (1.0 + MARGIN)))
        while len(self._sent) > most:
            self._sent.popleft()
        if len(self._sent) == most:
            earliest = max(earliest, self._sent[0] + 1.0 + MARGIN)
        return earliest

    def went(self, at: float) -> None:
        """One went."""
        self._next = max(self._next, at - LATE) + 1.0 / self.rate
        self._sent.append(at)

    def refused(self, now: float) -> None:
        """The platform counted otherwise: go slower for a while."""
        self._speed, self._refused_at = max(SLOWEST, self._speed * SLOWER), now
