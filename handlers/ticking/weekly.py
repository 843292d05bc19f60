"""Once a week, for managers: the questions that found no answer, so that somebody replies and publishes."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.pushing.push import push_to_overseers
from handlers.turn import Choice, Message, World
from handlers.wording.catalogs import Words
from rules.campaign.deadlines import at_local
from rules.campaign.ladder import is_open
from rules.text.vietnamese import same_words
from storage import kept, questions
from storage.questions import Asked
from storage.scope import Scope

LISTED = 10
REPLIED_TO = 5
"""So many of them get a button."""
LONGEST = 160
WEEK = timedelta(days=7)


def push_unanswered(db: Connection, world: World, now: datetime) -> int:
    """From Monday morning on, in the hours when messages are welcome: last week's open questions, once a week."""
    campaign = world.campaign
    today = now.astimezone(campaign.zone).date()
    monday = at_local(today - timedelta(days=today.weekday()), campaign.ladder.at, campaign.zone)
    if now < monday or not is_open(campaign, now):
        return 0
    key = f"unanswered:{campaign.name}:{monday:%Y-%m-%d}"
    if kept.value(db, key):
        return 0
    asked = questions.unanswered(Scope(db, campaign), monday - WEEK, monday)

    def worded(words: Words) -> Message:
        return _message(words, asked)

    reached = push_to_overseers(db, world, worded, now, key) if asked else 0
    if reached or not asked:  # with nobody there yet, the first manager of the week still gets it
        kept.keep(db, key, now.isoformat())
    return reached


def _message(words: Words, asked: list[Asked]) -> Message:
    times = Counter(same_words(one.text) for one in asked)
    first = {same_words(one.text): one for one in reversed(asked)}
    ranked = [(first[text], count) for text, count in times.most_common()]
    lines = [words.tr("weekly.title", count=words.number(len(ranked)))]
    for number, (one, count) in enumerate(ranked[:LISTED], 1):
        text = one.text[:LONGEST]
        again = words.tr("weekly.times", times=words.number(count)) if count > 1 else ""
        lines.append(f"{number}. {text} {again}".rstrip())
    if len(ranked) > LISTED:
        lines.append(words.tr("weekly.more", count=words.number(len(ranked) - LISTED)))
    lines += ["", words.tr("weekly.closing")]
    choices = [
        Choice(words.tr("questions.reply", number=number), f"reply {one.id}")
        for number, (one, _) in enumerate(ranked[:REPLIED_TO], 1)
    ]
    return Message("\n".join(lines), tuple(choices))
