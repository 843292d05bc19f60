"""What a process that died had claimed is free within seconds; one that lives is never robbed, and one that was held up sends
nothing that is another's."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.clocks import wall_now
from bot.delivery import courier as courier_file
from bot.delivery.claims import DEAD_AFTER, FRESH_FOR, LEASE, Claims
from bot.delivery.sink import AddressRefuses, TryLater
from storage import backup, inbox, outbox, processes
from storage.claims import Claim
from storage.database import open_database, reading
from storage.sole_use import SoleUse
from storage.tables import inbox as inbox_rows
from storage.tables import outbox as rows_of
from storage.tables import process as processes_of
from tests.bot.test_courier import Running
from tests.bot.test_processes import SECRET, free_port
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.doubles.watching import PATIENCE
from tests.postgres import fresh_database
from tests.serving import browsing, play
from tests.stage import ROOT, Stage

BEAT = 3.0


class Machine:
    """Several processes on one database, each with a clock of its own, which the test moves."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.seconds = stage, 0.0

    async def process(self, name: str) -> Claims:
        names = iter([name, f"{name} anew", f"{name} once more"])
        claims = Claims(self.stage.writer, lambda: next(names), lambda: self.seconds)
        await claims.begin()
        return claims

    async def pass_by(self, seconds: float, *living: Claims) -> None:
        until = self.seconds + seconds
        while self.seconds < until:
            self.seconds += BEAT
            for claims in living:
                await claims.beat()


def queue(stage: Stage, claims: Claims, text: str) -> None:
    going = outbox.Outgoing("telegram", text, None, None, "reply", {"text": text})
    claim = claims.claim()
    stage.writer.write(lambda db: outbox.queue_reply(db, going, stage.now, claim))
    stage.writer.write(lambda db: inbox.put(db, "zalo_oa", text, {}, wall_now(), claim))


def claimed(stage: Stage) -> dict[str, str]:
    """By whom, in the outbox and in the inbox."""
    with reading(stage.engine) as db:
        said = {r.message["text"]: r.claimed_by for r in db.execute(select(rows_of))}
        came = {r.update_id: r.claimed_by for r in db.execute(select(inbox_rows))}
    assert said == came
    return said


@pytest.fixture
def two(any_stage: Stage) -> Machine:
    """Two processes at once: also on SQLite, where the lock of the first is taken already."""
    return Machine(any_stage)


def test_who_is_dead_is_noticed_and_who_lives_is_not(two: Machine) -> None:
    async def scenario() -> None:
        stage = two.stage
        first, second = await two.process("a"), await two.process("b")
        queue(stage, first, "1")
        queue(stage, second, "2")
        await two.pass_by(60, first, second)
        assert claimed(stage) == {"1": "a", "2": "b"}
        await two.pass_by(DEAD_AFTER - BEAT, second)
        assert claimed(stage) == {"1": "a", "2": "b"}
        await two.pass_by(BEAT * 2, second)
        assert claimed(stage) == {"1": "", "2": "b"}
        now = wall_now()
        found = stage.writer.write(lambda db: outbox.claim(db, ["telegram"], now, second.claim()))
        assert [row.message["text"] for row in found] == ["1"]
        for each in (first, second):
            await each.end()

    play(scenario())


def test_who_was_held_up_or_could_not_look_buries_nobody(two: Machine) -> None:
    """Both stood still: the first to go on may not think the other dead."""

    async def scenario() -> None:
        first, second = await two.process("a"), await two.process("b")
        queue(two.stage, first, "1")
        await two.pass_by(BEAT * 2, first, second)
        two.seconds += 3600
        await two.pass_by(BEAT, second, first)
        await two.pass_by(60, second, first)
        assert claimed(two.stage) == {"1": "a"}

    play(scenario())


def test_who_said_meanwhile_that_it_lives_is_not_buried(two: Machine) -> None:
    """Between a look and the burial."""

    async def scenario() -> None:
        first, second = await two.process("a"), await two.process("b")
        await two.pass_by(BEAT, second)
        await first.beat()
        two.stage.writer.write(lambda db: processes.beat(db, "b", {"a": 1}))
        with reading(two.stage.engine) as db:
            assert processes.others(db, "b") == {"a": 2}
            assert processes.others(db, "a").keys() == {"b"}
        two.stage.writer.write(lambda db: processes.beat(db, "b", {"a": 2}))
        with reading(two.stage.engine) as db:
            assert processes.others(db, "b") == {}

    play(scenario())


def test_who_was_taken_for_dead_goes_on_under_another_name(two: Machine) -> None:
    async def scenario() -> None:
        first, second = await two.process("a"), await two.process("b")
        claim = first.claim()
        assert await first.holds(claim)
        await two.pass_by(DEAD_AFTER + BEAT * 2, second)
        holds = asyncio.create_task(first.holds(claim))
        await asyncio.sleep(0)
        assert not holds.done()  # it has to look first
        await first.beat()
        assert not await holds
        assert not first.is_mine(claim)
        assert first.claim().by == "a anew"
        await first.beat()
        queue(two.stage, first, "1")
        await two.pass_by(60, first, second)
        assert claimed(two.stage) == {"1": "a anew"}
        with reading(two.stage.engine) as db:
            assert sorted(db.execute(select(processes_of.c.name)).scalars()) == ["a anew", "b"]

    play(scenario())


def test_who_was_only_late_keeps_what_it_claimed(two: Machine) -> None:
    async def scenario() -> None:
        first = await two.process("a")
        claim = first.claim()
        two.seconds += FRESH_FOR + 1
        holds = asyncio.create_task(first.holds(claim))
        await asyncio.sleep(0)
        assert not holds.done()
        await first.beat()
        assert await holds

    play(scenario())


def test_who_stops_leaves_nothing_claimed(two: Machine) -> None:
    async def scenario() -> None:
        first = await two.process("a")
        queue(two.stage, first, "1")
        await first.end()
        assert claimed(two.stage) == {"1": ""}

    play(scenario())


def test_a_backup_brings_no_process_along_and_what_was_claimed_in_it_is_free(two: Machine, tmp_path: Path) -> None:
    async def scenario() -> None:
        first = await two.process("a")
        queue(two.stage, first, "1")
        with reading(two.stage.engine) as db:
            taken = dict(backup.dump(db))
        other = Machine(Stage(f"sqlite:///{tmp_path}/other.db", tmp_path))
        second = await other.process("b")
        other.stage.writer.write(lambda db: backup.restore(db, lambda name: taken[name]))
        await second.beat()
        assert claimed(other.stage) == {"1": ""}
        other.stage.close()

    play(scenario())


def test_only_who_claims_a_thing_gives_it_back(two: Machine) -> None:
    async def scenario() -> None:
        stage, first = two.stage, await two.process("a")
        queue(stage, first, "1")
        for by, left in (("b", "a"), ("a", "")):
            stage.writer.write(lambda db, who=by: outbox.release(db, [1], who))  # type: ignore[misc]
            stage.writer.write(lambda db, who=by: inbox.release(db, [1], who))  # type: ignore[misc]
            assert claimed(stage) == {"1": left}

    play(scenario())


# ---------------------------------------------------------------- beginning on SQLite


def test_who_begins_alone_frees_what_the_dead_left_and_who_is_not_alone_does_not(stage: Stage) -> None:
    async def scenario() -> None:
        machine = Machine(stage)
        first = await machine.process("a")
        queue(stage, first, "1")
        second = await machine.process("b")
        assert claimed(stage) == {"1": "a"}
        first._use.let_go()  # as the system does for one that was killed
        third = await machine.process("c")
        assert claimed(stage) == {"1": "a"}  # the second lives
        second._use.let_go()
        third._use.let_go()
        await machine.process("d")
        assert claimed(stage) == {"1": ""}

    play(scenario())


def test_two_that_begin_at_once_are_not_both_alone(stage: Stage) -> None:
    first, second = SoleUse(stage.engine), SoleUse(stage.engine)
    assert first.alone()
    assert not second.alone()
    first.share()
    second.share()
    assert not SoleUse(stage.engine).alone()
    first.let_go()
    assert not SoleUse(stage.engine).alone()
    second.let_go()
    assert SoleUse(stage.engine).alone()


# ---------------------------------------------------------------- sending


@pytest.mark.parametrize("dead", [True, False], ids=["taken for dead", "only late"])
def test_a_process_that_was_held_up_looks_before_it_sends(stage: Stage, dead: bool) -> None:
    async def held_up() -> bool:
        return False

    async def scenario() -> None:
        running = Running(stage)
        platform, courier, claims = running.platform, running.courier, running.claims
        other = Claims(stage.writer, lambda: "other", lambda: running.time)
        await claims.begin()
        await other.begin()
        platform.slow["1"] = asyncio.Event()
        async with running.working():
            courier.accept(running.queue("1", "2"))
            await running.until(lambda: platform.asked)
            courier._look = held_up  # type: ignore[method-assign]
            for _ in range(6 if dead else 1):  # it is held up while it sends
                running.time += BEAT
                await other.beat()
            running.time += BEAT * 2
            if dead:
                await other.beat()
                found = stage.writer.write(lambda db: outbox.claim(db, ["telegram"], wall_now(), other.claim()))
                assert [row.message["text"] for row in found] == ["1", "2"]
            platform.slow["1"].set()
            await running.until(lambda: platform.taken)
            await asyncio.sleep(0.05)
            assert platform.taken == ["1"]
            await claims.beat()
            await running.until(lambda: not courier.in_hand)
        assert platform.taken == (["1"] if dead else ["1", "2"])
        assert running.states() == {"1": "sent", "2": "waiting" if dead else "sent"}

    play(scenario())


@pytest.mark.parametrize("raised", [TryLater(0, "not now"), AddressRefuses("blocked")], ids=["later", "refused"])
def test_what_is_another_s_since_is_neither_put_off_nor_given_up(
    running: Running, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    """But what was sent is sent."""

    async def scenario() -> None:
        given_up = list[Any]()
        monkeypatch.setattr(courier_file, "give_up", lambda *what: given_up.append(what))
        running.platform.slow["1"] = asyncio.Event()
        real = running.platform.send

        async def send(*said: Any) -> str:
            await real(*said)
            raise raised

        running.platform.send = send  # type: ignore[method-assign,assignment]
        async with running.working():
            running.courier.accept(running.queue("1"))
            await running.until(lambda: running.platform.asked)
            running.ahead += LEASE
            now = wall_now() + running.ahead
            running.stage.writer.write(lambda db: outbox.claim(db, ["telegram"], now, Claim("other", now + LEASE)))
            running.platform.slow["1"].set()
            await running.until(lambda: not running.courier.in_hand)
        with reading(running.stage.engine) as db:
            row = db.execute(select(rows_of)).one()
        assert (row.state, row.claimed_by) == ("waiting", "other")
        assert given_up == []
        assert row.claimed_until

    play(scenario())


@pytest.fixture
def running(stage: Stage) -> Running:
    return Running(stage)


# ---------------------------------------------------------------- real processes, really killed


@asynccontextmanager
async def program(part: str, values: dict[str, str]) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A process of its own."""
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", part], cwd=ROOT, env={**os.environ, **values},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child
    finally:
        child.kill()
        await asyncio.to_thread(child.wait)


def left(url: str) -> tuple[datetime | None, datetime | None, str]:
    """Of the one reply: until when it is claimed, when it was sent, its state."""
    engine = open_database(url)
    with reading(engine) as db:
        row = db.execute(select(rows_of)).one()
    engine.dispose()
    return row.claimed_until, row.sent_at, row.state


async def killed_before_it_sent(telegram: TelegramDouble, child: "subprocess.Popen[bytes]", url: str) -> datetime:
    """The process dies while a reply is on its way. Returns how long it had claimed it."""
    async with asyncio.timeout(PATIENCE):
        while not any(call.method == "sendMessage" for call in telegram.calls):
            await asyncio.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    await asyncio.to_thread(child.wait)
    until, _, state = left(url)
    assert state == "waiting"
    assert until
    telegram.slow.clear()
    return until


async def taken(client: httpx.AsyncClient, url: str, update: dict[str, Any]) -> bool:
    """Whether there was somebody who took it."""
    try:
        return (await client.post(url, json=update)).status_code == 200
    except httpx.ConnectError:
        return False


def values_of(telegram: TelegramDouble, url: str, folder: Path, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url, "FILES_DIR": str(folder), "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, **more,
    }  # fmt: skip


async def sent_once(telegram: TelegramDouble, url: str, until: datetime) -> None:
    await telegram.until(lambda: telegram.sent_to(5))
    async with asyncio.timeout(PATIENCE):
        while left(url)[2] != "sent":
            await asyncio.sleep(0.05)
    sent_at = left(url)[1]
    assert sent_at
    assert sent_at < until - timedelta(seconds=60)  # long before the claim would have ended by itself
    assert len(telegram.sent_to(5)) == 1


def test_on_sqlite_a_reply_of_a_killed_process_goes_out_when_the_next_one_begins(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram:
            url = f"sqlite:///{tmp_path}/a.db"
            values = values_of(telegram, url, tmp_path, PORT=str(free_port()), HOST="127.0.0.1")
            telegram.slow["sendMessage"] = 1e6
            await telegram.send(telegram.message(5, "xin chào"))
            async with program("run", values) as first:
                until = await killed_before_it_sent(telegram, first, url)
            async with program("run", values):
                await sent_once(telegram, url, until)

    play(scenario())


@pytest.mark.postgres
def test_on_postgresql_another_process_notices_the_death_and_sends_the_reply(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram:
            url, port = fresh_database(), free_port()
            values = values_of(
                telegram, url, tmp_path, PORT=str(port), HOST="127.0.0.1", TELEGRAM_SECRET=SECRET, PUBLIC_URL="http://127.0.0.1"
            )
            telegram.slow["sendMessage"] = 1e6
            async with program("run", values) as first, browsing(headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as client:
                await telegram.until(lambda: telegram.webhook)
                async with program("worker", values):
                    update = telegram.message(5, "xin chào")
                    async with asyncio.timeout(PATIENCE):
                        while not await taken(client, f"http://127.0.0.1:{port}/telegram/webhook", update):
                            await asyncio.sleep(0.1)
                    until = await killed_before_it_sent(telegram, first, url)
                    await sent_once(telegram, url, until)

    play(scenario())
