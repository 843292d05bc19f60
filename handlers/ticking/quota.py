"""The month's messages of the Zalo Bot Platform: counted, told to the managers in time, the last ones kept for replies."""

from datetime import datetime

from sqlalchemy import Connection

from handlers.pushing.push import push_to_overseers
from handlers.turn import Message, World
from handlers.wording.catalogs import Words

QUOTA = "quota"
"""The kind under which the messages are counted."""
TOLD_AT = (80, 95)
"""Percent of the month's messages at which the managers are told."""
PUSHES_UNTIL = 95
"""Percent: what is left is for people who ask."""


def period(world: World, now: datetime) -> str:
    """The local month, e.g. ``2022-06``."""
    return f"{now.astimezone(world.campaign.zone):%Y-%m}"


def may_push(used: int, limit: int, message: Message) -> bool:
    """Whether a push still goes this way. The warning itself does. ``limit`` 0 is none."""
    return not limit or used * 100 < limit * PUSHES_UNTIL or message.facts.get("kind") == QUOTA


def alert_if_near(db: Connection, world: World, channel: str, used: int, limit: int, now: datetime) -> None:
    """Tell the managers once at each mark."""
    month = period(world, now)
    for percent in TOLD_AT:
        if limit and used * 100 >= limit * percent:

            def worded(words: Words, percent: int = percent) -> Message:
                text = words.tr("quota.near", percent=percent, used=words.number(used), limit=words.number(limit))
                more = words.tr("quota.replies_only") if percent >= PUSHES_UNTIL else ""
                return Message(f"{text} {more}".strip(), facts={"kind": QUOTA})

            push_to_overseers(db, world, worded, now, f"quota:{channel}:{month}:{percent}")
