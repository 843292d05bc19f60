"""How long an administrator waits for a short command, interpreter and all: ``make bench-starts``. Exits 1 above the bar."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (("ask", "hạn thu hồi"), ("status", "--unit", "dai-loc"), ("invite", "--role", "manager"))
STARTS = 5
BAR = 1.0
"""Seconds, for the best of the starts: what the command takes where nothing else runs."""


def started(environment: dict[str, str], *words: str) -> float:
    """Seconds from the call to its end."""
    began = perf_counter()
    subprocess.run([sys.executable, "-m", "bot", *words], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def main() -> int:
    """Measure each, print each."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/b.db", "FILES_DIR": f"{folder}/files"}
        started(environment, "migrate")
        took = {words[0]: [started(environment, *words) for _ in range(STARTS)] for words in COMMANDS}
    for name, seconds in took.items():
        print(
            f"dondoc {name:<7} best {min(seconds):.2f} s   median {statistics.median(seconds):.2f} s   longest {max(seconds):.2f} s"
        )
    print(f"bar: the best of {STARTS} within {BAR:.0f} s")
    return 1 if max(min(seconds) for seconds in took.values()) > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
