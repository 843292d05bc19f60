"""A stage to play conversations on: the real turn engine on a real database, with a clock set by hand."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine

from bot.loading import load_folders
from handlers.desk import Desk
from handlers.engine import apologise, take
from handlers.file_trouble import FileTrouble
from handlers.library import Library
from handlers.message import Message, Notice
from handlers.reporting.files import may_bring, trouble_before_opening
from handlers.reporting.inspecting import inspect
from handlers.ticking.picture import picture
from handlers.ticking.tick import tick
from handlers.turn import Incoming
from handlers.wording.catalogs import Words
from rules.campaign.agenda import instants
from rules.campaign.model import Campaign
from rules.campaign.policy import Template
from rules.people import Role
from storage import invites, people, sql
from storage.database import migrate, open_database
from storage.files import FileStore
from storage.outbox import Delivery, Settled, settle
from storage.tables import outbox
from storage.writer import Writer
from tests.prepared import lay_schema

ROOT = Path(__file__).resolve().parent.parent
PROVINCE = ROOT / "provinces" / "quang-nam"
FOLDERS = ROOT / "campaigns" / "quang-nam-ocop-2022", PROVINCE
CAMPAIGN = load_folders(*FOLDERS)
OPENING = datetime(2022, 6, 20, 8, 0, tzinfo=CAMPAIGN.directory.zone)


def sending_templates(campaign: Campaign, templates: tuple[Template, ...]) -> Campaign:
    """The campaign with templates of Zalo in its policy."""
    zalo = campaign.policy.zalo.model_copy(update={"templates": templates})
    return campaign.model_copy(update={"policy": campaign.policy.model_copy(update={"zalo": zalo})})


@dataclass(frozen=True)
class Said:
    """A message that left the bot: to whom (an address), what, and whether it was a push."""

    address: str
    channel: str
    message: Message
    push: bool
    outbox_id: int = 0
    contact_id: int | None = None


@dataclass(frozen=True)
class News(Notice):
    """News in the same words for everybody."""

    said: Message
    told: Mapping[str, str] = field(default_factory=dict)

    def message(self, words: Words) -> Message:
        """The words."""
        return self.said

    def facts(self, words: Words) -> Mapping[str, str]:
        """What a template can say of it."""
        return self.told


class Stage:
    """The bot without platforms. Everything said is read back from the outbox."""

    def __init__(self, url: str, folder: Path, seed: int = 1) -> None:
        self.url, self._folder, self._seed = url, folder, seed
        self._random = random.Random(seed)
        self.now = OPENING
        self._update = 0
        self._said: list[Said] = []
        self.platform_answers = True
        self._last: Incoming | None = None
        lay_schema(url)
        self.open()

    def open(self) -> None:
        """Start the program."""
        self.engine: Engine = open_database(self.url)
        migrate(self.engine)
        self.writer = Writer(self.engine)
        self.library = Library(CAMPAIGN, FileStore(self._folder / "files"), self._random.choice)

    def close(self) -> None:
        """Stop the program."""
        self.writer.close()
        self.engine.dispose()

    def restart(self) -> None:
        """Stop and start: nothing is remembered but what was kept."""
        self.close()
        self.open()

    def invite(self, role: Role, unit: str = "", name: str = "") -> str:
        """A code."""
        pick: Callable[[str], str] = self.library.pick
        return self.writer.write(
            lambda db: invites.create_invite(db, invites.Grant(role, unit, name), invites.By("test"), self.now, pick)
        ).code

    def desk(self, db: Connection) -> Desk:
        """Nobody's desk, now."""
        return Desk(db, self.library, self.now)

    def hear(self, incoming: Incoming) -> list[Said]:
        """One update in; everything said because of it."""
        incoming = self._examined(incoming)
        self._last = incoming
        try:
            self.writer.write(lambda db: take(db, self.library, incoming, self.now), incoming.address)
        except Exception as error:
            if isinstance(error, AssertionError):
                raise
            fault = repr(error)
            self.writer.write(lambda db: apologise(db, self.library, incoming, fault, self.now), incoming.address)
            raise
        return self.said()

    def _examined(self, incoming: Incoming) -> Incoming:
        """The intake's part: a file is read before the turn, if it may be brought."""
        sent = incoming.file
        if sent is None or incoming.trouble:
            return incoming
        with self.engine.connect() as db:
            person = people.person_at(db, incoming.channel, incoming.address)
        if not may_bring(person, self.library.directory, sent.name):
            return replace(incoming, file=None, trouble=FileTrouble.UNOPENED)
        if trouble := trouble_before_opening(sent):
            return replace(incoming, trouble=trouble)
        found = inspect(sent.name, sent.type, self.library.files.get(sent.hash))
        return replace(incoming, trouble=found.trouble, sheets=found.sheets)

    def again(self) -> list[Said]:
        """The last update delivered a second time."""
        assert self._last
        return self.hear(self._last)

    def next_update(self) -> str:
        """A fresh update id."""
        self._update += 1
        return str(self._update)

    def move_to(self, at: datetime) -> list[Said]:
        """Move the clock there, looking at every moment at which something can fall due."""
        with self.engine.connect() as db:
            situation = picture(self.desk(db)).situation
        for moment in instants(CAMPAIGN, situation, self.now, at):
            self.now = moment
            self.tick()
        self.now = at
        self.tick()
        return self.said()

    def sleep_until(self, at: datetime) -> list[Said]:
        """Be down until then, then look once."""
        self.now = at
        self.tick()
        return self.said()

    def tick(self) -> None:
        """Look at the time."""
        self.writer.write(lambda db: tick(self.desk(db)))
        self._deliver()

    def said(self) -> list[Said]:
        """What reached people since the last look, in order."""
        self._deliver()
        found, self._said = self._said, []
        return found

    def _deliver(self) -> None:
        """The courier's part: what waits is sent, unless the platform does not answer."""
        if not self.platform_answers:
            return
        with self.engine.connect() as db:
            rows = sql.many(db, Delivery, outbox.select().where(outbox.c.state == "waiting").order_by(outbox.c.id))
        self._said += [
            Said(
                r.address,
                r.channel,
                Message.from_json(r.message),
                r.kind not in ("reply", "code", "farewell"),
                r.id,
                r.contact_id,
            )
            for r in rows
            if r.kind != "close"
        ]
        done = [Settled(r, "sent", self.now) for r in rows]
        self.writer.write(lambda db: settle(db, done))


def later(now: datetime, **span: int) -> datetime:
    """That much later."""
    return now + timedelta(**span)
