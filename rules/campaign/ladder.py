"""The rungs of one duty's ladder, and the values that are planned with: who must be told what, why, and what was told already.

L is the last day on time, W the last working day not after it. A rung that fell due while nobody looked is not sent late:
everything that is due to one person becomes one message about today (agenda.py), and the rungs it replaces are recorded as
skipped. Each message carries the keys of the rungs it settles; whoever records a key first sends.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from rules.campaign.deadlines import Due, at_local, days_of, last_day
from rules.campaign.model import Campaign, Deadline, Obligation
from rules.directory.model import Unit
from rules.people import Recipient, Role


class PushKind(StrEnum):
    """The kinds of messages that the clock sends."""

    REMINDER = "reminder"
    SNOOZED = "snoozed"
    DIGEST = "digest"
    MORNING = "morning"
    """To who oversees: where nobody can be asked, and who is silent beyond the day."""
    ESCALATION = "escalation"
    """To the leader of a unit."""
    STAY = "stay"


class Step(StrEnum):
    """How far a duty has come with one unit: what the words of a reminder rise with."""

    AHEAD = "ahead"
    LAST_DAY = "last_day"
    """W: the last working day on time."""
    OVERDUE = "overdue"
    """The first open day after L."""
    LEADER = "leader"
    """The leader of the unit is told, and its officers that it was."""
    AGAIN = "again"
    """Every few days while it is missing."""

    @property
    def waits_for_its_turn(self) -> bool:
        """Whether it goes along with others and alone only every few days."""
        return self is Step.AGAIN

    @property
    def is_past(self) -> bool:
        """Whether the last day on time is over."""
        return self not in (Step.AHEAD, Step.LAST_DAY)


REMIND = "remind"
"""The kind in the keys of what an officer is reminded of."""
OVERDUE = ("L+1", "overdue-")
PAST = (*OVERDUE, "leader")
"""How the names of the rungs after L begin, those of reminders of what is overdue and all."""


@dataclass(frozen=True)
class Snooze:
    """ "Remind me this afternoon"."""

    id: int
    person: int
    at: datetime


class Key(NamedTuple):
    """What names one rung for one reader, unique in its campaign. Its parts hold no colon."""

    kind: str
    duty: str
    """The slug with the day in force: an extension begins a ladder anew."""
    rung: str
    whom: str

    def __str__(self) -> str:
        return ":".join(self)


def key_of(kind: str, obligation: str, deadline: Deadline, rung: str, whom: str) -> str:
    """The key of a rung."""
    return str(Key(kind, f"{obligation}@{deadline.date.isoformat()}", rung, whom))


def whom(recipient: Recipient) -> str:
    """How a person stands in keys."""
    return f"p{recipient.person}"


@dataclass(frozen=True)
class Situation:
    """All that a plan depends on, besides the campaign and the time."""

    recipients: tuple[Recipient, ...]
    done: Collection[tuple[str, str]]
    """(unit, obligation) pairs of which nothing more is expected."""
    due: Due
    told: Mapping[str, date] = field(default_factory=dict)
    """Keys of rungs already sent or skipped, each with the local day."""
    snoozes: tuple[Snooze, ...] = ()
    news: bool = False
    """Whether there is something else for who oversees, with the next message of the morning or the afternoon."""
    assigned: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Who of a unit has taken an obligation on, by person: its other officers are not reminded of it."""

    @cached_property
    def told_to(self) -> Mapping[str, tuple[tuple[Key, date], ...]]:
        """What was told whom, by how they stand in keys."""
        found: dict[str, list[tuple[Key, date]]] = {}
        for text, day in self.told.items():
            parts = text.split(":")
            if len(parts) == len(Key._fields):
                found.setdefault(parts[-1], []).append((Key(*parts), day))
        return {reader: tuple(items) for reader, items in found.items()}

    @cached_property
    def staffed(self) -> frozenset[str]:
        """The units with at least one officer who can be written to."""
        return frozenset(r.unit for r in self.recipients if r.role is Role.OFFICER and r.reachable)

    @cached_property
    def led(self) -> frozenset[str]:
        """The units with a leader who can be written to."""
        return frozenset(r.unit for r in self.recipients if r.role is Role.LEADER and r.reachable)

    def told_days(self, reader: str, kinds: Collection[str], rungs: Collection[str] = ()) -> set[date]:
        """The days on which somebody was sent something of a kind; of rungs whose names begin so, where some are given."""
        return {
            day
            for key, day in self.told_to.get(reader, ())
            if key.kind in kinds and (not rungs or key.rung.startswith(tuple(rungs)))
        }

    def of(self, unit: str, *roles: Role) -> tuple[Recipient, ...]:
        """The people of a unit with one of the roles."""
        return tuple(r for r in self.recipients if r.unit == unit and r.role in roles)


@dataclass(frozen=True)
class Reason:
    """Why somebody is written to: an obligation of a unit, and the rung reached (none: listed along)."""

    obligation: str
    unit: str
    rung: str = ""
    step: Step = Step.AHEAD


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
    nobody: tuple[Reason, ...] = ()
    """To who oversees: what units owe where nobody can be asked."""
    first: bool = False
    """Whether it is the first that its reader is sent."""

    @property
    def obligations(self) -> tuple[str, ...]:
        """The obligations it speaks of, each once, in order."""
        return tuple(dict.fromkeys(reason.obligation for reason in self.reasons))


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: its name, counted from W or L, and when it falls due."""

    name: str
    at: datetime
    step: Step


def rungs(campaign: Campaign, deadline: Deadline, led: bool = False) -> list[Rung]:
    """The reminders for one deadline, earliest first. ``led``: the unit has a leader, of whose letter its officers get word."""
    steps, days, last = campaign.policy.rungs, days_of(campaign), last_day(deadline)
    working = days.not_after(last)
    found = [
        _rung(campaign, f"W-{count}" if count else "W", days.before(working, count), Step.AHEAD if count else Step.LAST_DAY)
        for count in sorted(set(steps.before), reverse=True)
    ]
    first = days.after(last, 1)
    found.append(_rung(campaign, "L+1", first, Step.OVERDUE))
    found += [
        _rung(campaign, f"overdue-{number}", days.after(first, number * steps.overdue_every), Step.AGAIN)
        for number in range(1, steps.overdue_at_most + 1)
    ]
    if led:
        found.append(_rung(campaign, "leader", days.after(last, steps.escalate_after), Step.LEADER))
    return sorted(found, key=lambda rung: rung.at)


def _rung(campaign: Campaign, name: str, day: date, step: Step) -> Rung:
    return Rung(name, at_local(day, campaign.policy.hours.at, campaign.directory.zone), step)


def step_at(campaign: Campaign, deadline: Deadline, now: datetime) -> Step:
    """How far a duty has come by the day, whatever was sent."""
    today, last = now.astimezone(campaign.directory.zone).date(), last_day(deadline)
    if today > last:
        return Step.OVERDUE
    return Step.LAST_DAY if today >= days_of(campaign).not_after(last) else Step.AHEAD


def is_open(campaign: Campaign, now: datetime) -> bool:
    """Whether people may be written to on that day and at that hour."""
    local, hours = now.astimezone(campaign.directory.zone), campaign.policy.hours
    return days_of(campaign).open(local.date()) and hours.open_from <= local.time() < hours.open_until


def open_obligations(campaign: Campaign, situation: Situation, unit: Unit, now: datetime) -> list[Obligation]:
    """What a unit still owes and whose ladder has begun: what one reminder lists."""
    return [
        obligation
        for obligation in missing(campaign, situation, unit)
        if rungs(campaign, situation.due.of(unit.slug, obligation.slug))[0].at <= now
    ]


def missing(campaign: Campaign, situation: Situation, unit: Unit) -> Iterator[Obligation]:
    """The dated obligations that are still expected of a unit."""
    for obligation in campaign.dated():
        if campaign.owes(unit, obligation) and (unit.slug, obligation.slug) not in situation.done:
            yield obligation


@dataclass(frozen=True)
class Reader:
    """Whose rungs are looked at: how they stand in keys, since when they are there, and what the leader of the unit hears of
    by now, (unit, obligation) pairs."""

    name: str
    since: datetime
    leader_told_of: Collection[tuple[str, str]] = ()


@dataclass(frozen=True)
class Fallen:
    """The rungs of one obligation that have fallen due and are not settled: the latest, and older ones."""

    reason: Reason
    key: str
    at: datetime
    older: tuple[str, ...]


def fallen(campaign: Campaign, situation: Situation, unit: Unit, reader: Reader, now: datetime) -> Iterator[Fallen]:
    """What has fallen due for a reader of a unit."""
    for obligation in missing(campaign, situation, unit):
        if not is_theirs(situation, unit, obligation, reader.name, now):
            continue
        deadline = situation.due.of(unit.slug, obligation.slug)
        told_leader = (unit.slug, obligation.slug) in reader.leader_told_of
        keyed = [
            (rung, key_of(REMIND, obligation.slug, deadline, rung.name, reader.name))
            for rung in rungs(campaign, deadline, told_leader)
            if reader.since <= rung.at <= now
        ]
        waiting = [(rung, key) for rung, key in keyed if key not in situation.told]
        if waiting:
            rung, key = waiting[-1]
            reason = Reason(obligation.slug, unit.slug, rung.name, rung.step)
            yield Fallen(reason, key, rung.at, tuple(old for _, old in waiting[:-1]))


def is_theirs(situation: Situation, unit: Unit, obligation: Obligation, reader: str, now: datetime) -> bool:
    """Whether a reader is reminded of an obligation: not where a colleague who is still there has taken it on, and can be
    written to."""
    taken = situation.assigned.get((unit.slug, obligation.slug))
    there = {r.person for r in situation.of(unit.slug, Role.OFFICER) if r.reachable and (not r.closes_at or r.closes_at > now)}
    return taken not in there or reader == f"p{taken}"
