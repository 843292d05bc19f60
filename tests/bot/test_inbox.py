"""Updates that were kept raw are worked off side by side; files that come slowly hold up nobody who only writes."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.telegram import receive as telegram
from bot.channels.zalo_bot import receive as zalo_bot
from bot.channels.zalo_oa import receive as zalo_oa
from bot.clocks import wall_now
from bot.flow.inbox import AT_ONCE, LEASE, Inbox
from handlers.turn import Incoming
from storage.database import reading
from storage.tables import inbox as rows
from tests.bot.test_courier import SECONDS
from tests.parts import made_claims
from tests.serving import play
from tests.stage import Stage


def test_files_that_come_slowly_hold_up_nobody_who_only_writes(stage: Stage) -> None:
    handled, arrives = list[str](), asyncio.Event()

    async def handle(body: dict[str, Any]) -> None:
        if "file" in body:
            await arrives.wait()
        handled.append(body["whose"])

    async def until(count: int) -> None:
        async with asyncio.timeout(SECONDS):
            while len(handled) < count:
                await asyncio.sleep(0.01)

    async def scenario() -> None:
        inbox = Inbox(stage.writer, made_claims(stage))
        inbox.serve("zalo_oa", handle, lambda body: str(body["whose"]), lambda body: "file" in body)
        for number in range(AT_ONCE + 1):
            await inbox.put("zalo_oa", f"f{number}", {"whose": f"slow {number}", "file": "a.pdf"})
        for number in range(AT_ONCE + 1):
            await inbox.put("zalo_oa", f"t{number}", {"whose": f"writes {number}"})
        await until(AT_ONCE + 1)
        assert {who.split()[0] for who in handled} == {"writes"}
        arrives.set()
        await until(2 * (AT_ONCE + 1))
        async with asyncio.timeout(SECONDS):
            while inbox._lines:
                await asyncio.sleep(0.01)
        with reading(stage.engine) as db:
            assert db.execute(rows.select()).all() == []

    play(scenario())


def test_what_is_in_hand_for_longer_than_its_lease_is_handled_once(stage: Stage) -> None:
    handled, arrives, ahead = list[str](), asyncio.Event(), timedelta()

    async def handle(body: dict[str, Any]) -> None:
        handled.append(body["whose"])
        await arrives.wait()

    async def scenario() -> None:
        nonlocal ahead
        inbox = Inbox(stage.writer, made_claims(stage, lambda: wall_now() + ahead))
        inbox.serve("zalo_oa", handle, lambda body: str(body["whose"]), lambda _: False)
        assert await inbox.put("zalo_oa", "1", {"whose": "Lan"})
        ahead = LEASE + timedelta(seconds=1)
        await inbox._look()
        arrives.set()
        async with asyncio.timeout(SECONDS):
            while inbox._lines:
                await asyncio.sleep(0.01)

    play(scenario())
    assert handled == ["Lan"]


def test_what_was_taken_before_is_not_kept_again(any_stage: Stage) -> None:
    async def scenario() -> bool:
        return await Inbox(any_stage.writer, made_claims(any_stage)).put("zalo_oa", "1", {"whose": "Lan"})

    any_stage.hear(Incoming("zalo_oa", "1", "Lan", "Lan", "xin chào"))
    assert asyncio.run(scenario()) is False
    with reading(any_stage.engine) as db:
        assert db.execute(rows.select()).all() == []


def of_telegram(kind: str, **message: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {"from": {"id": 5}, "chat": {"id": 5, "type": kind}, **message}}


def of_zalo_bot(event: str, chat_type: str = "PRIVATE", **message: Any) -> dict[str, Any]:
    return {
        "event_name": event,
        "message": {"message_id": "1", "from": {"id": "5"}, "chat": {"id": "9", "chat_type": chat_type}, **message},
    }


def of_zalo_oa(event: str, **payload: Any) -> dict[str, Any]:
    message = {"msg_id": "1", "text": "xin chào", **({"attachments": [{"payload": payload}]} if payload else {})}
    return {"event_name": event, "sender": {"id": "5"}, "timestamp": "1", "message": message}


@pytest.mark.parametrize(("brings", "with_one", "without"), [
    (telegram.brings_file, of_telegram("private", document={}, photo=[{}]), of_telegram("private", text="xin chào")),
    (telegram.brings_file, of_telegram("private", document={"file_id": "x"}), of_telegram("group", document={"file_id": "x"})),
    (zalo_bot.brings_file, of_zalo_bot("message.image.received", photo="https://x"),
     of_zalo_bot("message.text.received", text="xin chào")),
    (zalo_bot.brings_file, of_zalo_bot("message.image.received", photo_url="https://x"),
     of_zalo_bot("message.image.received", "GROUP", photo_url="https://x")),
    (zalo_oa.brings_file, of_zalo_oa("user_send_file", url="https://x"), of_zalo_oa("user_send_text")),
    (zalo_oa.brings_file, of_zalo_oa("user_send_image", url="https://x"), of_zalo_oa("user_send_image")),
])  # fmt: skip
def test_each_channel_tells_what_brings_a_file(brings: Any, with_one: dict[str, Any], without: dict[str, Any]) -> None:
    assert brings(with_one) is True
    assert brings(without) is False
    assert brings({}) is False
