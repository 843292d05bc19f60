"""What the clock says: reminders, digests, alarms, escalations; and the answers to a reminder."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from handlers import talking as helping
from handlers.pushing.post import REMINDER
from handlers.pushing.push import push_to_person
from handlers.ticking.weekly import push_unanswered
from handlers.turn import Choice, Message, Turn, World
from handlers.wording.catalogs import Words
from handlers.wording.phrases import BUCKET_SIGNS, bucket_text, deadline_and_left, left_text
from rules.campaign.deadlines import Due, at_local, last_day
from rules.campaign.ladder import Push, PushKind, Reason, Situation, is_open, open_obligations, plan
from rules.campaign.progress import Bucket, Outcome, Standing, bucket_of
from rules.people import Role
from storage import groups, outbox, people, reminders, reports
from storage.scope import Scope

AFTERNOON_STEP = timedelta(hours=2)


@dataclass(frozen=True)
class Picture:
    """What texts of pushes are written from: standings and deadlines at one moment."""

    situation: Situation
    standings: dict[tuple[str, str], Standing]

    @property
    def due(self) -> Due:
        """The deadlines in force."""
        return self.situation.due


def picture(db: Connection, world: World) -> Picture:
    """The present moment, for planning and wording."""
    scope = Scope(db, world.campaign)
    return Picture(reminders.situation(scope), reports.standings(scope))


# ---------------------------------------------------------------- words


def word(world: World, words: Words, push: Push, seen: Picture, now: datetime) -> Message:
    """The message of a push."""
    return replace(_worded(world, words, push, seen, now), facts=_facts(world, words, push, seen))


def _worded(world: World, words: Words, push: Push, seen: Picture, now: datetime) -> Message:
    match push.kind:
        case PushKind.REMINDER | PushKind.SNOOZED:
            return _reminder(world, words, push, seen, now)
        case PushKind.DIGEST:
            return _digest(world, words, push, seen, now)
        case PushKind.ALARM:
            return _alarm(world, words, push)
        case PushKind.ESCALATION:
            return _escalation(world, words, push, seen, now)
        case PushKind.STAY:
            return _stay(world, words, push)


def _facts(world: World, words: Words, push: Push, seen: Picture) -> dict[str, str]:
    """What a template can say of a push."""
    campaign = world.campaign
    kind = "reminder" if push.kind is PushKind.SNOOZED else push.kind.value
    facts = {"kind": kind, "titles": ", ".join(campaign.obligation(slug).short.in_(words.language) for slug in push.obligations)}
    if campaign.has_unit(push.unit):
        facts["unit"] = campaign.unit(push.unit).name.in_(words.language)
        days = [last_day(seen.due.of(push.unit, slug)) for slug in push.obligations]
        facts |= {"deadline": words.day(min(days))} if days else {}
    return facts


def _stay(world: World, words: Words, push: Push) -> Message:
    assert push.recipient
    assert push.recipient.closes_at
    text = words.tr("stay.ask", name=push.recipient.name, until=words.moment(push.recipient.closes_at))
    return Message(text, (Choice(words.tr("button.stay_reachable"), "stay"),))


def _reminder(world: World, words: Words, push: Push, seen: Picture, now: datetime) -> Message:
    campaign, unit = world.campaign, world.campaign.unit(push.unit)
    name = unit.name.in_(words.language)
    if push.recipient is None:
        lines = [words.tr("remind.to_nobody", unit=name)]
    else:
        lines = [words.tr("remind.opening", name=push.recipient.name, unit=name)]
    for slug in push.obligations:
        obligation, deadline = campaign.obligation(slug), seen.due.of(unit.slug, slug)
        lines.append(
            words.tr(
                "remind.line",
                title=obligation.title.in_(words.language),
                clause=obligation.clause,
                deadline=deadline_and_left(words, campaign, deadline, now),
            )
        )
        standing = seen.standings.get((unit.slug, slug))
        if standing and standing.review_reason:
            lines.append("   " + words.tr("outcome.more_wanted", reason=standing.review_reason))
        elif standing and standing.outcome is Outcome.IN_PROGRESS:
            lines.append("   " + words.tr("outcome.in_progress", name=standing.by_name))
    lines += ["", words.tr("remind.closing")]
    return Message("\n".join(lines), _reminder_choices(world, words, push))


def _reminder_choices(world: World, words: Words, push: Push) -> tuple[Choice, ...]:
    slugs, campaign = push.obligations, world.campaign
    if len(slugs) == 1:
        slug = slugs[0]
        choices = [
            Choice(words.tr("button.report_now"), f"report {slug}"), Choice(words.tr("button.nothing"), f"nothing {slug}"),
            Choice(words.tr("button.ack"), f"ack {slug}"), Choice(words.tr("button.rule"), f"clause {campaign.obligation(slug).clause}"),
        ]  # fmt: skip
    else:
        choices = []
        for slug in slugs:
            title = campaign.obligation(slug).short.in_(words.language)
            choices.append(Choice(words.tr("button.report_next", title=title), f"report {slug}"))
            choices.append(Choice(words.tr("button.nothing_for", title=title), f"nothing {slug}"))
        choices += [Choice(words.tr("button.ack"), "ack"), Choice(words.tr("button.rule"), "due")]
    return (*choices, Choice(words.tr("button.later"), "later"))


def _by_bucket(world: World, seen: Picture, slug: str, now: datetime) -> dict[Bucket, list[str]]:
    found: dict[Bucket, list[str]] = {bucket: [] for bucket in Bucket}
    for unit in world.campaign.units:
        standing = seen.standings.get((unit.slug, slug))
        if standing and world.campaign.owes(unit, world.campaign.obligation(slug)):
            found[bucket_of(standing, seen.due, world.campaign, now)].append(unit.short)
    return found


def _digest(world: World, words: Words, push: Push, seen: Picture, now: datetime) -> Message:
    campaign = world.campaign
    lines = [words.tr("digest.opening", day=words.weekday(now.astimezone(campaign.zone).date()))]
    for slug in push.obligations:
        obligation = campaign.obligation(slug)
        assert obligation.deadline
        left = left_text(words, campaign, obligation.deadline, now)
        title = obligation.title.in_(words.language)
        lines += ["", words.tr("status.obligation", title=title, day=words.day(obligation.deadline.date), left=left)]
        for bucket, units in _by_bucket(world, seen, slug, now).items():
            if units:
                lines.append(f"{bucket_text(words, bucket)}: {len(units)} ({', '.join(units)})")
        silent = [
            u.short for u in campaign.units
            if (s := seen.standings.get((u.slug, slug))) and s.outcome is Outcome.NO_RESPONSE and campaign.owes(u, obligation)
        ]  # fmt: skip
        if silent:
            lines.append(words.tr("digest.silent", count=len(silent)))
    choices = [Choice(o.short.in_(words.language), f"obl {o.slug}") for o in map(campaign.obligation, push.obligations)]
    return Message("\n".join(lines), (*choices, Choice(words.tr("button.nudge"), "nudge")))


def _alarm(world: World, words: Words, push: Push) -> Message:
    units = dict.fromkeys(world.campaign.unit(reason.unit).short for reason in push.reasons)
    titles = ", ".join(world.campaign.obligation(slug).short.in_(words.language) for slug in push.obligations)
    text = words.tr("alarm.nobody", count=len(units), units=", ".join(units), titles=titles)
    return Message(text, (Choice(words.tr("button.status"), "status"),))


def _escalation(world: World, words: Words, push: Push, seen: Picture, now: datetime) -> Message:
    campaign = world.campaign
    to_leader = push.recipient is not None and push.recipient.role is Role.LEADER
    by_obligation: dict[str, list[str]] = defaultdict(list)
    for reason in push.reasons:
        by_obligation[reason.obligation].append(campaign.unit(reason.unit).short)
    if to_leader:
        lines = [words.tr("escalation.leader", unit=campaign.unit(push.unit).name.in_(words.language))]
    else:
        lines = [words.tr("escalation.opening")]
    for slug, units in by_obligation.items():
        obligation = campaign.obligation(slug)
        assert obligation.deadline
        title, left = obligation.title.in_(words.language), left_text(words, campaign, obligation.deadline, now)
        lines.append(
            words.tr(
                "escalation.line",
                sign=BUCKET_SIGNS[Bucket.OPEN_OVERDUE],
                title=title,
                day=words.day(obligation.deadline.date),
                left=left,
            )
        )
        if not to_leader:
            lines.append(f"   {', '.join(units)}")
    choices = (
        [Choice(words.tr("button.report"), "choose")] if to_leader
        else [Choice(words.tr("button.nudge"), "nudge"), Choice(words.tr("button.status"), "status")]
    )  # fmt: skip
    return Message("\n".join(lines), tuple(choices))


# ---------------------------------------------------------------- the clock's tick


def tick(db: Connection, world: World, now: datetime) -> int:
    """Queue every push that is due; each once, however many clocks tick. Returns how many were queued."""
    seen = picture(db, world)
    queued, told_groups, reminded = 0, set(), set()
    for push in plan(world.campaign, seen.situation, now):
        if not reminders.settle_push(Scope(db, world.campaign), push):
            continue
        if push.recipient is None:
            continue  # nobody to write to: the managers' alarm speaks of it

        def worded(words: Words, push: Push = push) -> Message:
            return word(world, words, push, seen, now)

        key = f"push:{push.keys[0]}"
        recipient = push.recipient
        kind = REMINDER if push.kind in (PushKind.REMINDER, PushKind.SNOOZED) else "push"
        queued += push_to_person(db, world, recipient.person, recipient.language, worded, now, key, kind)
        if kind == REMINDER:
            reminded.add(recipient.person)
        if recipient.role.oversees and push.kind not in told_groups:
            told_groups.add(push.kind)
            _tell_groups(db, world, push, seen, now)
    return queued + _refresh(db, world, seen, reminded, now) + push_unanswered(db, world, now)


def _refresh(db: Connection, world: World, seen: Picture, reminded: set[int], now: datetime) -> int:
    """A reminder that no platform has taken since an earlier day is stale: today's takes its place."""
    local = now.astimezone(world.campaign.zone)
    if not is_open(world.campaign, now) or local.time() < world.campaign.ladder.at:
        return 0
    queued = 0
    by_person = {recipient.person: recipient for recipient in seen.situation.recipients}
    today = at_local(local.date(), time.min, world.campaign.zone)
    for contact_id in outbox.drop_waiting(db, REMINDER, today, only_tried=world.simulated):
        contact = people.contact_by_id(db, contact_id)
        recipient = by_person.get(contact.person_id or 0) if contact else None
        if recipient is None or recipient.person in reminded or not world.campaign.has_unit(recipient.unit):
            continue
        reminded.add(recipient.person)
        owed = open_obligations(world.campaign, seen.situation, world.campaign.unit(recipient.unit), now)
        if owed:
            reasons = tuple(Reason(o.slug, recipient.unit) for o in owed)
            push = Push(now, PushKind.REMINDER, "", recipient, recipient.unit, reasons, ())
            key = f"fresh:{recipient.person}:{local.date()}"

            def worded(words: Words, push: Push = push) -> Message:
                return word(world, words, push, seen, now)

            queued += push_to_person(db, world, recipient.person, recipient.language, worded, now, key, REMINDER)
    return queued


def _tell_groups(db: Connection, world: World, push: Push, seen: Picture, now: datetime) -> None:
    """Digests, alarms and escalations also go to the bound groups, once."""
    words = world.languages.of("")
    for group in groups.bound(db):
        message = Message(word(world, words, push, seen, now).text)
        key = f"push:{push.kind}:{push.rung}:{push.obligations}:{now:%Y%m%d}:{group.channel}{group.address}"
        outbox.queue(
            db, contact_id=None, channel=group.channel, address=group.address, kind="push", body=message.to_json(),
            now=now, key=key,
        )  # fmt: skip


# ---------------------------------------------------------------- answers to a reminder


def acknowledge(turn: Turn, slugs: str) -> None:
    """ "Đã nắm": kept, and shown to the managers."""
    if turn.person is None or turn.unit is None:
        turn.say(turn.words.tr("stale"), *helping.first_choices(turn))
        return
    turn.close_buttons()
    standings = reports.standings(turn.scope)
    named = [slug for slug in slugs.split() if turn.campaign.has_obligation(slug)]
    owed = named or [
        o.slug for o in turn.campaign.dated()
        if turn.campaign.owes(turn.unit, o) and not standings[(turn.unit.slug, o.slug)].settled
    ]  # fmt: skip
    reminders.acknowledge(turn.scope, turn.person.id, turn.unit.slug, owed, turn.now)
    turn.say(turn.words.tr("ack.done"), Choice(turn.words.tr("button.report"), "choose"))


def stay(turn: Turn, _: str) -> None:
    """ "Vẫn nhận tin": the tap itself opened the window anew."""
    turn.close_buttons()
    turn.say(turn.words.tr("stay.done"), *helping.first_choices(turn))


def snooze(turn: Turn, _: str) -> None:
    """ "Nhắc chiều nay": 14:00, or two hours on, or tomorrow morning where the day is over."""
    if turn.person is None:
        turn.say(turn.words.tr("stale"), *helping.first_choices(turn))
        return
    turn.close_buttons()
    ladder, zone = turn.campaign.ladder, turn.campaign.zone
    at = at_local(turn.today, ladder.afternoon, zone)
    if turn.now >= at:
        at = turn.now + AFTERNOON_STEP
    if at.astimezone(zone).time() >= ladder.open_until or at.astimezone(zone).date() != turn.today:
        at = at_local(turn.today + timedelta(days=1), ladder.at, zone)
    reminders.add_snooze(turn.scope, turn.person.id, at)
    turn.say(turn.words.tr("later.done", at=turn.words.moment(at)))
