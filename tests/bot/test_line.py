"""Zalo's channels keep to a pace too: what each platform lets pass stands in its record, and what is sent waits in line for it."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from bot.channels.zalo_bot.api import ZaloBotApi
from bot.channels.zalo_oa.api import Refused, ZaloOaApi
from bot.channels.zalo_oa.tokens import TokenKeeper
from bot.delivery.line import UNDER, Line, line_of, urgent
from bot.delivery.sink import TryLater
from bot.parts import Parts
from bot.settings import Settings
from bot.wiring import wire, wire_process
from handlers.message import Message
from rules.channels import CHANNELS, ChannelName, channel_named
from rules.pacing import AHEAD
from storage.outbox import DeliveryKind
from tests.bot.test_broadcast import queued
from tests.bot.test_channels import FakeTime
from tests.bot.test_sending import Tokens
from tests.doubles import zalo_bot
from tests.doubles.zalo_bot import ZaloBotDouble
from tests.doubles.zalo_oa import ZaloOaDouble
from tests.parts import zalo_bot_sink
from tests.serving import play
from tests.stage import OPENING, Stage

MANY = 60
PATHS = {"zalo_bot": "zalo_bot", "zalo_oa": "/v3.0/oa/message/cs", "zalo_phone": "/message/template"}


def test_every_platform_has_its_pace() -> None:
    assert {name for name, record in CHANNELS.items() if not record.made_up and not record.a_second} == set()
    assert {name for name, record in CHANNELS.items() if record.made_up and record.a_second} == set()


def line(channel: str, time: FakeTime) -> Line:
    return Line(channel_named(channel).a_second * UNDER, time, time.sleep)


def oa(zalo: ZaloOaDouble, users: Line | None = None, phones: Line | None = None) -> ZaloOaApi:
    return ZaloOaApi(zalo.url, zalo.url, cast(TokenKeeper, Tokens()), users, phones)


def at_least(channel: str, messages: int) -> float:
    """Seconds that so many take: the first few go at once."""
    rate = channel_named(channel).a_second * UNDER
    return (messages - 2) / rate - AHEAD - 0.1


@pytest.mark.parametrize("channel", ["zalo_bot", "zalo_oa", "zalo_phone"])
def test_many_messages_take_their_time(channel: str) -> None:
    """Real requests, the clock of the line set by hand: that many at once would be refused."""
    time = FakeTime()

    async def scenario() -> None:
        async with ZaloBotDouble() as bot, ZaloOaDouble(lambda: OPENING) as account:
            account.windows, account.access = False, "access"
            api = ZaloBotApi(zalo_bot.TOKEN, bot.url, line(channel, time))
            own = oa(account, line("zalo_oa", time), line("zalo_phone", time))
            sends = {
                "zalo_bot": lambda: api.send_message("1", "x"),
                "zalo_oa": lambda: own.send("1", {"text": "x"}),
                "zalo_phone": lambda: own.send_template_to_phone("84905123456", "1", {"a": "b"}, "t"),
            }
            begun = time.now
            await asyncio.gather(*(sends[channel]() for _ in range(MANY)))
            assert time.now - begun >= at_least(channel, MANY)
            assert len(bot.calls) + len(account.calls) == MANY
            await api.close()
            await own.close()

    play(scenario())


def test_templates_to_users_wait_in_the_line_of_messages() -> None:
    time = FakeTime()

    async def scenario() -> None:
        async with ZaloOaDouble(lambda: OPENING) as account:
            account.windows, account.access = False, "access"
            api, begun = oa(account, line("zalo_oa", time)), time.now
            await asyncio.gather(*(api.send_template("1", "1", {"a": "b"}) for _ in range(MANY)))
            assert time.now - begun >= at_least("zalo_oa", MANY)
            await api.close()

    play(scenario())


def test_what_zalo_refuses_as_too_much_makes_the_line_slower() -> None:
    time = FakeTime()

    async def scenario() -> None:
        async with ZaloOaDouble(lambda: OPENING) as account:
            account.windows, account.access = False, "access"
            before = line("zalo_oa", time)
            api = oa(account, before)
            assert before.pacer
            rate = before.pacer.rate
            account.refused["1"] = -213
            with pytest.raises(Refused):
                await api.send("1", {"text": "x"})
            assert before.pacer.rate == rate  # that was about the person
            account.refused["1"] = -32
            with pytest.raises(Refused):
                await api.send("1", {"text": "x"})
            assert before.pacer.rate < rate
            await api.close()

    play(scenario())


def test_a_flood_at_the_bot_platform_makes_the_line_slower(stage: Stage) -> None:
    time = FakeTime()

    async def scenario() -> None:
        async with ZaloBotDouble() as zalo:
            zalo.refused["*"] = (200, 429, "Too Many Requests")
            before = line("zalo_bot", time)
            assert before.pacer
            rate = before.pacer.rate
            async with zalo_bot_sink(stage, ZaloBotApi(zalo_bot.TOKEN, zalo.url, before)) as sink:
                with pytest.raises(TryLater):
                    await sink.send("1", Message("x"), queued(stage, "1", DeliveryKind.REPLY))
            assert before.pacer.rate < rate

    play(scenario())


@pytest.mark.parametrize(("kind", "goes_before"), [(DeliveryKind.REPLY, True), (DeliveryKind.PUSH, False)])
def test_a_reply_is_urgent_and_a_push_is_not(stage: Stage, kind: DeliveryKind, goes_before: bool) -> None:
    seen = list[bool]()

    class Watching(Line):
        async def wait(self) -> None:
            seen.append(urgent.get())

    async def scenario() -> None:
        async with ZaloBotDouble() as zalo:
            api = ZaloBotApi(zalo_bot.TOKEN, zalo.url, Watching(0.0, lambda: 0.0))
            async with zalo_bot_sink(stage, api) as sink:
                await sink.send("1", Message("x"), queued(stage, "1", kind))

    play(scenario())
    assert seen == [goes_before]


def test_the_doors_send_in_line_and_share_it(tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "database_url": f"sqlite:///{tmp_path}/a.db", "files_dir": tmp_path / "files", "zalo_bot_token": zalo_bot.TOKEN, "public_url": "https://a.example.vn",
        "zalo_oa_app_id": "1", "zalo_oa_app_secret": "s", "zalo_oa_secret_key": "k",
    }  # fmt: skip
    wired = wire(Settings(_env_file=None, **values))
    try:
        served = wire_process(wired, Parts.WORKER)
        sinks: dict[str, Any] = {name: sink for door in served.doors for name, sink in door.sinks.items()}
        account = sinks[ChannelName.ZALO_OA]._api
        lines: dict[str, Line] = {
            ChannelName.ZALO_BOT: sinks[ChannelName.ZALO_BOT]._api.line, ChannelName.ZALO_OA: account._line, ChannelName.ZALO_PHONE: account._phone_line,
        }  # fmt: skip
        for name, before in lines.items():
            assert before.pacer
            assert before.pacer.rate == pytest.approx(channel_named(name).a_second * UNDER)
            assert before._shares == served.process.claims.senders
    finally:
        wired.close()


def test_two_senders_share_what_one_may() -> None:
    time = FakeTime()

    async def scenario() -> None:
        halves = [line_of("zalo_oa", time, lambda: 2) for _ in range(2)]
        for half in halves:
            half._sleep = time.sleep
        begun = time.now
        await asyncio.gather(*(halves[0].wait() for _ in range(MANY)))
        assert time.now - begun >= 2 * at_least("zalo_oa", MANY) - 1.0

    play(scenario())
