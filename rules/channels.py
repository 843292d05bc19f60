"""The channels on which people are spoken to: what each can do, one record a channel.

The only place where channels are named. Everything else asks the record, so that a new channel is a record here and its
own files; a name stands besides only in a channel's own files and in the settings that connect it.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

UNLIMITED = sys.maxsize
"""More than anybody says, presses or sends."""
MEGABYTE = 1_000_000

OPEN_FOR = timedelta(days=7)
ASK_AHEAD = timedelta(hours=24)
"""How long before a window closes somebody is asked to keep it open: a day holds an hour in which we may write."""

UPDATES_KEPT = timedelta(days=8)
"""For how long an update that was taken is known again: a week longer than any platform delivers again."""
SIGNED_KEPT = timedelta(days=400)
"""A signed webhook can be replayed by whoever saw it, as long as we do not know it: longer than a campaign."""


class ChannelName(StrEnum):
    """A channel, as it is kept in the database."""

    TELEGRAM = "telegram"
    ZALO_BOT = "zalo_bot"
    ZALO_OA = "zalo_oa"
    ZALO_PHONE = "zalo_phone"
    WEB_CHAT = "web_chat"
    CONSOLE = "console"


class Numbers(StrEnum):
    """When choices are shown as a numbered list, to be chosen by typing."""

    NEVER = "never"
    LONG_LISTS = "long_lists"
    """Where there are more than buttons; so the last numbered list may be older than the last choices."""
    ALWAYS = "always"


class Billed(StrEnum):
    """What a message costs there."""

    NEVER = "never"
    QUOTA = "quota"
    """One of the month's messages."""
    BY_MESSAGE = "by_message"


class Window(StrEnum):
    """What a message costs at a moment, where people have to keep the channel open by writing."""

    FREE = "free"
    BILLED = "billed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Windows:
    """When a channel takes messages for somebody, counted from what that person did last."""

    free_for: timedelta
    open_for: timedelta

    def at(self, last_seen: datetime, moment: datetime) -> Window:
        """The window of somebody who wrote last at ``last_seen``. Both are instants of one clock."""
        if moment - last_seen <= self.free_for:
            return Window.FREE
        return Window.BILLED if moment - last_seen <= self.open_for else Window.CLOSED

    def closes_at(self, last_seen: datetime) -> datetime:
        """When nothing passes any more, unless the person writes."""
        return last_seen + self.open_for


@dataclass(frozen=True)
class Rest:
    """The hours of the night in which nothing is sent: from ``since`` to ``until``."""

    since: int
    until: int

    def ends(self, local: datetime) -> datetime | None:
        """When the rest ends; None where there is none. ``local`` is local time."""
        if self.until <= local.hour < self.since:
            return None
        day = local.date() if local.hour < self.until else local.date() + timedelta(days=1)
        return local.replace(year=day.year, month=day.month, day=day.day, hour=self.until, minute=0, second=0, microsecond=0)


class FilesIn(StrEnum):
    """Which files people can send there. Where not all pass, a signed page takes them."""

    NONE = "none"
    PICTURES = "pictures"
    ALL = "all"


@dataclass(frozen=True)
class FilesOut:
    """Which files can be sent there: the most bytes of each kind, and of any other. What does not pass goes as a link."""

    documents: Mapping[str, int] = field(default_factory=dict)
    pictures: Mapping[str, int] = field(default_factory=dict)
    others: int = 0


def utf16(text: str) -> int:
    """A text's length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class Channel:
    """What a channel can do, and what it asks of us."""

    name: ChannelName
    buttons: int = 0
    """How many choices can be pressed below one message."""
    numbers: Numbers = Numbers.NEVER
    numbers_anew: bool = False
    """Whether every list begins at 1: only where nothing comes between a list and its answer."""
    text_limit: int = UNLIMITED
    """The longest text; ``measure`` says how it is measured. 0: only approved templates pass."""
    measure: Callable[[str], int] = len
    files_in: FilesIn = FilesIn.NONE
    files_out: FilesOut = FilesOut()
    window: Windows | None = None
    """None: open once it was opened."""
    rest: Rest | None = None
    called: bool = True
    """Whether people can be called there by a push. Else what is sent there waits until somebody looks."""
    made_up: bool = False
    """Whether whoever is there is made up, or sits at this machine: of rehearsals."""
    groups: bool = False
    a_second: float = 0.0
    """The messages that the platform lets pass in a second, to all people together; 0: no limit."""
    signed: bool = False
    """Whether its webhooks prove themselves, and so can be replayed by whoever saw one."""
    redelivers_for: timedelta | None = timedelta(0)
    """For how long an update may come again; None: not documented."""
    billed: Billed = Billed.NEVER
    template_of: ChannelName | None = None
    """The channel whose approved templates it carries, to people who are no contacts of it."""

    def numbered(self, choices: int) -> bool:
        """Whether so many choices are shown as a numbered list."""
        if self.numbers is Numbers.LONG_LISTS:
            return choices > self.buttons
        return self.numbers is Numbers.ALWAYS and choices > 0

    @property
    def updates_kept(self) -> timedelta:
        """For how long an update that was taken has to be known again."""
        return SIGNED_KEPT if self.signed else UPDATES_KEPT


_RECORDS = (
    Channel(
        # Bot API 10.x: texts of 4096 UTF-16 units after entities; about 30 messages a second over all chats (FAQ), enforced; an
        # update waits 24 hours at most.
        ChannelName.TELEGRAM,
        buttons=UNLIMITED, text_limit=4096, measure=utf16,
        files_in=FilesIn.ALL, files_out=FilesOut(others=UNLIMITED),
        groups=True, a_second=30.0, redelivers_for=timedelta(days=1),
    ),
    Channel(
        # Zalo Bot Platform: no buttons, no documents either way; whether a webhook comes again is not documented [?], nor what it
        # takes in a second: its plan of 50 people is served in five [?].
        ChannelName.ZALO_BOT,
        numbers=Numbers.ALWAYS, text_limit=2000,
        files_in=FilesIn.PICTURES,
        groups=True, a_second=10.0, signed=True, redelivers_for=None, billed=Billed.QUOTA,
    ),
    Channel(
        ChannelName.WEB_CHAT,
        made_up=True,
        buttons=UNLIMITED,
        files_in=FilesIn.ALL, files_out=FilesOut(others=UNLIMITED),
    ),
    Channel(
        ChannelName.CONSOLE,
        made_up=True,
        numbers=Numbers.ALWAYS, numbers_anew=True,
        called=False,
    ),
    Channel(
        # Zalo Official Account, "Tin tư vấn": free for 48 hours after the last interaction, billed from then to the end of the
        # seventh day, refused after that (-230); then only approved templates pass. Retries: the last after 111 minutes. Too many
        # requests are refused (-32), how many is not documented: about 20 a second pass, as clients report [?].
        ChannelName.ZALO_OA,
        buttons=5, numbers=Numbers.LONG_LISTS, text_limit=2000,
        files_in=FilesIn.ALL,
        files_out=FilesOut(
            documents=dict.fromkeys(("pdf", "doc", "docx", "csv"), 5 * MEGABYTE),
            pictures=dict.fromkeys(("jpeg", "png"), MEGABYTE),
        ),
        window=Windows(free_for=timedelta(hours=48), open_for=OPEN_FOR), a_second=20.0,
        signed=True, redelivers_for=timedelta(hours=2), billed=Billed.BY_MESSAGE,
    ),
    Channel(
        # Templates by telephone number (the former ZNS): an address, no contact. The same account's requests, so as many [?].
        ChannelName.ZALO_PHONE,
        text_limit=0,
        rest=Rest(since=22, until=6), a_second=20.0,
        billed=Billed.BY_MESSAGE, template_of=ChannelName.ZALO_OA,
    ),
)  # fmt: skip
CHANNELS: Mapping[str, Channel] = {record.name: record for record in _RECORDS}
"""Every channel by its name, in the order in which they are listed."""


def channel_named(name: str) -> Channel:
    """The record of the channel with that name. Raises KeyError."""
    return CHANNELS[name]
