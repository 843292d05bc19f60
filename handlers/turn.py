"""A turn: one incoming message, from receipt to queued replies, in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from handlers.knowing import Knowledge
from handlers.words import DEFAULT_LANGUAGE, Languages, Words
from rules.answers import Answerer
from rules.campaign import Campaign, Obligation, Unit
from rules.ladder import Role
from storage import outbox
from storage.conversations import Opened, keep
from storage.files import FileStore, StoredFile
from storage.people import Contact, Person

STAYS = ("menu", "talk", "newest")
"""What a conversation keeps when it turns to another topic."""
MOST_CHOICE_BYTES = 64
"""Telegram's limit for the data behind a button; every channel keeps to it."""


@dataclass(frozen=True)
class Choice:
    """A button: what it says, and the action it stands for."""

    label: str
    action: str

    def __post_init__(self) -> None:
        if len(self.action.encode()) > MOST_CHOICE_BYTES:
            raise ValueError(f"action longer than {MOST_CHOICE_BYTES} bytes: {self.action}")


@dataclass(frozen=True)
class OutFile:
    """A file of the store to send along."""

    hash: str
    name: str


@dataclass(frozen=True)
class Message:
    """Something said: a text, the choices below it, a file. ``closes`` names the platform's id
    of an earlier message whose buttons are to go. ``upload``: the reader is asked for a file, for which a
    channel without files offers a page. ``facts`` of a push fill a template where the message itself may not go."""

    text: str
    choices: tuple[Choice, ...] = ()
    file: OutFile | None = None
    closes: str = ""
    upload: bool = False
    language: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    template: Mapping[str, Any] = field(default_factory=dict)
    """Not a text but an approved template: ``id``, ``data``, ``price``."""

    def to_json(self) -> dict[str, Any]:
        """For the outbox."""
        body: dict[str, Any] = {"text": self.text}
        if self.choices:
            body["choices"] = [[choice.label, choice.action] for choice in self.choices]
        if self.file:
            body["file"] = {"hash": self.file.hash, "name": self.file.name}
        if self.closes:
            body["closes"] = self.closes
        if self.upload:
            body["upload"] = True
        if self.language and self.language != DEFAULT_LANGUAGE:
            body["language"] = self.language
        for name, values in (("facts", self.facts), ("template", self.template)):
            if values:
                body[name] = dict(values)
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Message":
        """From the outbox."""
        kept_file = body.get("file")
        return cls(
            body["text"], tuple(Choice(label, action) for label, action in body.get("choices", [])),
            OutFile(kept_file["hash"], kept_file["name"]) if kept_file else None, body.get("closes", ""),
            body.get("upload", False), body.get("language", DEFAULT_LANGUAGE), body.get("facts", {}), body.get("template", {}),
        )  # fmt: skip


@dataclass(frozen=True)
class Incoming:
    """One update of a platform, made neutral.

    ``address`` is the private chat's (for a group: the sender's own), ``text`` is what was
    typed, ``choice`` the action of a pressed button, ``pressed_on`` the platform's id of the
    message that carried it. ``trouble`` says why a file could not be taken.
    """

    channel: str
    update_id: str
    address: str
    name: str = ""
    text: str = ""
    choice: str = ""
    pressed_on: str = ""
    file: StoredFile | None = None
    trouble: str = ""
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
class World:
    """What all turns share: the campaign, its answers and words, files, randomness and links."""

    campaign: Campaign
    knowledge: Knowledge
    languages: Languages
    files: FileStore
    pick: Callable[[str], str]
    """One random sign of a string."""
    links: Callable[[str], tuple[str, ...]] = field(default=lambda code: ())
    """The links that redeem an invite's code."""
    simulated: bool = False
    """Whether the clock is a simulated one, which may pass a day before a message has left."""
    channels: frozenset[str] | None = None
    """The channels that this installation sends on; None: every one."""


class Turn:
    """One incoming message being handled, and what is said to it."""

    def __init__(
        self, db: Connection, world: World, incoming: Incoming, opened: Opened, now: datetime, lease: datetime | None
    ) -> None:
        self.db = db
        self.world = world
        self.incoming = incoming
        self.now = now
        self.contact: Contact = opened.contact
        self.person: Person | None = opened.person
        self.topic = opened.kept.topic
        self.data: dict[str, Any] = dict(opened.kept.data)
        self.queued: list[outbox.Waiting] = []
        self._before = (opened.kept.topic, opened.kept.data)
        self._lease = lease
        self._closes = ""
        self.words = self._words()

    def _words(self) -> Words:
        chosen = self.contact.language or (self.person.language if self.person else "") or self.incoming.language
        return self.world.languages.of(chosen)

    def speak(self, language: str) -> None:
        """Go on in that language."""
        self.contact = replace(self.contact, language=language)
        self.words = self._words()

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.world.campaign

    @property
    def answerer(self) -> Answerer:
        """What the dispatch itself answers."""
        return self.world.knowledge.of_dispatch

    def is_published(self, text: str) -> bool:
        """Whether the department has published a reply to this very question."""
        return self.world.knowledge.current(self.db).is_published(text)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.campaign.zone).date()

    @property
    def role(self) -> Role | None:
        """The person's role; None for a stranger."""
        return self.person.role if self.person else None

    @property
    def oversees(self) -> bool:
        """Whether the person sees every unit."""
        return self.person is not None and self.person.role.oversees

    @property
    def unit(self) -> Unit | None:
        """The person's own unit."""
        if self.person and self.campaign.has_unit(self.person.unit):
            return self.campaign.unit(self.person.unit)
        return None

    def title(self, obligation: Obligation) -> str:
        """An obligation's title in the person's language."""
        return obligation.title.in_(self.words.language)

    def say(self, text: str, *rows: Choice, file: OutFile | None = None, upload: bool = False) -> None:
        """Reply, with choices below and perhaps a file. In a group there are no choices: anybody could press.
        ``upload``: the reply asks for a file."""
        if self.incoming.group:
            rows = ()
        self._queue(Message(text, rows, file, upload=upload, language=self.words.language))
        if rows:
            self.data["menu"] = [[choice.label, choice.action] for choice in rows]

    def close_buttons(self) -> None:
        """Take the buttons off the message that was pressed, once the reply is out, so that none of them
        is pressed again."""
        self._closes = self.incoming.pressed_on

    def _queue(self, message: Message, kind: str = "reply") -> None:
        address = self.incoming.group or self.incoming.address
        contact_id = None if self.incoming.group else self.contact.id
        waiting = outbox.queue(
            self.db, contact_id=contact_id, channel=self.incoming.channel, address=address, kind=kind,
            body=message.to_json(), now=self.now, claimed_until=self._lease,
        )  # fmt: skip
        assert waiting, "a reply has no key to collide"
        self.queued.append(waiting)

    def go(self, topic: str, **data: Any) -> None:
        """The conversation's next message is about that topic."""
        stays: dict[str, Any] = {name: self.data[name] for name in STAYS if name in self.data}
        self.topic, self.data = topic, {**data, **stays}

    def rest(self) -> None:
        """The conversation is about nothing in particular."""
        self.go("")

    def keep(self) -> None:
        """Store where the conversation stands, if it moved; the reply comes before the buttons go."""
        if self._closes:
            self._queue(Message("", closes=self._closes), kind="close")
        if (self.topic, self.data) != self._before:
            keep(self.db, self.contact.id, self.topic, self.data, self.now)
