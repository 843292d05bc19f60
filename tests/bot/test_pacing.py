"""How soon we poll again where polls are not held."""

import asyncio
from typing import Any, cast

import pytest

from bot.channels.zalo_bot.api import Idle
from bot.channels.zalo_bot.receive import BETWEEN_POLLS, ZaloBotReceiver
from bot.delivery.backoff import FIRST, LONGEST, Pacing
from bot.flow.fetching import Fetching
from tests.serving import play


def test_an_empty_answer_at_once_is_waited_after_longer_and_longer() -> None:
    pacing = Pacing(25)
    pauses = [pacing.pause(0.01, found=False) for _ in range(8)]
    assert pauses[:3] == [FIRST, FIRST * 2, FIRST * 4]
    assert pauses[-2:] == [LONGEST, LONGEST]


def test_what_was_found_or_held_begins_anew() -> None:
    pacing = Pacing(25)
    for took, found in ((0.01, True), (25.0, False)):
        for _ in range(4):
            pacing.pause(0.01, found=False)
        assert pacing.pause(took, found) == 0
        assert pacing.pause(0.01, found=False) == FIRST


def test_zalos_polls_keep_their_distance_too() -> None:
    async def scenario() -> None:
        naps: list[float] = []
        kept: list[str] = []

        class Api:
            async def get_updates(self) -> list[dict[str, Any]]:
                if len(naps) != 7:
                    raise Idle
                return [{"event_name": "message.text.received", "message": {"message_id": "m", "from": {"id": "z"}, "text": "a"}}]

        class Inbox:
            async def put(self, channel: str, update: str, raw: object) -> None:
                kept.append(update)

        async def sleep(seconds: float) -> None:
            naps.append(seconds)
            if len(naps) == 10:
                raise asyncio.CancelledError

        async def take(_: object, attached: object = None, /) -> None: ...

        receiver = ZaloBotReceiver(cast(Any, Api()), take, cast(Any, Inbox()), Fetching(), lambda: 0.0, sleep)
        with pytest.raises(asyncio.CancelledError):
            await receiver.poll()
        assert kept == ["m"]
        assert naps == [BETWEEN_POLLS] * 4 + [FIRST * 16, LONGEST, LONGEST] + [BETWEEN_POLLS] * 3

    play(scenario())
