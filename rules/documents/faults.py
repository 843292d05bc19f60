"""What is wrong in a document, with file, line and mend: all faults at once, so that a writer mends them in one go."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from rules.text.vietnamese import nfc

Path_ = tuple[str | int, ...]
Where = Callable[[Path_], Path_]
_AT_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class Fault:
    """Something wrong in a document: where, what, and what to do about it."""

    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} -> {self.mend}"


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

    def fault(self, path: Path_, what: str, mend: str) -> Fault:
        """A fault of what stands at a path such as ``("units", 3, "slug")``; an empty path is the file's beginning."""
        return Fault(self.file, line_of(self.lines, path) if path else 1, what, mend)

    def invalid(self, error: ValidationError, inside: str | None = None, where: Where = lambda path: path) -> Iterator[Fault]:
        """The faults that a model found, all or those ``inside`` one of its parts; ``where`` says what a path is called here."""
        for fault in error.errors():
            if inside is not None and fault["loc"][:1] != (inside,):
                continue
            path = where(fault["loc"])
            named = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
            yield self.fault(path, f"{named}: {fault['msg']}", _MENDS.get(fault["type"], "mend the value on this line"))

    def twice(self, names: Sequence[str], what: str, path: Callable[[int], Path_]) -> Iterator[Fault]:
        """Names that stand more than once."""
        for number, name in enumerate(names):
            if name in names[:number]:
                yield self.fault(path(number), f"{what} {name!r} stands twice", "give each its own slug")


def read_toml(file: str, texts: Mapping[str, str], faults: list[Fault], optional: bool = False) -> Toml:
    """One of several TOML texts. What keeps it from being read is added to the faults."""
    if file not in texts:
        if not optional:
            faults.append(Fault(file, 1, "the file is missing", f"create {file} in the folder"))
        return Toml(file)
    text = nfc(texts[file])
    try:
        return Toml(file, tomllib.loads(text), text.splitlines())
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        faults.append(Fault(file, int(at.group(1)) if at else 1, f"not TOML: {error}", "mend the syntax on this line"))
    except RecursionError:
        faults.append(Fault(file, 1, "not TOML: its brackets are nested too deeply", "close each bracket where it belongs"))
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
