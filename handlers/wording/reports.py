"""How a report reads that was sent: what it says, when it came and how that is judged, what became of it, what was changed."""

from collections.abc import Iterator

from handlers.wording.catalogs import Words
from handlers.wording.phrases import answers_text, changed_late, deadline_short, state_text, timing_text, value_text
from rules.campaign import forms
from rules.campaign.board import Cell
from rules.campaign.forms import Form
from rules.campaign.model import Campaign
from rules.campaign.progress import Outcome, State
from storage.reports import Submission

MOST_REVISIONS = 20
"""Revisions that a history shows."""


def report_lines(words: Words, campaign: Campaign, found: Submission, cell: Cell) -> list[str]:
    """A report in full. Of an earlier revision than the newest it says no state."""
    form = campaign.form(cell.duty)
    lines = [sent_text(words, found)]
    if found.outcome is Outcome.SUBMITTED:
        by = cell.deadline.date if cell.deadline else None
        lines.append(answers_text(words, form, forms.answers_from_json(form, found.answers), by))
    elif found.revision != cell.standing.revision:
        lines.append(outcome_text(words, found.outcome))
    if found.revision == cell.standing.revision:
        lines.append(words.tr("report.state", state=state_text(words, cell.standing)))
        lines += filter(None, [judged_text(words, campaign, cell)])
    return lines


def sent_text(words: Words, found: Submission) -> str:
    """Who sent it, when, its receipt, which revision it is."""
    name = words.tr("address.officer", name=found.person_name) if found.person_name else words.who("")
    at = words.moment(found.submitted_at)
    return words.tr("report.by", name=name, at=at, code=found.receipt, number=found.revision)


def outcome_text(words: Words, outcome: Outcome) -> str:
    """What an earlier revision was, besides a report with figures."""
    return words.tr("report.taken_back") if outcome is Outcome.WITHDRAWN else words.tr("outcome.nothing")


def judged_text(words: Words, campaign: Campaign, cell: Cell) -> str:
    """``Nộp đúng hạn; sửa lần cuối 16/7 09:00, sau thời hạn``; until when, while something is missing. Empty without a date."""
    if cell.deadline is None:
        return ""
    if cell.timing is None or cell.state is State.AWAITING_DOCUMENT:
        return words.tr("report.until", deadline=deadline_short(words, cell.deadline))
    judged = words.tr("report.judged", timing=timing_text(words, cell.timing))
    return f"{judged}{changed_late(words, campaign, cell)}."


def history_lines(words: Words, form: Form, revisions: list[Submission]) -> Iterator[str]:
    """Each with what it changed, newest first, and what was said of it; how many there were before. ``revisions``: one more than
    are shown."""
    earlier = dict(zip((one.id for one in revisions[1:]), revisions, strict=False))
    for one in reversed(revisions[-MOST_REVISIONS:]):
        yield words.tr(
            "history.line",
            number=one.revision,
            at=words.short_moment(one.submitted_at),
            name=words.who(one.person_name),
            code=one.receipt,
        )
        yield from (f"   {line}" for line in _changes(words, form, earlier.get(one.id), one))
        if one.review_reason:
            yield "   " + words.tr("history.wanted", reason=one.review_reason)
    if len(revisions) > MOST_REVISIONS:
        yield words.tr("history.earlier", count=words.number(revisions[-1].revision - MOST_REVISIONS))


def _changes(words: Words, form: Form, before: Submission | None, after: Submission) -> Iterator[str]:
    if after.outcome is not Outcome.SUBMITTED:
        yield outcome_text(words, after.outcome)
        return
    old = forms.answers_from_json(form, before.answers) if before and before.outcome is Outcome.SUBMITTED else {}
    new = forms.answers_from_json(form, after.answers)
    for field in form:
        if new.get(field.id) != old.get(field.id):
            label, value = field.label.in_(words.language), value_text(words, field, new.get(field.id))
            if old:
                was = value_text(words, field, old.get(field.id))
                yield words.tr("history.changed", label=label, before=was, after=value)
            else:
                yield f"{label}: {value}"
