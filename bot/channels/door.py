"""A channel's door: what a process needs of it, where each is found, and how a platform is greeted.

Updates arrive in the web part by webhook where there is a public address, in the worker by polling where there is none;
the worker sends. Of greeting, what we cannot do without (that the token is good; the webhook, where that is how we hear)
is tried until it works. What is merely nice (menus; taking off a webhook where we poll) holds nothing back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from bot.clocks import Clock
from bot.delivery.backoff import Backoff
from bot.delivery.sink import Sink
from bot.flow.hub import Hub
from bot.flow.inbox import Inbox
from bot.flow.intake import Take
from bot.links import InviteLinks
from bot.logs import logger
from bot.parts import Parts
from bot.settings import Settings
from bot.signed_links import SignedLinks
from handlers.library import Library
from rules.channels import ChannelName
from storage.writer import Writer

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

LONGEST_PAUSE = 60.0
NICETY_PAUSE = 5.0
LONGEST_NICETY_PAUSE = 3600.0
log = logger(__name__)
Work = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Lent:
    """What a process lends to every channel's door; each takes of it what its channel needs."""

    settings: Settings
    parts: Parts
    writer: Writer
    library: Library
    clock: Clock
    links: InviteLinks
    pages: SignedLinks
    inbox: Inbox
    hub: Hub
    senders: Callable[[], int]
    """By how many processes what is sent is shared."""

    @property
    def sends(self) -> bool:
        """Whether this process sends."""
        return Parts.WORKER in self.parts

    @property
    def receives(self) -> bool:
        """Whether updates arrive in this process."""
        return (Parts.WEB if self.settings.public_url else Parts.WORKER) in self.parts


class Door(Protocol):
    """One channel, wired."""

    @property
    def sinks(self) -> Mapping[str, Sink]:
        """What sends on its channels; empty where this process does not send there."""
        ...

    def add_routes(self, app: "FastAPI") -> None:
        """What the platform calls."""
        ...

    def health(self) -> Mapping[str, str]:
        """What the page of health tells of it: a word by channel. Looks at the database."""
        ...

    async def start(self, stack: AsyncExitStack, take: Take) -> None:
        """Let its sinks send; begin to receive, where updates arrive in this process."""
        ...


DOORS: Mapping[ChannelName, str] = {
    ChannelName.TELEGRAM: "bot.channels.telegram.door",
    ChannelName.ZALO_BOT: "bot.channels.zalo_bot.door",
    ChannelName.ZALO_OA: "bot.channels.zalo_oa.door",
    ChannelName.WEB_CHAT: "bot.channels.web_chat.door",
}
"""Where the door of each channel is. Its module has ``open_door``."""


def open_doors(lent: Lent) -> list[Door]:
    """The doors of the channels that the settings connect. Only those are imported: aiogram alone takes seconds."""
    return [import_module(module).open_door(lent) for name, module in DOORS.items() if name in lent.settings.channels]


def add_webhook(app: "FastAPI", path: str, header: str, take: Callable[[str, bytes], Awaitable[int]]) -> None:
    """A platform's calls: ``take`` gets the header that proves them and the raw body, and says which status to answer.
    Anything but 200 makes the platform call again later."""
    from fastapi.responses import Response

    async def webhook(request: "Request") -> Response:
        return Response(status_code=await take(request.headers.get(header, ""), await request.body()))

    app.router.add_route(path, webhook, methods=["POST"])  # plain: every update of every person comes this way


# ---------------------------------------------------------------- greeting


class Receiver(Protocol):
    """The receiving half of a platform that can be polled and can call us."""

    async def start(self) -> None:
        """Learn who we are there."""
        ...

    async def dress(self) -> None:
        """What is nice to have there, such as a menu of commands: we serve without it."""
        ...

    async def set_webhook(self, public_url: str, secret: str) -> None:
        """Ask to be called."""
        ...

    async def delete_webhook(self) -> None:
        """Ask to be polled."""
        ...

    async def poll(self) -> None:
        """Fetch updates for ever."""
        ...


async def greet(
    name: str,
    receiver: Receiver,
    public_url: str,
    secret: str,
    greeted: Callable[[], None] = lambda: None,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Greet a platform, as often as it takes; then be called by it, or poll."""
    await until_done(f"{name} could not be greeted", receiver.start, sleep)
    greeted()
    async with asyncio.TaskGroup() as beside:
        beside.create_task(politely(f"{name} did not take what is nice to have, such as menus", receiver.dress, sleep))
        if public_url:
            await until_done(f"{name} does not call us yet", lambda: receiver.set_webhook(public_url, secret), sleep)
            log.info(f"{name} connected", by="webhook")
            return
        unhook, complaint = receiver.delete_webhook, f"{name}'s webhook could not be taken off"
        if not await _tried(unhook, complaint, log.warning):
            beside.create_task(_quietly(complaint, unhook, sleep))
        log.info(f"{name} connected", by="polling")
        await receiver.poll()


async def until_done(complaint: str, work: Work, sleep: Sleep = asyncio.sleep) -> None:
    """Try again, with longer and longer pauses, until it works."""
    backoff = Backoff(1.0, LONGEST_PAUSE)
    pause = backoff.next()
    while not await _tried(work, complaint, log.warning, again_in=pause):
        await sleep(pause)
        pause = backoff.next()


async def politely(complaint: str, work: Work, sleep: Sleep = asyncio.sleep) -> None:
    """What nothing waits for: complain once, then try again quietly."""
    if not await _tried(work, complaint, log.warning):
        await _quietly(complaint, work, sleep)


async def _quietly(complaint: str, work: Work, sleep: Sleep) -> None:
    backoff = Backoff(NICETY_PAUSE, LONGEST_NICETY_PAUSE)
    await sleep(backoff.next())
    while not await _tried(work, complaint, log.debug):
        await sleep(backoff.next())


async def _tried(work: Work, complaint: str, say: Callable[..., object], **more: object) -> bool:
    """Whether it worked; if not, why is said."""
    try:
        await work()
    except Exception as error:
        say(complaint, why=f"{type(error).__name__}: {error}", **more)
        return False
    return True
