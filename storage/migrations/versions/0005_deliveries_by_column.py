"""Deliveries by column"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 500
COLUMNS = (
    ("person_id", sa.Integer(), True, None), ("message", sa.JSON(), False, "{}"), ("facts", sa.JSON(), False, "{}"),
    ("language", sa.String(), False, ""), ("template", sa.JSON(), False, "{}"), ("way", sa.String(), False, ""),
    ("tried", sa.JSON(), False, "[]"), ("closes", sa.String(), False, ""), ("pieces_out", sa.Integer(), False, "0"),
)
SAID = ("text", "choices", "file")


def _table(*names: str) -> sa.TableClause:
    kinds = {name: kind for name, kind, _, _ in COLUMNS} | {"body": sa.JSON(), "id": sa.BigInteger()}
    return sa.table("outbox", *(sa.column(name, kinds[name]) for name in names))


def _batches(table: sa.TableClause) -> list[sa.Row]:
    db, last = op.get_bind(), 0
    while rows := db.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE)).all():
        yield from rows
        last = rows[-1].id


def upgrade() -> None:
    for name, kind, nullable, default in COLUMNS:
        op.add_column("outbox", sa.Column(name, kind, nullable=nullable, server_default=default))
    table = _table("id", "body", *(name for name, _, _, _ in COLUMNS))
    for row in _batches(_table("id", "body")):
        body = row.body
        message = {name: body[name] for name in SAID if name in body} | ({"wants_file": True} if body.get("upload") else {})
        values = {
            "message": message, "person_id": body.get("person"), "facts": body.get("facts") or {},
            "language": body.get("language") or "vi", "template": body.get("template") or {}, "way": body.get("way") or "",
            "tried": body.get("tried") or [], "closes": body.get("closes") or "", "pieces_out": body.get("pieces_out") or 0,
        }
        op.get_bind().execute(sa.update(table).where(table.c.id == row.id).values(values))
    op.drop_column("outbox", "body")


def downgrade() -> None:
    op.add_column("outbox", sa.Column("body", sa.JSON(), nullable=False, server_default="{}"))
    names = [name for name, _, _, _ in COLUMNS]
    table = _table("id", "body", *names)
    for row in _batches(_table("id", *names)):
        body = {name: row.message[name] for name in SAID if name in row.message}
        body |= {"upload": True} if row.message.get("wants_file") else {}
        body |= {"person": row.person_id} if row.person_id is not None else {}
        body |= {name: getattr(row, name) for name in names if name not in ("message", "person_id") and getattr(row, name)}
        op.get_bind().execute(sa.update(table).where(table.c.id == row.id).values(body=body))
    for name in names:
        op.drop_column("outbox", name)
