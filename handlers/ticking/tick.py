"""The clock's tick: every push that is due is queued, each once, however many clocks tick."""

from datetime import time

from handlers.desk import Desk
from handlers.pushing import post, push
from handlers.ticking import later_dates, news
from handlers.ticking.asked import push_asked
from handlers.ticking.picture import Picture, picture
from handlers.ticking.requests import push_requests
from handlers.ticking.texts import Pushed
from rules.campaign.agenda import plan
from rules.campaign.deadlines import at_local
from rules.campaign.ladder import Push, PushKind, Reason, is_open, is_theirs, open_obligations, step_at, whom
from rules.people import Recipient
from storage import outbox, people, reminders
from storage.outbox import DeliveryKind


def tick(desk: Desk) -> int:
    """Queue every push that is due. Returns how many were queued."""
    seen = picture(desk)
    queued, told_groups, reminded, heard = 0, set(), set(), False
    for due in plan(desk.campaign, seen.situation, desk.now):
        if not reminders.settle_push(desk.scope, due):
            continue
        if due.recipient is None:
            continue  # nobody to write to: the managers' alarm speaks of it
        kind = DeliveryKind.REMINDER if due.kind in (PushKind.REMINDER, PushKind.SNOOZED) else DeliveryKind.PUSH
        sent = _send(desk, due, due.recipient, seen, f"push:{due.keys[0]}", kind)
        queued += sent
        heard |= sent and due.kind in (PushKind.MORNING, PushKind.DIGEST)
        if kind is DeliveryKind.REMINDER:
            reminded.add(due.recipient.person)
        if due.recipient.role.oversees and due.kind not in told_groups:
            told_groups.add(due.kind)
            _tell_groups(desk, due, seen)
    if heard:
        news.mark_told(desk, seen.news)
    told = push_asked(desk) + push_requests(desk) + later_dates.tell_in_hours(desk)
    return queued + _refresh(desk, seen, reminded) + told


def _send(desk: Desk, due: Push, recipient: Recipient, seen: Picture, key: str, kind: DeliveryKind) -> bool:
    person = people.by_id(desk.db, recipient.person)
    return person is not None and push.to_person(desk, person, Pushed(due, seen), key, kind)


def _refresh(desk: Desk, seen: Picture, reminded: set[int]) -> int:
    """A reminder that no platform has taken since an earlier day is stale: today's takes its place."""
    campaign, local = desk.campaign, desk.now.astimezone(desk.zone)
    if not is_open(campaign, desk.now) or local.time() < campaign.policy.hours.at:
        return 0
    queued = 0
    by_person = {recipient.person: recipient for recipient in seen.situation.recipients}
    today = at_local(local.date(), time.min, desk.zone)
    for contact_id in outbox.drop_waiting(desk.db, DeliveryKind.REMINDER, today, only_tried=desk.library.simulated):
        contact = people.contact_by_id(desk.db, contact_id)
        recipient = by_person.get(contact.person_id or 0) if contact else None
        if recipient is None or recipient.person in reminded or not campaign.directory.has_unit(recipient.unit):
            continue
        reminded.add(recipient.person)
        unit = campaign.directory.unit(recipient.unit)
        owed = [
            duty
            for duty in open_obligations(campaign, seen.situation, unit, desk.now)
            if is_theirs(seen.situation, unit, duty, whom(recipient), desk.now)
        ]
        if owed:
            due = seen.due
            reasons = tuple(
                Reason(o.slug, recipient.unit, step=step_at(campaign, due.of(recipient.unit, o.slug), desk.now)) for o in owed
            )
            fresh = Push(desk.now, PushKind.REMINDER, "", recipient, recipient.unit, reasons, ())
            queued += _send(desk, fresh, recipient, seen, f"fresh:{recipient.person}:{local.date()}", DeliveryKind.REMINDER)
    return queued


def _tell_groups(desk: Desk, due: Push, seen: Picture) -> None:
    """What overseers get in the morning and in the afternoon also goes to the bound groups, once."""
    key = f"push:{due.kind}:{due.rung}:{due.obligations}:{desk.now:%Y%m%d}"
    post.to_groups(desk, Pushed(due, seen), key)
