"""When a Zalo Official Account may write to somebody, counted from what that person did last.

Source: Zalo Official Account, "Tin tư vấn": free for 48 hours after the last interaction, billed from then to the
end of the seventh day, refused after that (-230); then only approved templates pass.
"""

from datetime import datetime, timedelta
from enum import StrEnum

FREE_FOR = timedelta(hours=48)
OPEN_FOR = timedelta(days=7)
ASK_AHEAD = timedelta(hours=24)
"""How long before the window closes somebody is asked to keep it open: a day holds an hour in which we may write."""


class Window(StrEnum):
    """What a message costs at a moment."""

    FREE = "free"
    BILLED = "billed"
    CLOSED = "closed"


def window(last_seen: datetime, at: datetime) -> Window:
    """The window of somebody who wrote last at ``last_seen``. Both are instants of one clock."""
    if at - last_seen <= FREE_FOR:
        return Window.FREE
    return Window.BILLED if at - last_seen <= OPEN_FOR else Window.CLOSED


def silent_until(local: datetime) -> datetime | None:
    """Templates rest from 22:00 to 06:00: when the rest ends; None where there is none. ``local`` is local time."""
    if 6 <= local.hour < 22:
        return None
    day = local.date() if local.hour < 6 else local.date() + timedelta(days=1)
    return local.replace(year=day.year, month=day.month, day=day.day, hour=6, minute=0, second=0, microsecond=0)
