"""Telling people that the Zalo Official Account has to be authorised again, and how."""

from datetime import datetime

from sqlalchemy import Connection

from handlers.pushing.push import push_to_overseers
from handlers.turn import Message, World
from handlers.wording.catalogs import Words


def tell(db: Connection, world: World, channel: str, generation: int, works_until: datetime | None, now: datetime) -> None:
    """Alert managers and administrators, once a pair. ``works_until``: when the last access token ends."""

    def worded(words: Words) -> Message:
        until = words.tr("account.works_until", at=words.moment(works_until)) if works_until else words.tr("account.stands_still")
        return Message(words.tr("account.lost", until=until), facts={"kind": "alarm"})

    push_to_overseers(db, world, worded, now, f"lost:{channel}:{generation}")
