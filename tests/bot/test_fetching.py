"""Files at an address that came from outside: from the public internet, and never from this machine or its neighbours."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.flow import fetching
from bot.flow.fetching import MOST_STEPS, Fetching, NotFetched, Resolve
from handlers.file_trouble import FileTrouble
from storage.files import MOST_BYTES

PUBLIC = "93.184.216.34"


@asynccontextmanager
async def standing(
    app: web.Application, host: str = "127.0.0.1", port: int = 0, secure: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """A web server on this machine."""
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, host, port, ssl_context=secure)
    await site.start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def fetched(routes: dict[str, Any], path: str, local: bool = True) -> bytes | FileTrouble:
    """What is fetched from a server with those pages: bytes, a place to go on to, or a status."""

    async def scenario() -> bytes | FileTrouble:
        async def page(request: web.Request) -> web.StreamResponse:
            there = routes[request.path]
            if isinstance(there, bytes):
                return web.Response(body=there)
            return web.Response(status=there) if isinstance(there, int) else web.Response(status=302, headers={"Location": there})

        app = web.Application()
        app.router.add_get("/{path:.*}", page)
        async with standing(app) as address:
            try:
                return await Fetching(local)(address + path)
            except NotFetched as why:
                return why.trouble

    return asyncio.run(scenario())


def test_what_is_there_is_fetched() -> None:
    assert fetched({"/a": b"x"}, "/a") == b"x"
    assert fetched({"/a": "/b", "/b": b"x"}, "/a") == b"x"


@pytest.mark.parametrize("there", [b"", 404, 500])
def test_what_is_not_there_is_not(there: Any) -> None:
    assert fetched({"/a": there}, "/a") is FileTrouble.NOT_FETCHED


def test_no_more_than_a_file_may_have_is_read() -> None:
    assert fetched({"/a": b"x" * (MOST_BYTES + 1)}, "/a") is FileTrouble.TOO_BIG
    assert fetched({"/a": b"x" * MOST_BYTES}, "/a") == b"x" * MOST_BYTES


def test_we_are_sent_on_only_so_often() -> None:
    steps = {f"/{n}": f"/{n + 1}" for n in range(9)}
    assert fetched({**steps, f"/{MOST_STEPS}": b"x"}, "/0") == b"x"
    assert fetched({**steps, f"/{MOST_STEPS + 1}": b"x"}, "/0") is FileTrouble.NOT_FETCHED
    assert fetched({"/a": "/a"}, "/a") is FileTrouble.NOT_FETCHED


@pytest.mark.parametrize("onward", ["file:///etc/passwd", "ftp://x.vn/a", "//", "http://[", "gopher://127.0.0.1"])
def test_where_no_web_server_is_we_do_not_go(onward: str) -> None:
    assert fetched({"/a": onward, "/": 404}, "/a") is FileTrouble.NOT_FETCHED


def test_this_machine_is_not_asked_for_a_strangers_sake() -> None:
    assert fetched({"/a": b"x"}, "/a", local=False) is FileTrouble.NOT_FETCHED


@pytest.mark.parametrize("near", [
    "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "::1", "fd00::1", "fe80::1", "0.0.0.0", "::ffff:127.0.0.1",
    "100.64.0.1", "224.0.0.1",
])  # fmt: skip
@pytest.mark.parametrize("others", [[], [PUBLIC]])
def test_a_name_that_leads_to_our_neighbours_is_not_followed(
    near: str, others: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another of its addresses is good; and also after we were sent on."""
    asked: list[str] = []

    async def resolve(host: str) -> list[str]:
        return [PUBLIC] if host == "cdn.zalo.example" else [*others, near]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == PUBLIC
        asked.append(request.headers["host"])
        return httpx.Response(302, headers={"Location": "https://inside.example/"})

    client = httpx.AsyncClient
    monkeypatch.setattr(httpx, "AsyncClient", lambda **more: client(transport=httpx.MockTransport(answer), **more))
    for url in ("https://inside.example/", "https://cdn.zalo.example/"):
        with pytest.raises(NotFetched):
            asyncio.run(Fetching(resolve=resolve)(url))
    assert asked == ["cdn.zalo.example"]


@pytest.mark.parametrize(("first", "onward", "comes"), [
    ("http", "https", True), ("http", "http", True), ("https", "https", True), ("https", "http", False),
])  # fmt: skip
def test_what_began_in_private_goes_on_in_private(first: str, onward: str, comes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a":
            return httpx.Response(302, headers={"Location": f"{onward}://cdn.example/b"})
        return httpx.Response(200, content=b"x")

    async def resolve(host: str) -> list[str]:
        return [PUBLIC]

    client = httpx.AsyncClient
    monkeypatch.setattr(httpx, "AsyncClient", lambda **more: client(transport=httpx.MockTransport(answer), **more))
    try:
        assert asyncio.run(Fetching(resolve=resolve)(f"{first}://cdn.example/a")) == b"x"
        assert comes
    except NotFetched:
        assert not comes


def test_a_name_that_leads_nowhere_is_tried_again_and_given_up() -> None:
    tries: list[str] = []

    async def resolve(host: str) -> list[str]:
        tries.append(host)
        raise OSError("no such host")

    with pytest.raises(NotFetched):
        asyncio.run(Fetching(resolve=resolve)("https://nowhere.example/a"))
    assert len(tries) == fetching.TRIES


GOOD, INNER = "127.0.0.2", "127.0.0.1"
"""Two of this machine's own; the second is where its resolver leads to by the name of localhost."""


class Server:
    """A web server that tells what it was asked by which name."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.onward = ""
        self.app = web.Application()
        self.app.router.add_get("/{path:.*}", self._page)

    async def _page(self, request: web.Request) -> web.Response:
        self.asked.append(request.host)
        if self.onward and request.path != "/b":
            return web.Response(status=302, headers={"Location": self.onward})
        return web.Response(body=b"x")


def looked_up(*answers: list[str]) -> Resolve:
    """A resolver that answers otherwise each time, the last again and again."""
    left = list(answers)

    async def resolve(host: str) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def only_good(address: str) -> bool:
    return address == GOOD


@pytest.mark.parametrize("onward", ["", "/b", "http://localhost:{port}/b"])
def test_a_name_that_is_answered_otherwise_the_second_time_leads_nowhere_else(onward: str) -> None:
    """Good when it is checked, one of us when it is gone to: the connection goes to what was checked."""

    async def scenario() -> None:
        good, inner = Server(), Server()
        async with standing(good.app, GOOD) as address:
            port = int(address.rpartition(":")[2])
            good.onward = onward.format(port=port)
            async with standing(inner.app, INNER, port):
                fetch = Fetching(resolve=looked_up([GOOD]), is_public=only_good)
                assert await fetch(f"http://localhost:{port}/a") == b"x"
                assert good.asked == [f"localhost:{port}"] * (2 if onward else 1)
                fetch = Fetching(resolve=looked_up([GOOD], [INNER]), is_public=only_good)
                if onward:  # looked up anew, for it may be another name, and refused
                    with pytest.raises(NotFetched):
                        await fetch(f"http://localhost:{port}/a")
                else:
                    assert await fetch(f"http://localhost:{port}/a") == b"x"
                assert inner.asked == []

    asyncio.run(scenario())


def test_where_the_first_address_is_not_there_the_next_is_asked() -> None:
    async def scenario() -> None:
        server = Server()
        async with standing(server.app, GOOD) as address:
            port = address.rpartition(":")[2]
            fetch = Fetching(resolve=looked_up(["127.0.0.3", "127.0.0.4", GOOD]), is_public=lambda _: True)
            assert await fetch(f"http://files.example:{port}/a") == b"x"
            assert server.asked == [f"files.example:{port}"]

    asyncio.run(scenario())


@pytest.mark.skipif(not shutil.which("openssl"), reason="nothing on this machine makes certificates")
@pytest.mark.parametrize(("name", "comes"), [("files.example", True), ("others.example", False)])
def test_the_certificate_is_of_the_name_and_not_of_the_address(
    name: str, comes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
               "-subj", "/CN=x", "-addext", "subjectAltName=DNS:files.example", "-keyout", "key", "-out", "cert"]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    monkeypatch.setattr(fetching, "trusted", httpx.create_ssl_context)  # not what was read before
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    named: list[Any] = []
    secure.sni_callback = lambda _, name, __: named.append(name)

    async def scenario() -> None:
        server = Server()
        async with standing(server.app, GOOD, secure=secure) as address:
            fetch = Fetching(resolve=looked_up([GOOD]), is_public=only_good)
            asked = fetch(f"https://{name}:{address.rpartition(':')[2]}/a")
            if comes:
                assert await asked == b"x"
            else:
                with pytest.raises(NotFetched):
                    await asked
        assert set(named) == {name}

    asyncio.run(scenario())


def test_a_proxy_of_the_environment_looks_up_for_us(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        proxy = Server()
        async with standing(proxy.app) as address:
            monkeypatch.setenv("http_proxy", address)
            assert await Fetching(resolve=looked_up([PUBLIC]))("http://files.example/a") == b"x"
            assert proxy.asked == ["files.example"]

    asyncio.run(scenario())
