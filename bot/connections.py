"""How long a client may take, and how many may stand at the door.

uvicorn (0.54) waits without end for a head, for a body and for what it sends to be read; it hangs up by itself only between two
requests. So whoever opened enough connections and said nothing on them kept everybody else out.
"""

import asyncio
import resource
from collections.abc import Sized
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar

from bot.metrics import HUNG_UP

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Spoken
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as Spoken

SLOWEST = 32 * 1024
"""Bytes a second of a body that gain it more time: what comes drop by drop gains none."""
LEAST_READ = 16 * 1024
"""Bytes of an answer that a client has to take between two looks."""
MOST_AHEAD = 64
"""Requests that a client may send before the first of them is answered."""
MOST_LOOSE = 64 * 1024
"""Bytes in a row that are neither a whole request nor a body: a head, what is said between the pieces of a body, or after it. The
parser has no end for them, and begins a long line anew with each piece that comes."""
RESERVE = 256
"""Files that a process has open besides its connections, at most."""
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 8\r\ncontent-type: text/plain\r\n\r\ntoo slow"


@dataclass(frozen=True)
class Waits:
    """Seconds that a client has for a head, for a body (more for a long one that keeps coming) and between two looks at what it
    takes of an answer; and how many connections are open at once."""

    head: float = 15.0
    body: float = 60.0
    look: float = 60.0
    most: int = 2000


PATIENCE = Waits()
ENDLESS = hasattr(Spoken, "on_body")
"""Whether httptools reads, which reads on; h11 has a bound of its own."""


class Phase(Enum):
    """What a connection waits for: the client, twice, or us."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()


@dataclass
class Doorway:
    """All connections of one server. ``waiting`` for their clients are these, the longest first."""

    waits: Waits
    waiting: "dict[Connection, None]" = field(default_factory=dict)

    def make_room(self, there: int) -> None:
        """Where more are open than may be, who has let us wait longest goes."""
        if there > self.waits.most:
            next(iter(self.waiting)).hang_up("crowded")


def speaking(waits: Waits) -> type[asyncio.Protocol]:
    """What a server speaks with each client, with such patience."""

    class Limited(Connection):
        doorway = Doorway(waits)

    return Limited


def with_room(waits: Waits) -> Waits:
    """As many connections as this process may have files open; it asks the system for as many as they need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = waits.most + RESERVE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return waits if soft == resource.RLIM_INFINITY else replace(waits, most=min(waits.most, max(soft - RESERVE, RESERVE)))


class Connection(Spoken):
    """A client's connection, as uvicorn reads and answers it, and hung up where the client lets us wait."""

    doorway: ClassVar[Doorway]
    _at: tuple[Phase, Any] = (Phase.ANSWER, None)
    _since = _came = 0.0
    _left, _taken = 0, False
    _loose, _of_a_body = 0, False
    _deadline: asyncio.TimerHandle | None = None
    _looks: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and has said nothing yet."""
        super().connection_made(transport)
        self._note()
        self._looks = self.loop.call_later(self.doorway.waits.look, self._look)
        self.doorway.make_room(len(self.connections))

    def data_received(self, data: bytes) -> None:
        """Something came."""
        cycle, ahead, self._of_a_body = self.cycle, len(self._ahead()), False
        super().data_received(data)
        self._came += len(data)
        is_read = self._of_a_body or self.cycle is not cycle or len(self._ahead()) != ahead
        self._loose = 0 if is_read else self._loose + len(data)
        if len(self._ahead()) > MOST_AHEAD:
            self.hang_up("crowded")
        elif self._loose > MOST_LOOSE and ENDLESS:
            self.hang_up("loose")
        self._note()

    def on_body(self, body: bytes) -> None:
        """A piece of a body, as httptools tells it."""
        self._of_a_body = True
        super().on_body(body)

    def on_response_complete(self) -> None:
        """All of an answer was handed on, perhaps before all of the request was there."""
        super().on_response_complete()
        self._note()

    def resume_writing(self) -> None:
        """The client took what was waiting."""
        self._taken = True
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        super().connection_lost(exc)
        self._rest()
        if self._looks:
            self._looks.cancel()

    def hang_up(self, why: str) -> None:
        """Let go of it, whatever was still to be said."""
        HUNG_UP.labels(why).inc()
        self._rest()
        self.transport.abort()

    def _ahead(self) -> Sized:
        """Requests that wait for the one before them: httptools reads on, h11 does not."""
        return getattr(self, "pipeline", ())

    # ------------------------------------------------------------ waiting for the client

    def _note(self) -> None:
        """Where we stand now; waiting for something else begins anew."""
        at = (self._phase(), self.cycle)
        if at == self._at or self.transport.is_closing():
            return
        self._rest()
        self._at = at
        if at[0] is not Phase.ANSWER:
            self._since, self._came = self.loop.time(), 0
            self.doorway.waiting[self] = None
            self._deadline = self.loop.call_later(self._patience(), self._late)

    def _phase(self) -> Phase:
        if self.cycle is None:
            return Phase.HEAD
        if self.cycle.more_body:
            return Phase.BODY
        return Phase.HEAD if self.cycle.response_complete else Phase.ANSWER

    def _patience(self) -> float:
        waits = self.doorway.waits
        return waits.head if self._at[0] is Phase.HEAD else waits.body + self._came / SLOWEST

    def _rest(self) -> None:
        self.doorway.waiting.pop(self, None)
        if self._deadline:
            self._deadline.cancel()

    def _late(self) -> None:
        phase, cycle = self._at
        ours = phase is Phase.BODY and self.flow.read_paused  # it is we who do not read
        more = self.doorway.waits.body if ours else self._since + self._patience() - self.loop.time()
        if more > 0:
            self._deadline = self.loop.call_later(more, self._late)
        elif phase is Phase.HEAD or cycle.response_started or self._ahead():
            self.hang_up(phase.name.lower())
        else:
            HUNG_UP.labels("body").inc()
            self.transport.write(TOO_SLOW)
            self.transport.close()

    # ------------------------------------------------------------ waiting for it to read

    def _look(self) -> None:
        """Twice in a row something waits to be read, and hardly anything was: nobody reads."""
        left, before = self.transport.get_write_buffer_size(), self._left
        if left and before and not self._taken and left > before - LEAST_READ:
            self.hang_up("answer")
            return
        self._left, self._taken = left, False
        self._looks = self.loop.call_later(self.doorway.waits.look, self._look)
