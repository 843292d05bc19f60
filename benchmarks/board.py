"""How fast a board of 7,000 cells is drawn: ``python -m benchmarks.board``. Exits 1 above the bar.

1,000 made-up units owe seven duties each; two in three have reported, some twice, some were sent back, some are being filled
in, some have more time. Measured on SQLite: reading what is kept, and drawing and counting the board from it.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.loading import load_folders
from rules.campaign.board import Board, board_of
from rules.campaign.model import Campaign
from rules.campaign.progress import Outcome, Review
from rules.directory.model import Directory, Unit
from rules.documents.parts import Bilingual
from storage import reports
from storage.database import migrate, open_database, reading
from storage.scope import Scope
from storage.tables import draft, extension, submission

ROOT = Path(__file__).resolve().parents[1]
UNITS, ROUNDS = 1000, 7
BAR = 0.3
NAMED = ("kinh-phi", "danh-sach", "cong-nhan", "thu-hoi", "tap-huan", "kiem-tra", "ke-hoach")


def campaign_of(units: int) -> Campaign:
    """The first campaign's forms, put to so many units; every duty has a date."""
    own = load_folders(ROOT / "campaigns" / "quang-nam-ocop-2022", ROOT / "provinces" / "quang-nam")
    dated = own.dated()
    duties = tuple(
        dated[place % len(dated)].model_copy(update={"slug": slug, "owed_by": "district"}) for place, slug in enumerate(NAMED)
    )
    many = tuple(
        Unit(slug=f"xa-{number}", kind="district", name=Bilingual(vi=f"UBND xã {number}"), short=f"Xã {number}")
        for number in range(units)
    )
    directory = Directory(
        name=own.directory.name, time_zone=own.directory.time_zone, country=own.directory.country, kinds=own.directory.kinds,
        units=many,
    )  # fmt: skip
    fields = {name: getattr(own, name) for name in Campaign.model_fields}
    return Campaign(**(fields | {"directory": directory, "obligations": duties}))


def filled(campaign: Campaign, url: str, opening: datetime) -> None:
    """Keep drafts, reports and extensions."""
    engine = open_database(url)
    migrate(engine)
    drafts: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []
    longer: list[dict[str, Any]] = []
    for place, (unit, duty) in enumerate(campaign.pairs()):
        here = {"campaign": campaign.name, "unit": unit.slug, "obligation": duty.slug}
        if place % 97 == 0:
            longer.append(here | {"day": date(2022, 7, 25), "reason": "lũ", "granted_by": "Minh", "granted_at": opening})
        if place % 6 == 0:
            drafts.append(here | {"state": {}, "seq": 1, "person_id": 1, "person_name": "Lan", "updated_at": opening})
        for revision in range(1, (0, 0, 1, 1, 1, 2)[place % 6] + 1):
            answers = {
                "products": [{"product": "Trà", "producer": "HTX"}] * 10,
                "document_number": "45/BC" if place % 4 else None,
            }
            sent.append(
                here
                | {
                    "revision": revision,
                    "outcome": Outcome.SUBMITTED,
                    "answers": answers,
                    "receipt": f"R{place}.{revision}",
                    "submitted_at": opening + timedelta(hours=place % 700),
                    "person_id": 1,
                    "person_name": "Lan",
                    "review": Review.MORE_WANTED if place % 25 == 2 else Review.NONE,
                    "review_reason": "",
                    "reviewed_by": "",
                    "reviewed_at": None,
                }
            )
    with engine.begin() as db:
        for table, rows in ((draft, drafts), (submission, sent), (extension, longer)):
            db.execute(insert(table), rows)
    engine.dispose()


def best(task: Callable[[], object]) -> float:
    """The seconds of processor time of the quickest of some rounds: what else the machine does is left out."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        task()
        took.append(time.process_time() - began)
    return min(took)


def counted(board: Board) -> int:
    """Everything that pages ask of it."""
    duties = sum(board.total_of_duty(duty.slug).owed for duty in board.campaign.dated())
    units = sum(board.total_of_unit(unit.slug).owed for unit in board.worst_first())
    assert duties == units == board.total.owed
    return duties


def main() -> int:
    campaign = campaign_of(UNITS)
    opening = datetime(2022, 6, 20, 8, tzinfo=campaign.directory.zone)
    now = datetime(2022, 7, 12, 9, tzinfo=campaign.directory.zone)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)  # as a running process has it
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/board.db"
        filled(campaign, url, opening)
        engine = open_database(url)
        with reading(engine) as db:
            scope = Scope(db, campaign)
            standings, due = reports.standings(scope), reports.due(scope)
            read = best(lambda: (reports.standings(scope), reports.due(scope)))
        engine.dispose()
    board = board_of(campaign, standings, due, now, ())
    drawn = best(lambda: board_of(campaign, standings, due, now, ()))
    whole = best(lambda: counted(board_of(campaign, standings, due, now, ())))
    total = read + whole
    print(f"{counted(board)} cells, {board.total.percent} % done: read {read * 1000:.0f} ms, drawn {drawn * 1000:.0f} ms,")
    print(f"drawn and counted {whole * 1000:.0f} ms; together {total * 1000:.0f} ms (bar: {BAR * 1000:.0f} ms)")
    return 0 if total < BAR else 1


if __name__ == "__main__":
    sys.exit(main())
