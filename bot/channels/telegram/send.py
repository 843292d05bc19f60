"""Telegram, sending: python-telegram-bot's ``ExtBot`` with a rate limiter of our own.

Sources: Bot API 10.x (limits of texts, captions, files; errors by description) and the flood
facts in its FAQ: about 30 messages a second over all chats, one a second in a chat, 20 a
minute in a group. Edits count.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from functools import partial
from typing import Any, NamedTuple

import aiohttp
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram import Message as Sent
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.refusals import BAD, ERRORS, FORBIDDEN
from bot.delivery.line import Line, urgent
from bot.delivery.parts import Piece, send_pieces, split
from bot.delivery.sink import AddressMoved, TryLater, Verdict, find, refuse, unanswered
from bot.logs import logger
from handlers.message import Choice, Message
from rules.channels import ChannelName, channel_named
from storage.files import FileStore
from storage.outbox import FLOOD, Delivery, DeliveryKind
from storage.writer import Writer

CHANNEL = ChannelName.TELEGRAM
RECORD = channel_named(CHANNEL)
LONGEST_CAPTION = 1024
IN_A_ROW = 5
"""Short bursts in one chat pass; after so many within the window the next waits."""
GROUP_A_MINUTE = 20
FASTEST = RECORD.a_second - 0.5
"""Messages a second that may be sent, lest more than Telegram lets pass arrive in one."""
SHORT_LABEL = 16
"""Buttons up to this length share a row of two."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

_taken: ContextVar[bool] = ContextVar("taken", default=False)
"""Whether the request under way was answered with success, whatever becomes of the answer."""
log = logger(__name__)


class Account(NamedTuple):
    """A bot's token, and where its Bot API is."""

    token: str
    api_url: str


class PoliteLimiter(BaseRateLimiter[None]):
    """Never more than ``rate`` messages a second, replies before pushes; one a second in a private chat, after a
    short burst; 20 a minute in a group. It never retries: the outbox does, later.

    ``rate`` 0 means no limit, for a Bot API server of one's own. ``shares`` says how many processes share it. ``time`` and
    ``sleep`` are passed in.
    """

    def __init__(
        self,
        rate: float,
        time: Callable[[], float],
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
        shares: Callable[[], int] = lambda: 1,
    ) -> None:
        self._rate, self._time, self._sleep = rate, time, sleep
        self._line = Line(min(rate, FASTEST) if rate <= RECORD.a_second else rate, time, sleep, shares)
        self._chats: dict[str, deque[float]] = {}

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to let go of."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Wait until the request may go, then make it."""
        chat = data.get("chat_id")
        if chat is not None and self._rate > 0:
            await self._wait_for_chat(str(chat))
            await self._line.wait()
        return await callback(*args, **kwargs)

    async def _wait_for_chat(self, chat: str) -> None:
        span, most = (60.0, GROUP_A_MINUTE) if chat.startswith("-") else (float(IN_A_ROW), IN_A_ROW)
        sent = self._chats.setdefault(chat, deque())
        while True:
            now = self._time()
            while sent and sent[0] <= now - span:
                sent.popleft()
            if len(sent) < most:
                sent.append(now)
                break
            await self._sleep(sent[0] + span - now)
        if len(self._chats) > 10_000:
            self._chats = {key: times for key, times in self._chats.items() if times and times[-1] > now - 60.0}

    def refused(self) -> None:
        """The platform refused for its own count."""
        self._line.refused()


class AiohttpRequest(BaseRequest):
    """python-telegram-bot's HTTP by aiohttp, through its documented interface.

    Its default, httpx, asks every idle connection whether it still lives before each request: with
    a pool of 64 that is half of all the time a busy bot spends (benchmarks/README.md).
    """

    def __init__(self, connections: int = 64, seconds: float = 30.0) -> None:
        self._connections, self._seconds = connections, seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer may take."""
        return self._seconds

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=aiohttp.ClientTimeout(total=self._seconds, connect=10),
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0913 (python-telegram-bot calls it so)
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """Make the request. Errors are told without the address, which holds the token."""
        assert self._session, "initialize first"
        try:
            async with self._session.request(method, url, **_form(request_data)) as answer:
                taken = 200 <= answer.status < 300
                _taken.set(taken)
                body = await answer.read()
                if not taken and not body.lstrip().startswith(b"{"):  # a proxy's: python-telegram-bot would look for its fields
                    raise NetworkError(f"HTTP {answer.status}")
                return answer.status, body
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


def _form(request_data: RequestData | None) -> dict[str, Any]:
    """The parameters as a form, as aiohttp's arguments; with files, as a multipart one. A plain one is written by
    python-telegram-bot: aiohttp's prepares for files that do not come."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"data": request_data.url_encoded_parameters().encode(), "headers": FORM}
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, kind) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}


def keyboard(choices: tuple[Choice, ...]) -> InlineKeyboardMarkup | None:
    """Inline buttons, short ones two in a row."""
    if not choices:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    for choice in choices:
        press = InlineKeyboardButton(choice.label, callback_data=choice.data)
        short = len(choice.label) <= SHORT_LABEL
        if short and rows and len(rows[-1]) == 1 and len(str(rows[-1][0].text)) <= SHORT_LABEL:
            rows[-1].append(press)
        else:
            rows.append([press])
    return InlineKeyboardMarkup(rows)


class TelegramSink:
    """Sends messages to Telegram. Enter it as a context to open its connections."""

    def __init__(
        self, account: Account, limiter: PoliteLimiter, files: FileStore, writer: Writer, time: Callable[[], float]
    ) -> None:
        token, api_url = account
        self._files, self._limiter = files, limiter
        self._writer = writer
        self._refused_lately: dict[str, float] = {}
        self._time = time
        self._request = AiohttpRequest()
        self._bot: ExtBot[None] = ExtBot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._request,
            rate_limiter=limiter,
        )

    async def __aenter__(self) -> "TelegramSink":
        await self._request.initialize()  # not the bot itself: its getMe belongs to the receiving half
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._request.shutdown()

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send, and translate what Telegram says into the courier's words."""
        urgent.set(not DeliveryKind(delivery.kind).is_push)
        try:
            return await self._send(address, message, delivery)
        except ChatMigrated as moved:
            raise AddressMoved(str(moved.new_chat_id)) from moved
        except RetryAfter as later:
            self._limiter.refused()
            seconds = later.retry_after if isinstance(later.retry_after, int | float) else later.retry_after.total_seconds()
            raise TryLater(float(seconds) + 0.5, FLOOD, self._concerns_all(address, float(seconds))) from later
        except (Forbidden, BadRequest) as refused:
            return self._refused(refused)
        except InvalidToken as wrong:
            raise TryLater(60, "the token is not accepted", whole_channel=True) from wrong
        except NetworkError as broken:
            raise unanswered(delivery, f"{type(broken).__name__}: {broken}") from broken
        except TelegramError as other:
            raise TryLater(30, f"{type(other).__name__}: {other}") from other

    def _concerns_all(self, address: str, seconds: float) -> bool:
        """A retry-after halts its own chat; a second chat refused within its time halts everything."""
        now = self._time()
        self._refused_lately = {chat: until for chat, until in self._refused_lately.items() if until > now}
        others = set(self._refused_lately) - {address}
        self._refused_lately[address] = now + seconds
        return bool(others)

    @staticmethod
    def _refused(refused: TelegramError) -> str:
        row = find(ERRORS, None, refused.message) or (FORBIDDEN if isinstance(refused, Forbidden) else BAD)
        if row.verdict is not Verdict.HARMLESS:
            refuse(row, refused.message)
        return ""

    async def _send(self, address: str, message: Message, delivery: Delivery) -> str:
        if delivery.closes:
            closed = self._bot.edit_message_reply_markup(chat_id=address, message_id=int(delivery.closes), reply_markup=None)
            return await _id_of(closed)
        return await send_pieces(self._writer, delivery, self._pieces(address, message))

    def _pieces(self, address: str, message: Message) -> list[Piece]:
        """What makes up a message: texts, then the file; the last with the buttons."""
        markup = keyboard(message.choices)
        if message.file and RECORD.measure(message.text) <= LONGEST_CAPTION:
            return [partial(self._send_file, address, message, message.text, markup)]
        texts = split(message.text, RECORD.text_limit, RECORD.measure)
        if message.file:
            return [
                *(partial(self._send_text, address, text) for text in texts),
                partial(self._send_file, address, message, None, markup),
            ]
        return [
            *(partial(self._send_text, address, text) for text in texts[:-1]),
            partial(self._send_text, address, texts[-1], markup),
        ]

    async def _send_text(self, address: str, text: str, markup: InlineKeyboardMarkup | None = None) -> str:
        return await _id_of(self._bot.send_message(address, text, reply_markup=markup))

    async def _send_file(self, address: str, message: Message, caption: str | None, markup: InlineKeyboardMarkup | None) -> str:
        assert message.file
        content = InputFile(self._files.get(message.file.hash), filename=message.file.name)
        return await _id_of(self._bot.send_document(address, content, caption=caption, reply_markup=markup))


async def _id_of(sent: Awaitable[Sent | bool]) -> str:
    """The id of what was sent. What Telegram took is sent, also where its answer can't be read: then there is no id."""
    _taken.set(False)
    try:
        answer = await sent
    except Exception as error:
        if not _taken.get():
            raise
        log.warning("taken, but the answer can't be read", channel="telegram", why=type(error).__name__)
        return ""
    return str(answer.message_id) if isinstance(answer, Sent) else ""
