"""What the words of pushes are written from: how things stand at one moment, drawn only if something is pushed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from handlers.desk import Desk
from handlers.ticking import news
from handlers.ticking.news import NO_NEWS, News
from rules.campaign.board import Board, Cell, Standings, board_of
from rules.campaign.deadlines import Due
from rules.campaign.ladder import Situation
from rules.campaign.model import Campaign
from rules.campaign.register import Product, latest_decision
from storage import register, reminders, reports


@dataclass(frozen=True)
class Picture:
    """One moment of a campaign."""

    campaign: Campaign
    situation: Situation
    standings: Standings
    now: datetime
    news: News = NO_NEWS
    register: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)
    """The recognised products of each unit whose months may be full by a deadline."""

    @cached_property
    def board(self) -> Board:
        """Every unit with everything it owes."""
        enrolled = {recipient.unit for recipient in self.situation.recipients}
        return board_of(self.campaign, self.standings, self.due, self.now, enrolled)

    @property
    def due(self) -> Due:
        """The deadlines in force."""
        return self.situation.due

    def cell(self, unit: str, duty: str) -> Cell:
        """A unit with a duty that it owes. Raises KeyError."""
        found = self.board.cell(unit, duty)
        if found is None:
            raise KeyError((unit, duty))
        return found


def picture(desk: Desk) -> Picture:
    """The present moment, for planning and wording."""
    told = news.waiting(desk)
    standings = reports.standings(desk.scope)
    situation = replace(reminders.situation(desk.scope, standings), news=told.any)
    return Picture(desk.campaign, situation, standings, desk.now, told, _register(desk, situation))


def _register(desk: Desk, situation: Situation) -> Mapping[str, tuple[Product, ...]]:
    latest = latest_decision(desk.campaign, situation.due.latest)
    found: dict[str, list[Product]] = {}
    for product in register.decided_by(desk.db, latest) if latest else ():
        found.setdefault(product.unit, []).append(product)
    return {unit: tuple(products) for unit, products in found.items()}
