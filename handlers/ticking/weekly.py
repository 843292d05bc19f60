"""Once a week, for managers: the questions that found no answer, so that somebody replies and publishes."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from handlers.desk import Desk
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.wording.catalogs import Words
from handlers.wording.phrases import question_text
from rules.actions import BeginReply
from rules.campaign.deadlines import at_local
from rules.campaign.ladder import is_open
from rules.text.vietnamese import same_words
from storage import kept, questions
from storage.questions import Asked

LISTED = 10
REPLIED_TO = 5
"""So many of them get a button."""
LONGEST = 160
WEEK = timedelta(days=7)


def push_unanswered(desk: Desk) -> int:
    """From Monday morning on, in the hours when messages are welcome: last week's open questions, once a week."""
    campaign = desk.campaign
    monday = at_local(desk.today - timedelta(days=desk.today.weekday()), campaign.policy.hours.at, desk.zone)
    if desk.now < monday or not is_open(campaign, desk.now):
        return 0
    key = f"unanswered:{campaign.name}:{monday:%Y-%m-%d}"
    if kept.value(desk.db, key):
        return 0
    asked = questions.unanswered(desk.scope, monday - WEEK, monday)
    reached = push.to_overseers(desk, Unanswered(tuple(asked)), key) if asked else 0
    if reached or not asked:  # with nobody there yet, the first manager of the week still gets it
        kept.keep(desk.db, key, desk.now.isoformat())
    return reached


@dataclass(frozen=True)
class Unanswered(Notice):
    """For who oversees: the week's questions without an answer, those asked most often first."""

    asked: tuple[Asked, ...]

    def message(self, words: Words) -> Message:
        """Each question once, with how often it was asked."""
        times = Counter(same_words(one.text) for one in self.asked)
        first = {same_words(one.text): one for one in reversed(self.asked)}
        ranked = [(first[text], count) for text, count in times.most_common()]
        lines = [words.tr("weekly.title", count=words.number(len(ranked)))]
        for number, (one, count) in enumerate(ranked[:LISTED], 1):
            again = words.tr("weekly.times", times=words.number(count)) if count > 1 else ""
            lines.append(f"{number}. {question_text(one, LONGEST)} {again}".rstrip())
        if len(ranked) > LISTED:
            lines.append(words.tr("weekly.more", count=words.number(len(ranked) - LISTED)))
        lines += ["", words.tr("weekly.closing")]
        choices = [
            Choice(words.tr("questions.reply", number=number), BeginReply(one.id))
            for number, (one, _) in enumerate(ranked[:REPLIED_TO], 1)
        ]
        return Message("\n".join(lines), tuple(choices))
