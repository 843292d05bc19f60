"""What all turns of a process share: the campaign with its answers, the words, files, and what the process lends.

Read-only but for the answers, which are built anew when something was published.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from handlers.wording.catalogs import Languages
from rules.answers.answerer import Answerer, Published
from rules.campaign.model import Campaign
from rules.directory.model import Directory
from rules.retention import Retention
from storage import questions
from storage.files import FileStore, StoredFile
from storage.scope import Scope


class Library:
    """One for each process. ``pick`` gives one random sign of a string, ``links`` the links that redeem an invite's code.

    ``simulated``: the clock is a simulated one, which may pass a day before a message has left. ``channels``: those that
    this installation sends on; None: every one.
    """

    def __init__(
        self, campaign: Campaign, files: FileStore, pick: Callable[[str], str],
        links: Callable[[str], tuple[str, ...]] = lambda code: (), simulated: bool = False,
        channels: frozenset[str] | None = None,
    ) -> None:  # fmt: skip
        self.campaign = campaign
        self.languages = Languages(campaign.directory.zone)
        self.files = files
        self.pick = pick
        self.links = links
        self.simulated = simulated
        self.channels = channels
        self.kept = Retention()
        """For how long what is kept, as this installation has it."""
        self.of_dispatch = Answerer(campaign)
        """Answers from the dispatch alone; needs no database."""
        self.templates: dict[tuple[str, str, str], StoredFile] = {}
        """Templates of lists that were made already, by obligation, field and language."""
        self._read: tuple[str | None, Answerer] | None = None

    @property
    def directory(self) -> Directory:
        """The units that people belong to, whatever the campaign."""
        return self.campaign.directory

    def sends_on(self, channel: str) -> bool:
        """Whether this installation sends on that channel."""
        return self.channels is None or channel in self.channels

    def warm(self) -> None:
        """Build what is searched before the first question comes."""
        self.of_dispatch.answer("?")

    def answers(self, db: Connection, stamp: str | None) -> Answerer:
        """The answers as of that stamp, with what the department has published, whichever process published it. Read anew
        only where the stamp has moved, built anew only where something else is published."""
        known = self._read
        if known and known[0] == stamp:
            return known[1]
        published, latest = self._published(db), known[1] if known else self.of_dispatch
        if published != latest.published:
            latest = Answerer(self.campaign, published) if published else self.of_dispatch
        self._read = (stamp, latest)
        return latest

    def _published(self, db: Connection) -> tuple[Published, ...]:
        return tuple(
            Published(
                asked.id, asked.text, asked.reply, asked.published_clause, asked.replied_by,
                asked.replied_at.astimezone(self.directory.zone).date(),
            )
            for asked in questions.published(Scope(db, self.campaign))
            if asked.replied_at
        )  # fmt: skip
