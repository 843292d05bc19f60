"""Units ask for later days: those who oversee are told at once, and of more of them together, at most once in an hour."""

from dataclasses import dataclass
from enum import Enum, auto

from handlers.desk import Desk
from handlers.message import Choice, Message, Notice, fitted
from handlers.pushing import push
from handlers.ticking.hourly import note_told, told_lately
from handlers.wording.catalogs import Words
from handlers.wording.extensions import present_text, until_text
from rules.actions import BeginRefusal, GrantOtherDay, GrantRequest, ShowTimeRequest, ShowTimeRequests
from rules.campaign.deadlines import Due
from rules.campaign.ladder import is_open
from rules.campaign.model import Campaign
from storage import extensions
from storage.extensions import ExtensionRequest

LISTED = 5


class Told(Enum):
    """What became of it."""

    NOW = auto()
    LATER = auto()
    """With others, within the hour; or when people may be written to."""
    NOBODY = auto()
    """There is nobody who could be told."""


def tell(desk: Desk) -> Told:
    """Tell of what waits to be told, unless somebody was told of others just now, or it is night or a day off."""
    key = f"time-requests:{desk.campaign.name}"
    waiting = there(desk, extensions.untold(desk.scope))
    if not waiting or told_lately(desk, key) or not is_open(desk.campaign, desk.now):
        return Told.LATER
    reached = push.to_overseers(desk, TimeWanted(desk.campaign, desk.due, waiting), f"{key}:{waiting[-1].id}")
    if not reached:
        return Told.NOBODY
    extensions.mark_told(desk.scope, waiting, desk.now)
    note_told(desk, key)
    return Told.NOW


def tell_in_hours(desk: Desk) -> bool:
    """The clock's part: what was not told at once, in working hours."""
    return tell(desk) is Told.NOW


def there(desk: Desk, found: list[ExtensionRequest]) -> tuple[ExtensionRequest, ...]:
    """Those whose unit and task are still there."""
    campaign, directory = desk.campaign, desk.directory
    return tuple(one for one in found if directory.has_unit(one.unit) and campaign.has_obligation(one.obligation) and one.day)


def wanted_text(words: Words, campaign: Campaign, due: Due, one: ExtensionRequest) -> str:
    """Who wants which day instead of which, and why."""
    assert one.day, "a request is sent with its day"
    unit, duty = campaign.directory.unit(one.unit), campaign.obligation(one.obligation)
    return words.tr(
        "time.wanted",
        unit=unit.name.in_(words.language),
        title=duty.title.in_(words.language),
        clause=duty.clause,
        present=present_text(words, due.of(one.unit, one.obligation)),
        until=until_text(words, one.day),
        reason=one.reason,
        name=words.who(one.person_name),
    )


def answers_to(words: Words, one: ExtensionRequest) -> tuple[Choice, ...]:
    """What can be said to a request."""
    return (
        Choice(words.tr("button.agree"), GrantRequest(one.id)),
        Choice(words.tr("button.refuse"), BeginRefusal(one.id)),
        Choice(words.tr("button.other_day"), GrantOtherDay(one.id)),
    )


@dataclass(frozen=True)
class TimeWanted(Notice):
    """For who oversees: units that want a later day."""

    campaign: Campaign
    due: Due
    waiting: tuple[ExtensionRequest, ...]

    def message(self, words: Words) -> Message:
        """One in full, with what can be said to it; of several the first, and the way to all."""
        if len(self.waiting) == 1:
            (one,) = self.waiting
            return Message(wanted_text(words, self.campaign, self.due, one), answers_to(words, one))
        lines = [words.tr("time.several", count=words.number(len(self.waiting)))]
        lines += [f"{n}. {wanted_text(words, self.campaign, self.due, one)}" for n, one in enumerate(self.waiting[:LISTED], 1)]
        if len(self.waiting) > LISTED:
            lines.append(words.tr("asked.more", count=words.number(len(self.waiting) - LISTED)))
        choices = [
            Choice(words.tr("button.answer_request", number=n), ShowTimeRequest(one.id)) for n, one in enumerate(self.waiting, 1)
        ]
        return Message("\n".join(lines), fitted(choices, Choice(words.tr("button.all"), ShowTimeRequests())))
