"""What officers read of later days: granted, taken back, refused."""

from dataclasses import dataclass
from datetime import date

from handlers.message import Choice, Message, Notice
from handlers.wording.catalogs import Words
from handlers.wording.extensions import day_off_text, present_text, until_text
from rules.actions import BeginReport
from rules.campaign.deadlines import last_day
from rules.campaign.model import Campaign, Deadline, Obligation
from rules.directory.model import Unit


@dataclass(frozen=True)
class _OfTime:
    """News of a unit's deadline: who decided, and the one that is meant."""

    campaign: Campaign
    obligation: Obligation
    unit: Unit
    by: str

    def values(self, words: Words) -> dict[str, str]:
        """What every such sentence names."""
        return {
            "name": words.who(self.by),
            "receiver": self.campaign.receiver.name.in_(words.language),
            "unit": self.unit.name.in_(words.language),
            "title": self.obligation.title.in_(words.language),
        }

    def report(self, words: Words) -> tuple[Choice, ...]:
        """The way into the report."""
        return (Choice(words.tr("button.report_now"), BeginReport(self.campaign.duty(self.obligation))),)


@dataclass(frozen=True)
class Extended(_OfTime, Notice):
    """For the officers of a unit: there is another day, which, instead of which, and why."""

    was: Deadline
    day: date
    reason: str

    def message(self, words: Words) -> Message:
        """The day that counts from now on."""
        values = {**self.values(words), "until": until_text(words, self.day), "present": present_text(words, self.was)}
        earlier = self.day < last_day(self.was)
        lines = [words.tr("extend.alert_earlier", **values) if earlier else words.tr("extend.alert", **values)]
        lines += [words.tr("extend.with_reason", reason=self.reason)] if self.reason else []
        off = day_off_text(words, self.campaign, self.day)
        return Message("\n".join([*lines, off] if off else lines), self.report(words))


@dataclass(frozen=True)
class Restored(_OfTime, Notice):
    """For the officers of a unit: what was granted is taken back. ``waits``: what they asked for waits again."""

    now: Deadline
    waits: bool

    def message(self, words: Words) -> Message:
        """The day that counts again."""
        lines = [words.tr("extend.restored", present=present_text(words, self.now), **self.values(words))]
        lines += [words.tr("extend.waits_again")] if self.waits else []
        return Message("\n".join(lines), self.report(words))


@dataclass(frozen=True)
class TimeRefused(_OfTime, Notice):
    """For the officers of a unit: no later day, why, and which counts."""

    now: Deadline
    reason: str

    def message(self, words: Words) -> Message:
        """The day that still counts."""
        lines = [words.tr("time.refused", **self.values(words))]
        lines += [words.tr("extend.with_reason", reason=self.reason)] if self.reason else []
        lines.append(words.tr("time.still", present=present_text(words, self.now)))
        return Message("\n".join(lines), self.report(words))
