"""What became of a run: what was measured, and which promises broke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.ground import Kept
from tests.chaos.people import MILLION, Person, amounts
from tests.chaos.size import Size

SETTLED = {"sent", "skipped"}


@dataclass
class Outcome:
    """``told`` is printed; without anything in ``broken`` all promises hold."""

    told: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def promise(self, holds: bool, what: str) -> None:
        """It breaks where it does not hold."""
        if not holds:
            self.broken.append(what)


@dataclass(frozen=True)
class Left:
    """What a run leaves behind: how each of ``people`` ended (None: finished), the ``reports`` and how many messages stand how."""

    people: Sequence[Person]
    ended: Sequence[object]
    reports: Sequence[Kept]
    states: Mapping[str, int]
    kills: int = 0


def judged(left: Left, size: Size) -> Outcome:
    """Everybody has finished; every report is kept once, as it was given; replies came in order, hardly one twice."""
    outcome, people = Outcome(), left.people
    stuck = [repr(end) for end in left.ended if end is not None]
    wanted = {
        (f"u{p.number}", f"five-{report}", tuple(MILLION * amount for amount in amounts(p.number, report)))
        for p in people
        for report in range(1, size.reports + 1)
    }
    found = [(row.unit, row.obligation, tuple(row.answers)) for row in left.reports]
    doubled, disordered = sum(p.doubled for p in people), sum(p.disordered for p in people)
    astray, waits = [text for p in people for text in p.astray], sorted(wait for p in people for wait in p.waits) or [0.0]
    outcome.told.append(
        f"kills {left.kills}, finished {len(people) - len(stuck)} of {len(people)}, reports kept {len(found)} of {len(wanted)}, "
        f"answers {sum(len(p.waits) for p in people)}, doubled {doubled}, out of order {disordered}, astray {len(astray)}, "
        f"asked to wait {sum(p.asked_to_wait for p in people)}, longest wait {waits[-1]:.1f} s, 95 of 100 within {waits[int(0.95 * len(waits))]:.1f} s, median {waits[len(waits) // 2]:.2f} s"
    )
    outcome.promise(not stuck, f"{len(stuck)} people did not finish: {stuck[:1]}")
    differ = sorted(set(found) ^ wanted)
    outcome.promise(sorted(found) == sorted(wanted), f"not every report is kept once, as given: {len(differ)}, {differ[:3]}")
    outcome.promise({row.revision for row in left.reports} <= {1}, "a report was changed that nobody changed")
    outcome.promise(doubled <= size.doubled_a_kill * left.kills, f"more than {size.doubled_a_kill} doubled message a kill")
    outcome.promise(disordered == 0, "replies came out of order")
    outcome.promise(not astray, f"somebody heard what answers nothing: {astray[:3]}")
    outcome.promise(set(left.states) <= SETTLED, f"messages are left behind: {dict(left.states)}")
    return outcome
