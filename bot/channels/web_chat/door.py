"""The door of the web chat: sends to the pages that are open. What is typed there comes by the rehearsal page itself."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.channels.door import Door, Lent
from bot.channels.web_chat.send import WebChatSink
from bot.delivery.sink import Sink
from bot.flow.intake import Take
from bot.parts import Parts
from rules.channels import ChannelName

if TYPE_CHECKING:
    from fastapi import FastAPI


def open_door(lent: Lent) -> Door:
    """The web chat, with what a process lends it: pages listen in the web part, so that part sends."""
    return _WebChatDoor({ChannelName.WEB_CHAT: WebChatSink(lent.hub)} if Parts.WEB in lent.parts else {})


class _WebChatDoor:
    def __init__(self, sinks: Mapping[str, Sink]) -> None:
        self.sinks = sinks

    def add_routes(self, app: "FastAPI") -> None:
        """Nothing: no platform calls."""

    def health(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    async def start(self, stack: AsyncExitStack, take: Take) -> None:
        """Nothing to open."""
