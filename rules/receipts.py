"""Short codes that a person reads aloud: receipts and invites. Randomness is passed in."""

from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L: nobody asks "số không hay chữ o?"."""


def code(pick: Callable[[str], str], length: int) -> str:
    """A code of that length, each sign picked by the caller's source of randomness."""
    return "".join(pick(ALPHABET) for _ in range(length))


def tidy(given: str) -> str:
    """A code as typed, made comparable: upper case, without spaces and hyphens."""
    return "".join(sign for sign in given.upper() if sign.isalnum())
