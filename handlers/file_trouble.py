"""Why a file is not taken: a word that the process which opens a foreign file knows without knowing anything of turns."""

from enum import StrEnum


class FileTrouble(StrEnum):
    """Why a file that came along is not taken."""

    TOO_BIG = "too_big"
    UNSUPPORTED = "unsupported"
    """A kind of message that nobody reports with: a video, a voice."""
    WRONG_KIND = "wrong_kind"
    NOT_FETCHED = "not_fetched"
    SECRET = "secret"  # noqa: S105
    UNREADABLE = "unreadable"
    """Broken, or made to hold up whoever opens it."""
    LOCKED = "locked"
    """Nobody opens it without a password."""
    NOT_KEPT = "not_kept"
    """The disk takes nothing."""
    UNOPENED = "unopened"
    """From somebody who may not send one: it was not even fetched."""
