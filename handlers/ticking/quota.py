"""A month's messages on a channel that counts them: told to the managers in time, the last ones kept for replies."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.message import Message, Notice
from handlers.pushing import push
from handlers.wording.catalogs import Words

QUOTA = "quota"
"""The kind under which the messages are counted."""
TOLD_AT = (80, 95)
"""Percent of the month's messages at which the managers are told."""
PUSHES_UNTIL = 95
"""Percent: what is left is for people who ask."""


def period(desk: Desk) -> str:
    """The local month, e.g. ``2022-06``."""
    return f"{desk.today:%Y-%m}"


def may_push(used: int, limit: int, facts: Mapping[str, str]) -> bool:
    """Whether a push still goes this way. The warning itself does. ``limit`` 0 is none."""
    return not limit or used * 100 < limit * PUSHES_UNTIL or facts.get("kind") == QUOTA


def alert_if_near(desk: Desk, channel: str, used: int, limit: int) -> None:
    """Tell the managers once at each mark."""
    for percent in TOLD_AT:
        if limit and used * 100 >= limit * percent:
            push.to_overseers(desk, QuotaNear(percent, used, limit), f"quota:{channel}:{period(desk)}:{percent}")


@dataclass(frozen=True)
class QuotaNear(Notice):
    """For who oversees: so many of the month's messages are used."""

    percent: int
    used: int
    limit: int

    def message(self, words: Words) -> Message:
        """How many, and what follows."""
        used, limit = words.number(self.used), words.number(self.limit)
        text = words.tr("quota.near", percent=self.percent, used=used, limit=limit)
        more = words.tr("quota.replies_only") if self.percent >= PUSHES_UNTIL else ""
        return Message(f"{text} {more}".strip())

    def facts(self, words: Words) -> Mapping[str, str]:
        """The warning is let through where other pushes are held back."""
        return {"kind": QUOTA}
