"""Floods: who sends more than anybody types is asked once to wait, and then not heard until the bucket has filled again.

Buckets stand in memory, one set a process: they guard the process, the managers' attention and a channel's month, and a
restart may fill them. Somebody known has a large one. Strangers have a small one each and one all together, which a good
code passes by while it would still let somebody in: a thousand strangers must not shut out who was invited today, nor all of them
come by a code that somebody used long ago. Where a channel's month is counted, one person has a share of it too, however many
accounts are that one's.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine

from bot.metrics import FLOOD
from handlers.hearing import command_rest
from handlers.turn import Incoming
from rules.codes import digits_of, looks_like_invite, looks_like_link_code
from rules.limits import Allowance, Bucket, full
from storage import invites, linking, people
from storage.database import reading

DAY = 24 * 3600.0
MOST_CONTACTS = 20_000
"""Contacts of whom it is remembered what they sent; the one longest silent gives way."""
LOOKED_UP_FOR = 300.0
"""Seconds for which somebody counts as known, or as a stranger, before that is looked up again."""
ASKED_AGAIN = 5.0
"""The same for a stranger who has sent too much: perhaps that one has joined meanwhile."""
HEARD_AGAIN = 0.5
"""The share of a bucket that has to be back until somebody is heard again."""
ANSWERS_AGAIN = 10.0
"""The same where somebody used up their share of a month, in answers: half of it would be weeks."""


class Heed(StrEnum):
    """What becomes of an update."""

    TAKE = "taken"
    ASK_TO_WAIT = "asked_to_wait"
    """It is not handled, and that is said: the last thing for a while."""
    SHARE_USED = "share_used"
    """Nor this one: of the channel's month, that person has had their share. It is said once."""
    IGNORE = "ignored"


KNOWN = (Allowance(60, 1.0),)
STRANGER = (Allowance(20, 3.0), Allowance(150, DAY / 150))
STRANGERS = Allowance(300, 0.2)
WORDS = Allowance(30, 20.0)


@dataclass(frozen=True)
class Allowances:
    """Who may send how much."""

    known: tuple[Allowance, ...] = KNOWN
    stranger: tuple[Allowance, ...] = STRANGER
    strangers: Allowance = STRANGERS
    words: Allowance = WORDS
    """Requests to wait, where strangers all together were too many."""
    share: float = 0.1
    """Of a month's messages on a channel that counts them: so much for strangers at once, and as much again in ten days."""
    own_share: float = 0.1
    """Of the same for each who is known; as much again in twenty days. A form of thirty answers, and that ten times."""


USUAL = Allowances()
_NO_LIMIT = (Allowance(1e9, 1e-9),)
UNBOUND = Allowances(_NO_LIMIT, _NO_LIMIT, *_NO_LIMIT, *_NO_LIMIT, share=1e9, own_share=1e9)
"""For machines that play many people at once."""


@dataclass
class _Sender:
    person: int | None
    looked_up: float
    buckets: tuple[Bucket, ...]
    asked_to_wait: bool = False

    @property
    def known(self) -> bool:
        """Whether that one is no stranger."""
        return self.person is not None


@dataclass
class _Share:
    """What somebody has left of a channel's month."""

    left: Bucket
    told: bool = False


@dataclass
class Flood:
    """Decides about every update before anything is done for it. ``now`` by the clock of codes, ``time`` in seconds of one that
    does not go back; ``months`` are the messages that a month has, on channels that count them."""

    engine: Engine
    now: Callable[[], datetime]
    time: Callable[[], float]
    allowances: Allowances = USUAL
    months: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        now = self.time()
        self._senders: OrderedDict[tuple[str, str], _Sender] = OrderedDict()
        self._strangers = full(self.allowances.strangers, now)
        self._words = full(self.allowances.words, now)
        self._month = {name: full(self._share(most), now) for name, most in self.months.items() if most}
        self._shares: OrderedDict[tuple[str, int], _Share] = OrderedDict()

    def _share(self, month: int) -> Allowance:
        return _part(month * self.allowances.share, 10 * DAY)

    def _own_share(self, channel: str) -> Allowance | None:
        """What one person has of a channel's month; None where it is not counted."""
        month = self.months.get(channel)
        return _part(month * self.allowances.own_share, 20 * DAY) if month else None

    async def heed(self, incoming: Incoming) -> Heed:
        """What becomes of an update. Leaving is always heard."""
        if incoming.left:
            return Heed.TAKE
        sender = await self._sender(incoming)
        heed = self._own(sender)
        if heed is Heed.TAKE and sender.person is not None and incoming.addressed:
            heed = self._within_share(incoming.channel, sender.person)
        if heed is not Heed.IGNORE and not sender.known:
            heed = await self._among_strangers(incoming, heed)
        if heed is Heed.TAKE and not sender.known and _may_join(incoming.text):
            sender.looked_up = float("-inf")  # by the next message that one may be known
        FLOOD.labels(heed).inc()
        return heed if incoming.addressed or heed is Heed.TAKE else Heed.IGNORE

    def knows(self, incoming: Incoming) -> bool:
        """Whether that one was known when last looked up."""
        found = self._senders.get((incoming.channel, incoming.address))
        return found is not None and found.known

    async def _sender(self, incoming: Incoming) -> _Sender:
        key, now = (incoming.channel, incoming.address), self.time()
        found = self._senders.get(key)
        if found is None or now - found.looked_up > (ASKED_AGAIN if self._is_empty_stranger(found) else LOOKED_UP_FOR):
            person = await asyncio.to_thread(self._who, incoming)
            found = self._looked_up(self._senders.get(key), person)  # another of theirs may have been looked up meanwhile
        self._senders[key] = found
        self._senders.move_to_end(key)
        while len(self._senders) > MOST_CONTACTS:
            self._senders.popitem(last=False)
        return found

    def _looked_up(self, before: _Sender | None, person: int | None) -> _Sender:
        """Somebody of whom that is known now; with full buckets where it was not known that they are somebody, or the other
        way round."""
        now, known = self.time(), person is not None
        if before is None or before.known != known:
            return _Sender(person, now, tuple(full(allowance, now) for allowance in self._of(known)))
        before.person, before.looked_up = person, now
        return before

    def _who(self, incoming: Incoming) -> int | None:
        with reading(self.engine) as db:
            found = people.person_at(db, incoming.channel, incoming.address)
        return found.id if found else None

    def _of(self, known: bool) -> tuple[Allowance, ...]:
        return self.allowances.known if known else self.allowances.stranger

    def _filled(self, sender: _Sender) -> tuple[Bucket, ...]:
        now = self.time()
        return tuple(b.filled(a, now) for b, a in zip(sender.buckets, self._of(sender.known), strict=True))

    def _is_empty_stranger(self, sender: _Sender) -> bool:
        return not sender.known and any(bucket.left < 1 for bucket in self._filled(sender))

    def _own(self, sender: _Sender) -> Heed:
        sender.buckets = self._filled(sender)
        if sender.asked_to_wait and any(
            bucket.left < HEARD_AGAIN * allowance.most
            for bucket, allowance in zip(sender.buckets, self._of(sender.known), strict=True)
        ):
            return Heed.IGNORE
        sender.asked_to_wait = any(bucket.left < 1 for bucket in sender.buckets)
        if sender.asked_to_wait:
            return Heed.ASK_TO_WAIT
        sender.buckets = tuple(bucket.without() for bucket in sender.buckets)
        return Heed.TAKE

    def _within_share(self, channel: str, person: int) -> Heed:
        """Whether somebody known has something left of the channel's month. Saying so costs a message too."""
        allowance, now = self._own_share(channel), self.time()
        if allowance is None:
            return Heed.TAKE
        share = self._shares.setdefault((channel, person), _Share(full(allowance, now)))
        self._shares.move_to_end((channel, person))
        while len(self._shares) > MOST_CONTACTS:
            self._shares.popitem(last=False)
        share.left = share.left.filled(allowance, now)
        if share.told and share.left.left < min(ANSWERS_AGAIN, HEARD_AGAIN * allowance.most):
            return Heed.IGNORE
        share.told = share.left.left < 1
        share.left = share.left.without()
        return Heed.SHARE_USED if share.told else Heed.TAKE

    async def _among_strangers(self, incoming: Incoming, heed: Heed) -> Heed:
        """Whether there is room for one more answer; who brings a good code needs none."""
        now, month = self.time(), self._month.get(incoming.channel) if incoming.addressed else None
        self._strangers = self._strangers.filled(self.allowances.strangers, now)
        if month:
            month = self._month[incoming.channel] = month.filled(self._share(self.months[incoming.channel]), now)
        room = self._strangers.left >= 1 and (month is None or month.left >= 1)
        if not room and (heed is Heed.ASK_TO_WAIT or not await asyncio.to_thread(self._brings_a_good_code, incoming)):
            return self._word(month is None and incoming.addressed)
        if room:
            self._strangers = self._strangers.without()
            if month:
                self._month[incoming.channel] = month.without()
        return heed

    def _word(self, free: bool) -> Heed:
        """Asking to wait costs a message too."""
        self._words = self._words.filled(self.allowances.words, self.time())
        if not free or self._words.left < 1:
            return Heed.IGNORE
        self._words = self._words.without()
        return Heed.ASK_TO_WAIT

    def _brings_a_good_code(self, incoming: Incoming) -> bool:
        code = command_rest(incoming.text) or incoming.text.strip()
        with reading(self.engine) as db:
            return _opens(db, code, self.now())


def _part(most: float, seconds: float) -> Allowance:
    """So many messages, and as many again in that time; one at least."""
    most = max(1.0, most)
    return Allowance(most, seconds / most)


def _may_join(text: str) -> bool:
    code = command_rest(text) or text.strip()
    return looks_like_invite(code) or looks_like_link_code(code)


def _opens(db: Connection, code: str, now: datetime) -> bool:
    if looks_like_link_code(code):
        return linking.owner(db, digits_of(code), now) is not None
    return invites.is_open(db, code, now)
