"""The text of a directory, read and checked."""

from collections.abc import Iterator, Mapping
from zoneinfo import available_timezones

from pydantic import ValidationError

from rules.directory.model import Directory
from rules.documents.faults import Fault, Faults, Toml, Wrong, read_toml
from rules.text.vietnamese import same_words

FILE = "directory.toml"


def directory_of(texts: Mapping[str, str]) -> Directory:
    """The directory in a province's texts. Raises Faults with every fault found."""
    faults: list[Fault] = []
    toml = read_toml(FILE, texts, faults)
    if faults:
        raise Faults(faults)
    try:
        directory = Directory.model_validate(toml.values)
    except ValidationError as error:
        raise Faults(toml.invalid(error)) from error
    faults = list(_inconsistent(directory, toml))
    if faults:
        raise Faults(faults)
    return directory


def _inconsistent(directory: Directory, toml: Toml) -> Iterator[Fault]:
    """Faults that no single value shows: things named that are nowhere, things named twice."""
    if directory.time_zone not in available_timezones():
        yield toml.fault(("time_zone",), Wrong.NO_TIME_ZONE, name=directory.time_zone)
    if not directory.units:
        yield toml.fault((), Wrong.NO_UNITS)
    names = [kind.slug for kind in directory.kinds]
    yield from toml.twice(names, lambda n: ("kinds", n, "slug"))
    yield from toml.twice([unit.slug for unit in directory.units], lambda n: ("units", n, "slug"))
    for number, unit in enumerate(directory.units):
        if unit.kind not in names:
            yield toml.fault(("units", number, "kind"), Wrong.NO_KIND, of=unit.slug, name=unit.kind)
        if unit.slug in names:
            yield toml.fault(("units", number, "slug"), Wrong.UNIT_AND_KIND, name=unit.slug)
    yield from _names_twice(directory, toml)
    for number, collision in enumerate(directory.collisions):
        for slug in collision.units:
            if not directory.has_unit(slug):
                yield toml.fault(("collisions", number, "units"), Wrong.NO_UNIT, of=collision.says, name=slug)


def _names_twice(directory: Directory, toml: Toml) -> Iterator[Fault]:
    """A name or alias of two units must be a collision, so that it is asked back."""
    asked_back = {same_words(collision.says) for collision in directory.collisions}
    owner: dict[str, str] = {}
    for number, unit in enumerate(directory.units):
        for name in (unit.short, *unit.aliases):
            key, at = same_words(name), ("units", number, "aliases")
            if key in asked_back:
                yield toml.fault(at, Wrong.ALIAS_AND_COLLISION, of=unit.slug, name=name)
            elif owner.setdefault(key, unit.slug) != unit.slug:
                yield toml.fault(at, Wrong.TWO_UNITS, name=name, one=owner[key], other=unit.slug)
