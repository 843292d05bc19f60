"""Which rows of a list are the same, and what becomes of rows that join it: nothing is kept twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.campaign.model import FormField
from rules.text.vietnamese import same_words

Scalar = str | int | bool | None
Row = dict[str, Scalar]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Joined:
    """A list after rows joined it; the others are places in ``rows``, in the order in which the rows came: those that are
    new, those that took the place of the same with other values, those that were there already."""

    rows: tuple[Row, ...]
    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    known: tuple[int, ...] = ()


def key_of(field: FormField, row: Row) -> Key:
    """What makes two rows the same, however it was typed."""
    named = field.same_by or tuple(column.id for column in field.columns[:2])
    return tuple(same_words(str(row.get(name) or "")) for name in named)


def join(field: FormField, kept: Sequence[Row], coming: Sequence[Row]) -> Joined:
    """Rows join a list. One that is there already with other values is a correction of it."""
    rows = list(kept)
    places = {key_of(field, row): place for place, row in enumerate(rows)}
    added: list[int] = []
    changed: list[int] = []
    known: list[int] = []
    for row in coming:
        place = places.setdefault(key_of(field, row), len(rows))
        if place == len(rows):
            rows.append(row)
            added.append(place)
        elif rows[place] == row:
            known.append(place)
        else:
            rows[place] = row
            changed.append(place)
    return Joined(tuple(rows), tuple(added), tuple(changed), tuple(known))
