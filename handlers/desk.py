"""Where somebody works at the records, a turn as well as the clock: the database, the library, who acts, and when."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.library import Library
from handlers.wording.catalogs import Words
from rules.answers.answerer import Answerer
from rules.campaign.board import Board, Cell, board_of
from rules.campaign.deadlines import Due
from rules.campaign.model import Campaign
from rules.campaign.register import Product
from rules.directory.model import Directory, Unit
from rules.people import Role
from storage import kept, people, register, reports
from storage.people import Person
from storage.reports import Draft
from storage.scope import Scope


class Desk:
    """One person, or nobody known, at the records at one moment. Everything here stands in the caller's transaction."""

    def __init__(self, db: Connection, library: Library, now: datetime, person: Person | None = None) -> None:
        self.db = db
        self.library = library
        self.now = now
        self.person = person
        self._drafts: dict[int, Draft | None] = {}

    @cached_property
    def scope(self) -> Scope:
        """The records of the campaign that is alive."""
        return Scope(self.db, self.library.campaign)

    def has(self, number: int) -> bool:
        """Whether a campaign with that number is alive."""
        return number == self.campaign.number

    def of(self, number: int) -> Scope:
        """The records of the campaign with that number. Raises KeyError."""
        if not self.has(number):
            raise KeyError(number)
        return self.scope

    def draft(self, number: int) -> Draft | None:
        """A half-filled form, locked from now on. Read once, however often it is asked for."""
        if number not in self._drafts:
            self._drafts[number] = reports.draft_by_id(self.scope, number)
        return self._drafts[number]

    def has_draft(self, draft: Draft) -> Draft:
        """A form as it was just kept."""
        self._drafts[draft.id] = draft
        return draft

    @cached_property
    def board(self) -> Board:
        """How things stood when it was first looked at: drawn once a turn, for everything that is counted."""
        return self._board("")

    def board_of_unit(self, unit: str) -> Board:
        """The board of one unit alone, for who needs no other."""
        return self._board(unit)

    def owed(self) -> tuple[Cell, ...]:
        """What the person's own unit owes, dated duties first, as it stood when it was first looked at; nothing where the
        person is of no unit."""
        return self._owed

    @cached_property
    def _owed(self) -> tuple[Cell, ...]:
        return self.owed_now()

    def owed_now(self) -> tuple[Cell, ...]:
        """The same after something was reported."""
        return self.board_of_unit(self.unit.slug).of_unit(self.unit.slug) if self.unit else ()

    def _board(self, unit: str) -> Board:
        return board_of(self.campaign, reports.standings(self.scope, unit), self.due, self.now, self.enrolled)

    @cached_property
    def enrolled(self) -> set[str]:
        """The units of everybody who is there, in the directory or not, when it was first looked at."""
        return {person.unit for person in people.present(self.db)}

    @cached_property
    def due(self) -> Due:
        """The deadlines in force when they were first looked at: read once a turn. Whoever moves one reads it anew."""
        return reports.due(self.scope)

    @cached_property
    def own_people(self) -> tuple[Person, ...]:
        """Everybody of the person's own unit: read once a turn."""
        return tuple(people.of_unit(self.db, self.unit.slug)) if self.unit else ()

    @cached_property
    def own_products(self) -> tuple[Product, ...]:
        """What the register has of the person's own unit: read once a turn."""
        return register.of(self.db, self.unit.slug) if self.unit else ()

    @property
    def campaign(self) -> Campaign:
        """The campaign that is alive."""
        return self.library.campaign

    @property
    def directory(self) -> Directory:
        """The units that people belong to."""
        return self.library.directory

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of all local times."""
        return self.directory.zone

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()

    @property
    def of_dispatch(self) -> Answerer:
        """What the dispatch itself answers; needs no database."""
        return self.library.of_dispatch

    @cached_property
    def answers(self) -> Answerer:
        """The answers as of now, the department's among them: looked up once a turn. Nothing is published and then asked in
        the same one."""
        return self.library.answers(self.db, self.stamp)

    @cached_property
    def stamp(self) -> str | None:
        """Whether what the library keeps read still stands."""
        return kept.stamp(self.db)

    @property
    def role(self) -> Role | None:
        """The person's role; None for a stranger."""
        return self.person.role if self.person else None

    @property
    def oversees(self) -> bool:
        """Whether the person sees every unit."""
        return self.person is not None and self.person.role.oversees

    @property
    def unit(self) -> Unit | None:
        """The person's own unit."""
        if self.person and self.directory.has_unit(self.person.unit):
            return self.directory.unit(self.person.unit)
        return None

    def words_of(self, language: str) -> Words:
        """The words of a reader's language."""
        return self.library.languages.of(language)

    @property
    def pick(self) -> Callable[[str], str]:
        """One random sign of a string."""
        return self.library.pick
