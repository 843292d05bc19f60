"""The rehearsal: made-up people, a clock that is moved by hand, and the board of units."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.web_chat.send import CHANNEL
from bot.clocks import SimulatedClock
from bot.wiring import CLOCK_KEY, House
from handlers.desk import Desk
from handlers.ticking.tick import picture, tick
from handlers.wording.phrases import bucket_text, outcome_text, timing_text
from rules.campaign.deadlines import at_local
from rules.campaign.ladder import instants, plan
from rules.campaign.model import Campaign
from rules.campaign.progress import bucket_of, timing_of
from rules.people import Role
from storage import backup, conversations, kept, people, reports
from storage.database import reading
from storage.invites import Invite
from storage.scope import Scope

LONGEST_CAMPAIGN = timedelta(days=400)


@dataclass(frozen=True)
class Cast:
    """Somebody who can be played on the page."""

    address: str
    name: str
    role: Role | None
    unit: str


def cast(campaign: Campaign) -> list[Cast]:
    """An officer of each of two units, a manager, a stranger. The names are made up."""
    officers = [
        Cast(f"officer-{number}", name, Role.OFFICER, unit.slug)
        for number, (name, unit) in enumerate(zip(("Lan", "Hòa"), campaign.directory.alike, strict=False), 1)
    ]
    return [*officers, Cast("manager", "Minh", Role.MANAGER, ""), Cast("stranger", "Khách", None, "")]


def enrol(db: Connection, campaign: Campaign, now: datetime) -> None:
    """Enrol the cast, whoever of it is not there yet."""
    for member in cast(campaign):
        contact_id = conversations.record_contact(db, CHANNEL, member.address, member.name, now)
        contact = people.contact_by_id(db, contact_id)
        if member.role and contact and contact.person_id is None:
            invited = Invite(role=member.role, unit=member.unit, name=member.name, expires_at=now, phone="")
            people.join(db, contact_id, invited, member.name, "vi", now)


class Rehearsal:
    """Moves the simulated clock, looking at every moment at which something can fall due."""

    def __init__(self, house: House, wake: Callable[[], None]) -> None:
        assert isinstance(house.clock, SimulatedClock)
        self._house, self._clock, self._wake = house, house.clock, wake

    def prepare(self) -> None:
        """Enrol the cast; remember where the clock stands."""
        now = self._clock.now()
        self._house.writer.write(lambda db: enrol(db, self._house.library.campaign, now))
        self._keep_clock()

    def move(self, span: timedelta) -> datetime:
        """Go forward by that much; every push on the way is queued at its own time."""
        return self._move_to(self._clock.now() + span)

    def to_next_push(self) -> datetime | None:
        """Go to the next moment at which somebody is written to. None where nothing more is to come."""
        campaign, now = self._house.library.campaign, self._clock.now()
        with reading(self._house.engine) as db:
            seen = picture(self._desk(db, now))
        for at in instants(campaign, seen.situation, now, now + LONGEST_CAMPAIGN):
            if any(push.recipient for push in plan(campaign, seen.situation, at)):
                return self._move_to(at)
        return None

    def _move_to(self, target: datetime) -> datetime:
        with reading(self._house.engine) as db:
            seen = picture(self._desk(db, self._clock.now()))
        for at in [*instants(self._house.library.campaign, seen.situation, self._clock.now(), target), target]:
            self._clock.move_to(at)
            self._look(at)
            self._wake()
        self._keep_clock()
        return self._clock.now()

    def _desk(self, db: Connection, at: datetime) -> Desk:
        return Desk(db, self._house.library, at)

    def _look(self, at: datetime) -> None:
        self._house.writer.write(lambda db: tick(self._desk(db, at)))

    def _keep_clock(self) -> None:
        now = self._clock.now().isoformat()
        self._house.writer.write(lambda db: kept.keep(db, CLOCK_KEY, now))

    def start_anew(self) -> None:
        """Empty the rehearsal's database and begin at the campaign's opening."""
        assert self._house.settings.rehearsing, "only a rehearsal is ever emptied"
        campaign = self._house.library.campaign
        self._house.writer.write(backup.empty)
        self._clock.set_to(at_local(campaign.opens, campaign.policy.hours.at, campaign.directory.zone))
        self.prepare()


def board(house: House, language: str) -> list[dict[str, Any]]:
    """Units by dated obligations, as the page draws them."""
    campaign, words, now = house.library.campaign, house.library.languages.of(language), house.clock.now()
    with reading(house.engine) as db:
        scope = Scope(db, campaign)
        standings, due = reports.standings(scope), reports.due(scope)
        enrolled = {person.unit for person in people.present(db)}
    rows = []
    for unit in campaign.directory.units:
        cells = []
        for obligation in campaign.dated():
            standing = standings.get((unit.slug, obligation.slug))
            if standing is None:
                continue
            bucket = bucket_of(standing, due, campaign, now)
            when = timing_text(words, timing_of(standing, due, campaign))
            text = outcome_text(words, standing) + (f", {when}" if when else "")
            cells.append(
                {"bucket": bucket.value, "label": bucket_text(words, bucket), "text": text, "outcome": standing.outcome.value}
            )
        if cells:
            rows.append({"unit": unit.slug, "name": unit.short, "enrolled": unit.slug in enrolled, "cells": cells})
    return rows
