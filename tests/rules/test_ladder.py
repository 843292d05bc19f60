"""The planner: a pure function, so its promises are checked over many histories."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from rules.campaign import agenda
from rules.campaign.agenda import foresee, instants, plan
from rules.campaign.deadlines import (
    Due,
    Extension,
    Timing,
    days_left,
    days_of,
    is_working_day,
    last_day,
    last_working_day,
    timing,
)
from rules.campaign.ladder import Push, PushKind, Situation, Snooze, is_open, rungs
from rules.campaign.model import Campaign
from rules.campaign.overseeing import FIRST_LETTER, LAST_LETTER
from rules.people import Recipient, Role
from tests.stage import CAMPAIGN, OPENING

FUNDS = CAMPAIGN.obligation("unspent-funds")
LAN = Recipient(1, "Lan", Role.OFFICER, "dai-loc", OPENING)
HOA = Recipient(2, "Hoa", Role.OFFICER, "hoi-an", OPENING)
HA = Recipient(3, "Hà", Role.LEADER, "dai-loc", OPENING)
MINH = Recipient(4, "Minh", Role.MANAGER, "", OPENING)
EVERYONE = (LAN, HOA, HA, MINH)
PAIRS = frozenset((unit.slug, duty.slug) for unit, duty in CAMPAIGN.pairs())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CAMPAIGN.directory.zone)


def day_of(moment: datetime) -> date:
    return moment.astimezone(CAMPAIGN.directory.zone).date()


def situation(*people: Recipient, **more: Any) -> Situation:
    return replace(Situation(people or EVERYONE, frozenset(), Due(CAMPAIGN)), **more)


def after(seen: Situation, now: datetime) -> tuple[Situation, list[Push]]:
    pushes = plan(CAMPAIGN, seen, now)
    return agenda.after(CAMPAIGN, seen, pushes, now), pushes


def foreseen(seen: Situation, campaign: Campaign = CAMPAIGN) -> Iterator[Push]:
    """Everything that would be pushed, if nobody did anything."""
    for _, _, pushes in foresee(campaign, seen, OPENING, at("2022-12-31 00:00")):
        yield from pushes


def reminded(pushes: Iterator[Push] | list[Push], person: int = 1) -> list[Push]:
    return [p for p in pushes if p.kind is PushKind.REMINDER and p.recipient and p.recipient.person == person]


def days(pushes: list[Push]) -> list[str]:
    return [f"{day_of(p.at).day}/{day_of(p.at).month}" for p in pushes]


CLOSING = replace(LAN, closes_at=at("2022-06-28 08:00"))


def test_a_tap_is_asked_for_once_before_the_last_window_closes() -> None:
    seen, asked = situation(CLOSING), []
    moment = at("2022-06-27 00:00")
    while moment < at("2022-06-29 00:00"):
        seen, pushes = after(seen, moment)
        asked += [p.at for p in pushes if p.kind is PushKind.STAY]
        moment += timedelta(minutes=30)
    assert asked == [at("2022-06-27 08:00")]
    assert at("2022-06-27 08:00") in instants(CAMPAIGN, situation(CLOSING), at("2022-06-26 00:00"), at("2022-06-28 00:00"))


@pytest.mark.parametrize(
    ("closes", "asked"),
    [
        ("2022-06-26 14:00", "2022-06-24 14:00"),  # closes on a Sunday: on Friday afternoon
        ("2022-06-27 06:00", "2022-06-24 14:00"),  # before anybody may be written to on Monday
        ("2022-06-27 12:00", "2022-06-27 07:00"),  # on Monday morning there is time
        ("2022-06-28 02:00", "2022-06-27 07:00"),
    ],
)
def test_a_tap_is_asked_for_while_people_may_be_written_to(closes: str, asked: str) -> None:
    seen = situation(replace(LAN, closes_at=at(closes)))
    found = [p.at for _, _, pushes in foresee(CAMPAIGN, seen, OPENING, at(closes)) for p in pushes if p.kind is PushKind.STAY]
    assert found == [at(asked)]


@pytest.mark.parametrize(
    "seen",
    [
        situation(LAN),  # another channel stays open
        situation(CLOSING, done=PAIRS),  # nothing more is due
        situation(replace(LAN, closes_at=at("2022-09-01 08:00"))),  # the campaign is over
    ],
)
def test_nobody_is_asked_for_a_tap_without_need(seen: Situation) -> None:
    for recipient in seen.recipients:
        moment = (recipient.closes_at or at("2022-06-28 08:00")) - timedelta(hours=20)  # noon: people may be written to
        needed = plan(CAMPAIGN, situation(CLOSING), at("2022-06-27 12:00"))
        assert [p.kind for p in needed if p.kind is PushKind.STAY]  # as it is where there is a need
        assert is_open(CAMPAIGN, moment)
        assert not [p for p in plan(CAMPAIGN, seen, moment) if p.kind is PushKind.STAY]


DAYS = {
    "unspent-funds": ["22/6", "27/6", "29/6", "30/6", "4/7", "6/7", "8/7", "12/7", "14/7"],
    "list-corrections": ["1/7", "6/7", "8/7", "11/7", "13/7", "15/7", "19/7", "21/7", "25/7"],
    "withdrawal": ["7/7", "12/7", "14/7", "15/7", "19/7", "21/7", "25/7", "27/7", "29/7"],
}
"""Five working days before the last working day on time, two before, on it, on the first one after; then every second."""


@pytest.mark.parametrize("slug", DAYS)
def test_the_rungs_of_each_deadline(slug: str) -> None:
    deadline = CAMPAIGN.obligation(slug).deadline
    assert deadline
    found = rungs(CAMPAIGN, deadline)
    assert [f"{rung.at.day}/{rung.at.month}" for rung in found] == DAYS[slug]
    assert {rung.at.time() for rung in found} == {time(8)}
    names = ["W-5", "W-2", "W", "L+1", "overdue-1", "overdue-2", "overdue-3", "overdue-4", "overdue-5"]
    assert [rung.name for rung in found] == names


@pytest.mark.parametrize("slug", DAYS)
def test_who_lacks_one_report_alone_is_reminded_on_its_days(slug: str) -> None:
    found = reminded(foreseen(situation(LAN, done=PAIRS - {("dai-loc", slug)})))
    assert days(found) == DAYS[slug]


def test_a_silent_officer_is_reminded_fourteen_times_all_summer() -> None:
    every_rung = ["22/6", "27/6", "29/6", "30/6", "1/7", "4/7", "6/7", "7/7", "8/7", "11/7", "12/7", "14/7", "15/7", "19/7"]
    assert days(reminded(foreseen(situation(LAN)))) == every_rung
    with_leader = days(reminded(foreseen(situation(LAN, HA))))
    assert with_leader == [*every_rung[:-1], "18/7"]  # the day on which the leader hears of the last


def test_the_first_message_is_marked_as_such() -> None:
    found = [(p.recipient.person, p.first) for p in foreseen(situation()) if p.recipient and not p.recipient.role.oversees]
    for person in (1, 2, 3):
        assert [first for who, first in found if who == person] == [True] + [False] * (Counter(w for w, _ in found)[person] - 1)


def test_a_campaign_may_write_on_every_day() -> None:
    policy = CAMPAIGN.policy.with_hours({"days": "every"})
    seen = replace(situation(LAN), done=PAIRS - {("dai-loc", "list-corrections")})
    campaign = CAMPAIGN.model_copy(update={"policy": policy})
    assert days(reminded(foreseen(seen, campaign)))[:4] == ["4/7", "7/7", "9/7", "10/7"]  # a Saturday and a Sunday


def test_a_duty_drops_out_once_it_was_reminded_of_often_enough() -> None:
    lacking = PAIRS - {("dai-loc", "unspent-funds"), ("dai-loc", "withdrawal")}
    found = reminded(foreseen(situation(LAN, done=lacking)))
    last = next(p for p in found if day_of(p.at) == date(2022, 7, 14))
    assert last.obligations == ("unspent-funds", "withdrawal")  # its fifth time
    assert {p.obligations for p in found if p.at > last.at} == {("withdrawal",)}


def test_an_officer_is_not_reminded_of_what_a_colleague_has_taken_on() -> None:
    nam = Recipient(5, "Nam", Role.OFFICER, "dai-loc", OPENING)
    seen = situation(LAN, nam, assigned={("dai-loc", "unspent-funds"): 5})
    pushes = list(foreseen(seen))
    assert not [p for p in reminded(pushes, 1) if "unspent-funds" in p.obligations]
    assert days(reminded(pushes, 5))[:4] == ["22/6", "27/6", "29/6", "30/6"]
    gone = replace(seen, recipients=(LAN, replace(nam, reachable=False)))
    assert "unspent-funds" in reminded(foreseen(gone), 1)[0].obligations  # nobody is left out for who can't be reached


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
    assert [(p.kind, p.rung) for p in mine] == [(PushKind.REMINDER, "W-5")]
    assert mine[0].obligations == ("unspent-funds", "list-corrections")
    assert len(mine[0].skips) == 1  # the last day on time was missed and is recorded so
    _, again = after(seen, at("2022-07-01 15:00"))
    assert not [p for p in again if p.recipient]


def test_nothing_to_a_unit_that_has_reported_and_again_when_more_is_wanted() -> None:
    done = frozenset({("dai-loc", "unspent-funds")})
    assert not [p for p in plan(CAMPAIGN, situation(LAN, done=done), at("2022-06-27 08:00")) if p.recipient]
    assert [p.rung for p in plan(CAMPAIGN, situation(LAN), at("2022-06-27 08:00")) if p.recipient] == ["W-2"]


def test_who_joins_late_gets_no_old_rung() -> None:
    late = replace(LAN, joined_at=at("2022-06-28 10:00"))
    assert not [p for p in plan(CAMPAIGN, situation(late), at("2022-06-28 11:00")) if p.recipient]
    assert [p.rung for p in plan(CAMPAIGN, situation(late), at("2022-06-29 08:00")) if p.recipient] == ["W"]


def test_an_extension_moves_the_ladder_of_one_unit() -> None:
    due = Due(CAMPAIGN, (Extension("dai-loc", "unspent-funds", date(2022, 7, 8), "mưa", "Minh"),))
    pushes = plan(CAMPAIGN, situation(LAN, HOA, due=due), at("2022-06-29 08:00"))
    assert {p.recipient.name for p in pushes if p.recipient} == {"Hoa"}


def test_a_unit_without_people_never_vanishes() -> None:
    pushes = plan(CAMPAIGN, situation(LAN, MINH), at("2022-06-22 08:00"))
    nobody = {p.unit for p in pushes if p.recipient is None}
    assert len(nobody) == 17
    told = next(p for p in pushes if p.kind is PushKind.MORNING)
    assert {r.unit for r in told.nobody} == nobody


def test_a_person_who_cannot_be_reached_does_not_count() -> None:
    pushes = plan(CAMPAIGN, situation(replace(LAN, reachable=False), MINH), at("2022-06-22 08:00"))
    assert "dai-loc" in {p.unit for p in pushes if p.recipient is None}


def test_the_leader_and_the_managers_hear_of_silence_two_working_days_after() -> None:
    seen = situation()
    for moment in ("2022-06-30 08:00", "2022-07-01 08:00"):
        seen, pushes = after(seen, at(moment))
    told = {p.recipient.name: p for p in pushes if p.kind in (PushKind.ESCALATION, PushKind.MORNING) and p.recipient}
    assert {r.unit for r in told["Hà"].reasons} == {"dai-loc"}
    assert len({r.unit for r in told["Minh"].reasons}) == 18
    (copy,) = reminded(pushes, 1)
    assert [r.step.value for r in copy.reasons] == ["leader", "ahead"]


def test_a_leader_waits_for_the_officers() -> None:
    seen = situation(LAN, HA)
    _, pushes = after(seen, at("2022-07-04 08:00"))  # nobody looked since the opening
    assert [p.kind for p in pushes if p.recipient] == [PushKind.REMINDER]
    seen, _ = after(seen, at("2022-07-04 08:00"))
    assert not [p for p in plan(CAMPAIGN, seen, at("2022-07-04 15:00")) if p.kind is PushKind.ESCALATION]
    _, pushes = after(seen, at("2022-07-05 08:00"))
    assert [p.kind for p in pushes if p.recipient and p.recipient.person == 3] == [PushKind.ESCALATION]


def test_what_had_its_last_reminder_is_left_to_the_leader() -> None:
    letters = [p for p in foreseen(situation(LAN, HA)) if p.kind is PushKind.ESCALATION]
    last = {f"{p.at:%-d/%-m}": p.obligations for p in letters if LAST_LETTER in {reason.rung for reason in p.reasons}}
    assert list(last) == ["18/7", "27/7", "2/8"]  # two working days after the fifth reminder would have been
    assert last["18/7"][0] == "unspent-funds"
    told = [(p.at, reason.obligation, reason.rung) for p in letters for reason in p.reasons]
    assert len(told) == len(set(told))
    assert all([r for _, o, r in told if o == duty.slug] == [FIRST_LETTER, LAST_LETTER] for duty in CAMPAIGN.dated()), told


def test_a_leader_who_comes_late_gets_the_letters_of_then() -> None:
    late = replace(HA, joined_at=at("2022-07-15 09:00"))
    letters = [p for p in foreseen(situation(LAN, late)) if p.kind is PushKind.ESCALATION]
    assert letters
    assert min(p.at for p in letters) == at("2022-07-18 08:00")


def test_a_leader_alone_in_a_unit_is_not_kept_waiting() -> None:
    pushes = plan(CAMPAIGN, situation(HA), at("2022-07-01 08:00"))
    assert [p.kind for p in pushes if p.recipient] == [PushKind.ESCALATION]


def test_a_leader_hears_of_an_extended_unit_by_its_own_date() -> None:
    due = Due(CAMPAIGN, (Extension("dai-loc", "unspent-funds", date(2022, 7, 6), "mưa", "Minh"),))
    found = [p for p in foreseen(situation(LAN, HA, due=due)) if p.kind is PushKind.ESCALATION]
    assert "8/7" in days([p for p in found if "unspent-funds" in p.obligations])
    late = [
        p
        for p in foreseen(situation(MINH, due=due))
        if ("dai-loc", "unspent-funds") in {(r.unit, r.obligation) for r in p.reasons}
    ]
    assert "8/7" in days([p for p in late if p.kind is PushKind.MORNING])


def test_what_else_there_is_comes_with_the_morning_or_the_afternoon() -> None:
    seen = situation(LAN, HOA, MINH, done=PAIRS, news=True)
    assert not plan(CAMPAIGN, seen, at("2022-06-23 07:30"))
    seen, pushes = after(seen, at("2022-06-23 08:00"))
    assert [p.kind for p in pushes] == [PushKind.MORNING]
    assert not plan(CAMPAIGN, seen, at("2022-06-23 12:00"))  # what came up since
    assert [p.kind for p in plan(CAMPAIGN, seen, at("2022-06-23 16:00"))] == [PushKind.DIGEST]
    assert [p.kind for p in plan(CAMPAIGN, seen, at("2022-06-24 08:00"))] == [PushKind.MORNING]


def test_what_is_sent_back_later_in_the_day_waits_for_another_day() -> None:
    seen, pushes = after(situation(LAN, done=frozenset({("dai-loc", "list-corrections")})), at("2022-07-08 08:00"))
    assert [p.obligations for p in reminded(pushes)] == [("unspent-funds", "re-recognition", "withdrawal")]
    seen = replace(seen, done=frozenset())  # a manager wants more
    assert not reminded(plan(CAMPAIGN, seen, at("2022-07-08 10:00")))
    assert "list-corrections" in reminded(plan(CAMPAIGN, seen, at("2022-07-11 08:00")))[0].obligations


def test_what_comes_up_after_the_digest_waits_for_the_morning() -> None:
    seen, pushes = after(situation(LAN, MINH), at("2022-06-27 16:00"))
    assert PushKind.DIGEST in {p.kind for p in pushes}
    seen = replace(seen, news=True)
    assert not [p for p in plan(CAMPAIGN, seen, at("2022-06-27 17:00")) if p.recipient == MINH]
    assert PushKind.MORNING in {p.kind for p in plan(CAMPAIGN, seen, at("2022-06-28 08:00")) if p.recipient == MINH}


def test_a_snooze_comes_once() -> None:
    seen, _ = after(situation(LAN), at("2022-06-27 08:00"))
    seen = replace(seen, snoozes=(Snooze(7, 1, at("2022-06-27 14:00")),))
    assert not [p for p in plan(CAMPAIGN, seen, at("2022-06-27 13:59")) if p.recipient]
    seen, pushes = after(seen, at("2022-06-27 14:00"))
    assert [p.kind for p in pushes if p.recipient] == [PushKind.SNOOZED]
    assert not [p for p in plan(CAMPAIGN, seen, at("2022-06-27 14:01")) if p.recipient]


people = st.lists(
    st.builds(
        lambda role, unit, joined, reachable: (role, "" if role is Role.MANAGER else unit, joined, reachable),
        st.sampled_from([Role.OFFICER, Role.OFFICER, Role.LEADER, Role.MANAGER]), st.sampled_from(["dai-loc", "hoi-an"]),
        st.integers(0, 40 * 24), st.sampled_from([True, True, True, False]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip
extensions = st.dictionaries(
    st.sampled_from(sorted(pair for pair in PAIRS if pair[0] in ("dai-loc", "hoi-an"))), st.integers(1, 25), max_size=3
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(1, 60 * 24 * 5 * 60), min_size=1, max_size=60),
    people, st.sets(st.sampled_from(sorted(pair for pair in PAIRS if pair[0] in ("dai-loc", "hoi-an")))), extensions,
)  # fmt: skip
def test_whenever_the_clock_looks(
    gaps: list[int], who: list[tuple[Role, str, int, bool]], done: set[tuple[str, str]], longer: dict[tuple[str, str], int]
) -> None:
    """Over any rhythm of looks, whoever is there: no rung twice, one reminder a person a day, nothing at night or on a day off,
    officers before their leader, overseers once in the morning and once in the afternoon."""
    recipients = tuple(
        Recipient(number, f"P{number}", role, unit, OPENING + timedelta(hours=joined), reachable=reachable)
        for number, (role, unit, joined, reachable) in enumerate(who, 1)
    )
    granted = tuple(
        Extension(unit, duty, last_day(CAMPAIGN.obligation(duty).deadline or FUNDS.deadline) + timedelta(days=more), "", "")  # type: ignore[arg-type]
        for (unit, duty), more in longer.items()
    )
    now, seen = OPENING, situation(*recipients, done=frozenset(done), due=Due(CAMPAIGN, granted))
    keys: list[str] = []
    told: Counter[tuple[int, date, PushKind]] = Counter()
    reminded_of: dict[tuple[str, str], date] = {}
    for gap in gaps:
        now += timedelta(seconds=gap)
        seen, pushes = after(seen, now)
        today = day_of(now)
        for push in pushes:
            assert is_open(CAMPAIGN, now)
            assert is_working_day(today, "VN")
            keys += [*push.keys, *push.skips]
            assert not {(reason.unit, reason.obligation) for reason in push.reasons} & done
            if push.recipient:
                told[push.recipient.person, today, push.kind] += 1
            if push.kind is PushKind.ESCALATION and push.recipient:
                officers = [r for r in recipients if r.role is Role.OFFICER and r.unit == push.unit and r.reachable]
                here_since = min((day_of(r.joined_at) for r in officers), default=None)
                for reason in push.reasons:
                    heard = reminded_of.get((reason.unit, reason.obligation), here_since)
                    assert heard is None or heard < today
        for push in pushes:
            if push.kind is PushKind.REMINDER and push.recipient and push.recipient.reachable:
                for reason in push.reasons:
                    reminded_of.setdefault((reason.unit, reason.obligation), today)
    assert len(keys) == len(set(keys))
    assert all(count == 1 for count in told.values())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 60 * 24 * 3 * 60), min_size=20, max_size=120), st.booleans(), st.integers(0, 30 * 24))
def test_a_silent_unit_is_never_reminded_more_than_fourteen_times(gaps: list[int], led: bool, joined: int) -> None:
    officer = replace(LAN, joined_at=OPENING + timedelta(hours=joined))
    now, seen, count = OPENING, situation(officer, *((HA,) if led else ())), 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        seen, pushes = after(seen, now)
        count += len(reminded(pushes))
    assert count <= CAMPAIGN.policy.rungs.at_most == 14


@given(st.dates(date(2022, 1, 1), date(2023, 12, 31)), st.integers(0, 30))
def test_working_days_are_counted_alike_in_both_directions(day: date, count: int) -> None:
    every, working = (
        days_of(CAMPAIGN.model_copy(update={"policy": CAMPAIGN.policy.with_hours({"days": "every"})})),
        days_of(CAMPAIGN),
    )
    assert every.after(day, count) == day + timedelta(days=count)
    there = working.after(working.not_after(day), count)
    assert working.open(there)
    assert working.before(there, count) == working.not_after(day)


def test_looking_at_every_instant_is_the_same_as_looking_all_the_time() -> None:
    """The moments that a simulated clock visits are enough: nothing falls due between them."""
    end = at("2022-08-20 00:00")  # after the last rung
    coarse = {
        key
        for _, _, pushes in foresee(CAMPAIGN, situation(), OPENING - timedelta(hours=1), end)
        for p in pushes
        for key in p.keys
    }
    fine: set[str] = set()
    now, seen = OPENING, situation()
    while now < end:
        seen, pushes = after(seen, now)
        fine |= {key for p in pushes for key in p.keys}
        now += timedelta(minutes=30)
    assert len(fine) > 50
    assert coarse == fine
