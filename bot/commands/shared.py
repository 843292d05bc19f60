"""What several commands need: refusing, the words of whoever types, times, files to write."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.wording.catalogs import DEFAULT_LANGUAGE, Languages, Words
from handlers.wording.faults import fault_text
from rules.documents.faults import Fault


class Refused(Exception):
    """Can't be done; the message is one clear line with a way on."""


def language(environment: Mapping[str, str]) -> str:
    """The language of whoever types: Vietnamese, unless the system was told to speak English."""
    chosen = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "en" if chosen.lower().startswith("en") else DEFAULT_LANGUAGE


def spoken() -> str:
    """The language of whoever types this command."""
    return language(os.environ)


@cache
def words() -> Words:
    """The words of whoever types this command."""
    return Languages(ZoneInfo("UTC")).of(spoken())


def worded(fault: Fault) -> str:
    """A fault of a document, likewise."""
    return fault_text(words(), fault)


def tr(key: str, **values: object) -> str:
    """A text of the command line's, in the language of whoever types."""
    return words().tr(key, **values)


def print_json(value: Any) -> None:
    """A value on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def moment(text: str, zone: Any) -> datetime:
    """A time as typed: ISO, local to the campaign where no zone is given."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(tr("cli.refused.time", text=text)) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def names_a_file(path: Path) -> None:
    """Refuse a folder, and a file in one that isn't there, before anything is done for it."""
    if not path.parent.is_dir():
        raise Refused(tr("cli.refused.no_folder", folder=path.parent))
    if path.is_dir():
        raise Refused(tr("cli.refused.is_folder", folder=path))


def can_be_made(folder: Path) -> None:
    """Refuse a folder within another that isn't there."""
    if not folder.parent.is_dir():
        raise Refused(tr("cli.refused.no_folder", folder=folder.parent))
