"""The directory of a province: who can be given a task. Plain values; the file that holds them is read elsewhere."""

from functools import cached_property
from zoneinfo import ZoneInfo

from rules.documents.parts import Bilingual, Part, Slug


class UnitKind(Part):
    """A kind of unit, such as the districts; which kinds there are, each province says."""

    slug: Slug
    name: Bilingual
    office: bool = False
    """Each has tasks of its own and is asked for by name, such as a Sở; the others are many that owe the same."""


class Unit(Part):
    """A unit that may owe something."""

    slug: Slug
    kind: Slug
    name: Bilingual
    short: str
    aliases: tuple[str, ...] = ()


class Collision(Part):
    """A name that could be several units, or something that is no unit: asked back, never guessed."""

    says: str
    units: tuple[Slug, ...]
    also: str = ""


class Directory(Part):
    """The units of a province, their kinds, and the calendar that they live by."""

    name: Bilingual
    time_zone: str
    country: str
    """Whose public holidays are no working days."""
    kinds: tuple[UnitKind, ...]
    units: tuple[Unit, ...]
    collisions: tuple[Collision, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of all dates."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.slug: unit for unit in self.units}

    @cached_property
    def _office_kinds(self) -> frozenset[str]:
        return frozenset(kind.slug for kind in self.kinds if kind.office)

    def unit(self, slug: str) -> Unit:
        """That unit. Raises KeyError."""
        return self._units[slug]

    def has_unit(self, slug: str) -> bool:
        """Whether there is such a unit."""
        return slug in self._units

    @cached_property
    def owners(self) -> frozenset[str]:
        """What a task can be given to: kinds, and units."""
        return frozenset(kind.slug for kind in self.kinds) | self._units.keys()

    def is_office(self, unit: Unit) -> bool:
        """Whether that unit is one that is asked for by name, and not one of many alike."""
        return unit.kind in self._office_kinds

    @cached_property
    def offices(self) -> tuple[Unit, ...]:
        """The units that have tasks of their own."""
        return tuple(unit for unit in self.units if self.is_office(unit))

    @cached_property
    def alike(self) -> tuple[Unit, ...]:
        """The units that are many of a kind."""
        return tuple(unit for unit in self.units if not self.is_office(unit))
