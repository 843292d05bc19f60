"""The links by which an invite's code is redeemed."""

import hashlib
import json
from collections.abc import Callable
from urllib.request import urlopen

from bot.settings import Settings

ACCOUNT_KEY = "zalo-oa-id"
"""Under which the Official Account's id is kept, once a running process has asked for it."""


class InviteLinks:
    """From a code to its links. A running process learns the bot's name when it greets the platform;
    a command asks for it. Making links never waits for a network."""

    def __init__(self) -> None:
        self.username = ""
        self.zalo_oa = ""

    def __call__(self, code: str) -> tuple[str, ...]:
        """The deep link of Telegram, once the bot's name is known; the page of the Zalo Official Account, where the code
        is typed."""
        found = [f"https://t.me/{self.username}?start={code}"] if self.username else []
        return (*found, *((f"https://zalo.me/{self.zalo_oa}",) if self.zalo_oa else ()))

    def asked(self, settings: Settings) -> Callable[[str], tuple[str, ...]]:
        """Links for a command, which asks for the bot's name once it needs one."""

        def links(code: str) -> tuple[str, ...]:
            self.ask(settings)
            return self(code)

        return links

    def ask(self, settings: Settings) -> None:
        """Ask Telegram for the bot's name; it stays empty when Telegram can't be reached just now."""
        if not settings.telegram:
            return
        token = settings.telegram_token.get_secret_value()
        try:
            with urlopen(f"{settings.telegram_api_url}/bot{token}/getMe", timeout=5) as answer:
                self.username = str(json.load(answer)["result"]["username"])
        except (OSError, ValueError, KeyError):
            self.username = ""


def console_address(code: str) -> str:
    """The console contact that belongs to a code, so that the same code goes on with the same person."""
    return hashlib.sha256(code.upper().encode()).hexdigest()[:16]
