"""The words of an answer: one or two sentences, the quote, the citation, days left.

Needs the campaign alone and no database, so that the command line answers at once.
"""

from dataclasses import dataclass
from datetime import datetime

from handlers.wording.catalogs import Words
from handlers.wording.phrases import at_latest, deadline_and_left, left_text
from rules.answers.answerer import Answer, Answerer
from rules.campaign.deadlines import Due
from rules.campaign.model import Campaign, Deadline

LONGEST_QUOTE = 700


@dataclass(frozen=True)
class Rendered:
    """An answer as a text, for a chat or the command line."""

    text: str
    answer: Answer


@dataclass(frozen=True)
class Asker:
    """Whom an answer is for: the deadlines in force, the unit ("" for nobody's) and the moment."""

    due: Due
    unit: str
    now: datetime
    oversees: bool = False
    """Of the department itself, which has nobody to send a question to."""


def word(campaign: Campaign, answerer: Answerer, words: Words, found: Answer, asker: Asker) -> Rendered:
    """The text of an answer: one or two sentences, the quote, the citation, days left."""
    if found.abstained and asker.oversees:
        return Rendered(words.tr("answer.silent_overseer"), found)
    if found.abstained:
        return Rendered(words.tr("answer.silent", receiver=campaign.receiver.name.in_(words.language)), found)
    if found.guidance:
        return Rendered(_guidance(campaign, answerer, words, found), found)
    if found.choice:
        return Rendered(_choice(campaign, words, found, asker), found)
    said = found.said.in_(words.language) if found.said else ""
    lines = [said] if said else []
    if len(found.obligations) > 1:
        lines = lines or [words.tr("answer.tasks")]
        lines += [_titled_deadline(campaign, words, slug, asker) for slug in found.obligations]
    else:
        lines += [_deadline(campaign, words, slug, asker, said) for slug in found.obligations]
    if found.quote:
        lines += ["", f"“{_shorten(found.quote)}”"]
        lines.append(cite(campaign, words, found.clauses[0]))
    elif len(found.obligations) > 1:
        lines += ["", campaign.dispatch.cite.in_(words.language)]
    return Rendered("\n".join(lines).strip(), found)


def _choice(campaign: Campaign, words: Words, found: Answer, asker: Asker) -> str:
    """Two things come equally near: both are said shortly, each with its clause."""
    lines = [words.tr("answer.which")]
    for fact in found.choice:
        said = fact.answer.in_(words.language)
        slugs = [fact.obligation] if fact.obligation else []
        due = " ".join(_deadline(campaign, words, slug, asker, said) for slug in slugs)
        lines.append(f"• {clause_name(words, fact.clause).capitalize()}: {said} {due}".rstrip())
    return "\n".join([*lines, "", campaign.dispatch.cite.in_(words.language)])


def _guidance(campaign: Campaign, answerer: Answerer, words: Words, found: Answer) -> str:
    """What the department replied before, with who did and when; no words of the dispatch."""
    published = next(p for p in answerer.published if p.number == found.guidance)
    receiver = campaign.receiver.name.in_(words.language)
    lines = [
        published.reply,
        "",
        words.tr("answer.guidance", receiver=receiver, name=words.who(published.by), day=words.day(published.day)),
    ]
    lines.append(
        cite(campaign, words, published.clause) if published.clause else words.tr("answer.guidance_alone", receiver=receiver)
    )
    return "\n".join(lines)


def clause_name(words: Words, clause_id: str) -> str:
    """``mục 1.5``, or what the frame of the letter is called."""
    if clause_id == "head":
        return words.tr("clause.head")
    return words.tr("clause.opening") if clause_id == "0" else words.tr("clause.short", id=clause_id)


def _of(campaign: Campaign, slug: str, asker: Asker) -> Deadline:
    own = campaign.obligation(slug).deadline
    assert own
    return asker.due.of(asker.unit, slug) if asker.unit else own


def _titled_deadline(campaign: Campaign, words: Words, slug: str, asker: Asker) -> str:
    obligation = campaign.obligation(slug)
    clause = words.tr("clause.short", id=obligation.clause)
    until = deadline_and_left(words, campaign, _of(campaign, slug, asker), asker.now)
    return f"• {obligation.title.in_(words.language)} ({clause}): {until}."


def _deadline(campaign: Campaign, words: Words, slug: str, asker: Asker, said: str) -> str:
    """The deadline, without the named day where that was said already."""
    deadline, now = _of(campaign, slug, asker), asker.now
    longer = asker.due.extension(asker.unit, slug) if asker.unit else None
    if longer:
        text = words.tr("answer.deadline", deadline=deadline_and_left(words, campaign, deadline, now))
        return text + " " + words.tr("answer.extended", name=words.who(longer.granted_by), reason=longer.reason)
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
