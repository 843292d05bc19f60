"""No two surfaces ever disagree about a state: whatever was reported and said, at any time of the summer."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given, settings

from handlers.papers.export import Export, export
from handlers.ticking.picture import Picture
from handlers.ticking.texts import Pushed
from handlers.wording.catalogs import Languages
from handlers.wording.phrases import BUCKET_SIGNS, bucket_text, cell_line, state_text
from handlers.wording.reports import judged_text
from rules.campaign.agenda import plan
from rules.campaign.deadlines import Due, Extension
from rules.campaign.ladder import Push, PushKind, Reason, Situation
from rules.campaign.progress import Bucket, Outcome, Review, Standing, State
from rules.people import Recipient, Role
from tests.stage import CAMPAIGN, OPENING

WORDS = Languages(CAMPAIGN.directory.zone).of("vi")
UNITS = ("dai-loc", "hoi-an", "tam-ky")
PAIRS = [(unit, duty.slug) for unit in UNITS for duty in CAMPAIGN.dated()]
moments = st.integers(0, 24 * 50).map(lambda hours: OPENING + timedelta(hours=hours))


@st.composite
def standings(draw_: st.DrawFn) -> dict[tuple[str, str], Standing]:
    found = {}
    for unit in CAMPAIGN.directory.units:
        for duty in CAMPAIGN.owed_by(unit):
            found[unit.slug, duty.slug] = Standing(unit.slug, duty.slug)
    for pair in PAIRS:
        outcome, at, lacking = draw_(st.sampled_from(Outcome)), draw_(moments), draw_(st.booleans())
        if not outcome.reported and outcome is not Outcome.WITHDRAWN:
            found[pair] = replace(found[pair], outcome=outcome)
            continue
        complete = outcome is Outcome.NOTHING or (outcome is Outcome.SUBMITTED and not lacking)
        found[pair] = replace(
            found[pair],
            outcome=outcome,
            review=draw_(st.sampled_from(Review)),
            review_reason="thiếu chữ ký",
            submitted_at=at,
            completed_at=at if complete else None,
            revision=draw_(st.integers(1, 3)),
            receipt="K7",
            by_name="Lan",
            lacks_document=lacking,
        )
    return found


extensions = st.builds(
    lambda pair, days: Extension(pair[0], pair[1], date(2022, 6, 30) + timedelta(days=days), "lũ", "Minh"),
    st.sampled_from(PAIRS),
    st.integers(0, 30),
)
people = tuple(Recipient(number, f"P{number}", Role.OFFICER, unit, OPENING) for number, unit in enumerate(UNITS, 1))
people += tuple(Recipient(number, f"P{number}", Role.LEADER, unit, OPENING) for number, unit in enumerate(UNITS, 11))
MINH = Recipient(21, "Minh", Role.MANAGER, "", OPENING)


def picture(found: dict[tuple[str, str], Standing], longer: list[Extension], now: datetime) -> Picture:
    done = frozenset(pair for pair, standing in found.items() if standing.state.done)
    return Picture(CAMPAIGN, Situation((*people, MINH), done, Due(CAMPAIGN, tuple(longer))), found, now)


@settings(max_examples=60, deadline=None)
@given(standings(), st.lists(extensions, max_size=3), moments)
def test_every_surface_tells_the_same(found: dict[tuple[str, str], Standing], longer: list[Extension], now: datetime) -> None:
    seen = picture(found, longer, now)
    _pushes_speak_of_what_is_missing(seen)
    _lines_and_files_say_the_state(seen)
    _the_digest_counts_the_buckets(seen)


def _pushes_speak_of_what_is_missing(seen: Picture) -> None:
    for push in plan(CAMPAIGN, seen.situation, seen.now):
        text = Pushed(push, seen).message(WORDS).text
        for reason in push.reasons:
            cell = seen.board.cell(reason.unit, reason.obligation) if reason.unit else None
            if cell is None:
                continue
            assert not cell.state.done
            if push.kind in (PushKind.ESCALATION, PushKind.MORNING):
                assert cell.bucket is Bucket.OPEN_OVERDUE
            if push.kind is PushKind.REMINDER and cell.state is State.RETURNED:
                assert cell.standing.review_reason in text


def _lines_and_files_say_the_state(seen: Picture) -> None:
    rows = _rows(seen)
    for pair in PAIRS:
        cell = seen.board.cell(*pair)
        assert cell
        assert cell.bucket
        line, state = cell_line(WORDS, CAMPAIGN, cell, seen.now), state_text(WORDS, cell.standing)
        assert line.startswith(BUCKET_SIGNS[cell.bucket])
        assert state in line
        assert rows[cell.unit.name.vi, cell.duty.title.vi] == (state, bucket_text(WORDS, cell.bucket).split(" ", 1)[1])
        judged = judged_text(WORDS, CAMPAIGN, cell)
        if cell.state.done:
            assert ("đúng hạn" in judged) == (cell.bucket is Bucket.DONE_ON_TIME)


def _rows(seen: Picture) -> dict[tuple[str, str], tuple[str, str]]:
    content, _ = export(Export(WORDS, seen.board, {}), "json")
    rows = json.loads(content)["rows"]
    return {(row["Đơn vị"], row["Nhiệm vụ"]): (row["Kết quả"], row["Phân loại"]) for row in rows}


def _the_digest_counts_the_buckets(seen: Picture) -> None:
    reasons = tuple(Reason(duty.slug, "") for duty in CAMPAIGN.dated())
    text = Pushed(Push(seen.now, PushKind.DIGEST, "", MINH, "", reasons, ()), seen).message(WORDS).text
    told = [int(count) for count in re.findall(r"^[🟢🟠🔵🔴][^:\n]*: (\d+) \(", text, re.MULTILINE)]
    assert sum(told) == seen.board.total.owed
    for bucket in Bucket:
        counted = [int(n) for n in re.findall(rf"^{re.escape(bucket_text(WORDS, bucket))}: (\d+) \(", text, re.MULTILINE)]
        assert sum(counted) == seen.board.total.buckets[bucket]
