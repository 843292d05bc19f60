"""What is known: the dispatch's own facts, and what the department has published since."""

from sqlalchemy import Connection

from rules.answers.answerer import Answerer, Published
from rules.campaign.model import Campaign
from storage import questions
from storage.scope import Scope


class Knowledge:
    """Hands out answers that know every published reply, whichever process published it."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self.of_dispatch = Answerer(campaign)
        """Answers from the dispatch alone; needs no database."""
        self._latest = self.of_dispatch

    def warm(self) -> None:
        """Build what is searched before the first question comes."""
        self.of_dispatch.answer("?")

    def current(self, db: Connection) -> Answerer:
        """The answers as of now. Built anew only when something was published or taken back."""
        published = self._published(db)
        if published != self._latest.published:
            self._latest = Answerer(self._campaign, published) if published else self.of_dispatch
        return self._latest

    def _published(self, db: Connection) -> tuple[Published, ...]:
        return tuple(
            Published(
                asked.id, asked.text, asked.reply, asked.published_clause, asked.replied_by,
                asked.replied_at.astimezone(self._campaign.zone).date(),
            )
            for asked in questions.published(Scope(db, self._campaign))
            if asked.replied_at
        )  # fmt: skip
