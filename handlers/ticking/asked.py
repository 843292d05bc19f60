"""Questions to the department that were not told at once, told together: a stranger's sixty are one message and not sixty."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.desk import Desk
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.wording.catalogs import Words
from handlers.wording.phrases import asker_text, question_text
from rules.actions import BeginReply
from storage import kept, questions
from storage.questions import Asked

EVERY = timedelta(hours=1)
LISTED = 5
"""So many are shown, each with a button."""
LONGEST = 160


def push_asked(desk: Desk) -> int:
    """Tell of what waits to be told, at most once in :data:`EVERY`. Returns how many were written to."""
    key = f"asked:{desk.campaign.name}"
    last = kept.value(desk.db, key)
    if last and timedelta() <= desk.now - datetime.fromisoformat(last) < EVERY:  # a time to come is of a clock that was set
        return 0
    waiting = questions.untold(desk.scope)
    if not waiting:
        return 0
    reached = push.to_overseers(desk, AskedTogether(tuple(waiting)), f"{key}:{waiting[-1].id}")
    if reached:  # with nobody there yet, the first manager still gets it
        questions.mark_told(desk.scope, [asked.id for asked in waiting], desk.now)
        kept.keep(desk.db, key, desk.now.isoformat())
    return reached


@dataclass(frozen=True)
class AskedTogether(Notice):
    """For who oversees: what strangers, and others who ask much, want to know of the department."""

    asked: tuple[Asked, ...]

    def message(self, words: Words) -> Message:
        """The first of them, each with a way to reply; how many there are."""
        lines = [words.trn("asked.one", "asked.many", len(self.asked))]
        for number, asked in enumerate(self.asked[:LISTED], 1):
            lines.append(f"{number}. {asker_text(words, asked)}: {question_text(asked, LONGEST)}")
        if len(self.asked) > LISTED:
            lines.append(words.tr("asked.more", count=words.number(len(self.asked) - LISTED)))
        choices = [
            Choice(words.tr("questions.reply", number=number), BeginReply(asked.id))
            for number, asked in enumerate(self.asked[:LISTED], 1)
        ]
        return Message("\n".join(lines), tuple(choices))
