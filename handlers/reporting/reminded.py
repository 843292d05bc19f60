"""Answers to a reminder: seen, later, still here."""

from datetime import timedelta

from handlers import everyday
from handlers.message import Choice
from handlers.turn import Turn
from rules.actions import Acknowledge, ChooseDuty, RemindLater, StayReachable
from rules.campaign.deadlines import at_local
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
    if action.duty:
        seen = [action.duty.slug]
    else:
        seen = [cell.duty.slug for cell in turn.owed() if cell.deadline and not cell.state.done]
    reminders.acknowledge(turn.scope, turn.person.id, turn.unit.slug, seen, turn.now)
    turn.say(turn.words.tr("ack.done"), Choice(turn.words.tr("button.report"), ChooseDuty()))


def stay(turn: Turn, _: StayReachable) -> None:
    """ "Vẫn nhận tin": the tap itself opened the window anew."""
    turn.close_buttons()
    turn.say(turn.words.tr("stay.done"), *everyday.first_choices(turn))


def remind_later(turn: Turn, _: RemindLater) -> None:
    """ "Nhắc chiều nay": 14:00, or two hours on, or tomorrow morning where the day is over."""
    assert turn.person
    turn.close_buttons()
    hours, zone = turn.campaign.policy.hours, turn.zone
    at = at_local(turn.today, hours.afternoon, zone)
    if turn.now >= at:
        at = turn.now + AFTERNOON_STEP
    if at.astimezone(zone).time() >= hours.open_until or at.astimezone(zone).date() != turn.today:
        at = at_local(turn.today + timedelta(days=1), hours.at, zone)
    reminders.add_snooze(turn.scope, turn.person.id, at)
    turn.say(turn.words.tr("later.done", at=turn.words.moment(at)))
