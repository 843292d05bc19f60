"""The composition root: the one place where clock, randomness and the parts meet."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from bot.clocks import Clock, SimulatedClock, WallClock, wall_now
from bot.links import InviteLinks
from bot.loading import load_campaign
from bot.settings import Settings
from bot.signed_links import SignedLinks
from handlers.library import Library
from rules.campaign.deadlines import at_local
from rules.campaign.model import Campaign
from storage import kept
from storage.database import migrate, open_database, reading
from storage.files import FileStore
from storage.writer import Writer

CLOCK_KEY = "rehearsal-clock"
LINK_KEY = "link-key"
ACCOUNT_KEY = "zalo-oa-id"


@dataclass(frozen=True)
class House:
    """Everything a process needs, wired."""

    settings: Settings
    engine: Engine
    writer: Writer
    library: Library
    clock: Clock
    links: InviteLinks
    pages: SignedLinks

    def close(self) -> None:
        """Finish writing and let go of the database."""
        self.writer.close()
        self.engine.dispose()


def build(settings: Settings) -> House:
    """Wire the parts; the database is created and brought up to date if it is SQLite's file.

    Raises ValueError for settings that would harm, Faults for a campaign, a directory or a policy with faults.
    """
    settings.check()
    campaign = load_campaign(settings)
    engine = open_database(settings.database_url)
    migrate(engine)
    links = InviteLinks()
    library = Library(campaign, FileStore(settings.files_dir), secrets.choice, links, settings.simulated, settings.channels)
    writer = Writer(engine)
    links.zalo_oa = _account_id(settings, engine)
    pages = SignedLinks(settings.public_url, _link_key(engine, writer), wall_now)
    return House(settings, engine, writer, library, _clock(settings, campaign, engine), links, pages)


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
