"""The sending half of a channel: what it is asked, what may become of a message, and what a platform's refusals mean.

Each channel has one table of refusals, a row a refusal, each with its source.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, Protocol

from bot.delivery.backoff import after
from handlers.message import Message
from rules.ids import read_number
from storage.outbox import Delivery, DeliveryKind

PUSHED_AGAIN, ANSWERED_AGAIN = 300.0, 15.0
"""Seconds: the longest pause until something is tried again that nobody asked for, or that somebody waits for."""


@dataclass
class AddressRefuses(Exception):
    """The platform will never take messages for that address: blocked, deactivated, unknown. ``why`` is the reason's
    name (handlers/wording/phrases.py), ``detail`` the platform's own words for the log."""

    why: str
    detail: str = ""


@dataclass
class WayShut(Exception):
    """The address is fine, but this message can't reach it this way now: a window closed, a quota used up."""

    why: str
    detail: str = ""


class MessageRefused(Exception):
    """This message can't be sent, though the address is fine."""


@dataclass
class TryLater(Exception):
    """Not now: after so many seconds. ``whole_channel`` where the platform halts everything."""

    seconds: float
    why: str
    whole_channel: bool = False


@dataclass
class AddressMoved(Exception):
    """The chat has a new address."""

    to: str


def unanswered(delivery: Delivery, why: str) -> TryLater:
    """The platform could not be reached, or failed by itself: each pause is longer, but for who waits for an answer."""
    return TryLater(after(delivery.attempts, PUSHED_AGAIN if DeliveryKind(delivery.kind).is_push else ANSWERED_AGAIN), why)


class Sink(Protocol):
    """The sending half of a channel."""

    async def send(self, address: str, message: Message, delivery: Delivery) -> str:
        """Send a message; returns the platform's id for it. Raises one of this module's exceptions."""
        ...


# ---------------------------------------------------------------- what a platform says


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
class PlatformRefusal:
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
    size = read_number(text.removeprefix("-"))
    return -size if size is not None and text.startswith("-") else size


def find(table: Iterable[PlatformRefusal], code: int | None, description: str) -> PlatformRefusal | None:
    """The first row that fits: by its code, or by words of the description."""
    said = description.lower()
    return next((row for row in table if (row.sign == code if isinstance(row.sign, int) else row.sign in said)), None)


def refuse(row: PlatformRefusal, detail: str, seconds: float | None = None) -> NoReturn:
    """Raise what the courier understands. ``HARMLESS`` and ``TOKEN`` are the channel's own affair."""
    wait = row.seconds if seconds is None else seconds
    match row.verdict:
        case Verdict.ADDRESS:
            raise AddressRefuses(row.why, detail)
        case Verdict.WAY:
            raise WayShut(row.why, detail)
        case Verdict.MESSAGE:
            raise MessageRefused(f"{row.why}: {detail}")
        case Verdict.HALT | Verdict.TOKEN:
            raise TryLater(wait, f"{row.why}: {detail}", whole_channel=True)
        case _:
            raise TryLater(wait, f"{row.why}: {detail}")
