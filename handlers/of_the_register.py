"""What somebody wants of the register of recognised products, in own words: a unit's own, another unit's, to load a new one."""

from enum import Enum, auto

from handlers.own_words import wish
from rules.text.vietnamese import same_words

LONGEST = 16
"""Words of such a wish."""
_LIST = ("danh muc", "product register", "register of products")
_OWN = frozenset(
    same_words(said)
    for said in [
        "của tôi",
        "của em",
        "của mình",
        "của đơn vị",
        "của huyện",
        "của chúng tôi",
        "của chúng em",
        "của bọn em",
        "bên em",
        "bên tôi",
        "bên mình",
        "đơn vị em",
        "đơn vị tôi",
        "đơn vị mình",
        "huyện em",
        "huyện tôi",
        "huyện mình",
        "em có",
        "tôi có",
        "mình có",
        "đơn vị có",
        "huyện có",
        "my",
        "our",
        "we",
    ]
)
_PRODUCT, _FULL, _MONTHS = (
    ("san pham", "sp", "products", "product"),
    ("du", "tron", "het han", "het", "qua", "reach", "reaches"),
    ("thang", "months"),
)
_RULE = (
    "nop",
    "gui",
    "cho ai",
    "khi nao",
    "o dau",
    "the nao",
    "lam gi",
    "ho so",
    "thi",
    "bao nhieu diem",
    "where",
    "send",
    "how",
)
"""With these in it the sentence asks what is to be done, which the dispatch answers."""
_VERBS = ("xem", "coi", "mo", "tra", "in", "nap", "tai", "cap nhat", "thay", "doi", "show", "see", "load", "upload", "update")
_AFTER = ("san pham", "cac san pham", "len", "moi", "lai", "da cong nhan", "da duoc cong nhan", "duoc cong nhan", "products")


class Wanted(Enum):
    """What of the register is asked for."""

    ALL = auto()
    """The register, and nothing else is said."""
    OF = auto()
    """The register of somebody: what follows says whose."""
    OWN = auto()
    """What the asker's own unit has in it."""
    FULL = auto()
    """Products whose months are full."""


def meant(text: str) -> Wanted | None:
    """What is wanted; None where the text speaks of something else."""
    said = f" {same_words(text)} "
    if len(said.split()) > LONGEST or _any(_RULE, said):
        return None
    full = _any(_PRODUCT, said) and _any(_FULL, said) and _any(_MONTHS, said)
    if _any(_OWN, said) and (full or _any(_LIST, said)):
        return Wanted.OWN
    if full:
        return Wanted.FULL
    return _of_the_list(f"{wish(text)} ")


def _of_the_list(wanted: str) -> Wanted | None:
    """A sentence that begins with the register, or with what is to be done with it."""
    left = _without(_VERBS, wanted)
    name = next((name for name in _LIST if left.startswith(f"{name} ")), None)
    if name is None:
        return None
    rest = _without(_AFTER, left.removeprefix(f"{name} "))
    return Wanted.OF if rest.strip() else Wanted.ALL


def _without(words: tuple[str, ...], text: str) -> str:
    """What is left of a text behind those words, as often as they come."""
    while found := next((word for word in words if text.startswith(f"{word} ")), None):
        text = text.removeprefix(f"{found} ")
    return text


def _any(words: frozenset[str] | tuple[str, ...], said: str) -> bool:
    return any(f" {word} " in said for word in words)
