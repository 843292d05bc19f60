"""How soon the running program works and what it holds: ``make bench-running``. Exits 1 above a bar.

The real ``dondoc run`` by polling, SQLite, against the double of Telegram. First its start, some times over: seconds and processor
time until the platform hears the first ``getUpdates``. Then one start with 600 people whose reminder falls due at once: resident
memory of the process and of whatever it started, once the last of them was written to.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

from handlers.turn import Incoming
from rules.people import Role
from storage.purpose import Purpose, settle
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.stage import CAMPAIGN, Stage

ROOT = Path(__file__).resolve().parents[1]
PEOPLE, STARTS = 600, int(os.environ.get("STARTS", "5"))
DUE = "2022-06-23T08:00:00+07:00"
"""The first reminder of the first campaign falls due to everybody."""
BAR_SECONDS, BAR_MEMORY = 2.5, 200.0
"""To the first poll, the best of the starts: what it takes where nothing else runs. Resident megabytes."""
TICK = os.sysconf("SC_CLK_TCK")


def environment(folder: Path, url: str) -> dict[str, str]:
    """A rehearsal on a platform of this machine: the clock stands where the reminder falls due."""
    return {
        **os.environ, "DATABASE_URL": f"sqlite:///{folder}/stage.db", "FILES_DIR": f"{folder}/files", "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": url, "REHEARSAL_START": DUE, "PORT": "0", "LOG_LEVEL": "warning",
    }  # fmt: skip


def peopled(folder: Path) -> None:
    """A rehearsal's database with officers of all districts."""
    stage = Stage(f"sqlite:///{folder}/stage.db", folder)
    stage.writer.write(lambda db: settle(db, Purpose.REHEARSAL))
    units = [unit.slug for unit in CAMPAIGN.directory.units if unit.kind == "district"]
    for number in range(PEOPLE):
        code = stage.invite(Role.OFFICER, units[number % len(units)])
        stage.hear(Incoming("telegram", f"j{number}", str(1000 + number), "Lan", f"/start {code}"))
    stage.close()


@asynccontextmanager
async def running(folder: Path, telegram: TelegramDouble) -> AsyncIterator[int]:
    """The program at work: the id of its process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment(folder, telegram.url), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def first_poll(folder: Path) -> tuple[float, float]:
    """Seconds until the platform hears from it, and those that the processor spent on it."""
    async with TelegramDouble() as telegram:
        began = perf_counter()
        async with running(folder, telegram) as process, asyncio.timeout(180):
            while not telegram.polls:
                await asyncio.sleep(0.005)
            return perf_counter() - began, spent(process)


def spent(process: int) -> float:
    """Seconds of the processor."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(process: int) -> float:
    """Megabytes that a process and its children hold."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(status["VmRSS"].split()[0]) / 1024 + sum(resident(int(child)) for child in children)


async def after_push(folder: Path) -> tuple[float, float]:
    """Megabytes at the first poll, and after everybody was reminded."""
    async with TelegramDouble() as telegram, running(folder, telegram) as process, asyncio.timeout(300):
        while not telegram.polls:
            await asyncio.sleep(0.01)
        before = resident(process)
        while len({call.chat for call in telegram.calls if call.method == "sendMessage" and call.answer}) < PEOPLE:
            await asyncio.sleep(0.5)
        await asyncio.sleep(3.0)  # what was sent is settled
        return before, resident(process)


def main() -> int:
    """Measure, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(first_poll(folder))  # makes the database
        starts = [asyncio.run(first_poll(folder)) for _ in range(STARTS)]
    with tempfile.TemporaryDirectory() as name:
        peopled(Path(name))
        before, after = asyncio.run(after_push(Path(name)))
    best = min(took for took, _ in starts)
    told = "  ".join(f"{took:.2f} ({used:.2f})" for took, used in starts)
    print(f"first poll: best {best:.2f} s, processor {min(used for _, used in starts):.2f} s; all: {told}")
    print(f"resident: {before:.0f} MB at the first poll, {after:.0f} MB after a push to {PEOPLE} people")
    print(f"bars: {BAR_SECONDS} s, {BAR_MEMORY:.0f} MB")
    return int(best > BAR_SECONDS or after > BAR_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
