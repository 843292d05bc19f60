"""The whole way in: an update as its platform sends it, spoilt, through the channel and the intake into a turn on SQLite."""

import asyncio
import hashlib
import json
import random
import re
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import Any, cast

from structlog.testing import capture_logs

from bot.channels.telegram import receive as telegram
from bot.channels.zalo_bot import receive as zalo_bot
from bot.channels.zalo_oa import receive as zalo_oa
from bot.channels.zalo_oa.api import ZaloOaApi
from bot.channels.zalo_oa.tokens import OaApp, TokenKeeper
from bot.clocks import wall_now
from bot.flow.fetching import Fetching, NotFetched
from bot.flow.inbox import Inbox
from handlers.library import Library
from handlers.turn import Incoming
from rules.people import Role
from storage.database import open_database
from storage.files import FileStore
from storage.writer import Writer
from tests.doubles.telegram import TOKEN
from tests.fuzz import spoiling
from tests.parts import made_claims, turn_service
from tests.stage import CAMPAIGN, Stage

OFFICER, MANAGER, STRANGER = "7", "8", "9"
CHANNELS = ("telegram", "zalo_bot", "zalo_oa")
UPDATES = 4
NOBODY = "http://127.0.0.1:1"
"""An address at which nobody listens: what is asked there is refused at once."""
SAID = (
    "xin chào", "nộp báo cáo kinh phí", "350 triệu", "1,2 tỷ", "có", "45/UBND-NN ngày 17/6/2022", "2", "gửi", "/huy", "/start ABCD-EFGH",
    "tiến độ", "đại lộc nộp chưa", "hạn thu hồi là khi nào", "nhắc các đơn vị nộp kinh phí", "thông báo cho các đơn vị", "/moi", "/quyen",
    "gia hạn đại lộc đến 5/7", "xuất excel", "hỏi sở: lệ phí bao nhiêu?", "sửa", "/ngonngu", "who has not reported",
)  # fmt: skip
PRESSED = (
    "status", "report 1.unspent-funds", "f 1 1 option yes", "f 1 2 send", "unit dai-loc 1.withdrawal", "nudgego 1.re-recognition 07010900",
    "inv officer dai-loc", "ack", "lang en",
)  # fmt: skip


def telegram_update(chance: random.Random, who: str, number: int) -> dict[str, Any]:
    """A message, a file, a button or a membership, as Telegram tells it."""
    person = {"id": int(who), "is_bot": False, "first_name": "Lan", "language_code": chance.choice(("vi", "en"))}
    kind = chance.choice(("private", "private", "private", "supergroup"))
    chat = {"id": int(who) if kind == "private" else -100, "type": kind, "title": "Nhóm"}
    message = {"message_id": number, "date": 1_656_295_200, "chat": chat, "from": person}
    match chance.randint(0, 5):
        case 0:
            return {
                "callback_query": {
                    "id": "1",
                    "from": person,
                    "message": {**message, "text": "Chọn"},
                    "chat_instance": "1",
                    "data": chance.choice(PRESSED),
                }
            }
        case 1:
            file = {"file_id": "f", "file_unique_id": "u", "file_name": "a.pdf", "file_size": 9}
            return {"message": {**message, "document": file, "caption": "báo cáo"}}
        case 2:
            left = {"status": chance.choice(("kicked", "left", "member")), "user": person, "until_date": 0}
            return {
                "my_chat_member": {
                    "chat": chat,
                    "from": person,
                    "date": 1,
                    "old_chat_member": {"status": "member", "user": person},
                    "new_chat_member": left,
                }
            }
        case _:
            return {"message": {**message, "text": chance.choice(SAID)}}


def zalo_bot_update(chance: random.Random, who: str, number: int) -> dict[str, Any]:
    """A message or a picture, as the Zalo Bot Platform tells it."""
    sent = {
        "message_id": f"m{number}",
        "date": 1_656_295_200_000 + number,
        "from": {"id": who, "display_name": "Lan"},
        "chat": {"id": who, "chat_type": "PRIVATE"},
    }
    what = chance.choice(({"text": chance.choice(SAID)}, {"text": chance.choice(SAID)}, {"photo_url": f"{NOBODY}/a.jpg"}))
    told = {"event_name": f"message.{'text' if 'text' in what else 'image'}.received", "message": sent | what}
    return {"ok": True, "result": told} if chance.random() < 0.3 else told


def zalo_oa_event(chance: random.Random, who: str, number: int) -> dict[str, Any]:
    """A message, a file, a button, a follower or a telephone number, as the Official Account tells it."""
    event = {"app_id": "1", "timestamp": str(1_656_295_200_000 + number), "sender": {"id": who}, "recipient": {"id": "oa"}}
    match chance.randint(0, 4):
        case 0:
            file = {"payload": {"url": f"{NOBODY}/a.pdf", "name": "a.pdf"}}
            return {**event, "event_name": "user_send_file", "message": {"msg_id": f"m{number}", "attachments": [file]}}
        case 1:
            return {**event, "event_name": chance.choice(("follow", "unfollow")), "follower": {"id": who}}
        case 2:
            return {**event, "event_name": "user_submit_info", "info": {"phone": "84905123456"}}
        case _:
            said = chance.choice((*SAID, *(f"#{pressed}" for pressed in PRESSED)))
            return {**event, "event_name": "user_send_text", "message": {"msg_id": f"m{number}", "text": said}}


class _Quick(Stage):
    """A stage that is set in a moment: the campaign's answers are built once for all of them."""

    def open(self) -> None:
        """Start the program on a database that is up to date."""
        self.engine = open_database(self.url)
        self.writer = Writer(self.engine)
        self.library = _library()


@cache
def _place() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


@cache
def _library() -> Library:
    return Library(CAMPAIGN, FileStore(_place() / "files"), random.Random(1).choice)


@cache
def _people() -> bytes:
    """A database with an officer in the middle of a form, a manager and a stranger on each channel."""
    stage = Stage(f"sqlite:///{_place()}/people.db", _place())
    for channel in CHANNELS:
        for who, role, unit in ((OFFICER, Role.OFFICER, "dai-loc"), (MANAGER, Role.MANAGER, "")):
            stage.hear(Incoming(channel, f"j{who}", who, "Lan", f"/start {stage.invite(role, unit)}"))
        stage.hear(Incoming(channel, "s", STRANGER, "Lan", "xin chào"))
        stage.hear(Incoming(channel, "f", OFFICER, "Lan", "nộp báo cáo kinh phí"))
    stage.close()
    return (_place() / "people.db").read_bytes()


def _stage() -> Stage:
    place = _place() / "stage.db"
    for file in _place().glob("stage.db*"):
        file.unlink()
    place.write_bytes(_people())
    return _Quick(f"sqlite:///{place}", _place())


async def _nothing(url: str) -> bytes:
    """Files are not what is tried here."""
    raise NotFetched


def _signature(body: bytes) -> str:
    said = re.search(rb'"timestamp"\s*:\s*"?(\d{1,20})"?', body)
    return hashlib.sha256(b"1" + body + (said[1] if said else b"") + b"s").hexdigest()


Deliver = Callable[[random.Random, dict[str, Any]], Awaitable[object]]


async def _receivers(stage: Stage, closing: AsyncExitStack, inbox: Inbox) -> dict[str, Deliver]:
    """How an update of each channel arrives, by webhook or by polling."""
    take = turn_service(stage).take
    bot = telegram.TelegramReceiver(telegram.Account(TOKEN, NOBODY), stage.library.languages, take, inbox, lambda: 0.0)
    closing.push_async_callback(bot.close)
    inbox.serve("telegram", bot.receive, telegram.whose, telegram.brings_file)
    nothing = cast(Fetching, _nothing)
    zalo = zalo_bot.ZaloBotReceiver(cast(Any, None), take, inbox, nothing, lambda: 0.0)
    inbox.serve("zalo_bot", zalo.receive, zalo_bot.whose, zalo_bot.brings_file)
    api = ZaloOaApi(NOBODY, NOBODY, TokenKeeper(OaApp("1", "s", NOBODY, NOBODY), stage.writer, wall_now, lambda db, pair: None))
    closing.push_async_callback(api.close)
    account = zalo_oa.ZaloOaReceiver(api, stage.engine, take, inbox, zalo_oa.Signed("1", "s"), nothing)
    inbox.serve("zalo_oa", account.receive, zalo_oa.whose, zalo_oa.brings_file)

    async def to_telegram(chance: random.Random, update: dict[str, Any]) -> None:
        if chance.random() < 0.5:
            await bot.webhook("s", "s", json.dumps(update).encode())
        else:
            await polled(bot, chance, update)
        await asyncio.gather(*bot._asides)

    async def to_zalo_bot(chance: random.Random, update: dict[str, Any]) -> None:
        await zalo.webhook("s", "s", json.dumps(update).encode())

    async def to_zalo_oa(chance: random.Random, update: dict[str, Any]) -> None:
        body = json.dumps(update).encode()
        await account.webhook(_signature(body), body)

    return {"telegram": to_telegram, "zalo_bot": to_zalo_bot, "zalo_oa": to_zalo_oa}


async def polled(bot: telegram.TelegramReceiver, chance: random.Random, update: dict[str, Any]) -> None:
    """As the answer to a poll, with another update beside it, the whole of it spoilt now and then."""
    answer = {"ok": True, "result": [update, {"update_id": 1, "message": {}}]}
    if chance.random() < 0.3:
        answer = spoiling.value(chance, answer)
    try:
        updates = telegram.updates_in(json.loads(json.dumps(answer)))
    except telegram.SaidNo:
        return
    await bot._take_all(updates)


MADE: dict[str, Callable[[random.Random, str, int], dict[str, Any]]] = {
    "telegram": telegram_update, "zalo_bot": zalo_bot_update, "zalo_oa": zalo_oa_event,
}  # fmt: skip


async def _play(stage: Stage, chance: random.Random) -> None:
    async with AsyncExitStack() as closing:
        inbox = Inbox(stage.writer, made_claims(stage))
        receivers = await _receivers(stage, closing, inbox)
        for number in range(1, 1 + UPDATES):
            channel, who = chance.choice(CHANNELS), chance.choice((OFFICER, OFFICER, MANAGER, STRANGER))
            update = MADE[channel](chance, who, number)
            if channel == "telegram":
                update["update_id"] = number
            spoil = chance.choice((spoiling.value, spoiling.touched, spoiling.touched, lambda _, good: good))
            spoilt = spoil(chance, update)
            await receivers[channel](chance, spoilt if isinstance(spoilt, dict) else {"message": spoilt})
            while inbox._tasks:
                await asyncio.gather(*inbox._tasks)


def take_in(chance: random.Random) -> None:
    """Some updates one after another. Raises AssertionError for what was not foreseen: a turn that failed, a part that did."""
    stage = _stage()
    try:
        with capture_logs() as logs:
            asyncio.run(_play(stage, chance))
    finally:
        stage.close()
    failed = [told for told in logs if told.get("exc_info") and told["event"] != "a file could not be fetched"]
    assert not failed, repr(failed[0])
