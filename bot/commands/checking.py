"""``dondoc check``: what is wrong, where, and how to mend it."""

import json
from collections.abc import Iterator
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bot.settings import Settings
from rules.campaign_file import BadCampaign, load_campaign


def check_all(settings: Settings) -> int:
    """Print every fault. Returns the exit code: 0 where all is well."""
    faults = [*_campaign(settings), *_settings(settings), *_database(settings), *_telegram(settings)]
    for fault in faults:
        print(fault)
    if not faults:
        print(f"ok: {settings.campaign_folder.name}, {'Telegram' if settings.telegram else 'rehearsal'}")
    return 1 if faults else 0


def _campaign(settings: Settings) -> Iterator[str]:
    try:
        load_campaign(settings.campaign_folder)
    except BadCampaign as bad:
        yield from (str(fault) for fault in bad.faults)


def _settings(settings: Settings) -> Iterator[str]:
    try:
        settings.check()
    except ValueError as fault:
        yield f"settings: {fault}"


def _database(settings: Settings) -> Iterator[str]:
    from sqlalchemy.exc import SQLAlchemyError

    from storage.database import answers, open_database

    try:
        engine = open_database(settings.database_url)
        answers(engine)
        engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        first = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield f"database: can't be opened ({first}) -> check DATABASE_URL and that the server runs"


def _telegram(settings: Settings) -> Iterator[str]:
    if not settings.telegram:
        return
    token = settings.telegram_token.get_secret_value()
    try:
        with urlopen(f"{settings.telegram_api_url}/bot{token}/getMe", timeout=10) as answer:
            name = json.load(answer)["result"]["username"]
        print(f"Telegram: @{name}")
    except HTTPError as error:
        mend = "copy the token from @BotFather again" if error.code in (401, 404) else "try again later"
        yield f"Telegram: the token is not accepted (HTTP {error.code}) -> {mend}"
    except (URLError, OSError, ValueError, KeyError):
        yield f"Telegram: {settings.telegram_api_url} can't be reached -> check the network and TELEGRAM_API_URL"
