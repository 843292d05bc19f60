"""How soon to ask again, where a platform or a proxy before it does not hold a long poll but answers it at once."""

FIRST = 0.1
LONGEST = 3.0
"""Seconds: what somebody who writes may have to wait, where polls are not held."""
TOO_SOON = 0.05
"""An empty answer within this share of the time that was asked for came at once."""


class Pacing:
    """The pauses between long polls of ``asked`` seconds."""

    def __init__(self, asked: float) -> None:
        self._too_soon = asked * TOO_SOON
        self._next = FIRST

    def pause(self, took: float, found: bool) -> float:
        """Seconds to wait after a poll that took so long and found something, or nothing."""
        if found or took > self._too_soon:
            self._next = FIRST
            return 0.0
        now, self._next = self._next, min(self._next * 2, LONGEST)
        return now
