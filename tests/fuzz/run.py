"""``make fuzz``: presses every reader, then spoils and reads for ten minutes, ``FUZZ_SECONDS`` says otherwise; ``FUZZ_SEED`` plays the same again.

What it finds is printed with its seed, and becomes a plain test. Exit code 1 where it found something.
"""

import logging
import os
import random
import sys
import time
from collections import Counter

from tests.fuzz.pressing import READERS, slows
from tests.fuzz.targets import TARGETS, Target

SECONDS = 600.0
SLOW = 5.0
"""Seconds: no sample is so large that reading it may take as long, on any machine."""


def found(target: Target, seed: int, slow: float = SLOW) -> str:
    """What is the matter with a target at that seed; empty where nothing is. What takes longer than ``slow`` is a find."""
    begun = time.process_time()
    try:
        target.try_one(random.Random(seed))
    except target.may:
        pass
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:160]}"
    took = time.process_time() - begun
    return f"took {took:.1f} s" if took > slow else ""


def main() -> None:
    """Press each reader once; then go round all targets until the time is over."""
    until = time.monotonic() + float(os.environ.get("FUZZ_SECONDS", SECONDS))
    seed = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randint(0, 2**40)))
    print(f"seed {seed}")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it says of each what is wrong
    tried: Counter[str] = Counter()
    finds: dict[tuple[str, str], int] = {}
    for name, reader in READERS.items():
        for slow in slows(reader):
            finds[name, slow.split(":")[0]] = 0
            print(f"FOUND {name}, more than linear: {slow}", flush=True)
    while time.monotonic() < until:
        for target in TARGETS:
            tried[target.name] += 1
            what = found(target, seed)
            if what and (target.name, what.split(":")[0]) not in finds:
                finds[target.name, what.split(":")[0]] = seed
                print(f"FOUND {target.name}, seed {seed}: {what}", flush=True)
        seed += 1
    print(f"{sum(tried.values())} tries of {len(TARGETS)} readers, {len(READERS)} pressed, {len(finds)} finds")
    sys.exit(bool(finds))


if __name__ == "__main__":
    main()
