"""Search by words, pairs of words and letters: cosine over weighted, diacritic-free features."""

import itertools
import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from rules.vietnamese import words

PAIR_WEIGHT = 1.3
LETTERS_WEIGHT = 0.45
ABBREVIATIONS = {
    "hs": "ho so", "sp": "san pham", "bc": "bao cao", "kp": "kinh phi", "ds": "danh sach", "cnl": "cong nhan lai",
    "ko": "khong", "kg": "khong", "hok": "khong", "trc": "truoc", "bn": "bao nhieu", "đk": "dang ky", "dk": "dang ky",
    "cv": "cong van", "vb": "van ban", "sx": "san xuat", "tw": "trung uong", "ktra": "kiem tra", "xttm": "xuc tien thuong mai",
    "atvstp": "an toan ve sinh thuc pham", "gcn": "giay chung nhan", "hđ": "hoi dong", "hd": "hoi dong", "đc": "dieu chinh",
    "dc": "dieu chinh", "th": "thu hoi", "nn": "nong nghiep", "snn": "so nong nghiep",
}  # fmt: skip
_COMMON = {
    "thi",
    "la",
    "va",
    "cua",
    "cac",
    "cho",
    "co",
    "o",
    "ve",
    "nhu",
    "the",
    "de",
    "duoc",
    "a",
    "ạ",
    "oi",
    "nhe",
    "nao",
    "gi",
}


@dataclass(frozen=True)
class Hit:
    """A document found, by its number, with a score from 0 to 1."""

    document: int
    score: float


def expand(text: str) -> str:
    """Folded words with office abbreviations written out: ``"hs cnl"`` is "ho so cong nhan lai"."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in words(text))


def features(text: str) -> Counter[str]:
    """Words, pairs of neighbours and runs of three letters, each with its kind's weight."""
    found = expand(text).split()
    counted: Counter[str] = Counter()
    for word in found:
        counted[word] += 1
    for left, right in itertools.pairwise(found):
        counted[f"{left} {right}"] += 1
    for word in found:
        padded = f"_{word}_"
        for at in range(len(padded) - 2):
            counted[f"~{padded[at : at + 3]}"] += 1
    return counted


def _kind_weight(feature: str) -> float:
    if feature.startswith("~"):
        return LETTERS_WEIGHT
    if " " in feature:
        return PAIR_WEIGHT
    return 0.4 if feature in _COMMON else 1.0


class Index:
    """An index over short texts. A word that no text has counts against every text."""

    def __init__(self, texts: list[str]) -> None:
        counted = [features(text) for text in texts]
        self._size = len(texts)
        seen: Counter[str] = Counter(feature for document in counted for feature in document)
        self._rarity = {feature: math.log(1 + self._size / count) for feature, count in seen.items()}
        self._unknown = math.log(1 + self._size)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, document in enumerate(counted):
            weighted = {feature: self._weight(feature, count) for feature, count in document.items()}
            length = math.sqrt(sum(weight * weight for weight in weighted.values())) or 1.0
            for feature, weight in weighted.items():
                self._postings[feature].append((number, weight / length))

    def _weight(self, feature: str, count: int) -> float:
        return (1 + math.log(count)) * self._rarity.get(feature, self._unknown) * _kind_weight(feature)

    def find(self, text: str, most: int = 10) -> list[Hit]:
        """The nearest texts, best first."""
        weighted = {feature: self._weight(feature, count) for feature, count in features(text).items()}
        length = math.sqrt(sum(weight * weight for weight in weighted.values())) or 1.0
        scores: dict[int, float] = defaultdict(float)
        for feature, weight in weighted.items():
            for number, other in self._postings.get(feature, ()):
                scores[number] += weight / length * other
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return [Hit(number, score) for number, score in ranked[:most]]
