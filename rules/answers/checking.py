"""Faults of facts: what they answer, what they quote, what their answers name; run when a campaign is checked or put to work."""

from collections.abc import Iterator, Mapping

from rules.answers.grounding import ungrounded_names
from rules.campaign.bundle import sources_of
from rules.campaign.model import Campaign, Fact
from rules.documents.faults import Fault, Toml, Wrong
from rules.understanding.question import KINDS

_KINDS = ", ".join(sorted(KINDS))


def faults_of_facts(campaign: Campaign, texts: Mapping[str, str]) -> list[Fault]:
    """What is wrong with the facts of a campaign that was put together from those texts."""
    tables = sources_of(texts, [])
    subjects = {subject.name for subject in campaign.words.subjects} | {unit.slug for unit in campaign.directory.offices}
    faults = [*_not_asked_for(campaign, tables.questions), *_no_kinds(campaign, tables.words)]
    for number, fact in enumerate(campaign.facts):
        faults += [
            tables.facts.fault(("facts", number, key), wrong, of=fact.id, **values)
            for key, wrong, values in _faults(campaign, fact, subjects)
        ]
    return faults


def _not_asked_for(campaign: Campaign, questions: Toml) -> Iterator[Fault]:
    """Questions for facts that are nowhere."""
    ids = {fact.id for fact in campaign.facts}
    for name in questions.values.get("asks", {}):
        if name not in ids:
            yield questions.fault((name,), Wrong.NO_FACT, name=name)


def _no_kinds(campaign: Campaign, words: Toml) -> Iterator[Fault]:
    """Phrases that ask for something of no kind."""
    for asked in campaign.words.asks:
        if asked.name not in KINDS:
            yield words.fault(("asks", asked.name), Wrong.NO_KIND_OF_QUESTION, of="asks", name=asked.name, kinds=_KINDS)


def _faults(campaign: Campaign, fact: Fact, subjects: set[str]) -> Iterator[tuple[str, Wrong, dict[str, str]]]:
    """The key that each fault of a fact stands at, what it is, and what is said of it."""
    if not fact.quote and not fact.obligations:
        yield "quote", Wrong.NO_QUOTE, {}
    if fact.quote not in campaign.clause(fact.clause).text:
        yield "quote", Wrong.NOT_WORD_FOR_WORD, {"clause": fact.clause}
    said = (fact.answer.vi, fact.answer.en)
    strange = sorted({name for text in said for name in ungrounded_names(campaign, fact, text)})
    if strange:
        yield "answer", Wrong.UNGROUNDED, {"names": ", ".join(strange), "clause": fact.clause}
    if not fact.ask:
        yield "id", Wrong.NOT_ASKED_FOR, {}
    for subject in (part for parts in fact.about for part in parts.split("+")):
        if subject not in subjects and subject.removeprefix("?") not in KINDS:
            yield "about", Wrong.NO_SUBJECT, {"name": subject}
    for kind in (*fact.gives, *fact.lacks):
        if kind not in KINDS and not kind.startswith("count "):
            yield "gives", Wrong.NO_KIND_OF_QUESTION, {"name": kind, "kinds": _KINDS}
