"""A platform that answers nobody for a while: probed now and then, and once it answers, what waits goes at once.

Each message waits longer from try to try. Would each wait its own time out, the last of them left minutes after the platform
came back.
"""

from dataclasses import replace

from bot.delivery.sink import TryLater

IN_A_ROW = 3
"""So many failures on a channel, and none got through in between: it is not the message."""
PROBE_EVERY = 15.0
"""Seconds between tries, of a few messages each, while nobody is answered."""


class Outages:
    """What happened last on each channel."""

    def __init__(self) -> None:
        self._failed: dict[str, int] = {}

    def halting(self, channel: str, later: TryLater) -> TryLater:
        """A failure; where it is the whole channel's, nothing is sent there until the next probe."""
        if later.whole_channel:
            return later
        self._failed[channel] = self._failed.get(channel, 0) + 1
        if self._failed[channel] < IN_A_ROW:
            return later
        return replace(later, seconds=min(later.seconds, PROBE_EVERY), whole_channel=True)

    def is_over(self, channel: str) -> bool:
        """One got through. Whether that ended an outage."""
        return self._failed.pop(channel, 0) >= IN_A_ROW
