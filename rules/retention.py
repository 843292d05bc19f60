"""For how many days what is no record of anybody's duty is kept. Reports, extensions, people and what was settled with them stay."""

from dataclasses import dataclass

LISTS = 30
"""Numbered lists, after which nobody answers one by its number."""
STUCK = 30
"""Updates that could not be worked off, for people to look at."""
SNOOZES = 30
CODES = 1
"""Codes of fifteen minutes, and the wrong ones that were typed."""
REGISTERS = 2
"""Registers that were brought and that nobody said yes to."""
INVITES = 90
"""After its last day, whether it was used or not."""
REQUESTS = 90
"""After somebody asked to be let in, whatever was decided."""
SPENDING = 800
"""What channels took in a month: this year's and last year's."""
LEAST_MESSAGES = 45
"""Longer than the month in which something is told once, and than a list can be answered."""


@dataclass(frozen=True)
class Retention:
    """What an installation may set, in days."""

    texts: int = 90
    """What people wrote, as it came. That it came is known for as long as a platform may deliver it again."""
    messages: int = 90
    """What was sent, or given up."""
    questions: int = 400
    """Questions that were answered and whose reply is not published."""
    drafts: int = 180
    """Forms that nobody went on with."""
    strangers: int = 180
    """Contacts and conversations of who has no role and was not seen since."""
    backups: int = 0
    """Nightly backups, a day each; 0: none is made."""
