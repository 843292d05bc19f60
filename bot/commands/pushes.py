"""``dondoc remind`` and ``dondoc rehearse``: what the ladder would send to whom, when and why. The week's open questions, and
copies to groups, are no part of it."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from bot.commands.shared import print_json, spoken, tr
from handlers.desk import Desk
from handlers.library import Library
from handlers.managing.costs import forecast, forecast_text, how_it_goes
from handlers.ticking.picture import Picture, picture
from handlers.ticking.texts import Pushed
from handlers.ticking.tick import tick
from rules.campaign.agenda import foresee, plan
from rules.campaign.deadlines import at_local
from rules.campaign.ladder import Push
from storage.database import reading
from storage.writer import Writer

AFTER_LAST = timedelta(days=120)


def show_pushes_at(writer: Writer, library: Library, at: datetime, dry_run: bool, as_json: bool) -> None:
    """What is due at a moment. Without ``dry_run`` it is queued, once."""
    with reading(writer.engine) as db:
        seen = picture(Desk(db, library, at))
    found = [_row(library, push, seen) for push in plan(library.campaign, seen.situation, at)]
    if not dry_run:
        writer.write(lambda db: tick(Desk(db, library, at)))
    _show(found, as_json)


def show_all_pushes(engine: Engine, library: Library, now: datetime, as_json: bool) -> None:
    """Every push from the campaign's opening to its last rung, with the way that each will go; and what the coming week
    will cost."""
    campaign = library.campaign
    with reading(engine) as db:
        seen = picture(Desk(db, library, now))
    start = at_local(campaign.opens, campaign.policy.hours.open_from, campaign.directory.zone)
    # Everybody enrolled is taken as enrolled from the start: a rehearsal shows the whole ladder.
    people = tuple(replace(r, joined_at=min(r.joined_at, start)) for r in seen.situation.recipients)
    situation = replace(seen.situation, recipients=people, told={}, snoozes=())
    end = max(
        at_local(o.deadline.date, campaign.policy.hours.at, campaign.directory.zone) for o in campaign.dated() if o.deadline
    )
    with reading(engine) as db:
        desk = Desk(db, library, now)
        found = [
            _row(library, push, replace(seen, situation=known, now=at)) | {"going": asdict(how_it_goes(desk, push))}
            for at, known, pushes in foresee(campaign, situation, start, end + AFTER_LAST)
            for push in pushes
        ]
        week = forecast(desk)
    _show(found, as_json)
    if not as_json:
        print(f"\n{forecast_text(library.languages.of(spoken()), week)}")


def _row(library: Library, push: Push, seen: Picture) -> dict[str, Any]:
    who = push.recipient
    words = library.languages.of(who.language if who else "vi")
    return {
        "at": seen.now.astimezone(library.campaign.directory.zone).isoformat(),
        "kind": push.kind.value,
        "rung": push.rung,
        "person": who.name if who else None,
        "role": who.role.value if who else None,
        "unit": push.unit or None,
        "obligations": list(push.obligations),
        "reasons": [{"obligation": r.obligation, "unit": r.unit or None, "rung": r.rung or None} for r in push.reasons],
        "text": Pushed(push, seen).message(words).text,
    }


def _show(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for row in found:
        whom = f"{row['person']} ({row['role']})" if row["person"] else "-"
        print(f"{row['at']}  {row['kind']} {row['rung']}  {row['unit'] or ''}  {whom}")
        for line in row["text"].splitlines():
            print(f"    {line}")
    if not found:
        print(tr("cli.remind.nothing"))
