"""The tables. One class a table; what reads and writes them stands in the module of its topic."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


def _instant(nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, nullable=nullable, index=index))


class PersonRow(SQLModel, table=True):
    """Somebody who joined with an invite."""

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    unit: str = ""
    language: str = "vi"
    joined_at: datetime = _instant()
    removed_at: datetime | None = _instant(nullable=True)
    muted: bool = False
    phone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """For templates by phone, written 84905123456; empty where nobody gave it."""


class ContactRow(SQLModel, table=True):
    """One person, or one stranger, on one channel."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("channel", "address"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    channel: str
    address: str
    name: str = ""
    language: str = ""
    refused: str = ""
    """Why the channel refuses messages for good; empty while it takes them."""
    last_seen_at: datetime = _instant()


class ConversationRow(SQLModel, table=True):
    """Where a contact's conversation stands. ``seq`` rises with each question that has choices."""

    __tablename__ = "conversation"
    contact_id: int = Field(primary_key=True, foreign_key="contact.id")
    topic: str = ""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    updated_at: datetime = _instant()


class ReceivedRow(SQLModel, table=True):
    """An update taken in. Its key makes a second delivery do nothing."""

    __tablename__ = "received"
    channel: str = Field(primary_key=True)
    update_id: str = Field(primary_key=True)
    contact_id: int | None = Field(default=None, index=True)
    at: datetime = _instant(index=True)
    body: str = Field(default="", sa_column=Column(Text, nullable=False))
    fault: str = ""


class InviteRow(SQLModel, table=True):
    """A one-time code, of which only the hash is kept."""

    __tablename__ = "invite"
    code_hash: str = Field(primary_key=True)
    role: str
    unit: str = ""
    name: str = ""
    created_by: str = ""
    created_at: datetime = _instant()
    expires_at: datetime = _instant()
    used_at: datetime | None = _instant(nullable=True)
    used_by: int | None = None
    phone: str = Field(default="", sa_column_kwargs={"server_default": ""})


class DraftRow(SQLModel, table=True):
    """A half-filled form. It belongs to the unit, so that a colleague can go on with it."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("campaign", "unit", "obligation"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    unit: str
    obligation: str
    state: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    seq: int = 0
    person_id: int
    person_name: str
    updated_at: datetime = _instant()


class SubmissionRow(SQLModel, table=True):
    """What a unit reported. Every change is a new revision; nothing is overwritten."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("campaign", "unit", "obligation", "revision"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    unit: str
    obligation: str
    revision: int
    outcome: str
    answers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    receipt: str = Field(unique=True)
    submitted_at: datetime = _instant()
    person_id: int
    person_name: str
    review: str = ""
    review_reason: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = _instant(nullable=True)


class ExtensionRow(SQLModel, table=True):
    """A later day granted to one unit."""

    __tablename__ = "extension"
    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    obligation: str = Field(primary_key=True)
    day: date
    reason: str
    granted_by: str
    granted_at: datetime = _instant()


class OutboxRow(SQLModel, table=True):
    """A message waiting to be sent, or sent. ``key`` keeps a push from being queued twice.

    ``not_before`` (none: at once) and ``claimed_until`` are times of the wall clock, the others
    of the campaign's clock, which a rehearsal moves.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_waiting", "state", "not_before"), Index("outbox_of_contact", "contact_id", "id"))
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    key: str | None = Field(default=None, unique=True)
    contact_id: int | None = None
    channel: str
    address: str
    kind: str = "reply"
    body: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = "waiting"
    not_before: datetime | None = _instant(nullable=True)
    claimed_until: datetime | None = _instant(nullable=True)
    attempts: int = 0
    created_at: datetime = _instant()
    sent_at: datetime | None = _instant(nullable=True)
    platform_id: str = ""
    error: str = ""


class ChoiceListRow(SQLModel, table=True):
    """A numbered list that a contact was shown, on a channel without buttons: ``choices`` are
    ``[label, action]``, numbered from ``first``. Its numbers differ from those of the lists before it."""

    __tablename__ = "choice_list"
    outbox_id: int = Field(sa_column=Column(BigId, primary_key=True))
    contact_id: int = Field(index=True)
    first: int
    choices: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    at: datetime = _instant()


class InboxRow(SQLModel, table=True):
    """A platform's update as it came, kept until its turn is committed. Times are the wall clock's."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("channel", "update_id"),)
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    channel: str
    update_id: str
    body: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    received_at: datetime = _instant()
    claimed_until: datetime | None = _instant(nullable=True)
    attempts: int = 0


class SpentRow(SQLModel, table=True):
    """How many messages of a kind a channel took in a period, and what they cost in đồng."""

    __tablename__ = "spent"
    channel: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    count: int = 0
    cost: int = 0


class TokenPairRow(SQLModel, table=True):
    """A channel's access and refresh token. Each refresh makes a new ``generation`` and kills the old pair.

    ``holder`` refreshes it until ``held_until``; ``lost`` says why it can't be refreshed any more. Times are
    the wall clock's. ``seed`` is the hash of the refresh token that the settings last gave.
    """

    __tablename__ = "token_pair"
    channel: str = Field(primary_key=True)
    access: str = ""
    refresh: str
    expires_at: datetime = _instant()
    generation: int = 1
    holder: str = ""
    held_until: datetime | None = _instant(nullable=True)
    lost: str = ""
    seed: str = ""


class LinkCodeRow(SQLModel, table=True):
    """A six-digit code by which a person links another channel. Only its hash is kept."""

    __tablename__ = "link_code"
    code_hash: str = Field(primary_key=True)
    person_id: int = Field(index=True)
    expires_at: datetime = _instant()
    used_at: datetime | None = _instant(nullable=True)


class LinkTryRow(SQLModel, table=True):
    """A wrong code that somebody typed."""

    __tablename__ = "link_try"
    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(index=True)
    at: datetime = _instant()


class UnreachedRow(SQLModel, table=True):
    """Somebody whom the last push did not reach on any channel, and why; gone as soon as one does."""

    __tablename__ = "unreached"
    person_id: int = Field(primary_key=True)
    why: str
    channel: str = ""
    at: datetime = _instant()


class RungRow(SQLModel, table=True):
    """A rung of the ladder that is settled for somebody: sent, or skipped because a newer one was."""

    __tablename__ = "rung"
    campaign: str = Field(primary_key=True, index=True)
    key: str = Field(primary_key=True)
    person_id: int | None = None
    kind: str
    at: datetime = _instant()
    state: str


class AcknowledgementRow(SQLModel, table=True):
    """ "Đã nắm": a person has seen a reminder."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("person_id", "campaign", "obligation"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    person_id: int
    unit: str
    obligation: str
    at: datetime = _instant()


class SnoozeRow(SQLModel, table=True):
    """ "Remind me this afternoon"."""

    __tablename__ = "snooze"
    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    person_id: int
    at: datetime = _instant()


class QuestionRow(SQLModel, table=True):
    """A question and what was answered, for managers to review; or passed on to the department."""

    __tablename__ = "question"
    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    contact_id: int
    person_id: int | None = None
    asker: str = ""
    at: datetime = _instant(index=True)
    text: str = Field(sa_column=Column(Text, nullable=False))
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    clauses: str = ""
    score: float = 0.0
    abstained: bool = False
    state: str = "answered"
    reply: str = Field(default="", sa_column=Column(Text, nullable=False))
    replied_by: str = ""
    replied_at: datetime | None = _instant(nullable=True)
    published_at: datetime | None = _instant(nullable=True)
    published_clause: str = Field(default="", sa_column_kwargs={"server_default": ""})


class AlertGroupRow(SQLModel, table=True):
    """A group chat that a manager bound to the alerts."""

    __tablename__ = "alert_group"
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    title: str = ""
    bound_by: int
    bound_at: datetime = _instant()


class StoredFileRow(SQLModel, table=True):
    """A file that somebody sent, by the hash of its content."""

    __tablename__ = "stored_file"
    hash: str = Field(primary_key=True)
    name: str
    type: str
    size: int
    stored_at: datetime = _instant()
    person_id: int | None = None


class KeptRow(SQLModel, table=True):
    """Single values that outlive a restart, such as the rehearsal's clock."""

    __tablename__ = "kept"
    key: str = Field(primary_key=True)
    value: str


def table(model: type[SQLModel]) -> Table:
    """The Core table behind a model: what ``storage``'s queries are written against."""
    return cast(Table, getattr(model, "__table__"))  # noqa: B009 - SQLModel does not declare it


person = table(PersonRow)
contact = table(ContactRow)
conversation = table(ConversationRow)
received = table(ReceivedRow)
invite = table(InviteRow)
draft = table(DraftRow)
submission = table(SubmissionRow)
extension = table(ExtensionRow)
outbox = table(OutboxRow)
rung = table(RungRow)
acknowledgement = table(AcknowledgementRow)
snooze = table(SnoozeRow)
question = table(QuestionRow)
alert_group = table(AlertGroupRow)
stored_file = table(StoredFileRow)
kept = table(KeptRow)
choice_list = table(ChoiceListRow)
inbox = table(InboxRow)
spent = table(SpentRow)
token_pair = table(TokenPairRow)
link_code = table(LinkCodeRow)
link_try = table(LinkTryRow)
unreached = table(UnreachedRow)
