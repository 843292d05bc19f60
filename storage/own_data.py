"""What is kept about one human, and how it is forgotten on request: the contacts of every channel, the talk, the name.

What a unit reported belongs to the unit and stays, without the name of who sent it. A person's row stays as a bare number, for
keys and other rows name it. A name that others typed into their own words is theirs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from rules.people import Role
from storage import kept, people, sql
from storage.hushing import hush
from storage.inbox import MOST_ATTEMPTS
from storage.outbox import SAID_ONCE
from storage.scope import all_campaigns
from storage.tables import (
    AlertGroup,
    Contact,
    Person,
    alert_group,
    assignment,
    choice_list,
    contact,
    conversation,
    draft,
    extension,
    extension_before,
    extension_plan,
    extension_request,
    former,
    inbox,
    invite,
    join_request,
    link_code,
    link_try,
    outbox,
    person,
    question,
    received,
    register_loading,
    stored_file,
    submission,
    unreached,
)

NOBODY = 0
"""In place of a contact's number, where a row has to have one: none is ever given."""


@dataclass(frozen=True)
class Whose:
    """One human as far as we know: the contacts, and the roles, those that have ended too."""

    contacts: tuple[Contact, ...]
    persons: tuple[int, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The contacts' numbers."""
        return tuple(each.id for each in self.contacts)


@dataclass(frozen=True)
class Held:
    """How many rows of each kind are kept about somebody."""

    received: int
    sent: int
    questions: int
    requests: int
    drafts: int
    submissions: int
    files: int
    codes: int
    invites: int
    groups: int


def whose(db: Connection, contact_id: int) -> Whose:
    """Who sits at a contact: the person with all channels, the roles that ended on them, and the other contacts of those roles,
    unless somebody else sits there now. The account is all that we know of a human."""
    here = people.contact_by_id(db, contact_id)
    if here is None:
        return Whose((), ())
    mine = people.contacts_of(db, [here.person_id])[here.person_id] if here.person_id is not None else [here]
    ended = select(former.c.person_id).join(person, person.c.id == former.c.person_id)
    ended = ended.where(former.c.contact_id.in_([each.id for each in mine]), person.c.removed_at.is_not(None)).distinct()
    before = list(db.execute(ended).scalars())
    left = select(*sql.columns(Contact, contact)).join(former, former.c.contact_id == contact.c.id)
    left = left.where(
        former.c.person_id.in_(before), contact.c.person_id.is_(None), contact.c.id.not_in([each.id for each in mine])
    )
    others = {each.id: each for each in sql.many(db, Contact, left)}
    present = () if here.person_id is None else (here.person_id,)
    return Whose((*mine, *others.values()), (*present, *sorted(before)))


def held(db: Connection, of: Whose, now: datetime) -> Held:
    """What is kept about them."""

    def count(table: Table, *where: ColumnElement[bool]) -> int:
        return int(db.execute(all_campaigns(select(func.count()).select_from(table).where(*where))).scalar_one())

    return Held(
        received=count(received, received.c.contact_id.in_(of.ids), received.c.body != ""),
        sent=count(outbox, _to(of)),
        questions=count(question, _asked_by(of)),
        requests=count(join_request, join_request.c.contact_id.in_(of.ids)),
        drafts=count(draft, draft.c.person_id.in_(of.persons)),
        submissions=count(submission, submission.c.person_id.in_(of.persons)),
        files=count(stored_file, stored_file.c.person_id.in_(of.persons)),
        codes=count(
            link_code, link_code.c.person_id.in_(of.persons), link_code.c.used_at.is_(None), link_code.c.expires_at > now
        ),
        invites=count(invite, invite.c.created_by_id.in_(of.persons)),
        groups=count(alert_group, alert_group.c.bound_by.in_(of.persons)),
    )


def _to(of: Whose) -> ColumnElement[bool]:
    """Messages to them, also those that go by telephone."""
    return or_(
        outbox.c.contact_id.in_(of.ids), outbox.c.person_id.in_(of.persons),
        *(and_(outbox.c.channel == each.channel, outbox.c.address == each.address) for each in of.contacts),
    )  # fmt: skip


def _asked_by(of: Whose) -> ColumnElement[bool]:
    return or_(question.c.contact_id.in_(of.ids), question.c.person_id.in_(of.persons))


# ---------------------------------------------------------------- forgetting


def is_last(db: Connection, who: Person) -> bool:
    """Whether somebody is the only administrator, or the only one left of those who oversee. All of them are locked: of two
    who go at once, one is the last."""
    if not who.role.oversees:
        return False
    roles = [Role.ADMINISTRATOR] if who.role is Role.ADMINISTRATOR else [role for role in Role if role.oversees]
    theirs = (person.c.removed_at.is_(None), person.c.role.in_(roles))
    found = db.execute(select(person.c.id).where(*theirs).order_by(person.c.id).with_for_update()).scalars()
    return set(found) <= {who.id}


def lock(db: Connection, contact_id: int) -> Whose:
    """Who sits at a contact, once no turn of theirs runs on another channel any more. On SQLite nobody else is at work."""
    of = whose(db, contact_id)
    db.execute(select(contact.c.id).where(contact.c.id.in_(of.ids)).order_by(contact.c.id).with_for_update())
    return whose(db, contact_id)


def forget(db: Connection, of: Whose, now: datetime) -> list[AlertGroup]:
    """Forget them, on every channel. Returns the groups that are bound no more."""
    names = _names(db, of)
    called = db.execute(select(join_request.c.name).where(join_request.c.contact_id.in_(of.ids))).scalars().all()
    released = [group for each in of.persons for group in people.remove(db, each, now)]
    _forget_files(db, of)
    _forget_work(db, of)
    _forget_doors(db, of)
    _forget_talk(db, of)
    for name in names:
        _take_off(db, name, of)
    for name in {*names, *called, *(each.name for each in of.contacts)} - {""}:
        hush(db, name, everywhere=bool(of.persons))
    db.execute(update(person).where(person.c.id.in_(of.persons)).values(name="", phone="", language="", muted=False))
    _drop(db, contact, contact.c.id.in_(of.ids), {
        "channel": "", "address": cast(contact.c.id, String), "name": "", "language": "", "refused": "", "person_id": None,
    })  # fmt: skip
    return released


def _names(db: Connection, of: Whose) -> list[str]:
    found = db.execute(select(person.c.name).where(person.c.id.in_(of.persons), person.c.name != "")).scalars()
    return sorted(set(found))


def _drop(db: Connection, table: Table, where: ColumnElement[bool], blank: dict[str, Any]) -> None:
    """Delete rows. The one with the table's last number is made ``blank`` instead: no number is given twice
    (storage/upkeep.py), for buttons, links and keys name it."""
    last = select(func.max(table.alias("every").c.id)).scalar_subquery()
    db.execute(delete(table).where(where, table.c.id < last))
    db.execute(update(table).where(where).values(**blank))


def _forget_files(db: Connection, of: Whose) -> None:
    """Files that no report, and nobody else's form or talk, names are named no more, and so are swept; the others lose who
    sent them."""
    others_draft = draft.c.person_id.not_in(of.persons)
    others_talk = conversation.c.contact_id.not_in(of.ids)
    named = or_(
        _holds(submission, submission.c.answers), _holds(draft, draft.c.state, others_draft),
        _holds(conversation, conversation.c.data, others_talk),
    )  # fmt: skip
    theirs = stored_file.c.person_id.in_(of.persons)
    db.execute(all_campaigns(delete(stored_file).where(theirs, ~named)))
    db.execute(update(stored_file).where(theirs).values(person_id=None))


def _holds(table: Table, column: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether some row has the file's hash in a column of JSON."""
    return select(literal(1)).select_from(table).where(cast(column, Text).contains(stored_file.c.hash), *where).exists()


def _forget_work(db: Connection, of: Whose) -> None:
    """What they typed and did not send goes; what the unit reported and what was asked stays, without them."""
    db.execute(all_campaigns(delete(draft).where(draft.c.person_id.in_(of.persons))))
    unsent = (extension_request.c.person_id.in_(of.persons), extension_request.c.state.in_(("draft", "dropped")))
    db.execute(all_campaigns(update(extension_request).where(*unsent).values(reason="")))
    for table in (submission, extension_plan, extension_request):
        db.execute(all_campaigns(update(table).where(table.c.person_id.in_(of.persons)).values(person_name="")))
    db.execute(all_campaigns(update(question).where(_asked_by(of)).values(asker="", person_id=None, contact_id=NOBODY)))
    db.execute(delete(unreached).where(unreached.c.person_id.in_(of.persons)))
    loaded = register_loading.c.person_id.in_(of.persons)
    db.execute(update(register_loading).where(loaded).values(person_id=None, person_name=""))
    given = assignment.c.given_by_id.in_(of.persons)
    db.execute(all_campaigns(update(assignment).where(given).values(given_by_id=None)))


def _forget_doors(db: Connection, of: Whose) -> None:
    """Codes and invites: those they made, those they came by."""
    made = invite.c.created_by_id.in_(of.persons)
    db.execute(delete(link_code).where(link_code.c.person_id.in_(of.persons)))
    db.execute(delete(link_try).where(link_try.c.contact_id.in_(of.ids)))
    db.execute(delete(invite).where(made, invite.c.used_at.is_(None)))
    db.execute(update(invite).where(made).values(created_by="", created_by_id=None))
    db.execute(delete(former).where(or_(former.c.contact_id.in_(of.ids), former.c.person_id.in_(of.persons))))
    db.execute(update(invite).where(invite.c.used_by.in_(of.ids)).values(name="", phone="", used_by=None))
    blank = {"contact_id": NOBODY, "name": "", "phone": "", "state": "joined", "decided_by": ""}
    _drop(db, join_request, join_request.c.contact_id.in_(of.ids), blank)


def _forget_talk(db: Connection, of: Whose) -> None:
    """What was said. That an update came stays known, so that it is not taken again should the platform deliver it again."""
    theirs = received.c.contact_id.in_(of.ids)
    db.execute(update(received).where(theirs).values(body="", fault="", contact_id=None))
    for each in of.contacts:
        stuck = (inbox.c.channel == each.channel, inbox.c.attempts >= MOST_ATTEMPTS)
        db.execute(delete(inbox).where(*stuck, cast(inbox.c.body, Text).contains(each.address, autoescape=True)))
    db.execute(delete(choice_list).where(choice_list.c.contact_id.in_(of.ids)))
    _drop(db, outbox, _to(of), {
        "address": "", "contact_id": None, "person_id": None, "message": SAID_ONCE, "facts": {}, "template": {}, "key": None,
        "state": "skipped", "platform_id": "", "error": "", "closes": "", "tried": [], "way": "", "claimed_until": None, "claimed_by": "",
    })  # fmt: skip
    db.execute(delete(conversation).where(conversation.c.contact_id.in_(of.ids)))


def _take_off(db: Connection, name: str, of: Whose) -> None:
    """A name that stands in records without the person's number. Where another who oversees is called the same, the rows can't
    be told apart, and it stays."""
    same = (person.c.name == name, person.c.id.not_in(of.persons))
    if db.execute(select(person.c.id).where(*same)).first():
        return
    db.execute(all_campaigns(update(submission).where(submission.c.reviewed_by == name).values(reviewed_by="")))
    for named in (extension.c.granted_by, extension_before.c.granted_by, extension_request.c.decided_by):
        db.execute(all_campaigns(update(named.table).where(named == name).values({named: ""})))
    db.execute(update(join_request).where(join_request.c.decided_by == name).values(decided_by=""))
    replied = update(question).where(question.c.replied_by == name).values(replied_by="")
    if db.execute(all_campaigns(replied)).rowcount:
        kept.move_stamp(db, f"forgotten {of.persons[-1]}")
