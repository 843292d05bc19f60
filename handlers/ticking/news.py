"""What else overseers hear with their message of the morning or of the afternoon: whom no message reaches, and from Monday on
last week's questions without an answer, who waits to be let in. It never makes a further message, and nobody is told of twice.
"""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.ticking import requests, weekly
from handlers.ticking.weekly import NONE_ASKED, Unanswered
from handlers.wording.catalogs import Words
from handlers.wording.phrases import why_text
from rules.directory.model import Directory
from storage import unreached
from storage.unreached import Unreached

LISTED = 10


@dataclass(frozen=True)
class News:
    """What waits to be told."""

    unreached: tuple[Unreached, ...] = ()
    unanswered: Unanswered = NONE_ASKED
    requests: int = 0
    """How many wait to be let in, some of them since an earlier day."""

    @property
    def any(self) -> bool:
        """Whether anything does."""
        return bool(self.unreached or self.unanswered.asked or self.requests)

    def lines(self, directory: Directory, words: Words) -> list[str]:
        """A paragraph each, an empty line before it."""
        lines: list[str] = []
        if self.requests:
            lines += ["", words.trn("news.request", "news.requests", self.requests)]
        if self.unreached:
            lines += ["", words.tr("news.unreached")]
            for one in self.unreached[:LISTED]:
                place = directory.unit(one.unit).short if directory.has_unit(one.unit) else words.tr("people.all_units")
                lines.append(words.tr("news.unreached_one", name=one.name, unit=place, why=why_text(words, one.why)))
            if len(self.unreached) > LISTED:
                lines.append(words.tr("news.unreached_more", count=words.number(len(self.unreached) - LISTED)))
        return [*lines, *self.unanswered.lines(words)]


NO_NEWS = News()


def waiting(desk: Desk) -> News:
    """What overseers have not heard yet."""
    return News(tuple(unreached.untold(desk.db)), weekly.unanswered(desk), requests.for_the_morning(desk))


def mark_told(desk: Desk, news: News) -> None:
    """It is on its way to at least one of them."""
    unreached.mark_told(desk.db, [one.person_id for one in news.unreached], desk.now)
    weekly.mark_told(desk, news.unanswered)
    if news.requests:
        requests.mark_mentioned(desk)
