"""Telling the overseers whom no message reaches: a list that is worked off once the push itself is done.

An alarm that reaches nobody only adds names to the managers' list. It raises no alarm of its own, here or when a platform
refuses it later: two managers who can't be reached would otherwise call for each other for ever.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from handlers.pushing.post import ALARM, Missed, to_overseers
from handlers.turn import Message, World
from handlers.wording.catalogs import Words
from handlers.wording.phrases import why_text


def work_off(db: Connection, world: World, owed: Iterable[Missed], now: datetime) -> None:
    """Tell the overseers of each of those people, once a day and person."""
    day = now.astimezone(world.campaign.zone).date()
    for person_id, missed in {item.person.id: item for item in owed}.items():

        def worded(words: Words, missed: Missed = missed) -> Message:
            return _worded(world, missed, words)

        to_overseers(db, world, worded, now, f"unreachable:{person_id}:{day}", ALARM, but=person_id)


def _worded(world: World, missed: Missed, words: Words) -> Message:
    unit = missed.person.unit
    known = world.campaign.has_unit(unit)
    place = world.campaign.unit(unit).name.in_(words.language) if known else words.tr("people.all_units")
    text = words.tr("alarm.unreachable", name=missed.person.name, unit=place, why=why_text(words, missed.why))
    return Message(text, facts={"kind": "alarm", "unit": place})
