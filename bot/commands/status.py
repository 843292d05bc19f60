"""``dondoc status``."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.commands.shared import Refused, moment, print_json, tr
from bot.wiring import House
from handlers.wording.phrases import BUCKET_SIGNS, outcome_text, timing_text
from rules.campaign.deadlines import Due, Timing
from rules.campaign.model import Obligation
from rules.campaign.progress import Standing, bucket_of, timing_of
from rules.directory.finding import OneUnit, read_unit
from rules.directory.model import Unit
from storage import reports
from storage.database import reading
from storage.scope import Scope


def named_obligation(house: House, given: str) -> Obligation:
    """An obligation by slug, clause or words. Raises Refused."""
    campaign = house.library.campaign
    for item in campaign.obligations:
        if given in (item.slug, item.clause):
            return item
    found = house.library.of_dispatch.obligation_named(given)
    if found is None:
        raise Refused(tr("cli.refused.obligation", name=given, obligations=", ".join(o.slug for o in campaign.obligations)))
    return found


def show_status(house: House, unit: str, obligation: str, at: str, as_json: bool) -> None:
    """Print the standings of dated obligations; one obligation may be a standing one."""
    campaign = house.library.campaign
    now = moment(at, campaign.directory.zone) if at else house.clock.now()
    with reading(house.engine) as db:
        scope = Scope(db, campaign)
        standings, due = reports.standings(scope), reports.due(scope)
    wanted_unit = _unit(house, unit) if unit else None
    items = (named_obligation(house, obligation),) if obligation else campaign.dated()
    pairs = [
        (u, o) for u in campaign.directory.units for o in items
        if campaign.owes(u, o) and (wanted_unit is None or u.slug == wanted_unit)
    ]  # fmt: skip
    if as_json:
        print_json([_row(house, u, o, standings[(u.slug, o.slug)], due) for u, o in pairs])
    else:
        _print_table(house, pairs, standings, due, now)


def _unit(house: House, given: str) -> str:
    found = read_unit(given, house.library.directory)
    if not isinstance(found, OneUnit):
        raise Refused(tr("cli.refused.single_unit", name=given, unit=house.library.directory.units[0].slug))
    return found.unit


def _row(house: House, unit: Unit, obligation: Obligation, standing: Standing, due: Due) -> dict[str, Any]:
    campaign = house.library.campaign
    when = timing_of(standing, due, campaign)
    deadline = due.of(unit.slug, obligation.slug) if obligation.deadline else None
    return {
        "unit": unit.slug, "obligation": obligation.slug, "outcome": standing.outcome.value,
        "review": standing.review.value or None, "late": None if when is None else when is Timing.LATE,
        "timing": when.value if when else None,
        "submitted_at": standing.submitted_at.astimezone(campaign.directory.zone).isoformat() if standing.submitted_at else None,
        "revision": standing.revision, "receipt": standing.receipt or None,
        "due": deadline.date.isoformat() if deadline else None,
    }  # fmt: skip


def _print_table(
    house: House, pairs: list[tuple[Unit, Obligation]], standings: dict[tuple[str, str], Standing], due: Due, now: datetime
) -> None:
    campaign, words = house.library.campaign, house.library.languages.of("vi")
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
