"""A campaign: a dispatch put to work. Plain values; the file that holds them is read elsewhere."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from rules.campaign.policy import Policy
from rules.directory.model import Directory, Unit
from rules.documents.parts import Bilingual, Part, Slug
from rules.packing import Duty

ONLY = 1
"""The number of the one campaign that runs."""
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=30)]


def _one_or_more(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


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


class FromRegister(Part):
    """Into which columns of a list the register of recognised products goes."""

    product: FieldId
    producer: FieldId | None = None
    stars: FieldId | None = None
    """A choice whose options are called "3", "4" and so on."""
    decision: FieldId | None = None
    decided_on: FieldId | None = None

    @property
    def columns(self) -> dict[str, str]:
        """The columns by what goes into them."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: column for name, column in named.items() if column}


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
    from_register: FromRegister | None = None
    """List: the unit's products in the register are offered to tick."""
    months_before: int | None = None
    """Date: so many calendar months should be full by the named day; where they are not, the answer is marked."""
    names: tuple[str, ...] = ()
    """A column: what it is called in tables of other people's making, besides its label."""
    example: str = ""
    """A column: how it is filled in, for the template's example."""
    same_by: tuple[FieldId, ...] = ()
    """A list: the columns by which two rows are the same; without them, the first two."""

    @property
    def asks_whether_done(self) -> bool:
        """A yes or no that is answered with "rồi" or "chưa"."""
        return self.ask.vi.rstrip(" ?").endswith("chưa")


class Deadline(Part):
    """The named day D. ``before`` ends at its beginning, ``through`` at its end, local time."""

    rule: Literal["before", "through"]
    date: date


class Obligation(Part):
    """What units must do, resting on a clause; with a deadline, or standing."""

    slug: Slug
    clause: str
    owed_by: Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]
    """Kinds of the directory, or single units."""
    title: Bilingual
    short: Bilingual
    words: tuple[str, ...] = ()
    """What people call it."""
    conditional: bool = False
    """Owed only if there is something ("nếu…"): silence is no debt, and nothing to report is an answer."""
    deadline: Deadline | None = None
    fields: tuple[FormField, ...] = ()


class ContactDesk(Part):
    """Whom to call about the dispatch: people fear fraud, and want to hear a voice. Empty where nobody was named."""

    name: Bilingual | None = None
    phone: str = ""

    @property
    def can_be_called(self) -> bool:
        """Whether there is somebody with a number."""
        return self.name is not None and bool(self.phone.strip())


_GAPS = re.compile(r"\{(\w*)\}")


def _in_vietnamese(given: Any) -> Any:
    return {"vi": given} if isinstance(given, str) else given


def _addressing(gap: str) -> AfterValidator:
    """Ways to address somebody: with that gap, perhaps also the unit or the name, and no other brace."""

    def check(given: Bilingual) -> Bilingual:
        for text in filter(None, (given.vi, given.en)):
            gaps = _GAPS.findall(text)
            if gap not in gaps or not {"name", "unit"}.issuperset(gaps) or {"{", "}", "\n"} & set(_GAPS.sub("", text)):
                raise ValueError(f"{{{gap}}} has to stand in it, and no other brace")
        return given

    return AfterValidator(check)


AddressOfficer = Annotated[Bilingual, BeforeValidator(_in_vietnamese), _addressing("name")]
AddressLeader = Annotated[Bilingual, BeforeValidator(_in_vietnamese), _addressing("unit")]


class DispatchFacts(Part):
    """How the dispatch is cited. An empty number or date stays empty."""

    number: str
    date: str
    cite: Bilingual
    subject: Bilingual
    receiver: str
    """The unit that reports go to."""
    contact: ContactDesk = ContactDesk()
    address_officer: AddressOfficer | None = None
    """How reminders and greetings address a person: ``anh/chị {name}`` where the campaign says nothing else."""
    address_leader: AddressLeader | None = None
    """How letters to the leader of a unit begin: ``Kính gửi lãnh đạo {unit}``."""


class Clause(Part):
    """A clause word for word, with the line of its section that says whom it binds."""

    id: str
    text: str
    lead: str = ""


class Meaning(Part):
    """A name with the words that it stands for, or the ways to say it."""

    name: str
    words: tuple[str, ...]


def _meanings(table: Any) -> Any:
    return tuple({"name": name, "words": words} for name, words in table.items()) if isinstance(table, dict) else table


Meanings = Annotated[tuple[Meaning, ...], BeforeValidator(_meanings)]


class DispatchWords(Part):
    """The words that belong to one dispatch; a table each in ``words.toml``."""

    subjects: Meanings = ()
    """What the dispatch speaks of, with the ways to name it, in every language."""
    abbreviations: Meanings = ()
    """Abbreviations with their meanings, the usual one first."""
    asks: Meanings = ()
    """Phrases that ask for something only about this dispatch ("sản phẩm nào"), by the kind of question."""
    counted: Meanings = ()
    """Things of the dispatch that are counted ("bao nhiêu điểm"), with their other names."""
    counted_english: Meanings = ()
    """The same things where they are counted in English ("how many points")."""
    counts: Meanings = ()
    """Phrases that ask for a count by themselves ("điểm sàn"), by the thing counted."""


class Fact(Part):
    """One thing that the dispatch says: a row of the fact table in ``facts.toml``.

    ``gives`` are the kinds of question it answers (rules/understanding/question.py), ``count …`` with what is counted.
    ``who`` is bound by it: kinds of the directory or single units; empty where nobody in particular.
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
    """Words after which any year may stand, such as the year of an older decision."""
    ask: tuple[str, ...] = ()
    """How people ask for it, from ``questions.toml``."""
    guidance: int = 0
    """The number of the question whose published reply this is; 0: the dispatch itself says it."""


class KnownGap(Part):
    """Something people ask for that the dispatch does not say, from ``questions.toml``."""

    id: str
    ask: tuple[str, ...]


class Campaign(Part):
    """The whole: obligations, deadlines, forms, clauses, and the facts with how people ask for them; with the directory
    that its units are of, and the policy by which it is followed up."""

    name: Slug
    title: Bilingual
    opens: date
    grace: bool = False
    """Whether a report that arrives on the named day of a "before" deadline counts as on time."""
    dispatch: DispatchFacts
    directory: Directory
    policy: Policy
    obligations: tuple[Obligation, ...]
    note_fields: tuple[FormField, ...]
    clauses: tuple[Clause, ...] = ()
    facts: tuple[Fact, ...] = ()
    gaps: tuple[KnownGap, ...] = ()
    words: DispatchWords = DispatchWords()

    @property
    def number(self) -> int:
        """What buttons call it by: 1, as long as one campaign runs."""
        return ONLY

    def duty(self, obligation: Obligation) -> Duty:
        """How an obligation of it is referred to."""
        return Duty(self.number, obligation.slug)

    @cached_property
    def _obligations(self) -> dict[str, Obligation]:
        return {obligation.slug: obligation for obligation in self.obligations}

    @cached_property
    def _clauses(self) -> dict[str, Clause]:
        return {clause.id: clause for clause in self.clauses}

    @property
    def receiver(self) -> Unit:
        """The unit that reports go to."""
        return self.directory.unit(self.dispatch.receiver)

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
        return unit.slug in obligation.owed_by or unit.kind in obligation.owed_by

    def owed_by(self, unit: Unit) -> tuple[Obligation, ...]:
        """What a unit owes: dated obligations first, then standing ones."""
        return tuple(o for o in self._dated + self._standing if self.owes(unit, o))

    def pairs(self) -> Iterator[tuple[Unit, Obligation]]:
        """Every unit with every dated obligation it owes, in the directory's order."""
        for unit in self.directory.units:
            for obligation in self.dated():
                if self.owes(unit, obligation):
                    yield unit, obligation

    def form(self, obligation: Obligation) -> tuple[FormField, ...]:
        """The questions of an obligation; a note of progress where it has no form of its own."""
        return obligation.fields or self.note_fields
