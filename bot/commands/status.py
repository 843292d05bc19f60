"""``dondoc status``."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from bot.commands.shared import Refused, moment, print_json, tr
from handlers.library import Library
from handlers.wording.phrases import BUCKET_SIGNS, outcome_text, timing_text
from rules.campaign.deadlines import Due, Timing
from rules.campaign.model import Campaign, Obligation, Unit
from rules.campaign.progress import Standing, bucket_of, timing_of
from rules.directory.finding import Found, read_unit
from storage import reports
from storage.database import reading
from storage.scope import Scope


def named_obligation(library: Library, given: str) -> Obligation:
    """An obligation by slug, clause or words. Raises Refused."""
    campaign = library.campaign
    for item in campaign.obligations:
        if given in (item.slug, item.clause):
            return item
    found = library.of_dispatch.obligation_named(given)
    if found is None:
        raise Refused(tr("cli.refused.obligation", name=given, obligations=", ".join(o.slug for o in campaign.obligations)))
    return found


def show_status(
    engine: Engine, library: Library, present: datetime, unit: str, obligation: str, at: str, as_json: bool
) -> None:  # fmt: skip
    """Print the standings of dated obligations; one obligation may be a standing one."""
    campaign = library.campaign
    now = moment(at, campaign.zone) if at else present
    with reading(engine) as db:
        scope = Scope(db, campaign)
        standings, due = reports.standings(scope), reports.due(scope)
    wanted_unit = _unit(library.campaign, unit) if unit else None
    items = (named_obligation(library, obligation),) if obligation else campaign.dated()
    pairs = [
        (u, o) for u in campaign.units for o in items
        if campaign.owes(u, o) and (wanted_unit is None or u.slug == wanted_unit)
    ]  # fmt: skip
    if as_json:
        print_json([_row(campaign, u, o, standings[(u.slug, o.slug)], due) for u, o in pairs])
    else:
        _print_table(library, pairs, standings, due, now)


def _unit(campaign: Campaign, given: str) -> str:
    found = read_unit(given, campaign)
    if not isinstance(found, Found):
        raise Refused(tr("cli.refused.single_unit", name=given, unit=campaign.units[0].slug))
    return found.unit


def _row(campaign: Campaign, unit: Unit, obligation: Obligation, standing: Standing, due: Due) -> dict[str, Any]:
    when = timing_of(standing, due, campaign)
    deadline = due.of(unit.slug, obligation.slug) if obligation.deadline else None
    return {
        "unit": unit.slug, "obligation": obligation.slug, "outcome": standing.outcome.value,
        "review": standing.review.value or None, "late": None if when is None else when is Timing.LATE,
        "timing": when.value if when else None,
        "submitted_at": standing.submitted_at.astimezone(campaign.zone).isoformat() if standing.submitted_at else None,
        "revision": standing.revision, "receipt": standing.receipt or None,
        "due": deadline.date.isoformat() if deadline else None,
    }  # fmt: skip


def _print_table(
    library: Library, pairs: list[tuple[Unit, Obligation]], standings: dict[tuple[str, str], Standing], due: Due, now: datetime
) -> None:
    campaign, words = library.campaign, library.languages.of("vi")
    columns = list(dict.fromkeys(o.slug for _, o in pairs))
    table = Table(title=f"{campaign.title.vi}: {words.moment(now)}")
    table.add_column("Đơn vị")
    for slug in columns:
        table.add_column(campaign.obligation(slug).short.vi)
    cells: dict[str, dict[str, str]] = {}
    for u, o in pairs:
        standing = standings[(u.slug, o.slug)]
        sign = BUCKET_SIGNS[bucket_of(standing, due, campaign, now)] if o.deadline else "⚪"
        when = timing_text(words, timing_of(standing, due, campaign))
        cells.setdefault(u.short, {})[o.slug] = f"{sign} {outcome_text(words, standing)}" + (f" ({when})" if when else "")
    for name, found in cells.items():
        table.add_row(name, *(found.get(slug, "") for slug in columns))
    Console().print(table)
