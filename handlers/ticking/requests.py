"""Who waits to be let in, told to those who oversee: at most once an hour, several together, in the hours in which people are
written to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from handlers.desk import Desk
from handlers.message import Choice, Message, Notice, fitted
from handlers.pushing import push
from handlers.ticking.hourly import note_told, told_lately
from handlers.wording.catalogs import Words
from handlers.wording.phrases import phone_text
from rules.actions import LetIn, ShowRequest, ShowRequests, TurnAway
from rules.campaign.deadlines import at_local
from rules.campaign.ladder import is_open
from rules.directory.model import Directory
from storage import join_requests, kept
from storage.join_requests import JoinRequest

LISTED = 8
KEY, MORNING_KEY = "requests", "requests-morning"


def push_requests(desk: Desk) -> int:
    """Tell of those who were not told of yet. Returns how many were written to."""
    waiting = join_requests.untold(desk.db) if may_tell(desk, desk.now) else []
    if not waiting or told_lately(desk, KEY):
        return 0
    reached = push.to_overseers(desk, RequestsWait(tuple(waiting), desk.directory), f"{KEY}:{waiting[-1].id}")
    if reached:  # with nobody there yet, the first manager still gets it
        _told(desk, waiting)
    return reached


def may_tell(desk: Desk, at: datetime) -> bool:
    """Whether it is told at that moment: from the morning's message on, which tells of those who came in the night."""
    return is_open(desk.campaign, at) and at.astimezone(desk.zone).time() >= desk.campaign.policy.hours.at


def _told(desk: Desk, waiting: list[JoinRequest]) -> None:
    join_requests.mark_told(desk.db, [each.id for each in waiting], desk.now)
    note_told(desk, KEY)


def for_the_morning(desk: Desk) -> int:
    """How many wait, where some have waited since an earlier day, and this day's message has not told it yet."""
    waiting = join_requests.waiting(desk.db)
    if not any(each.at < at_local(desk.today, time.min, desk.zone) for each in waiting):
        return 0
    return 0 if kept.value(desk.db, MORNING_KEY) == str(desk.today) else len(waiting)


def mark_mentioned(desk: Desk) -> None:
    """They heard of all that wait."""
    kept.keep(desk.db, MORNING_KEY, str(desk.today))
    _told(desk, join_requests.waiting(desk.db))


def who_text(words: Words, directory: Directory, asking: JoinRequest) -> str:
    """``Nam (UBND huyện Đại Lộc, điện thoại 0905 123 456)``."""
    place = directory.unit(asking.unit).name.in_(words.language) if directory.has_unit(asking.unit) else asking.unit
    if not asking.phone:
        return words.tr("request.who", name=asking.name, unit=place)
    return words.tr("request.who_phone", name=asking.name, unit=place, phone=phone_text(asking.phone))


def decisions(words: Words, asking: JoinRequest) -> tuple[Choice, ...]:
    """What can be decided of one."""
    return Choice(words.tr("button.let_in"), LetIn(asking.id)), Choice(words.tr("button.turn_away"), TurnAway(asking.id))


@dataclass(frozen=True)
class RequestsWait(Notice):
    """For who oversees: who wants to be let in."""

    for_groups = False
    asking: tuple[JoinRequest, ...]
    directory: Directory

    def message(self, words: Words) -> Message:
        """One with what can be decided; of several a line and a button each."""
        if len(self.asking) == 1:
            alone = self.asking[0]
            return Message(words.tr("request.one", who=who_text(words, self.directory, alone)), decisions(words, alone))
        choices = [self._open(words, number, one) for number, one in enumerate(self.asking, 1)]
        to_all = Choice(words.tr("button.all_requests"), ShowRequests())
        return Message("\n".join(self._lines(words)), fitted(choices, to_all))

    def _open(self, words: Words, number: int, one: JoinRequest) -> Choice:
        return Choice(words.tr("request.open", number=number, name=one.name), ShowRequest(one.id))

    def _lines(self, words: Words) -> Iterator[str]:
        yield words.tr("request.several", count=words.number(len(self.asking)))
        for number, one in enumerate(self.asking[:LISTED], 1):
            yield f"{number}. {who_text(words, self.directory, one)}"
        if len(self.asking) > LISTED:
            yield words.tr("request.more", count=words.number(len(self.asking) - LISTED))
