"""Drafts, submissions and their revisions, reviews and extensions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from rules.campaign import Campaign
from rules.codes import new_receipt, tidy
from rules.deadlines import Due, Extension
from rules.progress import Outcome, Review, Standing
from storage.tables import draft, extension, submission


@dataclass(frozen=True)
class Draft:
    """A unit's half-filled form: the walker's state as data, and who touched it last.

    ``seq`` rises with every step, so that an answer to an older question is noticed.
    """

    id: int
    unit: str
    obligation: str
    state: dict[str, Any]
    seq: int
    person_id: int
    person_name: str
    updated_at: datetime


@dataclass(frozen=True)
class Submission:
    """One revision of what a unit reported."""

    id: int
    unit: str
    obligation: str
    revision: int
    outcome: Outcome
    answers: dict[str, Any]
    receipt: str
    submitted_at: datetime
    person_id: int
    person_name: str
    review: Review
    review_reason: str
    reviewed_by: str


def _draft(row: Any) -> Draft:
    return Draft(
        row.id, row.unit, row.obligation, row.state, row.seq, row.person_id, row.person_name, row.updated_at
    )  # fmt: skip


_THIS_DRAFT = (draft.c.campaign == bindparam("of_campaign")) & (draft.c.id == bindparam("of_id"))
_DRAFT = select(draft).where(_THIS_DRAFT).with_for_update()
_KEEP_DRAFT = (
    update(draft)
    .where(_THIS_DRAFT)
    .values(
        state=bindparam("state"), seq=bindparam("seq"), person_id=bindparam("person_id"),
        person_name=bindparam("person_name"), updated_at=bindparam("updated_at"),
    )
)  # fmt: skip


def find_draft(db: Connection, campaign: str, unit: str, obligation: str) -> Draft | None:
    """The unit's draft for an obligation, locked for this turn."""
    row = db.execute(
        select(draft)
        .where(draft.c.campaign == campaign, draft.c.unit == unit, draft.c.obligation == obligation)
        .with_for_update()
    ).first()
    return _draft(row) if row else None


def draft_by_id(db: Connection, campaign: str, draft_id: int) -> Draft | None:
    """That draft, locked for this turn."""
    row = db.execute(_DRAFT, {"of_campaign": campaign, "of_id": draft_id}).first()
    return _draft(row) if row else None


def begin_draft(
    db: Connection, campaign: str, unit: str, obligation: str, state: dict[str, Any], person_id: int, name: str, now: datetime
) -> Draft:
    """A fresh draft."""
    row = db.execute(
        insert(draft)
        .values(
            campaign=campaign, unit=unit, obligation=obligation, state=state, seq=1, person_id=person_id,
            person_name=name, updated_at=now,
        )
        .returning(draft)
    ).one()  # fmt: skip
    return _draft(row)


def keep_draft(
    db: Connection, campaign: str, kept: Draft, state: dict[str, Any], person_id: int, name: str, now: datetime
) -> int:  # fmt: skip
    """Store the next state of a draft. Returns the new ``seq``."""
    seq = kept.seq + 1
    values = {
        "of_campaign": campaign, "of_id": kept.id, "state": state, "seq": seq, "person_id": person_id, "person_name": name,
        "updated_at": now,
    }  # fmt: skip
    db.execute(_KEEP_DRAFT, values)
    return seq


def drop_draft(db: Connection, campaign: str, draft_id: int) -> None:
    """The draft is done with: sent, or thrown away on request."""
    db.execute(delete(draft).where(draft.c.campaign == campaign, draft.c.id == draft_id))


def drafts(db: Connection, campaign: str, unit: str = "") -> dict[tuple[str, str], str]:
    """Who is filling which form: (unit, obligation) to the person's name."""
    query = select(draft.c.unit, draft.c.obligation, draft.c.person_name).where(draft.c.campaign == campaign)
    rows = db.execute(query.where(draft.c.unit == unit) if unit else query)
    return {(r.unit, r.obligation): r.person_name for r in rows}


def _submission(row: Any) -> Submission:
    return Submission(
        row.id, row.unit, row.obligation, row.revision, Outcome(row.outcome), row.answers, row.receipt,
        row.submitted_at, row.person_id, row.person_name, Review(row.review), row.review_reason, row.reviewed_by,
    )  # fmt: skip


def submit(
    db: Connection, campaign: str, unit: str, obligation: str, outcome: Outcome, answers: dict[str, Any],
    person_id: int, name: str, now: datetime, pick: Callable[[str], str],
) -> Submission:  # fmt: skip
    """Store the next revision, with a fresh receipt."""
    before = latest(db, campaign, unit, obligation)
    last = before.revision if before else 0
    receipt = new_receipt(pick)
    while _is_taken(db, receipt):
        receipt = new_receipt(pick)
    row = db.execute(
        insert(submission)
        .values(
            campaign=campaign, unit=unit, obligation=obligation, revision=last + 1, outcome=outcome.value,
            answers=answers, receipt=receipt, submitted_at=now, person_id=person_id, person_name=name, review="",
            review_reason="", reviewed_by="",
        )
        .returning(submission)
    ).one()  # fmt: skip
    return _submission(row)


_LATEST = (
    select(submission)
    .where(
        submission.c.campaign == bindparam("of_campaign"), submission.c.unit == bindparam("of_unit"),
        submission.c.obligation == bindparam("of_obligation"),
    )
    .order_by(submission.c.revision.desc())
    .limit(1)
)  # fmt: skip
_BY_RECEIPT = select(submission).where(
    submission.c.campaign == bindparam("of_campaign"), submission.c.receipt == bindparam("of_receipt")
)
_TAKEN = select(submission.c.id).where(submission.c.receipt == bindparam("of_receipt"))
"""Of every campaign, and meant so: a receipt names one report of the whole installation."""


def latest(db: Connection, campaign: str, unit: str, obligation: str) -> Submission | None:
    """The newest revision."""
    row = db.execute(_LATEST, {"of_campaign": campaign, "of_unit": unit, "of_obligation": obligation}).first()
    return _submission(row) if row else None


def _is_taken(db: Connection, receipt: str) -> bool:
    return db.execute(_TAKEN, {"of_receipt": receipt}).first() is not None


def find_receipt(db: Connection, campaign: str, given: str) -> Submission | None:
    """The revision with that receipt, as typed by a person."""
    row = db.execute(_BY_RECEIPT, {"of_campaign": campaign, "of_receipt": tidy(given)}).first()
    return _submission(row) if row else None


def by_id(db: Connection, campaign: str, submission_id: int) -> Submission | None:
    """That revision."""
    row = db.execute(select(submission).where(submission.c.campaign == campaign, submission.c.id == submission_id)).first()
    return _submission(row) if row else None


def all_latest(db: Connection, campaign: str, obligation: str = "", unit: str = "") -> list[Submission]:
    """The newest revision of every unit or of one, of one obligation or of all."""
    these = [submission.c.campaign == campaign]
    these += [submission.c.obligation == obligation] if obligation else []
    these += [submission.c.unit == unit] if unit else []
    newest = (
        select(submission.c.unit, submission.c.obligation, func.max(submission.c.revision).label("revision"))
        .where(*these)
        .group_by(submission.c.unit, submission.c.obligation)
        .subquery()
    )
    same = (
        (submission.c.unit == newest.c.unit)
        & (submission.c.obligation == newest.c.obligation)
        & (submission.c.revision == newest.c.revision)
    )
    query = select(submission).join(newest, same).where(*these).order_by(submission.c.unit, submission.c.obligation)
    return [_submission(row) for row in db.execute(query)]


def review(db: Connection, campaign: str, submission_id: int, verdict: Review, reason: str, by: str, now: datetime) -> bool:
    """A manager's word on a revision. False when a newer revision stands, or there is none."""
    found = by_id(db, campaign, submission_id)
    if found is None:
        return False
    newer = select(submission.c.id).where(
        submission.c.campaign == campaign, submission.c.unit == found.unit, submission.c.obligation == found.obligation,
        submission.c.revision > found.revision,
    )  # fmt: skip
    if db.execute(newer).first():
        return False
    db.execute(
        update(submission)
        .where(submission.c.campaign == campaign, submission.c.id == submission_id)
        .values(review=verdict.value, review_reason=reason, reviewed_by=by, reviewed_at=now)
    )
    return True


def standings(db: Connection, campaign: Campaign, unit: str = "") -> dict[tuple[str, str], Standing]:
    """Where every unit, or one, stands with everything it owes, dated or standing."""
    units = (campaign.unit(unit),) if unit else campaign.units
    found = {(u.slug, o.slug): Standing(u.slug, o.slug) for u in units for o in campaign.owed_by(u)}
    for key, name in drafts(db, campaign.name, unit).items():
        if key in found:
            found[key] = Standing(*key, outcome=Outcome.IN_PROGRESS, by_name=name)
    firsts = first_submitted(db, campaign.name, unit)
    for last in all_latest(db, campaign.name, unit=unit):
        key = (last.unit, last.obligation)
        if key in found:
            found[key] = Standing(
                last.unit, last.obligation, last.outcome, last.review, last.review_reason, last.submitted_at,
                firsts[key], last.revision, last.receipt, last.person_name,
            )  # fmt: skip
    return found


def first_submitted(db: Connection, campaign: str, unit: str = "") -> dict[tuple[str, str], datetime]:
    """When each first revision came in: by it a report is judged on time or late."""
    query = select(submission.c.unit, submission.c.obligation, submission.c.submitted_at).where(
        submission.c.campaign == campaign, submission.c.revision == 1
    )
    rows = db.execute(query.where(submission.c.unit == unit) if unit else query)
    return {(r.unit, r.obligation): r.submitted_at for r in rows}


_EXTENSIONS = select(extension).where(extension.c.campaign == bindparam("of_campaign"))


def extensions(db: Connection, campaign: str) -> tuple[Extension, ...]:
    """The later days granted."""
    rows = db.execute(_EXTENSIONS, {"of_campaign": campaign})
    return tuple(Extension(r.unit, r.obligation, r.day, r.reason, r.granted_by) for r in rows)


def due(db: Connection, campaign: Campaign) -> Due:
    """The deadlines in force."""
    return Due(campaign, extensions(db, campaign.name))


def extend(db: Connection, campaign: str, unit: str, obligation: str, day: date, reason: str, by: str, now: datetime) -> None:
    """Grant a unit a later day; a second grant replaces the first."""
    db.execute(
        delete(extension).where(extension.c.campaign == campaign, extension.c.unit == unit, extension.c.obligation == obligation)
    )
    db.execute(
        insert(extension).values(
            campaign=campaign, unit=unit, obligation=obligation, day=day, reason=reason, granted_by=by, granted_at=now
        )
    )
