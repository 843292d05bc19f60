"""How large a run is: read from the environment, or tiny in the tests."""

import os
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """``people`` who each send ``reports``, and so many ``kills``."""

    seed: int
    people: int = 100
    reports: int = 5
    kills: int = 50
    ticks_killed: int = 20
    """Kills over a whole campaign."""
    pause: float = 16.0
    """Seconds that somebody may take to answer. With 0 a kill doubles what went between two settlements."""
    life: float = 3.0
    """Seconds at work until the next kill, at most."""
    trouble: float = 1.0
    """How long other troubles last, as a share of the usual."""
    patience: float = 240.0
    """Seconds after which what somebody waits for is held never to come."""
    doubled_a_kill: int = 1
    """Messages that may come twice for each kill."""


def size_from_environment() -> Size:
    """``SEED``, ``PEOPLE``, ``REPORTS``, ``KILLS``, ``TICKS_KILLED``, ``PAUSE``, ``PATIENCE``."""
    given = os.environ
    return Size(
        seed=int(given.get("SEED") or random.SystemRandom().randint(0, 10**6)),
        people=int(given.get("PEOPLE", Size.people)),
        reports=int(given.get("REPORTS", Size.reports)),
        kills=int(given.get("KILLS", Size.kills)),
        ticks_killed=int(given.get("TICKS_KILLED", Size.ticks_killed)),
        pause=float(given.get("PAUSE", Size.pause)),
        patience=float(given.get("PATIENCE", Size.patience)),
    )
