"""Who sends more than anybody types is asked once to wait and then not heard; nobody else notices."""

import asyncio
from typing import Any

import pytest

from bot.flow import flood
from bot.flow.flood import USUAL, Allowances, Flood, Heed
from handlers.turn import Incoming
from rules.limits import Allowance
from rules.people import Role
from storage import invites, linking, people
from tests.parts import made_intake, turn_service
from tests.stage import Stage

SMALL = Allowances(
    known=(Allowance(6, 1.0),), stranger=(Allowance(4, 10.0),), strangers=Allowance(10, 5.0), words=Allowance(2, 100.0)
)


class Watch:
    """A watch that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Sent:
    """Updates of many people, and what becomes of them."""

    def __init__(self, stage: Stage, allowances: Allowances = SMALL, **months: int) -> None:
        self.watch = Watch()
        self.flood = Flood(stage.engine, lambda: stage.now, self.watch, allowances, months)
        self._stage = stage

    def by(self, address: str, text: str = "xin chào", channel: str = "telegram", count: int = 1, **more: Any) -> list[Heed]:
        async def send() -> list[Heed]:
            return [
                await self.flood.heed(Incoming(channel, self._stage.next_update(), address, address, text, **more))
                for _ in range(count)
            ]

        return asyncio.run(send())


T, W, U, S = Heed.TAKE, Heed.ASK_TO_WAIT, Heed.SHARE_USED, Heed.IGNORE


def enrol(stage: Stage, address: str, channel: str = "telegram") -> None:
    stage.hear(Incoming(channel, stage.next_update(), address, address, f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))


def test_a_stranger_is_asked_once_and_then_not_heard_until_there_is_room_again(stage: Stage) -> None:
    sent = Sent(stage)
    assert sent.by("A", count=10) == [T] * 4 + [W] + [S] * 5
    sent.watch.now += 19.9
    assert sent.by("A") == [S]  # what is sent meanwhile makes the silence no longer
    sent.watch.now += 0.1
    assert sent.by("A", count=4) == [T, T, W, S]


def test_many_at_once_are_no_more_than_many_in_a_row(stage: Stage) -> None:
    """A webhook hands on forty at once, before it is known whose the first is."""
    sent = Sent(stage)

    async def send() -> list[Heed]:
        came = [Incoming("telegram", stage.next_update(), "A", "A", "xin chào") for _ in range(20)]
        return await asyncio.gather(*map(sent.flood.heed, came))

    assert sorted(asyncio.run(send())) == sorted([T] * 4 + [W] + [S] * 15)


def test_somebody_known_types_as_fast_as_anybody_can(stage: Stage) -> None:
    enrol(stage, "Lan")
    sent = Sent(stage)
    for _ in range(100):
        assert sent.by("Lan") == [T]
        sent.watch.now += SMALL.known[0].seconds
    assert sent.by("Lan", count=9) == [T] * 6 + [W, S, S]


def test_one_persons_flood_is_that_persons(stage: Stage) -> None:
    sent = Sent(stage)
    sent.by("A", count=50)
    assert sent.by("B") == [T]


def test_who_joins_is_no_stranger_any_more(stage: Stage) -> None:
    sent = Sent(stage)
    assert sent.by("Lan", count=4) == [T] * 4
    enrol(stage, "Lan")
    sent.watch.now += flood.ASKED_AGAIN + 0.1
    assert sent.by("Lan", count=6) == [T] * 6


def test_who_has_joined_takes_no_room_of_the_strangers(stage: Stage) -> None:
    """Ten officers who have just joined, each with their first questions: more than all strangers together may send."""
    sent = Sent(stage)
    for number in range(10):
        code = stage.invite(Role.OFFICER, "dai-loc")
        assert sent.by(f"officer {number}", f"/start {code}") == [T]
        stage.hear(Incoming("telegram", stage.next_update(), f"officer {number}", "Lan", f"/start {code}"))
    for number in range(10):
        assert sent.by(f"officer {number}", count=6) == [T] * 6


def test_who_is_removed_is_a_stranger_soon(stage: Stage) -> None:
    enrol(stage, "Lan")
    sent = Sent(stage)
    assert sent.by("Lan") == [T]
    someone = stage.writer.write(people.present)[0]
    stage.writer.write(lambda db: people.remove(db, someone.id, stage.now))
    sent.watch.now += flood.LOOKED_UP_FOR + 1
    assert sent.by("Lan", count=6) == [T] * 4 + [W, S]


def test_a_thousand_strangers_shut_out_nobody_who_is_known_or_invited(stage: Stage) -> None:
    enrol(stage, "Lan")
    invite = stage.invite(Role.OFFICER, "hoi-an")
    owner = stage.writer.write(people.present)[0]
    code = stage.writer.write(lambda db: linking.create_code(db, owner.id, stage.now, stage.library.pick))
    sent = Sent(stage)
    heard = [sent.by(f"s{number}")[0] for number in range(100)]
    assert heard == [T] * 10 + [W] * 2 + [S] * 88
    assert sent.by("Lan", count=6) == [T] * 6
    for text in (f"/start {invite}", invite, f"/start@dondoc_bot {invite}", f"{code[:3]} {code[3:]}", f"/lienket {code}"):
        assert sent.by(text, text) == [T]
    for text in ("/start ABCDEFGHJK", "ABCDEFGHJK", "000 000" if code != "000000" else "000 001", "/start"):
        assert sent.by(text, text) == [S]


def test_a_code_that_lets_nobody_in_lets_no_flood_in(stage: Stage) -> None:
    """One that was used, revoked or is past its time is known to who left, and may be handed on to thousands."""
    owner = stage.invite(Role.OFFICER, "dai-loc")
    stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", f"/start {owner}"))
    (lan,) = stage.writer.write(people.present)
    linked = stage.writer.write(lambda db: linking.create_code(db, lan.id, stage.now, stage.library.pick))
    stage.writer.write(lambda db: linking.use(db, linked, stage.now))
    revoked, late = stage.invite(Role.OFFICER, "hoi-an"), stage.invite(Role.OFFICER, "tam-ky")
    (handle,) = [
        each.handle for each in stage.writer.write(lambda db: invites.open_invites(db, stage.now)) if each.unit == "hoi-an"
    ]
    stage.writer.write(lambda db: invites.revoke(db, handle, Role.OFFICER, stage.now))
    sent = Sent(stage)
    sent.by("first", late)
    for number in range(20):
        sent.by(f"s{number}")
    assert sent.by("good", late) == [T]
    stage.now += invites.INVITE_LIFE
    for number, code in enumerate((owner, revoked, late, f"{linked[:3]} {linked[3:]}")):
        assert sent.by(f"t{number}", code) == [S]


def test_strangers_leave_the_month_its_messages(stage: Stage) -> None:
    """A tenth at once and as much again in ten days: not a third of the month, whatever they send; asking to wait costs one too."""
    many = Allowances(known=SMALL.known, stranger=(Allowance(1e9, 1e-9),), strangers=Allowance(1e9, 1e-9))
    sent = Sent(stage, many, zalo_bot=3000)
    answered = 0
    for _hour in range(30 * 24):
        answered += sum(heed is not S for heed in sent.by("A", channel="zalo_bot", count=20))
        sent.watch.now += 3600
    assert 900 < answered <= 1200
    assert sent.by("A", channel="telegram") == [T]  # a channel that counts nothing


def test_a_strangers_request_to_wait_comes_out_of_the_month_too(stage: Stage) -> None:
    sent = Sent(stage, Allowances(stranger=(Allowance(2, 1e9),), strangers=Allowance(1e9, 1e-9)), zalo_bot=20)
    assert sent.by("A", channel="zalo_bot", count=3) == [T, T, S]


ALL_DAY = Allowances(known=(Allowance(1e9, 1e-9),), strangers=Allowance(1e9, 1e-9))


def test_somebody_known_leaves_the_month_to_the_others(stage: Stage) -> None:
    """A script that writes all month long: a tenth at once and as much again in twenty days, requests to stop among it."""
    enrol(stage, "Lan", "zalo_bot")
    enrol(stage, "Hoa", "zalo_bot")
    sent, answered = Sent(stage, ALL_DAY, zalo_bot=3000), 0
    for _hour in range(30 * 24):
        answered += sum(heed is not S for heed in sent.by("Lan", channel="zalo_bot", count=20))
        sent.watch.now += 3600
    assert 700 < answered <= 750 + 1
    assert sent.by("Hoa", channel="zalo_bot", count=300) == [T] * 300  # ten forms of thirty answers in one morning
    assert sent.by("Hoa", channel="zalo_bot", count=3) == [U, S, S]
    sent.watch.now += flood.DAY
    assert sent.by("Hoa", channel="zalo_bot", count=10) == [T] * 10
    assert sent.by("Lan", count=500) == [T] * 20 + [W] + [S] * 479  # on another channel nobody knows her, and nothing is counted


def test_one_person_with_many_accounts_has_one_share(stage: Stage) -> None:
    enrol(stage, "Lan", "zalo_bot")
    (lan,) = stage.writer.write(people.present)
    for name in ("Lan 2", "Lan 3"):
        code = stage.writer.write(lambda db: linking.create_code(db, lan.id, stage.now, stage.library.pick))
        stage.hear(Incoming("zalo_bot", stage.next_update(), name, name, code))
        stage.hear(Incoming("zalo_bot", stage.next_update(), name, name, "1"))
    sent = Sent(stage, ALL_DAY, zalo_bot=30)
    heard = [sent.by(name, channel="zalo_bot", count=2) for name in ("Lan", "Lan 2", "Lan 3")]
    assert heard == [[T, T], [T, U], [S, S]]


@pytest.mark.parametrize("who", ["Lan", "a stranger"])
def test_what_is_said_to_others_in_a_group_costs_nobody_the_month(stage: Stage, who: str) -> None:
    enrol(stage, "Lan", "zalo_bot")
    sent = Sent(stage, ALL_DAY, zalo_bot=30)
    sent.by(who, channel="zalo_bot", count=15, group="-1", addressed=False)
    assert sent.by(who, channel="zalo_bot", count=3) == [T] * 3


def test_only_so_many_shares_are_remembered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_CONTACTS", 1)
    sent = Sent(stage, ALL_DAY, zalo_bot=30)
    for name in ("Lan", "Hoa"):
        enrol(stage, name, "zalo_bot")
        sent.by(name, channel="zalo_bot")
    assert len(sent.flood._shares) == 1


@pytest.mark.parametrize("month", [0, 1])
def test_a_month_without_limit_has_none_and_the_smallest_has_one(stage: Stage, month: int) -> None:
    sent = Sent(stage, zalo_bot=month)
    assert sent.by("A", channel="zalo_bot", count=2) == ([T, T] if not month else [T, S])


def test_who_leaves_is_always_heard(stage: Stage) -> None:
    sent = Sent(stage)
    sent.by("A", count=9)
    assert sent.by("A", left=True) == [T]


def test_talk_among_others_is_asked_nothing(stage: Stage) -> None:
    assert Sent(stage).by("A", count=6, addressed=False) == [T] * 4 + [S, S]


def test_only_so_many_are_remembered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_CONTACTS", 3)
    sent = Sent(stage)
    for address in "ABCDE":
        sent.by(address)
    assert len(sent.flood._senders) == 3


def test_who_floods_is_not_forgotten_for_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_CONTACTS", 3)
    sent = Sent(stage, Allowances(known=SMALL.known, stranger=SMALL.stranger))
    assert [(sent.by("A"), sent.by(f"other {number}"))[0] for number in range(6)] == [[T]] * 4 + [[W], [S]]


def test_silence_costs_a_stranger_nothing_but_a_look_now_and_then(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    look = people.person_at

    def counted(*what: object) -> object:
        looks.append("")
        return look(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(people, "person_at", counted)
    sent = Sent(stage)
    sent.by("A", count=1000)
    assert len(looks) == 1
    sent.by("B", "ABCDEFGHJK", count=1000)  # nor does it for what looks like a code
    assert len(looks) <= 1 + SMALL.stranger[0].most + 1


# ---------------------------------------------------------------- in turns


def test_what_is_not_heeded_leaves_no_trace_but_one_kind_word(stage: Stage) -> None:
    service = turn_service(stage, intake=made_intake(stage, allowances=SMALL))
    said: list[str] = []

    async def send(count: int) -> None:
        for _ in range(count):
            taken = await service.take(Incoming("telegram", stage.next_update(), "A", "A", "/han"))
            said.extend(str(row.message["text"]) for row in taken.queued)

    asyncio.run(send(9))
    assert len(said) == 5
    assert "chờ ít phút" in said[-1]
    assert all("15/7/2022" in text for text in said[:-1])


def test_who_used_the_share_hears_so_once_and_goes_on_where_it_stood(stage: Stage) -> None:
    enrol(stage, "Lan", "zalo_bot")
    service = turn_service(stage, intake=made_intake(stage, allowances=ALL_DAY, months={"zalo_bot": 20}))
    said: list[str] = []

    async def send(*texts: str) -> None:
        for text in texts:
            taken = await service.take(Incoming("zalo_bot", stage.next_update(), "Lan", "Lan", text))
            said.extend(str(row.message["text"]) for row in taken.queued)

    asyncio.run(send("báo cáo kinh phí", "350 triệu", "300 triệu", "300 triệu"))
    assert len(said) == 3
    assert "Câu 2/" in said[1]
    assert "phần của anh/chị đã dùng hết" in said[2]


def test_the_usual_allowances_are_beyond_what_people_do() -> None:
    """A form of thirty answers at a press a second; a stranger's twenty questions in a row."""
    assert USUAL.known[0].most + 60 / USUAL.known[0].seconds >= 120
    assert all(allowance.most >= 20 for allowance in USUAL.stranger)

    def a_day(allowance: Allowance) -> float:
        return allowance.most + flood.DAY / allowance.seconds

    assert min(a_day(allowance) for allowance in USUAL.stranger) <= 300
