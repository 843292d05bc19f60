"""The words people read: complete, and typographically right."""

import re
import unicodedata
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.check_catalogs import LOCALES, gaps


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
    for key, text in texts(language).items():
        assert text == unicodedata.normalize("NFC", text), key
        assert not re.search(r" [,;:!?.](?!\.)", text), (key, text)
        assert '"' not in text, (key, "use curly quotation marks")
        assert "  " not in text.replace("\n", " "), key
        assert text == text.strip(), key


def test_a_dispatch_is_data_not_code() -> None:
    """No unit, date or rule of the first dispatch stands in code or catalogs."""
    root = Path(__file__).resolve().parents[1]
    said = re.compile(r"30/6/2022|15/7/2022|2022-07-|hoi-an|tam-ky|Đại Lộc|Quảng Nam|50 điểm|OCOP|thu hồi (?!vì)")
    for folder in ("bot", "handlers", "rules", "storage", "locales"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".py", ".js", ".html", ".po"):
                hits = [line for line in path.read_text(encoding="utf-8").splitlines() if said.search(line)]
                allowed = [h for h in hits if "``" in h or '"""' in h or "write " in h or "e.g." in h or "#" in h]
                assert hits == allowed, (path.name, hits)
