"""What a process of each kind holds in memory: nothing that only another kind, another channel or a rare paper needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doubles.telegram import TOKEN
from tests.doubles.watching import PATIENCE
from tests.prepared import lay_schema

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import asyncio, sys
from bot import main, process

def serve(life):
    async def through():
        async with life:
            pass
    asyncio.run(through())

process.serve = lambda served: serve(served.running())
if sys.argv[1] in ("run", "web"):
    from bot.web import serving
    serving.serve_web = lambda app, *_: serve(app.router.lifespan_context(app))
getattr(main, sys.argv[1])()
theirs = [it for name in ("types", "methods") for it in vars(sys.modules.get(f"aiogram.{name}", object)).values()]
built = {it for it in theirs if isinstance(it, type) and it.__dict__.get("__pydantic_complete__", False)}
print(len(built), *sys.modules)
"""
"""A process of that kind is wired, started and stopped, as the command does it; only nobody waits for a signal."""

RARE = {"openpyxl", "docx", "lxml", "pypdf", "icalendar", "alembic", "sentry_sdk", "bot.flow.chooser", "rules.workbench"}
ZALO = {"bot.channels.zalo_bot", "bot.channels.zalo_oa"}
WEB = {"fastapi", "starlette", "uvicorn", "jinja2"}
SENDING, RECEIVING = {"telegram"}, {"aiogram"}
TELEGRAM = SENDING | RECEIVING | {"aiohttp"}
CLOCK = {"apscheduler"}
PUBLIC = "https://dondoc.example.vn"

KINDS = {
    "all of it": ("run", "", RARE | ZALO),
    "the web part, polling": ("web", "", RARE | ZALO | TELEGRAM | CLOCK),
    "the web part, called": ("web", PUBLIC, RARE | ZALO | SENDING | CLOCK),
    "the worker, polling": ("worker", "", RARE | ZALO | WEB),
    "the worker, called": ("worker", PUBLIC, RARE | ZALO | WEB | RECEIVING),
    "the clock": ("clock", "", RARE | ZALO | TELEGRAM | WEB),
}  # fmt: skip


def imported(folder: Path, command: str, public: str, token: str = TOKEN) -> tuple[int, set[str]]:
    """How many of aiogram's types and methods are built, and the modules that are there."""
    lay_schema(f"sqlite:///{folder}/roles.db")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "ZALO_", "LLM_", "SENTRY_"))},
        "DATABASE_URL": f"sqlite:///{folder}/roles.db", "FILES_DIR": f"{folder}/files", "TELEGRAM_TOKEN": token,
        "TELEGRAM_API_URL": "http://127.0.0.1:1", "PUBLIC_URL": public, "PORT": "0", "LOG_LEVEL": "critical",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", PROBE, command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    built, *modules = done.stdout.splitlines()[-1].split()
    return int(built), set(modules)


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_imports_what_it_needs(kind: str, tmp_path: Path) -> None:
    command, public, unneeded = KINDS[kind]
    built, modules = imported(tmp_path, command, public)
    assert sorted(unneeded & modules) == []
    assert {"bot.delivery.courier", "storage.writer", "handlers.engine"} <= modules  # it was really started
    assert ("aiogram" in modules) == (built > 0)
    assert built < 20, "aiogram's types and methods are built one by one, when they are used: all of them take 4 s and 105 MB"


def test_a_rehearsal_imports_no_platform(tmp_path: Path) -> None:
    _, modules = imported(tmp_path, "run", "", token="")
    assert sorted((RARE | ZALO | TELEGRAM) & modules) == []


def test_who_opens_a_file_imports_nothing_but_what_opens_it() -> None:
    """Somebody waits for it, and each file has a process of its own: with the turns and the database it took 1.2 s of a processor."""
    probe = "import sys; from bot.flow import inspector; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE)
    modules = set(done.stdout.split())
    assert {"handlers.reporting.inspecting", "storage.packed"} <= modules
    assert sorted({"sqlalchemy", "pydantic", "structlog", "rules.actions", "handlers.turn", "storage.tables"} & modules) == []
