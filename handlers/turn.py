"""A turn: one incoming message, from receipt to queued replies, in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from handlers.conversation import Conversation, Idle, Topic, read, write
from handlers.desk import Desk
from handlers.file_trouble import FileTrouble
from handlers.library import Library
from handlers.message import Choice, Message, OutFile
from handlers.wording.catalogs import Words
from rules.actions import Action
from rules.campaign.alike import Row
from rules.campaign.forms import FileRef
from rules.campaign.model import Obligation
from storage import outbox
from storage.claims import Claim
from storage.conversations import OpenedConversation, keep
from storage.files import StoredFile
from storage.outbox import Delivery, DeliveryKind, Outgoing
from storage.people import Contact

Sheet = tuple[tuple[object, ...], ...]
"""The rows of a workbook's sheet: texts, numbers, days; None for an empty cell."""


@dataclass(frozen=True)
class Incoming:
    """One update of a platform, made neutral.

    ``address`` is the private chat's (for a group: the sender's own), ``text`` is what was
    typed, ``choice`` what a pressed button carried, ``pressed_on`` the platform's id of the
    message that carried it. A ``file`` was read before the turn, and is kept unless ``trouble`` says why it is not.
    """

    channel: str
    update_id: str
    address: str
    name: str = ""
    text: str = ""
    choice: str = ""
    pressed_on: str = ""
    file: StoredFile | None = None
    trouble: FileTrouble | None = None
    sheets: tuple[Sheet, ...] = ()
    """Where the file is a workbook that can be read: what stands in its sheets."""
    language: str = ""
    group: str = ""
    group_title: str = ""
    addressed: bool = True
    """In a group: whether the bot was mentioned or commanded."""
    chosen: str = ""
    """The fact that a language model chose for a question, "none" where it found none; empty where none was asked."""
    left: bool = False
    """The person blocked the bot, or it was thrown out of the group."""
    left_why: str = "blocked"
    sent_at: int = 0
    """The platform's own time of the message in milliseconds, where it may deliver in another order; else 0."""
    phone: str = ""
    """A telephone number that the platform says is the sender's, written 84905123456."""


@dataclass(frozen=True)
class Arrival:
    """What a turn begins with. ``may`` tells what the sender is allowed to ask; ``lease`` claims the replies for the courier
    of this process."""

    incoming: Incoming
    opened: OpenedConversation
    may: "Callable[[Desk, Action], bool]"
    lease: Claim | None = None


class Turn(Desk):
    """One incoming message being handled, and what is said to it."""

    def __init__(self, db: Connection, library: Library, now: datetime, arrived: Arrival) -> None:
        opened = arrived.opened
        super().__init__(db, library, now, opened.person)
        self.stamp = opened.stamp
        self.incoming = arrived.incoming
        self.contact: Contact = opened.contact
        self.conversation: Conversation = read(opened.kept.topic, opened.kept.data)
        self.queued: list[Delivery] = []
        self.claimed: list[Delivery] = []
        self._before = self.conversation
        self._lease = arrived.lease
        self._may = arrived.may
        self._closes = ""
        self._parted = False
        self.words = self._words()

    def _words(self) -> Words:
        chosen = self.contact.language or (self.person.language if self.person else "") or self.incoming.language
        return self.words_of(chosen)

    def speak(self, language: str) -> None:
        """Go on in that language."""
        self.contact = self.contact.model_copy(update={"language": language})
        self.words = self._words()

    @property
    def topic(self) -> Topic:
        """What the next message may be about."""
        return self.conversation.topic

    @property
    def in_group(self) -> bool:
        """Whether others read along."""
        return bool(self.incoming.group)

    def title(self, obligation: Obligation) -> str:
        """An obligation's title in the person's language."""
        return obligation.title.in_(self.words.language)

    def say(self, text: str, *choices: Choice, file: OutFile | None = None, wants_file: bool = False) -> None:
        """Reply, with choices below and perhaps a file. Choices that the reader may not press are left out; in a group
        there are none: anybody could press. ``wants_file``: the reply asks for a file."""
        self._say(Message(text, choices, file, wants_file), DeliveryKind.REPLY)

    def say_once(self, text: str, *choices: Choice) -> None:
        """Reply with a code that opens something: once it is out, its words are kept nowhere."""
        self._say(Message(text, choices), DeliveryKind.CODE)

    def _say(self, message: Message, kind: DeliveryKind) -> None:
        shown = () if self.in_group else tuple(choice for choice in message.choices if self._may(self, choice.action))
        self._queue(message if shown == message.choices else replace(message, choices=shown), kind)
        if shown:
            self.conversation = replace(self.conversation, menu=shown)

    def close_buttons(self) -> None:
        """Take the buttons off the message that was pressed, once the reply is out, so that none of them
        is pressed again."""
        self._closes = self.incoming.pressed_on

    def part(self) -> None:
        """Nothing is kept about the sender any more: what is still said here leaves nothing behind."""
        self.person, self._parted = None, True

    def _queue(self, message: Message, kind: DeliveryKind = DeliveryKind.REPLY, closes: str = "") -> None:
        if self._parted and kind is DeliveryKind.REPLY:
            kind = DeliveryKind.FAREWELL
        going = Outgoing(
            channel=self.incoming.channel, address=self.incoming.group or self.incoming.address,
            contact_id=None if self.in_group or self._parted else self.contact.id, person_id=None, kind=kind, message=message.to_json(),
            language=self.words.language, closes=closes,
        )  # fmt: skip
        if self._lease:
            delivery, ours = outbox.queue_reply(self.db, going, self.now, self._lease)
            self.claimed += [delivery] if ours else []
        else:
            found = outbox.queue(self.db, going, self.now)
            assert found, "a reply has no key to collide"
            delivery = found
        self.queued.append(delivery)

    def hold_file(self, file: FileRef, rows: Mapping[str, tuple[Row, ...]] | None = None) -> None:
        """A file came before its report was chosen. ``rows``: those of the list in it, as each duty reads them."""
        waiting_for = self.unit.slug if self.unit else ""
        held = tuple((rows or {}).items())
        self.conversation = replace(self.conversation, waiting_file=file, waiting_for=waiting_for, waiting_rows=held)

    def go(self, topic: Topic) -> None:
        """The conversation's next message is about that topic."""
        self.conversation = self.conversation.turned(topic)

    def rest(self) -> None:
        """The conversation is about nothing in particular."""
        self.go(Idle())

    def keep(self) -> None:
        """Store where the conversation stands, if it moved; the reply comes before the buttons go."""
        if self._closes:
            self._queue(Message(""), kind=DeliveryKind.CLOSE, closes=self._closes)
        if self.conversation != self._before and not self._parted:
            topic, data = write(self.conversation)
            keep(self.db, self.contact.id, topic, data, self.now)
