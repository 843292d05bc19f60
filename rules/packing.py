"""A value as one short line of text and back: what a button carries, and what a stored topic is made of.

A packed value is a tag and its fields, parted by spaces; the last fields may be left out where they have a default.
Reading is strict: whatever could not have been written is :class:`BadValue`, and nothing else is ever raised.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from rules.ids import LARGEST_ID, read_id

_SLUG = re.compile(r"[a-z0-9-]+")
_SLUGS = re.compile(r"[a-z0-9-]+(?:,[a-z0-9-]+)*")
_CLAUSE = re.compile(r"[0-9A-Za-z.]+")
_VALUE = re.compile(r"[a-z0-9_-]+")
_PICKED = re.compile(r"[a-z0-9+-]*")
_HANDLE = re.compile(r"[0-9a-f]{12}")
_CODE = re.compile(r"[0-9A-Z]+")
_DIGITS = re.compile(r"[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE = re.compile(r"[^\r\n]+")
MOST_CAMPAIGNS = 999_999
"""The largest number of a campaign: short enough for two slugs beside it."""


class BadValue(ValueError):
    """A text that nothing here has packed."""


@dataclass(frozen=True)
class Shape:
    """What a field of text may look like: signs without spaces, as a pattern, and how many at most."""

    pattern: re.Pattern[str]
    longest: int

    def read(self, text: str) -> str:
        """The text, if it has this shape. Raises BadValue."""
        if len(text) > self.longest or not self.pattern.fullmatch(text):
            raise BadValue(text[:40])
        return text


SLUG = Shape(_SLUG, 24)
UnitSlug = Annotated[str, SLUG]
UnitSlugs = Annotated[str, Shape(_SLUGS, 5000)]
"""Several, parted by commas: for topics; no button has room for them."""
ClauseId = Annotated[str, Shape(_CLAUSE, 12)]
FactId = Annotated[str, SLUG]
FieldValue = Annotated[str, Shape(_VALUE, 30)]
Picked = Annotated[str, Shape(_PICKED, 400)]
"""Slugs, joined by "+"."""
CodeText = Annotated[str, Shape(_CODE, 12)]
Handle = Annotated[str, Shape(_HANDLE, 12)]
"""The beginning of a hash: names what has no number."""
Stamp = Annotated[str, Shape(_DIGITS, 8)]
PhoneText = Annotated[str, Shape(_DIGITS, 11)]
"""Written 84905123456."""
TypedName = Annotated[str, Shape(_LINE, 60)]
"""Somebody's name as it was typed: only a topic holds it, for no button carries what has spaces."""


@dataclass(frozen=True)
class Duty:
    """An obligation by the number of its campaign and its slug; written ``3.funds``."""

    campaign: int
    slug: str

    def __str__(self) -> str:
        return f"{self.campaign}.{self.slug}"

    @classmethod
    def read(cls, text: str) -> "Duty":
        """From ``3.funds``. Raises BadValue."""
        number, dot, slug = text.partition(".")
        if not dot:
            raise BadValue(text[:40])
        return cls(_number(number, MOST_CAMPAIGNS), SLUG.read(slug))


def _number(text: str, largest: int = LARGEST_ID) -> int:
    found = read_id(text)
    if found is None or found > largest:
        raise BadValue(text[:40])
    return found


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise BadValue(text[:40])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(text) from None


@dataclass(frozen=True)
class FieldCodec:
    """How one field is written and read, and whether it may be left out."""

    name: str
    read: Callable[[str], Any]
    default: Any
    optional: bool


def codecs(of: type[Any]) -> tuple[FieldCodec, ...]:
    """A codec for each field of a dataclass, in order. Raises TypeError for a field that can't be packed."""
    hints = get_type_hints(of, include_extras=True)
    found = []
    for field in fields(of):
        optional = field.default is not field.default_factory  # both are MISSING where there is no default
        found.append(FieldCodec(field.name, _reader(of, field.name, hints[field.name]), field.default, optional))
    return tuple(found)


def _reader(of: type[Any], name: str, hint: Any) -> Callable[[str], Any]:
    if isinstance(hint, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is Annotated:
        shape = get_args(hint)[1]
        assert isinstance(shape, Shape)
        return shape.read
    if hint is int:
        return _number
    if hint is date:
        return _day
    if hint is Duty:
        return Duty.read
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _member_of(hint)
    raise TypeError(f"{of.__name__}.{name} can't be packed: {hint}")


def _member_of(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            raise BadValue(text[:40]) from None

    return read


def pack(value: Any, tag: str, of: tuple[FieldCodec, ...]) -> str:
    """A value as text. Defaults at the end are left out."""
    given = [(codec, getattr(value, codec.name)) for codec in of]
    while given and given[-1][0].optional and given[-1][1] == given[-1][0].default:
        given.pop()
    written = [str(each) for _, each in given]
    if any(not text or " " in text for text in written):
        raise BadValue(f"{tag}: a field in the middle is empty")
    return " ".join((tag, *written))


def unpack(text: str, kinds: Mapping[str, tuple[type[Any], tuple[FieldCodec, ...]]]) -> Any:
    """The value behind a text. Raises BadValue."""
    tag, *given = text.split(" ")
    if tag not in kinds:
        raise BadValue(text[:40])
    of, wanted = kinds[tag]
    needed = sum(not codec.optional for codec in wanted)
    if not needed <= len(given) <= len(wanted):
        raise BadValue(text[:40])
    found = of(**{codec.name: codec.read(each) for codec, each in zip(wanted, given, strict=False)})
    if pack(found, tag, wanted) != text:  # a number with a nought before it, a default spelt out: one thing has one text
        raise BadValue(text[:40])
    return found
