"""How far a unit is with an obligation: outcome, review, timing, and the bucket of national reporting."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.campaign.deadlines import Due, Timing, is_overdue, timing
from rules.campaign.model import Campaign


class Outcome(StrEnum):
    """What the unit did."""

    NO_RESPONSE = "no_response"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    NOTHING = "nothing"

    @property
    def reported(self) -> bool:
        """Whether the unit has answered for this obligation."""
        return self in (Outcome.SUBMITTED, Outcome.NOTHING)


class Review(StrEnum):
    """What a manager said of it."""

    NONE = ""
    CONFIRMED = "confirmed"
    MORE_WANTED = "more_wanted"


class Bucket(StrEnum):
    """The four of national reporting, the same on every surface."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_OVERDUE = "open_overdue"


@dataclass(frozen=True)
class Standing:
    """Where one unit stands with one obligation, as it is kept."""

    unit: str
    obligation: str
    outcome: Outcome = Outcome.NO_RESPONSE
    review: Review = Review.NONE
    review_reason: str = ""
    submitted_at: datetime | None = None
    first_submitted_at: datetime | None = None
    """Timing is judged by the first revision: a correction does not make a report late."""
    revision: int = 0
    receipt: str = ""
    by_name: str = ""

    @property
    def settled(self) -> bool:
        """Reported, and nothing more wanted: no reminder is due."""
        return self.outcome.reported and self.review is not Review.MORE_WANTED


def timing_of(standing: Standing, due: Due, campaign: Campaign) -> Timing | None:
    """When the report came in; None where there is none, or no deadline."""
    if standing.first_submitted_at is None or campaign.obligation(standing.obligation).deadline is None:
        return None
    deadline = due.of(standing.unit, standing.obligation)
    return timing(deadline, standing.first_submitted_at, campaign.directory.zone)


def bucket_of(standing: Standing, due: Due, campaign: Campaign, now: datetime) -> Bucket:
    """The bucket of a dated obligation. A report on the named day counts as on time and stays
    marked; it becomes overdue with the day after, as document offices count it."""
    when = timing_of(standing, due, campaign)
    if standing.outcome.reported:
        return Bucket.DONE_LATE if when is Timing.LATE else Bucket.DONE_ON_TIME
    deadline = due.of(standing.unit, standing.obligation)
    return Bucket.OPEN_OVERDUE if is_overdue(deadline, now, campaign.directory.zone) else Bucket.OPEN_IN_TIME
