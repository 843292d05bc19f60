"""Finding the unit that a person means, and asking back where a name could mean several."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from rules.directory.model import Directory
from rules.text.vietnamese import fold, same_words

LONGEST_CODE = 3
"""A name no longer than that means a unit only where nothing else can be meant."""
_SOME = re.compile(
    r"\b(?:don vi|huyen|thi xa|thanh pho|dia phuong)(?: (?:thuoc|o|vung|khu vuc|phia|cac)){0,2} "
    r"(?:mien|vung|dong bang|ven|khu vuc|phia|nui|ngheo|kho khan|bi|gap|nao|do|nay|kia|lon|nho|xa)\b"
)
"""Some units and not all, by what they have in common, which the directory does not know: "các huyện miền núi"."""
_PREFIX = re.compile(r"^(?:ubnd |uy ban nhan dan )?(?:huyen |thi xa |thanh pho |h |tx |tp )?")


@dataclass(frozen=True)
class OneUnit:
    """One unit is meant."""

    unit: str


@dataclass(frozen=True)
class SeveralUnits:
    """The name could mean several units, or something else (``also``)."""

    says: str
    units: tuple[str, ...]
    also: str = ""


Meant = OneUnit | SeveralUnits | None


@lru_cache(maxsize=8)
def _names(directory: Directory) -> dict[str, str]:
    names: dict[str, str] = {}
    for unit in directory.units:
        for name in (unit.short, unit.name.vi, unit.name.en, unit.slug.replace("-", " "), *unit.aliases):
            names[same_words(name)] = unit.slug
        names[same_words(unit.short).replace(" ", "")] = unit.slug
    return names


@lru_cache(maxsize=8)
def _collisions(directory: Directory) -> dict[str, SeveralUnits]:
    return {same_words(c.says): SeveralUnits(c.says, c.units, c.also) for c in directory.collisions}


def read_unit(given: str, directory: Directory) -> Meant:
    """The unit named by a whole answer such as ``h. Đại Lộc``, ``dailoc`` or ``Trà My``."""
    if directory.has_unit(given.strip()):
        return OneUnit(given.strip())
    text = same_words(given.replace("-", " "))
    names, collisions = _names(directory), _collisions(directory)
    for name in (text, _PREFIX.sub("", text), _PREFIX.sub("", text).replace(" ", "")):
        if name in collisions:
            return collisions[name]
        if name in names:
            return OneUnit(names[name])
    near = sorted({slug for name, slug in names.items() if _near(_PREFIX.sub("", text), name)})
    return SeveralUnits(given.strip(), tuple(near)) if near else None


def _near(text: str, name: str) -> bool:
    """One slip of the finger in a name of some length; short names must be exact."""
    return len(name) >= 6 and OSA.distance(text, name, score_cutoff=1) <= 1


def units_in(sentence: str, directory: Directory) -> tuple[Meant, ...]:
    """The units named within a sentence, longest names first; the province's own name names none.

    A short code (two or three letters) counts only when typed alone or beside nothing that it
    could belong to, so inside a sentence only full names and collisions of whole names count.
    """
    slugs, text = _taken_out(sentence, directory)
    if slugs:
        return tuple(map(OneUnit, slugs))
    for says, collision in _collisions(directory).items():
        alone = text.strip() == says
        if (alone or (len(collision.units) > 1 and len(says) > LONGEST_CODE)) and f" {says} " in text:
            return (collision,)
    return ()


def _taken_out(sentence: str, directory: Directory) -> tuple[tuple[str, ...], str]:
    """The units that a sentence names in full, and what is left of it; the province's own name is no unit's."""
    text = f" {same_words(sentence.replace('-', ' '))} ".replace(f" {same_words(directory.name.vi)} ", " ")
    found: dict[str, None] = {}
    for name in sorted(_names(directory), key=len, reverse=True):
        if len(name) > LONGEST_CODE and f" {name} " in text:
            text = text.replace(f" {name} ", " | ")
            found[_names(directory)[name]] = None
    return tuple(found), text


def unit_in(sentence: str, directory: Directory) -> Meant:
    """The unit that a sentence is about: the first that it names, else one whose code stands in it."""
    return next(iter(units_in(sentence, directory)), None) or code_in(sentence, directory)


def unit_of(given: str, directory: Directory) -> Meant:
    """The unit that a whole answer is, or names somewhere: "cán bộ huyện Quế Sơn"."""
    return read_unit(given, directory) or next(iter(units_in(given, directory)), None)


def code_in(sentence: str, directory: Directory) -> Meant:
    """A unit's short code or colliding code somewhere in a sentence about status ("ntm nộp chưa")."""
    for word in fold(sentence).split():
        if word in _collisions(directory):
            return _collisions(directory)[word]
        if 2 <= len(word) <= LONGEST_CODE and word in _names(directory):
            return OneUnit(_names(directory)[word])
    return None


@dataclass(frozen=True)
class SeveralNamed:
    """The units that a sentence names, and the names in it that are no one unit."""

    units: tuple[str, ...]
    unclear: tuple[SeveralUnits, ...]


def all_units_in(sentence: str, directory: Directory) -> SeveralNamed:
    """Every unit that a sentence names, in the directory's order: "Hội An và Trà My" has one unit, and one name to ask about."""
    found, text = _taken_out(sentence, directory)
    unclear = [
        collision
        for says, collision in _collisions(directory).items()
        if f" {says} " in text and len(says) > LONGEST_CODE and len(collision.units) > 1
    ]
    return SeveralNamed(tuple(unit.slug for unit in directory.units if unit.slug in found), tuple(unclear))


def names_some(sentence: str) -> bool:
    """Whether a sentence means some units by what they have in common, so that it can not be all."""
    return _SOME.search(same_words(sentence)) is not None
