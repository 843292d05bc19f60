"""One board: the same units stand in the same buckets wherever somebody looks."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection

from bot.flow.rehearsal import drawn
from handlers.papers.export import Export, export
from handlers.ticking.picture import picture
from handlers.ticking.texts import Pushed
from handlers.turn import Incoming
from handlers.wording.phrases import BUCKET_SIGNS, bucket_text, mark_text
from rules import actions as a
from rules.campaign.board import Board
from rules.campaign.deadlines import Extension
from rules.campaign.ladder import Push, PushKind, Reason
from rules.campaign.progress import Bucket, Outcome, Review, State
from rules.people import Role
from storage import reports
from storage.database import reading
from storage.scope import Scope
from tests.forked import forked
from tests.stage import CAMPAIGN, Stage

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2022, 7, 12, 9, 0, tzinfo=CAMPAIGN.directory.zone)
"""Two deadlines are past, two are to come."""
WHEN = [datetime(2022, 6, 27, 9, tzinfo=CAMPAIGN.directory.zone) + timedelta(days=days) for days in (0, 3, 8, 13, 14)]
FATES: list[tuple[Outcome, str, Review]] = [
    (Outcome.NO_RESPONSE, "", Review.NONE), (Outcome.IN_PROGRESS, "", Review.NONE),
    (Outcome.SUBMITTED, "45/BC-UBND", Review.NONE), (Outcome.SUBMITTED, "", Review.NONE),
    (Outcome.SUBMITTED, "46/BC-UBND", Review.CONFIRMED), (Outcome.SUBMITTED, "47/BC-UBND", Review.MORE_WANTED),
    (Outcome.NOTHING, "", Review.NONE), (Outcome.NOTHING, "", Review.MORE_WANTED), (Outcome.NOTHING, "", Review.CONFIRMED),
    (Outcome.WITHDRAWN, "", Review.NONE), (Outcome.SUBMITTED, "", Review.CONFIRMED),
]  # fmt: skip
Buckets = dict[tuple[str, str], Bucket]
BY_SHORT = {unit.short: unit.slug for unit in CAMPAIGN.directory.units}
BY_NAME = {unit.name.vi: unit.slug for unit in CAMPAIGN.directory.units}
BY_TITLE = {duty.title.vi: duty.slug for duty in CAMPAIGN.obligations}


def fill(stage: Stage, db: Connection) -> None:
    """Every fate at every time, on and on over the units and what they owe."""
    scope, pick = Scope(db, CAMPAIGN), stage.library.pick
    for (unit, duty), (outcome, number, review), when in zip(CAMPAIGN.pairs(), cycle(FATES), cycle(WHEN), strict=False):
        if outcome is Outcome.IN_PROGRESS:
            reports.begin_draft(scope, unit.slug, duty.slug, {"at": "summary"}, reports.By(1, "Lan"), when)
        elif outcome is not Outcome.NO_RESPONSE:
            answers = {"document_number": number or None, "document_date": "2022-06-25"} if outcome is Outcome.SUBMITTED else {}
            kept = reports.submit(scope, reports.Report(unit.slug, duty.slug, outcome, answers), reports.By(1, "Lan"), when, pick)
            reports.review(scope, kept.id, reports.Said(review, "Minh", "thiếu chữ ký"), when)
    reports.extend(scope, Extension("hoi-an", "unspent-funds", NOW.date() + timedelta(days=9), "lũ", "Minh"), NOW)


@pytest.fixture
def filled(stage: Stage) -> Stage:
    stage.now = NOW
    stage.writer.write(lambda db: fill(stage, db))
    code = stage.invite(Role.MANAGER, name="Minh")
    stage.hear(Incoming("telegram", stage.next_update(), "Minh", "Minh", text=f"/start {code}"))
    return stage


@pytest.fixture
def board(filled: Stage) -> Board:
    with reading(filled.engine) as db:
        return filled.desk(db).board


def buckets(board: Board) -> Buckets:
    return {(c.unit.slug, c.duty.slug): c.bucket for c in board.cells if c.bucket}


def pressed(stage: Stage, action: a.Action) -> str:
    said = stage.hear(Incoming("telegram", stage.next_update(), "Minh", "Minh", choice=a.pack(action), pressed_on="1"))
    return "\n".join(one.message.text for one in said if one.address == "Minh")


def named(text: str) -> list[tuple[str, str]]:
    """Units with their marks, out of "Hội An, Núi Thành (chờ văn bản)"."""
    found = re.findall(r"([^,()]+?)(?: \(([^)]*)\))?(?:, |$)", text)
    return [(BY_SHORT[name.strip()], mark) for name, mark in found]


# ---------------------------------------------------------------- what was filled in


def test_the_board_knows_every_state_and_bucket(board: Board) -> None:
    assert {cell.state for cell in board.cells} == set(State)
    assert {cell.bucket for cell in board.cells if cell.bucket} == set(Bucket)
    kept = Counter(outcome for _, (outcome, _, _) in zip(CAMPAIGN.pairs(), cycle(FATES), strict=False))
    reported = sum(cell.standing.outcome.reported for cell in board.cells)
    assert reported == kept[Outcome.SUBMITTED] + kept[Outcome.NOTHING]
    returned = [cell for cell in board.cells if cell.state is State.RETURNED]
    assert returned
    assert {cell.bucket for cell in returned} == {Bucket.OPEN_IN_TIME, Bucket.OPEN_OVERDUE}


# ---------------------------------------------------------------- every surface


def test_the_overview_counts_what_the_board_counts(filled: Stage, board: Board) -> None:
    lines = pressed(filled, a.ShowStatus()).splitlines()
    sign = BUCKET_SIGNS[Bucket.DONE_ON_TIME]
    counts = [[int(n) for n in re.findall(r"\d+", line)] for line in lines if line.startswith(sign) and line[2].isdigit()]
    assert counts == [list(board.total_of_duty(item.slug).buckets.values()) for item in CAMPAIGN.dated()]
    for item in CAMPAIGN.dated():
        total = board.total_of_duty(item.slug)
        assert f"{total.states[State.RETURNED]} cần bổ sung" in "\n".join(lines)
        assert f"{total.states[State.AWAITING_DOCUMENT]} chờ văn bản" in "\n".join(lines)


def test_a_page_of_a_duty_is_the_boards_column(filled: Stage, board: Board) -> None:
    words = filled.library.languages.of("vi")
    headings = {bucket_text(words, bucket): bucket for bucket in Bucket}
    found: Buckets = {}
    for item in CAMPAIGN.dated():
        lines = pressed(filled, a.ShowDuty(CAMPAIGN.duty(item))).splitlines()
        for heading, units in pairwise(lines):
            title, _, count = heading.rpartition(": ")
            if title in headings:
                inside = named(units)
                assert len(inside) == int(count)
                found |= {(unit, item.slug): headings[title] for unit, _ in inside}
                for unit, mark in inside:
                    cell = board.cell(unit, item.slug)
                    assert cell
                    assert mark_text(words, cell.state) in mark
    assert found == buckets(board)


def test_a_page_of_a_unit_is_the_boards_row(filled: Stage, board: Board) -> None:
    found: Buckets = {}
    signs = {sign: bucket for bucket, sign in BUCKET_SIGNS.items()}
    for unit in CAMPAIGN.directory.units:
        for line in pressed(filled, a.ShowUnit(unit.slug)).splitlines():
            sign, _, title = line.partition(" ")
            if sign in signs:
                found[(unit.slug, BY_TITLE[title])] = signs[sign]
    assert found == buckets(board)


def test_what_is_open_can_be_extended_from_its_units_page(filled: Stage, board: Board) -> None:
    """What was sent back too."""
    for unit in CAMPAIGN.directory.units:
        said = filled.hear(
            Incoming("telegram", filled.next_update(), "Minh", "Minh", choice=a.pack(a.ShowUnit(unit.slug)), pressed_on="1")
        )
        offered = [choice.action.duty.slug for choice in said[-1].message.choices if isinstance(choice.action, a.BeginExtension)]
        assert offered == [cell.duty.slug for cell in board.of_unit(unit.slug) if cell.deadline and not cell.state.done]


def test_a_nudge_goes_to_the_open_ones(filled: Stage, board: Board) -> None:
    for item in CAMPAIGN.dated():
        open_ones = [cell.unit.short for cell in board.open_of(item.slug)]
        assert f"{len(open_ones)} đơn vị" in (said := pressed(filled, a.ConfirmNudge(CAMPAIGN.duty(item))))
        assert ", ".join(open_ones) in said


def test_the_digest_names_the_boards_units(filled: Stage, board: Board) -> None:
    words = filled.library.languages.of("vi")
    reasons = tuple(Reason(item.slug, "") for item in CAMPAIGN.dated())
    with reading(filled.engine) as db:
        digest = Push(NOW, PushKind.DIGEST, "D", None, "", reasons, ())
        lines = Pushed(digest, picture(filled.desk(db))).message(words).text.splitlines()
    duties = iter(item.slug for item in CAMPAIGN.dated())
    found: Buckets = {}
    duty = ""
    for line in lines:
        if line == "":
            duty = next(duties)
        for bucket in Bucket:
            if line.startswith(f"{bucket_text(words, bucket)}: "):
                count, units = re.fullmatch(r".*: (\d+) \((.*)\)", line).groups()  # type: ignore[union-attr]
                assert len(named(units)) == int(count)
                found |= {(unit, duty): bucket for unit, _ in named(units)}
    assert found == buckets(board)


def test_the_rehearsals_board_is_the_same_table(filled: Stage, board: Board) -> None:
    rows = drawn(board, filled.library.languages.of("vi"))
    found = {(row["unit"], cell["obligation"]): Bucket(cell["bucket"]) for row in rows for cell in row["cells"]}
    assert found == buckets(board)
    assert {cell["state"] for row in rows for cell in row["cells"]} == {state.value for state in State}


# ---------------------------------------------------------------- the command line, on the same database


@pytest.fixture
def dondoc(filled: Stage, tmp_path: Path) -> Callable[..., str]:
    """The program as it is called, its clock on a simulated moment."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TELEGRAM_", "ZALO_", "REHEARSAL_", "PUBLIC_"))}
    environment |= {"DATABASE_URL": filled.url, "FILES_DIR": f"{tmp_path}/files", "REHEARSAL_START": NOW.isoformat()}

    def run(*given: str) -> str:
        done = forked(*given, environment=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_status_prints_the_boards_cells(dondoc: Callable[..., str], board: Board) -> None:
    rows = json.loads(dondoc("status", "--at", NOW.isoformat(), "--json"))
    assert {(row["unit"], row["obligation"]): Bucket(row["bucket"]) for row in rows} == buckets(board)
    for row in rows:
        cell = board.cell(row["unit"], row["obligation"])
        assert cell
        assert cell.deadline
        assert (row["state"], row["due"]) == (cell.state.value, cell.deadline.date.isoformat())


def test_an_export_holds_the_boards_cells(dondoc: Callable[..., str], filled: Stage, board: Board, tmp_path: Path) -> None:
    words = filled.library.languages.of("vi")
    named_so = {bucket_text(words, bucket).split(" ", 1)[1]: bucket for bucket in Bucket}
    dondoc("export", "--format", "json", "--out", str(tmp_path / "x.json"))
    rows = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["rows"]
    counted = [row for row in rows if row["Phân loại"]]
    found = {(BY_NAME[row["Đơn vị"]], BY_TITLE[row["Nhiệm vụ"]]): named_so[row["Phân loại"]] for row in counted}
    assert found == buckets(board)
    of_offices = {(BY_NAME[row["Đơn vị"]], BY_TITLE[row["Nhiệm vụ"]]) for row in rows if not row["Phân loại"]}
    offices = {unit.slug for unit in CAMPAIGN.directory.offices}
    assert of_offices == {(cell.unit.slug, cell.duty.slug) for cell in board.cells if cell.unit.slug in offices}


# ---------------------------------------------------------------- summed up


def test_the_workbook_sums_up_what_is_done(dondoc: Callable[..., str], filled: Stage, board: Board, tmp_path: Path) -> None:
    def report(db: Connection, unit: str, duty: str, review: Review, **answers: Any) -> None:
        scope, pick = Scope(db, CAMPAIGN), filled.library.pick
        kept = reports.submit(scope, reports.Report(unit, duty, Outcome.SUBMITTED, answers), reports.By(1, "Lan"), NOW, pick)
        reports.review(scope, kept.id, reports.Said(review, "Minh"), NOW)

    row = {"product": "=Trà", "producer": "HTX", "change": "mistake", "detail": "x"}

    def report_both(db: Connection) -> None:
        given = (("hoi-an", Review.NONE, "=Trà"), ("dai-loc", Review.NONE, "Bánh"), ("tam-ky", Review.MORE_WANTED, "?"))
        for unit, review, product in given:
            report(db, unit, "unspent-funds", review, allocated=350_000_000, give_back=0)
            report(db, unit, "list-corrections", review, products=[{**row, "product": product}])

    filled.writer.write(report_both)
    dondoc("export", "--format", "xlsx", "--out", str(tmp_path / "x.xlsx"))
    book = load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames[1:] == ["Tổng hợp", "Điều chỉnh danh sách", "Công nhận lại", "Thu hồi"]
    lines = [[cell for cell in line if cell is not None] for line in book["Tổng hợp"].iter_rows(values_only=True)]
    assert [line[1:] for line in lines if line and line[0] == "Kinh phí không thực hiện hết" and len(line) == 5] == [
        ["Kinh phí được phân bổ", 700_000_000, 2, 18], ["Đã thực hiện", 0, 0, 18], ["Không thực hiện hết", 0, 2, 18]
    ]  # fmt: skip
    with reading(filled.engine) as db:
        now = filled.desk(db).board
    assert next(line for line in lines if line and line[0] == "Cộng")[1:6] == [now.total.owed, *now.total.buckets.values()]
    units = [BY_NAME[str(line[0])] for line in lines if line and line[0] in BY_NAME]
    assert units == [unit.slug for unit in now.worst_first()]
    products = [line[:3] for line in book["Điều chỉnh danh sách"].iter_rows(min_row=2, values_only=True)]
    assert products == [("UBND thành phố Hội An", "'=Trà", "HTX"), ("UBND huyện Đại Lộc", "Bánh", "HTX")]  # never a formula


def test_a_campaigns_title_is_no_formula_either(filled: Stage, board: Board) -> None:
    title = CAMPAIGN.title.model_copy(update={"vi": "=1+1"})
    titled = replace(board, campaign=CAMPAIGN.model_copy(update={"title": title}))
    workbook, _ = export(Export(filled.library.languages.of("vi"), titled, {}), "xlsx")
    cell = load_workbook(BytesIO(workbook)).worksheets[0]["A1"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'=1+1")
