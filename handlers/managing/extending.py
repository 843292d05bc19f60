"""A manager grants one unit a later day, with a reason."""

from dataclasses import dataclass
from datetime import date, timedelta

from handlers import everyday
from handlers.conversation import Extending
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from rules.actions import BeginExtension, Cancel, GrantExtension, NameExtensionDay
from rules.campaign.deadlines import Extension, last_day
from rules.campaign.model import Obligation
from rules.packing import Duty
from rules.text.refusal import Refusal
from rules.text.values import read_date
from storage import people, reports

EXAMPLE_STEP = timedelta(days=7)
LONGEST_REASON = 300


def _has_a_day(turn: Turn, duty: Duty) -> bool:
    """Whether there is a day that can be moved. Says so where not."""
    if turn.campaign.obligation(duty.slug).deadline:
        return True
    turn.rest()
    turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))
    return False


def begin_extension(turn: Turn, action: BeginExtension) -> None:
    """To which day?"""
    if not _has_a_day(turn, action.duty):
        return
    turn.go(Extending(action.unit, action.duty))
    now_due = last_day(reports.due(turn.scope).of(action.unit, action.duty.slug))
    turn.say(
        turn.words.tr(
            "extend.day",
            unit=turn.directory.unit(action.unit).short,
            title=turn.title(turn.campaign.obligation(action.duty.slug)),
            day=turn.words.day(now_due),
            example=turn.words.day(now_due + EXAMPLE_STEP),
        ),
        _cancel(turn),
    )


def _cancel(turn: Turn) -> Choice:
    return Choice(turn.words.tr("button.cancel"), Cancel())


def name_day(turn: Turn, action: NameExtensionDay) -> None:
    """The day, which must lie after the day in force."""
    if not _has_a_day(turn, action.duty):
        return
    now_due = last_day(reports.due(turn.scope).of(action.unit, action.duty.slug))
    try:
        day = read_date(action.text, turn.today)
    except Refusal:
        turn.say(turn.words.tr("refused.not_a_date", given=action.text[:40]), _cancel(turn))
        return
    if day <= now_due:
        turn.say(turn.words.tr("extend.too_early", day=turn.words.day(now_due)), _cancel(turn))
        return
    turn.go(Extending(action.unit, action.duty, day))
    turn.say(turn.words.tr("extend.reason"), _cancel(turn))


def grant(turn: Turn, action: GrantExtension) -> None:
    """The reason; then the unit is told."""
    if not _has_a_day(turn, action.duty):
        return
    assert turn.person
    turn.rest()
    slug, reason, by = action.duty.slug, action.reason[:LONGEST_REASON], turn.person.name
    reports.extend(turn.scope, Extension(action.unit, slug, action.day, reason, by), turn.now)
    extended = Extended(turn.campaign.obligation(slug), action.day, reason, by)
    for officer in people.of_unit(turn.db, action.unit):
        key = f"extend:{action.unit}:{slug}:{action.day}:{turn.now.isoformat()}:p{officer.id}"
        push.to_person(turn, officer, extended, key)
    turn.say(turn.words.tr("extend.done", unit=turn.directory.unit(action.unit).short, day=turn.words.day(action.day)))


@dataclass(frozen=True)
class Extended(Notice):
    """For the officers of a unit: there is more time, until when and why."""

    obligation: Obligation
    day: date
    reason: str
    by: str

    def message(self, words: Words) -> Message:
        """The later day."""
        title = self.obligation.title.in_(words.language)
        return Message(words.tr("extend.alert", title=title, day=words.day(self.day), reason=self.reason, name=self.by))
