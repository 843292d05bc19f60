"""The words of an answer: one or two sentences, the quote, the citation, days left.

Needs the campaign alone and no database, so that the command line answers at once.
"""

from dataclasses import dataclass
from datetime import datetime

from handlers.describing import deadline_and_left
from handlers.words import Words
from rules.answers import Answer, Answerer
from rules.campaign import Campaign
from rules.deadlines import Due

LONGEST_QUOTE = 700


@dataclass(frozen=True)
class Rendered:
    """An answer as a text, for a chat or the command line."""

    text: str
    answer: Answer


def render(campaign: Campaign, answerer: Answerer, words: Words, question: str, due: Due, unit: str, now: datetime) -> Rendered:
    """Answer a question: one or two sentences, the quote, the citation, days left."""
    found = answerer.answer(question)
    if found.abstained:
        return Rendered(words.tr("answer.silent"), found)
    lines = []
    if found.said:
        lines.append(found.said.in_(words.language))
    lines += [_deadline_line(campaign, words, slug, due, unit, now, len(found.obligations) > 1) for slug in found.obligations]
    if found.quote:
        lines += ["", f"“{_shorten(found.quote)}”"]
        lines.append(cite(campaign, words, found.clauses[0]))
    elif len(found.obligations) > 1:
        lines += ["", campaign.dispatch.cite.in_(words.language)]
    return Rendered("\n".join(lines).strip(), found)


def _deadline_line(campaign: Campaign, words: Words, slug: str, due: Due, unit: str, now: datetime, titled: bool) -> str:
    obligation = campaign.obligation(slug)
    assert obligation.deadline
    deadline = due.of(unit, slug) if unit else obligation.deadline
    text = words.tr("answer.deadline", deadline=deadline_and_left(words, campaign, deadline, now))
    if titled:
        clause = words.tr("clause.short", id=obligation.clause)
        return f"• {obligation.title.in_(words.language)} ({clause}): {text[:1].lower()}{text[1:]}"
    longer = due.extension(unit, slug) if unit else None
    if longer:
        text += " " + words.tr("answer.extended", name=longer.granted_by, reason=longer.reason)
    return text


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
