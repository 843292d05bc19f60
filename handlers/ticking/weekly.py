"""Once a week, for who oversees: the questions that found no answer, so that somebody replies and publishes."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from handlers.desk import Desk
from handlers.wording.catalogs import Words
from handlers.wording.phrases import question_text
from rules.campaign.deadlines import at_local
from rules.text.vietnamese import same_words
from storage import kept, questions
from storage.questions import Asked

LISTED = 5
LONGEST = 160
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Unanswered:
    """The week's questions without an answer; ``key`` is what it is kept under that they were told."""

    asked: tuple[Asked, ...] = ()
    key: str = ""

    def lines(self, words: Words) -> list[str]:
        """Each question once, with how often it was asked, those asked most often first."""
        if not self.asked:
            return []
        times = Counter(same_words(one.text) for one in self.asked)
        first = {same_words(one.text): one for one in reversed(self.asked)}
        ranked = [(first[text], count) for text, count in times.most_common()]
        lines = ["", words.tr("weekly.title", count=words.number(len(ranked)))]
        for number, (one, count) in enumerate(ranked[:LISTED], 1):
            again = words.tr("weekly.times", times=words.number(count)) if count > 1 else ""
            lines.append(f"{number}. {question_text(one, LONGEST)} {again}".rstrip())
        if len(ranked) > LISTED:
            lines.append(words.tr("weekly.more", count=words.number(len(ranked) - LISTED)))
        return lines


NONE_ASKED = Unanswered()


def unanswered(desk: Desk) -> Unanswered:
    """From Monday morning on: last week's open questions, until somebody was told."""
    campaign = desk.campaign
    monday = at_local(desk.today - timedelta(days=desk.today.weekday()), campaign.policy.hours.at, desk.zone)
    key = f"unanswered:{campaign.name}:{monday:%Y-%m-%d}"
    if desk.now < monday or kept.value(desk.db, key):
        return NONE_ASKED
    return Unanswered(tuple(questions.unanswered(desk.scope, monday - WEEK, monday)), key)


def mark_told(desk: Desk, told: Unanswered) -> None:
    """It is on its way; with nobody there yet, the first overseer of the week still gets it."""
    if told.asked:
        kept.keep(desk.db, told.key, desk.now.isoformat())
