"""The board: one state a unit and duty, and counts that add up whatever was reported."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from rules.campaign.board import Board, Total, board_of, total_of
from rules.campaign.deadlines import Due, Extension, Timing
from rules.campaign.progress import Bucket, Outcome, Review, Standing, State
from tests.stage import CAMPAIGN, OPENING

DAI_LOC, FUNDS = "dai-loc", "unspent-funds"
OWED = {(u.slug, o.slug): Standing(u.slug, o.slug) for u in CAMPAIGN.directory.units for o in CAMPAIGN.owed_by(u)}
DATED = [(u.slug, o.slug) for u, o in CAMPAIGN.pairs()]
DONE = (Bucket.DONE_ON_TIME, Bucket.DONE_LATE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CAMPAIGN.directory.zone)


def reported(first: str, unit: str = DAI_LOC, **more: Any) -> Standing:
    moment = at(first)
    return replace(
        Standing(unit, FUNDS, Outcome.SUBMITTED, submitted_at=moment, completed_at=moment, revision=1, receipt="AAAAAA"),
        **more,
    )


def board(
    *standings: Standing, now: datetime = OPENING, longer: tuple[Extension, ...] = (), enrolled: tuple[str, ...] = ()
) -> Board:
    known = OWED | {(s.unit, s.obligation): s for s in standings}
    return board_of(CAMPAIGN, known, Due(CAMPAIGN, longer), now, enrolled)


# ---------------------------------------------------------------- one cell

EARLY, LATE = "2022-06-27 09:00", "2022-07-02 09:00"


@pytest.mark.parametrize(
    ("standing", "state", "bucket"),
    [
        (Standing(DAI_LOC, FUNDS), State.NO_RESPONSE, Bucket.OPEN_OVERDUE),
        (Standing(DAI_LOC, FUNDS, Outcome.IN_PROGRESS), State.FILLING, Bucket.OPEN_OVERDUE),
        (reported(EARLY), State.SUBMITTED, Bucket.DONE_ON_TIME),
        (reported(LATE), State.SUBMITTED, Bucket.DONE_LATE),
        (reported("2022-06-29 23:59"), State.SUBMITTED, Bucket.DONE_ON_TIME),
        (reported("2022-06-30 09:00"), State.SUBMITTED, Bucket.DONE_LATE),
        (reported(EARLY, lacks_document=True), State.AWAITING_DOCUMENT, Bucket.OPEN_OVERDUE),
        (reported(EARLY, lacks_document=True, arrival="112"), State.SUBMITTED, Bucket.DONE_ON_TIME),
        (reported(EARLY, outcome=Outcome.WITHDRAWN, completed_at=None), State.WITHDRAWN, Bucket.OPEN_OVERDUE),
        (reported(EARLY, review=Review.CONFIRMED), State.CONFIRMED, Bucket.DONE_ON_TIME),
        (reported(EARLY, review=Review.CONFIRMED, lacks_document=True), State.AWAITING_DOCUMENT, Bucket.OPEN_OVERDUE),
        (reported(EARLY, review=Review.CONFIRMED, lacks_document=True, arrival="112"), State.CONFIRMED, Bucket.DONE_ON_TIME),
        (reported(EARLY, review=Review.MORE_WANTED), State.RETURNED, Bucket.OPEN_OVERDUE),
        (reported(EARLY, review=Review.MORE_WANTED, lacks_document=True), State.RETURNED, Bucket.OPEN_OVERDUE),
        (reported(EARLY, outcome=Outcome.NOTHING), State.NOTHING, Bucket.DONE_ON_TIME),
        (reported(LATE, outcome=Outcome.NOTHING, lacks_document=True), State.NOTHING, Bucket.DONE_LATE),
        (reported(EARLY, outcome=Outcome.NOTHING, review=Review.MORE_WANTED), State.RETURNED, Bucket.OPEN_OVERDUE),
    ],
)
def test_a_cell_after_the_deadline(standing: Standing, state: State, bucket: Bucket) -> None:
    cell = board(standing, now=at("2022-07-03 08:00")).cell(DAI_LOC, FUNDS)
    assert cell
    assert (cell.state, cell.bucket, standing.state.done) == (state, bucket, bucket in DONE)


def test_every_state_can_be_reached() -> None:
    kinds = [
        replace(reported(EARLY), outcome=outcome, review=review, lacks_document=lacking).state
        for outcome in Outcome for review in Review for lacking in (False, True)
    ]  # fmt: skip
    assert set(kinds) == set(State)


def test_what_was_sent_back_is_open_and_keeps_its_timing_for_later() -> None:
    now = at("2022-06-28 08:00")
    cell = board(reported("2022-06-30 09:00", review=Review.MORE_WANTED), now=now).cell(DAI_LOC, FUNDS)
    assert cell
    assert (cell.bucket, cell.timing, cell.done_when) == (Bucket.OPEN_IN_TIME, Timing.ON_THE_DAY, None)
    assert total_of([cell]).on_the_day == 0


def test_on_the_named_day_what_is_missing_is_overdue() -> None:
    missing, in_time = board(now=at("2022-06-30 00:00")), board(now=at("2022-06-29 23:59"))
    assert {cell.bucket for cell in missing.of_duty(FUNDS)} == {Bucket.OPEN_OVERDUE}
    assert {cell.bucket for cell in in_time.of_duty(FUNDS)} == {Bucket.OPEN_IN_TIME}


def test_a_campaign_may_count_the_named_day() -> None:
    campaign, now = CAMPAIGN.model_copy(update={"grace": True}), at("2022-06-30 12:00")
    that_day, next_day = reported("2022-06-30 09:00"), reported("2022-07-01 00:00", unit="hoi-an")
    known = OWED | {(s.unit, s.obligation): s for s in (that_day, next_day)}
    seen = {cell.unit.slug: cell for cell in board_of(campaign, known, Due(campaign), now, ()).of_duty(FUNDS)}
    assert (seen[DAI_LOC].bucket, seen[DAI_LOC].timing) == (Bucket.DONE_ON_TIME, Timing.ON_THE_DAY)
    assert seen["hoi-an"].bucket is Bucket.DONE_LATE
    assert seen["tam-ky"].bucket is Bucket.OPEN_IN_TIME
    after = board_of(campaign, known, Due(campaign), at("2022-07-01 00:00"), ()).cell("tam-ky", FUNDS)
    assert after
    assert after.bucket is Bucket.OPEN_OVERDUE


def test_an_extension_moves_deadline_days_and_bucket_of_one_unit() -> None:
    longer = Extension(DAI_LOC, FUNDS, date(2022, 7, 5), "lũ", "Minh")
    seen = board(now=at("2022-07-01 08:00"), longer=(longer,))
    cell, other = seen.cell(DAI_LOC, FUNDS), seen.cell("hoi-an", FUNDS)
    assert cell
    assert other
    assert (cell.bucket, cell.days, cell.extension) == (Bucket.OPEN_IN_TIME, 4, longer)
    assert (other.bucket, other.days, other.extension) == (Bucket.OPEN_OVERDUE, -2, None)


def test_a_duty_without_a_date_has_a_state_and_is_not_counted() -> None:
    note = replace(reported(EARLY), obligation="inspection")
    seen = board(note)
    cell = seen.cell(DAI_LOC, "inspection")
    assert cell
    assert (cell.state, cell.bucket, cell.days) == (State.SUBMITTED, None, None)
    assert seen.total.done == 0
    assert seen.total.owed == len(DATED)


def test_what_is_not_owed_is_no_cell() -> None:
    assert board().cell("so-y-te", FUNDS) is None
    assert board().of_unit("nowhere") == ()


def test_one_unit_alone() -> None:
    alone = {key: standing for key, standing in OWED.items() if key[0] == DAI_LOC}
    seen = board_of(CAMPAIGN, alone, Due(CAMPAIGN), OPENING, ())
    assert seen.of_unit(DAI_LOC) == board().of_unit(DAI_LOC)
    assert seen.total.owed == 4


def test_a_percentage_is_rounded_down() -> None:
    counted = {Bucket.DONE_ON_TIME: 1998, Bucket.DONE_LATE: 1, Bucket.OPEN_IN_TIME: 1, Bucket.OPEN_OVERDUE: 0}
    assert Total(counted, {}, 0).percent == 99.9
    assert Total(dict.fromkeys(Bucket, 0), {}, 0).percent == 0


# ---------------------------------------------------------------- who is worst


def test_the_worst_come_first() -> None:
    now = at("2022-07-02 08:00")
    done = [replace(reported(EARLY, unit="hoi-an"), obligation=o.slug) for o in CAMPAIGN.dated()]
    reported_funds = reported(EARLY, unit="tam-ky")
    longer = Extension("que-son", FUNDS, date(2022, 7, 20), "lũ", "Minh")
    everybody = tuple(u.slug for u in CAMPAIGN.directory.units if u.slug not in ("tay-giang", "hoi-an"))
    order = [u.slug for u in board(reported_funds, *done, now=now, longer=(longer,), enrolled=everybody).worst_first()]
    assert order[0] == "tay-giang"  # nobody there can be asked
    assert order[-1] == "hoi-an"  # nothing open, whoever is enrolled
    assert order[-3:-1] == ["que-son", "tam-ky"]  # nothing overdue; que-son has more open
    assert len(order) == 18


# ---------------------------------------------------------------- whatever was reported

moments = st.integers(0, 24 * 45).map(lambda hours: OPENING + timedelta(hours=hours))


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    unit, duty = draw(st.sampled_from(list(OWED)))
    outcome = draw(st.sampled_from(Outcome))
    if not outcome.reported:
        return Standing(unit, duty, outcome)
    first, lacking = draw(moments), draw(st.booleans())
    complete = first if outcome is Outcome.NOTHING or not lacking else None
    return Standing(
        unit, duty, outcome, draw(st.sampled_from(Review)), submitted_at=first, completed_at=complete, revision=1,
        lacks_document=lacking,
    )  # fmt: skip


extensions = st.builds(
    lambda pair, days: Extension(pair[0], pair[1], date(2022, 6, 30) + timedelta(days=days), "", ""),
    st.sampled_from(DATED),
    st.integers(0, 30),
)
boards = st.builds(
    lambda found, longer, now, enrolled: board(*found, longer=tuple(longer), now=now, enrolled=tuple(enrolled)),
    st.lists(standings(), max_size=60), st.lists(extensions, max_size=5), moments,
    st.lists(st.sampled_from([u.slug for u in CAMPAIGN.directory.units])),
)  # fmt: skip


@given(boards)
def test_counts_add_up(seen: Board) -> None:
    for item in CAMPAIGN.dated():
        total = seen.total_of_duty(item.slug)
        owing = sum(CAMPAIGN.owes(unit, item) for unit in CAMPAIGN.directory.units)
        assert sum(total.buckets.values()) == sum(total.states.values()) == total.owed == owing
        assert total.done == owing - len(seen.open_of(item.slug))
    by_duty = [seen.total_of_duty(item.slug) for item in CAMPAIGN.obligations]
    by_unit = [seen.total_of_unit(unit.slug) for unit in CAMPAIGN.directory.units]
    for bucket in Bucket:
        assert seen.total.buckets[bucket] == sum(t.buckets[bucket] for t in by_duty) == sum(t.buckets[bucket] for t in by_unit)
    assert seen.total.owed == len(DATED)


@given(boards)
def test_a_percentage_is_full_only_when_nothing_is_open(seen: Board) -> None:
    for total in (seen.total, *(seen.total_of_unit(u.slug) for u in CAMPAIGN.directory.units if seen.total_of_unit(u.slug).owed)):
        assert 0 <= total.percent <= 100
        assert (total.percent == 100) == (total.done == total.owed)


@given(boards)
def test_a_bucket_is_done_exactly_where_the_state_is(seen: Board) -> None:
    for cell in seen.cells:
        if cell.bucket:
            assert (cell.bucket in DONE) == cell.state.done == (cell.done_when is not None)
            assert cell.state is not State.RETURNED or cell.bucket not in DONE


@given(boards)
def test_whoever_has_something_open_stands_before_who_has_not(seen: Board) -> None:
    order = [unit.slug for unit in seen.worst_first()]
    assert sorted(order) == sorted({unit for unit, _ in DATED})
    done = [seen.total_of_unit(unit).percent == 100 for unit in order]
    assert done == sorted(done)
