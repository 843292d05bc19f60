"""Who of one's colleagues is to do something, as people say it: "việc này anh Nam làm", "giao viec kinh phi cho chị Hoa",
"em nghỉ, giao hết cho anh Nam". What is to be done is for others to find out."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from rules.text.vietnamese import fold, marked_words, same_words

LONGEST = 24
"""Words of such a sentence."""
SHORT, MOST_NAME = 4, 4
_TITLES = frozenset(("anh", "chị", "ông", "bà", "cô", "chú", "bác", "đ/c", "đc", "đồng", "mr", "ms"))
_PLAIN_TITLES = frozenset(("anh", "chi", "ong", "bac", "dc", "d/c", "dong", "mr", "ms"))
"""Where nobody types marks: "co" and "ba" are other words by far more often."""
_MAYBE_TITLES = frozenset(("em", "ban", "a", "c", "co", "ba", "chu"))
"""Titles that mean as much the one who speaks, or something else."""
_ME = frozenset(("em", "toi", "minh", "e", "tui"))
_GIVES_TWO = frozenset((("phan", "cong"), ("uy", "quyen"), ("over", "to"), ("task", "to"), ("this", "to")))
_WORK = frozenset(("viec", "nay", "het", "toan", "tat", "phan", "nhiem", "task", "this"))
_TO = frozenset(("cho", "to", "sang"))
_DOES = frozenset(("lam", "nop", "nhan", "lo", "phu", "dam", "theo", "xu", "bao", "does"))
_DOES_MYSELF = frozenset(("lam", "nhan", "lo", "phu", "dam"))
_STOPS = (
    _DOES
    | _TO
    | frozenset(
        (
            "viec",
            "phan",
            "mang",
            "nay",
            "nhe",
            "nha",
            "di",
            "giup",
            "ho",
            "dum",
            "tiep",
            "thay",
            "de",
            "trong",
            "tu",
            "het",
            "voi",
            "va",
            "ai",
            "nao",
            "nguoi",
            "so",
            "phong",
            "ubnd",
            "huyen",
            "xa",
            "don",
            "quan",
            "cac",
            "toan",
            "tat",
            "moi",
            "ma",
            "vi",
            "do",
            "khi",
            "luon",
            "roi",
            "se",
            "da",
            "cung",
            "ngay",
            "muon",
            "can",
            "xin",
            "toi",
            "minh",
            "bao",
            "danh",
            "duoc",
            "khong",
            "chua",
            "will",
            "the",
            "this",
        )
    )
)
_ALL = frozenset(("het", "toan", "tat", "all", "everything"))
_AWAY = frozenset(("nghi", "off", "leave"))
_THIS = frozenset(("nay", "do", "kia", "this"))
_ASKS = frozenset(("gì", "gi", "nào", "nao", "mấy", "ai", "sao"))
_NOT_CHUYEN = frozenset(("vien", "nhuong", "mon", "de", "doi", "nganh"))
"""What follows "chuyên" and "chuyển" in other words."""
_OVER = frozenset(("roi", "chua", "xong", "gi", "khong", "nao", "sao", "may"))
"""Words after which it is told or asked what somebody has done."""


@dataclass(frozen=True)
class Handed:
    """Who is to do something. ``name`` as it was typed, empty where nobody is named; ``titled``: said with "anh" or "chị".
    ``mine``: whoever speaks. ``everything``: all that there is."""

    name: str
    titled: bool = False
    mine: bool = False
    everything: bool = False


def handed_in(text: str, names_work: bool = False) -> Handed | None:
    """What a sentence says of who is to do something; None where it says nothing of the kind. ``names_work``: it names something
    to be done, as the caller knows."""
    said = same_words(text).split()
    if not 2 <= len(said) <= LONGEST or text.rstrip().endswith("?"):
        return None
    marked = marked_words(text)
    shown = marked if len(marked) == len(said) else said
    if not _ASKS.isdisjoint(shown):
        return None
    everything = not _ALL.isdisjoint(said) or (not _AWAY.isdisjoint(said) and _THIS.isdisjoint(said))
    at = _after_giving(said, shown, names_work or not _WORK.isdisjoint(said))
    if at is not None:
        name, titled = _name_from(said, shown, at)
        return Handed(name, titled, everything=everything) if name or _is_about_work(said) else None
    return _does(said, shown, everything, names_work)


def _after_giving(said: list[str], shown: list[str], work: bool) -> int | None:
    """Where the words behind "giao", "phân công", or "nhờ … làm" begin."""
    for at, word in enumerate(said):
        if shown[at] == "giao" and said[at + 1 : at + 2] != ["ban"]:
            return at + 1
        if tuple(said[max(0, at - 1) : at + 1]) in _GIVES_TWO or (_moves(said, shown, at) and work):
            return at + 1
        if word == "nho" and not _DOES.isdisjoint(said[at + 1 :]):
            return at + 1
    return None


def _moves(said: list[str], shown: list[str], at: int) -> bool:
    return shown[at] in ("chuyển", "chuyen") and _NOT_CHUYEN.isdisjoint(said[at + 1 : at + 2])


def _title(said: list[str], shown: list[str], at: int) -> bool | None:
    """Whether a word surely addresses somebody; None where it does not even perhaps."""
    plain = said == shown
    if said[at] == "dong" and said[at + 1 : at + 2] != ["chi"]:
        return None  # "đồng nghiệp"
    if shown[at] in _TITLES or (plain and said[at] in _PLAIN_TITLES):
        return True
    return False if said[at] in _MAYBE_TITLES else None


def _is_about_work(said: list[str]) -> bool:
    """Whether somebody who names nobody wants to give work of theirs away."""
    pairs = set(pairwise(said))
    own = len(said) <= SHORT or "nay" in said or bool(pairs & {("cong", "viec"), ("dong", "nghiep")}) or not _ME.isdisjoint(said)
    return own and bool(pairs & {("giao", "viec"), ("ban", "giao"), ("chuyen", "viec"), ("phan", "cong"), ("over", "to")})


def _name_from(said: list[str], shown: list[str], at: int) -> tuple[str, bool]:
    """The name behind "cho", or behind the first "anh" or "chị"."""
    to = [place for place in range(at, len(said)) if said[place] in _TO]
    titles = [place for place in range(at, len(said) - 1) if _title(said, shown, place) is not None]
    for start in (*(place + 1 for place in reversed(to)), *titles):
        name, titled = _name_at(said, shown, start)
        if name:
            return name, titled
    name, titled = _name_at(said, shown, at)
    return (name, titled) if (name and not _DOES.isdisjoint(said[at:])) or said[at - 1 : at] == ["to"] else ("", False)


def _name_at(said: list[str], shown: list[str], start: int) -> tuple[str, bool]:
    at, titled = start, False
    while at < len(said) and at - start < 2 and (sure := _title(said, shown, at)) is not None:
        titled = titled or sure
        at += 1
        if said[at - 1] == "dong" and said[at : at + 1] == ["chi"]:
            at += 1
    if said[at : at + 2] == ["dong", "nghiep"]:
        return "", titled
    end = at
    while end < len(said) and end - at < MOST_NAME and said[end] not in _STOPS and said[end].isalpha():
        end += 1
    return " ".join(shown[at:end]), titled


def _does(said: list[str], shown: list[str], everything: bool, names_work: bool) -> Handed | None:
    """ "Việc này anh Nam làm", "việc này em nhận"."""
    for verb, word in enumerate(said):
        if word not in _DOES or not verb or not _OVER.isdisjoint(said[verb + 1 :]):
            continue
        if said[verb - 1] in _ME and word in _DOES_MYSELF and "viec" in said and (names_work or not _THIS.isdisjoint(said)):
            return Handed("", mine=True, everything=everything)
        for start in range(max(0, verb - MOST_NAME - 1), verb - 1):
            name, titled = _name_at(said, shown, start)
            if (
                titled
                and said[start] not in _ME
                and name
                and len(name.split()) == verb - start - 1
                and (names_work or _names_work(said, start))
            ):
                return Handed(name, titled=True, everything=everything)
    return None


def _names_work(said: list[str], start: int) -> bool:
    """Whether something to be done stands before the name, or nothing at all."""
    return start == 0 or not {"viec", "nay", "phan", "mang", "bao", "cao", "de", "do"}.isdisjoint(said[:start])


def fitting(name: str, called: Iterable[tuple[int, str]]) -> list[int]:
    """Of people with their names, those who may be called so: by the given name, by the whole name, or by the end of it. Where
    the marks tell them apart, they do."""
    wanted, marked = same_words(name).split(), marked_words(name)
    found = [(number, own) for number, own in called if _fits(wanted, same_words(own).split())]
    if len(found) > 1 and fold(name) != name.lower():
        exact = [(number, own) for number, own in found if marked_words(own)[-len(marked) :] == marked]
        found = exact or found
    return [number for number, _ in found]


def _fits(wanted: list[str], own: list[str]) -> bool:
    if not wanted or not own:
        return False
    return own[-len(wanted) :] == wanted or wanted[-len(own) :] == own or (len(wanted) > 1 and own[: len(wanted)] == wanted)
