"""A manager's word on a report: confirmed, or more wanted with a reason."""

from dataclasses import dataclass

from handlers import everyday
from handlers.conversation import NotingArrival, WantingMore
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from rules.actions import (
    BeginArrival,
    BeginReport,
    BeginWantingMore,
    Cancel,
    ChooseInvite,
    ConfirmReport,
    DoubtMore,
    NoteArrival,
    ShowUnit,
    WantMore,
)
from rules.campaign.model import Campaign
from rules.campaign.progress import Outcome, Review, Standing, State
from storage import people, reports
from storage.reports import Submission

LONGEST_REASON = 500
LONGEST_NUMBER = 40


def confirm(turn: Turn, action: ConfirmReport) -> None:
    """ "Xác nhận": the department has it. The number under which it was entered on arrival may follow."""
    turn.close_buttons()
    found = reports.by_id(turn.scope, action.submission)
    if found and found.review is Review.CONFIRMED and found.reviewed_at:
        at, name = turn.words.moment(found.reviewed_at), turn.words.who(found.reviewed_by)
        turn.say(turn.words.tr("review.already", at=at, name=name), *_arrival_choice(turn, found))
        return
    said = _set(turn, action.submission, Review.CONFIRMED)
    if said is None:
        return
    report, reached = said
    place = _place(turn, report)
    awaited = report.state is State.AWAITING_DOCUMENT
    lines = [turn.words.tr("review.done_awaiting", unit=place) if awaited else turn.words.tr("review.done_ok", unit=place)]
    if report.outcome is Outcome.SUBMITTED:
        turn.go(NotingArrival(action.submission))
        lines.append(turn.words.tr("arrival.ask"))
    turn.say("\n".join(lines), *([] if reached else [_invite(turn)]), *_leave(turn, report.outcome))


def _leave(turn: Turn, outcome: Outcome) -> list[Choice]:
    return [Choice(turn.words.tr("button.skip"), Cancel())] if outcome is Outcome.SUBMITTED else []


def _arrival_choice(turn: Turn, found: Submission) -> list[Choice]:
    lacking = found.outcome is Outcome.SUBMITTED and not found.arrival
    return [Choice(turn.words.tr("button.arrival"), BeginArrival(found.id))] if lacking else []


def begin_arrival(turn: Turn, action: BeginArrival) -> None:
    """The next message may be the number under which the document was entered on arrival."""
    if reports.by_id(turn.scope, action.submission) is None:
        _say_gone(turn)
        return
    turn.go(NotingArrival(action.submission))
    turn.say(turn.words.tr("arrival.ask"), Choice(turn.words.tr("button.skip"), Cancel()))


def note_arrival(turn: Turn, action: NoteArrival) -> None:
    """The number of arrival, with the confirmation that it means."""
    turn.rest()
    said = _set(turn, action.submission, Review.CONFIRMED, arrival=action.number[:LONGEST_NUMBER])
    if said:
        turn.say(turn.words.tr("arrival.done", number=action.number[:LONGEST_NUMBER], unit=_place(turn, said[0])))


def begin_more(turn: Turn, action: BeginWantingMore) -> None:
    """ "Yêu cầu bổ sung": the next message is the reason."""
    if reports.by_id(turn.scope, action.submission) is None:
        _say_gone(turn)
        return
    turn.go(WantingMore(action.submission, int(turn.now.timestamp())))
    turn.say(turn.words.tr("review.reason"), Choice(turn.words.tr("button.cancel"), Cancel()))


def ask_more_again(turn: Turn) -> None:
    """Say what is waited for, after something else in between."""
    found = reports.by_id(turn.scope, turn.topic.submission) if isinstance(turn.topic, WantingMore) else None
    if found:
        unit = turn.directory.unit(found.unit).name.in_(turn.words.language)
        text = turn.words.tr("review.reason_again", unit=unit, code=found.receipt)
        turn.say(text, Choice(turn.words.tr("button.cancel"), Cancel()))


def doubt_more(turn: Turn, action: DoubtMore) -> None:
    """What was typed may be something else: nobody is told before it is typed once more."""
    found = reports.by_id(turn.scope, action.submission)
    if found is None or not turn.directory.has_unit(found.unit):
        _say_gone(turn)
        return
    turn.go(WantingMore(action.submission, int(turn.now.timestamp()), again=1))
    unit = turn.directory.unit(found.unit).name.in_(turn.words.language)
    turn.say(turn.words.tr("review.doubt", unit=unit, code=found.receipt), Choice(turn.words.tr("button.cancel"), Cancel()))


def want_more(turn: Turn, action: WantMore) -> None:
    """The reason goes to the unit's officers."""
    turn.rest()
    said = _set(turn, action.submission, Review.MORE_WANTED, action.reason[:LONGEST_REASON])
    if said is None:
        return
    report, reached = said
    place = _place(turn, report)
    if reached:
        turn.say(turn.words.tr("review.done_more", unit=place))
    else:
        turn.say(turn.words.tr("review.nobody", unit=place), _invite(turn))


def _say_gone(turn: Turn) -> None:
    turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))


def _place(turn: Turn, report: Standing) -> str:
    return turn.directory.unit(report.unit).name.in_(turn.words.language)


def _invite(turn: Turn) -> Choice:
    return Choice(turn.words.tr("button.invite"), ChooseInvite())


def _set(turn: Turn, submission: int, verdict: Review, reason: str = "", arrival: str = "") -> tuple[Standing, int] | None:
    """Keep a manager's word and tell the unit's officers. How the report stands now, and how many are written to; None where
    there is no such report any more, or a newer one, which is said."""
    assert turn.person
    found = reports.by_id(turn.scope, submission)
    if found is None or not turn.directory.has_unit(found.unit):
        _say_gone(turn)
        return None
    by = turn.person.name
    if not reports.review(turn.scope, found.id, reports.Said(verdict, by, reason, arrival), turn.now):
        turn.say(turn.words.tr("review.newer"), Choice(turn.words.tr("button.open_unit"), ShowUnit(found.unit)))
        return None
    standing = reports.standings(turn.scope, found.unit)[(found.unit, found.obligation)]
    reviewed = Reviewed(turn.campaign, standing, by)
    reached = 0
    for officer in people.of_unit(turn.db, found.unit):
        key = f"review:{found.id}:{verdict.value}:{turn.now.isoformat()}:p{officer.id}"
        reached += push.to_person(turn, officer, reviewed, key)
    return standing, reached


@dataclass(frozen=True)
class Reviewed(Notice):
    """For the officers of a unit: what a manager said of their report."""

    campaign: Campaign
    report: Standing
    by: str

    def message(self, words: Words) -> Message:
        """Confirmed, or what is wanted, with the way back into the form."""
        item, duty = (
            self.campaign.obligation(self.report.obligation),
            self.campaign.duty(self.campaign.obligation(self.report.obligation)),
        )
        title, receiver = item.title.in_(words.language), self.campaign.receiver.name.in_(words.language)
        values = {"title": title, "code": self.report.receipt, "name": self.by, "receiver": receiver}
        if self.report.review is not Review.CONFIRMED:
            text = words.tr("review.more_wanted", reason=self.report.review_reason.rstrip(" ."), **values)
            return Message(text, (Choice(words.tr("button.add_wanted"), BeginReport(duty)),))
        if self.report.state is State.AWAITING_DOCUMENT:
            return Message(
                words.tr("review.confirmed_awaiting", **values), (Choice(words.tr("button.add_document"), BeginReport(duty)),)
            )
        if self.report.arrival:
            return Message(words.tr("review.arrived", number=self.report.arrival, **values))
        return Message(words.tr("review.confirmed", **values))
