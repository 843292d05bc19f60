"""Who may open which page: every page that a process has stands in a table, with what a stranger is answered there."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import SQLModel
from starlette.routing import Mount, Route

from bot.parts import Parts
from bot.settings import Settings
from bot.wiring import Wired, wire, wire_app, wire_process
from storage.database import reading
from storage.tables import process
from tests.serving import browsing, play, serving

EVERYBODY = 200
NOBODY = "http://127.0.0.1:9"
FORGED = "AAAA" * 12
CONNECTED: dict[str, Any] = {
    "public_url": "https://x.vn", "telegram_token": "1:t", "zalo_bot_token": "t", "zalo_bot_secret": "s" * 8,
    "zalo_oa_app_id": "1", "zalo_oa_app_secret": "s", "zalo_oa_secret_key": "k",
    "telegram_api_url": NOBODY, "zalo_bot_api_url": NOBODY, "zalo_oa_api_url": NOBODY, "zalo_oauth_url": NOBODY, "zns_api_url": NOBODY,
}  # fmt: skip
REAL = {
    "GET /": EVERYBODY, "GET /health": EVERYBODY, "GET /metrics": 404, "* /static": 404,
    "POST /telegram/webhook": 403, "POST /zalo-bot/webhook": 403, "POST /zalo-oa/webhook": 403, "GET /zalo-oa/authorized": 400,
    "GET /gui-tep/{token}": 410, "POST /gui-tep/{token}": 410, "GET /tep/{token}/{name}": 410,
}  # fmt: skip
"""Once a platform is connected: the page, and what a stranger without a proof is answered."""
REHEARSAL = {
    "GET /": EVERYBODY, "GET /health": EVERYBODY, "GET /metrics": EVERYBODY, "* /static": 404,
    "GET /rehearsal/state": EVERYBODY, "GET /rehearsal/events": EVERYBODY, "GET /rehearsal/file/{digest}/{name}": 404,
    "POST /rehearsal/say": 422, "POST /rehearsal/file": 422, "POST /rehearsal/clock": EVERYBODY, "POST /rehearsal/anew": EVERYBODY,
}  # fmt: skip
"""While none is: made-up people alone, on this machine."""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {"_env_file": None, "database_url": f"sqlite:///{tmp_path}/pages.db", "files_dir": tmp_path / "files"}


def pages(app: FastAPI) -> set[str]:
    """Everything that an app answers."""
    found = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    for route in app.routes:
        if isinstance(route, Mount):
            found.add(f"* {route.path}")
        elif isinstance(route, Route):
            found |= {f"{method} {route.path}" for method in (route.methods or ()) if method != "HEAD"}
    return found


def app_of(wired: Wired) -> FastAPI:
    return wire_app(wired, wire_process(wired, Parts.WEB))


@pytest.mark.parametrize(("more", "table"), [(CONNECTED, REAL), ({}, REHEARSAL)], ids=("connected", "rehearsing"))
def test_every_page_stands_in_the_table(settings: dict[str, Any], more: dict[str, Any], table: dict[str, int]) -> None:
    wired = wire(Settings(**settings, **more))
    assert pages(app_of(wired)) == set(table)
    wired.close()


def test_a_stranger_gets_nothing_and_changes_nothing(settings: dict[str, Any]) -> None:
    wired = wire(Settings(**settings, **CONNECTED))
    made_up = {page: 404 for page in REHEARSAL if "/rehearsal" in page}

    async def scenario() -> None:
        async with serving(wired, Parts.WEB) as address, browsing(base_url=address) as stranger:
            before = everything(wired)
            assert {page: await _ask(stranger, page) for page in REAL} == REAL
            assert {page: await _ask(stranger, page) for page in made_up} == made_up
            assert everything(wired) == before

    play(scenario())
    assert not [file for file in wired.settings.files_dir.rglob("*") if file.is_file()]


async def _ask(client: httpx.AsyncClient, page: str) -> int:
    method, path = page.replace("{token}", FORGED).replace("{name}", "x.pdf").replace("{digest}", "0" * 64).split(" ")
    body: dict[str, Any] = {"content": b'{"update_id": 1}'} if "webhook" in path else {}
    if method == "POST" and "gui-tep" in path:
        body = {"files": {"upload": ("a.pdf", b"%PDF-1.4")}}
    folder = method == "*"
    return (await client.request("GET" if folder else method, path + "/" * folder, **body)).status_code


def everything(wired: Wired) -> dict[str, list[tuple[Any, ...]]]:
    """Every row there is, but those in which processes count on."""
    with reading(wired.engine) as db:
        tables = {name: table for name, table in SQLModel.metadata.tables.items() if table is not process}
        return {name: [tuple(row) for row in db.execute(table.select())] for name, table in tables.items()}
