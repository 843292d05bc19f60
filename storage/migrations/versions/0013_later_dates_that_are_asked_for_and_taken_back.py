"""Later dates that are asked for, granted and taken back"""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("extension_before",
    sa.Column("campaign", sa.String(), nullable=False),
    sa.Column("plan_id", sa.Integer(), nullable=False),
    sa.Column("unit", sa.String(), nullable=False),
    sa.Column("day", sa.Date(), nullable=True),
    sa.Column("reason", sa.String(), nullable=False),
    sa.Column("granted_by", sa.String(), nullable=False),
    sa.Column("granted_at", UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint("plan_id", "unit")
    )
    op.create_table("extension_plan",
    sa.Column("campaign", sa.String(), nullable=False),
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("obligation", sa.String(), nullable=False),
    sa.Column("units", sa.String(), nullable=False),
    sa.Column("day", sa.Date(), nullable=True),
    sa.Column("reason", sa.String(), nullable=False),
    sa.Column("state", sa.String(), nullable=False),
    sa.Column("person_id", sa.Integer(), nullable=False),
    sa.Column("person_name", sa.String(), nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint("id")
    )
    op.create_table("extension_request",
    sa.Column("campaign", sa.String(), nullable=False),
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("unit", sa.String(), nullable=False),
    sa.Column("obligation", sa.String(), nullable=False),
    sa.Column("day", sa.Date(), nullable=True),
    sa.Column("reason", sa.String(), nullable=False),
    sa.Column("state", sa.String(), nullable=False),
    sa.Column("person_id", sa.Integer(), nullable=False),
    sa.Column("person_name", sa.String(), nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("told_at", UtcDateTime(), nullable=True),
    sa.Column("plan_id", sa.Integer(), nullable=True),
    sa.Column("answer", sa.String(), nullable=False),
    sa.Column("decided_by", sa.String(), nullable=False),
    sa.Column("decided_at", UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint("id")
    )


def downgrade() -> None:
    op.drop_table("extension_request")
    op.drop_table("extension_plan")
    op.drop_table("extension_before")
