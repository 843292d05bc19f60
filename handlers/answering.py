"""The words of an answer: one or two sentences, the quote, the citation, days left.

Needs the campaign alone and no database, so that the command line answers at once.
"""

from dataclasses import dataclass
from datetime import datetime

from handlers.describing import at_latest, deadline_and_left, left_text
from handlers.words import Words
from rules.answers import Answer, Answerer
from rules.campaign import Campaign, Deadline
from rules.deadlines import Due

LONGEST_QUOTE = 700


@dataclass(frozen=True)
class Rendered:
    """An answer as a text, for a chat or the command line."""

    text: str
    answer: Answer


def render(
    campaign: Campaign, answerer: Answerer, words: Words, question: str, due: Due, unit: str, now: datetime, about: str = ""
) -> Rendered:  # fmt: skip
    """Answer a question: one or two sentences, the quote, the citation, days left.

    ``about`` is the obligation that is being talked of, should the question name none.
    """
    found = answerer.answer(question, about)
    if found.abstained:
        return Rendered(words.tr("answer.silent"), found)
    said = found.said.in_(words.language) if found.said else ""
    lines = [said] if said else []
    if len(found.obligations) > 1:
        lines += [_titled_deadline(campaign, words, slug, due, unit, now) for slug in found.obligations]
    else:
        lines += [_deadline(campaign, words, slug, due, unit, now, said) for slug in found.obligations]
    if found.quote:
        lines += ["", f"“{_shorten(found.quote)}”"]
        lines.append(cite(campaign, words, found.clauses[0]))
    elif len(found.obligations) > 1:
        lines += ["", campaign.dispatch.cite.in_(words.language)]
    return Rendered("\n".join(lines).strip(), found)


def _of(campaign: Campaign, slug: str, due: Due, unit: str) -> Deadline:
    own = campaign.obligation(slug).deadline
    assert own
    return due.of(unit, slug) if unit else own


def _titled_deadline(campaign: Campaign, words: Words, slug: str, due: Due, unit: str, now: datetime) -> str:
    obligation = campaign.obligation(slug)
    clause = words.tr("clause.short", id=obligation.clause)
    until = deadline_and_left(words, campaign, _of(campaign, slug, due, unit), now)
    return f"• {obligation.title.in_(words.language)} ({clause}): {until}."


def _deadline(campaign: Campaign, words: Words, slug: str, due: Due, unit: str, now: datetime, said: str) -> str:
    """The deadline, without the named day where that was said already."""
    deadline = _of(campaign, slug, due, unit)
    longer = due.extension(unit, slug) if unit else None
    if longer:
        text = words.tr("answer.deadline", deadline=deadline_and_left(words, campaign, deadline, now))
        return text + " " + words.tr("answer.extended", name=longer.granted_by, reason=longer.reason)
    day = deadline.date
    if f"{day.day}/{day.month}/{day.year}" in said:
        last = at_latest(words, campaign, deadline)
        return words.tr("answer.at_latest", last=last, left=left_text(words, campaign, deadline, now))
    return words.tr("answer.deadline", deadline=deadline_and_left(words, campaign, deadline, now))


def cite(campaign: Campaign, words: Words, clause_id: str) -> str:
    """``(mục 1.5, Công văn của …)``."""
    source = campaign.dispatch.cite.in_(words.language)
    if clause_id == "head":
        return words.tr("cite.head", source=source)
    if clause_id == "0":
        return words.tr("cite.opening", source=source)
    return words.tr("cite.clause", id=clause_id, source=source)


def _shorten(text: str) -> str:
    if len(text) <= LONGEST_QUOTE:
        return text
    return text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
