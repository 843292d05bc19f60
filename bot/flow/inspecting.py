"""Foreign files are opened in a process of their own, which is killed when it takes too much: nobody's turn waits for it."""

import asyncio
import json
import os
import sys
from contextlib import suppress

from bot.flow import inspector
from bot.logs import logger
from handlers.reporting.inspecting import Inspected

PATIENCE = 30.0
"""Seconds on the wall, on a machine that has much else to do; of the processor it gets fewer (inspector.py)."""
AT_ONCE = 2
"""Files opened side by side, so that many never take the processor from those who write."""
log = logger(__name__)


class Inspecting:
    """Looks into files, a few at a time. ``patience`` in seconds."""

    def __init__(self, patience: float = PATIENCE, program: tuple[str, ...] = ("-m", inspector.__name__)) -> None:
        self._patience, self._program = patience, program
        self._room = asyncio.Semaphore(AT_ONCE)

    async def inspect(self, name: str, kind: str, content: bytes) -> Inspected | None:
        """What is in a file; None where finding out took more than it may."""
        async with self._room:
            child = await asyncio.create_subprocess_exec(
                sys.executable, *self._program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE, env={"PYTHONPATH": os.pathsep.join(filter(None, ["", *sys.path]))},
            )  # fmt: skip
            try:
                header = json.dumps({"name": name, "kind": kind}).encode()
                async with asyncio.timeout(self._patience):
                    told, complaint = await child.communicate(header + b"\n" + content)
                if child.returncode == 0:
                    return inspector.read(told)
                why = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
            except (TimeoutError, ValueError, KeyError, TypeError) as error:
                why = type(error).__name__
            finally:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        log.warning("a file was not read to its end", kind=kind, code=child.returncode, why=why)
        return None
