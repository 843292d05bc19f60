"""The planner: who must be told what, as a pure function of what is known and of the time.

``plan`` looks at the campaign, at what units have reported and at what was already sent, and
returns the pushes that are due now. Each push carries the unique keys of the rungs it settles:
those it speaks for, and older ones it replaces. Whoever records a key first sends; so any
number of clocks may run, and a restart neither repeats nor forgets.

A rung that fell due while nobody looked is not sent late. Everything that is due to one person
becomes one message about today; the rungs it replaces are recorded as skipped.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from rules.campaign.deadlines import Due, at_local, working_day_after
from rules.campaign.model import Campaign, Deadline, Obligation
from rules.channels import ASK_AHEAD, OPEN_FOR
from rules.directory.model import Unit
from rules.people import Recipient, Role


class PushKind(StrEnum):
    """The kinds of messages that the clock sends."""

    REMINDER = "reminder"
    SNOOZED = "snoozed"
    DIGEST = "digest"
    ALARM = "alarm"
    ESCALATION = "escalation"
    STAY = "stay"


@dataclass(frozen=True)
class Snooze:
    """ "Remind me this afternoon"."""

    id: int
    person: int
    at: datetime


@dataclass(frozen=True)
class Situation:
    """All that a plan depends on, besides the campaign and the time."""

    recipients: tuple[Recipient, ...]
    settled: frozenset[tuple[str, str]]
    """(unit, obligation) pairs that are reported with nothing more wanted."""
    reported: frozenset[tuple[str, str]]
    """Pairs that were reported at all."""
    due: Due
    settled_keys: frozenset[str] = frozenset()
    """Keys of rungs already sent or skipped."""
    reminded_on: dict[int, date] = field(default_factory=dict)
    """The local day of each person's latest reminder."""
    snoozes: tuple[Snooze, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why somebody is written to: an obligation of a unit, and the rung reached (none: listed along)."""

    obligation: str
    unit: str
    rung: str = ""


@dataclass(frozen=True)
class Push:
    """A message that is due. ``recipient`` is None where a unit has nobody to write to."""

    at: datetime
    kind: PushKind
    rung: str
    recipient: Recipient | None
    unit: str
    reasons: tuple[Reason, ...]
    keys: tuple[str, ...]
    """Rungs that this message settles."""
    skips: tuple[str, ...] = ()
    """Older rungs that it replaces."""

    @property
    def obligations(self) -> tuple[str, ...]:
        """The obligations it speaks of, each once, in order."""
        return tuple(dict.fromkeys(reason.obligation for reason in self.reasons))


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: its name, counted from D, and when it falls due."""

    name: str
    at: datetime


def rungs(campaign: Campaign, deadline: Deadline) -> list[Rung]:
    """The reminders for one deadline D, earliest first: up to D, then every few working days."""
    steps, at, zone = campaign.policy.rungs, campaign.policy.hours.at, campaign.directory.zone
    found = []
    for days in sorted(steps.before, reverse=True):
        name = f"D-{days}" if days else "D"
        found.append(Rung(name, at_local(deadline.date - timedelta(days=days), at, zone)))
    for number in range(1, steps.overdue_at_most + 1):
        day = working_day_after(deadline.date, number * steps.overdue_every, campaign.directory.country)
        found.append(Rung(f"overdue-{number}", at_local(day, at, zone)))
    return found


def is_open(campaign: Campaign, now: datetime) -> bool:
    """Whether people may be written to at that hour of the day."""
    clock = now.astimezone(campaign.directory.zone).time()
    return campaign.policy.hours.open_from <= clock < campaign.policy.hours.open_until


def plan(campaign: Campaign, situation: Situation, now: datetime) -> list[Push]:
    """The pushes due at ``now``, none outside the open hours, at most one reminder a person a day."""
    if not is_open(campaign, now):
        return []
    found: list[Push] = []
    for recipient in sorted(situation.recipients, key=lambda r: r.person):
        if recipient.role is Role.OFFICER:
            found += _reminder(campaign, situation, recipient, now)
        if recipient.role is Role.LEADER or recipient.role.oversees:
            found += _escalation(campaign, situation, recipient, now)
        if recipient.role.oversees:
            found += _digest(campaign, situation, recipient, now)
            found += _alarm(campaign, situation, recipient, now)
        found += _snoozed(campaign, situation, recipient, now)
        found += _stay(campaign, situation, recipient, now)
    found += _to_nobody(campaign, situation, now)
    return found


def _key(kind: str, obligation: str, deadline: Deadline, rung: str, whom: str) -> str:
    return f"{kind}:{obligation}@{deadline.date.isoformat()}:{rung}:{whom}"


def open_obligations(campaign: Campaign, situation: Situation, unit: Unit, now: datetime) -> list[Obligation]:
    """What a unit still owes and whose ladder has begun: what one reminder lists."""
    found = []
    for obligation in campaign.dated():
        if not campaign.owes(unit, obligation) or (unit.slug, obligation.slug) in situation.settled:
            continue
        if rungs(campaign, situation.due.of(unit.slug, obligation.slug))[0].at <= now:
            found.append(obligation)
    return found


@dataclass(frozen=True)
class _Fallen:
    """The rungs of one obligation that have fallen due and are not settled: the latest, and older ones."""

    reason: Reason
    key: str
    at: datetime
    older: tuple[str, ...]


def _fallen(campaign: Campaign, situation: Situation, unit: Unit, whom: str, since: datetime, now: datetime) -> Iterator[_Fallen]:
    for obligation in campaign.dated():
        if not campaign.owes(unit, obligation) or (unit.slug, obligation.slug) in situation.settled:
            continue
        deadline = situation.due.of(unit.slug, obligation.slug)
        keyed = [
            (rung, _key("remind", obligation.slug, deadline, rung.name, whom))
            for rung in rungs(campaign, deadline)
            if since <= rung.at <= now
        ]
        waiting = [(rung, key) for rung, key in keyed if key not in situation.settled_keys]
        if waiting:
            rung, key = waiting[-1]
            older = tuple(old for _, old in waiting[:-1])
            yield _Fallen(Reason(obligation.slug, unit.slug, rung.name), key, rung.at, older)


def _reminder(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Iterator[Push]:
    """The one reminder of the day for an officer, listing all that the unit still owes."""
    today = now.astimezone(campaign.directory.zone)
    if today.time() < campaign.policy.hours.at or situation.reminded_on.get(recipient.person) == today.date():
        return
    if not campaign.directory.has_unit(recipient.unit):
        return
    unit = campaign.directory.unit(recipient.unit)
    fallen = list(_fallen(campaign, situation, unit, f"p{recipient.person}", recipient.joined_at, now))
    if fallen:
        yield _merged(campaign, situation, fallen, recipient, unit, now)


def _merged(
    campaign: Campaign, situation: Situation, fallen: list[_Fallen], recipient: Recipient | None, unit: Unit, now: datetime
) -> Push:
    reasons = {f.reason.obligation: f.reason for f in fallen}
    listed = open_obligations(campaign, situation, unit, now)
    newest = max(fallen, key=lambda f: f.at)
    return Push(
        at=now, kind=PushKind.REMINDER, rung=newest.reason.rung, recipient=recipient, unit=unit.slug,
        reasons=tuple(reasons.get(o.slug, Reason(o.slug, unit.slug)) for o in listed),
        keys=tuple(f.key for f in fallen), skips=tuple(key for f in fallen for key in f.older),
    )  # fmt: skip


def _to_nobody(campaign: Campaign, situation: Situation, now: datetime) -> Iterator[Push]:
    """What would go to a unit where nobody can be written to: never silently dropped from a plan."""
    if now.astimezone(campaign.directory.zone).time() < campaign.policy.hours.at:
        return
    for unit in campaign.directory.units:
        if unit.slug in staffed(situation.recipients):
            continue
        whom = f"nobody-{unit.slug}"
        start = at_local(campaign.opens, campaign.policy.hours.open_from, campaign.directory.zone)
        fallen = list(_fallen(campaign, situation, unit, whom, start, now))
        if fallen:
            yield _merged(campaign, situation, fallen, None, unit, now)


def staffed(recipients: Iterable[Recipient]) -> set[str]:
    """The units with at least one officer who can be written to."""
    return {r.unit for r in recipients if r.role is Role.OFFICER and r.reachable}


def _snoozed(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Iterator[Push]:
    mine = [s for s in situation.snoozes if s.person == recipient.person and s.at <= now]
    waiting = [s for s in mine if f"snooze:{s.id}" not in situation.settled_keys]
    if not waiting or not campaign.directory.has_unit(recipient.unit):
        return
    keys = tuple(f"snooze:{s.id}" for s in waiting)
    listed = open_obligations(campaign, situation, campaign.directory.unit(recipient.unit), now)
    if listed:
        reasons = tuple(Reason(o.slug, recipient.unit) for o in listed)
        yield Push(now, PushKind.SNOOZED, "snoozed", recipient, recipient.unit, reasons, keys)


def _digest(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Iterator[Push]:
    """On the policy's days around D: who is in and who is not."""
    keyed = []
    for obligation in campaign.dated():
        assert obligation.deadline
        for days, at in _digests_at(campaign, obligation.deadline).items():
            rung = f"D{days:+d}" if days else "D"
            key = _key("digest", obligation.slug, obligation.deadline, rung, f"p{recipient.person}")
            if recipient.joined_at <= at <= now and key not in situation.settled_keys:
                keyed.append((at, rung, key, obligation.slug))
    yield from _newest(keyed, PushKind.DIGEST, recipient, now)


def _alarm(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Iterator[Push]:
    """With each rung before D: units that owe something and where nobody can be written to."""
    empty = [unit for unit in campaign.directory.units if unit.slug not in staffed(situation.recipients)]
    keyed, reasons = [], []
    for obligation in campaign.dated():
        assert obligation.deadline
        silent = [u for u in empty if campaign.owes(u, obligation) and (u.slug, obligation.slug) not in situation.settled]
        for rung in rungs(campaign, obligation.deadline):
            key = _key("alarm", obligation.slug, obligation.deadline, rung.name, f"p{recipient.person}")
            is_before = rung.at.astimezone(campaign.directory.zone).date() < obligation.deadline.date
            if silent and is_before and recipient.joined_at <= rung.at <= now and key not in situation.settled_keys:
                keyed.append((rung.at, rung.name, key, obligation.slug))
                reasons += [Reason(obligation.slug, u.slug, rung.name) for u in silent]
    yield from _newest(keyed, PushKind.ALARM, recipient, now, tuple(dict.fromkeys(reasons)))


def _escalation(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Iterator[Push]:
    """The policy's days after D: units that are still silent, to their leader and to the managers."""
    keyed, reasons = [], []
    for unit, obligation in campaign.pairs():
        if recipient.role is Role.LEADER and recipient.unit != unit.slug:
            continue
        if (unit.slug, obligation.slug) in situation.reported:
            continue
        deadline = situation.due.of(unit.slug, obligation.slug)
        at = _escalated_at(campaign, deadline)
        rung = f"D+{campaign.policy.rungs.escalate_after}"
        key = _key("escalate", obligation.slug, deadline, f"{rung}:{unit.slug}", f"p{recipient.person}")
        if recipient.joined_at <= at <= now and key not in situation.settled_keys:
            keyed.append((at, rung, key, obligation.slug))
            reasons.append(Reason(obligation.slug, unit.slug, rung))
    if keyed:
        yield Push(now, PushKind.ESCALATION, keyed[-1][1], recipient, recipient.unit, tuple(reasons), tuple(k[2] for k in keyed))


def _stay(campaign: Campaign, situation: Situation, recipient: Recipient, now: datetime) -> Iterator[Push]:
    """Once before somebody's last channel closes, if something will be due in the week after: please tap."""
    closes = recipient.closes_at
    if closes is None or not closes - ASK_AHEAD <= now < closes:
        return
    key = f"stay:{closes.astimezone(campaign.directory.zone):%Y%m%dT%H%M}:p{recipient.person}"
    if key not in situation.settled_keys and _due_within(campaign, situation, recipient, closes, closes + OPEN_FOR):
        yield Push(now, PushKind.STAY, "stay", recipient, recipient.unit, (), (key,))


def _due_within(campaign: Campaign, situation: Situation, recipient: Recipient, after: datetime, until: datetime) -> bool:
    """Whether the ladder has something for that person in a span."""
    moments: set[datetime] = set()
    for unit, obligation in campaign.pairs():
        deadline = situation.due.of(unit.slug, obligation.slug)
        own = unit.slug == recipient.unit and (unit.slug, obligation.slug) not in situation.settled
        if own and recipient.role is Role.OFFICER:
            moments |= {rung.at for rung in rungs(campaign, deadline)}
        if recipient.role.oversees or (own and recipient.role is Role.LEADER):
            moments.add(_escalated_at(campaign, deadline))
        if recipient.role.oversees:
            moments.update(_digests_at(campaign, deadline).values())
    return any(after < at <= until for at in moments)


def _escalated_at(campaign: Campaign, deadline: Deadline) -> datetime:
    day = deadline.date + timedelta(days=campaign.policy.rungs.escalate_after)
    return at_local(day, campaign.policy.hours.at, campaign.directory.zone)


def _digests_at(campaign: Campaign, deadline: Deadline) -> dict[int, datetime]:
    """By days from D."""
    at, zone = campaign.policy.hours.digest_at, campaign.directory.zone
    return {days: at_local(deadline.date + timedelta(days=days), at, zone) for days in campaign.policy.rungs.digest_days}


def _newest(
    keyed: list[tuple[datetime, str, str, str]], kind: PushKind, recipient: Recipient, now: datetime,
    reasons: tuple[Reason, ...] = (),
) -> Iterator[Push]:  # fmt: skip
    """One message for all that is due of a kind; of several rungs of an obligation, the newest counts."""
    if not keyed:
        return
    latest: dict[str, tuple[datetime, str, str]] = {}
    for at, rung, key, obligation in sorted(keyed):
        latest[obligation] = (at, rung, key)
    keys = tuple(key for _, _, key in latest.values())
    skips = tuple(key for _, _, key, _ in keyed if key not in keys)
    newest = max(latest.values())[1]
    told = reasons or tuple(Reason(obligation, "", rung) for obligation, (_, rung, _) in latest.items())
    yield Push(now, kind, newest, recipient, recipient.unit, told, keys, skips)


def instants(campaign: Campaign, situation: Situation, after: datetime, until: datetime) -> list[datetime]:
    """The moments in that span at which something can fall due: where a simulated clock must look."""
    found: set[datetime] = {s.at for s in situation.snoozes}
    deadlines = {situation.due.of(u.slug, o.slug) for u, o in campaign.pairs()}
    for deadline in deadlines:
        found |= {rung.at for rung in rungs(campaign, deadline)}
        found.add(_escalated_at(campaign, deadline))
        found.update(_digests_at(campaign, deadline).values())
    for recipient in situation.recipients:
        if recipient.closes_at:
            found |= _asked_to_stay_at(campaign, recipient.closes_at)
    return sorted(at for at in found if after < at <= until)


def _asked_to_stay_at(campaign: Campaign, closes: datetime) -> set[datetime]:
    """When somebody may be asked to stay: a day ahead, and where that is at night, when the hours open."""
    first = closes - ASK_AHEAD
    morning = at_local(first.astimezone(campaign.directory.zone).date(), campaign.policy.hours.open_from, campaign.directory.zone)
    return {at for at in (first, morning, morning + timedelta(days=1)) if first <= at < closes}


def foresee(
    campaign: Campaign, situation: Situation, after: datetime, until: datetime
) -> Iterator[tuple[datetime, Situation, list[Push]]]:
    """What would be pushed in a span if nobody did anything: each moment with what was known at it."""
    for at in instants(campaign, situation, after, until):
        pushes = plan(campaign, situation, at)
        yield at, situation, pushes
        keys = {key for push in pushes for key in (*push.keys, *push.skips)}
        today = at.astimezone(campaign.directory.zone).date()
        reminded = {push.recipient.person: today for push in pushes if push.recipient and push.kind is PushKind.REMINDER}
        situation = replace(
            situation,
            settled_keys=situation.settled_keys | keys,
            reminded_on={**situation.reminded_on, **reminded},
        )
