"""Files that no record names are swept: what was sent into a conversation that refused it, what a dying process left half."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from bot.logs import logger
from storage import files
from storage.database import reading
from storage.files import FileStore

AGE = timedelta(hours=6)
"""A file is on disk before the turn is committed that names it; no turn takes so long."""
AT_ONCE = 500
log = logger(__name__)


def sweep(engine: Engine, store: FileStore, wall_now: datetime) -> int:
    """Remove what nothing names and is older than :data:`AGE`. Returns how many files went."""
    before, gone = wall_now - AGE, 0
    old = list(store.older_than(before))
    for first in range(0, len(old), AT_ONCE):
        some = old[first : first + AT_ONCE]
        with reading(engine) as db:
            named = files.named(db, [path.name for path in some])
        for path in some:
            if path.name not in named and store.drop(path, before):
                gone += 1
    if gone:
        log.info("files that nothing names are swept", count=gone)
    return gone
