"""Who people are to the work: their roles, and whom the clock may write to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do."""

    OFFICER = "officer"
    LEADER = "leader"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"

    @property
    def oversees(self) -> bool:
        """Whether the person sees every unit."""
        return self in (Role.MANAGER, Role.ADMINISTRATOR)

    def gives_up_for(self, other: "Role") -> bool:
        """Whether who has this one would oversee less with the other."""
        return self.oversees and self is not other and (self is Role.ADMINISTRATOR or not other.oversees)


@dataclass(frozen=True)
class Recipient:
    """A person whom the clock may write to. ``reachable`` is false once every channel refused for good."""

    person: int
    name: str
    role: Role
    unit: str
    joined_at: datetime
    language: str = "vi"
    reachable: bool = True
    closes_at: datetime | None = None
    """When the last channel that reaches the person closes, unless the person writes; None where one stays open."""
