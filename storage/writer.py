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
"""

import queue
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from storage.log_room import LogRoom
from storage.passing import is_passing, is_without_room

T = TypeVar("T")
MOST_AT_ONCE = 32
LANES = 8


@dataclass
class _Piece:
    work: Callable[[Connection], Any]
    done: "Future[Any]"


class WriterClosed(RuntimeError):
    """Work was handed in after the writer was closed."""


class Writer:
    """Runs pieces of work in transactions; each returns through a future once it is durable."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._log = LogRoom(engine)
        self._single = engine.dialect.name == "sqlite"
        self._lanes: list[queue.SimpleQueue[_Piece | None]] = [queue.SimpleQueue() for _ in range(1 if self._single else LANES)]
        self._closed = False
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"writer-{number}", daemon=True)
            for number, lane in enumerate(self._lanes)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[Connection], T], lane: str = "") -> "Future[T]":
        """Hand in a piece of work. The future carries its result, or what it raised."""
        if self._closed:
            raise WriterClosed("the writer is closed")
        done: Future[T] = Future()
        self._lanes[zlib.crc32(lane.encode()) % len(self._lanes)].put(_Piece(work, done))
        return done

    def write(self, work: Callable[[Connection], T], lane: str = "") -> T:
        """Hand in a piece of work and wait for it."""
        return self.submit(work, lane).result()

    def close(self) -> None:
        """Finish what was handed in, then stop."""
        self._closed = True
        for lane in self._lanes:
            lane.put(None)
        for thread in self._threads:
            thread.join(timeout=30)

    def _run(self, lane: "queue.SimpleQueue[_Piece | None]") -> None:
        while True:
            first = lane.get()
            if first is None:
                return
            batch, closing = [first], False
            while self._single and len(batch) < MOST_AT_ONCE and not lane.empty():
                piece = lane.get()
                if piece is None:
                    closing = True
                    break
                batch.append(piece)
            self._commit_together(batch)
            if closing:
                return

    def _commit_together(self, batch: list[_Piece], again: bool = True) -> None:
        """Run a batch in one transaction and report each piece once the commit stands.

        Should any piece fail, nothing of the batch stands, and each piece runs again by itself; not where the database failed, but
        once more where there was no room and some could be made.
        """
        batch = [piece for piece in batch if piece.done.running() or piece.done.set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            with self.engine.begin() as db:
                results = [piece.work(db) for piece in batch]
        except BaseException as error:
            if again and is_without_room(error) and self._log.work_off():
                self._commit_together(batch, again=False)
                return
            if len(batch) == 1 or is_passing(error):
                for piece in batch:
                    piece.done.set_exception(error)
                return
            for piece in batch:
                self._commit_together([piece])
            return
        for piece, result in zip(batch, results, strict=True):
            piece.done.set_result(result)
        if self._log.is_little():
            self._log.work_off()
