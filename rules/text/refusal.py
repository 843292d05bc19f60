"""Why a typed value is not taken: a closed list, worded for people in ``handlers``."""

from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """The reasons a value can be refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_MONEY = "not_money"
    MONEY_UNIT_UNCLEAR = "money_unit_unclear"
    NEGATIVE = "negative"
    TOO_MUCH = "too_much"
    ABOVE = "above"
    NOT_A_DATE = "not_a_date"
    NO_SUCH_DAY = "no_such_day"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"
    NOT_A_DOCUMENT = "not_a_document"
    NOT_A_CHOICE = "not_a_choice"
    NEEDS_A_FILE = "needs_a_file"
    NEEDS_TEXT = "needs_text"
    REQUIRED = "required"
    TOO_MANY_ROWS = "too_many_rows"
    NO_ROWS = "no_rows"
    ROW_UNFINISHED = "row_unfinished"
    ROWS_OFFERED = "rows_offered"
    NO_SUCH_ROW = "no_such_row"
    NOTHING_DROPPED = "nothing_dropped"
    TOO_MANY_CELLS = "too_many_cells"
    CELL_ERROR = "cell_error"
    EXAMPLE = "example"


@dataclass(frozen=True)
class Refusal(Exception):
    """A value that can't be taken, with what the sentence about it needs."""

    why: Why
    given: str = ""
    limit: int | None = None
    day: str | None = None
    facts: tuple[str, ...] = field(default=())
