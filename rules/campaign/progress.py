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
    WITHDRAWN = "withdrawn"
    """The unit took its report back."""

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
    """The figures are in; the number and day of the document that carries them are not, nor the document itself: not done."""
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    """Sent back: open again, however it was reported."""
    NOTHING = "nothing"
    WITHDRAWN = "withdrawn"
    """Taken back by the unit: open again."""

    @property
    def done(self) -> bool:
        """Whether nothing more is expected of the unit: no reminder is due."""
        return self in _DONE

    @property
    def may_be_nothing(self) -> bool:
        """Whether "không phát sinh" is still an answer: nothing was reported yet, or what was is taken back."""
        return self in (State.NO_RESPONSE, State.FILLING, State.WITHDRAWN)

    @property
    def has_figures(self) -> bool:
        """Whether what was reported stands, be its document still on the way: what sums and lists are made of."""
        return self.done or self is State.AWAITING_DOCUMENT


_DONE = frozenset((State.SUBMITTED, State.CONFIRMED, State.NOTHING))


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
    completed_at: datetime | None = None
    """When the first revision came in that lacks nothing, since the last one that was taken back. By it a report is judged on
    time or late: a correction does not make it late, nor do figures without their document make it early."""
    revision: int = 0
    receipt: str = ""
    by_name: str = ""
    lacks_document: bool = False
    """Its form asks for the number and day of a document, and the newest revision lacks one of them."""
    arrival: str = ""
    """The number under which the receiver entered it on arrival, where that was told."""

    @property
    def state(self) -> State:
        """The one word for it."""
        return state_of(self)


def state_of(standing: Standing) -> State:
    """What a unit did and what was said of it, as one state. To confirm figures does not bring their document; a number of
    arrival says that it is there."""
    if standing.outcome is Outcome.NO_RESPONSE:
        return State.NO_RESPONSE
    if standing.outcome is Outcome.IN_PROGRESS:
        return State.FILLING
    if standing.outcome is Outcome.WITHDRAWN:
        return State.WITHDRAWN
    if standing.review is Review.MORE_WANTED:
        return State.RETURNED
    if standing.outcome is Outcome.NOTHING:
        return State.NOTHING
    if standing.lacks_document and not standing.arrival:
        return State.AWAITING_DOCUMENT
    return State.CONFIRMED if standing.review is Review.CONFIRMED else State.SUBMITTED


def bucket_of(state: State, when: Timing | None, overdue: bool, grace: bool = False) -> Bucket:
    """The bucket of a dated obligation: by its state, by when it was complete, by whether its last day on time has passed.
    ``grace``: the campaign counts what arrives on the named day as on time; it stays marked."""
    if state.done:
        on_time = when in (None, Timing.ON_TIME) or (grace and when is Timing.ON_THE_DAY)
        return Bucket.DONE_ON_TIME if on_time else Bucket.DONE_LATE
    return Bucket.OPEN_OVERDUE if overdue else Bucket.OPEN_IN_TIME
