"""Good samples made bad, the same way for the same seed."""

import random
from typing import Any

NASTY = (
    "", " ", "\x00", "\uffff", "\u202e", "\u2028", "\ud800", "😀" * 40, "a" * 5000, "0" * 400, "-1", "1e309", "٣", "NaN", "²", "../../x",
    "{", "[" * 600, "=1+1", "31/2/2022", "9" * 30 + " tỷ", "45/UBND ngày", "<a>" * 200, "&amp;" * 300, "%s%n", "null", "/start",
    "a\n" * 900, "\t" * 900, "1.000." * 300, "e\u0301" * 500, "không " * 300,
)  # fmt: skip
ODD: tuple[Any, ...] = (*NASTY, None, True, False, 0, -1, 2**63, 1e308, float("inf"), [], {}, [[]], {"id": {}}, [None] * 50)
MARKS = (
    b"\x00",
    b"\xff",
    b"<",
    b">",
    b"&",
    b"PK\x03\x04",
    b"%PDF-",
    b"obj",
    b"stream",
    b"/Type",
    b"]]>",
    b"<!DOCTYPE a>",
    b"\r\n",
)


def text(chance: random.Random, good: str) -> str:
    """A text with pieces lost, doubled, moved, and nasty ones put in."""
    for _ in range(chance.randint(1, 4)):
        at, to = sorted((chance.randint(0, len(good)), chance.randint(0, len(good))))
        match chance.randint(0, 4):
            case 0:
                good = good[:at] + good[to:]
            case 1:
                good = good[:to] + good[at:to] * chance.randint(1, 5) + good[to:]
            case 2:
                good = good[:at] + chance.choice(NASTY) + good[at:]
            case 3:
                good = good[:at] + chr(chance.choice((chance.randint(0, 0x2FF), chance.randint(0, 0xD7FF)))) + good[at + 1 :]
            case _:
                good = good[to:] + good[:to]
    return good[:40_000]


def content(chance: random.Random, good: bytes) -> bytes:
    """A file with bytes turned, lost, doubled, and marks of formats put in."""
    spoilt = bytearray(good)
    for _ in range(chance.randint(1, 12)):
        at = chance.randint(0, len(spoilt))
        match chance.randint(0, 4):
            case 0 if spoilt:
                spoilt[at % len(spoilt)] ^= 1 << chance.randint(0, 7)
            case 1:
                del spoilt[at : at + chance.randint(1, 200)]
            case 2:
                spoilt[at:at] = spoilt[at : at + chance.randint(1, 400)] * chance.randint(1, 4)
            case 3:
                spoilt[at:at] = chance.choice(MARKS)
            case _:
                spoilt[at : at + 4] = chance.randbytes(4)
    return bytes(spoilt[:200_000])


def value(chance: random.Random, good: Any) -> Any:
    """A JSON value in which some are something else, are gone, or are deep."""
    if chance.random() < 0.12:
        return chance.choice(ODD)
    if isinstance(good, dict):
        kept = {key: value(chance, each) for key, each in good.items() if chance.random() > 0.08}
        return {"message": kept} if chance.random() < 0.05 else kept
    if isinstance(good, list):
        return [value(chance, each) for each in good for _ in range(chance.choice((1, 1, 1, 0, 2)))]
    return text(chance, good) if isinstance(good, str) and chance.random() < 0.4 else good


def touched(chance: random.Random, good: Any) -> Any:
    """A JSON value in which one place is something else: so that the rest of it is believed."""
    if isinstance(good, dict) and good:
        key = chance.choice(list(good))
        return {**good, key: touched(chance, good[key])}
    if isinstance(good, list) and good:
        at = chance.randrange(len(good))
        return [*good[:at], touched(chance, good[at]), *good[at + 1 :]]
    return text(chance, good) if isinstance(good, str) and chance.random() < 0.7 else chance.choice(ODD)
