"""Compares the catalogs with what the code names: ``python -m tests.check_catalogs messages.pot``."""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from rules.channels import ChannelName
from rules.documents.faults import Wrong

LOCALES = Path(__file__).resolve().parent.parent / "locales"
BUILT = frozenset((
    *(f"channel.{name}" for name in ChannelName),
    *(f"fault.{wrong}" for wrong in Wrong), *(f"fault.{wrong}.mend" for wrong in Wrong),
))  # fmt: skip
"""Keys that the code builds from a name, so that no tool finds them in it."""
_GAP = re.compile(r"\{(\w+)")


def faults(named: Catalog, language: str) -> list[str]:
    """What is wrong with a language's catalog."""
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    wanted, there = _keys(named).keys() | BUILT, _keys(catalog)
    found = [f"{language}: {key} is missing" for key in sorted(wanted - there.keys())]
    found += [f"{language}: {key} is not used" for key in sorted(there.keys() - wanted)]
    for key, message in sorted(there.items()):
        if message.fuzzy:
            found.append(f"{language}: {key} is fuzzy")
        if not all(texts_of(message)):
            found.append(f"{language}: {key} is empty")
    return found


def gaps(language: str) -> dict[str, set[str]]:
    """The gaps of each text, to be the same in both languages."""
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    return {key: {gap for text in texts_of(m) for gap in _GAP.findall(text)} for key, m in _keys(catalog).items()}


def texts_of(message: Message) -> list[str]:
    """A message's text, or its texts by number; an empty one where there is none."""
    found = message.string if isinstance(message.string, tuple | list) else [message.string]
    return [text or "" for text in found]


def _keys(catalog: Catalog) -> dict[str, Message]:
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalog if m.id}


def main(pot: str) -> int:
    """Print every fault."""
    with Path(pot).open("rb") as file:
        named = read_po(file)
    found = [fault for language in ("vi", "en") for fault in faults(named, language)]
    vi, en = gaps("vi"), gaps("en")
    found += [f"{key}: the gaps differ: {vi[key]} and {en[key]}" for key in sorted(vi.keys() & en.keys()) if vi[key] != en[key]]
    for fault in found:
        print(fault)
    print(f"{len(vi)} texts in two languages, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
