"""Every scripted chat on every channel: what is pressed there is pressed as that channel lets people press it, read
by that channel's own code, and the database ends up the same."""

import itertools
import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.channels.zalo_bot import receive as zalo_bot
from bot.channels.zalo_oa import receive as zalo_oa
from bot.channels.zalo_oa.api import PRESSED
from handlers.turn import Incoming
from rules.channels import channel_named
from storage import people, shown_lists, tables
from storage.database import reading
from tests.stage import Said, Stage
from tests.test_conversations import FOLDER, Door, Play

SCRIPTS = sorted(path for path in FOLDER.glob("*.txt") if "# one channel" not in path.read_text(encoding="utf-8"))
OUTCOME = {
    "person": ("name", "role", "unit", "language", "removed_at", "muted"),
    "draft": ("campaign", "unit", "obligation", "state", "person_id", "person_name"),
    "submission": (
        "unit",
        "obligation",
        "revision",
        "outcome",
        "answers",
        "submitted_at",
        "person_name",
        "review",
        "review_reason",
    ),
    "extension": ("unit", "obligation", "day", "reason", "granted_by"),
    "rung": ("key", "person_id", "kind", "at", "state"),
    "acknowledgement": ("person_id", "unit", "obligation", "at"),
    "snooze": ("person_id", "at"),
    "question": ("asker", "text", "answer", "clauses", "state", "reply", "replied_by", "published_clause"),
    "stored_file": ("type",),
}
"""What a conversation is about; how it went there, the channels may differ in."""


def outcome(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """The database, without what belongs to a channel."""
    found = {}
    with reading(engine) as db:
        for name, columns in OUTCOME.items():
            table = getattr(tables, name)
            rows = db.execute(select(*(table.c[column] for column in columns)))
            found[name] = sorted((tuple(row) for row in rows if "stay" not in row), key=repr)  # a window is one channel's own
    return found


class Numbered(Door):
    """Choices are a numbered list: a button is pressed by typing its number."""

    anew = False

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.numbers: dict[tuple[str, str], list[int]] = {}
        self.ids = itertools.count(1)

    def seen(self, said: Said) -> None:
        """As the sinks do: numbered, and remembered."""
        if said.contact_id is None or not self.is_numbered(said):
            return
        pairs, contact = [[c.label, c.data] for c in said.message.choices], said.contact_id
        now = self.stage.now
        first = self.stage.writer.write(lambda db: shown_lists.show(db, said.outbox_id, contact, pairs, now, self.anew))
        for number, choice in enumerate(said.message.choices, first):
            self.numbers.setdefault((said.address, choice.data), []).append(number)

    def is_numbered(self, said: Said) -> bool:
        return bool(said.message.choices)

    def typed(self, plain: Incoming) -> str:
        """What stands for a choice, or the text."""
        return str(self.numbers[(plain.address, plain.choice)][-1]) if plain.choice else plain.text


class ConsoleDoor(Numbered):
    channel, anew = "console", True

    def incoming(self, plain: Incoming) -> Incoming:
        """The last list counts. Three presses of all scripts are on an older one, which the console can't press: they go in
        as a button's."""
        if not plain.choice:
            return plain
        with reading(self.stage.engine) as db:
            contact = people.contact_at(db, self.channel, plain.address)
            assert contact
            newest = shown_lists.shown(db, contact.id)[0]
        number = next((n for n in range(newest.first, newest.next) if newest.action(n) == plain.choice), None)
        if number is None:
            return plain
        return Incoming(
            channel=plain.channel, update_id=plain.update_id, address=plain.address, name=plain.name, text=str(number)
        )


class ZaloBotDoor(Numbered):
    channel = "zalo_bot"

    def incoming(self, plain: Incoming) -> Incoming:
        """By the bot's update; files come through the page."""
        if plain.file or plain.trouble or plain.group:
            return plain
        text = self.typed(plain)
        message = {
            "message_id": f"m{next(self.ids)}", "date": 1_655_000_000_000 + next(self.ids), "from": {"id": plain.address, "display_name": plain.name},
            "chat": {"id": plain.address, "chat_type": "PRIVATE"}, **({"text": text} if text else {}),
        }  # fmt: skip
        event = "message.text.received" if text else "message.sticker.received"
        update = zalo_bot.read_update({"ok": True, "result": {"event_name": event, "message": message}})
        assert update
        return zalo_bot.as_incoming(update, "Đôn Đốc")


class ZaloOaDoor(Numbered):
    channel = "zalo_oa"

    def is_numbered(self, said: Said) -> bool:
        return channel_named(self.channel).numbered(len(said.message.choices))

    def typed(self, plain: Incoming) -> str:
        """A number where there are more than five choices, else the button's payload."""
        numbers = self.numbers.get((plain.address, plain.choice))
        return str(numbers[-1]) if plain.choice and numbers else PRESSED + plain.choice if plain.choice else plain.text

    def incoming(self, plain: Incoming) -> Incoming:
        """By the account's event."""
        if plain.group:
            return plain
        kind = (
            "user_send_file"
            if plain.file or plain.trouble
            else "user_send_text"
            if plain.text or plain.choice
            else "user_send_sticker"
        )
        event = zalo_oa.read_event(
            {
                "event_name": kind, "sender": {"id": plain.address}, "timestamp": str(1_655_000_000_000 + next(self.ids)),
                "message": {"msg_id": f"m{next(self.ids)}", "text": self.typed(plain)},
            }
        )  # fmt: skip
        assert event
        return replace(zalo_oa.as_incoming(event, plain.name), file=plain.file, trouble=plain.trouble)


class WebChatDoor(Door):
    channel = "web_chat"


class TelegramDoor(Door):
    channel = "telegram"


DOORS: tuple[type[Door], ...] = (ZaloBotDoor, ZaloOaDoor, WebChatDoor, ConsoleDoor)


def played(path: Path, door: type[Door], folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The outcome of a script through a door."""
    folder.mkdir()
    stage = Stage(f"sqlite:///{folder}/p.db", folder)
    try:
        Play(stage, door(stage)).play(path.read_text(encoding="utf-8"))
        return outcome(stage.engine)
    finally:
        stage.close()


@lru_cache
def by_telegram(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The outcome by Telegram's buttons, for every other door to be held against."""
    with tempfile.TemporaryDirectory() as folder:
        return played(path, TelegramDoor, Path(folder) / "telegram")


def test_the_scripts_leave_something_to_compare_in_every_table() -> None:
    assert [table for table in OUTCOME if not any(by_telegram(path)[table] for path in SCRIPTS)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_outcome_is_the_same_on_every_channel(path: Path, tmp_path: Path) -> None:
    expected = by_telegram(path)
    assert expected["person"] or expected["question"]
    for door in DOORS:
        found = played(path, door, tmp_path / door.channel)
        for table, rows in expected.items():
            assert found[table] == rows, f"{table} differs on {door.channel}"
