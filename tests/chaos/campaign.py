"""The clock over a whole campaign, while it is killed: every rung is settled, each reminder leaves once, at a decent hour."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from handlers.desk import Desk
from handlers.library import Library
from rules.campaign.agenda import foresee
from rules.people import Role
from storage import conversations, invites, people, reminders
from storage.database import reading
from storage.outbox import DeliveryKind
from storage.tables import outbox, rung
from tests.chaos.crowd import Crowd
from tests.chaos.ground import Ground, lay
from tests.chaos.outcome import SETTLED, Outcome
from tests.chaos.program import Program
from tests.chaos.shape import Shape
from tests.chaos.size import Size

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEGINS, ENDS = datetime(2022, 6, 20, 7, 0, tzinfo=ZONE), datetime(2022, 8, 6, 7, 0, tzinfo=ZONE)
SPEED = 43_200.0
"""Half a day of the campaign passes in a second."""
EARLIER = 3.0
"""Seconds that a process takes until it looks at the time first: its clock begins so much before where the last one stood."""


class Passing:
    """How far the campaign has come: it goes on only while somebody looks at the time."""

    def __init__(self, speed: float) -> None:
        self._at, self._since, self.speed = BEGINS, 0.0, speed

    def goes(self) -> None:
        """From now on."""
        self._since = time.monotonic()

    def stands(self) -> None:
        """Whoever looked is gone."""
        self._at, self._since = self.now(), 0.0

    def now(self) -> datetime:
        """Its time."""
        return self._at + timedelta(seconds=self.speed * (time.monotonic() - self._since if self._since else 0.0))

    def start(self) -> datetime:
        """Where the clock of a process begins."""
        return max(BEGINS, self.now() - timedelta(seconds=self.speed * EARLIER))


def enrol(ground: Ground, size: Size) -> None:
    """Officers of a unit each, their leaders, and one who oversees all."""
    wired = ground.wired()

    def join(db: Connection) -> None:
        grants = [(Role.OFFICER, f"u{number}") for number in range(size.people)]
        grants += [(Role.LEADER, f"u{number}") for number in range(0, size.people, 4)] + [(Role.MANAGER, "")]
        for number, (role, unit) in enumerate(grants):
            contact = conversations.record_contact(db, "telegram", str(1000 + number), "Hoa", BEGINS)
            invited = invites.Invite(role=role, unit=unit, name=f"Hoa {number}", expires_at=BEGINS, phone="")
            people.join(db, contact, invited, f"Hoa {number}", "vi", BEGINS)

    try:
        wired.settle_purpose()
        wired.writer.write(join)
    finally:
        wired.close()


async def ticked(folder: Path, size: Size, shape: Shape) -> Outcome:
    """From the first day to the last rung."""
    chance, passing = random.Random(size.seed), Passing(SPEED / size.trouble)
    async with Crowd((), random.Random(size.seed)) as crowd:
        ground = lay(
            folder, size, shape, crowd.url, REHEARSAL_START=BEGINS.isoformat(), REHEARSAL_SPEED=str(passing.speed),
            TELEGRAM_RATE="28.7",
        )  # fmt: skip
        enrol(ground, size)
        begun = time.monotonic()
        environment: Callable[[], dict[str, str]] = lambda: {**ground.environment, "REHEARSAL_START": passing.start().isoformat()}  # noqa: E731
        async with Program(shape, crowd, environment).running() as program:
            passing.goes()
            await _killed(program, crowd, passing, size, chance)
            while passing.now() < ENDS or not set(ground.states()) <= SETTLED:
                await asyncio.sleep(0.2)
                if time.monotonic() - begun > 10 * size.patience:
                    break
        outcome = _judged(ground, crowd, program.kills, size)
    outcome.told.insert(0, f"{shape}; {size.people} officers, {(ENDS - BEGINS).days} days in {time.monotonic() - begun:.0f} s")
    return outcome


async def _killed(program: Program, crowd: Crowd, passing: Passing, size: Size, chance: random.Random) -> None:
    """At random instants of the campaign. Where there is one process, its time stands still until it is back."""
    is_alone = len(program.processes) == 1
    for left in range(size.ticks_killed, 0, -1):
        share = (ENDS - passing.now()).total_seconds() / passing.speed / (left + 1)
        await asyncio.sleep(chance.uniform(0.0, max(0.0, 2 * share)))
        greeted = crowd.greeted
        if is_alone:
            passing.stands()
        await program.is_killed(chance)
        if is_alone:
            await program.greets(greeted)
            passing.goes()


@dataclass(frozen=True)
class _Sent:
    """A push as the outbox has it: when it was queued, by the campaign's time."""

    address: str
    kind: str
    state: str
    text: str
    at: datetime


def _judged(ground: Ground, crowd: Crowd, kills: int, size: Size) -> Outcome:
    wired = ground.wired()
    try:
        with reading(wired.engine) as db:
            columns = (outbox.c.address, outbox.c.kind, outbox.c.state, outbox.c.message, outbox.c.created_at)
            pushes = [_Sent(a, k, s, m["text"], at.astimezone(ZONE)) for a, k, s, m, at in db.execute(select(*columns))]
            settled = dict(db.execute(select(rung.c.key, rung.c.state)).tuples().all())
            foreseen = _foreseen(db, wired.library)
    finally:
        wired.close()
    outcome = Outcome()
    sent = Counter((p.address, p.text) for p in pushes if p.state == "sent")
    arrived = Counter((chat, box.get_nowait().text) for chat, box in crowd.boxes.items() for _ in range(box.qsize()))
    doubled, lost = (arrived - sent).total(), sent - arrived
    reminded = Counter((p.address, p.at.date()) for p in pushes if p.kind == DeliveryKind.REMINDER and p.state == "sent")
    forgotten, states = foreseen - set(settled), Counter(p.state for p in pushes)
    outcome.told.append(
        f"kills {kills}, rungs foreseen {len(foreseen)}, settled {len(foreseen & set(settled))}, of these replaced by a newer one "
        f"{sum(settled.get(key) == 'skipped' for key in foreseen)}, messages {arrived.total()}, doubled {doubled}"
    )
    outcome.promise(kills >= size.ticks_killed, "it was killed too seldom")
    outcome.promise(not forgotten, f"{len(forgotten)} rungs were forgotten: {sorted(forgotten)[:3]}")
    outcome.promise(not lost, f"messages were lost: {list(lost)[:2]}")
    outcome.promise(set(states) <= SETTLED, f"messages are left behind: {states}")
    outcome.promise(doubled <= size.doubled_a_kill * kills, f"more than {size.doubled_a_kill} doubled message a kill")
    outcome.promise(max(reminded.values(), default=0) == 1, "somebody was reminded twice a day, or nobody at all")
    outcome.promise(all(7 <= p.at.hour < 20 for p in pushes), "somebody was written to at night")
    return outcome


def _foreseen(db: Connection, library: Library) -> set[str]:
    """Every rung that falls due until the end, had nobody been killed."""
    seen = reminders.situation(Desk(db, library, BEGINS).scope)
    fresh = replace(seen, told={})
    pushes = [push for _, _, found in foresee(library.campaign, fresh, BEGINS, ENDS - timedelta(days=1)) for push in found]
    return {key for push in pushes for key in (*push.keys, *push.skips)}
