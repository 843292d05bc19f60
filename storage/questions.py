"""Questions that people asked, what was answered, and what was passed on to the department."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.tables import question


@dataclass(frozen=True)
class Asked:
    """A question and what became of it."""

    id: int
    contact_id: int
    person_id: int | None
    asker: str
    at: datetime
    text: str
    answer: str
    clauses: str
    abstained: bool
    state: str
    reply: str
    replied_by: str
    replied_at: datetime | None
    published_at: datetime | None
    published_clause: str


def keep_question(
    db: Connection, campaign: str, contact_id: int, person_id: int | None, asker: str, text: str, answer: str,
    clauses: str, score: float, abstained: bool, now: datetime,
) -> int:  # fmt: skip
    """Keep a question with its answer. Returns its id."""
    return int(
        db.execute(
            insert(question)
            .values(
                campaign=campaign, contact_id=contact_id, person_id=person_id, asker=asker, at=now, text=text,
                answer=answer, clauses=clauses, score=score, abstained=abstained, state="answered", reply="",
                replied_by="",
            )
            .returning(question.c.id)
        ).scalar_one()
    )  # fmt: skip


def pass_on(db: Connection, campaign: str, question_id: int) -> bool:
    """Hand a question to the department. False when it was handed on before."""
    done = db.execute(
        update(question)
        .where(question.c.campaign == campaign, question.c.id == question_id, question.c.state == "answered")
        .values(state="passed_on")
    )
    return done.rowcount == 1


def reply(db: Connection, campaign: str, question_id: int, text: str, by: str, now: datetime) -> bool:
    """The department's answer, whether it was asked for or not. False when somebody answered before."""
    done = db.execute(
        update(question)
        .where(question.c.campaign == campaign, question.c.id == question_id, question.c.state.in_(("passed_on", "answered")))
        .values(state="replied", reply=text, replied_by=by, replied_at=now)
    )
    return done.rowcount == 1


def by_id(db: Connection, campaign: str, question_id: int) -> Asked | None:
    """That question."""
    found = db.execute(select(question).where(question.c.campaign == campaign, question.c.id == question_id)).first()
    return _asked(found) if found else None


def recent(db: Connection, campaign: str, limit: int = 10, state: str = "") -> list[Asked]:
    """The latest questions, newest first; all, or those in one state."""
    query = select(question).where(question.c.campaign == campaign)
    if state:
        query = query.where(question.c.state == state)
    return [_asked(row) for row in db.execute(query.order_by(question.c.id.desc()).limit(limit))]


def publish(db: Connection, campaign: str, question_id: int, clause: str, now: datetime) -> bool:
    """Let everybody be answered with this reply, resting on a clause or on none. False where there is no reply."""
    done = db.execute(
        update(question)
        .where(question.c.campaign == campaign, question.c.id == question_id, question.c.state == "replied")
        .values(published_at=now, published_clause=clause)
    )
    return done.rowcount == 1


def unpublish(db: Connection, campaign: str, question_id: int) -> bool:
    """Take a published reply back. False where it was not published."""
    done = db.execute(
        update(question)
        .where(question.c.campaign == campaign, question.c.id == question_id, question.c.published_at.is_not(None))
        .values(published_at=None, published_clause="")
    )
    return done.rowcount == 1


def published(db: Connection, campaign: str) -> list[Asked]:
    """The questions with published replies, oldest first."""
    query = select(question).where(question.c.campaign == campaign, question.c.published_at.is_not(None))
    return [_asked(row) for row in db.execute(query.order_by(question.c.id))]


def unanswered(db: Connection, campaign: str, since: datetime, until: datetime) -> list[Asked]:
    """Questions that got silence in that time and nobody's reply yet, oldest first."""
    query = select(question).where(
        question.c.campaign == campaign, question.c.abstained, question.c.state != "replied",
        question.c.at >= since, question.c.at < until,
    )  # fmt: skip
    return [_asked(row) for row in db.execute(query.order_by(question.c.id))]


def _asked(row: object) -> Asked:
    return Asked(**{name: getattr(row, name) for name in Asked.__dataclass_fields__})
