"""Turns a second: this bot with every turn durable on SQLite, against python-telegram-bot's
ConversationHandler and plain aiogram, which keep the conversation in memory.

The same for all three: 100 people at once, each answering a form of five questions over HTTP by
Telegram's webhook, each waiting for the bot's sendMessage before the next answer; the people
and their Telegram in one process of their own. A turn ends when its reply has reached Telegram.
Then 30 messages a second for some time, for the delay. ``python -m benchmarks.turns``
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "123456:" + "A" * 35
PEOPLE, PACED = 100, 300
ROUNDS = int(os.environ.get("ROUNDS", "3"))


INVITES = f"""
import json
from bot.settings import Settings
from bot.wiring import wire
from rules.people import Role
from storage.invites import By, Grant, create_invite
wired = wire(Settings())
now = wired.clock.now().replace(year=2100)
codes = [
    wired.writer.write(lambda db: create_invite(db, Grant(Role.OFFICER, f"u{{n}}"), By("bench"), now, wired.library.pick)).code
    for n in range({PEOPLE})
]
wired.close()
print(json.dumps(codes))
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the bot did not start")


def measure(command: list[str], environment: dict[str, str], line: dict[str, Any], api_port: int, **job: Any) -> dict[str, Any]:
    """Start the people, then the bot, and let them write."""
    whole = {"people": PEOPLE, "rounds": ROUNDS, "paced": PACED, "api_port": api_port, "line": line, **job}
    load = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.telegram_load", json.dumps(whole)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, cwd=ROOT,
    )  # fmt: skip
    assert load.stdout
    assert load.stdin
    load.stdout.readline()
    bot = subprocess.Popen(command, env={**os.environ, **environment}, cwd=ROOT)
    try:
        wait_for(line["port"])
        time.sleep(1.5)
        load.stdin.write("go\n")
        load.stdin.flush()
        out = load.stdout.readline()
        return dict(json.loads(out))
    finally:
        bot.terminate()
        bot.wait(20)
        load.kill()


def ours(folder: Path) -> dict[str, Any]:
    """The default: one process, SQLite, every turn durable. A report of five amounts, up to its summary."""
    api, port = free_port(), free_port()
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/bench.db", "FILES_DIR": f"{folder}/files", "CAMPAIGN": str(make_campaign(folder)),
        "PROVINCE": str(make_province(folder)),
        "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": f"http://127.0.0.1:{api}", "TELEGRAM_SECRET": "s", "TELEGRAM_RATE": "0",
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "PORT": str(port), "LOG_LEVEL": "warning", "FLOOD_LIMITS": "no",
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-c", INVITES], check=True, capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, **environment, "TELEGRAM_TOKEN": ""},
    )  # fmt: skip
    starts = {str(1001 + number): f"/start {code}" for number, code in enumerate(json.loads(made.stdout))}
    line = {"host": "127.0.0.1", "port": port, "path": "/telegram/webhook", "secret": "s"}
    command = [sys.executable, "-m", "bot", "run"]
    return measure(command, environment, line, api, starts=starts, open_with="nộp báo cáo năm khoản {round}", closes_with="/huy")


def theirs(name: str) -> dict[str, Any]:
    api, port = free_port(), free_port()
    command = [sys.executable, "-m", "benchmarks.bots", name, str(port), f"http://127.0.0.1:{api}", TOKEN]
    line = {"host": "127.0.0.1", "port": port, "path": "/hook", "secret": "s"}
    return measure(command, {}, line, api, starts={}, open_with="/form", closes_with="")


def make_campaign(folder: Path, rounds: int = ROUNDS) -> Path:
    """The first campaign with one more obligation a round, and one beyond: five amounts."""
    real = ROOT / "campaigns" / "quang-nam-ocop-2022"
    out = folder / "bench"
    out.mkdir()
    for name in ("dispatch.md", "facts.toml", "questions.toml", "words.toml"):
        (out / name).write_text((real / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (real / "campaign.toml").read_text(encoding="utf-8")
    fields = "".join(
        f'\n[[obligations.fields]]\nid = "a{n}"\nkind = "money"\nrequired = true\nask.vi = "Số tiền của phần {n}?"\nlabel.vi = "Phần {n}"\n'
        for n in range(1, 6)
    )
    forms = "".join(
        f'\n[[obligations]]\nslug = "five-{n}"\nclause = "1.6"\nowed_by = "district"\ntitle.vi = "Năm khoản {n}"\n'
        f'short.vi = "Năm khoản {n}"\nwords = ["năm khoản {n}"]\ndeadline = {{ rule = "before", date = 2030-06-30 }}\n{fields}'
        for n in range(1, rounds + 2)
    )
    head, tail = text.split("# Nhiệm vụ không có biểu riêng", 1)
    (out / "campaign.toml").write_text(head + forms + "\n# Nhiệm vụ không có biểu riêng" + tail, encoding="utf-8")
    return out


def make_province(folder: Path, people: int = PEOPLE) -> Path:
    """The first province with one more unit a person."""
    out = folder / "province"
    shutil.copytree(ROOT / "provinces" / "quang-nam", out)
    with (out / "directory.toml").open("a", encoding="utf-8") as file:
        for n in range(people):
            file.write(f'\n[[units]]\nslug = "u{n}"\nkind = "district"\nname.vi = "Đơn vị {n}"\nshort = "Đơn vị {n}"\n')
    return out


def main() -> int:
    """Measure all three, print all three."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [("đôn đốc, durable on SQLite", ours(Path(folder)))]
    rows += [("python-telegram-bot, in memory", theirs("ptb")), ("aiogram, in memory", theirs("aiogram"))]
    print(f"{PEOPLE} people at once, a form of five questions, {ROUNDS} rounds; then 30 messages a second\n")
    print(f"{'':32} {'turns':>6} {'turns/s':>8} {'p50 ms':>7} {'p95 ms':>7}")
    for name, row in rows:
        print(f"{name:32} {row['turns']:6} {row['a_second']:8.0f} {row['p50_ms']:7.1f} {row['p95_ms']:7.1f}")
    ratio = rows[0][1]["a_second"] / rows[1][1]["a_second"]
    print(f"\nratio to python-telegram-bot: {ratio:.2f}")
    return 0 if ratio >= 1 and rows[0][1]["p95_ms"] < 150 else 1


if __name__ == "__main__":
    sys.exit(main())
