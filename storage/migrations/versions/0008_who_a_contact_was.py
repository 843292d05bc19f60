"""Who a contact was"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "person_id"),
    )
    op.execute(
        "insert into former (contact_id, person_id) "
        "select invite.used_by, person.id from invite join person on person.joined_at = invite.used_at "
        "where invite.used_by is not null and person.removed_at is not null "
        "union select question.contact_id, person.id from question join person on person.id = question.person_id "
        "where person.removed_at is not null"
    )
    op.execute("update person set phone = '' where removed_at is not null")


def downgrade() -> None:
    op.drop_table("former")
