"""What somebody says of the rows of an open list: to see them, to change one, to drop one, to have it back.

A product may be called like a wish begins ("Bơ đậu phộng", "Sữa chua"), so a wish that names a row and no number has to name
one that is there, and its first word has to be the word itself where diacritics were typed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.campaign.alike import Row
from rules.campaign.model import FormField
from rules.text.labels import nearest
from rules.text.vietnamese import nfc, same_words


class Wants(StrEnum):
    """What is wanted of rows."""

    SEE = "see"
    CHANGE = "change"
    DROP = "drop"
    BACK = "back"


@dataclass(frozen=True)
class Wish:
    """``numbers``: of the rows that may be meant, from 1; a number that is no row's is there too, to be told so. Without any,
    it is not said which row, or it is called ``name`` and no row is."""

    wants: Wants
    numbers: tuple[int, ...] = ()
    name: str = ""


LONGEST = 120
_SEE = frozenset(
    [
        "xem",
        "xem lai",
        "danh sach",
        "ds",
        "xem danh sach",
        "xem ds",
        "xem lai danh sach",
        "xem cac dong",
        "xem tat ca",
        "da ghi nhung gi",
        "da ghi gi",
        "da co nhung gi",
        "show",
        "list",
        "show list",
        "show the list",
    ]
)
_BACK = frozenset(("hoan tac", "lay lai", "khoi phuc", "undo", "put back", "hoan tac lai"))
_BEFORE = frozenset(("da", "cho", "em", "toi", "minh", "anh", "chi", "xin", "muon", "can", "please"))
_AFTER = frozenset(("a", "di", "nhe", "nha", "voi", "giup", "em", "please"))
_VERBS = dict.fromkeys(["xoa", "bo", "loai", "drop", "delete", "remove"], Wants.DROP) | dict.fromkeys(
    ["sua", "doi", "edit", "change"], Wants.CHANGE
)
_MARKED = re.compile(r"\b(?:xóa|xoá|bỏ|loại|sửa|đổi)\b")
_BESIDE = frozenset(("bo", "di", "lai", "dong", "so", "san", "pham", "sp", "muc", "cai", "ten", "row", "thu", "the"))
_ALL = frozenset(("", "het", "tat ca", "toan bo", "all", "everything"))
_LAST = frozenset(("cuoi", "cuoi cung", "last"))


def read_wish(text: str, field: FormField, rows: Sequence[Row]) -> Wish | None:
    """What is wanted; None where a text is none of it, but a product."""
    if len(text) > LONGEST or "\n" in text:
        return None
    said = _without_polite(same_words(text).split())
    if said in _SEE:
        return Wish(Wants.SEE)
    if said in _BACK:
        return Wish(Wants.BACK)
    if said.isdigit() and len(said) <= 3 and rows:
        return Wish(Wants.CHANGE, (int(said),))
    verb, _, rest = said.partition(" ")
    wants = _VERBS.get(verb)
    if wants is None or not _is_verb(text, verb):
        return None
    words = rest.split()
    named = next((at for at, word in enumerate(words) if word not in _BESIDE), len(words))
    number = " ".join(words[named:])
    if number.isdigit() and len(number) <= 3:
        return Wish(wants, (int(number),) if rows else ())
    if number in _LAST:
        return Wish(wants, (len(rows),) if rows else ())
    numbers = _named(rest, field, rows, text.isascii()) or _named(number, field, rows, text.isascii())
    if numbers or number in _ALL:
        return Wish(wants, numbers)
    marked = _MARKED.search(nfc(text).lower())
    return Wish(wants, name=" ".join(nfc(text)[marked.end() :].split())) if marked else None


def _without_polite(words: list[str]) -> str:
    while words and words[0] in _BEFORE:
        words = words[1:]
    while words and words[-1] in _AFTER:
        words = words[:-1]
    return " ".join(words)


def _is_verb(text: str, verb: str) -> bool:
    """Whether the word is the verb by its marks too, where marks were typed at all."""
    typed = nfc(text).lower()
    return typed.isascii() or bool(_MARKED.search(typed)) or verb in typed.split()


def _named(said: str, field: FormField, rows: Sequence[Row], plain: bool) -> tuple[int, ...]:
    """The rows whose product is named. Without diacritics a name has to be named in full, or by two words of it."""
    names = {number: same_words(str(row.get(field.columns[0].id) or "")) for number, row in enumerate(rows, 1)}
    exact = tuple(number for number, name in names.items() if name == said)
    if exact or not said:
        return exact
    words = set(said.split())
    if plain and len(words) < 2:
        return ()
    within = tuple(number for number, name in names.items() if words <= set(name.split()))
    if within or plain:
        return within
    near = nearest(said, {str(number): (name,) for number, name in names.items()})
    return (int(near),) if near else ()
