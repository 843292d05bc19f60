"""``make bench-pace``: a broadcast to 600 people under an enforced limit of 30 messages a second.

Real HTTP to the double of Telegram, which counts arrivals in any sliding second and refuses what is more. One sender, two that
share the limit, and two that each keep to it alone; in the midst of the first somebody asks.
"""

import asyncio
import time

from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.channels.telegram.send import AiohttpRequest, PoliteLimiter
from bot.delivery.line import urgent
from bot.settings import Settings
from tests.doubles.telegram import TOKEN, TelegramDouble

PEOPLE = 600
LIMIT = 30
ENOUGH = 28.5


async def broadcast(senders: int, shared: bool, asks: bool = False) -> None:
    """One run, with a line of figures."""
    async with TelegramDouble() as telegram:
        telegram.flood_limit = LIMIT
        arrived: list[float] = []
        refused = 0
        bots = []
        for _ in range(senders):
            limiter = PoliteLimiter(
                Settings(_env_file=None).telegram_rate, time.monotonic, shares=lambda: senders if shared else 1
            )
            request = AiohttpRequest()
            await request.initialize()
            bots.append(ExtBot(TOKEN, base_url=f"{telegram.url}/bot", request=request, rate_limiter=limiter))

        async def write(bot: ExtBot[None], chat: int, answers: bool = False) -> float:
            nonlocal refused
            urgent.set(answers)
            begun = time.monotonic()
            try:
                await bot.send_message(chat, "Nhắc hạn 15/7")
                arrived.append(time.monotonic())
            except RetryAfter:
                refused += 1
            return time.monotonic() - begun

        begun = time.monotonic()
        pushes = [asyncio.create_task(write(bots[n % senders], 1000 + n)) for n in range(PEOPLE)]
        waits: list[float] = []
        while asks and len(arrived) < PEOPLE // 2:
            await asyncio.sleep(1.0)
            waits.append(await asyncio.create_task(write(bots[0], 9000 + len(waits), answers=True)))
        await asyncio.gather(*pushes)
        took = time.monotonic() - begun
        arrived.sort()
        sent = len(arrived)
        name = f"{senders} sender{'s' * (senders > 1)}{' sharing' * (shared and senders > 1)}{' each alone' * (not shared)}"
        answer = f", an answer amid them after at most {max(waits) * 1000:.0f} ms" if waits else ""
        print(f"{name:22} {sent / took:5.1f}/s, {refused} refused{answer}", flush=True)
        for bot in bots:
            await bot.request.shutdown()


async def main() -> None:
    """All runs."""
    await broadcast(1, shared=True, asks=True)
    await broadcast(2, shared=True)
    await broadcast(2, shared=False)


if __name__ == "__main__":
    asyncio.run(main())
