"""The process in which one foreign file is opened: a header and the file in, a line of JSON out.

It is handed nothing but that file, no setting and no secret, and takes limits of memory and time upon itself before it
looks. Whoever started it ends it when it takes too long.
"""

import json
import resource
import sys
from contextlib import suppress
from datetime import date

from handlers.file_trouble import FileTrouble
from handlers.reporting.inspecting import Inspected, inspect

MOST_MEMORY = 512 * 1024 * 1024
"""Bytes; the largest picture with the program takes a fifth."""
MOST_SECONDS = 10
"""Of the processor: the costliest file that is read to its end takes two."""
MOST_FILES = 32


def main() -> None:
    """Read, look, answer."""
    _bind()
    header = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    sys.stdout.write(written(inspect(header["name"], header["kind"], content)))


def _bind() -> None:
    limits = {
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_CPU: MOST_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: MOST_FILES,
    }
    for limit, most in limits.items():
        with suppress(ValueError, OSError):  # a system that has no such limit; the time on the wall holds in any case
            resource.setrlimit(limit, (most, most))


def written(found: Inspected) -> str:
    """What was found, as JSON. A day is ``{"day": "2022-07-15"}``."""
    return json.dumps({"trouble": found.trouble, "sheets": found.sheets}, default=lambda day: {"day": day.isoformat()})


def read(answer: bytes) -> Inspected:
    """What :func:`written` wrote. Raises ValueError, KeyError or TypeError for anything else."""

    def as_day(table: dict[str, object]) -> object:
        return date.fromisoformat(str(table["day"])) if table.keys() == {"day"} else table

    told = json.loads(answer, object_hook=as_day)
    sheets, trouble = told["sheets"], told["trouble"]
    return Inspected(
        None if trouble is None else FileTrouble(trouble), tuple(tuple(tuple(row) for row in sheet) for sheet in sheets)
    )


if __name__ == "__main__":
    main()
