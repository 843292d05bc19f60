"""How much room is left where things are kept, so that it is told before a disk is full."""

import shutil
from collections.abc import Callable, Mapping
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
        self._short: set[str] = set()

    def measure(self) -> None:
        """Refresh the gauges."""
        for name, place in self._places.items():
            left = self._look(place)
            FREE.labels(name).set(left)
            if left >= LEAST:
                self._short.discard(name)
            elif name not in self._short:
                self._short.add(name)
                log.error("the disk is nearly full: make room before nothing can be kept", where=name, megabytes=left // 1024**2)
