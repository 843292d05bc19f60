"""A campaign with faults: each is named with file, line and mend."""

import shutil
from pathlib import Path

import pytest

from rules.campaign.bundle import BadCampaign, load_campaign

REAL = Path(__file__).resolve().parents[2] / "campaigns" / "quang-nam-ocop-2022"
ISSUED = Path(__file__).resolve().parents[1] / "dispatch" / "cong-van-ocop-quang-nam-2022.md"
"""The text as it was published, without our marks: the campaign's copy is held against it."""


def broken(tmp_path: Path, file: str, old: str, new: str) -> tuple[list[str], int]:
    """The faults once ``old`` became ``new``, and the line where it stands."""
    folder = tmp_path / "c"
    shutil.copytree(REAL, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadCampaign) as bad:
        load_campaign(folder)
    line = text[: text.index(old)].count("\n") + 1
    return [str(fault) for fault in bad.value.faults], line


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('clause = "1.5"', 'clause = "1.9"', "no clause '1.9'"),
        ('owed_by = "department"', 'owed_by = "so-xay-dung"', "nobody is 'so-xay-dung'"),
        ('kind = "money"', 'kind = "tiền"', "Input should be"),
        ('slug = "hoi-an"', 'slug = "tam-ky"', "'tam-ky' stands twice"),
        ('at_most = "allocated"', 'at_most = "nowhere"', "names 'nowhere'"),
        ('time_zone = "Asia/Ho_Chi_Minh"', 'time_zone = "Asia/Danang"', "unknown time zone"),
        ('aliases = ["tk"]', 'aliases = ["ha"]', "names both"),
        ('aliases = ["qs"]', 'aliases = ["giang"]', "is also a collision"),
        ('units = ["bac-tra-my", "nam-tra-my"]', 'units = ["bac-tra-my", "dong-tra-my"]', "no unit 'dong-tra-my'"),
        ("opens = 2022-06-20", "opens = 2022-07-20", "before the campaign opens"),
        ("overdue_at_most = 5", "overdue_at_most = -1", "greater than or equal to 0"),
        ('rule = "before", date = 2022-07-10', 'rule = "until", date = 2022-07-10', "Input should be"),
    ],
)
def test_faults_are_named_where_they_stand(tmp_path: Path, old: str, new: str, what: str) -> None:
    faults, line = broken(tmp_path, "campaign.toml", old, new)
    about = [fault for fault in faults if what in fault]
    assert about, faults
    named = int(about[0].split(":")[1])
    assert about[0].startswith("campaign.toml:")
    assert " -> " in about[0]
    if what not in ("before the campaign opens", "names both", "'tam-ky' stands twice"):
        assert abs(named - line) <= 8, (about[0], line)


def test_a_syntax_error_and_a_quote_that_is_not_there(tmp_path: Path) -> None:
    faults, line = broken(tmp_path, "campaign.toml", "before = [7, 3, 1, 0]", "before = [7, 3, 1")
    assert faults[0].startswith((f"campaign.toml:{line}:", f"campaign.toml:{line + 1}:"))
    shutil.rmtree(tmp_path / "c")
    faults, _ = broken(tmp_path, "facts.toml", "nếu kinh phí không thực hiện hết thì", "nếu kinh phí còn dư thì")
    assert "word for word" in faults[0]


def test_missing_files_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(BadCampaign) as bad:
        load_campaign(tmp_path)
    assert {fault.file for fault in bad.value.faults} == {"campaign.toml", "facts.toml", "faq.toml", "dispatch.md"}


def test_the_first_campaign_is_the_dispatch_word_for_word() -> None:
    campaign = load_campaign(REAL)
    assert [c.id for c in campaign.clauses] == [
        "head", "0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2", "3", "4.1", "4.2", "5",
    ]  # fmt: skip
    assert sum(unit.kind == "district" for unit in campaign.units) == 18
    assert sum(unit.kind == "department" for unit in campaign.units) == 5
    kept = (REAL / "dispatch.md").read_text(encoding="utf-8")
    lines = [line for line in kept.splitlines() if line.strip() and not line.startswith("<!--")]
    issued = [line for line in ISSUED.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(issued) == 35
    assert lines == issued


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("facts.toml", 'gives = ["date", "recipient", "duty"]', 'gives = ["why"]', "no kind of question is 'why'"),
        ("facts.toml", "gửi Sở Nông nghiệp và PTNT trước ngày 30/6/2022.", "gửi Sở Y tế trước ngày 1/7/2022.", "Sở Y tế"),
        (
            "facts.toml",
            "gửi Sở Nông nghiệp và PTNT trước ngày 30/6/2022.",
            "gửi Sở Nông nghiệp và PTNT trước ngày 1/7/2022.",
            "1/7/2022",
        ),
        ("facts.toml", 'id = "funds-left"', 'id = "funds-due"', "no fact 'funds-left'"),
        ("facts.toml", 'obligation = "unspent-funds"', 'obligation = "funds"', "no obligation 'funds'"),
        ("facts.toml", 'who = ["district"]', 'who = ["huyen"]', "nobody is 'huyen'"),
        ("facts.toml", 'clause = "1.6"', 'clause = "9.9"', "no clause '9.9'"),
        ("facts.toml", 'about = ["funds", ', 'about = ["fundz", ', "no subject is 'fundz'"),
        ("facts.toml", 'lacks = ["content"', 'lacks = ["contents"', "no kind of question is 'contents'"),
        ("faq.toml", "funds-why = [", "funds-to2 = [", "no fact 'funds-to2'"),
        ("campaign.toml", 'sample = ["mẫu sản phẩm"', 'sample = ["biên bản", "mẫu sản phẩm"', "names both minutes and sample"),
        ("faq.toml", "funds-left = [", "funds-lost = [", "no fact 'funds-lost'"),
        ("faq.toml", "[silent]\n", "[silent]\nfine = 3\n", "gaps"),
        ("facts.toml", "[[facts]]", "[facts]", "not TOML"),
        ("campaign.toml", '[concepts]\nfunds = ["kinh phí"', '[concepts]\nfunds = [3, "kinh phí"', "concepts"),
    ],
)
def test_faults_of_facts_and_questions(tmp_path: Path, file: str, old: str, new: str, what: str) -> None:
    faults, _ = broken(tmp_path, file, old, new)
    assert any(what in fault and " -> " in fault for fault in faults), faults
