"""``dondoc check``: what is wrong, where, and how to mend it."""

import asyncio
import json
from collections.abc import Iterator
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bot.settings import Settings
from rules.campaign_file import BadCampaign, load_campaign


def check_all(settings: Settings) -> int:
    """Print every fault. Returns the exit code: 0 where all is well."""
    faults = [
        *_campaign(settings),
        *_settings(settings),
        *_database(settings),
        *_telegram(settings),
        *_zalo_bot(settings),
        *_zalo_oa(settings),
    ]
    for fault in faults:
        print(fault)
    if not faults:
        print(
            f"ok: {settings.campaign_folder.name}, {', '.join(sorted(settings.channels)) if not settings.rehearsing else 'rehearsal'}"
        )
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


def _zalo_bot(settings: Settings) -> Iterator[str]:
    if not settings.zalo_bot:
        return
    from bot.channels.zalo_bot_api import Refused, ZaloBotApi
    from bot.http_answers import Unreachable

    async def ask() -> dict[str, str]:
        api = ZaloBotApi(settings.zalo_bot_token.get_secret_value(), settings.zalo_bot_api_url)
        try:
            return dict(await api.call("getMe") or {})
        finally:
            await api.close()

    try:
        me = asyncio.run(ask())
        print(f"Zalo Bot: {me.get('display_name') or me.get('account_name')}")
        if not settings.public_url:
            print("Zalo Bot: no PUBLIC_URL, so people can send pictures alone, no files")
    except Refused as refused:
        yield f"Zalo Bot: the token is not accepted ({refused.code}) -> copy it from the Zalo Bot Manager again"
    except Unreachable:
        yield f"Zalo Bot: {settings.zalo_bot_api_url} can't be reached -> check the network and ZALO_BOT_API_URL"


def _zalo_oa(settings: Settings) -> Iterator[str]:
    """The account's token as it stands in the database; Zalo itself is not asked, lest a token be used up."""
    if not settings.zalo_oa:
        return
    from sqlalchemy.exc import SQLAlchemyError

    from bot.zalo_tokens import CHANNEL
    from storage.database import is_current, open_database, reading
    from storage.tokens import pair_of

    try:
        engine = open_database(settings.database_url)
        pair = None
        if is_current(engine):
            with reading(engine) as db:
                pair = pair_of(db, CHANNEL)
        engine.dispose()
    except (SQLAlchemyError, OSError):
        return  # said above
    if pair is None and not settings.zalo_oa_refresh_token.get_secret_value():
        yield "Zalo OA: not authorised yet -> run dondoc zalo authorize"
    elif pair and pair.lost:
        yield f"Zalo OA: the account is lost ({pair.lost}) -> run dondoc zalo authorize"
    elif pair:
        print(f"Zalo OA: authorised, the access token ends {pair.expires_at:%Y-%m-%d %H:%M} UTC")


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
