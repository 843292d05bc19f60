"""What is wrong in a document, with file, line and mend: all faults at once, so that a writer mends them in one go."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from rules.text.vietnamese import nfc

Path_ = tuple[str | int, ...]
Where = Callable[[Path_], Path_]
_AT_LINE = re.compile(r"line (\d+)")


class Wrong(StrEnum):
    """What can be wrong in a document. Each has its words, and what to do about it, in the catalogs: ``fault.…``."""

    NO_FILE = "no_file"
    NO_DISPATCH = "no_dispatch"
    NOT_A_TEXT = "not_a_text"
    NOT_UTF8 = "not_utf8"
    SYNTAX = "syntax"
    NESTED = "nested"
    # what a key holds
    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_ONE_OF = "not_one_of"
    NO_SLUG = "no_slug"
    EMPTY = "empty"
    NO_DAY = "no_day"
    NO_TIME = "no_time"
    NO_YES_OR_NO = "no_yes_or_no"
    NO_NUMBER = "no_number"
    OUT_OF_BOUNDS = "out_of_bounds"
    BAD_VALUE = "bad_value"
    TWICE = "twice"
    NOT_HERE = "not_here"
    # the dispatch's text
    BEFORE_THE_FIRST_MARK = "before_the_first_mark"
    EMPTY_CLAUSE = "empty_clause"
    NO_MARKS = "no_marks"
    # what a campaign names
    NO_DEADLINE = "no_deadline"
    NO_UNIT = "no_unit"
    NOBODY = "nobody"
    NO_CLAUSE = "no_clause"
    NO_OBLIGATION = "no_obligation"
    TOO_EARLY = "too_early"
    TWO_SUBJECTS = "two_subjects"
    # a form
    FIELD_TWICE = "field_twice"
    NO_FIELD = "no_field"
    OPTIONS = "options"
    COLUMNS = "columns"
    BAD_COLUMN = "bad_column"
    # facts
    NO_FACT = "no_fact"
    NO_KIND_OF_QUESTION = "no_kind_of_question"
    NO_QUOTE = "no_quote"
    NOT_WORD_FOR_WORD = "not_word_for_word"
    UNGROUNDED = "ungrounded"
    NOT_ASKED_FOR = "not_asked_for"
    NO_SUBJECT = "no_subject"
    # a directory
    NO_TIME_ZONE = "no_time_zone"
    NO_UNITS = "no_units"
    NO_KIND = "no_kind"
    UNIT_AND_KIND = "unit_and_kind"
    ALIAS_AND_COLLISION = "alias_and_collision"
    TWO_UNITS = "two_units"


@dataclass(frozen=True)
class Fault:
    """Something wrong in a document: where, what, and what goes into the sentences about it, as it stands in the file."""

    file: str
    line: int
    wrong: Wrong
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in self.values.items())
        return f"{self.file}:{self.line}: {self.wrong}{f' ({told})' if told else ''}"


class Faults(Exception):
    """Documents that can't be used; ``faults`` say why, in the order of their files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Toml:
    """A TOML text as it was read, with the lines that its faults are named by."""

    file: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()

    def fault(self, path: Path_, wrong: Wrong, **values: str) -> Fault:
        """A fault of what stands at a path such as ``("units", 3, "slug")``; an empty path is the file's beginning."""
        return Fault(self.file, line_of(self.lines, path) if path else 1, wrong, values)

    def invalid(self, error: ValidationError, inside: str | None = None, where: Where = lambda path: path) -> Iterator[Fault]:
        """The faults that a model found, all or those ``inside`` one of its parts; ``where`` says what a path is called here."""
        for fault in error.errors():
            if inside is not None and fault["loc"][:1] != (inside,):
                continue
            path = where(fault["loc"])
            named = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
            yield self.fault(path, _WRONG.get(fault["type"], Wrong.BAD_VALUE), name=named, **_bounds(fault.get("ctx", {})))

    def twice(self, names: Sequence[str], path: Callable[[int], Path_]) -> Iterator[Fault]:
        """Names that stand more than once."""
        for number, name in enumerate(names):
            if name in names[:number]:
                yield self.fault(path(number), Wrong.TWICE, name=name, list=str(path(number)[0]))


def read_toml(file: str, texts: Mapping[str, str], faults: list[Fault], optional: bool = False) -> Toml:
    """One of several TOML texts. What keeps it from being read is added to the faults."""
    if file not in texts:
        if not optional:
            faults.append(Fault(file, 1, Wrong.NO_FILE))
        return Toml(file)
    text = nfc(texts[file])
    try:
        return Toml(file, tomllib.loads(text), text.splitlines())
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        faults.append(Fault(file, int(at.group(1)) if at else 1, Wrong.SYNTAX, {"why": str(error)}))
    except RecursionError:
        faults.append(Fault(file, 1, Wrong.NESTED))
    except ValueError as error:  # a number of thousands of digits
        faults.append(Fault(file, 1, Wrong.SYNTAX, {"why": str(error)}))
    return Toml(file)


def line_of(lines: Sequence[str], path: Path_) -> int:
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


def _nth_heading(lines: Sequence[str], name: str, start: int, number: int) -> int | None:
    """The line of the so-many-th ``[[name]]`` from a line on."""
    found = [at for at in range(start, len(lines)) if lines[at].strip() == f"[[{name}]]"]
    return found[number] if number < len(found) else None


def _key_line(lines: Sequence[str], key: str, name: str, start: int, inside: bool) -> int:
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


_WRONG = {
    "missing": Wrong.MISSING,
    "extra_forbidden": Wrong.UNKNOWN,
    "enum": Wrong.NOT_ONE_OF,
    "literal_error": Wrong.NOT_ONE_OF,
    "string_pattern_mismatch": Wrong.NO_SLUG,
    "string_too_short": Wrong.EMPTY,
    "date_from_datetime_parsing": Wrong.NO_DAY,
    "date_parsing": Wrong.NO_DAY,
    "date_type": Wrong.NO_DAY,
    "time_parsing": Wrong.NO_TIME,
    "bool_parsing": Wrong.NO_YES_OR_NO,
    "bool_type": Wrong.NO_YES_OR_NO,
    "int_parsing": Wrong.NO_NUMBER,
    "greater_than": Wrong.OUT_OF_BOUNDS,
    "greater_than_equal": Wrong.OUT_OF_BOUNDS,
    "less_than": Wrong.OUT_OF_BOUNDS,
    "less_than_equal": Wrong.OUT_OF_BOUNDS,
}
"""Pydantic's kinds of faults."""
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def _bounds(told: Mapping[str, Any]) -> dict[str, str]:
    """What a value has to be, of what pydantic tells about it: one of some words, or a number within a bound."""
    expected = {"expected": str(told["expected"]).replace(" or ", ", ").replace("'", "")} if "expected" in told else {}
    bounds = [f"{sign} {told[name]}" for name, sign in _SIGNS.items() if name in told]
    return expected | ({"bound": bounds[0]} if bounds else {})
