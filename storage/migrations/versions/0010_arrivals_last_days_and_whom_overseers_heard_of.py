"""Numbers of arrival, the last days on time of extensions, and of whom overseers have heard"""

from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_EXTENSION = sa.table(
    "extension", sa.column("campaign", sa.String), sa.column("unit", sa.String), sa.column("obligation", sa.String), sa.column("day", sa.Date)
)
_WHICH = ("campaign", "unit", "obligation")


def upgrade() -> None:
    op.add_column("submission", sa.Column("arrival", sa.String(), nullable=False, server_default=""))
    op.add_column("unreached", sa.Column("told_at", storage.types.UtcDateTime(timezone=True), nullable=True))
    op.execute("update unreached set told_at = at")
    _move(lambda day: day - timedelta(days=1))


def downgrade() -> None:
    _move(lambda day: day + timedelta(days=1))
    op.drop_column("unreached", "told_at")
    op.drop_column("submission", "arrival")


def _move(moved: Callable[[date], date]) -> None:
    """A later day was the one that reports had to come before; now it is the last one on time."""
    db = op.get_bind()
    for row in db.execute(sa.select(_EXTENSION)).all():
        this = [_EXTENSION.c[name] == getattr(row, name) for name in _WHICH]
        db.execute(sa.update(_EXTENSION).where(*this).values(day=moved(row.day)))
