"""What a turn came to inside the house: which action was heard, and whether its handler ran. Seen, not declared."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from handlers import commands, engine, routes
from handlers.conversation import Topic
from handlers.heard import Heard
from handlers.hearing import Commands, hear
from handlers.turn import Turn
from rules.actions import Action

K = TypeVar("K")
V = TypeVar("V")


@dataclass
class Reached:
    """``heard``: actions that a message asked for, each of them then handled or denied. ``handled``: those whose handler
    was called. ``words``: words after a slash. ``topics``: what a conversation was about when something was said."""

    heard: set[type[Action]] = field(default_factory=set)
    handled: set[type[Action]] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    topics: set[type[Topic]] = field(default_factory=set)

    def hear(self, turn: Turn, commands: Commands) -> Heard | None:
        """As the house does it, and remembered."""
        self.topics.add(type(turn.topic))
        found = hear(turn, commands)
        if found:
            self.heard.add(type(found.action))
        return found


class _Noting(Mapping[K, V]):
    """A table that remembers what was looked up in it."""

    def __init__(self, table: Mapping[K, V], note: Callable[[K], None]) -> None:
        self._table = table
        self._note = note

    def __getitem__(self, key: K) -> V:
        found = self._table[key]
        self._note(key)
        return found

    def __iter__(self) -> Iterator[K]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


@contextmanager
def watched() -> Iterator[Reached]:
    """Look over the engine's shoulder. It looks a route up where it calls the handler, and nowhere else."""
    reached = Reached()
    here = {
        "hear": reached.hear,
        "ROUTES": _Noting(routes.ROUTES, reached.handled.add),
        "COMMANDS": _Noting(commands.COMMANDS, reached.words.add),
    }
    before = {name: getattr(engine, name) for name in here}
    try:
        for name, value in here.items():
            setattr(engine, name, value)
        yield reached
    finally:
        for name, value in before.items():
            setattr(engine, name, value)
