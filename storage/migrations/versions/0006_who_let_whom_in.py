"""Who let whom in"""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invite", sa.Column("created_by_id", sa.Integer(), nullable=True))
    op.add_column("invite", sa.Column("revoked_at", storage.types.UtcDateTime(timezone=True), nullable=True))
    op.add_column("question", sa.Column("told_at", storage.types.UtcDateTime(timezone=True), nullable=True))
    op.execute("update question set told_at = at where state != 'answered'")


def downgrade() -> None:
    op.drop_column("question", "told_at")
    op.drop_column("invite", "revoked_at")
    op.drop_column("invite", "created_by_id")
