"""Telegram, receiving: aiogram's types, with a polling loop and a webhook of our own.

Both confirm an update to Telegram only once its turn is committed (aiogram's own loops confirm
earlier and lose updates when a process stops). Sources: Bot API 10.x, ``getUpdates``,
``setWebhook``, ``Update``; update ids restart at random after a quiet week.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from io import BytesIO
from typing import Any, NamedTuple

import httpx
from pydantic import ValidationError

from bot.channels.telegram.lean import building_later, built
from bot.channels.webhook_body import checked
from bot.delivery.backoff import Backoff, Pacing
from bot.flow.fetching import NotFetched
from bot.flow.inbox import Inbox
from bot.flow.intake import Attachment, Take, as_table
from bot.logs import logger
from bot.trust import trusted
from handlers.file_trouble import FileTrouble
from handlers.turn import Incoming
from handlers.wording.catalogs import Languages
from rules.channels import ChannelName
from storage.files import MOST_BYTES

with building_later():
    from aiogram import Bot, types
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.exceptions import TelegramAPIError
    from aiogram.methods import SetMyCommands
    from aiogram.types import (
        BotCommand,
        BotCommandScopeAllGroupChats,
        BotCommandScopeAllPrivateChats,
        CallbackQuery,
        ChatMemberUpdated,
        InaccessibleMessage,
        Message,
        Update,
        User,
    )

built((Update, SetMyCommands), vars(types))

CHANNEL = ChannelName.TELEGRAM
ALLOWED = ["message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
QUIET_WEEK = 6 * 24 * 3600.0
BLINK = 0.4
"""Seconds after which somebody who waits for an answer sees "typing"."""
WEBHOOK_PATH = "/telegram/webhook"
MOST_BODY = 1024 * 1024
FILE_SECONDS = 60
"""So long a file may take to come; nobody else waits for it."""
log = logger(__name__)


def webhook_secret(token: str, chosen: str) -> str:
    """The secret that Telegram sends back: the one chosen, or one that only the token's owner can know."""
    return chosen or hashlib.sha256(f"webhook:{token}".encode()).hexdigest()


class Account(NamedTuple):
    """A bot's token, and where its Bot API is."""

    token: str
    api_url: str


class SaidNo(Exception):
    """Telegram answered that it does not do what it was asked for."""


def updates_in(answer: Any) -> list[dict[str, Any]]:
    """The updates of an answer to ``getUpdates``. What is none is passed over: it would hold back all others for ever. Raises
    SaidNo."""
    told = as_table(answer)
    if told.get("ok") is not True:
        raise SaidNo(f"{told.get('error_code')}: {told.get('description')}")
    found = told.get("result")
    return [raw for raw in found if _is_numbered(raw)] if isinstance(found, list) else []


def _is_numbered(raw: Any) -> bool:
    return isinstance(raw, dict) and type(raw.get("update_id")) is int


class TelegramReceiver:
    """Turns Telegram's updates into :class:`Incoming` and hands them to ``take``."""

    def __init__(
        self,
        account: Account,
        languages: Languages,
        take: Take,
        inbox: Inbox,
        time: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        (token, api_url), self._account = account, account
        self._languages, self._take, self._inbox = languages, take, inbox
        self._time, self._sleep = time, sleep
        self._bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
        self.username = ""
        self._asides: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------ starting and stopping

    async def start(self) -> None:
        """Learn the bot's name. Raises TelegramAPIError, also for a wrong token."""
        self.username = (await self._bot.get_me()).username or ""

    async def dress(self) -> None:
        """Set the commands menu. Raises TelegramAPIError."""
        for language in ("vi", "en"):
            words = self._languages.of(language)
            private = [
                BotCommand(command="baocao", description=words.tr("command.report")),
                BotCommand(command="han", description=words.tr("command.deadlines")),
                BotCommand(command="tiendo", description=words.tr("command.status")),
                BotCommand(command="ngonngu", description=words.tr("command.language")),
                BotCommand(command="huy", description=words.tr("command.cancel")),
                BotCommand(command="help", description=words.tr("command.help")),
            ]
            code = language if language != "vi" else None  # the default is Vietnamese
            groups = [c for c in private if c.command in ("han", "tiendo", "help")]
            await self._bot.set_my_commands(private, scope=BotCommandScopeAllPrivateChats(), language_code=code)
            await self._bot.set_my_commands(groups, scope=BotCommandScopeAllGroupChats(), language_code=code)

    async def set_webhook(self, public_url: str, secret: str) -> None:
        """Ask Telegram to call us."""
        await self._bot.set_webhook(
            f"{public_url}{WEBHOOK_PATH}", secret_token=secret, allowed_updates=ALLOWED, max_connections=40
        )

    async def delete_webhook(self) -> None:
        """Ask Telegram to be polled; what waits there is kept."""
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def close(self) -> None:
        """Let go of connections."""
        for task in list(self._asides):
            task.cancel()
        await asyncio.gather(*self._asides, return_exceptions=True)
        await self._bot.session.close()

    # ------------------------------------------------------------ polling

    async def poll(self) -> None:
        """Fetch updates for ever. The offset moves only when every update of a batch is durable."""
        offset: int | None = None
        last_heard, backoff, pacing = self._time(), Backoff(1.0, 30.0), Pacing(POLL_SECONDS)
        async with httpx.AsyncClient(timeout=POLL_SECONDS + 10, verify=trusted()) as client:
            while True:
                if self._time() - last_heard > QUIET_WEEK:
                    offset = None  # ids may have started anew
                asked_at = self._time()
                try:
                    updates = await self._fetch(client, offset)
                    answered_at = self._time()
                    await self._take_all(updates)
                except asyncio.CancelledError:
                    raise
                except Exception as error:
                    pause = backoff.next()
                    log.warning("polling failed", why=f"{type(error).__name__}: {error}", again_in=pause)
                    await self._sleep(pause)
                    continue
                backoff.reset()
                if rest := pacing.pause(answered_at - asked_at, bool(updates)):
                    await self._sleep(rest)
                if updates:
                    last_heard = self._time()
                    offset = max(raw["update_id"] for raw in updates) + 1

    async def _fetch(self, client: httpx.AsyncClient, offset: int | None) -> list[dict[str, Any]]:
        body: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED}
        if offset is not None:
            body["offset"] = offset
        return updates_in((await client.post(f"{self._account.api_url}/bot{self._account.token}/getUpdates", json=body)).json())

    async def _take_all(self, updates: list[dict[str, Any]]) -> None:
        """Those of one person in order, those of different people side by side."""
        lines: dict[str, list[dict[str, Any]]] = {}
        for raw in updates:
            lines.setdefault(whose(raw), []).append(raw)

        async def work_off(line: list[dict[str, Any]]) -> None:
            for raw in line:
                await self._arrived(raw)

        await asyncio.gather(*(work_off(line) for line in lines.values()))

    # ------------------------------------------------------------ webhook

    async def webhook(self, secret: str, given: str, body: bytes) -> int:
        """One call of Telegram's: the HTTP status to answer. 200 only once the update is durable."""
        raw = checked(secret, given, body, MOST_BODY)
        if isinstance(raw, int):
            return raw
        if not _is_numbered(raw):
            return 400
        await self._arrived(raw)
        return 200

    # ------------------------------------------------------------ one update

    async def _arrived(self, raw: dict[str, Any]) -> None:
        """Returns once it is durable. A file may take long to fetch: it is kept as it came and handled beside the others, and
        so is what the same person sends after it, and everything where a language model is asked."""
        if self._inbox.keeps_all or brings_file(raw) or self._inbox.is_busy(CHANNEL, whose(raw)):
            await self._inbox.put(CHANNEL, str(raw["update_id"]), raw)
        else:
            await self.receive(raw)

    async def receive(self, raw: dict[str, Any]) -> None:
        """Take one update in. What cannot be read is logged and let go: it would come again for ever."""
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as error:
            log.error("an update could not be read", update=raw.get("update_id"), faults=error.error_count())
            return
        if update.message:
            await self._message(update.update_id, update.message)
        elif update.callback_query:
            await self._callback(update.update_id, update.callback_query)
        elif update.my_chat_member:
            await self._membership(update.update_id, update.my_chat_member)

    async def _message(self, update_id: int, message: Message) -> None:
        sender = message.from_user
        if sender is None or sender.is_bot or message.chat.type == "channel" or message.sender_chat is not None:
            return  # what a channel or a group says in its own name, nobody says
        in_group = message.chat.type in ("group", "supergroup")
        text = message.text or message.caption or ""
        addressed = not in_group or self._addressed(message, text)
        if in_group and not addressed:
            return
        attached, trouble = (None, None) if in_group else self._file(message)
        incoming = Incoming(
            channel=CHANNEL,
            update_id=str(update_id),
            address=str(sender.id),
            name=sender.full_name,
            text="" if attached or trouble else text,
            trouble=trouble,
            language=_language(sender),
            group=str(message.chat.id) if in_group else "",
            group_title=message.chat.title or "",
            addressed=addressed,
        )
        await self._with_typing(message.chat.id, incoming, attached)

    async def _with_typing(self, chat: int, incoming: Incoming, attached: Attachment | None) -> None:
        """Take it in; who waits longer than a blink sees "typing"."""
        taking = asyncio.ensure_future(self._take(incoming, attached) if attached else self._take(incoming))
        done, _ = await asyncio.wait([taking], timeout=BLINK)
        if not done:
            self._aside(self._bot.send_chat_action(chat, "typing"))
        await taking

    def _addressed(self, message: Message, text: str) -> bool:
        """A command that is not another bot's, a mention, or a reply to the bot."""
        head = text.split(" ")[0].split("\n")[0]
        if text.startswith("/"):
            return "@" not in head or head.lower().endswith(f"@{self.username.lower()}")
        answers = message.reply_to_message
        to_us = answers is not None and answers.from_user is not None and answers.from_user.id == self._bot.id
        return to_us or (bool(self.username) and f"@{self.username.lower()}" in text.lower())

    def _file(self, message: Message) -> tuple[Attachment | None, FileTrouble | None]:
        """The photo or document of a message, to be fetched; or why not."""
        if message.photo:
            largest = max(message.photo, key=lambda size: size.file_size or 0)
            return self._attachment(largest.file_id, largest.file_size, "anh.jpg")
        if message.document:
            document = message.document
            return self._attachment(document.file_id, document.file_size, document.file_name or "tep")
        if message.video or message.audio or message.voice or message.video_note:
            return None, FileTrouble.UNSUPPORTED
        return None, None

    def _attachment(self, file_id: str, size: int | None, name: str) -> tuple[Attachment | None, FileTrouble | None]:
        if size and size > MOST_BYTES:
            return None, FileTrouble.TOO_BIG
        return Attachment(name, lambda: self._fetch_file(file_id)), None

    async def _fetch_file(self, file_id: str) -> bytes:
        """Its bytes, at most so many. Raises NotFetched."""
        content = _Bounded()
        try:
            async with asyncio.timeout(FILE_SECONDS):
                found = await self._bot.get_file(file_id)
                await self._bot.download_file(found.file_path or "", destination=content, timeout=FILE_SECONDS)
        except NotFetched:
            raise
        except TelegramAPIError as error:
            raise NotFetched(FileTrouble.TOO_BIG if "too big" in str(error).lower() else FileTrouble.NOT_FETCHED) from error
        except Exception as error:
            log.exception("a file could not be fetched")
            raise NotFetched from error
        return content.getvalue()

    async def _callback(self, update_id: int, query: CallbackQuery) -> None:
        on = query.message
        private = on is None or isinstance(on, InaccessibleMessage) or on.chat.type == "private"
        if query.data:
            await self._take(
                Incoming(
                    channel=CHANNEL,
                    update_id=str(update_id),
                    address=str(query.from_user.id),
                    name=query.from_user.full_name,
                    choice=query.data,
                    language=_language(query.from_user),
                    pressed_on=str(on.message_id) if on and private else "",
                    group="" if private or on is None else str(on.chat.id),
                )
            )
        self._aside(self._bot.answer_callback_query(query.id))

    async def _membership(self, update_id: int, change: ChatMemberUpdated) -> None:
        if change.new_chat_member.status not in ("kicked", "left"):
            return
        private = change.chat.type == "private"
        await self._take(
            Incoming(
                channel=CHANNEL,
                update_id=str(update_id),
                address=str(change.from_user.id),
                name=change.from_user.full_name,
                group="" if private else str(change.chat.id),
                left=True,
            )
        )

    def _aside(self, call: Awaitable[object]) -> None:
        """Something polite that nobody waits for, and whose failure harms nobody."""

        async def do() -> None:
            with contextlib.suppress(TelegramAPIError, asyncio.TimeoutError, OSError):
                await call

        coroutine: Coroutine[Any, Any, None] = do()
        task = asyncio.create_task(coroutine)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)


class _Bounded(BytesIO):
    """Takes as many bytes as a file may have, whatever was said of its size."""

    def write(self, part: Any, /) -> int:
        """Raises NotFetched where it becomes too much."""
        if self.tell() + len(memoryview(part)) > MOST_BYTES:
            raise NotFetched(FileTrouble.TOO_BIG)
        return super().write(part)


def _language(user: User) -> str:
    """Vietnamese unless the phone clearly speaks English."""
    return "en" if (user.language_code or "").startswith("en") else "vi"


def brings_file(raw: dict[str, Any]) -> bool:
    """Whether a file has to be fetched for it."""
    message = as_table(raw.get("message"))
    return bool(message.get("photo") or message.get("document")) and as_table(message.get("chat")).get("type") == "private"


def whose(raw: dict[str, Any]) -> str:
    """Whose update it is, for keeping the order of one person's."""
    for kind in ("message", "callback_query", "my_chat_member"):
        sender = (raw.get(kind) or {}).get("from") if isinstance(raw.get(kind), dict) else None
        if isinstance(sender, dict):
            return str(sender.get("id"))
    return str(raw.get("update_id"))
