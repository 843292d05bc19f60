"""Every scripted chat through both of Zalo's doors over real HTTP: every word as in the script, the database as by
Telegram's buttons."""

import difflib
from dataclasses import replace
from pathlib import Path

import pytest

from rules import channels
from tests.http_stage import HttpStage, ZaloBotStage, ZaloOaStage
from tests.test_conversations import Door, Play
from tests.test_every_channel import SCRIPTS, by_telegram, outcome

STAGES: tuple[type[HttpStage], ...] = (ZaloBotStage, ZaloOaStage)
REFUSED_BY_THE_PAGE = {
    "report_funds": ("> (file bao-cao.exe)", "> (file qua-lon.pdf)"), "stranger": ("> (file bao-cao.pdf)",),
    "wrong_files": ("> (file danh-sach.zip)", "> (file qua-lon.pdf)"),
}  # fmt: skip
"""What the upload page itself refuses, and who may not use it: no word in the chat."""

SAID_BY_ITS_LIST = ("register",)
"""Where choices are a numbered list they say all of a product that elsewhere stands above the buttons."""


@pytest.fixture
def open_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account's windows and the platforms' paces have tests of their own; here weeks pass between two messages, and a script's
    seconds are nobody's."""
    open_always = {name: replace(record, window=None, a_second=0.0) for name, record in channels.CHANNELS.items()}
    monkeypatch.setattr(channels, "CHANNELS", open_always)


@pytest.mark.usefixtures("open_windows")
@pytest.mark.parametrize("kind", STAGES, ids=lambda kind: kind.channel)
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_script_is_said_and_kept(path: Path, kind: type[HttpStage], tmp_path: Path) -> None:
    expected = by_telegram(path)
    stage = kind(f"sqlite:///{tmp_path}/http.db", tmp_path)
    door = Door(stage)
    door.channel = kind.channel
    script = path.read_text(encoding="utf-8")
    try:
        said = Play(stage, door).play(script)
        found = outcome(stage.engine)
    finally:
        stage.shut()
    for table, rows in expected.items():
        assert found[table] == rows, f"{table} differs on {kind.channel}"
    if path.stem in SAID_BY_ITS_LIST:
        return
    by_page = REFUSED_BY_THE_PAGE.get(path.stem, ()) if kind is ZaloBotStage else ()
    diff = difflib.unified_diff(in_the_chat(script.splitlines(), by_page), in_the_chat(said, by_page), lineterm="", n=1)
    assert list(diff) == []


def in_the_chat(lines: list[str], by_page: tuple[str, ...]) -> list[str]:
    """What is compared: without replies to what the page refused, and without the account's own link in an invite."""
    kept, skipping = [], False
    for line in lines:
        if not line.startswith(("<", "!")):
            skipping = line in by_page
        if not skipping and "https://zalo.me/" not in line:
            kept.append(line)
    return kept
