"""A manager's word on a report: confirmed, or more wanted with a reason."""

from dataclasses import dataclass

from handlers import everyday
from handlers.conversation import WantingMore
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from rules.actions import BeginReport, BeginWantingMore, Cancel, ConfirmReport, ShowUnit, WantMore
from rules.campaign.model import Campaign
from rules.campaign.progress import Review
from storage import people, reports
from storage.reports import Submission

LONGEST_REASON = 500


def confirm(turn: Turn, action: ConfirmReport) -> None:
    """ "Xác nhận": the department has it."""
    turn.close_buttons()
    _set(turn, action.submission, Review.CONFIRMED, "")


def begin_more(turn: Turn, action: BeginWantingMore) -> None:
    """ "Yêu cầu bổ sung": the next message is the reason."""
    if reports.by_id(turn.scope, action.submission) is None:
        _say_gone(turn)
        return
    turn.go(WantingMore(action.submission))
    turn.say(turn.words.tr("review.reason"), Choice(turn.words.tr("button.cancel"), Cancel()))


def want_more(turn: Turn, action: WantMore) -> None:
    """The reason goes to the unit's officers."""
    turn.rest()
    _set(turn, action.submission, Review.MORE_WANTED, action.reason[:LONGEST_REASON])


def _say_gone(turn: Turn) -> None:
    turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))


def _set(turn: Turn, submission: int, verdict: Review, reason: str) -> None:
    assert turn.person
    found = reports.by_id(turn.scope, submission)
    if found is None:
        _say_gone(turn)
        return
    by = turn.person.name
    if not reports.review(turn.scope, found.id, reports.Said(verdict, by, reason), turn.now):
        turn.say(turn.words.tr("review.newer"), Choice(turn.words.tr("button.open_unit"), ShowUnit(found.unit)))
        return
    reviewed = Reviewed(turn.campaign, found, verdict, reason, by)
    for officer in people.of_unit(turn.db, found.unit):
        key = f"review:{found.id}:{verdict.value}:{turn.now.isoformat()}:p{officer.id}"
        push.to_person(turn, officer, reviewed, key)
    place = turn.directory.unit(found.unit).name.in_(turn.words.language)
    confirmed = verdict is Review.CONFIRMED
    turn.say(turn.words.tr("review.done_ok", unit=place) if confirmed else turn.words.tr("review.done_more", unit=place))


@dataclass(frozen=True)
class Reviewed(Notice):
    """For the officers of a unit: what a manager said of their report."""

    campaign: Campaign
    report: Submission
    verdict: Review
    reason: str
    by: str

    def message(self, words: Words) -> Message:
        """Confirmed, or what is wanted, with the way back into the form."""
        item = self.campaign.obligation(self.report.obligation)
        title, code = item.title.in_(words.language), self.report.receipt
        if self.verdict is Review.CONFIRMED:
            return Message(words.tr("review.confirmed", title=title, code=code, name=self.by))
        text = words.tr("review.more_wanted", title=title, code=code, name=self.by, reason=self.reason)
        return Message(text, (Choice(words.tr("button.report_now"), BeginReport(self.campaign.duty(item))),))
