"""Questions to the department that were not told at once, told together: a stranger's sixty are one message and not sixty."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.message import Choice, Message, Notice, fitted
from handlers.pushing import push
from handlers.ticking.hourly import note_told, told_lately
from handlers.wording.catalogs import Words
from handlers.wording.phrases import asker_text, question_text
from rules.actions import BeginReply, ShowQuestions
from storage import questions
from storage.questions import Asked

LISTED = 5
"""So many are shown."""
LONGEST = 160


def push_asked(desk: Desk) -> int:
    """Tell of what waits to be told, at most once an hour. Returns how many were written to."""
    key = f"asked:{desk.campaign.name}"
    waiting = questions.untold(desk.scope)
    if not waiting or told_lately(desk, key):
        return 0
    reached = push.to_overseers(desk, AskedTogether(tuple(waiting)), f"{key}:{waiting[-1].id}")
    if reached:  # with nobody there yet, the first manager still gets it
        questions.mark_told(desk.scope, [asked.id for asked in waiting], desk.now)
        note_told(desk, key)
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
            Choice(words.tr("questions.reply", number=number), BeginReply(asked.id)) for number, asked in enumerate(self.asked, 1)
        ]
        return Message("\n".join(lines), fitted(choices, Choice(words.tr("button.questions"), ShowQuestions())))
