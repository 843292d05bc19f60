"""Somebody does not get on with a form: colleagues of the unit are asked to."""

from dataclasses import dataclass

from handlers import everyday
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.reporting.filling import Filling
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import deadline_short
from rules.actions import BeginReport
from rules.campaign.model import Campaign, Deadline, Obligation
from storage import people


def ask_colleague(turn: Turn, filling: Filling) -> None:
    """Everybody else of the unit who can be reached is asked, once a day; the form is put aside."""
    turn.rest()
    draft, title = filling.draft, turn.title(filling.obligation)
    due = turn.due.of(draft.unit, filling.obligation.slug) if filling.obligation.deadline else None
    notice = AskedToGoOn(turn.campaign, filling.obligation, filling.person.name, due)
    asked = [
        colleague
        for colleague in people.of_unit(turn.db, draft.unit)
        if colleague.id != filling.person.id
        and push.to_person(turn, colleague, notice, f"go_on:{draft.id}:{turn.today}:p{colleague.id}")
    ]
    go_on = Choice(turn.words.tr("button.continue"), BeginReport(turn.campaign.duty(filling.obligation)))
    if asked:
        names = ", ".join(turn.words.who(colleague.name) for colleague in asked)
        turn.say(turn.words.tr("helped.asked", names=names, title=title), *everyday.first_choices(turn))
    else:
        turn.say(turn.words.tr("helped.nobody", title=title), go_on)


@dataclass(frozen=True)
class AskedToGoOn(Notice):
    """For a colleague: somebody of the unit asks for a form to be gone on with."""

    campaign: Campaign
    obligation: Obligation
    name: str
    deadline: Deadline | None

    def message(self, words: Words) -> Message:
        """Who asks, for which report, and the button that opens it."""
        title = self.obligation.title.in_(words.language)
        if self.deadline:
            text = words.tr("helped.told", name=self.name, title=title, left=deadline_short(words, self.deadline))
        else:
            text = words.tr("helped.told_standing", name=self.name, title=title)
        return Message(text, (Choice(words.tr("button.continue"), BeginReport(self.campaign.duty(self.obligation))),))
