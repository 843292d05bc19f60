"""A person's name as people type it when they are asked for it: "em tên là nguyễn văn nam ạ"."""

import re

from rules.text.vietnamese import fold, harmless, nfc, one_line

LONGEST = 40
MOST_WORDS = 7
_APART = re.compile(r"['’.-]")
_PRONOUN = frozenset(("toi", "em", "e", "minh", "tui", "anh", "chi", "chau", "i"))
_ASKED = frozenset(("la", "am", "is"))
_NAMED = frozenset(("ten", "name", "named"))
_BEFORE = frozenset(("da", "vang", "thua", "chao", "ho", "va", "my", "xin"))
_SPEAKER = frozenset(("em", "e", "toi", "tui", "i"))
_SAYS = frozenset(("chua", "khong", "ko", "k", "muon", "can", "xin", "dang", "da", "o", "lam", "co", "bi", "duoc", "quen", "mat"))
"""After "em" or "tôi" a sentence goes on with one of these, and no name does."""
_POSTS = frozenset(
    tuple(post.split())
    for post in [
        "can bo",
        "cong chuc",
        "vien chuc",
        "chuyen vien",
        "nhan vien",
        "lanh dao",
        "truong phong",
        "pho phong",
        "pho truong",
        "chu tich",
        "pho chu",
        "giam doc",
        "pho giam",
        "van thu",
        "quan ly",
        "cho em",
        "cho toi",
        "cho minh",
        "lam sao",
        "lam the",
        "khong co",
        "chua co",
        "de em",
        "duyet chua",
    ]
)
"""How a post begins, which people give where they are asked for a name, or a wish."""
_AFTER = frozenset(("ạ", "nhé", "nha", "nhá"))


def read_name(text: str) -> str:
    """The name, written with capitals where it was typed without any; empty where that is no name."""
    said = _words(text)
    named = _without_beginning(said)
    return _written(named, told=len(named) < len(said))


def introduced_name(text: str) -> str:
    """The same where words before it say that a name follows; empty where none do."""
    said = _words(text)
    named = _without_beginning(said)
    return _written(named, told=True) if len(named) < len(said) else ""


def _words(text: str) -> list[str]:
    return one_line(nfc(text[: 4 * LONGEST])).replace(",", " ").split()


def _written(said: list[str], told: bool) -> str:
    while said and (said[-1].lower() in _AFTER or (told and said[-1] == "a")):
        said = said[:-1]
    name = " ".join(said)
    if (
        fold(name) in _PRONOUN
        or _tells_something_else([fold(word) for word in said[:2]])
        or not all(_is_word(word) for word in said)
    ):
        return ""
    if not 1 <= len(said) <= MOST_WORDS or not 2 <= len(name) <= LONGEST:
        return ""
    return harmless(name.title() if name.islower() else name)


def _tells_something_else(first: list[str]) -> bool:
    """Whether words begin a sentence about oneself, or name a post: "em chưa có mã", "cán bộ huyện"."""
    return tuple(first) in _POSTS or (len(first) > 1 and first[0] in _SPEAKER and first[1] in _SAYS)


def _is_word(word: str) -> bool:
    """Letters, with an apostrophe or a hyphen between them, or a dot after an initial."""
    return all(part.isalpha() for part in _APART.split(word.removesuffix(".")))


def _without_beginning(said: list[str]) -> list[str]:
    """Without "em tên là": words that say that a name follows. "La" alone is a family name."""
    at, told = 0, False
    folded = [fold(word) for word in said]
    while at < len(said) and folded[at] in _BEFORE:
        at += 1
    begun = at
    while at < len(said) and (
        folded[at] in _PRONOUN or folded[at] in _BEFORE or folded[at] in _NAMED or (at > begun and folded[at] in _ASKED)
    ):
        told = told or folded[at] in _NAMED or folded[at] in _ASKED
        at += 1
        if told and folded[at - 1] in _ASKED:
            break
    return said[at:] if told else said
