"""Reading a campaign folder: ``campaign.toml``, ``dispatch.md``, ``facts.toml`` and ``faq.toml``.

Every fault is named with file, line and mend, all of them at once, so that somebody who
writes a campaign mends it in one go.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError

from rules.answers.grounding import strangers
from rules.campaign.model import Campaign, Clause, FormField, Kind
from rules.text.vietnamese import nfc, same_words
from rules.understanding.question import KINDS

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """Something wrong in a campaign: where, what, and what to do about it."""

    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} -> {self.mend}"


class BadCampaign(Exception):
    """The campaign can't be used; ``faults`` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def load_campaign(folder: Path) -> Campaign:
    """Read and check a campaign folder. Raises :class:`BadCampaign` with every fault found."""
    faults: list[Fault] = []
    raw, lines = _toml(folder / "campaign.toml", faults)
    table, table_lines = _toml(folder / "facts.toml", faults)
    asked, asked_lines = _toml(folder / "faq.toml", faults)
    clauses = _clauses(folder / "dispatch.md", faults)
    faults += _not_asked_for(table, asked, asked_lines)
    if faults:
        raise BadCampaign(faults)
    try:
        campaign = Campaign.model_validate({**raw, **_meanings(raw), **_told(table, asked), "clauses": clauses})
    except ValidationError as error:
        raise BadCampaign(list(_invalid(error, lines, table_lines, asked_lines))) from error
    faults = [*_inconsistent(campaign, lines), *_unfounded(campaign, table_lines)]
    if faults:
        raise BadCampaign(sorted(faults, key=lambda fault: (fault.file, fault.line)))
    return campaign


def _meanings(raw: dict[str, Any]) -> dict[str, Any]:
    """The tables of the campaign's own words, as lists; anything else is left for the model to refuse."""
    tables = {name: raw[name] for name in ("concepts", "abbreviations") if isinstance(raw.get(name), dict)}
    return {name: [{"name": word, "words": said} for word, said in table.items()] for name, table in tables.items()}


def _told(table: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The facts, each with the questions that ask for it; and the known gaps."""
    asks, silent, facts = asked.get("asks", {}), asked.get("silent", {}), table.get("facts", [])
    if not (isinstance(asks, dict) and isinstance(silent, dict) and isinstance(facts, list)):
        return {"facts": facts, "gaps": silent}
    told = [{**fact, "ask": asks.get(fact.get("id"), [])} if isinstance(fact, dict) else fact for fact in facts]
    return {"facts": told, "gaps": [{"id": name, "ask": ask} for name, ask in silent.items()]}


def _not_asked_for(table: dict[str, Any], asked: dict[str, Any], lines: list[str]) -> Iterator[Fault]:
    """Questions for facts that are nowhere."""
    facts = table.get("facts", [])
    ids = {fact.get("id") for fact in facts if isinstance(fact, dict)} if isinstance(facts, list) else set()
    for name in asked.get("asks", {}):
        if name not in ids:
            yield Fault("faq.toml", line_of(lines, (name,)), f"no fact {name!r}", "name a fact's id of facts.toml")


def _toml(path: Path, faults: list[Fault]) -> tuple[dict[str, Any], list[str]]:
    try:
        text = nfc(path.read_text(encoding="utf-8"))
        return tomllib.loads(text), text.splitlines()
    except FileNotFoundError:
        faults.append(Fault(path.name, 1, "the file is missing", f"create {path.name} in the campaign folder"))
    except UnicodeDecodeError:
        faults.append(Fault(path.name, 1, "the file is not UTF-8", "save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        faults.append(Fault(path.name, int(at.group(1)) if at else 1, f"not TOML: {error}", "mend the syntax on this line"))
    return {}, []


_AT_LINE = re.compile(r"line (\d+)")
_MARK = re.compile(r"^<!--\s*(clause|section)\s+(\S+)\s*-->\s*$")


def _clauses(path: Path, faults: list[Fault]) -> list[Clause]:
    """Clauses of ``dispatch.md``: each stands below ``<!-- clause ID -->``, a section's opening
    line below ``<!-- section ID -->``. A clause marked twice (``head``) is joined."""
    try:
        lines = nfc(path.read_text(encoding="utf-8")).splitlines()
    except FileNotFoundError:
        faults.append(Fault(path.name, 1, "the file is missing", "put the dispatch's text into dispatch.md"))
        return []
    texts: dict[str, list[str]] = {}
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
            into = texts.setdefault(clause_id, [])
            leads[clause_id] = section if clause_id.startswith(f"{section}.") else ""
        elif into is not None:
            into.append(line)
        elif line.strip():
            faults.append(Fault(path.name, number, "text before the first mark", "begin with <!-- clause head -->"))
            break
    found = []
    for clause_id, body in texts.items():
        text = "\n".join(body).strip()
        if not text:
            at = next(n for n, line in enumerate(lines, 1) if f"clause {clause_id} " in line)
            faults.append(Fault(path.name, at, f"clause {clause_id} is empty", "put its text below the mark"))
        lead = "\n".join(sections.get(leads[clause_id], [])).strip()
        found.append(Clause(id=clause_id, text=text.removeprefix("- "), lead=lead))
    if not found and not faults:
        faults.append(Fault(path.name, 1, "no clause is marked", "put <!-- clause 1.1 --> above each clause"))
    return found


def line_of(lines: list[str], path: Path_) -> int:
    """The line where that part of a TOML file stands, as near as its headings and keys tell."""
    at, inside = 0, False
    names: list[str] = []
    for place, step in enumerate(path):
        if isinstance(step, int):
            found = _nth_heading(lines, ".".join(names), at, step)
            at, inside = (found, True) if found is not None else (at, inside)
            continue
        names.append(step)
        is_list = place + 1 < len(path) and isinstance(path[place + 1], int)
        if not is_list or _nth_heading(lines, ".".join(names), at, 0) is None:
            at = _key_line(lines, step, ".".join(names), at, inside)
    return at + 1


def _nth_heading(lines: list[str], name: str, start: int, number: int) -> int | None:
    """The line of the so-many-th ``[[name]]`` from a line on."""
    found = [at for at in range(start, len(lines)) if lines[at].strip() == f"[[{name}]]"]
    return found[number] if number < len(found) else None


def _key_line(lines: list[str], key: str, name: str, start: int, inside: bool) -> int:
    """The line of a key or a ``[name]`` table, not beyond the list item that it belongs to."""
    for at in range(start, len(lines)):
        if at > start and inside and lines[at].startswith("[["):
            break
        if lines[at].startswith(f"[{name}]") or _sets(lines[at].strip(), key):
            return at
    return start


def _sets(line: str, key: str) -> bool:
    """Whether a line is ``key = …`` or ``key.…``."""
    behind = line.removeprefix(key)
    return line.startswith(key) and (behind.startswith(".") or behind.lstrip().startswith("="))


_MENDS = {
    "missing": "add this key",
    "extra_forbidden": "remove it, or mend its spelling",
    "enum": "use one of the values named",
    "literal_error": "use one of the values named",
    "string_pattern_mismatch": "use small letters, digits and hyphens (fields: underscores)",
    "string_too_short": "write the text",
    "date_from_datetime_parsing": "write a real day as 2022-07-15, without quotation marks",
    "date_parsing": "write a real day as 2022-07-15, without quotation marks",
    "date_type": "write a day as 2022-07-15, without quotation marks",
    "time_parsing": "write a time as 08:00:00",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "int_parsing": "write a whole number",
}


def _invalid(
    error: ValidationError, lines: list[str], table_lines: list[str], asked_lines: list[str]
) -> Iterator[Fault]:  # fmt: skip
    for fault in error.errors():
        path: Path_ = fault["loc"]
        file, text = "campaign.toml", lines
        if path[:1] == ("facts",):
            file, text = "facts.toml", table_lines
        elif path[:1] == ("gaps",):
            file, text = "faq.toml", asked_lines
        where = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
        mend = _MENDS.get(fault["type"], "mend the value on this line")
        yield Fault(file, line_of(text, path), f"{where}: {fault['msg']}", mend)


def _inconsistent(campaign: Campaign, lines: list[str]) -> Iterator[Fault]:
    """Faults that no single value shows: things named that are nowhere, things named twice."""

    def at(*path: str | int) -> int:
        return line_of(lines, path)

    def fault(line: int, what: str, mend: str) -> Fault:
        return Fault("campaign.toml", line, what, mend)

    if campaign.time_zone not in available_timezones():
        yield fault(at("time_zone"), f"unknown time zone {campaign.time_zone!r}", 'write e.g. "Asia/Ho_Chi_Minh"')
    yield from _said_twice(campaign, lines)
    if not campaign.units:
        yield fault(1, "there is no unit", "add at least one [[units]]")
    if not campaign.dated():
        yield fault(1, "no obligation has a deadline", "give at least one [[obligations]] a deadline")
    yield from _twice([u.slug for u in campaign.units], "unit", lambda n: at("units", n, "slug"))
    yield from _twice([o.slug for o in campaign.obligations], "obligation", lambda n: at("obligations", n, "slug"))
    yield from _names_twice(campaign, at)
    for number, collision in enumerate(campaign.collisions):
        for slug in collision.units:
            if not campaign.has_unit(slug):
                yield fault(at("collisions", number, "units"), f"no unit {slug!r}", "name a unit's slug")
    owners = {"district", "department", *(unit.slug for unit in campaign.units)}
    for number, obligation in enumerate(campaign.obligations):
        if obligation.owed_by not in owners:
            yield fault(
                at("obligations", number, "owed_by"), f"{obligation.slug}: nobody is {obligation.owed_by!r}",
                "write district, department or a unit's slug",
            )  # fmt: skip
        if not campaign.has_clause(obligation.clause):
            yield fault(
                at("obligations", number, "clause"), f"{obligation.slug}: no clause {obligation.clause!r} in dispatch.md",
                "name a clause that is marked there",
            )  # fmt: skip
        if obligation.deadline and obligation.deadline.date < campaign.opens:
            yield fault(
                at("obligations", number, "deadline"), f"{obligation.slug}: the deadline lies before the campaign opens",
                "mend the date, or opens at the top",
            )  # fmt: skip
        for place, what, mend in _bad_fields(obligation.fields):
            yield fault(at("obligations", number, "fields", place), f"{obligation.slug}: {what}", mend)
    for place, what, mend in _bad_fields(campaign.note_fields):
        yield fault(at("note_fields", place), what, mend)


def _unfounded(campaign: Campaign, lines: list[str]) -> Iterator[Fault]:
    """Facts whose clause, words or obligation the campaign does not have."""
    known = {concept.name for concept in campaign.concepts} | {unit.slug for unit in campaign.units if unit.kind == "department"}
    yield from _twice([fact.id for fact in campaign.facts], "fact", lambda n: line_of(lines, ("facts", n, "id")), "facts.toml")
    for number, fact in enumerate(campaign.facts):

        def fault(key: str, what: str, mend: str, number: int = number) -> Fault:
            return Fault("facts.toml", line_of(lines, ("facts", number, key)), what, mend)

        for clause in (fact.clause, *fact.also):
            if not campaign.has_clause(clause):
                yield fault("clause", f"{fact.id}: no clause {clause!r}", "name a clause of dispatch.md")
        if campaign.has_clause(fact.clause) and fact.quote not in campaign.clause(fact.clause).text:
            yield fault("quote", f"{fact.id}: the quote is not in the clause word for word", "copy it from dispatch.md")
        strange = sorted({part for text in (fact.answer.vi, fact.answer.en) for part in strangers(campaign, fact, text)})
        if strange:
            yield fault(
                "answer", f"{fact.id}: the answer names {', '.join(strange)}, the clause does not", "say what the clause says"
            )
        if not fact.quote and not fact.obligations:
            yield fault("quote", f"{fact.id}: nothing is quoted", "copy the words from dispatch.md")
        for slug in (fact.obligation, *fact.obligations):
            if slug and not campaign.has_obligation(slug):
                yield fault("obligation", f"{fact.id}: no obligation {slug!r}", "name an obligation's slug")
        if not fact.ask:
            yield fault("id", f"{fact.id}: nobody asks for it", f"add {fact.id} under [asks] in faq.toml")
        for subject in (part for subjects in fact.about for part in subjects.split("+")):
            if subject not in known and subject.removeprefix("?") not in KINDS:
                yield fault("about", f"{fact.id}: no subject is {subject!r}", "name one of [concepts], a department, or ?kind")
        for kind in (*fact.gives, *fact.lacks):
            if kind not in KINDS and not kind.startswith("count "):
                yield fault("gives", f"{fact.id}: no kind of question is {kind!r}", f"use {', '.join(sorted(KINDS))}")
        owners = {"district", "department", *(unit.slug for unit in campaign.units)}
        for who in fact.who:
            if who not in owners:
                yield fault("who", f"{fact.id}: nobody is {who!r}", "write district, department or a unit's slug")


def _said_twice(campaign: Campaign, lines: list[str]) -> Iterator[Fault]:
    """A phrase of two subjects would silently be the second one's."""
    owner: dict[str, str] = {}
    for concept in campaign.concepts:
        for phrase in concept.words:
            if owner.setdefault(phrase, concept.name) != concept.name:
                line = line_of(lines, ("concepts", concept.name))
                yield Fault("campaign.toml", line, f"{phrase!r} names both {owner[phrase]} and {concept.name}", "keep it in one")


def _twice(names: list[str], what: str, at: Any, file: str = "campaign.toml") -> Iterator[Fault]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Fault(file, at(number), f"{what} {name!r} stands twice", "give each its own slug")


def _names_twice(campaign: Campaign, at: Any) -> Iterator[Fault]:
    """A name or alias of two units must be a collision, so that it is asked back."""
    asked_back = {same_words(collision.says) for collision in campaign.collisions}
    owner: dict[str, str] = {}
    for number, unit in enumerate(campaign.units):
        for name in (unit.short, *unit.aliases):
            key = same_words(name)
            if key in asked_back:
                yield Fault(
                    "campaign.toml", at("units", number, "aliases"),
                    f"{unit.slug}: {name!r} is also a collision", "remove the alias, or the collision",
                )  # fmt: skip
            elif owner.setdefault(key, unit.slug) != unit.slug:
                yield Fault(
                    "campaign.toml", at("units", number, "aliases"),
                    f"{name!r} names both {owner[key]} and {unit.slug}", "list it under [[collisions]] instead",
                )  # fmt: skip


def _bad_fields(fields: tuple[FormField, ...]) -> Iterator[tuple[int, str, str]]:
    ids = [field.id for field in fields]
    for number, field in enumerate(fields):
        if field.id in ids[:number]:
            yield number, f"field {field.id!r} stands twice", "give each field its own id"
        for other in (field.at_most, field.when, field.date_field):
            if other and other not in ids:
                yield number, f"{field.id} names {other!r}, which is no field here", "name a field of the same form"
        if (field.kind is Kind.CHOICE) != bool(field.options):
            yield number, f'{field.id}: options go with kind = "choice"', "add options, or change the kind"
        if (field.kind is Kind.LIST) != bool(field.columns):
            yield number, f'{field.id}: columns go with kind = "list"', "add columns, or change the kind"
        for column_number, what, mend in _bad_fields(field.columns):
            yield number, f"{field.id}, column {column_number + 1}: {what}", mend
        if any(column.kind in (Kind.LIST, Kind.FILE) for column in field.columns):
            yield number, f"{field.id}: a column can't be a list or a file", "use another kind"
