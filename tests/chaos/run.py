"""``make chaos``: plays the scenarios that ``SCENARIO`` names (all of them), prints what each measured; exit code 1 where a promise broke.

How large: ``PEOPLE``, ``KILLS``, ``SEED`` and so on (``size.py``). The same seed plays the same pauses again.
"""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.outcome import Outcome
from tests.chaos.scenarios import SCENARIOS, Scenario
from tests.chaos.size import Size, size_from_environment


def played(scenario: Scenario, size: Size) -> Outcome:
    """In a folder of its own."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # it says of each connection that a kill cut it
    with tempfile.TemporaryDirectory(prefix="dondoc-chaos-") as folder:
        return asyncio.run(scenario(Path(folder), size))


def main(names: list[str], size: Size) -> bool:
    """Play them. Returns whether all promises hold."""
    whole = True
    for name in names:
        scenario = SCENARIOS[name]
        print(f"{name}: {scenario.__doc__} Seed {size.seed}.", flush=True)
        outcome = played(scenario, size)
        for line in outcome.told:
            print(f"  {line}")
        for promise in outcome.broken:
            print(f"  BROKEN: {promise}")
        sys.stdout.flush()
        whole &= not outcome.broken
    return whole


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who stops it leaves no process and no disk behind
    chosen = os.environ.get("SCENARIO", "").split() or list(SCENARIOS)
    if unknown := set(chosen) - set(SCENARIOS):
        sys.exit(f"{', '.join(sorted(unknown))}: not among {', '.join(SCENARIOS)}")
    holds = main(chosen, size_from_environment())
    from tests.postgres import stop

    stop()
    sys.exit(not holds)
