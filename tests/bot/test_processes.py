"""The Procfile on PostgreSQL: web, two workers and two clocks beside each other, every reply once."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from bot.settings import Settings
from bot.wiring import wire
from rules.people import Role
from storage import conversations, invites, people
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.doubles.watching import PATIENCE
from tests.postgres import fresh_database
from tests.serving import browsing, play

ROOT = Path(__file__).resolve().parents[2]
SECRET = "bi-mat"
PEOPLE = 12


def enrol(db: Connection, addresses: list[str], now: datetime) -> None:
    for address in addresses:
        contact = conversations.record_contact(db, "telegram", address, "Hoa", now)
        invited = invites.Invite(role=Role.OFFICER, unit="hoi-an", name="Hoa", expires_at=now, phone="")
        people.join(db, contact, invited, "Hoa", "vi", now)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.mark.postgres
def test_many_processes_answer_everybody_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with TelegramDouble() as telegram:
            port = free_port()
            values: dict[str, Any] = {
                "DATABASE_URL": fresh_database(), "FILES_DIR": str(tmp_path), "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url,
                "TELEGRAM_SECRET": SECRET, "PUBLIC_URL": "http://127.0.0.1", "REHEARSAL_START": "2022-06-29T07:59:50+07:00",
                "LOG_LEVEL": "warning",
            }  # fmt: skip
            wired = wire(Settings(_env_file=None, **{key.lower(): value for key, value in values.items()}))
            wired.settle_purpose()  # before anybody is in it
            now = datetime.fromisoformat(values["REHEARSAL_START"])  # before 08:00, however long the start took
            codes = [
                wired.writer.write(
                    lambda db: invites.create_invite(
                        db, invites.Grant(Role.OFFICER, "dai-loc", ""), invites.By("t"), now, wired.library.pick
                    )
                ).code
                for _ in range(PEOPLE)
            ]
            wired.writer.write(lambda db: enrol(db, [f"{6000 + n}" for n in range(PEOPLE)], now))
            wired.close()
            environment = {**os.environ, **values, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
            honcho = subprocess.Popen(
                ["honcho", "start", "-p", str(port), "-c", "release=0,web=1,worker=2,clock=2"], cwd=ROOT, env=environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                await telegram.until(lambda: telegram.webhook)
                async with browsing(headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}) as client:
                    url = await _web(client, port)

                    async def person(number: int) -> None:
                        for text in (f"/start {codes[number]}", "hạn thu hồi là khi nào"):
                            update = telegram.message(5000 + number, text)
                            answers = await asyncio.gather(*(client.post(url, json=update) for _ in range(3)))  # delivered thrice
                            assert {a.status_code for a in answers} == {200}

                    await asyncio.gather(*(person(n) for n in range(PEOPLE)))
                    for n in range(PEOPLE):
                        await telegram.last(5000 + n, "Chậm nhất hết")
                        await telegram.last(6000 + n, "hôm nay là ngày làm việc cuối")  # W at 08:00, by two clocks
                for n in range(PEOPLE):
                    said = [c.text for c in telegram.sent_to(5000 + n)]
                    assert [
                        sum(words in text for text in said) for words in ("(cán bộ, UBND huyện Đại Lộc)", "“lập danh sách")
                    ] == [1, 1], said
                    assert len(telegram.sent_to(6000 + n)) == 1
            finally:
                os.killpg(honcho.pid, signal.SIGTERM)
                await asyncio.to_thread(honcho.wait, PATIENCE)

    play(scenario())


async def _web(client: httpx.AsyncClient, port: int) -> str:
    """The web process's address: honcho gives each kind of process a hundred ports."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for candidate in range(port, port + 500, 100):
                with suppress(httpx.HTTPError):
                    if (await client.get(f"http://127.0.0.1:{candidate}/health")).status_code == 200:
                        return f"http://127.0.0.1:{candidate}/telegram/webhook"
            await asyncio.sleep(0.2)
