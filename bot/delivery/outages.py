"""A platform that answers nobody for a while: probed now and then, and once it answers, what waits goes at once.

Each message waits longer from try to try. Would each wait its own time out, the last of them left minutes after the platform
came back.
"""

from dataclasses import replace

from bot.delivery.sink import TryLater

IN_A_ROW = 3
"""So many people could not be written to on a channel, and nobody in between: it is not the message."""
PROBE_EVERY = 15.0
"""Seconds between tries, of a few messages each, while nobody is answered."""


class Outages:
    """What happened last on each channel."""

    def __init__(self) -> None:
        self._failed: dict[str, set[str]] = {}

    def halting(self, channel: str, address: str, later: TryLater) -> TryLater:
        """A failure; where it is the whole channel's, nothing is sent there until the next probe."""
        if later.whole_channel:
            return later
        failed = self._failed.setdefault(channel, set())
        failed.add(address)
        if len(failed) < IN_A_ROW:
            return later
        return replace(later, seconds=min(later.seconds, PROBE_EVERY), whole_channel=True)

    def is_over(self, channel: str) -> bool:
        """One got through. Whether that ended an outage."""
        return len(self._failed.pop(channel, set())) >= IN_A_ROW
