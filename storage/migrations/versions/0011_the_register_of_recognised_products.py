"""The register of recognised products"""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
INDEX = "ix_recognised_product_loading_unit"


def upgrade() -> None:
    op.create_table(
        "register_loading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("at", storage.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_at", storage.types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "recognised_product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loading_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("producer", sa.String(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(INDEX, "recognised_product", ["loading_id", "unit"])


def downgrade() -> None:
    op.drop_index(INDEX, "recognised_product")
    op.drop_table("recognised_product")
    op.drop_table("register_loading")
