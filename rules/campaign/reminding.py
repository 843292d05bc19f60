"""What one officer is sent: at most one reminder a day for all that the unit still owes, in one rhythm a person."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from rules.campaign.deadlines import at_local, days_of
from rules.campaign.ladder import (
    OVERDUE,
    REMIND,
    Fallen,
    Push,
    PushKind,
    Reader,
    Reason,
    Situation,
    Snooze,
    fallen,
    is_open,
    is_theirs,
    missing,
    open_obligations,
    rungs,
    step_at,
    whom,
)
from rules.campaign.model import Campaign
from rules.channels import ASK_AHEAD, OPEN_FOR
from rules.directory.model import Unit
from rules.people import Recipient, Role

Pairs = Collection[tuple[str, str]]


def reminder(campaign: Campaign, situation: Situation, recipient: Recipient, leader_told_of: Pairs, now: datetime) -> Push | None:
    """The one reminder of the day for an officer, listing all that the unit still owes."""
    today, reader = now.astimezone(campaign.directory.zone), whom(recipient)
    if today.time() < campaign.policy.hours.at or not campaign.directory.has_unit(recipient.unit):
        return None
    if today.date() in situation.told_days(reader, (REMIND,)):
        return None
    unit = campaign.directory.unit(recipient.unit)
    found = list(fallen(campaign, situation, unit, Reader(reader, recipient.joined_at, leader_told_of), now))
    asked_again = _snoozed(situation, recipient, now)
    alone = all(one.reason.step.waits_for_its_turn for one in found)
    if not found or (alone and not _has_its_turn(campaign, situation, recipient, unit, today)):
        return None
    push = _merged(campaign, situation, found, recipient, unit, now)
    return _with_keys(push, tuple(_snooze_key(one) for one in asked_again))


def _with_keys(push: Push, more: tuple[str, ...]) -> Push:
    return Push(**{**vars(push), "keys": push.keys + more}) if more else push


def _has_its_turn(campaign: Campaign, situation: Situation, recipient: Recipient, unit: Unit, now: datetime) -> bool:
    """Whether overdue duties alone are worth a message: not too soon after the last such one, and only while that person
    stays within what one is sent in a campaign, counting the days that other rungs will still need. ``now`` is local."""
    steps, days, reader = campaign.policy.rungs, days_of(campaign), whom(recipient)
    past = situation.told_days(reader, (REMIND,), OVERDUE)
    if past and now.date() < days.after(max(past), steps.overdue_every):
        return False
    sent = len(situation.told_days(reader, (REMIND,)))
    return sent + 1 + len(_days_to_come(campaign, situation, reader, unit, now)) <= steps.at_most


def _days_to_come(campaign: Campaign, situation: Situation, reader: str, unit: Unit, now: datetime) -> set[date]:
    """The later days on which a reminder is due by itself. ``now`` is local."""
    led, zone, today = unit.slug in situation.led, campaign.directory.zone, now.date()
    return {
        day
        for obligation in missing(campaign, situation, unit)
        if is_theirs(situation, unit, obligation, reader, now)
        for rung in rungs(campaign, situation.due.of(unit.slug, obligation.slug), led)
        if not rung.step.waits_for_its_turn and (day := rung.at.astimezone(zone).date()) > today
    }


def _merged(
    campaign: Campaign, situation: Situation, found: list[Fallen], recipient: Recipient | None, unit: Unit, now: datetime
) -> Push:
    reasons = {one.reason.obligation: one.reason for one in found}
    listed = _listed(campaign, situation, recipient, unit, now)
    newest = max(found, key=lambda one: one.at)
    return Push(
        at=now,
        kind=PushKind.REMINDER,
        rung=newest.reason.rung,
        recipient=recipient,
        unit=unit.slug,
        reasons=tuple(reasons.get(reason.obligation, reason) for reason in listed),
        keys=tuple(one.key for one in found),
        skips=tuple(key for one in found for key in one.older),
        first=recipient is not None and not situation.told_to.get(whom(recipient)),
    )


def _listed(campaign: Campaign, situation: Situation, recipient: Recipient | None, unit: Unit, now: datetime) -> Iterator[Reason]:
    """All that the unit owes and that has begun, but for what a colleague has taken on and what was reminded of often
    enough."""
    for obligation in open_obligations(campaign, situation, unit, now):
        deadline = situation.due.of(unit.slug, obligation.slug)
        if recipient is None or (
            is_theirs(situation, unit, obligation, whom(recipient), now)
            and not _dropped_out(campaign, situation, whom(recipient), f"{obligation.slug}@{deadline.date.isoformat()}", now)
        ):
            yield Reason(obligation.slug, unit.slug, step=step_at(campaign, deadline, now))


def _dropped_out(campaign: Campaign, situation: Situation, reader: str, duty: str, now: datetime) -> bool:
    """Whether the last of a duty's reminders went out on an earlier day."""
    last, today = f"overdue-{campaign.policy.rungs.overdue_at_most}", now.astimezone(campaign.directory.zone).date()
    return any(
        key.kind == REMIND and key.duty == duty and key.rung == last and day < today
        for key, day in situation.told_to.get(reader, ())
    )


def to_nobody(campaign: Campaign, situation: Situation, now: datetime) -> Iterator[Push]:
    """What would go to a unit where nobody can be written to: never silently dropped from a plan."""
    if now.astimezone(campaign.directory.zone).time() < campaign.policy.hours.at:
        return
    start = at_local(campaign.opens, campaign.policy.hours.open_from, campaign.directory.zone)
    for unit in campaign.directory.units:
        if unit.slug in situation.staffed:
            continue
        found = list(fallen(campaign, situation, unit, Reader(f"nobody-{unit.slug}", start), now))
        if found:
            yield _merged(campaign, situation, found, None, unit, now)


# ---------------------------------------------------------------- asked for by the person, or of the person


def snoozed(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Push | None:
    """What somebody wanted to be reminded of again."""
    waiting = _snoozed(situation, recipient, now)
    if not waiting or not campaign.directory.has_unit(recipient.unit):
        return None
    unit = campaign.directory.unit(recipient.unit)
    reasons = tuple(_listed(campaign, situation, recipient, unit, now))
    keys = tuple(_snooze_key(one) for one in waiting)
    return Push(now, PushKind.SNOOZED, "snoozed", recipient, unit.slug, reasons, keys) if reasons else None


def _snoozed(situation: Situation, recipient: Recipient, now: datetime) -> list[Snooze]:
    mine = [one for one in situation.snoozes if one.person == recipient.person and one.at <= now]
    return [one for one in mine if _snooze_key(one) not in situation.told]


def _snooze_key(one: Snooze) -> str:
    return f"snooze:{one.id}"


def stay(campaign: Campaign, situation: Situation, recipient: Recipient, moments: set[datetime], now: datetime) -> Push | None:
    """Once before somebody's last channel closes, if something will be due in the week after: please tap.

    ``moments``: when something falls due to that person.
    """
    closes = recipient.closes_at
    if closes is None or not asked_to_stay_at(campaign, closes) <= now < closes:
        return None
    key = f"stay:{closes.astimezone(campaign.directory.zone):%Y%m%dT%H%M}:{whom(recipient)}"
    if key in situation.told or not any(closes < at <= closes + OPEN_FOR for at in moments):
        return None
    return Push(now, PushKind.STAY, "stay", recipient, recipient.unit, (), (key,))


def asked_to_stay_at(campaign: Campaign, closes: datetime) -> datetime:
    """When somebody may be asked to stay: a day ahead, once people may be written to; in the afternoon of the open day before,
    where that would be too late."""
    zone, hours, days = campaign.directory.zone, campaign.policy.hours, days_of(campaign)
    first = closes - ASK_AHEAD
    if is_open(campaign, first):
        return first
    day = first.astimezone(zone).date()
    for morning in (at_local(day + timedelta(days=later), hours.open_from, zone) for later in (0, 1)):
        if first <= morning < closes and is_open(campaign, morning):
            return morning
    return at_local(days.before(day, 1) if days.open(day) else days.not_after(day), hours.afternoon, zone)


def due_to_officer(campaign: Campaign, situation: Situation, recipient: Recipient) -> set[datetime]:
    """When something falls due to an officer."""
    if recipient.role is not Role.OFFICER or not campaign.directory.has_unit(recipient.unit):
        return set()
    unit = campaign.directory.unit(recipient.unit)
    return {
        rung.at
        for obligation in missing(campaign, situation, unit)
        for rung in rungs(campaign, situation.due.of(unit.slug, obligation.slug))
    }
