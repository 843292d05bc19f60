"""How long Zalo waits for our answer to a webhook, and people for theirs: ``make bench-zalo``.

Zalo gives an account two seconds. 500 people send the Official Account's double one message each, all within a second
or so; then one message at a time. Measured over HTTP, signed, on SQLite with full sync, the
product in one process, people and Zalo in another.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import aiohttp

from bot.clocks import wall_now
from tests.doubles.zalo_oa import APP_ID, APP_SECRET, OA_SECRET, ZaloOaDouble

PEOPLE = 500
ONE_BY_ONE = 200
AT_ONCE = 500
"""Connections of the platform's."""
BAR = 2.0


async def sent(zalo: ZaloOaDouble, web: str, client: aiohttp.ClientSession, body: bytes) -> float:
    """Seconds until the webhook was answered with 200."""
    began = perf_counter()
    headers = {"X-ZEvent-Signature": zalo.signature(body)}
    async with client.post(f"{web}/zalo-oa/webhook", data=body, headers=headers) as answer:
        assert answer.status == 200, answer.status
    return perf_counter() - began


def told(name: str, seconds: list[float]) -> None:
    """One line of the table."""
    ordered = sorted(seconds)
    p95, p99 = ordered[int(len(ordered) * 0.95)], ordered[int(len(ordered) * 0.99)]
    print(f"{name:<28} p50 {statistics.median(ordered) * 1000:7.1f} ms   p95 {p95 * 1000:7.1f} ms   p99 {p99 * 1000:7.1f} ms"
          f"   longest {ordered[-1] * 1000:7.1f} ms")  # fmt: skip


@asynccontextmanager
async def product(folder: str, zalo: ZaloOaDouble) -> AsyncIterator[str]:
    """The whole product in a process of its own; its address."""
    env = {
        **os.environ, "DATABASE_URL": f"sqlite:///{folder}/b.db", "FILES_DIR": f"{folder}/files", "PORT": "0",
        "PUBLIC_URL": "http://127.0.0.1", "ZALO_OA_APP_ID": APP_ID, "ZALO_OA_APP_SECRET": APP_SECRET,
        "ZALO_OA_SECRET_KEY": OA_SECRET, "ZALO_OA_REFRESH_TOKEN": "refresh-0", "ZALO_OA_API_URL": zalo.url,
        "ZALO_OAUTH_URL": zalo.url, "ZNS_API_URL": zalo.url, "LOG_LEVEL": "error",
    }  # fmt: skip
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=env, stdout=pipe)
    assert process.stdout
    try:
        line = (await process.stdout.readline()).decode()
        await zalo.until(lambda: zalo.access)
        yield line.split(": ", 1)[1].strip()
    finally:
        process.terminate()
        await process.wait()


async def main() -> int:
    """Measure; exit code 1 where an answer took longer than Zalo waits."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            ZaloOaDouble(wall_now, windows=False) as zalo,
            product(folder, zalo) as web,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as client,
        ):
            bodies = [zalo.event(str(number), text="hạn nộp danh sách thu hồi là khi nào") for number in range(PEOPLE)]
            began = perf_counter()
            burst = await asyncio.gather(*(sent(zalo, web, client, body) for body in bodies))
            taken = perf_counter() - began
            await zalo.until(lambda: len({call.user for call in zalo.calls if call.answer}) == PEOPLE, 120)
            answered = perf_counter() - began
            single = [await sent(zalo, web, client, zalo.event("1", text=f"còn mấy ngày {n}")) for n in range(ONE_BY_ONE)]
    told(f"{PEOPLE} people at once", burst)
    told("one after another", single)
    print(f"all {PEOPLE} confirmed in {taken:.1f} s, all replies out in {answered:.1f} s; Zalo waits {BAR:.0f} s for each")
    return 1 if max(*burst, *single) > BAR else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
