"""``dondoc check``: what was looked at, what is wrong, and how to mend it."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bot.bad_setting import BadSettings
from bot.clocks import wall_now
from bot.commands.damage import reason
from bot.commands.shared import tr, worded
from bot.flow.nightly import DONE
from bot.flow.sealing import NoPassphrase, passphrase_in
from bot.loading import load_campaign
from bot.room import LEAST, free
from bot.settings import ENV_FILE, Settings
from rules.channels import ChannelName
from rules.documents.faults import Faults
from storage.files import FileStore
from storage.soundness import keep_aside, look

BACKUP_AGE = timedelta(days=2)
OTHERS = 0o077
"""The rights of everybody but a file's owner."""


class Finding(Enum):
    """How something looked at was found."""

    GOOD = "good"
    FAULT = "fault"
    NOTE = "note"
    """Nothing stands in the way, but somebody will miss it."""
    LEFT = "left"
    """Not looked at: not set up, or out of reach."""


Check = Callable[[Settings], Iterator[tuple[Finding, str]]]
AskBot = Callable[[Settings], Coroutine[Any, Any, str]]
"""Asks the Zalo Bot Platform what our bot is called there. Raises SaidNo or Unreachable."""


def check_all(settings: Settings, bot_name: AskBot) -> int:
    """Print what was looked at, a line each. Returns the exit code: 0 where all is well."""
    signs = {Finding.GOOD: "ok", Finding.FAULT: tr("cli.check.fault"), Finding.NOTE: tr("cli.check.note"), Finding.LEFT: "-"}
    width = max(map(len, signs.values()))
    faults = 0
    for name, check in _checks(bot_name):
        for finding, said in check(settings):
            print(f"{signs[finding]:<{width}}  {name}: {said}", flush=True)
            faults += finding is Finding.FAULT
    if not faults:
        channels = tr("cli.check.rehearsal") if settings.rehearsing else ", ".join(sorted(settings.channels))
        print(f"ok: {settings.campaign_folder.name}, {channels}")
    return 1 if faults else 0


def _checks(bot_name: AskBot) -> tuple[tuple[str, Check], ...]:
    return (
        (tr("cli.check.campaign"), _campaign),
        (tr("cli.check.settings"), _settings),
        (tr("cli.check.database"), _database),
        (tr("cli.check.files"), _files),
        (tr("cli.check.backup"), _backup),
        ("Telegram", _telegram),
        ("Zalo Bot", _zalo_bot(bot_name)),
        ("Zalo OA", _zalo_oa),
    )


def _campaign(settings: Settings) -> Iterator[tuple[Finding, str]]:
    try:
        campaign = load_campaign(settings)
    except Faults as bad:
        yield from ((Finding.FAULT, worded(fault)) for fault in bad.faults)
    except BadSettings as bad_settings:
        yield from _worded(bad_settings)
    else:
        yield (
            Finding.GOOD,
            tr(
                "cli.check.campaign_good",
                name=campaign.name,
                units=len(campaign.directory.units),
                obligations=len(campaign.obligations),
            ),
        )
        if not campaign.dispatch.contact.can_be_called:
            yield Finding.NOTE, tr("cli.check.no_contact")


def _worded(bad: BadSettings) -> Iterator[tuple[Finding, str]]:
    yield from ((Finding.FAULT, tr(setting.key, **setting.values)) for setting in bad.faults)


def _settings(settings: Settings) -> Iterator[tuple[Finding, str]]:
    try:
        settings.check()
    except BadSettings as bad:
        yield from _worded(bad)
    else:
        yield Finding.GOOD, tr("cli.check.settings_good")
    yield from _private(Path(ENV_FILE))


def _database(settings: Settings) -> Iterator[tuple[Finding, str]]:
    from sqlalchemy.exc import SQLAlchemyError

    from storage.database import NotADatabase, answers, damage, open_database

    damaged = _damaged(settings.database_file)
    if damaged:
        yield Finding.FAULT, damaged
        return
    try:
        engine = open_database(settings.database_url)
        answers(engine)
        broken = damage(engine)
        kind = engine.dialect.name
        engine.dispose()
    except NotADatabase:
        yield Finding.FAULT, tr("setting.database")
    except (SQLAlchemyError, OSError) as error:
        first = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield Finding.FAULT, tr("cli.check.database_closed", why=first)
    else:
        if broken:
            yield Finding.FAULT, tr("cli.check.database_damaged", why=" ".join(broken.split()))
        else:
            yield Finding.GOOD, tr("cli.check.database_good", kind=kind)
        if settings.database_file:
            yield from _room(settings.database_file)
        yield from _private(settings.database_file)


def _files(settings: Settings) -> Iterator[tuple[Finding, str]]:
    try:
        FileStore(settings.files_dir).try_it()
    except OSError as error:
        why = error.strerror or type(error).__name__
        yield Finding.FAULT, tr("cli.check.files_closed", folder=settings.files_dir, why=why)
    else:
        yield Finding.GOOD, tr("cli.check.files_good", folder=settings.files_dir)
        yield from _room(settings.files_dir)
        yield from _private(settings.files_dir)


def _backup(settings: Settings) -> Iterator[tuple[Finding, str]]:
    """When the last backup was whole."""
    from sqlalchemy.exc import SQLAlchemyError

    from storage import kept
    from storage.database import NotADatabase, is_current, open_database, reading

    yield from _passphrase(settings)
    yield from _backup_folder(settings.backup_dir)
    made = None
    try:
        engine = open_database(settings.database_url)
        if is_current(engine):
            with reading(engine) as db:
                made = kept.value(db, DONE)
        engine.dispose()
    except (SQLAlchemyError, OSError, NotADatabase):
        yield Finding.LEFT, tr("cli.check.no_database")
        return
    if made is None:
        yield Finding.LEFT, tr("cli.check.backup_tonight") if settings.backup_dir else tr("cli.check.backup_none")
        return
    at = datetime.fromisoformat(made)
    shown = f"{at.astimezone():%d/%m/%Y %H:%M}"
    if wall_now() - at > BACKUP_AGE:
        yield Finding.FAULT, tr("cli.check.backup_old", at=shown, days=BACKUP_AGE.days)
    else:
        yield Finding.GOOD, tr("cli.check.backup_last", at=shown)


def _backup_folder(folder: Path | None) -> Iterator[tuple[Finding, str]]:
    """Whether a backup could be written each night where it shall be; a folder that is not there yet will be made."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding.FAULT, tr("cli.check.backup_folder", folder=folder, why=error.strerror or type(error).__name__)
    else:
        yield from _private(folder)


def _damaged(file: Path | None) -> str:
    """What is damaged in a SQLite file and can be told before it is opened; empty where nothing is. Copies of it are kept."""
    found = look(file) if file else None
    if file is None or found is None:
        return ""
    try:
        return tr("cli.check.database_damaged_kept", why=reason(found), copies=keep_aside(file))
    except OSError:
        return tr("cli.check.database_damaged", why=reason(found))


def _passphrase(settings: Settings) -> Iterator[tuple[Finding, str]]:
    """Whether backups can be closed, where they shall be."""
    file = settings.backup_passphrase_file
    if file is None:
        return
    try:
        passphrase_in(file)
    except (OSError, NoPassphrase):
        yield Finding.FAULT, tr("cli.check.passphrase_missing", file=file)
    else:
        yield Finding.GOOD, tr("cli.check.passphrase_good", file=file)
        yield from _private(file)


def _room(place: Path) -> Iterator[tuple[Finding, str]]:
    left = free(place)
    if left < LEAST:
        yield Finding.FAULT, tr("cli.check.little_room", megabytes=left // 1024**2)
    else:
        yield Finding.GOOD, tr("cli.check.room", megabytes=left // 1024**2)


def _private(kept: Path | None) -> Iterator[tuple[Finding, str]]:
    """Whether only its owner can read what is kept there: the file or folder itself, or the folder around it."""
    if kept is None or not kept.exists():
        return
    if all(place.stat().st_mode & OTHERS for place in (kept, kept.absolute().parent)):
        yield Finding.FAULT, tr("cli.check.open_to_others", place=kept, rights="700" if kept.is_dir() else "600")


def _telegram(settings: Settings) -> Iterator[tuple[Finding, str]]:
    if not settings.telegram:
        yield Finding.LEFT, tr("cli.check.not_set_up")
        return
    token = settings.telegram_token.get_secret_value()
    try:
        with urlopen(f"{settings.telegram_api_url}/bot{token}/getMe", timeout=10) as answer:
            name = json.load(answer)["result"]["username"]
        yield Finding.GOOD, f"@{name}"
    except HTTPError as error:
        mend = tr("cli.check.copy_telegram") if error.code in (401, 404) else tr("cli.check.later")
        yield Finding.FAULT, tr("cli.check.token_refused", why=f"HTTP {error.code}", mend=mend)
    except (URLError, OSError, ValueError, KeyError):
        yield Finding.FAULT, tr("cli.check.unreachable", address=settings.telegram_api_url, setting="TELEGRAM_API_URL")


def _zalo_bot(bot_name: AskBot) -> Check:
    def check(settings: Settings) -> Iterator[tuple[Finding, str]]:
        if not settings.zalo_bot:
            yield Finding.LEFT, tr("cli.check.not_set_up")
            return
        from bot.delivery.http_answers import SaidNo, Unreachable

        try:
            yield Finding.GOOD, asyncio.run(bot_name(settings))
            if not settings.public_url:
                yield Finding.GOOD, tr("cli.check.pictures_alone")
        except SaidNo as refused:
            yield Finding.FAULT, tr("cli.check.token_refused", why=refused.code, mend=tr("cli.check.copy_zalo"))
        except Unreachable:
            address = settings.zalo_bot_api_url
            yield Finding.FAULT, tr("cli.check.unreachable", address=address, setting="ZALO_BOT_API_URL")

    return check


def _zalo_oa(settings: Settings) -> Iterator[tuple[Finding, str]]:
    """The account's token as it stands in the database; Zalo itself is not asked, lest a token be used up."""
    if not settings.zalo_oa:
        yield Finding.LEFT, tr("cli.check.not_set_up")
        return
    from sqlalchemy.exc import SQLAlchemyError

    from storage.database import NotADatabase, is_current, open_database, reading
    from storage.tokens import pair_of

    try:
        engine = open_database(settings.database_url)
        pair = None
        if is_current(engine):
            with reading(engine) as db:
                pair = pair_of(db, ChannelName.ZALO_OA)
        engine.dispose()
    except (SQLAlchemyError, OSError, NotADatabase):
        yield Finding.LEFT, tr("cli.check.no_database")
        return
    if pair is None and not settings.zalo_oa_refresh_token.get_secret_value():
        yield Finding.FAULT, tr("cli.check.not_authorised")
    elif pair is None:
        yield Finding.GOOD, tr("cli.check.first_token")
    elif pair.lost:
        yield Finding.FAULT, tr("cli.check.account_lost", why=pair.lost)
    else:
        yield Finding.GOOD, tr("cli.check.authorised", until=f"{pair.expires_at:%Y-%m-%d %H:%M}")
