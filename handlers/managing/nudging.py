""" "Nhắc ngay": one tap that chases every unit still missing."""

from dataclasses import dataclass

from handlers import talking as helping
from handlers.pushing.push import push_to_person
from handlers.turn import Choice, Message, Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import deadline_and_left
from rules.campaign.deadlines import last_day
from rules.campaign.model import Deadline, Obligation, Unit
from rules.people import Role
from storage import people, reports


@dataclass(frozen=True)
class _Missing:
    """A unit that still owes an obligation, and who can be written to there."""

    unit: Unit
    officers: tuple[people.Person, ...]


def choose(turn: Turn, text: str = "") -> None:
    """Which obligation?"""
    if not turn.oversees:
        turn.say(turn.words.tr("managers_only"))
        return
    named = turn.answerer.obligation_named(text) if text else None
    if named and named.deadline:
        confirm(turn, named.slug)
        return
    choices = []
    for item in turn.campaign.dated():
        count = len(_missing(turn, item))
        if count:
            choices.append(Choice(f"{item.short.in_(turn.words.language)} ({count})", f"nudge {item.slug}"))
    turn.say(turn.words.tr("nudge.which") if choices else turn.words.tr("nudge.all_in"), *choices)


def _missing(turn: Turn, item: Obligation) -> list[_Missing]:
    standings = reports.standings(turn.scope)
    everyone = people.present(turn.db)
    return [
        _Missing(u, tuple(p for p in everyone if p.unit == u.slug and p.role is Role.OFFICER))
        for u in turn.campaign.units
        if turn.campaign.owes(u, item) and not standings[(u.slug, item.slug)].settled
    ]


def confirm(turn: Turn, slug: str) -> None:
    """Ask once, with the numbers."""
    if not slug:
        choose(turn)
        return
    if not turn.oversees or not turn.campaign.has_obligation(slug) or not turn.campaign.obligation(slug).deadline:
        turn.say(turn.words.tr("managers_only"))
        return
    item = turn.campaign.obligation(slug)
    missing = _missing(turn, item)
    if not missing:
        turn.say(turn.words.tr("nudge.all_in"))
        return
    names = ", ".join(m.unit.short for m in missing)
    turn.say(
        turn.words.tr("nudge.ask", title=turn.title(item), count=len(missing), units=names),
        Choice(turn.words.tr("button.nudge_go"), f"nudgego {slug} {turn.now:%m%d%H%M}"),
        Choice(turn.words.tr("button.cancel"), "cancel"),
    )


def go(turn: Turn, rest: str) -> None:
    """Send it; the same confirmation pressed twice sends once."""
    turn.close_buttons()
    slug, _, stamp = rest.partition(" ")
    if not turn.oversees or turn.person is None or not turn.campaign.has_obligation(slug):
        turn.say(turn.words.tr("managers_only"), *helping.first_choices(turn))
        return
    item, by = turn.campaign.obligation(slug), turn.person.name
    due = reports.due(turn.scope)
    reached, silent = 0, []
    for missing in _missing(turn, item):
        deadline = due.of(missing.unit.slug, slug)

        def worded(words: Words, deadline: Deadline = deadline, place: Unit = missing.unit) -> Message:
            text = words.tr(
                "nudge.text", name=by, title=item.title.in_(words.language), clause=item.clause,
                deadline=deadline_and_left(words, turn.campaign, deadline, turn.now),
            )  # fmt: skip
            return Message(
                text,
                (Choice(words.tr("button.report_now"), f"report {slug}"), Choice(words.tr("button.nothing"), f"nothing {slug}"),
                 Choice(words.tr("button.ack"), f"ack {slug}")),
                facts={
                    "kind": "reminder", "titles": item.short.in_(words.language), "deadline": words.day(last_day(deadline)),
                    "unit": place.name.in_(words.language),
                },
            )  # fmt: skip

        got = [
            push_to_person(turn.db, turn.world, p.id, p.language, worded, turn.now, f"nudge:{slug}:{stamp}:p{p.id}")
            for p in missing.officers
        ]
        if any(got):
            reached += 1
        else:
            silent.append(missing.unit.short)
    text = turn.words.tr("nudge.done", count=reached)
    if silent:
        text += "\n" + turn.words.tr("nudge.unreached", units=", ".join(silent))
    turn.say(text)
