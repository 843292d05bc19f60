"""Whose a claim is"""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("started_at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    for waiting in ("outbox", "inbox"):
        op.add_column(waiting, sa.Column("claimed_by", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    for waiting in ("inbox", "outbox"):
        op.drop_column(waiting, "claimed_by")
    op.drop_table("process")
