"""The shapes that the program can have: which database, how updates arrive, which processes and how many of each."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """A kind of database."""

    SQLITE = "sqlite"
    POSTGRES = "postgresql"


@dataclass(frozen=True)
class Shape:
    """``processes``: how many of each of the Procfile's commands; ``ports``: where those with a web part listen."""

    kind: Kind
    processes: Mapping[str, int]
    calls: bool
    """Whether the platform calls us; else it is polled."""
    ports: Mapping[str, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        listening = {command: tuple(_free_port() for _ in range(n)) for command, n in self.processes.items() if command in WEB}
        object.__setattr__(self, "ports", listening)

    @property
    def webs(self) -> tuple[int, ...]:
        """The ports that a platform calls."""
        return tuple(port for ports in self.ports.values() for port in ports) if self.calls else ()

    def __str__(self) -> str:
        counted = ", ".join(f"{count} {command}" for command, count in self.processes.items())
        return f"{self.kind}, {'webhook' if self.calls else 'polling'}, {counted}"


WEB = ("run", "web")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def alone(calls: bool = False) -> Shape:
    """One process on SQLite."""
    return Shape(Kind.SQLITE, {"run": 1}, calls)


def many(calls: bool = True) -> Shape:
    """Several of each role on PostgreSQL."""
    return Shape(Kind.POSTGRES, {"web": 2, "worker": 2, "clock": 2}, calls)


def clocks_alone() -> Shape:
    """One process that looks at the time and sends, on SQLite."""
    return Shape(Kind.SQLITE, {"run": 1}, calls=False)


def clocks_many() -> Shape:
    """Two that look at the time and two that send, on PostgreSQL."""
    return Shape(Kind.POSTGRES, {"worker": 2, "clock": 2}, calls=False)
