"""Greeting a platform: what may hold us back, and what may not."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from bot.channels import door
from bot.channels.door import LONGEST_PAUSE, greet
from tests.serving import play


class Receiver:
    """A platform whose methods fail so many times, then work."""

    def __init__(self, **failures: int) -> None:
        self.failures = Counter(failures)
        self.done: list[str] = []
        self.polling = asyncio.Event()

    def _try(self, name: str) -> None:
        if self.failures[name]:
            self.failures[name] -= 1
            raise OSError(f"{name} is down")
        self.done.append(name)

    async def start(self) -> None:
        self._try("start")

    async def dress(self) -> None:
        self._try("dress")

    async def set_webhook(self, public_url: str, secret: str) -> None:
        self._try("set_webhook")

    async def delete_webhook(self) -> None:
        self._try("delete_webhook")

    async def poll(self) -> None:
        self.polling.set()
        await asyncio.Event().wait()


class Said:
    """What was logged, by level."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []

    def __getattr__(self, level: str) -> Any:
        return lambda text, **more: self.lines.append((level, text, str(more.get("why", ""))))

    def warnings(self) -> list[str]:
        return [f"{text}: {why}" for level, text, why in self.lines if level == "warning"]


class Sleeps:
    """Time that passes when somebody waits for it: at most so many naps, then for ever."""

    def __init__(self, most: int) -> None:
        self.naps: list[float] = []
        self._most = most

    async def __call__(self, seconds: float) -> None:
        self.naps.append(seconds)
        await (asyncio.Event().wait() if len(self.naps) >= self._most else asyncio.sleep(0))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    found = Said()
    monkeypatch.setattr(door, "log", found)
    return found


async def begun(receiver: Receiver, sleeps: Sleeps, public_url: str = "") -> None:
    """Connect, until nothing moves any more."""
    task = asyncio.create_task(greet("Zalo", receiver, public_url, "s", sleep=sleeps))
    for _ in range(200):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("nicety", ["dress", "delete_webhook"])
def test_a_nicety_holds_nothing_back_and_complains_once(nicety: str, said: Said) -> None:
    async def scenario() -> None:
        receiver, sleeps = Receiver(**{nicety: 1000}), Sleeps(most=20)
        await begun(receiver, sleeps)
        assert receiver.polling.is_set()
        assert len(sleeps.naps) == 20  # it is tried again, with longer and longer pauses
        assert sleeps.naps == sorted(sleeps.naps)
        (complaint,) = said.warnings()
        assert f"OSError: {nicety} is down" in complaint

    play(scenario())


@pytest.mark.parametrize("nicety", ["dress", "delete_webhook"])
def test_a_nicety_comes_later(nicety: str, said: Said) -> None:
    async def scenario() -> None:
        receiver = Receiver(**{nicety: 3})
        await begun(receiver, Sleeps(most=1000))
        assert receiver.done.count(nicety) == 1
        assert len(said.warnings()) == 1

    play(scenario())


def test_menus_hold_no_webhook_back(said: Said) -> None:
    async def scenario() -> None:
        receiver = Receiver(dress=1000)
        await begun(receiver, Sleeps(most=3), "https://dondoc.example")
        assert receiver.done == ["start", "set_webhook"]
        assert not receiver.polling.is_set()

    play(scenario())


@pytest.mark.parametrize("needed", ["start", "set_webhook"])
def test_what_we_need_is_tried_until_it_works(needed: str, said: Said) -> None:
    async def scenario() -> None:
        receiver, sleeps = Receiver(**{needed: 12}), Sleeps(most=1000)
        await begun(receiver, sleeps, "https://dondoc.example")
        assert receiver.done.count(needed) == 1
        assert sleeps.naps == [1, 2, 4, 8, 16, 32, *[LONGEST_PAUSE] * 6]
        assert len(said.warnings()) == 12
        assert "set_webhook" in receiver.done

    play(scenario())


def test_nobody_is_polled_before_the_token_is_known_to_be_good(said: Said) -> None:
    async def scenario() -> None:
        receiver = Receiver(start=1000)
        await begun(receiver, Sleeps(most=5))
        assert receiver.done == []
        assert not receiver.polling.is_set()

    play(scenario())
