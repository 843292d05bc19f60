"""A rung's key is unique within its campaign"""

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = "key, campaign, person_id, kind, at, state"


def upgrade() -> None:
    _key_is("campaign", "key")


def downgrade() -> None:
    # Of a rung that several campaigns settled one row is left: the older program knows one campaign.
    op.execute("delete from rung where exists (select 1 from rung other where other.key = rung.key and other.campaign < rung.campaign)")
    _key_is("key")


def _key_is(*columns: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("rung_pkey", "rung", type_="primary")
        op.create_primary_key("rung_pkey", "rung", list(columns))
    else:
        _write_anew(*columns)


def _write_anew(*columns: str) -> None:
    """SQLite changes no key of a table that is there."""
    op.create_table(
        "rung_anew",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(*columns),
    )
    op.execute(f"insert into rung_anew ({COLUMNS}) select {COLUMNS} from rung")
    op.drop_table("rung")
    op.rename_table("rung_anew", "rung")
    op.create_index("ix_rung_campaign", "rung", ["campaign"])
