"""The planner: a pure function, so its promises are checked over many histories."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from rules.campaign.deadlines import Due, Extension, Timing, days_left, last_day, last_working_day, timing
from rules.campaign.ladder import Push, PushKind, Situation, Snooze, instants, is_open, plan, rungs
from rules.people import Recipient, Role
from tests.stage import CAMPAIGN, OPENING

FUNDS = CAMPAIGN.obligation("unspent-funds")
LAN = Recipient(1, "Lan", Role.OFFICER, "dai-loc", OPENING)
HOA = Recipient(2, "Hoa", Role.OFFICER, "hoi-an", OPENING)
HA = Recipient(3, "Hà", Role.LEADER, "dai-loc", OPENING)
MINH = Recipient(4, "Minh", Role.MANAGER, "", OPENING)
EVERYONE = (LAN, HOA, HA, MINH)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CAMPAIGN.directory.zone)


def situation(*people: Recipient, **more: Any) -> Situation:
    start = Situation(people or EVERYONE, frozenset(), frozenset(), Due(CAMPAIGN))
    return replace(start, **more)


def after(seen: Situation, now: datetime) -> tuple[Situation, list[Push]]:
    pushes = plan(CAMPAIGN, seen, now)
    keys = {key for p in pushes for key in (*p.keys, *p.skips)}
    day = now.astimezone(CAMPAIGN.directory.zone).date()
    reminded = {p.recipient.person: day for p in pushes if p.recipient and p.kind is PushKind.REMINDER}
    return replace(seen, settled_keys=seen.settled_keys | keys, reminded_on={**seen.reminded_on, **reminded}), pushes


CLOSING = replace(LAN, closes_at=at("2022-06-27 08:00"))


def test_a_tap_is_asked_for_once_before_the_last_window_closes() -> None:
    seen, asked = situation(CLOSING), []
    moment = at("2022-06-26 00:00")
    while moment < at("2022-06-28 00:00"):
        seen, pushes = after(seen, moment)
        asked += [p.at for p in pushes if p.kind is PushKind.STAY]
        moment += timedelta(minutes=30)
    assert asked == [at("2022-06-26 08:00")]
    assert at("2022-06-26 08:00") in instants(CAMPAIGN, situation(CLOSING), at("2022-06-25 00:00"), at("2022-06-27 00:00"))


@pytest.mark.parametrize(
    "seen",
    [
        situation(LAN),  # another channel stays open
        situation(CLOSING, settled=frozenset((u.slug, o.slug) for u, o in CAMPAIGN.pairs())),  # nothing more is due
        situation(replace(LAN, closes_at=at("2022-09-01 08:00"))),  # the campaign is over
    ],
)
def test_nobody_is_asked_for_a_tap_without_need(seen: Situation) -> None:
    for recipient in seen.recipients:
        moment = (recipient.closes_at or at("2022-06-27 08:00")) - timedelta(hours=20)  # noon: people may be written to
        needed = plan(CAMPAIGN, situation(CLOSING), at("2022-06-26 12:00"))
        assert [p.kind for p in needed if p.kind is PushKind.STAY]  # as it is where there is a need
        assert is_open(CAMPAIGN, moment)
        assert not [p for p in plan(CAMPAIGN, seen, moment) if p.kind is PushKind.STAY]


def test_a_window_that_closes_at_night_is_asked_about_by_day() -> None:
    seen = situation(replace(LAN, closes_at=at("2022-06-28 02:00")))
    moments = instants(CAMPAIGN, seen, at("2022-06-27 00:00"), at("2022-06-28 02:00"))
    asked = next(m for m in moments if any(p.kind is PushKind.STAY for p in plan(CAMPAIGN, seen, m)))
    assert asked == at("2022-06-27 07:00")


def test_the_rungs_of_the_first_deadline() -> None:
    assert FUNDS.deadline
    found = [(rung.name, rung.at.strftime("%d/%m %H:%M")) for rung in rungs(CAMPAIGN, FUNDS.deadline)]
    assert found == [
        ("D-7", "23/06 08:00"), ("D-3", "27/06 08:00"), ("D-1", "29/06 08:00"), ("D", "30/06 08:00"),
        ("overdue-1", "04/07 08:00"), ("overdue-2", "06/07 08:00"), ("overdue-3", "08/07 08:00"),
        ("overdue-4", "12/07 08:00"), ("overdue-5", "14/07 08:00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "last", "working"),
    [("unspent-funds", date(2022, 6, 29), date(2022, 6, 29)), ("list-corrections", date(2022, 7, 9), date(2022, 7, 8)),
     ("withdrawal", date(2022, 7, 14), date(2022, 7, 14))],
)  # fmt: skip
def test_before_a_day_means_the_day_before(slug: str, last: date, working: date) -> None:
    deadline = CAMPAIGN.obligation(slug).deadline
    assert deadline
    assert last_day(deadline) == last
    assert last_working_day(deadline, "VN") == working


@pytest.mark.parametrize(
    ("rule", "moment", "expected"),
    [
        ("before", "2022-06-29 23:59:59", Timing.ON_TIME), ("before", "2022-06-30 00:00", Timing.ON_THE_DAY),
        ("before", "2022-06-30 23:59", Timing.ON_THE_DAY), ("before", "2022-07-01 00:00", Timing.LATE),
        ("through", "2022-06-30 23:59", Timing.ON_TIME), ("through", "2022-07-01 00:00", Timing.LATE),
    ],
)  # fmt: skip
def test_timing_to_the_second(rule: str, moment: str, expected: Timing) -> None:
    assert FUNDS.deadline
    deadline = FUNDS.deadline.model_copy(update={"rule": rule})
    assert timing(deadline, at(moment), CAMPAIGN.directory.zone) is expected


def test_days_left_are_days_of_the_province_not_of_london() -> None:
    assert FUNDS.deadline
    assert days_left(FUNDS.deadline, datetime.fromisoformat("2022-06-28T18:00:00+00:00"), CAMPAIGN.directory.zone) == 0


def test_three_days_off_end_in_one_current_reminder() -> None:
    seen, _ = after(situation(LAN), at("2022-06-27 08:00"))
    seen, pushes = after(seen, at("2022-07-01 09:00"))
    mine = [p for p in pushes if p.recipient]
    assert [(p.kind, p.rung, p.obligations) for p in mine] == [(PushKind.REMINDER, "D", ("unspent-funds",))]
    assert len(mine[0].skips) == 1  # D-1 was missed and is recorded so
    _, again = after(seen, at("2022-07-01 15:00"))
    assert not [p for p in again if p.recipient]


def test_nothing_to_a_unit_that_has_reported_and_again_when_more_is_wanted() -> None:
    done = frozenset({("dai-loc", "unspent-funds")})
    assert not [p for p in plan(CAMPAIGN, situation(LAN, settled=done, reported=done), at("2022-06-27 08:00")) if p.recipient]
    more_wanted = situation(LAN, reported=done)
    assert [p.rung for p in plan(CAMPAIGN, more_wanted, at("2022-06-27 08:00")) if p.recipient] == ["D-3"]


def test_who_joins_late_gets_no_old_rung() -> None:
    late = replace(LAN, joined_at=at("2022-06-28 10:00"))
    assert not [p for p in plan(CAMPAIGN, situation(late), at("2022-06-28 11:00")) if p.recipient]
    assert [p.rung for p in plan(CAMPAIGN, situation(late), at("2022-06-29 08:00")) if p.recipient] == ["D-1"]


def test_an_extension_moves_the_ladder_of_one_unit() -> None:
    due = Due(CAMPAIGN, (Extension("dai-loc", "unspent-funds", date(2022, 7, 8), "mưa", "Minh"),))
    pushes = plan(CAMPAIGN, situation(LAN, HOA, due=due), at("2022-06-29 08:00"))
    assert {p.recipient.name for p in pushes if p.recipient} == {"Hoa"}


def test_a_unit_without_people_never_vanishes() -> None:
    pushes = plan(CAMPAIGN, situation(LAN, MINH), at("2022-06-23 08:00"))
    nobody = {p.unit for p in pushes if p.recipient is None}
    assert len(nobody) == 17
    alarm = next(p for p in pushes if p.kind is PushKind.ALARM)
    assert {r.unit for r in alarm.reasons} == nobody


def test_a_person_who_cannot_be_reached_does_not_count() -> None:
    pushes = plan(CAMPAIGN, situation(replace(LAN, reachable=False), MINH), at("2022-06-23 08:00"))
    assert "dai-loc" in {p.unit for p in pushes if p.recipient is None}


def test_the_leader_and_the_managers_hear_of_silence_two_days_after() -> None:
    pushes = plan(CAMPAIGN, situation(), at("2022-07-02 08:00"))
    told = {p.recipient.name: p for p in pushes if p.kind is PushKind.ESCALATION and p.recipient}
    assert {r.unit for r in told["Hà"].reasons} == {"dai-loc"}
    assert len({r.unit for r in told["Minh"].reasons}) == 18


def test_a_snooze_comes_once() -> None:
    seen, _ = after(situation(LAN), at("2022-06-27 08:00"))
    seen = replace(seen, snoozes=(Snooze(7, 1, at("2022-06-27 14:00")),))
    assert not [p for p in plan(CAMPAIGN, seen, at("2022-06-27 13:59")) if p.recipient]
    seen, pushes = after(seen, at("2022-06-27 14:00"))
    assert [p.kind for p in pushes if p.recipient] == [PushKind.SNOOZED]
    assert not [p for p in plan(CAMPAIGN, seen, at("2022-06-27 14:01")) if p.recipient]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 60 * 24 * 5 * 60), min_size=1, max_size=40),
    st.sets(st.sampled_from([(u.slug, o.slug) for u, o in CAMPAIGN.pairs() if u.slug in ("dai-loc", "hoi-an")])),
)
def test_whenever_the_clock_looks(gaps: list[int], reported: set[tuple[str, str]]) -> None:
    """Over any rhythm of looks: no rung twice, one reminder a person a day, nothing at night."""
    now, seen = OPENING, situation(settled=frozenset(reported), reported=frozenset(reported))
    keys: list[str] = []
    days: list[tuple[int, date]] = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        seen, pushes = after(seen, now)
        for push in pushes:
            assert is_open(CAMPAIGN, now)
            keys += [*push.keys, *push.skips]
            if push.kind is PushKind.REMINDER and push.recipient:
                days.append((push.recipient.person, now.astimezone(CAMPAIGN.directory.zone).date()))
                assert not any((push.recipient.unit, slug) in reported for slug in push.obligations)
    assert len(keys) == len(set(keys))
    assert len(days) == len(set(days))


def test_looking_at_every_instant_is_the_same_as_looking_all_the_time() -> None:
    """The moments that a simulated clock visits are enough: nothing falls due between them."""
    end = at("2022-07-30 00:00")  # after the last rung
    coarse = {
        key
        for moment in instants(CAMPAIGN, situation(), OPENING, end)
        for p in plan(CAMPAIGN, situation(), moment)
        for key in p.keys
    }
    fine: set[str] = set()
    now, seen = OPENING, situation()
    while now < end:
        seen, pushes = after(seen, now)
        fine |= {key for p in pushes for key in p.keys}
        now += timedelta(minutes=30)
    assert len(fine) > 50
    assert fine <= coarse
