"""Clients that let us wait, on raw sockets, before the real server: before they say anything, in the middle of a head or a
body, and when they do not read what they asked for. Everybody else is answered."""

import asyncio
import hashlib
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.connections import MOST_AHEAD, MOST_LOOSE, RESERVE, Waits, with_room
from bot.metrics import HUNG_UP
from bot.settings import Settings
from bot.wiring import wire
from tests.doubles.watching import PATIENCE
from tests.serving import PATIENT, browsing, play, serving

SOON = 0.2
LONG = PATIENT.head
POST = b"POST /rehearsal/say HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LONG_ANSWER = b"x" * 10 * 1024 * 1024
"""More than the system keeps for who does not read."""
DIGEST = hashlib.sha256(LONG_ANSWER).hexdigest()
MUCH = f"/rehearsal/file/{DIGEST}/a.pdf"
GET_MUCH = f"GET {MUCH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
GET = b"GET /static/rehearsal.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
IDLE = 1000
ROOT = Path(__file__).resolve().parents[2]


class Client:
    """A connection of somebody who takes the time."""

    def __init__(self, url: str, buffer: int = 0) -> None:
        self._socket = socket.socket()
        if buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.setblocking(False)
        self._at = (urlsplit(url).hostname, urlsplit(url).port)

    async def open(self) -> "Client":
        await asyncio.get_running_loop().sock_connect(self._socket, self._at)
        return self

    async def say(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def hear(self) -> bytes:
        """What comes; nothing once the other side has hung up."""
        with suppress(ConnectionError):
            return await asyncio.get_running_loop().sock_recv(self._socket, 65536)
        return b""

    async def hear_out(self) -> bytes:
        """Everything until the other side hangs up."""
        heard = bytearray()
        while more := await self.hear():
            heard += more
        return bytes(heard)

    async def dribble(self, data: bytes) -> bytes:
        """Say a drop again and again until the other side hangs up; what it said until then."""
        listening = asyncio.ensure_future(self.hear_out())
        while not listening.done():
            with suppress(ConnectionError):
                await self.say(data)
            await asyncio.wait([listening], timeout=SOON / 20)
        return await listening

    def shut(self) -> None:
        self._socket.close()


def before(tmp_path: Path, waits: Waits, scene: Callable[[str], Awaitable[None]]) -> None:
    """A scene before a rehearsal that is so patient."""

    async def scenario() -> None:
        settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/a.db", files_dir=tmp_path / "files", port=0)
        wired = wire(settings)
        wired.library.files.put(LONG_ANSWER, DIGEST)
        async with serving(wired, waits=waits) as url:
            await scene(url)

    play(scenario(), PATIENCE)


async def good_request(url: str) -> None:
    async with browsing(base_url=url) as client:
        assert (await client.get("/health")).json()["status"] == "ok"


async def knock(url: str, said: bytes, buffer: int = 0) -> Client:
    client = await Client(url, buffer).open()
    await client.say(said)
    return client


async def until_refused(client: Client) -> None:
    """Go on speaking, and read nothing, until the other side is gone."""

    async def speak() -> None:
        while True:
            await client.say(b"\r\n")
            await asyncio.sleep(SOON / 20)

    with pytest.raises(ConnectionError):
        await speak()


@pytest.mark.parametrize("said", [b"", b"G", b"GET /health HTTP/1.1\r\nHost: localhost\r\n", b"\r\n\r\n"])
def test_who_does_not_finish_a_head_is_hung_up_on(said: bytes, tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        assert await (await knock(url, said)).hear_out() == b""

    before(tmp_path, Waits(SOON, LONG, LONG), scene)


@pytest.mark.parametrize(
    ("begun", "drop"),
    [(b"", b"\r\n"), (b"GET / HTTP/1.1\r\nX-A: ", b"a"), (GET, b"\r\n"), (GET + b"GET / HTTP/1.1\r\nX-A: ", b"a")],
)
def test_drops_gain_no_time(begun: bytes, drop: bytes, tmp_path: Path) -> None:
    """Also after a request that was a good one: each drop let uvicorn's own wait between two requests begin anew."""

    async def scene(url: str) -> None:
        heard = await (await knock(url, begun)).dribble(drop)
        assert heard.count(b"HTTP/1.1 200") == begun.startswith(GET)

    before(tmp_path, Waits(SOON, LONG, LONG), scene)


@pytest.mark.parametrize("length", [b"Content-Length: 100000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_a_body_that_does_not_come_is_answered_408(length: bytes, tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        silent = await knock(url, POST + length)
        assert (await silent.hear_out()).startswith(b"HTTP/1.1 408 ")
        dribbling = await knock(url, POST + length)
        assert (await dribbling.dribble(b"1\r\nx\r\n")).startswith(b"HTTP/1.1 408 ")
        await good_request(url)

    before(tmp_path, Waits(LONG, SOON, LONG), scene)


def test_a_body_that_goes_on_after_its_answer_gains_no_time(tmp_path: Path) -> None:
    """A page that is refused at once does not wait for the rest, and neither do we."""

    async def scene(url: str) -> None:
        client = await knock(url, b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
        heard = await client.dribble(b"x")
        assert heard.startswith(b"HTTP/1.1 404 ")
        assert b"408" not in heard

    before(tmp_path, Waits(LONG, SOON, LONG), scene)


CLOSE = b"Host: localhost\r\nConnection: close\r\n"
SAYS = b"POST /rehearsal/say HTTP/1.1\r\n" + CLOSE
NO_REQUESTS = {
    "two ways to end": SAYS + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HEALTH,
    "two lengths": SAYS + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "a length with a sign": SAYS + b"Content-Length: +4\r\n\r\nabcd",
    "a length beyond numbers": SAYS + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
    "an unknown coding": SAYS + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked and more": SAYS + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a piece beyond numbers": SAYS + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 18 + b"\r\n",
    "a folded line": b"GET /health HTTP/1.1\r\n" + CLOSE + b"X: a\r\n b\r\n\r\n",
    "a blank before the colon": b"GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "half line ends": b"GET /health HTTP/1.1\nHost: localhost\n\n",
    "a stray return": b"GET /health HTTP/1.1\r\n" + CLOSE + b"X: a\rY: b\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60),
}
WRONG_PATHS = [
    b"/static/../app.py", b"/static/..%2f..%2fapp.py", b"/static/%2e%2e/%2e%2e/settings.py", b"/static/..%5c..%5capp.py", b"/static//etc/passwd",
    b"/static/rehearsal.js%00.png", b"/rehearsal/file/%2e%2e%2f%2e%2e%2fa.db/x.pdf", b"//evil.example/rehearsal/state/", b"/%0d%0aX-Evil:%201",
]  # fmt: skip


def test_what_is_no_request_is_answered_once_and_a_wrong_path_leads_nowhere(tmp_path: Path) -> None:
    """What a proxy before us might read otherwise than we do is read by nobody."""

    async def scene(url: str) -> None:
        for why, said in NO_REQUESTS.items():
            heard = await (await knock(url, said)).hear_out()
            assert (heard.count(b"HTTP/1.1 "), heard[:13]) == (1, b"HTTP/1.1 400 "), why
        for path in WRONG_PATHS:
            heard = await (await knock(url, b"GET " + path + b" HTTP/1.1\r\n" + CLOSE + b"\r\n")).hear_out()
            assert heard.startswith(b"HTTP/1.1 404 "), path
            assert b"x-evil" not in heard.lower()
            assert b"location" not in heard.lower()
        for method in (b"TRACE", b"CONNECT", b"OPTIONS", b"PROPFIND", b"DELETE"):
            for path in (b"/", b"/rehearsal/anew"):
                heard = await (await knock(url, method + b" " + path + b" HTTP/1.1\r\n" + CLOSE + b"\r\n")).hear_out()
                assert heard.startswith(b"HTTP/1.1 405 "), method
        await good_request(url)

    before(tmp_path, PATIENT, scene)


CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(("begun", "goes_on"), [
    (b"GET / HTTP/1.1\r\nX-A: ", b"a" * 1024), (b"GET / HTTP/1.1\r\n", b"X-A: a\r\n" * 128), (b"GET /", b"a" * 1024), (b"", b"\r\n" * 512),
    (GET + b"GET / HTTP/1.1\r\nX-A: ", b"a" * 1024), (CHUNKED + b"1;", b"a" * 1024), (CHUNKED + b"0\r\nX-A: ", b"a" * 1024),
], ids=["a line", "lines", "a path", "nothing", "after a good request", "beside a piece of a body", "after a body"])  # fmt: skip
def test_a_head_without_end_is_not_read_on(begun: bytes, goes_on: bytes, tmp_path: Path) -> None:
    """A line of 50 MB held everybody up for two seconds at a time, and 200 MB of lines stayed in memory."""

    async def scene(url: str) -> None:
        before = HUNG_UP.labels("loose")._value.get()
        client, said = await knock(url, begun), 0
        with suppress(ConnectionError):
            while said < 8 * MOST_LOOSE:
                await client.say(goes_on)
                said += len(goes_on)
                await asyncio.sleep(0)
        while HUNG_UP.labels("loose")._value.get() == before:
            await asyncio.sleep(SOON / 20)
        await good_request(url)

    before(tmp_path, PATIENT, scene)


def test_a_long_body_is_read_in_whatever_pieces(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        text = b'{"address": "officer-1", "update_id": "1", "text": "' + b"x" * 2 * MOST_LOOSE + b'"}'
        whole = POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(text) + text
        pieces = b"".join(b"%x\r\n%b\r\n" % (len(text[at : at + 999]), text[at : at + 999]) for at in range(0, len(text), 999))
        chunked = POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
        for said in (whole, chunked):
            client = await Client(url).open()
            for at in range(0, len(said), 1500):
                await client.say(said[at : at + 1500])
            assert (await client.hear_out()).startswith(b"HTTP/1.1 422 ")  # read, and too long to have been typed

    before(tmp_path, PATIENT, scene)


@pytest.mark.parametrize("said", [
    b'{"address": NaN, "update_id": Infinity}', b'{"address": "\\ud800"}', b'{"hours": NaN}', b"[" * 100_000, b'{"a":' * 50_000,
    b'{"address": ' + b"9" * 5000 + b"}", b'{"text": "' + b"x" * 900_000 + b'"}', b"\xff\xfe", b"null",
], ids=["no number", "half a sign", "no hours", "brackets", "braces", "digits", "much", "no text", "nothing"])  # fmt: skip
def test_a_body_that_can_not_be_read_is_refused_without_being_repeated(said: bytes, tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        async with browsing(base_url=url) as client:
            path = "/rehearsal/clock" if b"hours" in said else "/rehearsal/say"
            answer = await client.post(path, content=said, headers={"Content-Type": "application/json"})
            assert answer.status_code in (400, 422)
            assert len(answer.content) < 100

    before(tmp_path, PATIENT, scene)


def test_who_does_not_read_is_hung_up_on(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        client = await knock(url, GET_MUCH, buffer=4096)
        await until_refused(client)
        await good_request(url)

    before(tmp_path, Waits(LONG, LONG, SOON), scene)


def test_who_reads_is_waited_for(tmp_path: Path) -> None:
    """However slowly: something is taken between any two looks."""

    async def scene(url: str) -> None:
        client = await knock(url, GET_MUCH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), buffer=65536)
        assert (await client.hear_out()).endswith(b"\r\n\r\n" + LONG_ANSWER)

    before(tmp_path, Waits(LONG, LONG, SOON), scene)


def test_who_asks_again_and_again_without_waiting_is_hung_up_on(tmp_path: Path) -> None:
    """uvicorn keeps every request that it has read; thousands fit in what it reads at once."""

    async def scene(url: str) -> None:
        before = HUNG_UP.labels("crowded")._value.get()
        await until_refused(await knock(url, GET * 10 * MOST_AHEAD))
        assert HUNG_UP.labels("crowded")._value.get() == before + 1
        heard = b""
        client = await knock(url, HEALTH * MOST_AHEAD)
        while heard.count(b"HTTP/1.1 200 ") < MOST_AHEAD:
            heard += await client.hear()

    before(tmp_path, PATIENT, scene)


def test_who_has_waited_longest_makes_room(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        body = await knock(url, POST + b"Content-Length: 9\r\n\r\n")
        first, *others = [body, *[await knock(url, b"GET /") for _ in range(5)]]
        good = await knock(url, HEALTH)
        assert (await good.hear()).startswith(b"HTTP/1.1 200 ")
        assert b"200" not in await first.hear_out()
        for other in others:
            await other.say(HEALTH.removeprefix(b"GET /"))
            assert (await other.hear()).startswith(b"HTTP/1.1 200 ")

    before(tmp_path, Waits(LONG, LONG, LONG, most=6), scene)


def test_a_thousand_who_say_nothing_keep_nobody_out(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        idle = [await Client(url).open() for _ in range(IDLE)]
        idle += [await knock(url, b"GET /") for _ in range(IDLE // 10)]
        await good_request(url)
        await idle[0].say(HEALTH)  # nor are they sent away before their time
        assert (await idle[0].hear()).startswith(b"HTTP/1.1 200 ")
        for client in idle:
            client.shut()

    with_room(Waits(most=3 * IDLE))  # both ends of each stand in this process
    before(tmp_path, Waits(LONG, LONG, LONG), scene)


APP = f"""
from fastapi import FastAPI, Request, Response
from bot.connections import Waits
from bot.web.serving import serve_web

app = FastAPI()

@app.get("/health")
def health():
    return {{}}

@app.get("{MUCH}")
def much():
    return Response(b"x" * {len(LONG_ANSWER)})

@app.post("/rehearsal/say")
async def say(request: Request):
    await request.body()

serve_web(app, "127.0.0.1", 0, lambda address: print(address, flush=True), Waits({SOON}, {SOON}, {SOON}))
"""


@contextmanager
def program(files: int) -> Iterator[str]:
    """The server as the product runs it, on the loop that it runs on; ``files`` may be open in it unless it asks for more."""
    run = f"ulimit -Sn {files}; exec {sys.executable} -c '{APP}'"
    with subprocess.Popen(["sh", "-c", run], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as found:
        assert found.stdout
        try:
            yield found.stdout.readline().strip()
        finally:
            found.terminate()


def test_the_product_serves_so() -> None:
    with program(files=256) as url:

        async def scene() -> None:
            assert await (await knock(url, b"G")).hear_out() == b""
            assert (await (await knock(url, POST + b"Content-Length: 9\r\n\r\n")).hear_out()).startswith(b"HTTP/1.1 408 ")
            await until_refused(await knock(url, GET_MUCH, buffer=4096))

        play(scene(), PATIENCE)


def test_as_many_as_the_system_lets_be_open() -> None:
    ask = "from bot.connections import *; w = with_room(Waits()); print(w.most, resource.getrlimit(resource.RLIMIT_NOFILE)[0])"

    def asked(limits: str) -> list[int]:
        run = ["sh", "-c", f"{limits}; exec {sys.executable} -c '{ask}'"]
        return [int(word) for word in subprocess.run(run, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split()]

    most = Waits().most
    assert asked("ulimit -Sn 1024") == [most, most + RESERVE]
    assert asked("ulimit -Sn 512; ulimit -Hn 1024") == [1024 - RESERVE, 1024]
