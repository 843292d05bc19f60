"""How much somebody may send: buckets of tokens that run empty and fill up again. Pure: what time it is, is handed in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """So many at once; after that one more each so many ``seconds``."""

    most: float
    seconds: float


@dataclass(frozen=True)
class Bucket:
    """How many were left, at a moment in seconds of any clock that does not go back."""

    left: float
    at: float

    def filled(self, allowance: Allowance, now: float) -> "Bucket":
        """As it stands now."""
        gained = max(0.0, now - self.at) / allowance.seconds
        return Bucket(min(allowance.most, self.left + gained), max(self.at, now))

    def without(self, count: float = 1.0) -> "Bucket":
        """After something was taken."""
        return Bucket(self.left - count, self.at)


def full(allowance: Allowance, now: float) -> Bucket:
    """A bucket from which nothing was taken yet."""
    return Bucket(allowance.most, now)
