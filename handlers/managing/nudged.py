"""What officers read when somebody who oversees chases their unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.message import Choice, Message, Notice
from handlers.wording.catalogs import Words
from handlers.wording.duties import missing_text, report_label
from handlers.wording.phrases import deadline_and_left
from rules.actions import Acknowledge, BeginReport, ReportNothing
from rules.campaign.board import Cell
from rules.campaign.deadlines import last_day
from rules.campaign.model import Campaign, Obligation
from rules.campaign.progress import State

ABOUT = "reminder"
"""The kind of push that it is: the templates of that kind carry it."""


@dataclass(frozen=True)
class Nudged(Notice):
    """For the officers of a unit: a manager asks for what is still missing."""

    campaign: Campaign
    obligation: Obligation
    cell: Cell
    by: str
    at: datetime

    def message(self, words: Words) -> Message:
        """Who asks, for what, until when."""
        item, duty, state = self.obligation, self.campaign.duty(self.obligation), self.cell.state
        choices = [Choice(report_label(words, state), BeginReport(duty))]
        if self._may_be_nothing:
            choices.append(Choice(words.tr("button.nothing"), ReportNothing(duty)))
        return Message(self._text(words, item), (*choices, Choice(words.tr("button.ack"), Acknowledge(duty))))

    @property
    def _may_be_nothing(self) -> bool:
        return self.obligation.conditional and self.cell.state.may_be_nothing

    def _text(self, words: Words, item: Obligation) -> str:
        assert self.cell.deadline, "only what has a deadline is chased"
        values = {
            "name": self.by,
            "receiver": self.campaign.receiver.name.in_(words.language),
            "unit": self.cell.unit.name.in_(words.language),
            "title": item.title.in_(words.language),
            "clause": item.clause,
            "deadline": deadline_and_left(words, self.campaign, self.cell.deadline, self.at),
        }
        if self.cell.state in (State.AWAITING_DOCUMENT, State.RETURNED):
            return words.tr("nudge.text_more", state=missing_text(words, self.cell.standing), **values)
        return words.tr("nudge.text", **values) if self._may_be_nothing else words.tr("nudge.text_plain", **values)

    def facts(self, words: Words) -> Mapping[str, str]:
        """As a reminder's."""
        assert self.cell.deadline
        return {
            "kind": ABOUT,
            "titles": self.obligation.short.in_(words.language),
            "deadline": words.day(last_day(self.cell.deadline)),
            "unit": self.cell.unit.name.in_(words.language),
        }
