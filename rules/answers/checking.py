"""Faults of facts: what they answer, what they quote, what their answers name; run when a campaign is checked or put to work."""

from collections.abc import Iterator, Mapping

from rules.answers.grounding import ungrounded_names
from rules.campaign.bundle import sources_of
from rules.campaign.model import Campaign, Fact
from rules.documents.faults import Fault, Toml
from rules.understanding.question import KINDS


def faults_of_facts(campaign: Campaign, texts: Mapping[str, str]) -> list[Fault]:
    """What is wrong with the facts of a campaign that was put together from those texts."""
    tables = sources_of(texts, [])
    subjects = {subject.name for subject in campaign.words.subjects} | {unit.slug for unit in campaign.directory.offices}
    faults = [*_not_asked_for(campaign, tables.questions), *_no_kinds(campaign, tables.words)]
    for number, fact in enumerate(campaign.facts):
        faults += [
            tables.facts.fault(("facts", number, key), what, mend) for key, what, mend in _faults(campaign, fact, subjects)
        ]
    return faults


def _not_asked_for(campaign: Campaign, questions: Toml) -> Iterator[Fault]:
    """Questions for facts that are nowhere."""
    ids = {fact.id for fact in campaign.facts}
    for name in questions.values.get("asks", {}):
        if name not in ids:
            yield questions.fault((name,), f"no fact {name!r}", "name a fact's id of facts.toml")


def _no_kinds(campaign: Campaign, words: Toml) -> Iterator[Fault]:
    """Phrases that ask for something of no kind."""
    for asked in campaign.words.asks:
        if asked.name not in KINDS:
            yield words.fault(("asks", asked.name), f"no kind of question is {asked.name!r}", f"use {', '.join(sorted(KINDS))}")


def _faults(campaign: Campaign, fact: Fact, subjects: set[str]) -> Iterator[tuple[str, str, str]]:
    """The key that each fault of a fact stands at, what it is, and its mend."""
    if not fact.quote and not fact.obligations:
        yield "quote", f"{fact.id}: nothing is quoted", "copy the words from dispatch.md"
    if fact.quote not in campaign.clause(fact.clause).text:
        yield "quote", f"{fact.id}: the quote is not in the clause word for word", "copy it from dispatch.md"
    said = (fact.answer.vi, fact.answer.en)
    strange = sorted({name for text in said for name in ungrounded_names(campaign, fact, text)})
    if strange:
        yield "answer", f"{fact.id}: the answer names {', '.join(strange)}, the clause does not", "say what the clause says"
    if not fact.ask:
        yield "id", f"{fact.id}: nobody asks for it", f"add {fact.id} under [asks] in questions.toml"
    for subject in (part for parts in fact.about for part in parts.split("+")):
        if subject not in subjects and subject.removeprefix("?") not in KINDS:
            yield "about", f"{fact.id}: no subject is {subject!r}", "name one of [subjects] in words.toml, an office, or ?kind"
    for kind in (*fact.gives, *fact.lacks):
        if kind not in KINDS and not kind.startswith("count "):
            yield "gives", f"{fact.id}: no kind of question is {kind!r}", f"use {', '.join(sorted(KINDS))}"
