"""Channels are named in one place, and each record says of its channel what the channel's own code then does."""

import ast
import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.channels.console import send as console
from bot.channels.telegram.receive import Account, TelegramReceiver
from bot.channels.telegram.send import Account as SendingAccount
from bot.channels.telegram.send import PoliteLimiter, TelegramSink
from bot.channels.web_chat.send import WebChatSink
from bot.channels.zalo_bot.receive import ZaloBotReceiver
from bot.channels.zalo_oa.receive import Signed, ZaloOaReceiver
from bot.delivery.sink import Sink, TryLater, WayShut
from bot.flow import upkeep
from bot.flow.fetching import Fetching, NotFetched
from bot.flow.hub import Hub
from bot.flow.intake import Attachment
from bot.settings import Settings
from handlers.managing.costs import Forecast, Going, forecast_text
from handlers.message import Choice, Message, OutFile
from handlers.ticking.quota import QUOTA
from handlers.turn import Incoming
from handlers.wording.phrases import channel_text
from rules.actions import ShowPeople
from rules.channels import CHANNELS, UNLIMITED, Billed, ChannelName, FilesIn, FilesOut, Numbers, channel_named
from rules.retention import Retention
from storage import conversations, people, spending
from storage import shown_lists as shown_lists
from storage.database import reading
from storage.files import MOST_BYTES, StoredFile
from storage.outbox import Delivery
from tests.parts import zalo_bot_sink, zalo_oa_sink, zalo_phone_sink
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("rules", "storage", "handlers", "bot")
EVERY = frozenset(ChannelName)
NAMED_IN = {
    # the records
    "rules/channels.py": EVERY,
    # which of them the environment connects
    "bot/settings.py": EVERY - {ChannelName.ZALO_PHONE, ChannelName.CONSOLE},
    # a library's logger is called like the channel
    "bot/logs.py": {ChannelName.TELEGRAM},
    # where the door of each that the process opens is found
    "bot/channels/door.py": EVERY - {ChannelName.ZALO_PHONE, ChannelName.CONSOLE},
    # the account's token, without which that channel says nothing
    "bot/commands/checking.py": {ChannelName.ZALO_OA},
    # the made-up people write there
    "bot/flow/cast.py": {ChannelName.WEB_CHAT},
}
"""All the files in which a channel may be named, with the channels; beside the channels' own."""
FOLDERS = {
    "telegram": {ChannelName.TELEGRAM}, "zalo_bot": {ChannelName.ZALO_BOT}, "web_chat": {ChannelName.WEB_CHAT},
    "zalo_oa": {ChannelName.ZALO_OA, ChannelName.ZALO_PHONE}, "console": {ChannelName.CONSOLE},
}  # fmt: skip
"""The channels' folders, with what their files may name."""
NAME = re.compile(rf"(?<![\w-])(?:{'|'.join(ChannelName)})(?![\w.-])")
"""A name by itself or as a part of a key; not inside a host, a header or the name of a setting."""


def named_in(source: str) -> set[str]:
    """The channels that a program names, in a literal or by a member of the enum. What is said of it in words is no name."""
    tree, found = ast.parse(source), set()
    words = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words:
            found.update(NAME.findall(node.value))
        if isinstance(node, ast.Attribute) and node.attr in ChannelName.__members__ and "ChannelName" in ast.unparse(node.value):
            found.add(ChannelName[node.attr].value)
    return found


def test_channels_are_named_in_one_place() -> None:
    found = {
        str(path.relative_to(ROOT)): names
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if (names := named_in(path.read_text(encoding="utf-8")))
    }
    for folder, own in FOLDERS.items():
        theirs = [name for name in found if name.startswith(f"bot/channels/{folder}/")]
        assert set().union(*(found.pop(name) for name in theirs)) == own, folder
    assert found == NAMED_IN


@pytest.mark.parametrize(
    "source",
    ['x = "zalo_oa"', 'key = f"quota:zalo_oa:{month}"', 'words.tr("forecast.zalo_oa")', "x = ChannelName.ZALO_OA", "x = {'zalo_oa': 1}"],
)  # fmt: skip
def test_a_name_is_found(source: str) -> None:
    assert named_in(source) == {"zalo_oa"}


@pytest.mark.parametrize(
    "source", ['"""Of telegram and console."""', 'x = "https://api.telegram.org"', 'x = "zalo_oa_secret"', 'tr("console.lead")']
)
def test_what_is_no_name_is_not_found(source: str) -> None:
    assert named_in(source) == set()


# ---------------------------------------------------------------- sending


@dataclass
class Seen:
    """What the platform got: texts, how many choices can be pressed, which are listed by number, whether the file came."""

    texts: list[str] = field(default_factory=list)
    pressed: int = 0
    attached: bool = False

    @property
    def listed(self) -> list[int]:
        """The numbers of a list."""
        return [int(number) for text in self.texts for number in re.findall(r"^ *(\d+)\. mục ", text, re.MULTILINE)]


class Telegram:
    """In the place of python-telegram-bot."""

    def __init__(self) -> None:
        self.seen = Seen()

    async def send_message(self, _: str, text: str, reply_markup: Any = None) -> Any:
        self.seen.texts.append(text)
        self._press(reply_markup)
        return SimpleNamespace(message_id=1)

    async def send_document(self, _: str, content: Any, caption: str | None = None, reply_markup: Any = None) -> Any:
        self.seen.attached = True
        self._press(reply_markup)
        return SimpleNamespace(message_id=1)

    def _press(self, markup: Any) -> None:
        self.seen.pressed += sum(len(row) for row in markup.inline_keyboard) if markup else 0


class Zalo:
    """In the place of both of Zalo's APIs."""

    def __init__(self) -> None:
        self.seen = Seen()

    async def send_message(self, _: str, text: str) -> str:
        self.seen.texts.append(text)
        return "1"

    async def send(self, _: str, part: dict[str, Any]) -> str:
        payload = part.get("attachment", {}).get("payload", {})
        self.seen.texts += [part["text"]] if "text" in part else []
        self.seen.pressed += len(payload.get("buttons", ()))
        self.seen.attached |= "token" in payload or "elements" in payload
        return "1"

    async def send_template_to_phone(self, *_: Any) -> str:
        self.seen.texts.append("")
        return "1"

    async def upload(self, kind: str, *_: Any) -> dict[str, Any]:
        return {"token": kind, "attachment_id": kind}

    async def name_of(self, _: str) -> str:
        return "Lan"


class Pages(Hub):
    """In the place of the rehearsal's pages."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()

    def publish(self, event: dict[str, Any]) -> None:
        self.seen.texts.append(event["text"])
        self.seen.pressed += len(event.get("choices", ()))
        self.seen.attached |= bool(event.get("file"))


class Terminal:
    """The console has no sink: its own two functions are one."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.seen = stage, Seen()

    async def send(self, _: str, message: Message, delivery: Delivery) -> str:
        await asyncio.to_thread(console.remember, self.stage.writer, self.stage.now, delivery, message)
        self.seen.texts.append(console.show(message))
        return "1"


TEMPLATE = {"id": "1", "data": {}, "price": 0}
"""What goes out instead of words where only approved templates do."""


class Bench:
    """A database, and messages that are sent by a channel's own code to somebody who wrote at the start."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self._last = stage, 0
        self.start = stage.now

    def sink(self, name: ChannelName) -> tuple[Sink, Any]:
        """A channel's sink, and what stands in the platform's place."""
        zalo: Any = Zalo()
        match name:
            case ChannelName.TELEGRAM:
                stage, telegram = self.stage, Telegram()
                sink = TelegramSink(
                    SendingAccount("1:x", "http://127.0.0.1:9"),
                    PoliteLimiter(0, lambda: 0.0),
                    stage.library.files,
                    stage.writer,
                    lambda: 0.0,
                )
                sink._bot = telegram  # type: ignore[assignment]
                return sink, telegram
            case ChannelName.ZALO_BOT:
                return zalo_bot_sink(self.stage, zalo), zalo
            case ChannelName.ZALO_OA:
                return zalo_oa_sink(self.stage, zalo), zalo
            case ChannelName.ZALO_PHONE:
                return zalo_phone_sink(self.stage, zalo), zalo
            case ChannelName.WEB_CHAT:
                pages = Pages()
                return WebChatSink(pages), pages
            case ChannelName.CONSOLE:
                terminal = Terminal(self.stage)
                return terminal, terminal

    def send(self, name: ChannelName, message: Message, kind: str = "reply") -> Seen:
        """What the platform gets. Raises what the courier gets."""
        self._last += 1
        contact = self.stage.writer.write(lambda db: conversations.record_contact(db, name, "7", "Lan", self.start))
        delivery = Delivery(
            id=self._last, channel=name, address="7", contact_id=contact, person_id=None, kind=kind, message=message.to_json(),
            facts={}, language="vi", template=TEMPLATE if channel_named(name).template_of else {}, way="", tried=(), closes="",
            pieces_out=0, attempts=1, created_at=self.stage.now,
        )  # fmt: skip
        sink, platform = self.sink(name)
        asyncio.run(sink.send("7", message, delivery))
        seen: Seen = platform.seen
        return seen

    def first_number(self, name: ChannelName) -> int:
        """What the newest list begins with, as it will be understood."""
        with reading(self.stage.engine) as db:
            contact = people.contact_at(db, name, "7")
            assert contact
            return shown_lists.shown(db, contact.id)[0].first

    def go_on(self, span: timedelta) -> None:
        """Let time go by."""
        self.stage.now += span


@pytest.fixture
def bench(stage: Stage) -> Bench:
    return Bench(stage)


every_channel = pytest.mark.parametrize("name", list(ChannelName))
texting = pytest.mark.parametrize("name", [name for name in ChannelName if channel_named(name).text_limit])


HEADS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "csv": b"a,b\n", "other": b"?"}
"""What files of a kind begin with."""


def choices(number: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"mục {place}", ShowPeople(place)) for place in range(number))


@texting
def test_a_text_goes_out_as_long_as_the_record_says(bench: Bench, name: ChannelName) -> None:
    record = channel_named(name)
    texts = bench.send(name, Message("😀" * 5000)).texts
    if record.text_limit == UNLIMITED:
        assert len(texts) == 1
    else:
        assert len(texts) > 1
        assert {record.measure(text) for text in texts[:-1]} == {record.text_limit}


@texting
def test_choices_are_buttons_or_numbers_as_the_record_says(bench: Bench, name: ChannelName) -> None:
    record, first = channel_named(name), 1
    for number in (1, 5, 6, 12, 6):
        seen = bench.send(name, Message("Chọn", choices(number)))
        if record.numbered(number):
            assert (seen.pressed, seen.listed) == (0, list(range(first, first + number)))
            assert bench.first_number(name) == first
            first = 1 if record.numbers_anew else first + number
        else:
            assert (seen.pressed, seen.listed) == (number, [])
            assert number <= record.buttons


@texting
def test_a_typed_number_is_a_choice_where_the_record_numbers(stage: Stage, name: ChannelName) -> None:
    stage.hear(Incoming(name, stage.next_update(), "7", "Lan", "/help"))
    (said,) = stage.hear(Incoming(name, stage.next_update(), "7", "Lan", "59"))
    no_such_number = stage.library.languages.of("vi").tr("choice.no_number", number=59)
    assert (said.message.text == no_such_number) == (channel_named(name).numbers is not Numbers.NEVER)


@pytest.mark.parametrize("name", [name for name in ChannelName if channel_named(name).files_out != FilesOut()])
def test_files_go_along_as_the_record_says(bench: Bench, name: ChannelName) -> None:
    limits = channel_named(name).files_out
    for kind, head in HEADS.items():
        limit = limits.documents.get(kind) or limits.pictures.get(kind) or limits.others
        for size in {1000, min(limit, MOST_BYTES), min(limit, MOST_BYTES) + 1}:
            stored = bench.stage.library.files.put(head.ljust(size, b" "), f"a.{kind}")
            assert bench.send(name, a_file(stored)).attached == (stored.size <= limit), (kind, size)


@pytest.mark.parametrize("name", [name for name in ChannelName if channel_named(name).files_out == FilesOut()])
def test_no_file_goes_along_where_the_record_has_none(bench: Bench, name: ChannelName) -> None:
    stored = bench.stage.library.files.put(HEADS["pdf"], "a.pdf")
    if channel_named(name).text_limit:
        seen = bench.send(name, a_file(stored))
        assert not seen.attached
        assert "a.pdf" in seen.texts[-1]  # it is named, with a link where there is one


def a_file(stored: StoredFile) -> Message:
    return Message("Mẫu", file=OutFile(stored.hash, stored.name))


@every_channel
def test_a_push_passes_within_the_records_window(bench: Bench, name: ChannelName) -> None:
    window = channel_named(name).window
    for days in (1, 3, 8):
        bench.go_on(bench.start + timedelta(days=days) - bench.stage.now)
        if window and timedelta(days=days) > window.open_for:
            with pytest.raises(WayShut):
                bench.send(name, Message("Nhắc"), "push")
        else:
            assert bench.send(name, Message("Nhắc"), "push").texts


@every_channel
def test_it_rests_when_the_record_says(bench: Bench, name: ChannelName) -> None:
    rest, zone = channel_named(name).rest, bench.stage.library.campaign.directory.zone
    for hour in (5, 6, 21, 22):
        at = (bench.start + timedelta(days=1)).astimezone(zone).replace(hour=hour)
        bench.go_on(at - bench.stage.now)
        if rest and rest.ends(at):
            with pytest.raises(TryLater):
                bench.send(name, Message("Nhắc"))
        else:
            assert bench.send(name, Message("Nhắc")).texts


@every_channel
def test_messages_are_counted_as_the_record_bills_them(bench: Bench, name: ChannelName) -> None:
    record = channel_named(name)
    bench.send(name, Message("Nhắc"))
    with reading(bench.stage.engine) as db:
        spent = spending.of_period(db, f"{bench.start:%Y-%m}")
    assert bool(spent) == (record.billed is not Billed.NEVER)
    assert any(item.kind == QUOTA for item in spent) == (record.billed is Billed.QUOTA)
    assert {item.channel for item in spent} <= {record.template_of or record.name}


# ---------------------------------------------------------------- receiving


def heard(bench: Bench, name: ChannelName, raw: dict[str, Any]) -> Incoming | None:
    """What a channel's own code makes of an update."""
    taken: list[Incoming] = []

    async def take(incoming: Incoming, attached: Attachment | None = None, /) -> None:
        try:
            if attached:
                await attached.fetch()
        except NotFetched as why:
            incoming = replace(incoming, trouble=why.trouble)
        taken.append(incoming)

    async def receive() -> None:
        stage, zalo, inbox = bench.stage, Zalo(), cast(Any, SimpleNamespace())
        receivers: dict[ChannelName, Callable[[], Any]] = {
            ChannelName.TELEGRAM: lambda: TelegramReceiver(
                Account("1:x", "http://127.0.0.1:9"),
                stage.library.languages,
                take,
                inbox,
                lambda: 0.0,
            ),
            ChannelName.ZALO_BOT: lambda: ZaloBotReceiver(zalo, take, inbox, Fetching(local=True), lambda: 0.0),  # type: ignore[arg-type]
            ChannelName.ZALO_OA: lambda: ZaloOaReceiver(zalo, stage.engine, take, inbox, Signed("1", "s"), Fetching(local=True)),  # type: ignore[arg-type]
        }
        receiver = receivers[name]()
        await receiver.receive(raw)
        if name is ChannelName.TELEGRAM:
            await receiver.close()

    asyncio.run(receive())
    return taken[0] if taken else None


LAN = {"id": 7, "is_bot": False, "first_name": "Lan"}
GONE = "http://127.0.0.1:9/x"
PRIVATE, GROUP = {"id": 7, "type": "private"}, {"id": -5, "type": "group", "title": "Sở"}


def by_telegram(chat: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {"message_id": 1, "date": 1, "from": LAN, "chat": chat, **more}}


def by_bot(event: str, chat: str = "PRIVATE", **more: Any) -> dict[str, Any]:
    message = {"message_id": "m", "date": 1, "from": {"id": "7"}, "chat": {"id": "5", "chat_type": chat}, **more}
    return {"event_name": event, "message": message}


def by_account(event: str, **more: Any) -> dict[str, Any]:
    return {"event_name": event, "sender": {"id": "7"}, "timestamp": "1", "message": {"msg_id": "m", **more}}


FILE = [{"payload": {"url": GONE, "name": "a.pdf"}}]
IN_A_GROUP = {
    ChannelName.TELEGRAM: by_telegram(GROUP, text="/han"),
    ChannelName.ZALO_BOT: by_bot("message.text.received", "GROUP", text="/han"),
    ChannelName.ZALO_OA: by_account("user_send_group_text", text="/han") | {"recipient": {"group_id": "5"}},
}
PICTURES = {
    ChannelName.TELEGRAM: by_telegram(PRIVATE, photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]),
    ChannelName.ZALO_BOT: by_bot("message.image.received", photo=GONE),
    ChannelName.ZALO_OA: by_account("user_send_image", attachments=FILE),
}
DOCUMENTS = {
    ChannelName.TELEGRAM: by_telegram(PRIVATE, document={"file_id": "f", "file_unique_id": "u", "file_name": "a.pdf"}),
    ChannelName.ZALO_BOT: by_bot("message.unsupported.received"),
    ChannelName.ZALO_OA: by_account("user_send_file", attachments=FILE),
}
platforms = pytest.mark.parametrize("name", list(IN_A_GROUP))


@platforms
def test_it_speaks_in_groups_if_the_record_says_so(bench: Bench, name: ChannelName) -> None:
    incoming = heard(bench, name, IN_A_GROUP[name])
    assert bool(incoming and incoming.group) == channel_named(name).groups


@platforms
def test_files_come_in_as_the_record_says(bench: Bench, name: ChannelName) -> None:
    """What is taken could not be fetched, for there is nothing; what is not taken is told to be of no use."""
    takes = channel_named(name).files_in
    for raw, taken in ((PICTURES[name], takes is not FilesIn.NONE), (DOCUMENTS[name], takes is FilesIn.ALL)):
        incoming = heard(bench, name, raw)
        assert incoming
        assert incoming.trouble == ("not_fetched" if taken else "unsupported")


@every_channel
def test_updates_are_known_again_for_as_long_as_they_can_come(stage: Stage, name: ChannelName) -> None:
    record = channel_named(name)
    stage.hear(Incoming(name, "u", "7", "Lan", "/help"))

    def known(at: datetime) -> bool:
        upkeep.tidy(stage.writer, Retention(), at)
        return stage.writer.write(lambda db: conversations.was_taken(db, name, "u"))

    assert known(stage.now + timedelta(days=7))
    assert record.signed or (record.redelivers_for is not None and record.redelivers_for < timedelta(days=7))
    assert known(stage.now + timedelta(days=399)) == record.signed
    assert not known(stage.now + timedelta(days=401))


# ---------------------------------------------------------------- all of them


def test_people_are_called_where_the_settings_can_send() -> None:
    more: dict[str, Any] = {"telegram_token": "1:x", "zalo_bot_token": "t", "zalo_oa_app_id": "1", "zalo_oa_app_secret": "s"}
    sent_on = Settings(_env_file=None, **more).channels | Settings(_env_file=None).channels
    assert sent_on == {record.name for record in CHANNELS.values() if record.called and not record.template_of}


@every_channel
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_channel_has_words(stage: Stage, name: ChannelName, language: str) -> None:
    words = stage.library.languages.of(language)
    assert not channel_text(words, name).startswith("channel.")
    told = forecast_text(words, Forecast(stage.now, (Going(name, "free"), Going(name, "free"))))
    assert len(told.splitlines()) == 3  # the title, the channel, the cost


def test_each_record_stands_under_its_own_name() -> None:
    assert {name: record.name for name, record in CHANNELS.items()} == {name: name for name in ChannelName}
    for record in CHANNELS.values():
        assert (record.numbers is Numbers.ALWAYS) <= (record.buttons == 0)
        assert (record.numbers is Numbers.NEVER) <= (record.buttons == UNLIMITED or record.text_limit == 0)
        assert (record.numbers is Numbers.LONG_LISTS) <= (0 < record.buttons < UNLIMITED)
