"""What is asked of us before any page is: by which name, from which page, how often, from where."""

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from bot.headers import SAFE
from bot.web import guarding
from bot.web.guarding import PATIENCE, Called, Guarded

CALLED = Called(frozenset({"dondoc.quangnam.vn"}), "a-token-of-ours", ("/gui-tep",))
HERE = "127.0.0.1:8000"


class Doorstep:
    """Requests before the door."""

    def __init__(self) -> None:
        self.now = 0.0
        self.headers: dict[str, str] = {}

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await PlainTextResponse("let in")(scope, receive, send)

        self.guarded = Guarded(app, CALLED, lambda: self.now)

    def ask(self, path: str = "/", method: str = "GET", client: str = "127.0.0.1", host: str = HERE, **more: str) -> int:
        said: list[Message] = []

        async def send(message: Message) -> None:
            said.append(message)

        headers = {"host": host, **{name.replace("_", "-"): value for name, value in more.items()}}
        scope: Any = {
            "type": "http", "path": path, "method": method, "client": (client, 1) if client else None, "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        asyncio.run(self.guarded(scope, None, send))  # type: ignore[arg-type]
        self.headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return int(said[0]["status"])


@pytest.mark.parametrize(
    ("host", "status"),
    [(HERE, 200), ("localhost", 200), ("[::1]:8000", 200), ("dondoc.quangnam.vn", 200), ("DonDoc.quangnam.vn:443", 200),
     ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421), ("[", 421), ("10.0.0.7:8000", 421),
     ("evil@localhost", 421), ("localhost/evil", 421), ("localhost?evil", 421), ("localhost#", 421), ("localhost, evil.example", 421)],
)  # fmt: skip
def test_nothing_is_answered_under_a_name_that_is_not_ours(host: str, status: int) -> None:
    assert Doorstep().ask(host=host) == status
    assert Doorstep().ask("/telegram/webhook", "POST", host=host) == status
    assert Doorstep().ask("/health", host=host) == 200  # tells nothing, and is asked by address


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, 200),  # no browser
        ({"origin": f"http://{HERE}", "sec_fetch_site": "same-origin"}, 200),
        ({"origin": f"http://{HERE}"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"origin": "https://evil.example", "sec_fetch_site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost:8000"}, 403),
        ({"origin": f"http://{HERE}", "sec_fetch_site": "cross-site"}, 403),
        ({"origin": "null", "sec_fetch_site": "same-origin"}, 200),  # a form of ours where the referrer is kept back
        ({"sec_fetch_site": "same-site"}, 403),
    ],
)
def test_only_our_own_pages_change_anything(more: dict[str, str], status: int) -> None:
    assert Doorstep().ask("/rehearsal/anew", "POST", **more) == status


@pytest.mark.parametrize(("origin", "status"), [
    ("https://dondoc.quangnam.vn", 200), ("https://evil.example", 403), ("null", 403), ("http://[", 403),
])  # fmt: skip
def test_a_proxy_may_call_us_otherwise_than_the_browser_did(origin: str, status: int) -> None:
    """An old browser that says nothing of the site, behind a proxy that hands its own name on."""
    assert Doorstep().ask("/gui-tep/AAAA", "POST", origin=origin) == status


def test_a_rehearsal_that_was_opened_answers_under_any_name() -> None:
    door = Doorstep()
    door.guarded.called = Called(any_name=True)
    assert door.ask(host="192.168.1.5:8000") == 200
    assert door.ask("/rehearsal/anew", "POST", host="192.168.1.5:8000", origin="https://evil.example") == 403


def test_platforms_prove_themselves_otherwise() -> None:
    assert Doorstep().ask("/telegram/webhook", "POST", host="dondoc.quangnam.vn", origin="https://api.telegram.org") == 200


@pytest.mark.parametrize(("mode", "status"), [("navigate", 200), ("cors", 403), ("no-cors", 403)])
def test_a_link_to_us_may_be_followed_and_our_data_not_be_used(mode: str, status: int) -> None:
    assert Doorstep().ask(sec_fetch_site="cross-site", sec_fetch_mode=mode) == status


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, 200),
        ({"client": "10.0.0.7"}, 404),
        ({"client": ""}, 404),  # by a socket in the file system, whose other end may be anybody's
        ({"host": "dondoc.quangnam.vn"}, 404),
        ({"x_forwarded_for": "203.0.113.9"}, 404),
        ({"forwarded": "for=203.0.113.9"}, 404),
        ({"client": "10.0.0.7", "authorization": "Bearer a-token-of-ours"}, 200),
        ({"client": "10.0.0.7", "authorization": "Bearer a-token"}, 404),
        ({"client": "10.0.0.7", "authorization": "Bearer ổ"}, 404),
    ],
)
def test_the_figures_are_for_this_machine_and_who_has_the_token(more: dict[str, str], status: int) -> None:
    assert Doorstep().ask("/metrics", **more) == status


def test_without_a_token_none_opens_the_figures() -> None:
    door = Doorstep()
    door.guarded.called = Called()
    assert door.ask("/metrics", client="10.0.0.7", authorization="Bearer ") == 404


@pytest.mark.parametrize(("more", "status"), [({}, 404), ({"authorization": "Bearer a-token-of-ours"}, 200)])
def test_behind_a_proxy_only_the_token_opens_the_figures(more: dict[str, str], status: int) -> None:
    """One that says nothing of whom it asks for, as nginx does by itself."""
    door = Doorstep()
    door.guarded.called = Called(metrics_token="a-token-of-ours", public=True)
    assert door.ask("/metrics", **more) == status


def test_nobody_tries_links_without_end() -> None:
    door = Doorstep()
    tried = [door.ask("/gui-tep/AAAA", client="203.0.113.9") for _ in range(int(PATIENCE.most) + 5)]
    assert tried == [200] * int(PATIENCE.most) + [429] * 5
    assert door.headers["retry-after"]
    assert door.ask("/gui-tep/AAAA", client="203.0.113.10") == 200
    assert door.ask("/", client="203.0.113.9") == 200
    door.now += PATIENCE.seconds
    assert door.ask("/gui-tep/AAAA", client="203.0.113.9") == 200


def test_only_so_many_addresses_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "MOST_ASKING", 3)
    door = Doorstep()
    for number in range(9):
        door.ask("/gui-tep/AAAA", client=f"203.0.113.{number}")
    assert len(door.guarded._asked) == 3


def test_who_asks_without_end_is_not_forgotten_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "MOST_ASKING", 3)
    door = Doorstep()
    for number in range(int(PATIENCE.most)):
        door.ask("/gui-tep/AAAA", client="203.0.113.9")
        door.ask("/gui-tep/AAAA", client=f"198.51.100.{number}")
    assert door.ask("/gui-tep/AAAA", client="203.0.113.9") == 429


def test_who_has_no_address_may_ask_too() -> None:
    assert Doorstep().ask("/gui-tep/AAAA", client="") == 200


def test_every_answer_tells_the_browser_what_it_may_do() -> None:
    door = Doorstep()
    for path in ("/", "/metrics", "/health"):
        door.ask(path, host="evil.example")
        assert {name.lower(): value for name, value in SAFE.items()}.items() <= door.headers.items()
