"""What forged webhooks cost, and whether any of ten thousand gets in: ``make bench-forged``.

The kinds of ``tests/test_zalo_oa.py``: truncated, changed, signed with another secret, oversized, replayed. They come fifty
at a time to the whole product in a process of its own; between them one genuine message after another, as long as it takes.
"""

import asyncio
import random
import sys
import tempfile
from collections import Counter
from time import perf_counter

import aiohttp

from benchmarks.zalo_webhooks import product, sent, told
from bot.clocks import wall_now
from tests.doubles.zalo_oa import ZaloOaDouble
from tests.test_zalo_oa import forged

ATTACKS, AT_ONCE = 10_000, 50


async def main() -> int:
    """Measure; exit code 1 where one got in that is not a replay of the genuine one."""
    chance, statuses = random.Random(7), Counter[int]()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            ZaloOaDouble(wall_now, windows=False) as zalo,
            product(folder, zalo) as web,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE + 1)) as client,
        ):
            genuine = zalo.event("1001", text="còn mấy ngày")
            signature = zalo.signature(genuine)
            await sent(zalo, web, client, genuine)

            async def attack(number: int) -> None:
                body, given = forged(genuine, signature, number, chance)
                headers = {"X-ZEvent-Signature": given}
                async with client.post(f"{web}/zalo-oa/webhook", data=body, headers=headers) as answer:
                    statuses[answer.status] += 1

            async def attacks() -> None:
                for start in range(0, ATTACKS, AT_ONCE):
                    await asyncio.gather(*(attack(number) for number in range(start, start + AT_ONCE)))

            meanwhile: list[float] = []
            began, storm = perf_counter(), asyncio.create_task(attacks())
            while not storm.done():
                meanwhile.append(await sent(zalo, web, client, zalo.event("1", text=f"còn mấy ngày {len(meanwhile)}")))
            await storm
            took = perf_counter() - began
    print(f"{ATTACKS} forged webhooks in {took:.1f} s, {ATTACKS / took:.0f} a second; answered {dict(sorted(statuses.items()))}")
    told("genuine ones meanwhile", meanwhile)
    return 0 if statuses[200] == ATTACKS // 100 else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
