"""The Zalo token pair: one refresh at a time, nobody stranded, a lost account told at once, authorised again."""

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.channels.zalo_oa.authorizing import begin_authorizing, finish_authorizing, verifier_for
from bot.channels.zalo_oa.tokens import AHEAD, NoToken, OaApp, OAuthRefused, TokenKeeper
from bot.clocks import wall_now
from storage import tokens
from storage.database import migrate, open_database, reading
from storage.tokens import TokenPair
from storage.writer import Writer
from tests import serving
from tests.doubles.zalo_oa import APP_ID, APP_SECRET, OA_SECRET, ZaloOaDouble

OTHER_PROCESS = """
import asyncio, sys
from bot.clocks import wall_now
from bot.settings import Settings
from bot.channels.zalo_oa.tokens import OaApp, TokenKeeper
from storage.database import open_database
from storage.writer import Writer

async def main():
    settings = Settings(_env_file=None)
    writer = Writer(open_database(settings.database_url))
    keeper = TokenKeeper(OaApp.of(settings), writer, wall_now, lambda db, pair: None)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await keeper.renew(1)
    token, generation = await keeper.access()
    print(token, generation, flush=True)
    writer.close()

asyncio.run(main())
"""


class Bench:
    """A database with a pair in force, and keepers as different processes would have them."""

    def __init__(self, url: str, zalo: ZaloOaDouble) -> None:
        self.zalo, self.url = zalo, url
        self.app = OaApp(APP_ID, APP_SECRET, zalo.url, "http://127.0.0.1:1/zalo-oa/authorized")
        engine = open_database(url)
        migrate(engine)
        self.writer = Writer(engine)
        self.lost: list[int] = []
        self.now: Callable[[], datetime] = wall_now

    def keeper(self) -> TokenKeeper:
        return TokenKeeper(self.app, self.writer, lambda: self.now(), lambda db, pair: self.lost.append(pair.generation))

    def store(self, access: str, refresh: str, left: timedelta) -> None:
        self.zalo.access, self.zalo.refresh = access, refresh
        self.writer.write(lambda db: tokens.store(db, "zalo_oa", access, refresh, self.now() + left))

    def pair(self) -> TokenPair:
        with reading(self.writer.engine) as db:
            found = tokens.pair_of(db, "zalo_oa")
        assert found
        return found

    def close(self) -> None:
        self.writer.close()
        self.writer.engine.dispose()


def play(url: str, scenario: Callable[[Bench], Any]) -> None:
    async def run() -> None:
        async with ZaloOaDouble(wall_now) as zalo:
            bench = Bench(url, zalo)
            try:
                await scenario(bench)
            finally:
                bench.close()

    serving.play(run())


def test_many_at_once_refresh_once(database_url: str) -> None:
    async def scenario(bench: Bench) -> None:
        bench.store("a", "r", timedelta(hours=1))
        bench.zalo.refresh_seconds = 0.3
        keepers = [bench.keeper() for _ in range(8)]
        await asyncio.gather(*(keeper.renew(1) for keeper in keepers for _ in range(3)))
        assert bench.zalo.refreshes == ["r"]
        assert {await keeper.access() for keeper in keepers} == {(bench.zalo.access, 2)}

    play(database_url, scenario)


def test_two_processes_refresh_once(database_url: str) -> None:
    async def scenario(bench: Bench) -> None:
        bench.store("a", "r", timedelta(hours=1))
        bench.zalo.refresh_seconds = 0.5
        env = {
            "DATABASE_URL": database_url, "ZALO_OA_APP_ID": APP_ID, "ZALO_OA_APP_SECRET": APP_SECRET,
            "ZALO_OA_SECRET_KEY": OA_SECRET, "ZALO_OAUTH_URL": bench.zalo.url, "PUBLIC_URL": "http://127.0.0.1:1", "PATH": "/usr/bin",
        }  # fmt: skip
        pipe = asyncio.subprocess.PIPE
        others = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", OTHER_PROCESS, stdin=pipe, stdout=pipe, env=env)
            for _ in range(2)
        ]
        for other in others:
            assert other.stdout
            assert (await other.stdout.readline()).strip() == b"ready"
        said = await asyncio.gather(*(other.communicate(b"go\n") for other in others))
        assert bench.zalo.refreshes == ["r"]
        assert {out.split()[-2:][0] for out, _ in said} == {bench.zalo.access.encode()}

    play(database_url, scenario)


def test_a_process_that_died_while_refreshing_strands_nobody(database_url: str) -> None:
    async def scenario(bench: Bench) -> None:
        bench.store("a", "r", timedelta(hours=1))
        now = wall_now()
        dead = bench.writer.write(lambda db: tokens.hold(db, "zalo_oa", 1, "dead", now, now + timedelta(seconds=0.8)))
        assert dead
        await bench.keeper().renew(1)  # waits until the hold has run out
        assert bench.pair().generation == 2
        assert bench.lost == []

    play(database_url, scenario)


def test_a_wait_that_is_cancelled_still_stores_the_answer(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> None:
        bench.store("a", "r", timedelta(hours=1))
        bench.zalo.refresh_gate = asyncio.Event()
        keeper = bench.keeper()
        running = asyncio.create_task(keeper.run())
        await bench.zalo.until(lambda: bench.zalo.refreshes)
        running.cancel()
        bench.zalo.refresh_gate.set()
        await asyncio.gather(running, return_exceptions=True)
        assert bench.pair().access == bench.zalo.access

    play(f"sqlite:///{tmp_path}/t.db", scenario)


def test_an_answer_that_got_lost_is_told_while_the_access_token_lives(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> None:
        bench.store("a", "r", timedelta(hours=4))
        bench.zalo.lose_answers = 1
        keeper = bench.keeper()
        await keeper.renew(1)
        assert bench.lost == []  # it may have been the network
        await keeper.renew(1)
        await bench.keeper().renew(1)
        assert bench.zalo.refreshes == ["r", "r"]
        assert bench.lost == [1]  # told once
        assert await keeper.access() == ("a", 1)
        bench.now = lambda: wall_now() + timedelta(hours=5)
        assert await keeper.access() == ("a", 1)  # Zalo says whether it still passes

    play(f"sqlite:///{tmp_path}/t.db", scenario)


def test_refreshed_ahead_of_time_and_not_before(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> None:
        bench.store("a", "r", AHEAD + timedelta(hours=1))
        looked = asyncio.Event()

        def looking() -> datetime:
            looked.set()
            return wall_now()

        bench.now = looking
        running = asyncio.create_task(bench.keeper().run())
        await looked.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)  # waits for a refresh that has begun
        assert bench.zalo.refreshes == []
        bench.now = lambda: wall_now() + timedelta(hours=1, seconds=1)
        running = asyncio.create_task(bench.keeper().run())
        await bench.zalo.until(lambda: bench.zalo.access == "access-1")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert bench.pair().access == "access-1"

    play(f"sqlite:///{tmp_path}/t.db", scenario)


def test_a_lost_account_is_authorised_again_with_pkce(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> None:
        bench.store("", "dead", timedelta(0))
        bench.zalo.refresh = "another"
        keeper = bench.keeper()
        await keeper.renew(1)
        assert bench.pair().lost
        with pytest.raises(NoToken):
            await keeper.access()
        link = bench.writer.write(lambda db: begin_authorizing(db, bench.app, wall_now()))
        query = parse_qs(urlsplit(link).query)
        assert query["redirect_uri"] == ["http://127.0.0.1:1/zalo-oa/authorized"]
        assert "code_verifier" not in query
        bench.zalo.challenges["c1"] = query["code_challenge"][0]
        with reading(bench.writer.engine) as db:
            assert verifier_for(db, "guessed", wall_now()) == ""
            verifier = verifier_for(db, query["state"][0], wall_now())
            assert verifier_for(db, query["state"][0], wall_now() + timedelta(hours=1)) == ""
        assert len(verifier) == 43
        with pytest.raises(OAuthRefused):
            await finish_authorizing(bench.app, bench.writer, "wrong", verifier, wall_now)
        await finish_authorizing(bench.app, bench.writer, "c1", verifier, wall_now)
        assert (await keeper.access())[0] == bench.zalo.access
        with reading(bench.writer.engine) as db:
            assert verifier_for(db, query["state"][0], wall_now()) == ""  # used

    play(f"sqlite:///{tmp_path}/t.db", scenario)


def test_no_token_shows_in_a_repr() -> None:
    assert "secret-app" not in f"{OaApp('1', 'secret-app', '', '')!r}"
    pair = TokenPair(
        access="secret-access", refresh="secret-refresh", expires_at=wall_now(), generation=1, lost="", seed="secret-hash"
    )  # fmt: skip
    assert "secret" not in f"{pair!r} {pair}"


def test_a_first_token_that_is_lost_is_not_taken_again_but_another_is(tmp_path: Path) -> None:
    async def scenario(bench: Bench) -> None:
        async def started(first: str) -> bool:
            """Whether a process that begins with that setting has a token."""
            keeper = TokenKeeper(bench.app, bench.writer, wall_now, lambda db, pair: None, first)
            await keeper._seed()
            if not bench.pair().lost:
                await keeper.renew(bench.pair().generation)
            return not bench.pair().lost

        bench.zalo.refresh = "good"
        assert not await started("dead")
        assert bench.pair().generation == 1
        assert not await started("dead")
        assert bench.pair().generation == 1
        assert await started("good")

    play(f"sqlite:///{tmp_path}/t.db", scenario)
