"""Who may write: one thread on SQLite, several lanes on PostgreSQL.

SQLite has one writer; giving it one thread removes every lock wait, and committing up to
:data:`MOST_AT_ONCE` pieces of work together shares the cost of the sync to disk. None is
reported as done before the commit that makes it durable. Where one fails the batch is rolled
back and every piece runs again alone, so it takes no other with it; a piece of work therefore
touches nothing but the database (and files named by their content). A fault of the database that
passes is nobody's own: all are told, for each alone would wait as long again. Failures are rare, and a
savepoint a piece would cost a tenth of every turn.

PostgreSQL takes one piece a transaction in each lane; pieces with the same lane key keep
their order.

What must not wait behind turns goes :data:`AHEAD`: what a platform took is noted within the turn that is running, for a
process that dies before has sent it in vain, and sends it again.
"""

import queue
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from storage.log_room import LogRoom
from storage.passing import is_passing, is_without_room

T = TypeVar("T")
MOST_AT_ONCE = 32
LANES = 8
AHEAD = "ahead"
"""The lane of what goes before everything that waits."""


@dataclass
class _Piece:
    work: Callable[[Connection], Any]
    done: "Future[Any]"

    def starts(self) -> bool:
        """Whether it is still to be done; from then on nobody can call it off."""
        return self.done.running() or self.done.set_running_or_notify_cancel()


class _Line:
    """What waits for one thread. ``together``: so many pieces share a transaction."""

    def __init__(self, together: int) -> None:
        self._together = together
        self._queue: queue.SimpleQueue[_Piece | None] = queue.SimpleQueue()
        self._drawn: deque[_Piece] = deque()
        self._ahead: deque[_Piece] = deque()
        self._closed = False

    def put(self, piece: _Piece) -> None:
        """It waits behind what is there."""
        self._queue.put(piece)

    def put_ahead(self, piece: _Piece) -> None:
        """It waits behind what goes ahead as well."""
        self._ahead.append(piece)
        self._queue.put(None)

    def close(self) -> None:
        """Nothing more comes."""
        self._closed = True
        self._queue.put(None)

    def transactions(self) -> Iterator[Iterator[_Piece]]:
        """The pieces of each, one transaction after the other, until it is closed and empty."""
        while self._drawn or self._ahead or not (self._closed and self._queue.empty()):
            if not self._drawn and not self._ahead:
                self._draw()
            yield self._of_one()

    def _draw(self) -> None:
        """What waits, and if nothing does, the next that comes."""
        while not self._drawn or (len(self._drawn) < self._together and not self._queue.empty()):
            piece = self._queue.get()
            if piece is not None:
                self._drawn.append(piece)
            elif self._ahead or self._closed:
                return

    def _of_one(self) -> Iterator[_Piece]:
        """What was drawn, until something goes ahead: that is done at once, and with it the transaction ends."""
        while self._drawn and not self._ahead:
            yield from _starting(self._drawn.popleft())
        while self._ahead:
            yield from _starting(self._ahead.popleft())


def _starting(piece: _Piece) -> Iterator[_Piece]:
    if piece.starts():
        yield piece


class WriterClosed(RuntimeError):
    """Work was handed in after the writer was closed."""


class Writer:
    """Runs pieces of work in transactions; each returns through a future once it is durable."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._log = LogRoom(engine)
        self._single = engine.dialect.name == "sqlite"
        self._lines = [_Line(MOST_AT_ONCE)] if self._single else [_Line(1) for _ in range(LANES + 1)]
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, args=(line,), name=f"writer-{number}", daemon=True)
            for number, line in enumerate(self._lines)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[Connection], T], lane: str = "") -> "Future[T]":
        """Hand in a piece of work. The future carries its result, or what it raised."""
        if self._closed:
            raise WriterClosed("the writer is closed")
        done: Future[T] = Future()
        piece = _Piece(work, done)
        if self._single:
            (self._lines[0].put_ahead if lane == AHEAD else self._lines[0].put)(piece)
        else:
            self._lines[LANES if lane == AHEAD else zlib.crc32(lane.encode()) % LANES].put(piece)
        return done

    def write(self, work: Callable[[Connection], T], lane: str = "") -> T:
        """Hand in a piece of work and wait for it."""
        return self.submit(work, lane).result()

    def close(self) -> None:
        """Finish what was handed in, then stop."""
        self._closed = True
        for line in self._lines:
            line.close()
        for thread in self._threads:
            thread.join(timeout=30)

    def _run(self, line: _Line) -> None:
        for pieces in line.transactions():
            self._commit(pieces)

    def _commit(self, pieces: Iterable[_Piece], again: bool = True) -> None:
        """Run pieces in one transaction and report each once the commit stands.

        Should any piece fail, nothing of them stands, and each runs again by itself; not where the database failed, but
        once more where there was no room and some could be made.
        """
        pieces = iter(pieces)
        first = next(pieces, None)
        if first is None:
            return
        tried, results = [first], []
        try:
            with self.engine.begin() as db:
                results.append(first.work(db))
                for piece in pieces:
                    tried.append(piece)
                    results.append(piece.work(db))
        except BaseException as error:
            self._failed(tried, pieces, error, again)
            return
        for piece, result in zip(tried, results, strict=True):
            piece.done.set_result(result)
        if self._log.is_little():
            self._log.work_off()

    def _failed(self, tried: list[_Piece], untried: Iterator[_Piece], error: BaseException, again: bool) -> None:
        if again and is_without_room(error) and self._log.work_off():
            self._commit(tried, again=False)
        elif is_passing(error):
            for piece in (*tried, *untried):
                piece.done.set_exception(error)
        elif len(tried) == 1:
            tried[0].done.set_exception(error)
        else:
            for piece in tried:
                self._commit([piece])
