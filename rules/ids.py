"""Reading a number that came from outside: behind a button, after a command. On some channels anybody can type there."""

import re

LARGEST_ID = 2**31 - 1
"""What the column of an id holds. PostgreSQL refuses even to look for more."""
_NUMBER = re.compile(r"[0-9]{1,18}")


def read_number(given: str) -> int | None:
    """The number that a text is: ASCII digits alone, at most 18 of them, so that it fits any column of numbers. Else None.

    ``isdigit`` is also true of "²", which no ``int`` reads; and ``int`` reads "٣", "1_0" and "+1".
    """
    return int(given) if _NUMBER.fullmatch(given) else None


def read_id(given: str) -> int | None:
    """The number of a record. None where no record can have it."""
    number = read_number(given)
    return number if number is not None and number <= LARGEST_ID else None
