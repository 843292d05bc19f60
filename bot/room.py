"""How much room is left where things are kept, so that it is told before a disk is full."""

import shutil
from collections.abc import Callable, Mapping
from math import nan
from pathlib import Path

from bot.logs import logger
from bot.metrics import FREE

LEAST = 500 * 1024 * 1024
"""Bytes below which it is an error: a log of the database, a backup and some files still fit."""
log = logger(__name__)


def free(place: Path) -> int:
    """Bytes left on the file system of a file or folder, also of one that is not there yet. Raises OSError."""
    there = next(folder for folder in (place.absolute(), *place.absolute().parents) if folder.exists())
    return shutil.disk_usage(there).free


class Room:
    """Looks at places by name; what is wrong is said once, until it is well again."""

    def __init__(self, places: Mapping[str, Path], look: Callable[[Path], int] = free) -> None:
        self._places, self._look = places, look
        self._said: set[str] = set()

    def measure(self) -> None:
        """Refresh the gauges; one that can't be looked at has no number, and holds up no other."""
        for name, place in self._places.items():
            try:
                left: float = self._look(place)
            except OSError as error:
                left, what, more = nan, "the room on a disk could not be found out", {"why": str(error)}
            else:
                what = "the disk is nearly full: make room before nothing can be kept"
                more = {"megabytes": str(int(left) // 1024**2)}
            FREE.labels(name).set(left)
            if left >= LEAST:
                self._said.discard(name)
            elif name not in self._said:
                self._said.add(name)
                log.error(what, where=name, **more)
