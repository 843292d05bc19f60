"""What a platform's refusals mean. Each channel has one table of them, a row a refusal, each with its source."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from bot.courier import NotThisWay, RefusedForGood, TryLater, Unsendable

_NUMBER = re.compile(r"-?[0-9]{1,18}")


class Verdict(StrEnum):
    """What follows from a refusal."""

    HARMLESS = "harmless"
    """Nothing was lost: the message counts as sent."""
    ADDRESS = "address"
    """The address takes nothing any more, until the person writes again."""
    WAY = "way"
    """This message can't go this way now, though the address is fine: a window, a quota."""
    MESSAGE = "message"
    """This message can't be sent by anybody."""
    LATER = "later"
    """The same message may pass later."""
    HALT = "halt"
    """Nothing passes on the whole channel for a while."""
    TOKEN = "token"  # noqa: S105
    """The access token is not accepted: take a fresh one and try again."""


@dataclass(frozen=True)
class Row:
    """One refusal: a code or words of its description, what follows, the reason's name, and where that is written."""

    sign: int | str
    verdict: Verdict
    why: str
    source: str
    seconds: float = 60.0
    """For ``LATER`` and ``HALT``: how long to wait, unless the platform says."""


def number(value: object) -> int | None:
    """A code as a platform writes it, a number or its digits; None for anything else."""
    text = str(value)
    return int(text) if _NUMBER.fullmatch(text) else None


def find(table: Iterable[Row], code: int | None, description: str) -> Row | None:
    """The first row that fits: by its code, or by words of the description."""
    said = description.lower()
    return next((row for row in table if (row.sign == code if isinstance(row.sign, int) else row.sign in said)), None)


def refuse(row: Row, detail: str, seconds: float | None = None) -> NoReturn:
    """Raise what the courier understands. ``HARMLESS`` and ``TOKEN`` are the channel's own affair."""
    wait = row.seconds if seconds is None else seconds
    match row.verdict:
        case Verdict.ADDRESS:
            raise RefusedForGood(row.why, detail)
        case Verdict.WAY:
            raise NotThisWay(row.why, detail)
        case Verdict.MESSAGE:
            raise Unsendable(f"{row.why}: {detail}")
        case Verdict.HALT | Verdict.TOKEN:
            raise TryLater(wait, f"{row.why}: {detail}", whole_channel=True)
        case _:
            raise TryLater(wait, f"{row.why}: {detail}")
