"""While the disk is full nothing is confirmed; who wrote hears one word of it, past the outbox, and waits in peace."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import patience
from bot.flow import turns, unkept
from bot.flow.unkept import EVERY, Unkept
from handlers.message import Message
from handlers.turn import Incoming
from storage.outbox import Delivery
from tests.parts import present, turn_service
from tests.stage import Stage
from tests.storage.test_log_room import no_file_longer_than

LAN = Incoming("telegram", "1", "Lan", "Lan", "hạn thu hồi là khi nào")


@dataclass
class Platform:
    """A channel's sending half, which may be away."""

    away: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        self.said.append((address, message.text))
        if self.away:
            raise OSError("away")
        return "1"


class Office:
    """Who writes while nothing can be kept, at a moment set by hand."""

    def __init__(self, stage: Stage) -> None:
        self.platform, self.seconds = Platform(), 0.0
        self.unkept = Unkept({"telegram": self.platform}, stage.library.languages, present(stage), lambda: self.seconds)

    def writes(self, *incoming: Incoming) -> list[tuple[str, str]]:
        """What is told because of it."""

        async def write() -> None:
            for each in incoming:
                self.unkept.tell(each)
            await asyncio.gather(*self.unkept._telling)

        self.platform.said.clear()
        asyncio.run(write())
        return list(self.platform.said)


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


def test_who_writes_while_the_disk_is_full_hears_it_and_is_answered_later(
    stage: Stage, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "A_MOMENT", (0.0,))
    service = turn_service(stage, unkept=office.unkept.tell)

    async def write() -> None:
        for _ in range(3):  # a platform that was not told that all is well delivers it again
            with pytest.raises(OperationalError):
                await service.take(LAN)
        await asyncio.gather(*office.unkept._telling)

    with no_file_longer_than(4096):
        asyncio.run(write())
    assert [address for address, _ in office.platform.said] == ["Lan"]
    assert "không cần gửi lại" in office.platform.said[0][1]
    assert asyncio.run(service.take(LAN)).new


def test_of_a_lock_that_passes_nobody_hears(stage: Stage, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "A_MOMENT", (0.0,))

    def busy(db: Connection, *_: object) -> None:
        db.exec_driver_sql("BEGIN")  # within a transaction: SQLite refuses, and that is no want of room

    monkeypatch.setattr(turns, "take", busy)
    monkeypatch.setattr(turns, "is_passing", lambda error: True)
    service = turn_service(stage, unkept=office.unkept.tell)
    with pytest.raises(OperationalError):
        asyncio.run(service.take(LAN))
    assert office.platform.said == []


def test_once_an_hour_and_each_for_themselves(office: Office) -> None:
    hoa = replace(LAN, address="Hoa", language="en")
    assert [address for address, _ in office.writes(LAN, LAN, hoa, LAN)] == ["Lan", "Hoa"]
    assert "no need to send it again" in office.platform.said[1][1]
    office.seconds += EVERY - 1
    assert office.writes(LAN, hoa) == []
    office.seconds += 1
    assert [address for address, _ in office.writes(LAN)] == ["Lan"]


@pytest.mark.parametrize("incoming", [
    replace(LAN, group="-1"), replace(LAN, left=True), replace(LAN, channel="zalo_bot"),
], ids=["in a group", "who left", "on a channel that others send on"])  # fmt: skip
def test_who_is_told_nothing(office: Office, incoming: Incoming) -> None:
    assert office.writes(incoming) == []


def test_a_rehearsal_page_tells_its_own_faults(stage: Stage) -> None:
    platform = Platform()
    unkept_ = Unkept({"web_chat": platform}, stage.library.languages, present(stage), lambda: 0.0)
    unkept_.tell(replace(LAN, channel="web_chat"))  # were it told, there would have to be a loop
    assert platform.said == []


def test_a_platform_that_is_away_too_troubles_nobody(office: Office) -> None:
    office.platform.away = True
    assert office.writes(LAN) == [("Lan", office.platform.said[0][1])]


def test_only_so_many_are_remembered(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unkept, "MOST_REMEMBERED", 2)
    office.writes(*(replace(LAN, address=name) for name in "ABC"))
    assert len(office.unkept._told) == 2
