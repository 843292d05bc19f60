"""The words people read: complete, and typographically right."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from handlers.wording.catalogs import Languages
from rules.campaign.deadlines import last_day
from tests.check_catalogs import LOCALES, gaps
from tests.stage import CAMPAIGN

ROOT = Path(__file__).resolve().parents[1]


def texts(language: str) -> dict[str, str]:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file)
    found = {}
    for message in catalog:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = "\n".join(message.string) if isinstance(message.string, tuple | list) else str(message.string)
    return found


def test_the_same_gaps_in_both_languages() -> None:
    assert gaps("vi") == gaps("en")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_typography(language: str) -> None:
    assert len(texts(language)) > 300
    for key, text in texts(language).items():
        assert text == unicodedata.normalize("NFC", text), key
        assert not re.search(r" [,;:!?.](?!\.)", text), (key, text)
        assert '"' not in text, (key, "use curly quotation marks")
        assert "  " not in text.replace("\n", " "), key
        assert text == text.strip(), key


# ---------------------------------------------------------------- a dispatch is data

EXAMPLES = {"bot/settings.py": "quang-nam-ocop-2022", "rules/documents/faults.py": "2022-07-15"}
"""What may be named all the same: the campaign that runs if none is set, and how a day is written."""


def belongings() -> re.Pattern[str]:
    """What is the first dispatch's own: its name and province, its units, obligations, days and thresholds."""
    found = {CAMPAIGN.name, "Quảng Nam", "OCOP", "50 điểm", "36 tháng", *(o.slug for o in CAMPAIGN.obligations)}
    for unit in CAMPAIGN.directory.units:
        found |= {unit.slug, unit.short, unit.name.vi}
    for deadline in (o.deadline for o in CAMPAIGN.obligations if o.deadline):
        for day in (deadline.date, last_day(deadline)):
            found |= {f"{day.day}/{day.month}", f"{day:%d/%m}", day.isoformat(), f"{day.year}, {day.month}, {day.day}"}
    longest_first = sorted(found, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in longest_first), re.IGNORECASE)


def spoken(code: str) -> Iterator[str]:
    """What Python code can say or compare with: its strings, and its calls with numbers; comments and docstrings not."""
    tree = ast.parse(code)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value
        if isinstance(node, ast.Call) and any(isinstance(given, ast.Constant) for given in node.args):
            yield ast.unparse(node)


def written(path: Path) -> list[str]:
    """What of a file reaches people or decides something."""
    text = path.read_text(encoding="utf-8")
    return list(spoken(text)) if path.suffix == ".py" else text.splitlines()


@pytest.mark.parametrize("folder", ["bot", "handlers", "rules", "storage", "locales"])
def test_a_dispatch_is_data_not_code(folder: str) -> None:
    """No unit, day or rule of the first dispatch stands in code, pages or catalogs. ``rules/text/lexicon.toml`` knows the names of
    offices that every province has."""
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".js", ".html", ".po")]
    assert files
    own, found = belongings(), []
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        found += [(name, hit[0], text) for text in written(path) for hit in own.finditer(text) if hit[0] != EXAMPLES.get(name)]
    assert found == []


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        ('unit = "hoi-an"', True), ('said = f"Gửi UBND huyện Đại Lộc {n}"', True), ("due = date(2022, 7, 15)", True),
        ('if day == "30/6": pass  # noqa', True), ('text = "chậm nhất 14/7/2022"', True), ('if slug == "withdrawal": pass', True),
        ('"""Such as Hội An."""', False), ("# until 15/7", False), ('word = "nhà"', False), ("date(2030, 1, 31)", False),
    ],
)  # fmt: skip
def test_what_belongs_to_a_dispatch_is_seen_in_code(code: str, caught: bool) -> None:
    assert any(belongings().search(text) for text in spoken(code)) is caught


PLAIN_WORDS = {
    "nhé": "out of tone for an office", " giúp.": "sounds like begging", "quá mốc": "a programmer's word; it is quá hạn", "chúng tôi": "who is that",
    "trễ hạn": "the word is quá hạn", "Chào {name}": "nobody is called by the bare name",
}  # fmt: skip


@pytest.mark.parametrize("phrase", PLAIN_WORDS)
def test_the_assistant_speaks_as_an_office_does(phrase: str) -> None:
    assert [key for key, text in texts("vi").items() if phrase in text] == [], PLAIN_WORDS[phrase]


@pytest.mark.parametrize(
    ("name", "called"),
    [("Lan", "Chào anh/chị Lan (cán bộ)."), ("Chị Lan", "Chào chị Lan (cán bộ)."), ("Anh Thư", "Chào anh/chị Anh Thư (cán bộ).")],
)
def test_who_gave_a_title_is_called_by_it_once(name: str, called: str) -> None:
    words = Languages(ZoneInfo("Asia/Ho_Chi_Minh")).of("vi")
    assert words.tr("join.hello", name=name, role="cán bộ") == called
