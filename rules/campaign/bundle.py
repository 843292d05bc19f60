"""The texts of a campaign put together: ``campaign.toml`` and ``dispatch.md``; ``facts.toml``, ``questions.toml`` and
``words.toml`` where somebody wrote them. No folder is read here.

Every fault is named with file, line and mend, all of them at once, so that somebody who
writes a campaign mends it in one go.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationError

from rules.campaign.model import Campaign, Clause, FormField, Kind
from rules.campaign.policy import Policy
from rules.directory.model import Directory
from rules.documents.faults import Fault, Faults, Path_, Toml, Wrong, read_toml
from rules.text.vietnamese import nfc

DISPATCH = "dispatch.md"
FILES = ("campaign.toml", DISPATCH, "facts.toml", "questions.toml", "words.toml")
"""The names under which a campaign's texts stand in a mapping; only the first two have to be there."""


@dataclass(frozen=True)
class Sources:
    """The tables that a campaign is made of, as they were read."""

    campaign: Toml
    facts: Toml
    questions: Toml
    words: Toml


_OF_POLICY: Mapping[str, Callable[[Policy, Mapping[str, Any]], Policy]] = {"rungs": Policy.with_rungs, "hours": Policy.with_hours}
"""Tables of a campaign file that differ from its province's policy, and how."""


def sources_of(texts: Mapping[str, str], faults: list[Fault]) -> Sources:
    """The tables among a campaign's texts."""
    campaign, _, *others = FILES
    return Sources(read_toml(campaign, texts, faults), *(read_toml(file, texts, faults, optional=True) for file in others))


def campaign_of(texts: Mapping[str, str], directory: Directory, policy: Policy) -> Campaign:
    """The campaign in its texts, of that directory, followed up by that policy. Raises Faults with every fault found."""
    faults: list[Fault] = []
    tables = sources_of(texts, faults)
    clauses = _clauses(texts, faults)
    faults += _not_its_own(tables.campaign)
    if faults:
        raise Faults(faults)
    raw = {key: value for key, value in tables.campaign.values.items() if key not in _OF_POLICY}
    for name, followed in _OF_POLICY.items():
        own = tables.campaign.values.get(name, {})
        try:
            policy = followed(policy, own if isinstance(own, dict) else {name: own})
        except ValidationError as error:
            faults += tables.campaign.invalid(error, where=partial(_inside, name))
    try:
        campaign = Campaign.model_validate({
            **raw, **_told(tables), "words": tables.words.values, "clauses": clauses, "directory": directory, "policy": policy,
        })  # fmt: skip
    except ValidationError as error:
        faults += _invalid(error, tables)
        raise Faults(faults) from error
    faults += [
        *_inconsistent(campaign, tables.campaign),
        *_said_twice(campaign, tables.words),
        *_unfounded(campaign, tables.facts),
    ]
    if faults:
        raise Faults(faults)
    return campaign


def _inside(table: str, path: Path_) -> Path_:
    return (table, *path)


def _not_its_own(toml: Toml) -> Iterator[Fault]:
    """What a campaign is given and can't bring along."""
    elsewhere = {
        "directory": "directory.toml", "policy": "policy.toml", "clauses": DISPATCH,
        "facts": "facts.toml", "gaps": "questions.toml", "words": "words.toml",
    }  # fmt: skip
    for key, place in elsewhere.items():
        if key in toml.values:
            yield toml.fault((key,), Wrong.NOT_HERE, name=key, place=place)


def _told(tables: Sources) -> dict[str, Any]:
    """The facts, each with the questions that ask for it; and the known gaps."""
    asks, silent = tables.questions.values.get("asks", {}), tables.questions.values.get("silent", {})
    facts = tables.facts.values.get("facts", [])
    if not (isinstance(asks, dict) and isinstance(silent, dict) and isinstance(facts, list)):
        return {"facts": facts, "gaps": silent}
    told = [{**fact, "ask": asks.get(fact.get("id"), [])} if isinstance(fact, dict) else fact for fact in facts]
    return {"facts": told, "gaps": [{"id": name, "ask": ask} for name, ask in silent.items()]}


_MARK = re.compile(r"^<!--\s*(clause|section)\s+(\S+)\s*-->\s*$")


def _clauses(texts: Mapping[str, str], faults: list[Fault]) -> list[Clause]:
    """Clauses of ``dispatch.md``: each stands below ``<!-- clause ID -->``, a section's opening
    line below ``<!-- section ID -->``. A clause marked twice (``head``) is joined."""
    if DISPATCH not in texts:
        faults.append(Fault(DISPATCH, 1, Wrong.NO_DISPATCH))
        return []
    lines = nfc(texts[DISPATCH]).splitlines()
    bodies: dict[str, list[str]] = {}
    leads: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    into: list[str] | None = None
    section = ""
    for number, line in enumerate(lines, 1):
        mark = _MARK.match(line)
        if mark and mark.group(1) == "section":
            section = mark.group(2)
            into = sections.setdefault(section, [])
        elif mark:
            clause_id = mark.group(2)
            into = bodies.setdefault(clause_id, [])
            leads[clause_id] = section if clause_id.startswith(f"{section}.") else ""
        elif into is not None:
            into.append(line)
        elif line.strip():
            faults.append(Fault(DISPATCH, number, Wrong.BEFORE_THE_FIRST_MARK))
            break
    found = []
    for clause_id, body in bodies.items():
        text = "\n".join(body).strip()
        if not text:
            at = next(n for n, line in enumerate(lines, 1) if f"clause {clause_id} " in line)
            faults.append(Fault(DISPATCH, at, Wrong.EMPTY_CLAUSE, {"clause": clause_id}))
        lead = "\n".join(sections.get(leads[clause_id], [])).strip()
        found.append(Clause(id=clause_id, text=text.removeprefix("- "), lead=lead))
    if not found and not faults:
        faults.append(Fault(DISPATCH, 1, Wrong.NO_MARKS))
    return found


def _invalid(error: ValidationError, tables: Sources) -> Iterator[Fault]:
    """The faults that the model found, each in the file that it comes from."""
    silent, words = tables.questions.values.get("silent", {}), tables.words.values

    def in_questions(path: Path_) -> Path_:
        return ("silent", *_by_name(silent, path[1:]))

    def in_words(path: Path_) -> Path_:
        return (*path[1:2], *_by_name(words.get(str(path[1])) if len(path) > 1 else None, path[2:]))

    yield from tables.facts.invalid(error, "facts")
    yield from tables.questions.invalid(error, "gaps", in_questions)
    yield from tables.words.invalid(error, "words", in_words)
    for part in {str(fault["loc"][0]) for fault in error.errors()} - {"facts", "gaps", "words"}:
        yield from tables.campaign.invalid(error, part)


def _by_name(table: Any, path: Path_) -> Path_:
    """A path into the list that a table was made into, with its keys in place of their numbers."""
    if isinstance(table, dict) and path and isinstance(path[0], int):
        return (list(table)[path[0]],)
    return path


def _inconsistent(campaign: Campaign, toml: Toml) -> Iterator[Fault]:
    """Faults that no single value shows: things named that are nowhere, things named twice."""
    if not campaign.dated():
        yield toml.fault((), Wrong.NO_DEADLINE)
    yield from toml.twice([o.slug for o in campaign.obligations], lambda n: ("obligations", n, "slug"))
    receiver = campaign.dispatch.receiver
    if not campaign.directory.has_unit(receiver):
        yield toml.fault(("dispatch", "receiver"), Wrong.NO_UNIT, of="receiver", name=receiver)
    for number, obligation in enumerate(campaign.obligations):
        for owner in obligation.owed_by:
            if owner not in campaign.directory.owners:
                yield toml.fault(("obligations", number, "owed_by"), Wrong.NOBODY, of=obligation.slug, name=owner)
        if not campaign.has_clause(obligation.clause):
            yield toml.fault(("obligations", number, "clause"), Wrong.NO_CLAUSE, of=obligation.slug, name=obligation.clause)
        if obligation.deadline and obligation.deadline.date < campaign.opens:
            yield toml.fault(("obligations", number, "deadline"), Wrong.TOO_EARLY, of=obligation.slug)
        for place, wrong, values in _bad_fields(obligation.fields, f"{obligation.slug}: "):
            yield toml.fault(("obligations", number, "fields", place), wrong, **values)
    for place, wrong, values in _bad_fields(campaign.note_fields, ""):
        yield toml.fault(("note_fields", place), wrong, **values)


def _unfounded(campaign: Campaign, toml: Toml) -> Iterator[Fault]:
    """Facts that rest on what the campaign does not have."""
    yield from toml.twice([fact.id for fact in campaign.facts], lambda n: ("facts", n, "id"))
    for number, fact in enumerate(campaign.facts):
        for clause in (fact.clause, *fact.also):
            if not campaign.has_clause(clause):
                yield toml.fault(("facts", number, "clause"), Wrong.NO_CLAUSE, of=fact.id, name=clause)
        for slug in (fact.obligation, *fact.obligations):
            if slug and not campaign.has_obligation(slug):
                yield toml.fault(("facts", number, "obligation"), Wrong.NO_OBLIGATION, of=fact.id, name=slug)
        for who in fact.who:
            if who not in campaign.directory.owners:
                yield toml.fault(("facts", number, "who"), Wrong.NOBODY, of=fact.id, name=who)


def _said_twice(campaign: Campaign, toml: Toml) -> Iterator[Fault]:
    """A phrase of two subjects would silently be the second one's."""
    owner: dict[str, str] = {}
    for subject in campaign.words.subjects:
        for phrase in subject.words:
            if owner.setdefault(phrase, subject.name) != subject.name:
                both = {"one": owner[phrase], "other": subject.name}
                yield toml.fault(("subjects", subject.name), Wrong.TWO_SUBJECTS, name=phrase, **both)


def _bad_fields(fields: tuple[FormField, ...], inside: str) -> Iterator[tuple[int, Wrong, dict[str, str]]]:
    """The number of each field that has a fault, with the fault; ``inside`` says of what the fields are."""
    ids = [field.id for field in fields]
    for number, field in enumerate(fields):
        of = {"of": f"{inside}{field.id}"}
        if field.id in ids[:number]:
            yield number, Wrong.FIELD_TWICE, of
        for other in (field.at_most, field.when, field.date_field):
            if other and other not in ids:
                yield number, Wrong.NO_FIELD, {**of, "name": other}
        columns = [column.id for column in field.columns]
        for other in (*field.same_by, *(field.from_register.columns.values() if field.from_register else ())):
            if other not in columns:
                yield number, Wrong.NO_FIELD, {**of, "name": other}
        if (field.kind is Kind.CHOICE) != bool(field.options):
            yield number, Wrong.OPTIONS, of
        if (field.kind is Kind.LIST) != bool(field.columns):
            yield number, Wrong.COLUMNS, of
        for _, wrong, values in _bad_fields(field.columns, f"{of['of']}: "):
            yield number, wrong, values
        if any(column.kind in (Kind.LIST, Kind.FILE) for column in field.columns):
            yield number, Wrong.BAD_COLUMN, of
