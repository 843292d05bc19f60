"""The composition root: the one place where clock, randomness and the parts meet. It makes each part and hands it what it
needs; what only a running process has is imported only for one."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import Engine

from bot.bad_setting import BadSetting, BadSettings
from bot.clocks import CLOCK_KEY, Clock, Drift, SimulatedClock, WallClock, wall_now
from bot.links import ACCOUNT_KEY, InviteLinks
from bot.loading import load_campaign
from bot.parts import Parts
from bot.room import Room
from bot.settings import AUTHORIZED, Settings
from bot.signed_links import SignedLinks
from handlers.library import Library
from rules.campaign.deadlines import at_local
from rules.campaign.model import Campaign
from storage import kept
from storage.database import NotADatabase, migrate, open_database, reading
from storage.files import FileStore
from storage.purpose import Purpose, settle
from storage.writer import Writer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.channels.door import Door
    from bot.channels.zalo_oa.authorizing import Authorization
    from bot.delivery.courier import Pace
    from bot.flow.archiving import Seal
    from bot.flow.chooser import Chooser
    from bot.flow.clock import ClockWork
    from bot.flow.flood import Allowances
    from bot.flow.hub import Hub
    from bot.flow.nightly import Nightly
    from bot.flow.rehearsal import Rehearsal
    from bot.flow.turns import TurnService
    from bot.process import Process
    from bot.web.guarding import Called

LINK_KEY = "link-key"


@dataclass(frozen=True)
class Wired:
    """What every command and process is made of. Only the root holds it; parts are handed what they use."""

    settings: Settings
    engine: Engine
    writer: Writer
    library: Library
    clock: Clock
    links: InviteLinks
    pages: SignedLinks

    @property
    def purpose(self) -> Purpose:
        """What the settings say that the database is for."""
        return Purpose.REHEARSAL if self.settings.simulated else Purpose.REAL

    def settle_purpose(self) -> None:
        """Whoever is at work here is at work on a database of that kind. Raises BadSettings where it is of the other."""
        wanted = self.purpose
        if self.writer.write(lambda db: settle(db, wanted)) is not wanted:
            fault = BadSetting("setting.not_rehearsal") if wanted is Purpose.REHEARSAL else BadSetting("setting.not_real")
            raise BadSettings([fault])

    def close(self) -> None:
        """Finish writing and let go of the database."""
        self.writer.close()
        self.engine.dispose()


def wire(
    settings: Settings, load: Callable[[Settings], Campaign] = load_campaign, pick: Callable[[str], str] = secrets.choice
) -> Wired:
    """Wire the parts; the database is created and brought up to date if it is SQLite's file.

    Raises BadSettings for settings that would harm, Faults for a campaign, a directory or a policy with faults.
    """
    settings.check()
    campaign = load(settings)
    try:
        engine = open_database(settings.database_url)
    except NotADatabase:
        raise BadSettings([BadSetting("setting.database")]) from None
    migrate(engine)
    links = InviteLinks()
    library = Library(campaign, FileStore(settings.files_dir), pick, links, settings.simulated, settings.channels)
    library.kept = settings.kept
    writer = Writer(engine)
    links.zalo_oa = _account_id(settings, engine)
    pages = SignedLinks(settings.public_url, _link_key(engine, writer), wall_now)
    return Wired(settings, engine, writer, library, _clock(settings, campaign, engine), links, pages)


def _account_id(settings: Settings, engine: Engine) -> str:
    """The Official Account's id, once a running process has asked for it."""
    if not settings.zalo_oa:
        return ""
    with reading(engine) as db:
        return kept.value(db, ACCOUNT_KEY) or ""


def _link_key(engine: Engine, writer: Writer) -> bytes:
    """The key of our signed links: made once, the same in every process."""
    with reading(engine) as db:
        there = kept.value(db, LINK_KEY)
    return bytes.fromhex(there or writer.write(lambda db: kept.keep_first(db, LINK_KEY, secrets.token_hex(32))))


def _clock(settings: Settings, campaign: Campaign, engine: Engine) -> Clock:
    """The wall clock, or a simulated one that goes on where it was left."""
    if not settings.simulated:
        return WallClock(wall_now)
    start = settings.rehearsal_start or at_local(campaign.opens, campaign.policy.hours.at, campaign.directory.zone)
    with reading(engine) as db:
        left_at = kept.value(db, CLOCK_KEY)
    if left_at and settings.rehearsal_start is None:
        start = max(start, datetime.fromisoformat(left_at))
    return SimulatedClock(start, settings.rehearsal_speed, wall_now)


# ---------------------------------------------------------------- a process


@dataclass(frozen=True)
class Served:
    """A process that can be run, and what its pages show."""

    process: "Process"
    doors: "list[Door]"
    service: "TurnService"
    hub: "Hub"
    rehearsal: "Rehearsal | None"


def wire_process(wired: Wired, parts: Parts, pace: "Pace | None" = None, allowances: "Allowances | None" = None) -> Served:
    """What a process of those parts has."""
    from bot.channels.door import Lent, open_doors
    from bot.delivery.claims import SENDS, Claims
    from bot.delivery.courier import USUAL, Courier
    from bot.flow.flood import UNBOUND, Flood
    from bot.flow.flood import USUAL as USUAL_ALLOWANCES
    from bot.flow.hub import Hub
    from bot.flow.inbox import Inbox
    from bot.flow.inspecting import Inspecting
    from bot.flow.intake import Intake
    from bot.flow.turns import Outlet, TurnService
    from bot.flow.unkept import Unkept
    from bot.process import Process

    settings, writer, library, clock = wired.settings, wired.writer, wired.library, wired.clock
    kind = SENDS if Parts.WORKER in parts else ""
    claims = Claims(writer, lambda: kind + secrets.token_hex(6), monotonic)
    inbox, hub = Inbox(writer, claims, keeps_all=bool(settings.llm_url)), Hub()
    doors = open_doors(Lent(settings, parts, writer, library, clock, wired.links, wired.pages, inbox, hub, claims.senders))
    sinks = {name: sink for door in doors for name, sink in door.sinks.items()}
    courier = Courier(sinks, writer, library, clock.now, claims, pace or USUAL)
    flood = Flood(
        wired.engine,
        clock.now,
        monotonic,
        allowances or (USUAL_ALLOWANCES if settings.flood_limits else UNBOUND),
        settings.months,
    )
    intake = Intake(writer, library, flood, Inspecting(), _chooser(wired))
    unkept = Unkept(sinks, library.languages, clock.now, monotonic)
    service = TurnService(writer, library, clock.now, Outlet(courier.accept, courier.channels, claims, unkept.tell), intake)
    rehearsal = _rehearsal(wired, courier.wake_from_outside)
    process = Process(
        doors,
        inbox,
        courier,
        service,
        claims,
        Room(_places(settings)),
        library.warm if _hears(settings, parts) else None,
        rehearsal.prepare if rehearsal and Parts.WEB in parts else None,
        _ticking(wired, courier.wake_from_outside) if _ticks(settings, parts) else None,
    )
    return Served(process, doors, service, hub, rehearsal)


def wire_app(wired: Wired, served: Served) -> "FastAPI":
    """The web part's app; its life is the whole process's."""
    from bot.web.app import make_app
    from bot.web.files import add_file_pages
    from bot.web.home import add_home_page
    from bot.web.rehearsal import add_rehearsal_page

    settings, library, tag = wired.settings, wired.library, wired.settings.zalo_site_verification

    def health() -> dict[str, str]:
        return {name: state for door in served.doors for name, state in door.health().items()}

    app = make_app(served.process.running, wired.engine, library.campaign.name, health, _called(settings), monotonic)
    for door in served.doors:
        door.add_routes(app)
    if settings.public_url and not settings.rehearsing:
        add_file_pages(app, served.service, library, wired.engine, wired.pages)
        add_home_page(app, library, tag)
    if served.rehearsal:
        add_rehearsal_page(app, served.rehearsal, served.service, served.hub, tag, settings.rehearsal_speed)
    return app


def _called(settings: Settings) -> "Called":
    from bot.signed_links import FILE_PATH, UPLOAD_PATH
    from bot.web.guarding import Called

    name = urlsplit(settings.public_url).hostname
    return Called(
        names=frozenset({name} if name else ()),
        metrics_token=settings.metrics_token.get_secret_value(),
        limited=(UPLOAD_PATH, FILE_PATH, AUTHORIZED),
        any_name=settings.rehearsing and settings.rehearsal_open,
        public=bool(settings.public_url),
    )


def wire_authorization(wired: Wired) -> "Authorization | None":
    """What authorises the Official Account; None where none is connected."""
    from bot.channels.zalo_oa.authorizing import Authorization
    from bot.channels.zalo_oa.tokens import OaApp

    return Authorization(OaApp.of(wired.settings), wired.writer) if wired.settings.zalo_oa else None


def _chooser(wired: Wired) -> "Chooser | None":
    settings = wired.settings
    if not settings.llm_url:
        return None
    from bot.flow.chooser import Chooser

    return Chooser(settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value(), wired.library.campaign, monotonic)


def _rehearsal(wired: Wired, wake: Callable[[], None]) -> "Rehearsal | None":
    if not wired.settings.rehearsing:
        return None
    from bot.flow.rehearsal import Rehearsal

    assert isinstance(wired.clock, SimulatedClock)
    return Rehearsal(wired.writer, wired.library, wired.clock, wake, made_up=wired.settings.rehearsing)


def _ticking(wired: Wired, wake: Callable[[], None]) -> "ClockWork":
    from bot.flow.clock import ClockWork, Pulse

    settings = wired.settings
    speed = settings.rehearsal_speed if wired.clock.simulated else 1.0
    pulse = Pulse(Drift(wall_now, monotonic), speed, _nightly(wired), settings.kept)
    return ClockWork(wired.writer, wired.library, wired.clock, wake, pulse)


def _nightly(wired: Wired) -> "Nightly | None":
    settings = wired.settings
    if settings.backup_dir is None or settings.simulated:
        return None
    from bot.flow.nightly import Nightly

    seal = partial(make_seal, settings.backup_passphrase_file)
    return Nightly(wired.writer, wired.library, settings.backup_dir, settings.backup_days, wall_now, seal)


def make_seal(passphrase_file: Path | None) -> "Seal | None":
    """What closes one backup, where there is a passphrase. Raises OSError, ``sealing.NoPassphrase``."""
    from bot.flow.archiving import Seal
    from bot.flow.sealing import SALT, passphrase_in

    return Seal(passphrase_in(passphrase_file), secrets.token_bytes(SALT)) if passphrase_file else None


def _places(settings: Settings) -> dict[str, Path]:
    """Where things are kept on this machine."""
    file = settings.database_file
    return {"files": settings.files_dir} | ({"database": file} if file else {})


def _hears(settings: Settings, parts: Parts) -> bool:
    """Whether people's messages arrive in this process."""
    return Parts.WEB in parts or (Parts.WORKER in parts and not settings.public_url)


def _ticks(settings: Settings, parts: Parts) -> bool:
    """Whether this process looks at the clock. A rehearsal's clock is moved by its web part, which
    therefore ticks itself; a clock process beside it would have another time."""
    return (Parts.WEB if settings.rehearsing else Parts.CLOCK) in parts
