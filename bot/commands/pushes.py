"""``dondoc remind`` and ``dondoc rehearse``: what the ladder would send to whom, when and why. The week's open questions, and
copies to groups, are no part of it."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from bot.commands.push_table import Shown, print_pushes, print_totals
from bot.commands.shared import print_json, spoken
from handlers.desk import Desk
from handlers.library import Library
from handlers.managing.costs import forecast, forecast_text, how_it_goes
from handlers.ticking.picture import Picture, picture
from handlers.ticking.texts import Pushed
from handlers.ticking.tick import tick
from rules.campaign.agenda import foresee, plan
from rules.campaign.deadlines import at_local
from rules.campaign.ladder import Push
from rules.campaign.model import Campaign
from storage.database import reading
from storage.writer import Writer

AFTER_LAST = timedelta(days=120)


def show_pushes_at(writer: Writer, library: Library, at: datetime, dry_run: bool, as_json: bool) -> None:
    """What is due at a moment. Without ``dry_run`` it is queued, once."""
    with reading(writer.engine) as db:
        desk = Desk(db, library, at)
        seen = picture(desk)
        found = [_shown(desk, push, seen) for push in plan(library.campaign, seen.situation, at)]
    if not dry_run:
        writer.write(lambda db: tick(Desk(db, library, at)))
    if as_json:
        print_json([_row(library, item) for item in found])
    else:
        print_pushes(library.campaign, library.languages.of(spoken()), found, texts=True)


def show_all_pushes(engine: Engine, library: Library, now: datetime, texts: bool, as_json: bool) -> None:
    """Every push from the campaign's opening to its last rung, with the way that each will go; and what the coming week
    will cost. ``texts``: with what each of them says."""
    campaign, words = library.campaign, library.languages.of(spoken())
    with reading(engine) as db:
        desk = Desk(db, library, now)
        seen = picture(desk)
        start, end = _span(campaign)
        # Everybody enrolled is taken as enrolled from the start: a rehearsal shows the whole ladder.
        people = tuple(replace(r, joined_at=min(r.joined_at, start)) for r in seen.situation.recipients)
        situation = replace(seen.situation, recipients=people, told={}, snoozes=())
        found = [
            _shown(desk, push, replace(seen, situation=known, now=at))
            for at, known, pushes in foresee(campaign, situation, start, end)
            for push in pushes
        ]
        week = forecast(desk)
    if as_json:
        print_json([_row(library, item) | {"going": asdict(item.going)} for item in found])
        return
    print_pushes(campaign, words, found, texts)
    print_totals(campaign, words, found, end)
    print(f"\n{forecast_text(words, week)}")


def _span(campaign: Campaign) -> tuple[datetime, datetime]:
    """From the opening until nothing is left to be reminded of."""
    hours, zone = campaign.policy.hours, campaign.directory.zone
    last = max(at_local(o.deadline.date, hours.at, zone) for o in campaign.dated() if o.deadline)
    return at_local(campaign.opens, hours.open_from, zone), last + AFTER_LAST


def _shown(desk: Desk, push: Push, seen: Picture) -> Shown:
    who = push.recipient
    words = desk.library.languages.of(who.language if who else "vi")
    return Shown(push, Pushed(push, seen).message(words).text, how_it_goes(desk, push))


def _row(library: Library, shown: Shown) -> dict[str, Any]:
    push = shown.push
    who = push.recipient
    return {
        "at": push.at.astimezone(library.campaign.directory.zone).isoformat(),
        "kind": push.kind.value,
        "rung": push.rung,
        "person": who.name if who else None,
        "role": who.role.value if who else None,
        "unit": push.unit or None,
        "obligations": list(push.obligations),
        "reasons": [{"obligation": r.obligation, "unit": r.unit or None, "rung": r.rung or None} for r in push.reasons],
        "text": shown.text,
    }
