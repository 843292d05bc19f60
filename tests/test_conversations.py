"""Plays the scripted chats of ``tests/conversations`` and compares every word.

A script reads as a chat::

    at 2022-07-08 09:00                     the clock; everything due in between is sent
    down until 2022-07-08 09:00             the program was off until then
    join Lan as officer of dai-loc on telegram
    as Lan                                  who writes from here on
    > text                                  what is typed; {code} is the link code shown last
    > [Gửi]                                 a button of the latest message that has it
    > (file so-lieu.pdf)                    a file of tests/conversations/files, or a made one
    > (sticker)                             something without text
    again                                   the same update delivered once more
    restart                                 the program stops and starts
    platform down, platform up              the platform takes nothing, or takes what waits
    < reply                                 what the writer reads, line for line
    ! Minh: push                            what somebody else reads

``pytest tests/test_conversations.py --rewrite`` writes what is really said into the files, to
be read as a diff.
"""

import difflib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from handlers.file_trouble import FileTrouble
from handlers.message import Choice
from handlers.turn import Incoming
from rules.people import Role
from tests.made_files import made_file
from tests.stage import CAMPAIGN, Said, Stage

FOLDER = Path(__file__).parent / "conversations"
_JOIN = re.compile(r"join (?P<name>.+?) as (?P<role>\w+)(?: of (?P<unit>[\w-]+))?(?: on (?P<channel>\w+))?$")
_AS = re.compile(r"as (?P<name>.+?)(?: on (?P<channel>\w+))?$")


class Door:
    """How a channel turns what people do into an :class:`Incoming`. This one: as buttons do it."""

    channel = ""
    """Everybody's channel, whatever a script says; empty: the script's."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def seen(self, said: Said) -> None:
        """Something reached a reader."""

    def incoming(self, plain: Incoming) -> Incoming:
        """What the channel makes of it."""
        return plain


class Play:
    """One script being played."""

    def __init__(self, stage: Stage, door: Door | None = None) -> None:
        self.stage = stage
        self.door = door or Door(stage)
        self.channel: dict[str, str] = {}
        self.buttons: dict[str, list[Choice]] = {}
        self.who = ""
        self.code = ""

    def play(self, script: str) -> list[str]:
        """The script with what was really said."""
        lines: list[str] = []
        for line in script.splitlines():
            if line.startswith(("< ", "! ", "<", "!")):
                continue
            lines.append(line)
            if line.strip() and not line.startswith("#"):
                lines += self._shown(self._do(line))
        return lines

    def _do(self, line: str) -> list[Said]:
        if line.startswith("at "):
            return self.stage.move_to(_time(line[3:]))
        if line.startswith("down until "):
            return self.stage.sleep_until(_time(line[len("down until ") :]))
        if line == "restart":
            self.stage.restart()
            return []
        if line in ("platform down", "platform up"):
            self.stage.platform_answers = line == "platform up"
            return self.stage.said()
        if line == "again":
            return self.stage.again()
        if match := _JOIN.match(line):
            return self._join(match["name"], Role(match["role"]), match["unit"] or "", self._channel(match["channel"]))
        if match := _AS.match(line):
            self.who = match["name"]
            if match["channel"] or self.who not in self.channel:
                self.channel[self.who] = self._channel(match["channel"])
            return []
        if line.startswith("> "):
            return self._write(line[2:])
        raise ValueError(f"not a line of a script: {line}")

    def _channel(self, named: str | None) -> str:
        return self.door.channel or named or "telegram"

    def _join(self, name: str, role: Role, unit: str, channel: str) -> list[Said]:
        self.who, self.channel[name] = name, channel
        return self._hear(text=f"/start {self.stage.invite(role, unit)}")

    def _write(self, text: str) -> list[Said]:
        if text.startswith("[") and text.endswith("]"):
            return self._hear(choice=self._button(text[1:-1]), pressed_on="1")
        if text == "(sticker)":
            return self._hear()
        if match := re.fullmatch(r"\(file (.+)\)", text):
            content = made_file(match[1])
            if content is None:
                return self._hear(trouble=FileTrouble.TOO_BIG)
            return self._hear(file=self.stage.library.files.put(content, match[1]))
        return self._hear(text=text.replace("\\n", "\n").replace("{code}", self.code))

    def _hear(self, **what: Any) -> list[Said]:
        plain = Incoming(
            channel=self.channel[self.who], update_id=self.stage.next_update(), address=self.who, name=self.who,
            **what,
        )  # fmt: skip
        return self.stage.hear(self.door.incoming(plain))

    def _button(self, label: str) -> str:
        older = label.startswith("old ")
        label = label.removeprefix("old ")
        found = [c.data for c in self.buttons.get(self.who, []) if c.label == label]
        if not found:
            raise AssertionError(f"{self.who} sees no button {label!r}")
        return found[0] if older else found[-1]

    def _shown(self, said: list[Said]) -> Iterator[str]:
        for item in said:
            self.door.seen(item)
            self.buttons.setdefault(item.address, []).extend(item.message.choices)
            self.code = next(iter(re.findall(r"\b\d{3} \d{3}\b", item.message.text)), self.code)
            elsewhere = f" on {item.channel}" if item.address == self.who else ""
            here = item.address == self.who and item.channel == self.channel[self.who]
            mark = "<" if here else f"! {item.address}{elsewhere}:"
            for line in item.message.text.splitlines():
                yield f"{mark} {line}".rstrip()
            if item.message.file:
                yield f"{mark} ({item.message.file.name})"
            if item.message.choices:
                yield f"{mark} " + " ".join(f"[{choice.label}]" for choice in item.message.choices)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.strip()).replace(tzinfo=CAMPAIGN.directory.zone)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_conversation(path: Path, laid_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """What the bot says is what the script says, on every database."""
    script = path.read_text(encoding="utf-8")
    stage = Stage(laid_url, tmp_path)
    try:
        played = "\n".join(Play(stage).play(script)) + "\n"
    finally:
        stage.close()
    if request.config.getoption("--rewrite"):
        path.write_text(played, encoding="utf-8")
        return
    if played != script:
        diff = difflib.unified_diff(script.splitlines(), played.splitlines(), "script", "played", lineterm="")
        pytest.fail("\n".join(diff), pytrace=False)
