"""What those who oversee hear when somebody has gone of their own accord."""

from dataclasses import dataclass

from handlers.message import Choice, Message, Notice
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import role_text
from rules.actions import BeginInvite
from rules.directory.model import Unit
from rules.people import Role
from storage import people
from storage.people import Person


def is_deserted(turn: Turn, gone: Person) -> bool:
    """Whether the unit has no officer any more, or nobody at all."""
    left = people.of_unit(turn.db, gone.unit)
    return not left or (gone.role is Role.OFFICER and all(each.role is not Role.OFFICER for each in left))


@dataclass(frozen=True)
class Deserted(Notice):
    """A unit's only officer has left, or was ``forgotten``, so nobody is reminded there. Whose it was is not said."""

    unit: Unit
    forgotten: bool

    def message(self, words: Words) -> Message:
        """Which unit, with a way to invite somebody."""
        unit = self.unit.name.in_(words.language)
        text = words.tr("own.deserted", unit=unit) if self.forgotten else words.tr("leave.deserted", unit=unit)
        return Message(text, (Choice(words.tr("button.invite_officer"), BeginInvite(Role.OFFICER, self.unit.slug)),))


@dataclass(frozen=True)
class OverseerLeft(Notice):
    """One of those who oversee has left."""

    name: str
    role: Role

    def message(self, words: Words) -> Message:
        """Who, and what they were."""
        return Message(words.tr("leave.overseer", name=self.name, role=role_text(words, self.role)))
