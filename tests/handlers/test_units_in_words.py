"""Units in few words: whoever is left out can always be told from what is said."""

import hypothesis.strategies as st
from hypothesis import given

from handlers.wording.catalogs import Languages
from handlers.wording.units import units_text
from tests.stage import CAMPAIGN

WORDS = Languages(CAMPAIGN.directory.zone).of("vi")
NAMES = [unit.short for unit in CAMPAIGN.directory.units if unit.kind == "district"]


@given(st.sets(st.sampled_from(NAMES), min_size=1))
def test_who_is_meant_follows_from_the_words(some: set[str]) -> None:
    shown = [name for name in NAMES if name in some]
    said = units_text(WORDS, shown, NAMES)
    if said == "tất cả":
        assert shown == NAMES
    elif said.startswith("tất cả trừ "):
        assert set(said.removeprefix("tất cả trừ ").split(", ")) == set(NAMES) - some
    else:
        assert said.split(", ") == shown
    assert len(said) <= len(", ".join(shown))


def test_few_are_named() -> None:
    assert units_text(WORDS, NAMES[:3], NAMES[:3]) == ", ".join(NAMES[:3])
