"""Whose rows a query may see."""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable

from rules.campaign.model import Campaign

Q = TypeVar("Q", bound=Executable)


@dataclass(frozen=True)
class Scope:
    """A connection and the campaign whose rows are meant: what every function on a campaign's tables takes."""

    db: Connection
    campaign: Campaign

    @property
    def name(self) -> str:
        """What the campaign's rows are marked with."""
        return self.campaign.name


def all_campaigns(query: Q) -> Q:
    """Marks a query that means every campaign's rows, so that none is meant by forgetting."""
    return query.execution_options(all_campaigns=True)
