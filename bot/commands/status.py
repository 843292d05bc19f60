"""``dondoc status``."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from bot.commands.shared import Refused, moment, print_json, spoken, tr
from handlers.desk import Desk
from handlers.library import Library
from handlers.wording.phrases import sign_of, state_text, timing_text
from rules.campaign.board import Cell
from rules.campaign.deadlines import Timing
from rules.campaign.model import Campaign, Obligation
from rules.directory.finding import OneUnit, read_unit
from storage.database import reading


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


class Wanted(NamedTuple):
    """What was asked for, as it was typed: one unit, one obligation, another time than now; or nothing of it."""

    unit: str
    obligation: str
    at: str


def show_status(engine: Engine, library: Library, present: datetime, asked: Wanted, as_json: bool) -> None:
    """Print the standings of dated obligations; one obligation may be a standing one, and of one unit all are shown."""
    campaign = library.campaign
    now = moment(asked.at, campaign.directory.zone) if asked.at else present
    with reading(engine) as db:
        board = Desk(db, library, now).board
    unit = _unit(campaign, asked.unit) if asked.unit else None
    owed = campaign.owed_by(campaign.directory.unit(unit)) if unit else campaign.dated()
    duties = {item.slug for item in ((named_obligation(library, asked.obligation),) if asked.obligation else owed)}
    cells = [c for c in board.cells if c.duty.slug in duties and (unit is None or c.unit.slug == unit)]
    if as_json:
        print_json([_row(cell, campaign.directory.zone) for cell in cells])
    else:
        _print_table(library, cells, now)


def _unit(campaign: Campaign, given: str) -> str:
    found = read_unit(given, campaign.directory)
    if not isinstance(found, OneUnit):
        raise Refused(tr("cli.refused.single_unit", name=given, unit=campaign.directory.units[0].slug))
    return found.unit


def _row(cell: Cell, zone: ZoneInfo) -> dict[str, Any]:
    standing, when = cell.standing, cell.timing
    return {
        "unit": cell.unit.slug,
        "obligation": cell.duty.slug,
        "state": cell.state.value,
        "bucket": cell.bucket.value if cell.bucket else None,
        "outcome": standing.outcome.value,
        "review": standing.review.value or None,
        "late": None if when is None else when is Timing.LATE,
        "timing": when.value if when else None,
        "submitted_at": standing.submitted_at.astimezone(zone).isoformat() if standing.submitted_at else None,
        "revision": standing.revision,
        "receipt": standing.receipt or None,
        "due": cell.deadline.date.isoformat() if cell.deadline else None,
    }


def _print_table(library: Library, cells: list[Cell], now: datetime) -> None:
    campaign, words = library.campaign, library.languages.of(spoken())
    columns = list(dict.fromkeys(cell.duty.slug for cell in cells))
    table = Table(title=f"{campaign.title.in_(words.language)}: {words.moment(now)}")
    table.add_column(tr("cli.status.unit"))
    for slug in columns:
        table.add_column(campaign.obligation(slug).short.in_(words.language))
    rows: dict[str, dict[str, str]] = {}
    for cell in cells:
        when = timing_text(words, cell.done_when)
        text = f"{sign_of(cell)} {state_text(words, cell.standing)}" + (f" ({when})" if when else "")
        rows.setdefault(cell.unit.short, {})[cell.duty.slug] = text
    for name, found in rows.items():
        table.add_row(name, *(found.get(slug, "") for slug in columns))
    Console().print(table)
