"""A campaign: a dispatch put to work. Plain values; the file that holds them is read elsewhere."""

from collections.abc import Iterator
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from rules.packing import Duty

ONLY = 1
"""The number of the one campaign that runs."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=24)]
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=30)]


class Part(BaseModel):
    """A part of a campaign: frozen, and no key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Part):
    """A text in Vietnamese, and in English where somebody wrote it."""

    vi: Annotated[str, StringConstraints(min_length=1)]
    en: str = ""

    def in_(self, language: str) -> str:
        """The text in that language, or in Vietnamese."""
        return self.en if language == "en" and self.en else self.vi


class Kind(StrEnum):
    """What a form field holds."""

    MONEY = "money"
    YES_NO = "yes_no"
    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"
    DOCUMENT = "document"
    FILE = "file"
    LIST = "list"


class Option(Part):
    """One of the answers of a choice."""

    id: Slug
    label: Bilingual


class FormField(Part):
    """One question of a form. ``columns`` make a list, ``options`` a choice."""

    id: FieldId
    kind: Kind
    required: bool
    ask: Bilingual
    label: Bilingual
    options: tuple[Option, ...] = ()
    columns: "tuple[FormField, ...]" = ()
    at_most: FieldId | None = None
    """Money: never more than that other field holds."""
    date_field: FieldId | None = None
    """Document: where the day goes when it is typed with the number."""
    when: FieldId | None = None
    """Asked only if that other field was answered."""
    months_before: int | None = None
    """Date: at least so many calendar months before the day of filing."""


class Deadline(Part):
    """The named day D. ``before`` ends at its beginning, ``through`` at its end, local time."""

    rule: Literal["before", "through"]
    date: date


class Obligation(Part):
    """What units must do, resting on a clause; with a deadline, or standing."""

    slug: Slug
    clause: str
    owed_by: str
    """``district``, ``department``, or the slug of one unit."""
    title: Bilingual
    short: Bilingual
    words: tuple[str, ...] = ()
    """What people call it."""
    deadline: Deadline | None = None
    fields: tuple[FormField, ...] = ()


class Unit(Part):
    """A district-level unit or a department that owes something."""

    slug: Slug
    kind: Literal["district", "department"]
    name: Bilingual
    short: str
    aliases: tuple[str, ...] = ()


class Collision(Part):
    """A name that could be several units, or something that is no unit: asked back, never guessed."""

    says: str
    units: tuple[Slug, ...]
    also: str = ""


class Ladder(Part):
    """When reminders, digests and escalations go out; local times, days counted from D."""

    at: time
    before: tuple[int, ...]
    overdue_every: Annotated[int, Field(ge=1)]
    overdue_at_most: Annotated[int, Field(ge=0)]
    open_from: time
    open_until: time
    afternoon: time
    digest_at: time
    digest_days: tuple[int, ...]
    escalate_after: Annotated[int, Field(ge=1)]


PushName = Literal["reminder", "digest", "alarm", "escalation", "stay", "push"]
"""The kinds of push that a template may stand in for; ``push`` is any other."""
TemplateValue = Literal["name", "unit", "titles", "deadline", "text"]
"""What a template's parameter can be filled with: the reader, the unit, the obligations, the nearest deadline, the
message's beginning."""


def _pairs(table: Any) -> Any:
    return tuple(table.items()) if isinstance(table, dict) else table


class Template(Part):
    """An approved Zalo template: sent by user id or, for somebody who never opened the account, by phone."""

    push: PushName
    id: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    by: Literal["user", "phone"]
    price: Annotated[int, Field(ge=0)]
    """đồng a message, as the account's contract says."""
    fields: Annotated[tuple[tuple[str, TemplateValue], ...], BeforeValidator(_pairs)]
    """The template's parameters, each with what it is filled with; a table in the file."""


class Zalo(Part):
    """What the campaign sends by Zalo where an ordinary message does not pass, and what messages cost."""

    billed_price: Annotated[int, Field(ge=0)] = 55
    """đồng for an ordinary message from 48 hours to 7 days after the person's last."""
    templates: tuple[Template, ...] = ()
    """Tried in order: e.g. by user id first, by phone next."""

    def templates_for(self, push: str) -> tuple[Template, ...]:
        """The templates for a kind of push, or those for any."""
        own = tuple(template for template in self.templates if template.push == push)
        return own or tuple(template for template in self.templates if template.push == "push")


class DispatchFacts(Part):
    """How the dispatch is cited. An empty number or date stays empty."""

    number: str
    date: str
    cite: Bilingual
    subject: Bilingual
    receiver: Bilingual


class Clause(Part):
    """A clause word for word, with the line of its section that says whom it binds."""

    id: str
    text: str
    lead: str = ""


class Meaning(Part):
    """A word of the campaign's own with what it stands for, or the ways to say it."""

    name: str
    words: tuple[str, ...]


class Fact(Part):
    """One thing that the dispatch says: a row of the fact table in ``facts.toml``.

    ``gives`` are the kinds of question it answers (rules/understanding/question.py), ``count …`` with what is counted.
    ``who`` is bound by it: ``district``, ``department`` or a unit's slug; empty where nobody in particular.
    """

    id: Slug
    clause: str
    quote: str
    answer: Bilingual
    gives: tuple[str, ...]
    who: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    """Subjects that trigger it, one of them enough; "points+newproduct" asks for both."""
    lacks: tuple[str, ...] = ()
    """Kinds of question that come near and that it does not answer."""
    also: tuple[str, ...] = ()
    """Further clauses that it rests on."""
    obligation: str = ""
    """Its deadline belongs to the answer."""
    obligations: tuple[str, ...] = ()
    """The deadlines of several, listed instead of a quote."""
    year_of: tuple[str, ...] = ()
    """Bilingual after which any year may stand, such as the year of an older decision."""
    ask: tuple[str, ...] = ()
    """How people ask for it, from ``faq.toml``."""
    guidance: int = 0
    """The number of the question whose published reply this is; 0: the dispatch itself says it."""


class KnownGap(Part):
    """Something people ask for that the dispatch does not say, from ``faq.toml``."""

    id: str
    ask: tuple[str, ...]


class Campaign(Part):
    """The whole: units, obligations, deadlines, forms, ladder, clauses, and the facts with how people ask for them."""

    name: Slug
    title: Bilingual
    time_zone: str
    country: str
    opens: date
    dispatch: DispatchFacts
    ladder: Ladder
    zalo: Zalo = Zalo()
    units: tuple[Unit, ...]
    collisions: tuple[Collision, ...] = ()
    obligations: tuple[Obligation, ...]
    note_fields: tuple[FormField, ...]
    document_types: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    facts: tuple[Fact, ...] = ()
    gaps: tuple[KnownGap, ...] = ()
    concepts: tuple[Meaning, ...] = ()
    """Subjects of the dispatch with the ways to name them, in every language."""
    abbreviations: tuple[Meaning, ...] = ()
    """Abbreviations with their meanings, the usual one first."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of all its dates."""
        return ZoneInfo(self.time_zone)

    @property
    def number(self) -> int:
        """What buttons call it by: 1, as long as one campaign runs."""
        return ONLY

    def duty(self, obligation: Obligation) -> Duty:
        """How an obligation of it is referred to."""
        return Duty(self.number, obligation.slug)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.slug: unit for unit in self.units}

    @cached_property
    def _obligations(self) -> dict[str, Obligation]:
        return {obligation.slug: obligation for obligation in self.obligations}

    @cached_property
    def _clauses(self) -> dict[str, Clause]:
        return {clause.id: clause for clause in self.clauses}

    def unit(self, slug: str) -> Unit:
        """That unit. Raises KeyError."""
        return self._units[slug]

    def has_unit(self, slug: str) -> bool:
        """Whether there is such a unit."""
        return slug in self._units

    def obligation(self, slug: str) -> Obligation:
        """That obligation. Raises KeyError."""
        return self._obligations[slug]

    def has_obligation(self, slug: str) -> bool:
        """Whether there is such an obligation."""
        return slug in self._obligations

    def clause(self, clause_id: str) -> Clause:
        """That clause. Raises KeyError."""
        return self._clauses[clause_id]

    def has_clause(self, clause_id: str) -> bool:
        """Whether there is such a clause."""
        return clause_id in self._clauses

    @cached_property
    def _dated(self) -> tuple[Obligation, ...]:
        found = [o for o in self.obligations if o.deadline]
        return tuple(sorted(found, key=lambda o: o.deadline.date if o.deadline else self.opens))

    @cached_property
    def _standing(self) -> tuple[Obligation, ...]:
        return tuple(o for o in self.obligations if o.deadline is None)

    def dated(self) -> tuple[Obligation, ...]:
        """The obligations with a deadline, earliest first."""
        return self._dated

    def owes(self, unit: Unit, obligation: Obligation) -> bool:
        """Whether that unit owes that obligation."""
        return obligation.owed_by in (unit.kind, unit.slug)

    def owed_by(self, unit: Unit) -> tuple[Obligation, ...]:
        """What a unit owes: dated obligations first, then standing ones."""
        return tuple(o for o in self._dated + self._standing if self.owes(unit, o))

    def pairs(self) -> Iterator[tuple[Unit, Obligation]]:
        """Every unit with every dated obligation it owes, in the file's order."""
        for unit in self.units:
            for obligation in self.dated():
                if self.owes(unit, obligation):
                    yield unit, obligation

    def form(self, obligation: Obligation) -> tuple[FormField, ...]:
        """The questions of an obligation; a note of progress where it has no form of its own."""
        return obligation.fields or self.note_fields
