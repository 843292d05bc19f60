"""A word of one dispatch, a name of one province: nowhere but in their own files."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stage import CAMPAIGN
from tests.test_catalogs import texts, written

ROOT = Path(__file__).resolve().parents[2]
EVERYDAY = {
    "what any office calls its papers": "biên bản, báo cáo, công văn, danh sách, hồ sơ, kế hoạch, phương án, quyết định, trích yếu, tiêu chí, nơi nhận",
    "what any office does with them": "gửi, kính gửi, nộp, sửa, thay đổi, giúp, kiểm tra, điều chỉnh, đăng ký, bổ sung, được",
    "whom any office knows": "cán bộ, công ty, doanh nghiệp, huyện, thành phố, thị xã, trung ương, phòng nông nghiệp, địa chỉ",
    "what any office counts its money by": "kinh phí, ngân sách, tiền, vốn, số tiền",
    "how any dispatch speaks of time": "các hạn, các hạn nộp, các mốc, mốc thời gian",
    "plain Vietnamese": "thực tế, còn lại, chuyển sang, giữ lại, lần đầu, không còn hoạt động, được cấp",
    "of computers: cơ sở dữ liệu, chương trình này": "cơ sở, chương trình",
    "plain English": "copies, deadlines, district, districts, document, money, officers, recipients, report, reports, send, sent, signs, "
    "submit, is left, no longer exists",
}
"""Words that a dispatch shares with every other, each with the reason why it may stand elsewhere too."""
STILL = {
    "a list's rows are called products in the catalogs; they should be called what the form calls them": "sản phẩm, sản phẩm nào",
    "register.how and the faults of its rows name the columns of the register; whoever keeps it should": "chủ thể, hạng sao",
}
"""What still stands in the catalogs and belongs into the form."""


def listed(table: dict[str, str]) -> set[str]:
    return {word for words in table.values() for word in words.split(", ")}


def own_phrases() -> set[str]:
    """What the dispatch says its own way."""
    words = CAMPAIGN.words
    tables = (words.subjects, words.asks, words.counted, words.counted_english, words.counts)
    counted = {meaning.name for table in (words.counted, words.counted_english) for meaning in table}
    return {phrase.casefold() for table in tables for meaning in table for phrase in meaning.words} | counted


def names() -> set[str]:
    """The province and its units, by every name longer than a code."""
    directory = CAMPAIGN.directory
    found = {directory.name.vi, directory.name.en}
    for unit in directory.alike:
        found |= {unit.slug, unit.short, unit.name.vi, unit.name.en, *(alias for alias in unit.aliases if len(alias) > 3)}
    found |= {unit.slug for unit in directory.offices}
    return {name.casefold() for name in found if name}


def entries(value: Any) -> Iterator[str]:
    """Every phrase of a TOML table, keys included."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key.casefold()
            yield from entries(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from entries(inside)
    else:
        yield str(value).casefold()


LEXICON = set(entries(tomllib.loads((ROOT / "rules" / "text" / "lexicon.toml").read_text(encoding="utf-8"))))
CATALOGS = [text.casefold() for language in ("vi", "en") for text in texts(language).values()]
CODE = {
    text.casefold()
    for folder in ("bot", "handlers", "rules", "storage")
    for path in (ROOT / folder).rglob("*.py")
    for text in written(path)
}


def within(phrase: str, all_texts: Iterator[str] | list[str] | set[str]) -> bool:
    whole = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")
    return any(phrase in text and whole.search(text) for text in all_texts)


def test_the_lexicon_has_no_phrase_of_a_dispatch() -> None:
    """A phrase that the language claims for itself would be the dispatch's only where that one says so."""
    assert sorted(own_phrases() & LEXICON - listed(EVERYDAY)) == []


def test_the_catalogs_have_no_phrase_of_a_dispatch() -> None:
    longer = {phrase for phrase in own_phrases() if len(phrase.split()) > 1} | {"ocop"}
    assert sorted(p for p in longer - listed(EVERYDAY) - listed(STILL) if within(p, CATALOGS)) == []


def test_the_code_has_no_phrase_of_a_dispatch() -> None:
    """Vietnamese ones: an English phrase of one word is a name in any program."""
    vietnamese = {phrase for phrase in own_phrases() if not phrase.isascii()} | {"ocop"}
    assert sorted(vietnamese & CODE) == []


@pytest.mark.parametrize("place", [LEXICON, CATALOGS, CODE], ids=["lexicon", "catalogs", "code"])
def test_no_unit_is_named(place: list[str]) -> None:
    settings = {"quang-nam"}  # the province that is served if none is set stands in bot/settings.py
    assert sorted(name for name in names() - settings if within(name, place)) == []


def test_every_exception_is_needed() -> None:
    excused = listed(EVERYDAY) | listed(STILL)
    own = own_phrases() | {word for word in LEXICON if word in excused}
    assert sorted(word for word in excused if word not in own) == []
    assert sorted(word for word in excused if word not in LEXICON and not within(word, CATALOGS)) == []
