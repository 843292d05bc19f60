"""The program, all its processes, each begun again as often as it is killed."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.turns import ROOT
from tests.chaos.crowd import Crowd
from tests.chaos.shape import Shape

LOOK_EVERY = 0.02


@dataclass
class Process:
    """One of them: its command of the Procfile, and where it listens, 0 for one that does not."""

    command: str
    port: int
    running: asyncio.subprocess.Process

    def kill(self) -> None:
        """At this instant."""
        if self.running.returncode is None:
            self.running.send_signal(signal.SIGKILL)

    async def listens(self) -> None:
        """Wait until it can be called, where it can be."""
        while self.port and self.running.returncode is None and not _answers(self.port):
            await asyncio.sleep(LOOK_EVERY)


class Program:
    """``environment`` is asked anew for each process that begins; ``launch`` comes before its command."""

    def __init__(
        self, shape: Shape, crowd: Crowd, environment: Callable[[], dict[str, str]], launch: Sequence[str] = ("-m", "bot")
    ) -> None:
        self._shape, self._crowd, self._environment, self._launch = shape, crowd, environment, launch
        self.processes: list[Process] = []
        self.kills = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Program"]:
        """From when the platform has heard of it, until all are stopped."""
        greeted = self._crowd.greeted
        try:
            for command, count in self._shape.processes.items():
                for number in range(count):
                    ports = self._shape.ports.get(command, ())
                    self.processes.append(await self._begun(command, ports[number] if ports else 0))
            await self.greets(greeted)
            for process in self.processes:
                await process.listens()  # the platform may have heard of it before
            yield self
        finally:
            for process in self.processes:
                process.kill()
                await process.running.wait()

    async def greets(self, before: int) -> None:
        """Wait until the platform has heard of it once more."""
        while self._crowd.greeted == before:
            if all(process.running.returncode is not None for process in self.processes):
                raise RuntimeError("the program did not start")
            await asyncio.sleep(LOOK_EVERY)

    async def is_killed(self, chance: random.Random) -> Process:
        """One of the processes, any, is killed and begun again at once. Returns the new one."""
        place = chance.randrange(len(self.processes))
        process = self.processes[place]
        process.kill()
        await process.running.wait()
        self.kills += 1
        fresh = self.processes[place] = await self._begun(process.command, process.port)
        return fresh

    async def _begun(self, command: str, port: int) -> Process:
        environment = {**os.environ, **self._environment(), **({"PORT": str(port)} if port else {})}
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._launch,
            command,
            env=environment,
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL if os.environ.get("LOG_LEVEL", "critical") == "critical" else None,
        )
        return Process(command, port, running)


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
