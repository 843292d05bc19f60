"""Short codes that a person reads aloud: receipts, invites, codes that link a channel. Randomness is passed in."""

import re
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of receipts and invites. Without 0 O 1 I L: nobody asks "số không hay chữ o?"."""
DIGITS = "0123456789"
"""Of codes that link: typed on a phone within minutes."""
RECEIPT_LENGTH = 6
INVITE_LENGTH = 10
"""Ten signs of 31: fifty bits, far beyond guessing within an invite's life."""
LINK_LENGTH = 6
LONG_LINK_LENGTH = 9
"""Of codes that link while many wrong ones are typed: too many to be searched, and no telephone number."""
Pick = Callable[[str], str]
"""One sign of a string, by the caller's source of randomness."""
LONGEST_TEXT = 400
"""Signs of a text in which a code is looked for."""
MOST_CODES = 3
_BETWEEN_WORDS = re.compile(r"[\s.,;:!?()/“”\"']")
_LINK_CODE = re.compile(r"[0-9]{3}[ -]?[0-9]{3}(?:[ -]?[0-9]{3})?")


def new_receipt(pick: Pick) -> str:
    """A receipt's code."""
    return _signs(pick, ALPHABET, RECEIPT_LENGTH)


def new_invite(pick: Pick) -> str:
    """An invite's code."""
    return _signs(pick, ALPHABET, INVITE_LENGTH)


def new_link_code(pick: Pick, length: int = LINK_LENGTH) -> str:
    """A code that links a channel."""
    return _signs(pick, DIGITS, length)


def shown_link_code(code: str) -> str:
    """``482 913``: as it is read aloud."""
    return " ".join(code[at : at + 3] for at in range(0, len(code), 3))


def _signs(pick: Pick, alphabet: str, length: int) -> str:
    return "".join(pick(alphabet) for _ in range(length))


def tidy(given: str) -> str:
    """A receipt or an invite as typed, made comparable: upper case, without spaces and hyphens."""
    return "".join(sign for sign in given.upper() if sign.isalnum())


def looks_like_receipt(given: str) -> bool:
    """Whether a text could be a receipt's code."""
    return _has_shape(tidy(given), RECEIPT_LENGTH)


def looks_like_invite(given: str) -> bool:
    """Whether a text could be an invite's code, typed with or without spaces."""
    return INVITE_LENGTH <= len(given) <= 2 * INVITE_LENGTH and _has_shape(tidy(given), INVITE_LENGTH)


def invites_in(text: str) -> list[str]:
    """The first few words of a text that could be an invite's code."""
    return [word for word in _BETWEEN_WORDS.split(text[:LONGEST_TEXT]) if looks_like_invite(word)][:MOST_CODES]


def meant_as_invite(text: str) -> bool:
    """Whether a text alone is an invite's code, also one with a sign too many or too few: letters and digits in one piece."""
    digits = sum(sign in DIGITS for sign in text)
    if not 2 <= digits < len(text.strip()) - 1:
        return False
    mistyped = text.strip().isalnum() and abs(len(text.strip()) - INVITE_LENGTH) <= 1
    return looks_like_invite(text) or (mistyped and text.isascii())


def _has_shape(code: str, length: int) -> bool:
    return len(code) == length and all(sign in ALPHABET for sign in code)


def looks_like_link_code(given: str) -> bool:
    """Whether a text is six or nine digits, as they are shown or in one piece."""
    return bool(_LINK_CODE.fullmatch(given))


def digits_of(given: str) -> str:
    """The digits of a text, as a code that links is compared."""
    return "".join(sign for sign in given if sign in DIGITS)
