"""Takes checks away that no table of rights holds, one at a time, and tells which of them no test misses.

``python -m tests.house.guards`` tries all of ``guards.toml``, ``--only link`` what has that in its name. It works on a copy;
nothing is written to the tree. What it lists as unnoticed is a gap in the tests: the list has to be empty.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUARDS = Path(__file__).with_suffix(".toml")
RED = 1
"""What pytest exits with where a test failed; anything else but 0 is a fault of ours."""


@dataclass(frozen=True)
class Guard:
    """A check: the words of it that stand once in its file, what is left without them, and the tests that have to notice."""

    name: str
    file: str
    takes: str
    leaves: str
    tests: tuple[str, ...]


def guards() -> Iterator[Guard]:
    """All that are written down."""
    for written in tomllib.loads(GUARDS.read_text(encoding="utf-8"))["guard"]:
        yield Guard(**{**written, "tests": tuple(written["tests"])})


def without(guard: Guard, text: str) -> str:
    """A file's text without the check. Raises ValueError where the check does not stand there exactly once."""
    if text.count(guard.takes) != 1:
        raise ValueError(f"{guard.name}: stands {text.count(guard.takes)} times in {guard.file}")
    return text.replace(guard.takes, guard.leaves)


def is_noticed(guard: Guard, copy: Path) -> bool:
    """Whether a test fails without the check. The copy is put right again."""
    file = copy / guard.file
    before = file.read_text(encoding="utf-8")
    file.write_text(without(guard, before), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *guard.tests]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    finally:
        file.write_text(before, encoding="utf-8")
    if done.returncode not in (0, RED):
        raise RuntimeError(f"{guard.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == RED


def copy_to(folder: Path) -> None:
    """Everything in the tree but what git ignores, as it stands."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def main() -> int:
    """Everything, and what nobody noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only what has this in its name")
    only = parser.parse_args().only
    chosen, quiet = [guard for guard in guards() if only in guard.name], []
    with tempfile.TemporaryDirectory() as folder:
        copy_to(Path(folder))
        for guard in chosen:
            noticed = is_noticed(guard, Path(folder))
            print(f"{'noticed' if noticed else 'NOT NOTICED'}: {guard.name}", flush=True)
            quiet += [] if noticed else [guard.name]
    print(f"{len(chosen)} checks taken away, {len(quiet)} unnoticed")
    return 1 if quiet else 0


if __name__ == "__main__":
    sys.exit(main())
