"""``dondoc`` as a process of its own, without the seconds in which it imports: forked from one that has imported what commands do.

It is a real process with its own settings, pipes and exit code; only libraries, ``rules``, ``storage`` and ``handlers`` are there
already. ``bot.main`` and typer are not: they speak the language of whoever types from their first line on. That a command imports
what it needs is seen where one is started from nothing (``from_nothing``, ``test_imports``, ``test_wheel``).
"""

import gc
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from tests.doubles.watching import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("rules", "storage", "handlers")
BESIDE = ("bot.wiring", "alembic.command", "httpx", "openpyxl")
Ended = subprocess.CompletedProcess[str]


def from_nothing(*words: str, environment: Mapping[str, str], text: str | None = None) -> Ended:
    """What ``dondoc WORDS`` says in that environment and how it ends, as somebody starts it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        timeout=PATIENCE, input=text,
    )  # fmt: skip


def forked(*words: str, environment: Mapping[str, str], text: str | None = None) -> Ended:
    """The same, begun where the imports are done."""
    with tempfile.TemporaryFile() as wanted:
        wanted.write(json.dumps([words, dict(environment)]).encode())
        wanted.flush()
        pipes = [os.pipe() for _ in range(4)]
        (stdin, given), (said, stdout), (complained, stderr), (told, tells) = pipes
        socket.send_fds(_forker(), [b"1"], [wanted.fileno(), stdin, stdout, stderr, tells])
    for end in (stdin, stdout, stderr, tells):
        os.close(end)
    with ThreadPoolExecutor(3) as threads:
        threads.submit(_give, given, text or "")
        streams = [threads.submit(_all_of, stream) for stream in (said, complained)]
        code = _code(told)
        return Ended(words, code, *(stream.result() for stream in streams))


def _give(stream: int, text: str) -> None:
    with suppress(BrokenPipeError), open(stream, "w", encoding="utf-8") as given:
        given.write(text)


def _all_of(stream: int) -> str:
    with open(stream, encoding="utf-8") as said:
        return said.read()


def _code(stream: int) -> int:
    """How it ended; it is ended where it takes too long."""
    with open(stream, encoding="ascii") as told:
        number = int(told.readline())
        if not select.select([told], [], [], PATIENCE)[0]:
            os.kill(number, signal.SIGKILL)
        return int(told.readline())


@lru_cache(maxsize=1)
def _forker() -> socket.socket:
    """The process that forks; it ends once nobody holds this end any more."""
    ours, theirs = socket.socketpair()
    with theirs:
        child = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())], cwd=ROOT, pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    assert child.poll() is None
    return ours


# ---------------------------------------------------------------- the process that forks


def _import_all() -> None:
    for name in (*ROOMS, *BESIDE):
        package = import_module(name)
        if name in ROOMS:
            for each in pkgutil.walk_packages(package.__path__, f"{name}."):
                if ".migrations." not in each.name:
                    import_module(each.name)


def _wait(door: socket.socket) -> list[str]:
    """Returns in each process that is to be ``dondoc``, with its words; in the one that forks never."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for who looks after a command
    while True:
        asked, ends, *_ = socket.recv_fds(door, 1, 5)
        if not asked:
            sys.exit()
        if os.fork() == 0:
            break
        for end in ends:
            os.close(end)
    door.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    wanted, *streams, tells = ends
    if number := os.fork():
        _look_after(number, streams, tells)
    os.close(tells)
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    return _become(wanted)


def _look_after(number: int, streams: list[int], tells: int) -> None:
    for stream in streams:
        os.close(stream)
    os.write(tells, b"%d\n" % number)
    os.write(tells, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))
    os._exit(0)


def _become(wanted: int) -> list[str]:
    with open(wanted, "rb") as request:
        request.seek(0)
        words, environment = json.load(request)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    return list(words)


if __name__ == "__main__":
    _import_all()
    gc.freeze()  # nothing of it is looked through again, by whomever
    sys.argv[1:] = _wait(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
