"""The web chat of the rehearsal page: delivered by events to every open page, kept in the outbox."""

from bot.flow.hub import Hub, as_event
from handlers.message import Message
from storage.outbox import Delivery


class WebChatSink:
    """Sends to the pages."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Delivered as soon as it is in the outbox; open pages are told."""
        if delivery.closes:
            self._hub.publish({"type": "close", "address": address, "id": delivery.closes})
        else:
            self._hub.publish(as_event(delivery))
        return str(delivery.id)
