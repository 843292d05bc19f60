"""Token pairs of a channel whose refresh token works once.

Whoever refreshes holds the pair: a conditional update that one of any number of processes wins, on either
database. The hold runs out by itself, so a process that dies takes nothing with it. All times are the wall clock's.
"""

from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from storage import sql
from storage.tables import TokenPair as TokenPair
from storage.tables import token_pair


def pair_of(db: Connection, channel: str) -> TokenPair | None:
    """The pair in force."""
    return sql.one(db, TokenPair, select(*sql.columns(TokenPair, token_pair)).where(token_pair.c.channel == channel))


def store(db: Connection, channel: str, access: str, refresh: str, expires_at: datetime, seed: str | None = None) -> int:
    """Put a new pair in force; the old one is dead from here on, and nobody holds it. Returns its generation."""
    fresh = {"access": access, "refresh": refresh, "expires_at": expires_at, "holder": "", "held_until": None, "lost": ""}
    values = {"channel": channel, "generation": 1, "seed": seed or "", **fresh}
    kept = () if seed is not None else ("seed",)
    return int(sql.upsert(db, token_pair, values, adding=("generation",), keeping=kept).generation)


def hold(db: Connection, channel: str, generation: int, holder: str, wall_now: datetime, until: datetime) -> bool:
    """Claim the right to refresh that generation. Of any number who ask, one gets it."""
    mine = (
        update(token_pair)
        .where(
            token_pair.c.channel == channel, token_pair.c.generation == generation, token_pair.c.lost == "",
            or_(token_pair.c.held_until.is_(None), token_pair.c.held_until <= wall_now),
        )
        .values(holder=holder, held_until=until)
        .returning(token_pair.c.channel)
    )  # fmt: skip
    return db.execute(mine).first() is not None


def let_go(db: Connection, channel: str, holder: str) -> None:
    """The refresh did not come about: anybody may try."""
    db.execute(
        update(token_pair)
        .where(token_pair.c.channel == channel, token_pair.c.holder == holder)
        .values(holder="", held_until=None)
    )  # fmt: skip


def mark_lost(db: Connection, channel: str, generation: int, why: str) -> bool:
    """The refresh token of that generation is dead. False where a newer pair is in force, or it was known."""
    marked = (
        update(token_pair)
        .where(token_pair.c.channel == channel, token_pair.c.generation == generation, token_pair.c.lost == "")
        .values(lost=why[:200], holder="", held_until=None)
        .returning(token_pair.c.channel)
    )
    return db.execute(marked).first() is not None
