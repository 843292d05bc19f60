"""Telling the overseers whom no message reaches: a list that is worked off once the push itself is done.

An alarm that reaches nobody only adds names to the managers' list. It raises no alarm of its own, here or when a platform
refuses it later: two managers who can't be reached would otherwise call for each other for ever.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.message import Message, Notice
from handlers.pushing.post import Missed, to_overseers
from handlers.wording.catalogs import Words
from handlers.wording.phrases import why_text
from rules.directory.model import Unit
from storage.outbox import DeliveryKind


def work_off(desk: Desk, owed: Iterable[Missed]) -> None:
    """Tell the overseers of each of those people, once a day and person."""
    for person_id, missed in {item.person.id: item for item in owed}.items():
        unit = desk.directory.unit(missed.person.unit) if desk.directory.has_unit(missed.person.unit) else None
        notice = Unreachable(missed.person.name, unit, missed.why)
        to_overseers(desk, notice, f"unreachable:{person_id}:{desk.today}", DeliveryKind.ALARM, but=person_id)


@dataclass(frozen=True)
class Unreachable(Notice):
    """For who oversees: no message reaches somebody any more, and why."""

    name: str
    unit: Unit | None
    why: str

    def _place(self, words: Words) -> str:
        return self.unit.name.in_(words.language) if self.unit else words.tr("people.all_units")

    def message(self, words: Words) -> Message:
        """Who, of which unit, and the reason."""
        return Message(words.tr("alarm.unreachable", name=self.name, unit=self._place(words), why=why_text(words, self.why)))

    def facts(self, words: Words) -> Mapping[str, str]:
        """As any alarm."""
        return {"kind": "alarm", "unit": self._place(words)}
