"""A campaign, a directory, a policy with faults: each is named with file, line and mend."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.loading import MOST_BYTES, load_folders
from handlers.wording.catalogs import Languages
from handlers.wording.duties import leader_text, officer_text
from handlers.wording.faults import fault_text
from rules.answers.answerer import Answerer
from rules.answers.checking import faults_of_facts
from rules.campaign.bundle import FILES, campaign_of
from rules.campaign.model import Campaign
from rules.campaign.policy import policy_of
from rules.directory.loading import directory_of
from rules.documents.faults import Fault, Faults, Wrong
from tests.stage import CAMPAIGN, PROVINCE

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "campaigns" / "quang-nam-ocop-2022"
LANGUAGES = Languages(CAMPAIGN.directory.zone)
ENGLISH = LANGUAGES.of("en")
ISSUED = Path(__file__).resolve().parents[1] / "dispatch" / "cong-van-ocop-quang-nam-2022.md"
"""The text as it was published, without our marks: the campaign's copy is held against it."""
TEXTS = {path.name: path.read_text(encoding="utf-8") for folder in (PROVINCE, REAL) for path in folder.iterdir()}


def put_together(texts: Mapping[str, str]) -> Campaign:
    """What a process does with the texts of a province and a campaign."""
    campaign = campaign_of(texts, directory_of(texts), policy_of(texts))
    faults = faults_of_facts(campaign, texts)
    if faults:
        raise Faults(faults)
    return campaign


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert old in TEXTS[file]
    return {**TEXTS, file: TEXTS[file].replace(old, new, 1)}


def broken(file: str, old: str, new: str) -> tuple[list[Fault], int]:
    """The faults once ``old`` became ``new``, and the line where it stands."""
    with pytest.raises(Faults) as bad:
        put_together(changed(file, old, new))
    line = TEXTS[file][: TEXTS[file].index(old)].count("\n") + 1
    return bad.value.faults, line


def said(fault: Fault) -> str:
    """What it tells, in English."""
    return fault_text(ENGLISH, fault)


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("campaign.toml", 'clause = "1.5"', 'clause = "1.9"', "no clause “1.9”"),
        ("campaign.toml", 'owed_by = "department"', 'owed_by = "so-xay-dung"', "nobody is “so-xay-dung”"),
        ("campaign.toml", 'owed_by = "district"', 'owed_by = ["hoi-an", "huyen"]', "nobody is “huyen”"),
        ("campaign.toml", 'receiver = "so-nn-ptnt"', 'receiver = "so-nn"', "no unit “so-nn”"),
        ("campaign.toml", 'kind = "money"', 'kind = "tiền"', "has to be one of money, yes_no"),
        ("campaign.toml", 'at_most = "allocated"', 'at_most = "nowhere"', "names “nowhere”"),
        ("campaign.toml", "opens = 2022-06-20", "opens = 2022-07-20", "before the campaign opens"),
        ("campaign.toml", 'rule = "before", date = 2022-07-10', 'rule = "until", date = 2022-07-10', "has to be one of"),
        ("campaign.toml", "[dispatch]", "[rungs]\nescalate_after = 0\n[dispatch]", "rungs.escalate_after has to be"),
        ("campaign.toml", "[dispatch]", "[rungs]\nat = 07:00:00\n[dispatch]", "no key rungs.at"),
        ("campaign.toml", "[dispatch]", "[directory]\n[dispatch]", "directory does not belong"),
        ("campaign.toml", "[dispatch]", "[hours]\ndays = \"some\"\n[dispatch]", "hours.days has to be one of"),
        ("campaign.toml", "anh/chị {name}", "anh/chị {ten}", "address_officer"),
        ("campaign.toml", "Kính gửi lãnh đạo {unit}", "Kính gửi lãnh đạo", "address_leader"),
        ("campaign.toml", "Kính gửi lãnh đạo {unit}", "Kính gửi {unit.name} {unit}", "address_leader"),
        ("directory.toml", 'slug = "hoi-an"', 'slug = "tam-ky"', "“tam-ky” stands twice"),
        ("directory.toml", 'kind = "district"', 'kind = "commune"', "no kind “commune”"),
        ("directory.toml", 'slug = "department"', 'slug = "so-y-te"', "both a unit and a kind"),
        ("directory.toml", 'time_zone = "Asia/Ho_Chi_Minh"', 'time_zone = "Asia/Danang"', "no time zone"),
        ("directory.toml", 'aliases = ["tk"]', 'aliases = ["ha"]', "names both"),
        ("directory.toml", 'aliases = ["qs"]', 'aliases = ["giang"]', "stands in [[collisions]] too"),
        ("directory.toml", 'units = ["bac-tra-my", "nam-tra-my"]', 'units = ["bac-tra-my", "dong-tra-my"]', "no unit “dong-tra-my”"),
        ("policy.toml", "overdue_at_most = 5", "overdue_at_most = -1", "≥ 0"),
        ("policy.toml", "at = 08:00:00", 'at = "tám giờ"', "Write a time as 08:00:00"),
    ],
)  # fmt: skip
def test_faults_are_named_where_they_stand(file: str, old: str, new: str, what: str) -> None:
    faults, line = broken(file, old, new)
    about = [fault for fault in faults if what in said(fault)]
    assert about, list(map(said, faults))
    assert about[0].file == file
    if what not in ("before the campaign opens", "names both", "“tam-ky” stands twice", "both a unit and a kind"):
        assert abs(about[0].line - line) <= 8, (about[0], line)


def test_a_syntax_error_and_a_quote_that_is_not_there() -> None:
    faults, line = broken("policy.toml", "before = [5, 2, 0]", "before = [5, 2")
    assert (faults[0].wrong, faults[0].file) == (Wrong.SYNTAX, "policy.toml")
    assert faults[0].line in (line, line + 1)
    faults, _ = broken("facts.toml", "nếu kinh phí không thực hiện hết thì", "nếu kinh phí còn dư thì")
    assert faults[0].wrong is Wrong.NOT_WORD_FOR_WORD


def test_missing_files_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(Faults) as bad:
        load_folders(tmp_path, PROVINCE)
    assert [fault.file for fault in bad.value.faults] == ["campaign.toml", "dispatch.md"]
    with pytest.raises(Faults) as bad:
        load_folders(REAL, tmp_path)
    assert [fault.file for fault in bad.value.faults] == ["directory.toml", "policy.toml"]


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "campaign.toml").write_bytes('name = "ô"'.encode("utf-16"))
    with pytest.raises(Faults, match=r"campaign\.toml:1: not_utf8"):
        load_folders(tmp_path, PROVINCE)


@pytest.mark.parametrize("how", ["a folder", "a pipe", "a device", "a giant"])
def test_what_is_no_text_is_not_waited_for(tmp_path: Path, how: str) -> None:
    place = tmp_path / "facts.toml"
    match how:
        case "a folder":
            place.mkdir()
        case "a pipe":
            os.mkfifo(place)
        case "a device":
            place.symlink_to("/dev/zero")
        case _:
            place.write_bytes(b"")
            os.truncate(place, MOST_BYTES + 1)
    with pytest.raises(Faults, match=r"facts\.toml:1: not_a_text"):
        load_folders(tmp_path, PROVINCE)


def test_a_number_without_end_is_a_fault_and_no_crash() -> None:
    faults, _ = broken("facts.toml", "[[facts]]", "x = " + "9" * 5000)
    assert (faults[0].file, faults[0].wrong) == ("facts.toml", Wrong.SYNTAX)


def test_the_first_campaign_is_the_dispatch_word_for_word() -> None:
    campaign = load_folders(REAL, PROVINCE)
    assert [c.id for c in campaign.clauses] == [
        "head", "0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2", "3", "4.1", "4.2", "5",
    ]  # fmt: skip
    assert len(campaign.directory.alike) == 18
    assert len(campaign.directory.offices) == 5
    assert campaign.receiver.short == "Sở NN&PTNT"
    kept = TEXTS["dispatch.md"]
    lines = [line for line in kept.splitlines() if line.strip() and not line.startswith("<!--")]
    issued = [line for line in ISSUED.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(issued) == 35
    assert lines == issued


@pytest.mark.parametrize(("old", "new", "officer", "leader"), [
    ("anh/chị {name}", "đồng chí {name} ({unit})", "đồng chí Lan (UBND X)", "Kính gửi lãnh đạo UBND X"),
    ("Kính gửi lãnh đạo {unit}", "Kính gửi Thường trực {unit}", "anh/chị Lan", "Kính gửi Thường trực UBND X"),
    ('address_officer.vi = "anh/chị {name}"', 'contact.name.en = ""  #', "anh/chị Lan", "Kính gửi lãnh đạo UBND X"),
])  # fmt: skip
def test_people_are_addressed_as_the_campaign_says(old: str, new: str, officer: str, leader: str) -> None:
    campaign, words = put_together(_without_english(old, new)), LANGUAGES.of("vi")
    assert officer_text(words, campaign, "Lan", "UBND X") == officer
    assert leader_text(words, campaign, "UBND X") == leader


def _without_english(old: str, new: str) -> dict[str, str]:
    """Changed, and without the English way of addressing people: readers of English get the catalog's."""
    texts = changed("campaign.toml", old, new)
    kept = [
        line
        for line in texts["campaign.toml"].splitlines()
        if not line.startswith(("address_officer.en", 'contact.name.en = "the'))
    ]
    return {**texts, "campaign.toml": "\n".join(kept)}


def test_one_way_to_address_people_is_enough() -> None:
    plain = changed("campaign.toml", 'address_leader.vi = "Kính gửi lãnh đạo {unit}"', "")
    plain["campaign.toml"] = plain["campaign.toml"].replace(
        'address_leader.en = "To the leader of {unit}"', 'address_leader = "Kính gửi {unit}"'
    )
    campaign = put_together(plain)
    assert leader_text(LANGUAGES.of("vi"), campaign, "UBND X") == "Kính gửi UBND X"
    assert leader_text(ENGLISH, campaign, "UBND X") == ENGLISH.tr("address.leader", unit="UBND X")


def test_a_name_is_put_in_as_it_is() -> None:
    campaign = put_together(changed("campaign.toml", "anh/chị {name}", "{unit}: {name}"))
    assert officer_text(LANGUAGES.of("vi"), campaign, "{unit} {name}", "X") == "X: {unit} {name}"


def test_a_campaign_may_have_rungs_of_its_own() -> None:
    common = policy_of(TEXTS)
    campaign = put_together(changed("campaign.toml", "[dispatch]", "[rungs]\nbefore = [5]\n[dispatch]"))
    assert campaign.policy.rungs.before == (5,)
    assert campaign.policy.rungs.overdue_every == common.rungs.overdue_every
    assert campaign.policy.hours == common.hours


def test_what_kinds_of_units_there_are_a_province_says() -> None:
    texts = {**TEXTS, "directory.toml": TEXTS["directory.toml"].replace('"district"', '"dac-khu"')}
    texts["campaign.toml"] = TEXTS["campaign.toml"].replace('owed_by = "district"', 'owed_by = ["dac-khu", "so-y-te"]')
    texts["facts.toml"] = re.sub(r'(?m)^(who = .*)"district"', r'\1"dac-khu"', TEXTS["facts.toml"])
    campaign = put_together(texts)
    funds = campaign.obligation("unspent-funds")
    owing = [unit.slug for unit in campaign.directory.units if campaign.owes(unit, funds)]
    assert len(owing) == 18 + 1
    assert "so-y-te" in owing


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("hạn báo cáo kinh phí không thực hiện hết là khi nào", "1.6"),
        ("các hạn nộp là khi nào", "1.6"),
        ("mục 1.5 nói gì", "1.5"),
        ("xúc tiến thương mại là nhiệm vụ của ai", "4.2"),
        ("thu hồi giấy chứng nhận khi nào", "1.5"),
        ("when is the withdrawal due", "1.5"),
    ],
)
def test_without_the_optional_files_it_still_answers(question: str, clause: str) -> None:
    bare = {name: text for name, text in TEXTS.items() if name not in FILES[2:]}
    answer = Answerer(put_together(bare)).answer(question)
    assert not answer.abstained
    assert answer.clauses[0] == clause


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("facts.toml", 'gives = ["date", "recipient", "duty"]', 'gives = ["why"]', "no kind of question “why”"),
        ("facts.toml", "gửi Sở Nông nghiệp và PTNT trước ngày 30/6/2022.", "gửi Sở Y tế trước ngày 1/7/2022.", "Sở Y tế"),
        (
            "facts.toml",
            "gửi Sở Nông nghiệp và PTNT trước ngày 30/6/2022.",
            "gửi Sở Nông nghiệp và PTNT trước ngày 1/7/2022.",
            "1/7/2022",
        ),
        ("facts.toml", 'id = "funds-left"', 'id = "funds-due"', "“funds-due” stands twice"),
        ("facts.toml", 'id = "funds-left"', 'id = "funds-gone"', "no fact “funds-left”"),
        ("facts.toml", 'id = "funds-left"', 'id = "funds-gone"', "nobody asks for it"),
        ("facts.toml", 'obligation = "unspent-funds"', 'obligation = "funds"', "no obligation “funds”"),
        ("facts.toml", 'who = ["district"]', 'who = ["huyen"]', "nobody is “huyen”"),
        ("facts.toml", 'clause = "1.6"', 'clause = "9.9"', "no clause “9.9”"),
        ("facts.toml", 'about = ["funds", ', 'about = ["fundz", ', "no subject “fundz”"),
        ("facts.toml", 'lacks = ["content"', 'lacks = ["contents"', "no kind of question “contents”"),
        ("questions.toml", "funds-why = [", "funds-to2 = [", "no fact “funds-to2”"),
        ("questions.toml", "funds-left = [", "funds-lost = [", "no fact “funds-lost”"),
        ("questions.toml", "[silent]\n", "[silent]\nfine = 3\n", "silent.fine"),
        ("words.toml", 'sample = [\n', 'sample = [\n    "biên bản",\n', "belongs to both minutes and sample"),
        ("words.toml", '[subjects]\nfunds = [\n', '[subjects]\nfunds = [\n    3,\n', "subjects.funds"),
        ("words.toml", 'names = ["list', 'nam = ["list', "no kind of question “nam”"),
        ("words.toml", "[subjects]", "[subject]", "no key subject"),
        ("facts.toml", "[[facts]]", "[facts]", "is not TOML"),
    ],
)  # fmt: skip
def test_faults_of_facts_questions_and_words(file: str, old: str, new: str, what: str) -> None:
    faults, _ = broken(file, old, new)
    about = [fault for fault in faults if what in said(fault)]
    assert about, list(map(said, faults))
    assert about[0].file in ("questions.toml", file)


def test_brackets_without_an_end_are_a_fault_and_no_crash() -> None:
    faults, _ = broken("facts.toml", "[[facts]]", "x = " + "[" * 5000)
    assert (faults[0].file, faults[0].line, faults[0].wrong) == ("facts.toml", 1, Wrong.NESTED)


def test_a_fault_tells_where_it_stands_and_what_to_do_in_the_readers_language() -> None:
    (fault, *_), line = broken("campaign.toml", 'clause = "1.5"', 'clause = "1.9"')
    assert fault_text(LANGUAGES.of("vi"), fault) == (
        f"campaign.toml, dòng {line}: withdrawal: không có mục “1.9” trong dispatch.md. Ghi một mục đã được đánh dấu ở đó."
    )
    assert said(fault) == (
        f"campaign.toml, line {line}: withdrawal: there is no clause “1.9” in dispatch.md. Name a clause that is marked there."
    )


@pytest.mark.parametrize("wrong", Wrong)
def test_every_kind_of_fault_is_found_somewhere(wrong: Wrong) -> None:
    """None is left over: the catalogs' words for it would never be said."""
    places = [path for package in ("rules", "bot") for path in (ROOT / package).rglob("*.py")]
    assert any(f"Wrong.{wrong.name}" in path.read_text(encoding="utf-8") for path in places)
