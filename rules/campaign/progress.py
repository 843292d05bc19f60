"""How far a unit is with an obligation: outcome, review, the state they make, timing, and the bucket of national reporting."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.campaign.deadlines import Timing


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


class State(StrEnum):
    """Where a unit stands with an obligation, in one word: what every surface shows and counts."""

    NO_RESPONSE = "no_response"
    FILLING = "filling"
    AWAITING_DOCUMENT = "awaiting_document"
    """The figures are in, the number of the document that carries them is not. Counted as done."""
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    """Sent back: open again, however it was reported."""
    NOTHING = "nothing"

    @property
    def done(self) -> bool:
        """Whether nothing more is expected of the unit: no reminder is due."""
        return self in _DONE


_DONE = frozenset((State.AWAITING_DOCUMENT, State.SUBMITTED, State.CONFIRMED, State.NOTHING))


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
    lacks_document: bool = False
    """Its form asks for the number of a document, and the newest revision has none."""

    @property
    def state(self) -> State:
        """The one word for it."""
        return state_of(self)


def state_of(standing: Standing) -> State:
    """What a unit did and what was said of it, as one state. A confirmed report is not asked for its document again."""
    if standing.outcome is Outcome.NO_RESPONSE:
        return State.NO_RESPONSE
    if standing.outcome is Outcome.IN_PROGRESS:
        return State.FILLING
    if standing.review is Review.MORE_WANTED:
        return State.RETURNED
    if standing.outcome is Outcome.NOTHING:
        return State.NOTHING
    if standing.review is Review.CONFIRMED:
        return State.CONFIRMED
    return State.AWAITING_DOCUMENT if standing.lacks_document else State.SUBMITTED


def bucket_of(state: State, when: Timing | None, overdue: bool) -> Bucket:
    """The bucket of a dated obligation: by its state, by when it came in, by whether its day has passed. A report on the
    named day counts as on time and stays marked; it becomes overdue with the day after, as document offices count it."""
    if state.done:
        return Bucket.DONE_LATE if when is Timing.LATE else Bucket.DONE_ON_TIME
    return Bucket.OPEN_OVERDUE if overdue else Bucket.OPEN_IN_TIME
