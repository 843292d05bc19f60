"""Unit names as people type them; what collides is asked back."""

import pytest

from rules.directory.finding import OneUnit, SeveralUnits, code_in, read_unit, units_in
from tests.stage import CAMPAIGN


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Đại Lộc", "dai-loc"), ("dai loc", "dai-loc"), ("h. Đại Lộc", "dai-loc"), ("UBND huyện Đại Lộc", "dai-loc"),
        ("dailoc", "dai-loc"), ("TP Hội An", "hoi-an"), ("tx điện bàn", "dien-ban"), ("ĐB", "dien-ban"), ("BTM", "bac-tra-my"),
        ("B. Trà My", "bac-tra-my"), ("que-son", "que-son"), ("Sở NN&PTNT", "so-nn-ptnt"),
    ],
)  # fmt: skip
def test_one_unit(typed: str, slug: str) -> None:
    assert read_unit(typed, CAMPAIGN.directory) == OneUnit(slug)


@pytest.mark.parametrize("typed", ["Trà My", "Giang", "Sơn", "Phước", "Nam", "NTM", "ĐG", "TB", "HĐ", "TP", "NT", "dai lock"])
def test_what_collides_is_asked_back(typed: str) -> None:
    assert isinstance(read_unit(typed, CAMPAIGN.directory), SeveralUnits)


@pytest.mark.parametrize("typed", ["Quảng Nam", "Đà Nẵng", "", "?", "xyz"])
def test_no_unit(typed: str) -> None:
    assert read_unit(typed, CAMPAIGN.directory) is None


def test_every_unit_is_found_by_its_own_names() -> None:
    for unit in CAMPAIGN.directory.units:
        for name in (unit.slug, unit.short, unit.name.vi):
            assert read_unit(name, CAMPAIGN.directory) == OneUnit(unit.slug), name


def test_units_in_a_sentence() -> None:
    assert units_in("đại lộc nộp chưa", CAMPAIGN.directory) == (OneUnit("dai-loc"),)
    assert units_in("tỉnh Quảng Nam nộp chưa", CAMPAIGN.directory) == ()
    assert isinstance(units_in("trà my nộp chưa", CAMPAIGN.directory)[0], SeveralUnits)
    assert units_in("nam trà my nộp chưa", CAMPAIGN.directory) == (OneUnit("nam-tra-my"),)
    assert isinstance(code_in("ntm nộp chưa", CAMPAIGN.directory), SeveralUnits)
    assert code_in("đb nộp chưa", CAMPAIGN.directory) == OneUnit("dien-ban")
