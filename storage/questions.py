"""Questions that people asked, what was answered, and what was passed on to the department."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from storage import kept, sql
from storage.scope import Scope
from storage.tables import Asked as Asked
from storage.tables import question


class NewQuestion(NamedTuple):
    """A question with the answer that it got. ``person_id`` is None for a stranger; ``clauses`` are apart by spaces."""

    contact_id: int
    person_id: int | None
    asker: str
    text: str
    answer: str
    clauses: str
    score: float
    abstained: bool


def keep_question(scope: Scope, asked: NewQuestion, now: datetime) -> int:
    """Keep a question with its answer. Returns its id."""
    begun = {"campaign": scope.name, "at": now, "state": "answered", "reply": "", "replied_by": "", "published_clause": ""}
    return int(scope.db.execute(_KEEP, {**asked._asdict(), **begun}).scalar_one())


_KEEP = insert(question).returning(question.c.id)
_COLUMNS = sql.columns(Asked, question)


def pass_on(scope: Scope, question_id: int) -> bool:
    """Hand a question to the department. False when it was handed on before."""
    return _change(scope, question_id, question.c.state == "answered", state="passed_on")


def mark_told(scope: Scope, question_ids: list[int], now: datetime) -> None:
    """Those who oversee know of these."""
    these = (question.c.campaign == scope.name, question.c.id.in_(question_ids))
    scope.db.execute(update(question).where(*these).values(told_at=now))


def untold(scope: Scope, limit: int = 500) -> list[Asked]:
    """What was passed on and nobody was told of yet, oldest first."""
    query = select(*_COLUMNS).where(
        question.c.campaign == scope.name, question.c.state == "passed_on", question.c.told_at.is_(None)
    )
    return sql.many(scope.db, Asked, query.order_by(question.c.id).limit(limit))


def told_since(scope: Scope, person_id: int, since: datetime) -> int:
    """How many questions of that person those who oversee were told of since then."""
    these = (question.c.campaign == scope.name, question.c.person_id == person_id, question.c.told_at >= since)
    return int(scope.db.execute(select(func.count()).select_from(question).where(*these)).scalar_one())


def reply(scope: Scope, question_id: int, text: str, by: str, now: datetime) -> bool:
    """The department's answer, whether it was asked for or not. False when somebody answered before."""
    still_open = question.c.state.in_(("passed_on", "answered"))
    return _change(scope, question_id, still_open, state="replied", reply=text, replied_by=by, replied_at=now)


def publish(scope: Scope, question_id: int, clause: str, now: datetime) -> bool:
    """Let everybody be answered with this reply, resting on a clause or on none. False where there is no reply."""
    done = _change(scope, question_id, question.c.state == "replied", published_at=now, published_clause=clause)
    return done and _moved(scope, f"published {question_id} {now.isoformat()}")


def unpublish(scope: Scope, question_id: int) -> bool:
    """Take a published reply back. False where it was not published."""
    done = _change(scope, question_id, question.c.published_at.is_not(None), published_at=None, published_clause="")
    return done and _moved(scope, f"withdrawn {question_id}")


def _moved(scope: Scope, what: str) -> bool:
    kept.move_stamp(scope.db, f"{scope.name} {what}")
    return True


def _change(scope: Scope, question_id: int, where: ColumnElement[bool], **values: Any) -> bool:
    """Whether the question was still as it has to be: of two who change it at once, one does."""
    this = (question.c.campaign == scope.name, question.c.id == question_id)
    return scope.db.execute(update(question).where(*this, where).values(**values)).rowcount == 1


def by_id(scope: Scope, question_id: int) -> Asked | None:
    """That question."""
    return sql.one(scope.db, Asked, select(*_COLUMNS).where(question.c.campaign == scope.name, question.c.id == question_id))


def recent(scope: Scope, limit: int = 10, state: str = "") -> list[Asked]:
    """The latest questions, newest first; all, or those in one state."""
    query = select(*_COLUMNS).where(question.c.campaign == scope.name)
    if state:
        query = query.where(question.c.state == state)
    return sql.many(scope.db, Asked, query.order_by(question.c.id.desc()).limit(limit))


_PUBLISHED = (
    select(*_COLUMNS)
    .where(question.c.campaign == bindparam("of_campaign"), question.c.published_at.is_not(None))
    .order_by(question.c.id)
)


def published(scope: Scope) -> list[Asked]:
    """The questions with published replies, oldest first. It looks through all that was ever asked: once each time the stamp
    has moved."""
    return sql.many(scope.db, Asked, _PUBLISHED, {"of_campaign": scope.name})


def unanswered(scope: Scope, since: datetime, until: datetime) -> list[Asked]:
    """Questions that got silence in that time and nobody's reply yet, oldest first."""
    query = select(*_COLUMNS).where(
        question.c.campaign == scope.name, question.c.abstained, question.c.state != "replied",
        question.c.at >= since, question.c.at < until,
    )  # fmt: skip
    return sql.many(scope.db, Asked, query.order_by(question.c.id))
