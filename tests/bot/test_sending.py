"""What every channel that sends over HTTP owes a message: long ones resumed, and nothing sent twice for an answer that
can't be read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any, cast

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.channels.telegram.send import Account, PoliteLimiter, TelegramSink
from bot.channels.zalo_bot.api import ZaloBotApi
from bot.channels.zalo_oa.api import ZaloOaApi
from bot.channels.zalo_oa.tokens import TokenKeeper
from bot.delivery.sink import Sink, TryLater, unanswered
from handlers.message import Message, OutFile
from storage import outbox, sql
from storage.database import reading
from storage.outbox import Delivery
from storage.tables import outbox as rows_of
from tests.doubles import telegram, zalo_bot
from tests.doubles.telegram import TelegramDouble
from tests.doubles.zalo_bot import ZaloBotDouble
from tests.doubles.zalo_oa import ZaloOaDouble
from tests.made_files import PDF
from tests.parts import zalo_bot_sink, zalo_oa_sink
from tests.serving import play
from tests.stage import OPENING, Stage

LAN = "1001"
CHANNELS = ("telegram", "zalo_bot", "zalo_oa")
LONGEST = {"telegram": 4096, "zalo_bot": 2000, "zalo_oa": 2000}
GARBLED = (b"<html>", b"", b"[1]", b'"ok"', b"[" * 100_000)


class Tokens:
    """An access token that always works."""

    async def access(self) -> tuple[str, int]:
        return "access", 1


class Ground:
    """A channel's double and a database. Each sink is a new process's."""

    def __init__(self, channel: str, stage: Stage, double: Any) -> None:
        self.channel, self.stage, self.double = channel, stage, double

    @asynccontextmanager
    async def sink(self) -> AsyncIterator[Sink]:
        stage, url = self.stage, self.double.url
        if self.channel == "telegram":
            async with TelegramSink(
                Account(telegram.TOKEN, url), PoliteLimiter(0, monotonic), stage.library.files, stage.writer, monotonic
            ) as sink:
                yield sink
        elif self.channel == "zalo_bot":
            async with zalo_bot_sink(stage, ZaloBotApi(zalo_bot.TOKEN, url)) as bot:
                yield bot
        else:
            api = ZaloOaApi(url, url, cast(TokenKeeper, Tokens()))
            yield zalo_oa_sink(stage, api)
            await api.close()

    def queue(self, text: str, file: OutFile | None = None) -> int:
        message = Message(text, file=file).to_json()
        queued = self.stage.writer.write(
            lambda db: outbox.queue(db, outbox.Outgoing(self.channel, LAN, None, None, "reply", message), OPENING)
        )
        assert queued
        return queued.id

    def row(self, outbox_id: int) -> Delivery:
        with reading(self.stage.engine) as db:
            found = sql.one(db, Delivery, select(rows_of).where(rows_of.c.id == outbox_id))
        assert found
        return found

    async def send(self, outbox_id: int) -> str:
        """As a process does that has just begun."""
        row = self.row(outbox_id)
        async with self.sink() as sink:
            return await sink.send(row.address, Message.from_json(row.message), row)

    def arrived(self) -> list[str]:
        return [call.text for call in self.double.sent_to(LAN)]


@asynccontextmanager
async def ground(channel: str, tmp_path: Path) -> AsyncIterator[Ground]:
    stage = Stage(f"sqlite:///{tmp_path}/s.db", tmp_path)
    try:
        if channel == "telegram":
            async with TelegramDouble() as one:
                yield Ground(channel, stage, one)
        elif channel == "zalo_bot":
            async with ZaloBotDouble() as two:
                yield Ground(channel, stage, two)
        else:
            async with ZaloOaDouble(lambda: OPENING) as three:
                three.access, three.windows = "access", False
                yield Ground(channel, stage, three)
    finally:
        stage.close()


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_long_message_goes_on_where_it_broke_off_also_in_a_new_process(channel: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ground(channel, tmp_path) as bot:
            pieces = [letter * LONGEST[channel] for letter in "ABC"]
            long = bot.queue("\n\n".join(pieces))
            for letter in "BC":
                bot.double.breaks_on = letter
                with pytest.raises(TryLater):
                    await bot.send(long)
            bot.double.breaks_on = ""
            assert await bot.send(long)
            assert bot.arrived() == pieces

    play(scenario())


def test_a_file_after_a_long_text_is_resumed_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ground("telegram", tmp_path) as bot:
            kept = bot.stage.library.files.put(PDF, "a.pdf")
            long = bot.queue("A" * 1500, OutFile(kept.hash, "a.pdf"))
            bot.double.break_off.add("sendDocument")
            with pytest.raises(TryLater):
                await bot.send(long)
            assert await bot.send(long)
            assert [call.method for call in bot.double.sent_to(LAN)] == ["sendMessage", "sendDocument"]

    play(scenario())


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("body", GARBLED, ids=range(len(GARBLED)))
def test_what_was_taken_counts_as_sent_though_the_answer_cannot_be_read(channel: str, body: bytes, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ground(channel, tmp_path) as bot:
            short = bot.queue("Chào")
            bot.double.garbled.append(body)
            with capture_logs() as said:
                assert await bot.send(short) == ""
            assert bot.arrived() == ["Chào"]
            assert [(line["event"], line["log_level"]) for line in said] == [("taken, but the answer can't be read", "warning")]

    play(scenario())


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b"", b"[]", b"null", b'"ok"', b"7"])
def test_what_stands_before_telegram_and_answers_nonsense_is_like_no_answer(body: bytes, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with ground("telegram", tmp_path) as bot:
            short = bot.queue("Chào")
            bot.double.nonsense.append(body)
            with pytest.raises(TryLater) as later:
                await bot.send(short)
            assert not later.value.whole_channel
            assert await bot.send(short)
            assert bot.arrived() == ["Chào"]

    play(scenario())


@pytest.mark.parametrize(("kind", "longest"), [("reply", 15.0), ("code", 15.0), ("push", 300.0), ("reminder", 300.0)])
def test_who_waits_for_an_answer_gets_it_soon_after_the_platform_is_back(kind: str, longest: float) -> None:
    def pause(attempts: int) -> float:
        row = Delivery(
            id=1, channel="telegram", address=LAN, contact_id=None, person_id=None, kind=kind, message={}, facts={}, language="vi",
            template={}, way="", tried=(), closes="", pieces_out=0, attempts=attempts, created_at=OPENING,
        )  # fmt: skip
        return unanswered(row, "no answer").seconds

    assert [pause(0), pause(2), pause(50)] == [1.0, 4.0, longest]
