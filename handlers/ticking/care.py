"""What those who oversee have to hear of the house itself."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.message import Message, Notice
from handlers.pushing import push
from handlers.wording.catalogs import Words


def tell_backup_failed(desk: Desk, day: str, why: str) -> None:
    """Once a day."""
    push.to_overseers(desk, BackupFailed(why), f"backup-failed:{day}")


@dataclass(frozen=True)
class BackupFailed(Notice):
    """For who oversees: last night's backup could not be made."""

    why: str

    def message(self, words: Words) -> Message:
        """Why, and who can mend it."""
        return Message(words.tr("backup.failed", why=self.why))
