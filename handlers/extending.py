"""A manager grants one unit a later day, with a reason."""

from datetime import date, timedelta

from handlers.pushing import push_to_person
from handlers.turn import Choice, Message, Turn
from handlers.words import Words
from rules.refusal import Refusal
from rules.values import read_date
from storage import people, reports

EXAMPLE_STEP = timedelta(days=7)


def begin(turn: Turn, rest: str) -> None:
    """To which day?"""
    unit, _, item = rest.partition(" ")
    known = turn.campaign.has_unit(unit) and turn.campaign.has_obligation(item)
    if not turn.oversees or not known or turn.campaign.obligation(item).deadline is None:
        turn.say(turn.words.tr("managers_only"))
        return
    turn.go("extend", unit=unit, obligation=item)
    now_due = reports.due(turn.db, turn.campaign).of(unit, item).date
    turn.say(
        turn.words.tr(
            "extend.day",
            unit=turn.campaign.unit(unit).short,
            title=turn.title(turn.campaign.obligation(item)),
            day=turn.words.day(now_due),
            example=turn.words.day(now_due + EXAMPLE_STEP),
        ),
        Choice(turn.words.tr("button.cancel"), "cancel"),
    )


def type_day(turn: Turn, text: str) -> None:
    """The day, which must lie after the day in force."""
    if not turn.oversees:  # a manager when it was begun, and no more
        turn.rest()
        turn.say(turn.words.tr("managers_only"))
        return
    unit, item = turn.data["unit"], turn.data["obligation"]
    now_due = reports.due(turn.db, turn.campaign).of(unit, item)
    try:
        day = read_date(text, turn.today)
    except Refusal:
        turn.say(turn.words.tr("refused.not_a_date", given=text[:40]), Choice(turn.words.tr("button.cancel"), "cancel"))
        return
    if day <= now_due.date:
        turn.say(
            turn.words.tr("extend.too_early", day=turn.words.day(now_due.date)), Choice(turn.words.tr("button.cancel"), "cancel")
        )
        return
    turn.go("extend-reason", unit=unit, obligation=item, day=day.isoformat())
    turn.say(turn.words.tr("extend.reason"), Choice(turn.words.tr("button.cancel"), "cancel"))


def type_reason(turn: Turn, text: str) -> None:
    """The reason; then the unit is told."""
    unit, item, day = turn.data["unit"], turn.data["obligation"], date.fromisoformat(turn.data["day"])
    turn.rest()
    if not turn.oversees or turn.person is None:
        turn.say(turn.words.tr("managers_only"))
        return
    reason, by = text[:300], turn.person.name
    reports.extend(turn.db, turn.campaign.name, unit, item, day, reason, by, turn.now)

    def worded(words: Words) -> Message:
        title = turn.campaign.obligation(item).title.in_(words.language)
        return Message(words.tr("extend.alert", title=title, day=words.day(day), reason=reason, name=by))

    for officer in people.of_unit(turn.db, unit):
        key = f"extend:{unit}:{item}:{day}:{turn.now.isoformat()}:p{officer.id}"
        push_to_person(turn.db, turn.world, officer.id, officer.language, worded, turn.now, key)
    turn.say(turn.words.tr("extend.done", unit=turn.campaign.unit(unit).short, day=turn.words.day(day)))
