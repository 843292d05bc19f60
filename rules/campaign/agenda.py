"""What is due to whom at one moment, as a pure function of what is known and of the time: :func:`plan`.

Whoever records a key first sends; so any number of clocks may run, and a restart neither repeats nor forgets. Officers come
before their leader, everybody gets at most one reminder a day, and nothing goes out at night or on a day off.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from rules.campaign.deadlines import at_local, days_of
from rules.campaign.ladder import Push, PushKind, Situation, is_open, rungs
from rules.campaign.model import Campaign
from rules.campaign.overseeing import (
    digest,
    digests_at,
    due_to_overseer,
    escalated_at,
    leaders_told,
    let_go_at,
    morning,
    to_leader,
)
from rules.campaign.reminding import asked_to_stay_at, due_to_officer, reminder, snoozed, stay, to_nobody
from rules.people import Recipient, Role

WAITED_FOR = timedelta(days=14)
"""How long after the last rung something may still wait for its turn."""


def plan(campaign: Campaign, situation: Situation, now: datetime) -> list[Push]:
    """The pushes due at ``now``."""
    if not is_open(campaign, now):
        return []
    letters = {r.person: push for r in situation.recipients if (push := _letter(campaign, situation, r, now))}
    told = leaders_told(situation, list(letters.values()))
    found: list[Push | None] = []
    for recipient in sorted(situation.recipients, key=lambda r: r.person):
        if recipient.role is Role.OFFICER:
            reminded = reminder(campaign, situation, recipient, told, now)
            found += [reminded, None if reminded else snoozed(campaign, situation, recipient, now)]
        else:
            found += [letters.get(recipient.person), snoozed(campaign, situation, recipient, now)]
        if recipient.role.oversees:
            found += [morning(campaign, situation, recipient, now), digest(campaign, situation, recipient, now)]
        if recipient.closes_at:
            due = due_to_officer(campaign, situation, recipient) | due_to_overseer(campaign, situation, recipient)
            found.append(stay(campaign, situation, recipient, due, now))
    return [*(push for push in found if push), *to_nobody(campaign, situation, now)]


def _letter(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Push | None:
    if recipient.role is not Role.LEADER or now.astimezone(campaign.directory.zone).time() < campaign.policy.hours.at:
        return None
    return to_leader(campaign, situation, recipient, now)


def instants(campaign: Campaign, situation: Situation, after: datetime, until: datetime) -> list[datetime]:
    """The moments in that span at which something can fall due: where a simulated clock must look. Each open day has its own,
    for what waits for its turn and for what could not be said before."""
    found: set[datetime] = {s.at for s in situation.snoozes}
    for deadline in {situation.due.of(u.slug, o.slug) for u, o in campaign.pairs()}:
        found |= {rung.at for rung in rungs(campaign, deadline, led=True)}
        found.add(escalated_at(campaign, deadline))
        found |= {at for at in (let_go_at(campaign, deadline),) if at}
        found.update(digests_at(campaign, deadline).values())
    found |= {asked_to_stay_at(campaign, r.closes_at) for r in situation.recipients if r.closes_at}
    if found:
        found |= set(_mornings(campaign, max(after, min(found)), min(until, max(found) + WAITED_FOR)))
    return sorted(at for at in found if after < at <= until)


def _mornings(campaign: Campaign, after: datetime, until: datetime) -> Iterator[datetime]:
    zone, days, at = campaign.directory.zone, days_of(campaign), campaign.policy.hours.at
    day = after.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        if days.open(day):
            yield at_local(day, at, zone)
        day += timedelta(days=1)


def after(campaign: Campaign, situation: Situation, pushes: list[Push], now: datetime) -> Situation:
    """What is known once those pushes are sent."""
    today = now.astimezone(campaign.directory.zone).date()
    told = {key: today for push in pushes for key in (*push.keys, *push.skips)}
    return replace(situation, told={**situation.told, **told})


def foresee(
    campaign: Campaign, situation: Situation, since: datetime, until: datetime
) -> Iterator[tuple[datetime, Situation, list[Push]]]:
    """What would be pushed in a span if nobody did anything: each moment with what was known at it."""
    for at in instants(campaign, situation, since, until):
        pushes = plan(campaign, situation, at)
        if pushes:
            yield at, situation, pushes
            told = any(push.kind in (PushKind.MORNING, PushKind.DIGEST) for push in pushes)
            situation = replace(after(campaign, situation, pushes, at), news=situation.news and not told)
