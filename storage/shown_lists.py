"""Numbered lists that were shown on channels without buttons, so that a number means what it meant when it was seen."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from rules.ids import read_number
from storage import sql
from storage.tables import ShownList as ShownList
from storage.tables import choice_list

HIGHEST = 60
"""Numbering goes on from list to list and begins anew at 1 above this."""
REMEMBERED = 20
"""Lists whose numbers are still understood; of two with the same number the newer one counts."""


def show(db: Connection, outbox_id: int, contact_id: int, choices: list[list[str]], now: datetime, anew: bool = False) -> int:
    """The number that a list begins with. A message that is sent once more keeps its numbers. ``anew``: always 1, for a
    reader whom nobody else interrupts.
    """
    there = db.execute(select(choice_list.c.first).where(choice_list.c.outbox_id == outbox_id)).scalar_one_or_none()
    if there is not None:
        return int(there)
    before = shown(db, contact_id)
    first = before[0].next if before else 1
    if anew or first + len(choices) - 1 > HIGHEST:
        first = 1
    words = (read_number(label.split(" ")[0]) for label, _ in choices)
    own = [number for number in words if number is not None and number <= HIGHEST]
    if any(first <= number < first + len(choices) for number in own):
        first = max(own) + 1  # "3. 5 sao" would be read both ways
    db.execute(insert(choice_list).values(outbox_id=outbox_id, contact_id=contact_id, first=first, choices=choices, at=now))
    return first


_SHOWN = (
    select(*sql.columns(ShownList, choice_list))
    .where(choice_list.c.contact_id == bindparam("of_contact"))
    .order_by(choice_list.c.outbox_id.desc())
    .limit(REMEMBERED)
)


def shown(db: Connection, contact_id: int) -> list[ShownList]:
    """The lists that a contact was shown last, the newest first."""
    return sql.many(db, ShownList, _SHOWN, {"of_contact": contact_id})
