"""Where a conversation stands, as data: its topic, what was talked of, the choices last offered.

Kept as JSON between two messages, with a version, so that a restart, a second process or an upgrade in the middle of a
form goes unnoticed. What an earlier version kept is read too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from handlers.message import Choice
from rules.answers.answerer import Talk
from rules.campaign.alike import Row
from rules.campaign.forms import FileRef
from rules.campaign.model import ONLY
from rules.packing import BadValue, Duty, FieldCodec, PhoneText, Picked, Stamp, TypedName, UnitSlug, UnitSlugs, codecs
from rules.people import Role

VERSION = 2
T = TypeVar("T")


@dataclass(frozen=True)
class Topic:
    """What the next message may be about. ``name`` is how it is kept."""

    name: ClassVar[str] = ""


@dataclass(frozen=True)
class Idle(Topic):
    """Nothing in particular."""


@dataclass(frozen=True)
class Filling(Topic):
    """A form is open: the next text answers its present question."""

    name = "report"
    draft: int
    seq: int


@dataclass(frozen=True)
class Replying(Topic):
    """The next text goes to who asked that question."""

    name = "reply"
    question: int


@dataclass(frozen=True)
class WantingMore(Topic):
    """The next text says what a report lacks. ``since``: when that was asked, in seconds; ``again``: how often it was asked
    again because something else may have been meant."""

    name = "more"
    submission: int
    since: int = 0
    again: int = 0


@dataclass(frozen=True)
class NotingArrival(Topic):
    """The next text may be the number under which a report was entered on arrival."""

    name = "arrival"
    submission: int


class Lacks(StrEnum):
    """What of a later day is asked for."""

    DUTY = "duty"
    UNITS = "units"
    DAY = "day"
    REASON = "reason"


@dataclass(frozen=True)
class TellingNothing(Topic):
    """Duties of a unit are ticked for which there is nothing to report; ``seq`` rises with every tick. ``filling``: those that
    were shown as half filled."""

    name = "nothing"
    campaign: int
    picked: Picked = ""
    seq: int = 1
    unit: UnitSlug = ""
    filling: Picked = ""


@dataclass(frozen=True)
class Extending(Topic):
    """The next text is what a plan for a later day lacks."""

    name = "plan"
    plan: int
    lacks: Lacks


@dataclass(frozen=True)
class WantingTime(Topic):
    """The next text is what a request for a later day lacks."""

    name = "time"
    request: int
    lacks: Lacks


@dataclass(frozen=True)
class Refusing(Topic):
    """The next text says why a unit gets no later day."""

    name = "refuse"
    request: int


@dataclass(frozen=True)
class Chasing(Topic):
    """Units were named that are to be chased, of a duty that is still asked for or with the question that bears the stamp."""

    name = "chase"
    units: UnitSlugs
    duty: Duty | None = None
    stamp: Stamp = ""


@dataclass(frozen=True)
class Inviting(Topic):
    """The next text names the unit of an invite."""

    name = "invite"
    role: Role


@dataclass(frozen=True)
class Linking(Topic):
    """The next text is a code from another channel."""

    name = "link"


class JoinStep(StrEnum):
    """What somebody is asked who wants to be let in."""

    NAME = "name"
    UNIT = "unit"
    PHONE = "phone"
    SUMMARY = "summary"


@dataclass(frozen=True)
class AskingIn(Topic):
    """The next text says who somebody is who wants to be let in; what was said already."""

    name = "askin"
    step: JoinStep = JoinStep.NAME
    called: TypedName = ""
    unit: UnitSlug = ""
    phone: PhoneText = ""


@dataclass(frozen=True)
class HandingOver(Topic):
    """The next text names the colleague who is to do a duty, or all that is open."""

    name = "hand"
    duty: Duty | None = None


TOPICS: Mapping[str, type[Topic]] = {
    kind.name: kind
    for kind in (
        Idle,
        Filling,
        Replying,
        WantingMore,
        NotingArrival,
        TellingNothing,
        Extending,
        WantingTime,
        Refusing,
        Chasing,
        Inviting,
        Linking,
        AskingIn,
        HandingOver,
    )
}
_FIELDS: Mapping[type[Topic], tuple[FieldCodec, ...]] = {kind: codecs(kind) for kind in TOPICS.values()}


@dataclass(frozen=True)
class Remembered:
    """What an answer was about, and when it was given."""

    talk: Talk
    at: datetime


@dataclass(frozen=True)
class Conversation:
    """One contact's conversation. ``newest``: the platform's time of the newest text taken, in milliseconds."""

    topic: Topic = Idle()
    remembered: Remembered | None = None
    menu: tuple[Choice, ...] = ()
    """The choices of the last reply that had any."""
    waiting_file: FileRef | None = None
    """A file that came before its report was chosen,"""
    waiting_for: str = ""
    """and the unit that it came for: it does not follow a person to another one."""
    newest: int = 0
    waiting_rows: tuple[tuple[str, tuple[Row, ...]], ...] = ()
    """Where the file that waits holds a list: its rows as each duty reads them that it may be for."""

    def turned(self, topic: Topic) -> "Conversation":
        """Turned to a topic: what waited for another one is let go."""
        return replace(self, topic=topic, waiting_file=None, waiting_for="", waiting_rows=())

    def file_for(self, unit: UnitSlug) -> FileRef | None:
        """The file that waits for a report of that unit; of one kept by an earlier version the unit is not known."""
        return self.waiting_file if self.waiting_for in ("", unit) else None

    def rows_for(self, unit: UnitSlug, duty: str) -> tuple[Row, ...]:
        """The rows that wait for that report of that unit."""
        return dict(self.waiting_rows).get(duty, ()) if self.waiting_for == unit else ()


# ---------------------------------------------------------------- as it is kept


def write(conversation: Conversation) -> tuple[str, dict[str, Any]]:
    """The topic's name, and the rest as JSON."""
    data: dict[str, Any] = {"v": VERSION}
    for codec in _FIELDS[type(conversation.topic)]:
        value = getattr(conversation.topic, codec.name)
        if value != codec.default:
            data[codec.name] = value if isinstance(value, int) else str(value)
    if conversation.menu:
        data["menu"] = [[choice.label, choice.data] for choice in conversation.menu]
    if conversation.remembered:
        talk = conversation.remembered.talk
        data["talk"] = {
            "clause": talk.clause, "obligation": talk.obligation, "kinds": list(talk.kinds), "other": talk.other,
            "at": conversation.remembered.at.isoformat(),
        }  # fmt: skip
    if conversation.waiting_file:
        data["file"] = {field.name: getattr(conversation.waiting_file, field.name) for field in fields(FileRef)}
        data["file_for"] = conversation.waiting_for
    if conversation.waiting_rows:
        data["rows"] = {duty: list(rows) for duty, rows in conversation.waiting_rows}
    if conversation.newest:
        data["newest"] = conversation.newest
    return conversation.topic.name, data


def read(name: str, data: Mapping[str, Any]) -> Conversation:
    """From what was kept. What nobody can read any more, a topic or anything else, is none."""
    return Conversation(
        topic=_topic(name, data),
        remembered=_readable(_remembered, data.get("talk"), None),
        menu=_readable(_menu, data.get("menu"), ()),
        waiting_file=_readable(_file, data.get("file"), None),
        waiting_for=_readable(_word, data.get("file_for"), ""),
        waiting_rows=_readable(_rows, data.get("rows"), ()),
        newest=_readable(_whole, data.get("newest"), 0),
    )


def _readable(of: Callable[[Any], T], kept: Any, nothing: T) -> T:
    """A piece of another shape is left out: whoever wrote it, no message may be lost for it."""
    try:
        return of(kept) if kept else nothing
    except (KeyError, TypeError, ValueError):
        return nothing


def _remembered(kept: Any) -> Remembered:
    at = datetime.fromisoformat(kept["at"])
    if at.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    kinds = tuple(_word(kind) for kind in kept["kinds"])
    return Remembered(Talk(_word(kept["clause"]), _word(kept["obligation"]), kinds, _word(kept["other"])), at)


def _menu(kept: Any) -> tuple[Choice, ...]:
    return tuple(Choice.kept(_word(label), _word(action)) for label, action in kept)


def _file(kept: Any) -> FileRef:
    return FileRef(_word(kept["hash"]), _word(kept["name"]), _word(kept["type"]), _whole(kept["size"]))


def _rows(kept: Any) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    found = tuple((_word(duty), tuple(dict(row) for row in rows)) for duty, rows in dict(kept).items())
    if any(not isinstance(cell, str | int | None) for _, rows in found for row in rows for cell in row.values()):
        raise TypeError("no rows of a list")
    return found


def _word(kept: Any) -> str:
    if not isinstance(kept, str):
        raise TypeError(type(kept).__name__)
    return kept


def _whole(kept: Any) -> int:
    if not isinstance(kept, int):
        raise TypeError(type(kept).__name__)
    return kept


def _topic(name: str, data: Mapping[str, Any]) -> Topic:
    if data.get("v") != VERSION:
        name, data = _of_the_first_version(name, data)
    kind = TOPICS.get(name, Idle)
    try:
        return kind(**{codec.name: codec.read(str(data[codec.name])) for codec in _FIELDS[kind] if codec.name in data})
    except (BadValue, TypeError):
        return Idle()


def _of_the_first_version(name: str, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Before conversations had versions: other names, and obligations without their campaign."""
    renamed = {"invite-name": "invite"}
    values = dict(data)
    if "obligation" in values:
        values["duty"] = f"{ONLY}.{values.pop('obligation')}"
    return renamed.get(name, name), values
