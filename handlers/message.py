"""What is said: a text, the choices below it, a file. How it travels is a delivery's affair (storage/outbox.py)."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from handlers.wording.catalogs import Words
from rules.actions import Action, BadAction, OldButton, pack, unpack

_ACTIONS: dict[str, Action] = {}
_MOST_REMEMBERED = 4096
"""What was just put behind a button is soon read: from the message, from the conversation's menu, when it is pressed."""


MOST_BUTTONS = 4
"""Below a pushed message."""


@dataclass(frozen=True)
class Choice:
    """A button: what it says, and the action it stands for."""

    label: str
    action: Action

    @cached_property
    def data(self) -> str:
        """What the platform gives back when it is pressed. Raises BadAction for an action that is only ever typed."""
        if isinstance(self.action, OldButton):
            return self.action.text
        return _remembered(pack(self.action), self.action)

    @classmethod
    def kept(cls, label: str, data: str) -> "Choice":
        """A button as it was kept, or as a platform shows it."""
        found = cls(label, action_of(data))
        vars(found)["data"] = data
        return found


def fitted(choices: Sequence[Choice], all_of_them: Choice) -> tuple[Choice, ...]:
    """One button each below a pushed message, where there are no more than it may have; else the first and the way to all."""
    return tuple(choices) if len(choices) <= MOST_BUTTONS else (*choices[: MOST_BUTTONS - 1], all_of_them)


def action_of(data: str) -> Action:
    """The action behind a button, whatever somebody's platform says was pressed."""
    known = _ACTIONS.get(data)
    if known is not None:
        return known
    try:
        action = unpack(data)
    except BadAction:
        return OldButton(data)
    _remembered(data, action)
    return action


def _remembered(data: str, action: Action) -> str:
    """Bounded, for strangers may press what they like."""
    if len(_ACTIONS) >= _MOST_REMEMBERED:
        _ACTIONS.clear()
    _ACTIONS[data] = action
    return data


@dataclass(frozen=True)
class OutFile:
    """A file of the store to send along."""

    hash: str
    name: str


@dataclass(frozen=True)
class Message:
    """Something said. ``wants_file``: the reader is asked for a file, for which a channel without files offers a page."""

    text: str
    choices: tuple[Choice, ...] = ()
    file: OutFile | None = None
    wants_file: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it is kept until it is sent."""
        kept: dict[str, Any] = {"text": self.text}
        if self.choices:
            kept["choices"] = [[choice.label, choice.data] for choice in self.choices]
        if self.file:
            kept["file"] = {"hash": self.file.hash, "name": self.file.name}
        if self.wants_file:
            kept["wants_file"] = True
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Message":
        """As it was kept."""
        sent = kept.get("file")
        return cls(
            kept["text"], tuple(Choice.kept(label, data) for label, data in kept.get("choices", ())),
            OutFile(sent["hash"], sent["name"]) if sent else None, kept.get("wants_file", False),
        )  # fmt: skip


class Notice(ABC):
    """A kind of news for somebody who did not just write, worded for each reader in that one's language."""

    for_groups: ClassVar[bool] = True
    """Whether groups read it that are bound to the alerts: not what names a stranger and a telephone number."""

    @abstractmethod
    def message(self, words: Words) -> Message:
        """What the reader is told."""

    def facts(self, words: Words) -> Mapping[str, str]:
        """What a template can say of it, where the message itself may not go. ``kind`` names the templates."""
        return {}
