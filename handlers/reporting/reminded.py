"""Answers to a reminder: seen, later, still here."""

from datetime import datetime, timedelta

from handlers import everyday
from handlers.conversation import Filling
from handlers.message import Choice
from handlers.reporting.owed import begun, still_open
from handlers.turn import Turn
from handlers.wording.duties import title_text
from handlers.wording.phrases import state_text
from rules.actions import (
    Acknowledge,
    ChooseColleague,
    ChooseDuty,
    Nod,
    RemindLater,
    RemindTomorrow,
    StayReachable,
    TellNothing,
    WhyReminded,
)
from rules.campaign.deadlines import at_local, days_of
from storage import reminders

AFTERNOON_STEP = timedelta(hours=2)


def acknowledge(turn: Turn, action: Acknowledge) -> None:
    """ "Đã nắm": kept, and shown to the managers."""
    if turn.unit is None or turn.person is None:
        turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))
        return
    if action.duty and not turn.campaign.owes(turn.unit, turn.campaign.obligation(action.duty.slug)):
        turn.say(turn.words.tr("report.not_owed"), *everyday.first_choices(turn))
        return
    turn.close_buttons()
    seen = [action.duty.slug] if action.duty else _reminded_of(turn)
    reminders.acknowledge(turn.scope, turn.person.id, turn.unit.slug, seen, turn.now)
    turn.say(turn.words.tr("ack.done"), Choice(turn.words.tr("button.report"), ChooseDuty()))


def stay(turn: Turn, _: StayReachable) -> None:
    """ "Vẫn nhận tin": the tap itself opened the window anew."""
    turn.close_buttons()
    turn.say(turn.words.tr("stay.done"), *everyday.first_choices(turn))


def why(turn: Turn, _: WhyReminded) -> None:
    """Of what the unit was not heard, and each way to have done with it."""
    words, still = turn.words, begun(turn)
    if not still:
        turn.say(words.tr("why.nothing_open"), *everyday.first_choices(turn))
        return
    titles = "\n".join(f"• {title_text(words, cell.duty)}: {state_text(words, cell.standing)}" for cell in still)
    turn.say(
        words.tr("why.open", titles=titles),
        Choice(words.tr("button.report"), ChooseDuty()),
        Choice(words.tr("button.nothing"), TellNothing()),
        Choice(words.tr("button.hand"), ChooseColleague()),
    )


def nod(turn: Turn, _: Nod) -> None:
    """What can be done now; where something is open, that it was read too."""
    words = turn.words
    if isinstance(turn.topic, Filling) or turn.unit is None or not still_open(turn):
        turn.say(words.tr("nod"), *everyday.choices_beside(turn))
        return
    turn.say(
        words.tr("nod"),
        Choice(words.tr("button.report"), ChooseDuty()),
        Choice(words.tr("button.nothing"), TellNothing()),
        Choice(words.tr("button.ack"), Acknowledge()),
    )


def remind_later(turn: Turn, _: RemindLater) -> None:
    """ "Nhắc chiều nay": 14:00, or two hours on, or tomorrow morning where the day is over."""
    assert turn.person
    turn.close_buttons()
    turn.say(turn.words.tr("later.done", at=turn.words.moment(_keep(turn, _this_afternoon(turn)))))


def remind_tomorrow(turn: Turn, _: RemindTomorrow) -> None:
    """ "Mai em nộp": seen, and asked again on the next working day, if it is not there by then."""
    assert turn.person
    if turn.unit is None:
        turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))
        return
    turn.close_buttons()
    reminders.acknowledge(turn.scope, turn.person.id, turn.unit.slug, _reminded_of(turn), turn.now)
    day = days_of(turn.campaign).after(turn.today, 1)
    at = _keep(turn, at_local(day, turn.campaign.policy.hours.afternoon, turn.zone))
    turn.say(turn.words.tr("later.seen", at=turn.words.moment(at)))


def _reminded_of(turn: Turn) -> list[str]:
    """What is open and was reminded of by now; where nothing was, all that is open."""
    return [cell.duty.slug for cell in begun(turn)]


def _keep(turn: Turn, at: datetime) -> datetime:
    assert turn.person
    reminders.add_snooze(turn.scope, turn.person.id, at)
    return at


def _this_afternoon(turn: Turn) -> datetime:
    hours, zone = turn.campaign.policy.hours, turn.zone
    at = at_local(turn.today, hours.afternoon, zone)
    if turn.now >= at:
        at = turn.now + AFTERNOON_STEP
    if at.astimezone(zone).time() >= hours.open_until or at.astimezone(zone).date() != turn.today:
        return at_local(days_of(turn.campaign).after(turn.today, 1), hours.at, zone)
    return (
        at if days_of(turn.campaign).open(turn.today) else at_local(days_of(turn.campaign).after(turn.today, 1), hours.at, zone)
    )
