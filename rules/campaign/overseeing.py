"""What those hear who answer for others: the leader of a unit after its officers, and who oversees all of them, once in the
morning and once in the afternoon at most."""

from collections.abc import Iterator
from datetime import date, datetime

from rules.campaign.deadlines import at_local, days_of, last_day
from rules.campaign.ladder import (
    PAST,
    REMIND,
    Key,
    Push,
    PushKind,
    Reason,
    Situation,
    Step,
    key_of,
    missing,
    rungs,
    whom,
)
from rules.campaign.model import Campaign, Deadline, Obligation
from rules.directory.model import Unit
from rules.people import Recipient, Role

ESCALATE, NOBODY, DIGEST = "escalate", "nobody", "digest"
"""Kinds in keys."""
FIRST_LETTER, LAST_LETTER = "leader", "leader-last"
"""Rungs of a leader."""


def escalated_at(campaign: Campaign, deadline: Deadline) -> datetime:
    """When the leader and the overseers hear that a duty is still missing."""
    day = days_of(campaign).after(last_day(deadline), campaign.policy.rungs.escalate_after)
    return at_local(day, campaign.policy.hours.at, campaign.directory.zone)


def let_go_at(campaign: Campaign, deadline: Deadline) -> datetime | None:
    """When a duty has had its last reminder for so long that the next one would follow: it is left to the leader, who hears so.
    None where nobody is reminded beyond the day."""
    zone, steps = campaign.directory.zone, campaign.policy.rungs
    again = [rung.at for rung in rungs(campaign, deadline) if rung.step is Step.AGAIN]
    if not again:
        return None
    day = days_of(campaign).after(max(again).astimezone(zone).date(), steps.overdue_every)
    return max(at_local(day, campaign.policy.hours.at, zone), escalated_at(campaign, deadline))


def digests_at(campaign: Campaign, deadline: Deadline) -> dict[str, datetime]:
    """When overseers get a digest for a deadline, by rung."""
    days, last, steps = days_of(campaign), last_day(deadline), campaign.policy.rungs
    working = days.not_after(last)
    found = {f"W-{count}" if count else "W": days.before(working, count) for count in steps.digest_before}
    found |= {f"L+{count}": days.after(last, count) for count in steps.digest_after}
    at, zone = campaign.policy.hours.digest_at, campaign.directory.zone
    return {name: at_local(day, at, zone) for name, day in found.items()}


# ---------------------------------------------------------------- the leader of a unit


def to_leader(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Push | None:
    """What is still missing of the own unit, once its officers were reminded of it after its day."""
    if not campaign.directory.has_unit(recipient.unit):
        return None
    unit = campaign.directory.unit(recipient.unit)
    found = [
        (
            Reason(duty.slug, unit.slug, due[0], Step.LEADER),
            [key_of(ESCALATE, duty.slug, deadline, r, whom(recipient)) for r in due],
        )
        for duty, deadline in _beyond(campaign, situation, unit, now)
        if (due := _letters(campaign, situation, recipient, duty, deadline, now))
        and _officers_heard(campaign, situation, unit, duty, now)
    ]
    if not found:
        return None
    reasons, keys = tuple(reason for reason, _ in found), tuple(keys[0] for _, keys in found)
    skips = tuple(older for _, keys in found for older in keys[1:])
    first = not situation.told_to.get(whom(recipient))
    return Push(now, PushKind.ESCALATION, reasons[-1].rung, recipient, unit.slug, reasons, keys, skips, first=first)


def _letters(
    campaign: Campaign, situation: Situation, recipient: Recipient, duty: Obligation, deadline: Deadline, now: datetime
) -> list[str]:
    """The letters to a leader about one duty that have fallen due and were not sent, newest first; none that fell due before
    that leader came."""
    at = {LAST_LETTER: let_go_at(campaign, deadline), FIRST_LETTER: escalated_at(campaign, deadline)}
    due = [rung for rung, moment in at.items() if moment and recipient.joined_at <= moment <= now]
    sent = [rung for rung in due if key_of(ESCALATE, duty.slug, deadline, rung, whom(recipient)) in situation.told]
    return due if not sent else due[: due.index(sent[0])]


def _beyond(campaign: Campaign, situation: Situation, unit: Unit, now: datetime) -> Iterator[tuple[Obligation, Deadline]]:
    """What a unit still owes, its own day so long past that others hear of it."""
    for obligation in missing(campaign, situation, unit):
        deadline = situation.due.of(unit.slug, obligation.slug)
        if escalated_at(campaign, deadline) <= now:
            yield obligation, deadline


def _officers_heard(campaign: Campaign, situation: Situation, unit: Unit, duty: Obligation, now: datetime) -> bool:
    """Whether an officer was reminded of it after its last day, on an earlier day than this; or came since, and was told then.
    Where nobody can be written to, nobody is waited for."""
    officers = [r for r in situation.of(unit.slug, Role.OFFICER) if r.reachable]
    deadline = situation.due.of(unit.slug, duty.slug)
    named = f"{duty.slug}@{deadline.date.isoformat()}"
    today, zone = now.astimezone(campaign.directory.zone).date(), campaign.directory.zone
    return not officers or any(
        last_day(deadline) < r.joined_at.astimezone(zone).date() < today or _heard(situation, r, named, today) for r in officers
    )


def _heard(situation: Situation, recipient: Recipient, duty: str, today: date) -> bool:
    told = situation.told_to.get(whom(recipient), ())
    return any(k.kind == REMIND and k.duty == duty and k.rung.startswith(PAST) and day < today for k, day in told)


def leaders_told(situation: Situation, letters: list[Push]) -> frozenset[tuple[str, str]]:
    """What leaders of units hear of by now: (unit, obligation) pairs, with the letters that go out at this moment."""
    unit_of = {whom(r): r.unit for r in situation.recipients if r.role is Role.LEADER}
    before = {
        (unit_of[reader], key.duty.partition("@")[0])
        for reader, told in situation.told_to.items()
        if reader in unit_of
        for key, _ in told
        if key.kind == ESCALATE
    }
    return frozenset(before | {(reason.unit, reason.obligation) for letter in letters for reason in letter.reasons})


# ---------------------------------------------------------------- who oversees all units


def morning(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Push | None:
    """Where nobody can be asked, before the day; which units are silent beyond it. One a day."""
    local, reader = now.astimezone(campaign.directory.zone), whom(recipient)
    if local.time() < campaign.policy.hours.at or local.date() in situation.told_days(reader, (ESCALATE, NOBODY)):
        return None
    late = list(_late(campaign, situation, recipient, now))
    empty, skips = _where_nobody_is(campaign, situation, recipient, now)
    afternoon = local.time() >= campaign.policy.hours.digest_at
    news = [_news_key(NOBODY, local.date(), reader)] if situation.news and not afternoon else []
    keys = dict.fromkeys([*(key for _, key in late), *(key for _, key in empty), *news])
    if not keys:
        return None
    reasons = tuple(reason for reason, _ in late)
    nobody = tuple(dict.fromkeys(reason for reason, _ in empty))
    rung = next((reason.rung for reason in reversed(reasons + nobody)), "news")
    return Push(now, PushKind.MORNING, rung, recipient, recipient.unit, reasons, tuple(keys), skips, nobody=nobody)


Keyed = list[tuple[Reason, str]]


def _news_key(kind: str, day: date, reader: str) -> str:
    return str(Key(kind, f"news@{day.isoformat()}", "news", reader))


def _late(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Iterator[tuple[Reason, str]]:
    for unit in campaign.directory.units:
        for duty, deadline in _beyond(campaign, situation, unit, now):
            key = key_of(ESCALATE, duty.slug, deadline, f"late-{unit.slug}", whom(recipient))
            if recipient.joined_at <= escalated_at(campaign, deadline) and key not in situation.told:
                yield Reason(duty.slug, unit.slug, "late", Step.LEADER), key


def _where_nobody_is(
    campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime
) -> tuple[Keyed, tuple[str, ...]]:
    """With the newest rung before L of each duty: units that owe it and where nobody can be written to; and older keys."""
    found: Keyed = []
    older: list[str] = []
    for duty in campaign.dated():
        assert duty.deadline
        empty = [unit for unit in _owing(campaign, situation, duty) if unit.slug not in situation.staffed]
        ahead = [
            rung for rung in rungs(campaign, duty.deadline) if not rung.step.is_past and recipient.joined_at <= rung.at <= now
        ]
        keyed = [(rung, key_of(NOBODY, duty.slug, duty.deadline, rung.name, whom(recipient))) for rung in ahead]
        waiting = [(rung, key) for rung, key in keyed if key not in situation.told]
        if empty and waiting:
            rung, key = waiting[-1]
            found += [(Reason(duty.slug, unit.slug, rung.name, rung.step), key) for unit in empty]
            older += [old for _, old in waiting[:-1]]
    return found, tuple(older)


def _owing(campaign: Campaign, situation: Situation, duty: Obligation) -> Iterator[Unit]:
    for unit in campaign.directory.units:
        if campaign.owes(unit, duty) and (unit.slug, duty.slug) not in situation.done:
            yield unit


def digest(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Push | None:
    """On the policy's days: who is in and who is not. Of several rungs of a duty the newest counts."""
    reader, local = whom(recipient), now.astimezone(campaign.directory.zone)
    today = local.date()
    if today in situation.told_days(reader, (DIGEST,)):
        return None
    reasons, keys, skips = [], [], []
    for duty in campaign.dated():
        assert duty.deadline
        dated = sorted((at, name) for name, at in digests_at(campaign, duty.deadline).items() if recipient.joined_at <= at <= now)
        waiting = [
            (name, key)
            for _, name in dated
            if (key := key_of(DIGEST, duty.slug, duty.deadline, name, reader)) not in situation.told
        ]
        if waiting:
            name, key = waiting[-1]
            reasons.append(Reason(duty.slug, "", name))
            keys.append(key)
            skips += [old for _, old in waiting[:-1]]
    if situation.news and local.time() >= campaign.policy.hours.digest_at:
        keys.append(_news_key(DIGEST, today, reader))
    if not keys:
        return None
    return Push(
        now,
        PushKind.DIGEST,
        reasons[-1].rung if reasons else "news",
        recipient,
        recipient.unit,
        tuple(reasons),
        tuple(keys),
        tuple(skips),
    )


def due_to_overseer(campaign: Campaign, situation: Situation, recipient: Recipient) -> set[datetime]:
    """When something falls due to a leader or to who oversees."""
    moments: set[datetime] = set()
    for unit, duty in campaign.pairs():
        deadline = situation.due.of(unit.slug, duty.slug)
        own = unit.slug == recipient.unit and (unit.slug, duty.slug) not in situation.done
        if recipient.role.oversees or (own and recipient.role is Role.LEADER):
            moments.add(escalated_at(campaign, deadline))
        if recipient.role.oversees:
            moments.update(digests_at(campaign, deadline).values())
    return moments
