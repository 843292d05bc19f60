"""``make chaos``: the real program by polling on SQLite, and a hundred people who each send five reports while it is killed.

``KILLS`` (50) is how often, ``SEED`` plays the same pauses again. Prints what became of it; exit code 1 where a promise broke.
"""

import asyncio
import logging
import os
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select

from benchmarks import turns
from benchmarks.telegram_load import ANSWERS
from bot.settings import Settings
from bot.wiring import wire
from rules.people import Role
from storage import invites
from storage.tables import submission
from tests.doubles.telegram import TOKEN, Call, TelegramDouble

PEOPLE, REPORTS = turns.PEOPLE, 5
KILLS = int(os.environ.get("KILLS", "50"))
PAUSE = float(os.environ.get("PAUSE", "16"))
"""Seconds that somebody may take to answer: long enough for so many kills. With 0 a kill doubles what went between two settlements."""
LONGEST_LIFE = 3.0
"""Seconds at work until the next kill."""
PATIENCE = float(os.environ.get("PATIENCE", "180"))
OPENING, SUMMARY, RECEIPT = "Câu {number}/5", "xem lại trước khi gửi", "Mã biên nhận"


class Telegram(TelegramDouble):
    """Hands each message to whom it is for, so that a hundred people cost what one does."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, asyncio.Queue[Call]] = defaultdict(asyncio.Queue)
        self.reached = 0

    def _result(self, call: Call) -> Any:
        result = super()._result(call)
        if call.method == "sendMessage":
            self.reached += 1
            self.boxes[call.chat].put_nowait(call)
        self.calls.clear()
        return result


class Person:
    """Somebody who answers after a while, the next question once it is there."""

    def __init__(self, telegram: Telegram, number: int, chance: random.Random) -> None:
        self._telegram, self.id, self._chance = telegram, 1000 + number, chance
        self.waits: list[float] = []
        self.doubled = 0
        self._last = ""

    async def _hears(self, holding: str) -> Call:
        begun = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while True:
                call = await self._telegram.boxes[str(self.id)].get()
                self.doubled += call.text == self._last
                self._last = call.text
                if holding in call.text:
                    self.waits.append(time.monotonic() - begun)
                    return call

    async def _says(self, text: str, holding: str) -> Call:
        await asyncio.sleep(self._chance.uniform(0.0, PAUSE))
        await self._telegram.send(self._telegram.message(self.id, text))
        return await self._hears(holding)

    async def lives(self, code: str) -> None:
        """Join, then send all reports."""
        await self._says(f"/start {code}", "Chào")
        for report in range(1, REPORTS + 1):
            await self._says(f"nộp báo cáo năm khoản {report}", OPENING.format(number=1))
            for number, answer in enumerate(ANSWERS[:-1], 2):
                await self._says(answer, OPENING.format(number=number))
            summary = await self._says(ANSWERS[-1], SUMMARY)
            await self._telegram.send(self._telegram.press(self.id, summary, "Gửi"))
            await self._hears(RECEIPT)


class Program:
    """The program, started again as often as it is killed."""

    def __init__(self, environment: dict[str, str], telegram: Telegram) -> None:
        self._environment, self._telegram = {**os.environ, **environment}, telegram
        self.kills = 0

    async def suffers(self, chance: random.Random) -> None:
        """Live, be killed, live again; the last life is left in peace."""
        while True:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                env=self._environment,
                cwd=turns.ROOT,
                stdout=asyncio.subprocess.DEVNULL,
            )
            polls = self._telegram.polls
            try:
                while self._telegram.polls == polls:
                    await asyncio.sleep(0.02)
                await asyncio.sleep(chance.uniform(0.0, LONGEST_LIFE) if self.kills < KILLS else 3600.0)
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGKILL)
                await process.wait()
            self.kills += 1


def prepared(folder: Path, url: str) -> tuple[dict[str, str], list[str]]:
    """The settings, and a code for each person."""
    turns.ROUNDS = REPORTS
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/chaos.db", "FILES_DIR": f"{folder}/files", "CAMPAIGN": str(turns.make_campaign(folder)),
        "PROVINCE": str(turns.make_province(folder)), "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": url, "TELEGRAM_RATE": "0",
        "PORT": "0", "LOG_LEVEL": "critical",
    }  # fmt: skip
    settings: dict[str, Any] = {name.lower(): value for name, value in environment.items()}
    wired = wire(Settings(_env_file=None, **settings))
    now, by = wired.clock.now(), invites.By("chaos")
    grants = [invites.Grant(Role.OFFICER, f"u{number}") for number in range(PEOPLE)]
    codes = [
        wired.writer.write(lambda db, grant=grant: invites.create_invite(db, grant, by, now, wired.library.pick)).code  # type: ignore[misc]
        for grant in grants
    ]
    wired.close()
    return environment, codes


def kept(folder: Path) -> list[tuple[str, str, int, Any]]:
    """Every report that stands in the database."""
    engine = create_engine(f"sqlite:///{folder}/chaos.db")
    with engine.connect() as db:
        columns = (submission.c.unit, submission.c.obligation, submission.c.revision, submission.c.answers)
        return [tuple(row) for row in db.execute(select(*columns))]


async def main(folder: Path, seed: int) -> list[str]:
    """Play it through. Returns the promises that broke."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # it says of each connection that a kill cut it
    telegram = Telegram()
    async with telegram:
        environment, codes = prepared(folder, telegram.url)
        program, begun = Program(environment, telegram), time.monotonic()
        suffering = asyncio.create_task(program.suffers(random.Random(seed)))
        people = [Person(telegram, number, random.Random(f"{seed} {number}")) for number in range(PEOPLE)]
        ended = await asyncio.gather(*(p.lives(c) for p, c in zip(people, codes, strict=True)), return_exceptions=True)
        suffering.cancel()
        await asyncio.gather(suffering, return_exceptions=True)
    reports = kept(folder)
    stuck = [repr(end) for end in ended if end is not None]
    answers = {tuple(value for value in row[3].values() if isinstance(value, int)) for row in reports}
    doubled, longest = sum(p.doubled for p in people), max((wait for p in people for wait in p.waits), default=0.0)
    print(f"seed {seed}: {PEOPLE} people, {PEOPLE * REPORTS} reports, {program.kills} kills in {time.monotonic() - begun:.0f} s")
    print(
        f"finished {PEOPLE - len(stuck)}, reports kept {len(reports)}, messages {telegram.reached}, doubled {doubled}, longest wait {longest:.1f} s"
    )
    broken = [f"{len(stuck)} people did not finish: {stuck[:1]}"] if stuck else []
    if len(reports) != PEOPLE * REPORTS or {row[2] for row in reports} != {1}:
        broken.append("not every report is kept once")
    if len(answers) != 1:
        broken.append(f"answers differ: {answers}")
    if doubled > program.kills:
        broken.append("more than one doubled message a kill")
    return broken


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        found = asyncio.run(main(Path(place), int(os.environ.get("SEED", random.SystemRandom().randint(0, 10**6)))))
    for promise in found:
        print(f"BROKEN: {promise}")
    sys.exit(bool(found))
