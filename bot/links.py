"""The links by which an invite's code is redeemed."""

import hashlib
import json
from collections.abc import Callable
from urllib.request import urlopen

from bot.settings import Settings


def invite_links(settings: Settings) -> Callable[[str], tuple[str, ...]]:
    """A function from a code to its links. The bot's name is asked of Telegram once, when needed."""
    name: list[str] = []

    def links(code: str) -> tuple[str, ...]:
        if not settings.telegram:
            return ()
        if not name:
            name.append(_username(settings))
        return (f"https://t.me/{name[0]}?start={code}",) if name[0] else ()

    return links


def _username(settings: Settings) -> str:
    """The bot's name; empty when Telegram can't be reached just now. The token stays out of every message."""
    token = settings.telegram_token.get_secret_value()
    try:
        with urlopen(f"{settings.telegram_api_url}/bot{token}/getMe", timeout=5) as answer:
            found = json.load(answer)
        return str(found["result"]["username"])
    except (OSError, ValueError, KeyError):
        return ""


def console_address(code: str) -> str:
    """The console contact that belongs to a code, so that the same code goes on with the same person."""
    return hashlib.sha256(code.upper().encode()).hexdigest()[:16]
