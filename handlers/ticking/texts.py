"""The clock's pushes as news, worded from the present moment and never from the rung."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.message import Choice, Message, Notice
from handlers.ticking import to_officers, to_overseers
from handlers.ticking.picture import Picture
from handlers.wording.catalogs import Words
from handlers.wording.duties import officer_text, opening
from rules import actions as a
from rules.campaign.deadlines import last_day
from rules.campaign.ladder import Push, PushKind


@dataclass(frozen=True)
class Pushed(Notice):
    """A push of the clock, as things were seen."""

    push: Push
    seen: Picture

    def message(self, words: Words) -> Message:
        """By its kind."""
        match self.push.kind:
            case PushKind.REMINDER | PushKind.SNOOZED:
                return to_officers.reminder(words, self.push, self.seen)
            case PushKind.DIGEST:
                return to_overseers.digest(words, self.push, self.seen)
            case PushKind.MORNING:
                return to_overseers.morning(words, self.push, self.seen)
            case PushKind.ESCALATION:
                return to_overseers.letter(words, self.push, self.seen)
            case PushKind.STAY:
                return self._stay(words)

    def facts(self, words: Words) -> Mapping[str, str]:
        """What a template can say of it."""
        campaign, push = self.seen.campaign, self.push
        kind = PushKind.REMINDER if push.kind is PushKind.SNOOZED else push.kind
        titles = ", ".join(campaign.obligation(slug).short.in_(words.language) for slug in push.obligations)
        facts = {"kind": kind.value, "titles": titles}
        if campaign.directory.has_unit(push.unit):
            facts["unit"] = campaign.directory.unit(push.unit).name.in_(words.language)
            days = [last_day(self.seen.due.of(push.unit, slug)) for slug in push.obligations]
            facts |= {"deadline": words.day(min(days))} if days else {}
        return facts

    def _stay(self, words: Words) -> Message:
        recipient = self.push.recipient
        assert recipient
        assert recipient.closes_at
        campaign = self.seen.campaign
        has = campaign.directory.has_unit(recipient.unit)
        unit = campaign.directory.unit(recipient.unit).name.in_(words.language) if has else ""
        who = opening(officer_text(words, campaign, recipient.name, unit))
        text = words.tr("stay.ask", who=who, until=words.moment(recipient.closes_at))
        return Message(text, (Choice(words.tr("button.stay_reachable"), a.StayReachable()),))
