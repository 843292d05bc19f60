"""What others were told and shown that names somebody who is forgotten: the name goes, what it stood on stays good."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, or_, select, update

from rules.people import Role
from storage.database import as_json
from storage.outbox import SAID_ONCE
from storage.tables import choice_list, contact, conversation, former, outbox, person

BUTTONS = "menu"
"""Under which a conversation keeps the buttons shown last (handlers/conversation.py)."""
HUSHED = "…"
"""In place of a label that names somebody."""
_SIGN_OF_A_WORD = re.compile(r"\w")


def hush(db: Connection, name: str, everywhere: bool) -> None:
    """What we keep of messages to others, and of buttons shown to them, that name somebody: only what is still to be sent is
    needed. Numbers and buttons stay good, without the name. Who is just pressing keeps the buttons. Of who was nobody here only
    those who oversee were told: a stranger may be called anything, also what stands in every message."""
    inside, told = as_json(name)[1:-1], () if everywhere else _of_overseers(outbox.c.contact_id, outbox.c.person_id)
    sent = (outbox.c.state != "waiting", *told, *_mentions(outbox.c.message, inside))
    db.execute(update(outbox).where(*sent).values(message=SAID_ONCE, facts={}, template={}))
    told = () if everywhere else _of_overseers(choice_list.c.contact_id)
    shown = select(choice_list.c.outbox_id, choice_list.c.choices).where(*told, *_mentions(choice_list.c.choices, inside))
    for row in db.execute(shown).all():
        this = choice_list.c.outbox_id == row.outbox_id
        db.execute(update(choice_list).where(this).values(choices=_without(row.choices, name)))
    told = () if everywhere else _of_overseers(conversation.c.contact_id)
    talks = select(conversation.c.contact_id, conversation.c.data).where(*told, *_mentions(conversation.c.data, inside))
    for talk in db.execute(talks.with_for_update(skip_locked=True)).all():
        left = {key: _without(value, name) if key == BUTTONS else value for key, value in talk.data.items()}
        db.execute(update(conversation).where(conversation.c.contact_id == talk.contact_id).values(data=left))


def _of_overseers(to: ColumnElement[Any], person_id: ColumnElement[Any] | None = None) -> tuple[ColumnElement[bool], ...]:
    """Whether a row is of somebody who oversees or did; or of a group."""
    overseers = select(person.c.id).where(person.c.role.in_([role for role in Role if role.oversees]))
    found: list[ColumnElement[bool]] = [to.in_(select(contact.c.id).where(contact.c.person_id.in_(overseers)))]
    found.append(to.in_(select(former.c.contact_id).where(former.c.person_id.in_(overseers))))
    if person_id is not None:
        found += [person_id.in_(overseers), and_(to.is_(None), person_id.is_(None))]
    return (or_(*found),)


def _without(choices: Iterable[tuple[str, str]], name: str) -> list[list[str]]:
    """Labels and actions, without the labels that have the name as a word."""
    return [[HUSHED if _has_word(label, name) else label, data] for label, data in choices]


def _has_word(label: str, name: str) -> bool:
    """Whether a name stands in a label as words of its own."""
    at = label.find(name)
    while at >= 0:
        around = label[at - 1 : at] + label[at + len(name) : at + len(name) + 1]
        if not _SIGN_OF_A_WORD.search(around):
            return True
        at = label.find(name, at + 1)
    return False


def _mentions(column: ColumnElement[Any], name: str) -> tuple[ColumnElement[bool], ...]:
    """Whether JSON has that name as a word: the quick look first."""
    text = cast(column, Text)
    return text.contains(name, autoescape=True), text.regexp_match(rf"(^|\W){re.escape(name)}(\W|$)")
