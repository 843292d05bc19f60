"""Telling people that an account on a platform has to be authorised again, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.desk import Desk
from handlers.message import Message, Notice
from handlers.pushing import push
from handlers.wording.catalogs import Words


def tell(desk: Desk, channel: str, generation: int, works_until: datetime | None) -> None:
    """Alert managers and administrators, once a pair. ``works_until``: when the last access token ends."""
    push.to_overseers(desk, AccountLost(works_until), f"lost:{channel}:{generation}")


@dataclass(frozen=True)
class AccountLost(Notice):
    """For who oversees: nothing more can be sent there from some moment on."""

    works_until: datetime | None

    def message(self, words: Words) -> Message:
        """Until when it works, and the steps."""
        at = self.works_until
        until = words.tr("account.works_until", at=words.moment(at)) if at else words.tr("account.stands_still")
        return Message(words.tr("account.lost", until=until))

    def facts(self, words: Words) -> Mapping[str, str]:
        """As any alarm."""
        return {"kind": "alarm"}
