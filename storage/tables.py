"""Each entity once: a frozen value as it is read, and its table, a subclass that adds what only queries need.

What reads and writes them stands in the module of its topic. A value has no defaults: a column that a
query forgot is an error, never a value made up. Every table belongs to one campaign or to the installation.
"""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import JSON, Index, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from rules.campaign.progress import Outcome, Review
from rules.people import Role
from storage.types import BigId, OutcomeWord, ReviewWord, RoleWord, UtcDateTime


class _Entity(SQLModel):
    model_config = {"frozen": True, "hide_input_in_errors": True}  # nobody's data in a log


class OfCampaign(_Entity):
    """Belongs to one campaign: every query compares it, or says that it means all."""

    campaign: str


class OfInstallation(_Entity):
    """Belongs to the installation, whatever campaigns it has."""


class Person(OfInstallation):
    """Somebody who joined. ``unit`` is empty for managers and administrators."""

    id: int = Field(primary_key=True)
    name: str
    role: Role = Field(sa_type=RoleWord)
    unit: str
    language: str
    joined_at: datetime = Field(sa_type=UtcDateTime)
    muted: bool
    phone: str = Field(sa_column_kwargs={"server_default": ""})
    """For templates by phone, written 84905123456; empty where nobody gave it."""


class PersonRow(Person, table=True):
    """Also those who were removed."""

    __tablename__ = "person"
    removed_at: datetime | None = Field(sa_type=UtcDateTime)


class Contact(OfInstallation):
    """A person, or a stranger, on a channel. ``last_seen_at``: when they wrote there last, to a minute."""

    id: int = Field(primary_key=True)
    person_id: int | None = Field(foreign_key="person.id", index=True)
    channel: str
    address: str
    name: str
    language: str
    refused: str
    """Why the channel refuses messages for good; empty while it takes them."""
    last_seen_at: datetime = Field(sa_type=UtcDateTime)


class ContactRow(Contact, table=True):
    """A channel has an address once."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("channel", "address"),)


class FormerRow(OfInstallation, table=True):
    """Who a contact was once, in a role that has ended: whoever is forgotten is so under that name too."""

    __tablename__ = "former"
    contact_id: int = Field(primary_key=True)
    person_id: int = Field(primary_key=True)


class KeptConversation(OfInstallation):
    """A contact's conversation as it was left: topic and data."""

    topic: str
    data: dict[str, Any] = Field(sa_type=JSON)


class ConversationRow(KeptConversation, table=True):
    """One a contact."""

    __tablename__ = "conversation"
    contact_id: int = Field(primary_key=True, foreign_key="contact.id")
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ReceivedRow(OfInstallation, table=True):
    """An update taken in. Its key makes a second delivery do nothing."""

    __tablename__ = "received"
    channel: str = Field(primary_key=True)
    update_id: str = Field(primary_key=True)
    contact_id: int | None = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    body: str = Field(sa_type=Text)
    fault: str


class Invite(OfInstallation):
    """What a code grants."""

    role: Role = Field(sa_type=RoleWord)
    unit: str
    name: str
    expires_at: datetime = Field(sa_type=UtcDateTime)
    phone: str = Field(sa_column_kwargs={"server_default": ""})


class InviteRow(Invite, table=True):
    """A one-time code, of which only the hash is kept."""

    __tablename__ = "invite"
    code_hash: str = Field(primary_key=True)
    created_by: str
    created_by_id: int | None
    """The person whose leaving makes it void; none for one that was made on the command line."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(sa_type=UtcDateTime)
    used_by: int | None


class Draft(OfCampaign):
    """A unit's half-filled form: the walker's state as data, and who touched it last. It belongs to the unit,
    so that a colleague can go on with it.

    ``seq`` rises with every step, so that an answer to an older question is noticed.
    """

    id: int = Field(primary_key=True)
    unit: str
    obligation: str
    state: dict[str, Any] = Field(sa_type=JSON)
    seq: int
    person_id: int
    person_name: str
    updated_at: datetime = Field(sa_type=UtcDateTime)


class DraftRow(Draft, table=True):
    """One a unit and obligation."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("campaign", "unit", "obligation"),)


class Submission(OfCampaign):
    """One revision of what a unit reported. Every change is a new one; nothing is overwritten."""

    id: int = Field(primary_key=True)
    unit: str
    obligation: str
    revision: int
    outcome: Outcome = Field(sa_type=OutcomeWord)
    answers: dict[str, Any] = Field(sa_type=JSON)
    receipt: str = Field(unique=True)
    submitted_at: datetime = Field(sa_type=UtcDateTime)
    person_id: int
    person_name: str
    review: Review = Field(sa_type=ReviewWord)
    review_reason: str
    reviewed_by: str
    reviewed_at: datetime | None = Field(sa_type=UtcDateTime)
    arrival: str = Field(sa_column_kwargs={"server_default": ""})
    """The receiver's own number of arrival, where a manager told it."""


class SubmissionRow(Submission, table=True):
    """Revisions count up."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("campaign", "unit", "obligation", "revision"),)


class ExtensionRow(OfCampaign, table=True):
    """A later last day on time, granted to one unit; read as ``rules.campaign.deadlines.Extension``."""

    __tablename__ = "extension"
    campaign: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    obligation: str = Field(primary_key=True)
    day: date
    reason: str
    granted_by: str
    granted_at: datetime = Field(sa_type=UtcDateTime)


class ExtensionPlan(OfCampaign):
    """A later day that somebody who oversees puts together, grants, and may take back."""

    id: int = Field(primary_key=True)
    obligation: str
    units: str
    """Their slugs, parted by commas."""
    day: date | None
    reason: str
    state: str
    """``open`` while it is put together, ``granted``, ``undone``."""
    person_id: int
    person_name: str
    at: datetime = Field(sa_type=UtcDateTime)
    """When it was begun, or granted, or taken back."""


class ExtensionPlanRow(ExtensionPlan, table=True):
    """Plans are numbered: buttons name them."""

    __tablename__ = "extension_plan"


class ExtensionBefore(OfCampaign):
    """What a unit had before a plan was granted, so that it can be had again; no ``day``: the dispatch's own."""

    plan_id: int = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    day: date | None
    reason: str
    granted_by: str
    granted_at: datetime | None = Field(sa_type=UtcDateTime)


class ExtensionBeforeRow(ExtensionBefore, table=True):
    """One a unit of a plan, as its question showed it."""

    __tablename__ = "extension_before"


class ExtensionRequest(OfCampaign):
    """A unit asks for a later day, with a reason."""

    id: int = Field(primary_key=True)
    unit: str
    obligation: str
    day: date | None
    reason: str
    state: str
    """``draft`` until it is sent, ``open``, ``granted``, ``refused``, ``dropped`` where another one took its place."""
    person_id: int
    person_name: str
    at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(sa_type=UtcDateTime)
    """When those who oversee were told of it."""
    plan_id: int | None
    """The plan by which it was granted."""
    answer: str
    """Why it was refused, if that was said."""
    decided_by: str
    decided_at: datetime | None = Field(sa_type=UtcDateTime)


class ExtensionRequestRow(ExtensionRequest, table=True):
    """Requests are numbered: buttons name them."""

    __tablename__ = "extension_request"


class Delivery(OfInstallation):
    """A message on its way: what is said, to whom, on which way, and what was tried before."""

    id: int = Field(primary_key=True, sa_type=BigId)
    channel: str
    address: str
    contact_id: int | None
    person_id: int | None
    """Whose another way is looked for where this one fails; none for a reply, which belongs where it was asked."""
    kind: str
    message: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
    """What is said (handlers/message.py)."""
    facts: dict[str, str] = Field(sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
    """What a template could say of it."""
    language: str = Field(sa_column_kwargs={"server_default": ""})
    template: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
    """Where not the message goes but an approved template: ``id``, ``data``, ``price``."""
    way: str = Field(sa_column_kwargs={"server_default": ""})
    """The name of the way that it is on (handlers/pushing/ways.py)."""
    tried: tuple[str, ...] = Field(sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    """The ways that refused it."""
    closes: str = Field(sa_column_kwargs={"server_default": ""})
    """The platform's id of an earlier message whose buttons are to go."""
    pieces_out: int = Field(sa_column_kwargs={"server_default": "0"})
    """How many pieces of a long message its reader has already."""
    attempts: int
    created_at: datetime = Field(sa_type=UtcDateTime)


class OutboxRow(Delivery, table=True):
    """A message waiting to be sent, or sent. ``key`` keeps a push from being queued twice.

    ``not_before`` (none: at once) and ``claimed_until`` are times of the wall clock, the others
    of the campaign's clock, which a rehearsal moves.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_waiting", "state", "channel", "address"), Index("outbox_of_contact", "contact_id", "id"))
    key: str | None = Field(unique=True)
    state: str
    not_before: datetime | None = Field(sa_type=UtcDateTime)
    claimed_until: datetime | None = Field(sa_type=UtcDateTime)
    claimed_by: str = Field(sa_column_kwargs={"server_default": ""})
    sent_at: datetime | None = Field(sa_type=UtcDateTime)
    platform_id: str
    error: str


class ShownList(OfInstallation):
    """A numbered list that a contact was shown, on a channel without buttons: pairs of label and action, numbered
    from ``first``."""

    outbox_id: int = Field(primary_key=True, sa_type=BigId)
    first: int
    choices: tuple[tuple[str, str], ...] = Field(sa_type=JSON)

    @property
    def next(self) -> int:
        """The number after its last."""
        return self.first + len(self.choices)

    def action(self, number: int) -> str:
        """What that number stands for; empty where it is not of this list."""
        place = number - self.first
        return self.choices[place][1] if 0 <= place < len(self.choices) else ""


class ChoiceListRow(ShownList, table=True):
    """Its numbers differ from those of the contact's lists before it."""

    __tablename__ = "choice_list"
    contact_id: int = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class Arrived(OfInstallation):
    """An update that waits for its turn, as it came."""

    id: int = Field(primary_key=True, sa_type=BigId)
    channel: str
    update_id: str
    body: dict[str, Any] = Field(sa_type=JSON)
    attempts: int


class InboxRow(Arrived, table=True):
    """Kept until its turn is committed. Times are the wall clock's."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("channel", "update_id"),)
    received_at: datetime = Field(sa_type=UtcDateTime)
    claimed_until: datetime | None = Field(sa_type=UtcDateTime)
    claimed_by: str = Field(sa_column_kwargs={"server_default": ""})


class ProcessRow(OfInstallation, table=True):
    """A process at work. ``beats`` rises while it lives; ``started_at`` is for people to read."""

    __tablename__ = "process"
    name: str = Field(primary_key=True)
    beats: int
    started_at: datetime = Field(sa_type=UtcDateTime)


class Spent(OfInstallation):
    """So many messages of a kind that a channel took, and đồng paid for them."""

    channel: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    count: int
    cost: int


class SpentRow(Spent, table=True):
    """In a period."""

    __tablename__ = "spent"
    period: str = Field(primary_key=True)


class TokenPair(OfInstallation):
    """A channel's pair in force. ``access`` is empty where only a refresh token was given yet.

    ``lost`` says why it can't be refreshed any more. ``seed`` is the hash of the refresh token that the
    settings last gave.
    """

    access: str = Field(repr=False)
    refresh: str = Field(repr=False)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    generation: int
    lost: str
    seed: str = Field(repr=False)


class TokenPairRow(TokenPair, table=True):
    """Each refresh makes a new ``generation`` and kills the old pair. ``holder`` refreshes it until ``held_until``;
    times are the wall clock's."""

    __tablename__ = "token_pair"
    channel: str = Field(primary_key=True)
    holder: str
    held_until: datetime | None = Field(sa_type=UtcDateTime)


class JoinRequest(OfInstallation):
    """Somebody without an invite asks to be let in as an officer. ``state``: open, granted, refused, or joined by an invite."""

    id: int = Field(primary_key=True)
    contact_id: int = Field(index=True)
    name: str
    unit: str
    phone: str
    at: datetime = Field(sa_type=UtcDateTime)
    state: str
    decided_by: str
    decided_at: datetime | None = Field(sa_type=UtcDateTime)


class JoinRequestRow(JoinRequest, table=True):
    """A contact has one open at a time. ``told_at``: when those who oversee heard of it."""

    __tablename__ = "join_request"
    told_at: datetime | None = Field(sa_type=UtcDateTime)


class LinkCodeRow(OfInstallation, table=True):
    """A six-digit code by which a person links another channel. Only its hash is kept."""

    __tablename__ = "link_code"
    code_hash: str = Field(primary_key=True)
    person_id: int = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(sa_type=UtcDateTime)


class LinkTryRow(OfInstallation, table=True):
    """A wrong code that somebody typed."""

    __tablename__ = "link_try"
    id: int = Field(primary_key=True)
    contact_id: int = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class UnreachedRow(OfInstallation, table=True):
    """Somebody whom the last push did not reach on any channel, and why; gone as soon as one does. ``told_at``: when who
    oversees heard of it."""

    __tablename__ = "unreached"
    person_id: int = Field(primary_key=True)
    why: str
    channel: str
    at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(sa_type=UtcDateTime)


class RungRow(OfCampaign, table=True):
    """A rung of the ladder that is settled for somebody: sent, or skipped because a newer one was."""

    __tablename__ = "rung"
    campaign: str = Field(primary_key=True, index=True)
    key: str = Field(primary_key=True)
    person_id: int | None
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    state: str


class Assignment(OfCampaign):
    """Who of a unit has an obligation in hand: reminders of it go to that one person. ``before_id``: whose it was before, for
    who takes it back; ``accepted_at``: when it was said that it is in hand."""

    unit: str = Field(primary_key=True)
    obligation: str = Field(primary_key=True)
    person_id: int = Field(index=True)
    given_by_id: int | None
    before_id: int | None
    given_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(sa_type=UtcDateTime)


class AssignmentRow(Assignment, table=True):
    """One a unit and obligation."""

    __tablename__ = "assignment"
    campaign: str = Field(primary_key=True)


class AcknowledgementRow(OfCampaign, table=True):
    """ "Đã nắm": a person has seen a reminder."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("person_id", "campaign", "obligation"),)
    id: int = Field(primary_key=True)
    person_id: int
    unit: str
    obligation: str
    at: datetime = Field(sa_type=UtcDateTime)


class SnoozeRow(OfInstallation, table=True):
    """ "Remind me this afternoon"; read as ``rules.campaign.ladder.Snooze``."""

    __tablename__ = "snooze"
    id: int = Field(primary_key=True)
    campaign: str
    person_id: int
    at: datetime = Field(sa_type=UtcDateTime)


class Asked(OfInstallation):
    """A question and what became of it: answered, for managers to review, or passed on to the department."""

    id: int = Field(primary_key=True)
    campaign: str
    contact_id: int
    person_id: int | None
    asker: str
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    text: str = Field(sa_type=Text)
    answer: str = Field(sa_type=Text)
    clauses: str
    abstained: bool
    state: str
    reply: str = Field(sa_type=Text)
    replied_by: str
    replied_at: datetime | None = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(sa_type=UtcDateTime)
    published_clause: str = Field(sa_column_kwargs={"server_default": ""})


class QuestionRow(Asked, table=True):
    """With the score of the answer."""

    __tablename__ = "question"
    score: float
    told_at: datetime | None = Field(sa_type=UtcDateTime)
    """When those who oversee were told of it; none where it was not passed on, or waits to be told with others."""


class AlertGroup(OfInstallation):
    """A group chat that a manager bound to the alerts."""

    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    title: str
    bound_by: int
    """The person without whom it is bound no more."""
    bound_at: datetime = Field(sa_type=UtcDateTime)


class AlertGroupRow(AlertGroup, table=True):
    """A channel has an address once."""

    __tablename__ = "alert_group"


class StoredFile(OfInstallation):
    """A file by the hash of its content; ``type`` was read from the content, not from the name."""

    hash: str = Field(primary_key=True)
    name: str
    type: str
    size: int


class StoredFileRow(StoredFile, table=True):
    """And who sent it first."""

    __tablename__ = "stored_file"
    stored_at: datetime = Field(sa_type=UtcDateTime)
    person_id: int | None


class RegisterLoading(OfInstallation):
    """A register of recognised products as somebody who oversees brought it; the one that was taken last is in force."""

    id: int = Field(primary_key=True)
    person_id: int | None
    person_name: str
    at: datetime = Field(sa_type=UtcDateTime)
    taken_at: datetime | None = Field(sa_type=UtcDateTime)
    """None while it is only shown and waits for a yes."""


class RegisterLoadingRow(RegisterLoading, table=True):
    """Nothing more."""

    __tablename__ = "register_loading"


class RecognisedProductRow(OfInstallation, table=True):
    """One product of one loading (``rules.campaign.register.Product``)."""

    __tablename__ = "recognised_product"
    __table_args__ = (Index("ix_recognised_product_loading_unit", "loading_id", "unit"),)
    id: int = Field(primary_key=True)
    loading_id: int
    unit: str
    product: str
    producer: str
    stars: int
    """0 where the register says none."""
    decision: str
    """Number of the decision; empty where the register says none."""
    decided_on: date | None


class KeptRow(OfInstallation, table=True):
    """Single values that outlive a restart, such as the rehearsal's clock."""

    __tablename__ = "kept"
    key: str = Field(primary_key=True)
    value: str


def table(model: type[SQLModel]) -> Table:
    """The Core table behind a model: what ``storage``'s queries are written against."""
    return cast(Table, getattr(model, "__table__"))  # noqa: B009 - SQLModel does not declare it


person = table(PersonRow)
contact = table(ContactRow)
former = table(FormerRow)
conversation = table(ConversationRow)
received = table(ReceivedRow)
invite = table(InviteRow)
draft = table(DraftRow)
submission = table(SubmissionRow)
extension = table(ExtensionRow)
extension_plan = table(ExtensionPlanRow)
extension_before = table(ExtensionBeforeRow)
extension_request = table(ExtensionRequestRow)
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
process = table(ProcessRow)
spent = table(SpentRow)
token_pair = table(TokenPairRow)
join_request = table(JoinRequestRow)
assignment = table(AssignmentRow)
link_code = table(LinkCodeRow)
link_try = table(LinkTryRow)
unreached = table(UnreachedRow)
register_loading = table(RegisterLoadingRow)
recognised_product = table(RecognisedProductRow)

OF_CAMPAIGN = frozenset(
    table(mapped.class_).name for mapped in SQLModel._sa_registry.mappers if issubclass(mapped.class_, OfCampaign)
)
"""The names of the tables whose rows belong to one campaign."""
ALL: tuple[Table, ...] = tuple(SQLModel.metadata.sorted_tables)
"""Every table, those that others refer to first."""
