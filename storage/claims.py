"""Whose a waiting row is for the moment."""

from datetime import datetime
from typing import NamedTuple


class Claim(NamedTuple):
    """By which process (its name among the living, ``storage/processes.py``), and until when by the wall clock at the latest."""

    by: str
    until: datetime
