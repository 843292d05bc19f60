"""Drafts, submissions and their revisions, reviews and extensions. All of one campaign: a Scope comes first."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    bindparam,
    delete,
    false,
    func,
    not_,
    or_,
    select,
    update,
)

from rules.campaign.deadlines import Due, Extension
from rules.campaign.model import Campaign, Kind
from rules.campaign.progress import Outcome, Review, Standing
from rules.codes import new_receipt, tidy
from storage import sql
from storage.scope import Scope, all_campaigns
from storage.tables import Draft as Draft
from storage.tables import Submission as Submission
from storage.tables import draft, extension, submission


def _these(of: FromClause, *names: str) -> list[ColumnElement[bool]]:
    """The campaign's rows with the given ``of_unit``, ``of_obligation`` and the like."""
    return [of.c[name] == bindparam(f"of_{name}") for name in ("campaign", *names)]


@dataclass(frozen=True)
class By:
    """Who did something, as it is kept: the person may leave later."""

    person_id: int
    name: str


@dataclass(frozen=True)
class Report:
    """What a unit reports on an obligation."""

    unit: str
    obligation: str
    outcome: Outcome
    answers: Mapping[str, Any]


_DRAFT = select(draft).where(*_these(draft, "id")).with_for_update()
_DRAFT_FOR = select(draft).where(*_these(draft, "unit", "obligation")).with_for_update()
_DROP_DRAFT = delete(draft).where(*_these(draft, "id"))
_KEEP_DRAFT = (
    update(draft)
    .where(*_these(draft, "id"))
    .values(
        state=bindparam("state"), seq=bindparam("seq"), person_id=bindparam("person_id"),
        person_name=bindparam("person_name"), updated_at=bindparam("updated_at"),
    )
)  # fmt: skip

_NOTE_DRAFT = update(draft).where(*_these(draft, "id")).values(state=bindparam("state"))


def find_draft(scope: Scope, unit: str, obligation: str) -> Draft | None:
    """The unit's draft for an obligation, locked for this turn."""
    return sql.one(scope.db, Draft, _DRAFT_FOR, {"of_campaign": scope.name, "of_unit": unit, "of_obligation": obligation})


def draft_by_id(scope: Scope, draft_id: int) -> Draft | None:
    """That draft, locked for this turn."""
    return sql.one(scope.db, Draft, _DRAFT, {"of_campaign": scope.name, "of_id": draft_id})


def begin_draft(scope: Scope, unit: str, obligation: str, state: dict[str, Any], by: By, now: datetime) -> Draft:
    """A fresh draft; or the one that a colleague began at the same moment, as it stands."""
    values = {
        "campaign": scope.name, "unit": unit, "obligation": obligation, "state": state, "seq": 1, "person_id": by.person_id,
        "person_name": by.name, "updated_at": now,
    }  # fmt: skip
    sql.insert_once(scope.db, draft, values)
    begun = find_draft(scope, unit, obligation)
    assert begun, "it was there, or it is now"
    return begun


def keep_draft(scope: Scope, kept: Draft, state: dict[str, Any], by: By, now: datetime) -> Draft:
    """Store the next state of a draft, with the next ``seq``."""
    seq = kept.seq + 1
    values = {"state": state, "seq": seq, "person_id": by.person_id, "person_name": by.name, "updated_at": now}
    scope.db.execute(_KEEP_DRAFT, {**values, "of_campaign": scope.name, "of_id": kept.id})
    return kept.model_copy(update=values)


def note_draft(scope: Scope, kept: Draft, state: dict[str, Any]) -> None:
    """Store what was noted of a draft whose question stays: its buttons stay good."""
    scope.db.execute(_NOTE_DRAFT, {"state": state, "of_campaign": scope.name, "of_id": kept.id})


def drop_draft(scope: Scope, draft_id: int) -> None:
    """The draft is done with: sent, or thrown away on request."""
    scope.db.execute(_DROP_DRAFT, {"of_campaign": scope.name, "of_id": draft_id})


@cache
def _drafts(*narrowed: str) -> Select[Any]:
    return select(draft.c.unit, draft.c.obligation, draft.c.person_name).where(*_these(draft, *narrowed))


def drafts(scope: Scope, unit: str = "") -> dict[tuple[str, str], str]:
    """Who is in the middle of which form, by unit and obligation."""
    query = _drafts("unit") if unit else _drafts()
    rows = scope.db.execute(query, {"of_campaign": scope.name, "of_unit": unit})
    return {(r.unit, r.obligation): r.person_name for r in rows}


def submit(scope: Scope, report: Report, by: By, now: datetime, pick: Callable[[str], str]) -> Submission:
    """Store the next revision, with a fresh receipt."""
    before = latest(scope, report.unit, report.obligation)
    receipt = new_receipt(pick)
    while _is_taken(scope, receipt):
        receipt = new_receipt(pick)
    values = {
        "campaign": scope.name, "unit": report.unit, "obligation": report.obligation, "outcome": report.outcome,
        "revision": before.revision + 1 if before else 1, "answers": dict(report.answers), "receipt": receipt, "submitted_at": now,
        "person_id": by.person_id, "person_name": by.name, "review": Review.NONE, "review_reason": "", "reviewed_by": "",
        "reviewed_at": None, "arrival": _arrival_kept(before, report.outcome),
    }  # fmt: skip
    return sql.add(scope.db, Submission, submission, values)


def _arrival_kept(before: Submission | None, outcome: Outcome) -> str:
    """A document that has arrived is there, though a figure is corrected; not for a report that was taken back."""
    corrected = before is not None and before.outcome is Outcome.SUBMITTED and outcome is Outcome.SUBMITTED
    return before.arrival if before and corrected else ""


_LATEST = select(submission).where(*_these(submission, "unit", "obligation")).order_by(submission.c.revision.desc()).limit(1)
_BY_ID = select(submission).where(*_these(submission, "id"))
_BY_RECEIPT = select(submission).where(*_these(submission, "receipt"))
_TAKEN = all_campaigns(select(submission.c.id).where(submission.c.receipt == bindparam("of_receipt")))
"""Meant so: a receipt names one report of the whole installation."""
_NEWER = select(submission.c.id).where(
    *_these(submission, "unit", "obligation"), submission.c.revision > bindparam("than_revision")
)  # fmt: skip
_REVIEW = (
    update(submission)
    .where(*_these(submission, "id"))
    .values(
        review=bindparam("verdict"),
        review_reason=bindparam("reason"),
        reviewed_by=bindparam("by"),
        reviewed_at=bindparam("at"),
        arrival=bindparam("arrived_as"),
    )
)


def latest(scope: Scope, unit: str, obligation: str) -> Submission | None:
    """The newest revision."""
    return sql.one(scope.db, Submission, _LATEST, {"of_campaign": scope.name, "of_unit": unit, "of_obligation": obligation})


def revisions(scope: Scope, unit: str, obligation: str, newest: int) -> list[Submission]:
    """So many of the newest, oldest first."""
    query = select(submission).where(*_these(submission, "unit", "obligation")).order_by(submission.c.revision.desc())
    which = {"of_campaign": scope.name, "of_unit": unit, "of_obligation": obligation}
    return sql.many(scope.db, Submission, query.limit(newest), which)[::-1]


def sent_since(scope: Scope, unit: str, obligation: str, moment: datetime) -> int:
    """How many revisions were stored since then."""
    query = select(func.count()).select_from(submission).where(*_these(submission, "unit", "obligation"))
    which = {"of_campaign": scope.name, "of_unit": unit, "of_obligation": obligation}
    return int(scope.db.execute(query.where(submission.c.submitted_at > moment), which).scalar_one())


def _is_taken(scope: Scope, receipt: str) -> bool:
    return scope.db.execute(_TAKEN, {"of_receipt": receipt}).first() is not None


def find_receipt(scope: Scope, given: str) -> Submission | None:
    """The revision with that receipt, as typed by a person."""
    return sql.one(scope.db, Submission, _BY_RECEIPT, {"of_campaign": scope.name, "of_receipt": tidy(given)})


def by_id(scope: Scope, submission_id: int) -> Submission | None:
    """That revision."""
    return sql.one(scope.db, Submission, _BY_ID, {"of_campaign": scope.name, "of_id": submission_id})


@cache
def _newest(*narrowed: str) -> Select[Any]:
    """The newest revisions, of the whole campaign or narrowed to one unit, one obligation."""
    newest = (
        select(submission.c.unit, submission.c.obligation, func.max(submission.c.revision).label("revision"))
        .where(*_these(submission, *narrowed))
        .group_by(submission.c.unit, submission.c.obligation)
        .subquery()
    )
    same = [submission.c[name] == newest.c[name] for name in ("unit", "obligation", "revision")]
    query = select(submission).select_from(submission).join(newest, same[0] & same[1] & same[2])
    return query.where(*_these(submission, *narrowed)).order_by(submission.c.unit, submission.c.obligation)


def all_latest(scope: Scope, obligation: str = "", unit: str = "") -> list[Submission]:
    """The newest revision of every unit or of one, of one obligation or of all."""
    given = {"unit": unit, "obligation": obligation}
    query = _newest(*(name for name, value in given.items() if value))
    return sql.many(scope.db, Submission, query, {"of_campaign": scope.name, "of_unit": unit, "of_obligation": obligation})


@dataclass(frozen=True)
class Said:
    """A manager's word on a report. ``arrival``: the number under which it was entered on arrival, if that is known."""

    verdict: Review
    by: str
    reason: str = ""
    arrival: str = ""


def review(scope: Scope, submission_id: int, said: Said, now: datetime) -> bool:
    """Keep a manager's word on a revision. False when a newer revision stands, or there is none."""
    found = by_id(scope, submission_id)
    if found is None:
        return False
    this = {"of_campaign": scope.name, "of_unit": found.unit, "of_obligation": found.obligation}
    if scope.db.execute(_NEWER, {**this, "than_revision": found.revision}).first():
        return False
    kept = {"verdict": said.verdict, "reason": said.reason, "by": said.by, "at": now, "arrived_as": said.arrival}
    scope.db.execute(_REVIEW, {"of_campaign": scope.name, "of_id": submission_id, **kept})
    return True


_EARLIER = submission.alias("earlier")
_TAKEN_BACK = submission.alias("taken_back")
Numbered = tuple[tuple[str, tuple[str, ...]], ...]
"""Fields that ask for the number or the day of a document, each with the obligations whose forms have it."""


@lru_cache(maxsize=256)
def _standings(narrowed: tuple[str, ...], numbered: Numbered) -> Select[Any]:
    """Of the newest revisions what a standing shows: of the answers no more than whether the document has number and day."""
    complete = _completed(narrowed, numbered)
    same = ("unit", "obligation", "outcome", "review", "review_reason", "submitted_at", "revision", "receipt", "arrival")
    return (
        _newest(*narrowed)
        .outerjoin(complete, and_(*(complete.c[name] == submission.c[name] for name in ("unit", "obligation"))))
        .with_only_columns(
            *(submission.c[name] for name in same), submission.c.person_name.label("by_name"), complete.c.completed_at,
            _lacks_document(submission, numbered).label("lacks_document"),
        )
    )  # fmt: skip


def _completed(narrowed: tuple[str, ...], numbered: Numbered) -> Subquery:
    """When each report was first complete, since it was last taken back."""
    of = _EARLIER
    same = [_TAKEN_BACK.c[name] == of.c[name] for name in ("unit", "obligation")]
    later = (_TAKEN_BACK.c.outcome == Outcome.WITHDRAWN) & (_TAKEN_BACK.c.revision >= of.c.revision)
    back = select(_TAKEN_BACK.c.id).where(*_these(_TAKEN_BACK), *same, later)
    whole = or_(of.c.outcome == Outcome.NOTHING, of.c.arrival != "", not_(_lacks_document(of, numbered)))
    return (
        select(of.c.unit, of.c.obligation, func.min(of.c.submitted_at).label("completed_at"))
        .where(*_these(of, *narrowed), whole, ~back.exists())
        .group_by(of.c.unit, of.c.obligation)
        .subquery("complete")
    )


def _lacks_document(of: FromClause, numbered: Numbered) -> ColumnElement[bool]:
    lacking = [
        of.c.obligation.in_(slugs) & (func.coalesce(of.c.answers[field].as_string(), "") == "") for field, slugs in numbered
    ]
    return or_(false(), *lacking)


def _numbered(campaign: Campaign) -> Numbered:
    by_field: dict[str, list[str]] = defaultdict(list)
    for obligation in campaign.obligations:
        form = campaign.form(obligation)
        asked = next((f for f in form if f.kind is Kind.DOCUMENT and f.when is None), None)
        for field in (asked.id, asked.date_field) if asked else ():
            if field:
                by_field[field].append(obligation.slug)
    return tuple((field, tuple(slugs)) for field, slugs in by_field.items())


def standings(scope: Scope, unit: str = "") -> dict[tuple[str, str], Standing]:
    """Where every unit, or one, stands with everything it owes, dated or standing."""
    campaign = scope.campaign
    units = (campaign.directory.unit(unit),) if unit else campaign.directory.units
    query = _standings(("unit",) if unit else (), _numbered(campaign))
    reported = sql.many(scope.db, Standing, query, {"of_campaign": scope.name, "of_unit": unit})
    kept = {key: Standing(*key, outcome=Outcome.IN_PROGRESS, by_name=name) for key, name in drafts(scope, unit).items()}
    kept |= {(last.unit, last.obligation): last for last in reported}
    owed = ((u.slug, o.slug) for u in units for o in campaign.owed_by(u))
    return {key: kept.get(key) or Standing(*key) for key in owed}


_UNITS = select(submission.c.unit).where(*_these(submission)).union(select(draft.c.unit).where(*_these(draft)))


def units(scope: Scope) -> set[str]:
    """Every unit that reported something or is in the middle of it, in the directory or not."""
    return set(scope.db.execute(_UNITS, {"of_campaign": scope.name}).scalars())


_EXTENSIONS = select(
    extension.c.unit, extension.c.obligation, extension.c.day.label("date"), extension.c.reason, extension.c.granted_by
).where(*_these(extension))


def extensions(scope: Scope) -> tuple[Extension, ...]:
    """The later days granted."""
    return tuple(sql.many(scope.db, Extension, _EXTENSIONS, {"of_campaign": scope.name}))


def due(scope: Scope) -> Due:
    """The deadlines in force."""
    return Due(scope.campaign, extensions(scope))


def extend(scope: Scope, granted: Extension, now: datetime) -> None:
    """Grant a unit a later last day on time; a second grant replaces the first."""
    which = {"campaign": scope.name, "unit": granted.unit, "obligation": granted.obligation}
    given = {"day": granted.date, "reason": granted.reason, "granted_by": granted.granted_by, "granted_at": now}
    sql.upsert(scope.db, extension, {**which, **given})
