"""The troubles that a platform makes: faults of its own, limits, nonsense, silence."""

from collections.abc import Iterator
from itertools import cycle

from aiohttp import web

from tests.chaos.crowd import Mood
from tests.chaos.scene import Scene

EACH = 15.0
"""Seconds that each mood lasts."""
RETRY_AFTER = 3
SENDS = ("sendMessage", "sendDocument")
UNREADABLE = (
    "<html><h1>502 Bad Gateway</h1></html>",
    "",
    "[]",
    "null",
    '"ok"',
    '{"ok": true',
    '{"ok": false}',
    '{"error_code": "x"}',
)
STRANGE = (
    "{}",
    "[]",
    '{"ok": true}',
    '{"ok": true, "result": 7}',
    '{"ok": true, "result": ["x", 1]}',
    '{"ok": true, "result": [{}]}',
)
"""Whole answers of 200 to a poll that hold no update."""


async def fails(scene: Scene) -> None:
    """Each mood in turn, with a moment in which all is well."""
    for name, mood in moods().items():
        await scene.lasts(4.0)
        scene.crowd.mood = mood
        await scene.lasts(EACH)
        scene.crowd.mood = None
        scene.outcome.told.append(f"{name} for {EACH * scene.size.trouble:.0f} s")
    await scene.lasts(4.0)


def moods() -> dict[str, Mood]:
    """What a platform may be like."""
    return {"5xx": _in_turns(_faults()), "429": flooded, "nonsense": _nonsense(), "no answer at all": silent}


async def flooded(method: str) -> web.Response | None:
    """Everything is too much."""
    body = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {RETRY_AFTER}"}
    return web.json_response({**body, "parameters": {"retry_after": RETRY_AFTER}}, status=429)


async def silent(method: str) -> web.Response | None:
    """The line breaks before anything is answered."""
    raise ConnectionResetError


def _in_turns(answers: Iterator[tuple[int, str]]) -> Mood:
    async def mood(method: str) -> web.Response | None:
        status, body = next(answers)
        return web.Response(status=status, text=body)

    return mood


def _faults() -> Iterator[tuple[int, str]]:
    own = '{"ok": false, "error_code": 500, "description": "Internal Server Error"}'
    return cycle([(500, own), (502, "<html>Bad Gateway</html>"), (503, ""), (504, "upstream timed out"), (520, "\x00\xff")])


def _nonsense() -> Mood:
    """Sends fail in words that nobody can read, polls bring what is no update."""
    unreadable, strange = cycle(UNREADABLE), cycle(STRANGE)

    async def mood(method: str) -> web.Response | None:
        if method == "getUpdates":
            return web.Response(text=next(strange), content_type="application/json")
        return web.Response(status=502 if method in SENDS else 200, text=next(unreadable))

    return mood
