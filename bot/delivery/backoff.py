"""How long to wait until something is tried again: each pause twice as long as the one before, up to a longest.

Likewise how soon to ask again, where a platform or a proxy before it does not hold a long poll but answers it at once.
"""

FIRST = 0.1
LONGEST = 3.0
"""Seconds: what somebody who writes may have to wait, where polls are not held."""
TOO_SOON = 0.05
"""An empty answer within this share of the time that was asked for came at once."""


def after(attempts: int, longest: float) -> float:
    """Seconds to wait after so many tries in vain."""
    return min(2.0 ** min(attempts, 60), longest)


class Backoff:
    """Pauses between tries, until one succeeds."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def next(self) -> float:
        """Seconds to wait now."""
        now, self._next = self._next, min(self._next * 2, self._longest)
        return now

    def reset(self) -> None:
        """It worked: the next pause is the first again."""
        self._next = self._first


class Pacing:
    """The pauses between long polls of ``asked`` seconds."""

    def __init__(self, asked: float) -> None:
        self._too_soon = asked * TOO_SOON
        self._backoff = Backoff(FIRST, LONGEST)

    def pause(self, took: float, found: bool) -> float:
        """Seconds to wait after a poll that took so long and found something, or nothing."""
        if found or took > self._too_soon:
            self._backoff.reset()
            return 0.0
        return self._backoff.next()
