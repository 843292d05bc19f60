"""All scenarios by name. Each is a function of one docstring that plays it in a folder of its own and returns its outcome."""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from tests.chaos import away, campaign, clocks, databases, disks, platforms
from tests.chaos.killed import killed
from tests.chaos.outcome import Outcome
from tests.chaos.scene import Play, play
from tests.chaos.shape import alone, clocks_alone, clocks_many, many
from tests.chaos.size import Size

Scenario = Callable[[Path, Size], Coroutine[Any, Any, Outcome]]


async def polling_sqlite(folder: Path, size: Size) -> Outcome:
    """One process by polling on SQLite, killed at random instants."""
    return await play(folder, size, Play(alone(), killed))


async def webhook_sqlite(folder: Path, size: Size) -> Outcome:
    """One process by webhook on SQLite, killed at random instants; every eighth update is delivered twice."""
    return await play(folder, size, Play(alone(calls=True), killed))


async def webhook_postgres(folder: Path, size: Size) -> Outcome:
    """Two of each role by webhook on PostgreSQL, any of them killed at random instants."""
    return await play(folder, size, Play(many(), killed))


async def polling_postgres(folder: Path, size: Size) -> Outcome:
    """Two of each role by polling on PostgreSQL, any of them killed at random instants; only one may poll at a time."""
    return await play(folder, size, Play(many(calls=False), killed))


async def campaign_sqlite(folder: Path, size: Size) -> Outcome:
    """The clock over the whole campaign, in one process on SQLite that is killed: each reminder once, none forgotten."""
    return await campaign.ticked(folder, size, clocks_alone())


async def campaign_postgres(folder: Path, size: Size) -> Outcome:
    """The clock over the whole campaign, two clocks and two workers on PostgreSQL, any of them killed."""
    return await campaign.ticked(folder, size, clocks_many())


async def database_stopped(folder: Path, size: Size) -> Outcome:
    """PostgreSQL is stopped, broken off, away for 20 s, and its connections are cut: everybody waits, and all goes on."""
    return await play(folder, size, Play(many(), databases.stopped))


async def database_locked(folder: Path, size: Size) -> Outcome:
    """Another process holds SQLite's lock for 10 s, thrice: everybody waits, and all goes on."""
    return await play(folder, size, Play(alone(), databases.locked))


async def platform_fails(folder: Path, size: Size) -> Outcome:
    """The platform is polled, and answers 5xx, 429, nonsense and nothing: everybody waits, and all goes on."""
    return await play(folder, size, Play(alone(), platforms.fails))


async def platform_fails_and_calls(folder: Path, size: Size) -> Outcome:
    """The same while it goes on calling us: what it is answered waits."""
    return await play(folder, size, Play(alone(calls=True), platforms.fails))


async def platform_away(folder: Path, size: Size) -> Outcome:
    """The platform is away for 72 h by the clock on the wall, which is set ahead: what waited goes out once it is back."""
    return await play(folder, size, away.for_days(folder))


async def disk_full(folder: Path, size: Size) -> Outcome:
    """No room is left under the files, then under the database too: a kind word, or a wait; with room again all goes on."""
    with disks.small(folder) as what:
        return await play(folder, size, what)


async def clock_jump(folder: Path, size: Size) -> Outcome:
    """The machine's clock is set back and ahead by an hour, a day, three days: nobody notices."""
    return await play(folder, size, clocks.set_wrong(folder))


SCENARIOS: Mapping[str, Scenario] = {
    each.__name__.replace("_", "-"): each
    for each in (
        polling_sqlite, webhook_sqlite, webhook_postgres, polling_postgres, campaign_sqlite, campaign_postgres, database_stopped,
        database_locked, platform_fails, platform_fails_and_calls, platform_away, disk_full, clock_jump,
    )
}  # fmt: skip
