"""The command line as an administrator uses it: real processes, real exit codes."""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tomllib
import zipfile
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.clocks import wall_now
from bot.commands import checking
from bot.commands.shared import language
from bot.flow.nightly import DONE
from bot.settings import Settings
from storage import kept
from storage.database import open_database
from tests.doubles.language_model import LanguageModelDouble
from tests.forked import Ended, forked, from_nothing
from tests.made_files import word
from tests.stage import CAMPAIGN

ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """``dondoc`` in an empty place."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.start = folder, forked
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("TELEGRAM_", "LLM_", "REHEARSAL_", "CAMPAIGN", "DATABASE_", "PUBLIC_"))},
            "DATABASE_URL": f"sqlite:///{folder}/cli.db", "FILES_DIR": f"{folder}/files", "LC_ALL": "en_US.UTF-8",
        }  # fmt: skip

    def __call__(self, *words: str, code: int = 0, text: str | None = None, **more: Any) -> Ended:
        done = self.start(*words, environment={**self.environment, **more}, text=text)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *words: str, **more: Any) -> Any:
        return json.loads(self(*words, "--json", **more).stdout)


@pytest.fixture
def dondoc(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_ask_without_a_database(dondoc: Shell) -> None:
    dondoc.start = from_nothing
    found = dondoc.json("ask", "hạn thu hồi")
    assert set(found) == {"text", "clauses", "quote", "score", "abstained"}
    assert found["clauses"][0] == "1.5"
    assert "15/7/2022" in found["text"]
    assert not (dondoc.folder / "cli.db").exists()
    assert dondoc.json("ask", "lệ phí bao nhiêu")["abstained"] is True


def test_ask_a_file_line_by_line(dondoc: Shell) -> None:
    questions = dondoc.folder / "q.jsonl"
    questions.write_text('{"q": "hạn thu hồi"}\n\n{"q": "lệ phí bao nhiêu"}\n', encoding="utf-8")
    lines = [json.loads(line) for line in dondoc("ask", "--file", str(questions), "--json").stdout.splitlines()]
    assert [line["abstained"] for line in lines] == [False, True]
    questions.write_text("hạn thu hồi\n", encoding="utf-8")
    assert "q.jsonl:1" in dondoc("ask", "--file", str(questions), code=1).stderr


def test_an_invite_redeemed_on_the_console(dondoc: Shell) -> None:
    made = dondoc.json("invite", "--role", "officer", "--unit", "đại lộc", "--name", "Chị Lan")
    assert (made["role"], made["unit"], made["links"]) == ("officer", "dai-loc", [])
    said = dondoc("chat", "--as", made["code"], text="nộp báo cáo kinh phí\n1\n1\ntiến độ\n", LC_ALL="vi_VN.UTF-8").stdout
    assert "Chào chị Lan (cán bộ, UBND huyện Đại Lộc)." in said
    assert "  1. Không phát sinh" in said
    assert "Mã biên nhận" in said
    (row,) = dondoc.json("status", "--unit", "dai-loc", "--obligation", "1.6")
    assert (row["outcome"], row["late"], row["timing"], row["revision"], row["due"]) == (
        "nothing",
        False,
        "on_time",
        1,
        "2022-06-30",
    )
    again = dondoc("chat", "--as", made["code"], text="tiến độ\n", LC_ALL="vi_VN.UTF-8").stdout  # the same person goes on
    assert "không phát sinh" in again


@pytest.mark.parametrize(("spoken", "lead", "hello"), [
    ("en_US.UTF-8", "/thoat to leave", "Hello."), ("vi_VN.UTF-8", "/thoat để ra", "Chào anh/chị."),
], ids=("English", "Vietnamese"))  # fmt: skip
def test_the_console_speaks_the_language_of_whoever_types(dondoc: Shell, spoken: str, lead: str, hello: str) -> None:
    said = dondoc("chat", text="help\n", LC_ALL="", LANG=spoken).stdout
    assert lead in said
    assert hello in said


@pytest.mark.parametrize(
    ("words", "holding"),
    [
        (("invite", "--role", "king"), "no role"), (("invite", "--role", "officer"), "--unit"),
        (("invite", "--role", "officer", "--unit", "trà my"), "bac-tra-my or nam-tra-my"),
        (("status", "--unit", "đà nẵng"), "no single unit"), (("status", "--obligation", "x"), "no obligation"),
        (("remind", "--at", "hôm nay"), "is not a time"), (("export", "--format", "pdf", "--out", "x"), "no format"),
        (("invite", "--role", "manager", "--unit", "dai-loc"), "belongs to none"),
    ],
)  # fmt: skip
def test_refusals_are_one_clear_line(dondoc: Shell, words: tuple[str, ...], holding: str) -> None:
    done = dondoc(*words, code=1)
    assert holding in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert done.stdout == ""


@pytest.mark.parametrize("url", ["foo", "mysql://x:secret@y", "sqlite+aiosqlite:///x.db", "postgresql+asyncpg://x"])
def test_a_database_of_no_kind_of_ours_is_one_clear_line(dondoc: Shell, url: str) -> None:
    refused = dondoc("status", code=1, DATABASE_URL=url).stderr
    assert "DATABASE_URL" in refused
    assert refused.count("\n") == 1
    assert "secret" not in refused
    assert "fault  database" in dondoc("check", code=1, DATABASE_URL=url).stdout


@pytest.mark.parametrize("words", [("restore",), ("eval",), ("ask", "--file")])
def test_a_file_that_is_not_there_is_one_clear_line(dondoc: Shell, words: tuple[str, ...]) -> None:
    gone = str(dondoc.folder / "gone")
    assert dondoc(*words, gone, code=1).stderr == f"There is no file {gone}: look at its name and folder.\n"


def test_a_port_that_is_taken(dondoc: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"127.0.0.1:{port}" in dondoc("run", code=1, PORT=port).stderr


def test_wrong_usage_is_exit_code_2(dondoc: Shell) -> None:
    dondoc("nhac", code=2)
    dondoc("ask", code=2)


@pytest.mark.parametrize("spoken", ["vi_VN.UTF-8", "C.UTF-8", ""])
def test_the_command_line_speaks_vietnamese(dondoc: Shell, spoken: str) -> None:
    setting: dict[str, Any] = {"LC_ALL": spoken, "LANG": "POSIX", "LC_MESSAGES": "", "COLUMNS": "200"}
    told = dondoc("--help", **setting).stdout + dondoc("export", "--help", **setting).stdout
    for words in ("Cách dùng: ", "[TÙY CHỌN] LỆNH", " Tùy chọn ", " Lệnh ", "Xem hướng dẫn này.", "[bắt buộc]", "tệp sẽ ghi"):
        assert words in told
    for words in ("Usage", "Options", "OPTIONS", "Commands", "COMMAND", "message", "required", "file to write"):
        assert words not in told
    assert "thư mục" in dondoc("backup", "/there/is/no/such/folder", code=1, **setting).stderr


def test_the_command_line_speaks_english_where_the_system_does(dondoc: Shell) -> None:
    setting: dict[str, Any] = {"LC_ALL": "", "LANG": "en_GB.UTF-8", "LC_MESSAGES": "", "COLUMNS": "200"}
    told = dondoc("export", "--help", **setting).stdout
    for words in ("Usage: ", "[OPTIONS]", " Options ", "Show this message and exit.", "[required]", "the file to write"):
        assert words in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nhac",), "Lỗi: không có lệnh “nhac”."), (("exprt",), "Có phải: export?"), (("zalo", "x"), "không có lệnh “x”."),
        (("export",), "Lỗi: thiếu --format. Xem: "), (("calibrate",), "Lỗi: thiếu files."),
        (("export", "--frmat", "x"), "Lỗi: không có tùy chọn --frmat. Có phải: --format?"),
        (("remind", "--at"), "Lỗi: tùy chọn --at thiếu giá trị"), (("ask", "hạn", "nộp"), "Lỗi: thừa “nộp”."),
        (("ask",), "Lỗi: cần một câu hỏi, hoặc --file."), (("eval", "x", "--half", "all"), "--half chỉ nhận"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line_in_vietnamese(dondoc: Shell, words: tuple[str, ...], said: str) -> None:
    done = dondoc(*words, code=2, LC_ALL="vi_VN.UTF-8")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_whose_language_it_is() -> None:
    assert language({}) == "vi"
    for spoken in ("C", "C.UTF-8", "POSIX", "vi_VN.UTF-8", "de_DE.UTF-8"):
        assert language({"LANG": spoken}) == "vi"
    assert language({"LANG": "en_US.UTF-8"}) == "en"
    assert language({"LANG": "en_US.UTF-8", "LC_ALL": "vi_VN.UTF-8"}) == "vi"
    assert language({"LANG": "vi_VN.UTF-8", "LC_ALL": "en"}) == "en"
    assert language({"LANG": "en_US.UTF-8", "LC_ALL": ""}) == "en"


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--format", "csv", "--out"), ("backup",), ("import", "README.md", "--out"),
        ("calibrate", "tests/answers/workshop.tsv", "--out"),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_there_is_refused_before_any_work(dondoc: Shell, words: tuple[str, ...]) -> None:
    done = dondoc(*words, str(dondoc.folder / "gone" / "x"), code=1)
    assert done.stderr == f"There is no folder {dondoc.folder / 'gone'}: make it first, or choose another place.\n"
    assert done.stdout == ""
    assert list(dondoc.folder.iterdir()) == []  # no database was made, nor a folder


@pytest.mark.parametrize(
    "words", [("export", "--format", "csv", "--out"), ("backup",), ("restore",), ("calibrate", "README.md", "--out")]
)
def test_a_folder_in_a_files_place_is_refused_before_any_work(dondoc: Shell, words: tuple[str, ...]) -> None:
    assert "is a folder" in dondoc(*words, str(dondoc.folder), code=1).stderr
    assert list(dondoc.folder.iterdir()) == []


def test_remind_and_rehearse_show_exactly_what_goes_out(dondoc: Shell) -> None:
    code = dondoc.json("invite", "--role", "officer", "--unit", "dai-loc", "--name", "Lan")["code"]
    dondoc("chat", "--as", code, text="\n", LC_ALL="vi_VN.UTF-8")
    due = dondoc.json("remind", "--at", "2022-06-27T08:00", "--dry-run")
    lan = [row for row in due if row["person"] == "Lan"]
    assert [(r["kind"], r["rung"], r["unit"], r["obligations"]) for r in lan] == [
        ("reminder", "W-2", "dai-loc", ["unspent-funds"])
    ]
    assert "30/6/2022" in lan[0]["text"]
    assert len([row for row in due if row["person"] is None]) == 17
    assert dondoc.json("remind", "--at", "2022-06-27T08:00", "--dry-run") == due
    dondoc("remind", "--at", "2022-06-27T08:00")
    assert not [r for r in dondoc.json("remind", "--at", "2022-06-27T09:00", "--dry-run") if r["person"] == "Lan"]
    whole = dondoc.json("rehearse")
    days = [row["at"][:10] for row in whole if row["person"] == "Lan"]
    assert days == sorted(set(days))
    assert {"2022-06-30", "2022-07-11", "2022-07-15"} <= set(days)  # the first working day after each last day
    assert {row["unit"] for row in whole if row["person"] is None} >= {"hoi-an", "nam-tra-my"}
    assert [row["at"] for row in whole] == sorted(row["at"] for row in whole)
    table = dondoc("rehearse", LC_ALL="vi_VN.UTF-8").stdout
    assert "Thứ Tư 22/6" in table
    assert "cán bộ: anh/chị Lan" in table
    assert "Mục 1.6" not in table
    assert "Mục 1.6" in dondoc("rehearse", "--texts", LC_ALL="vi_VN.UTF-8").stdout


def test_check_tells_what_it_looked_at(dondoc: Shell) -> None:
    *looked_at, last = dondoc("check").stdout.splitlines()
    assert [re.sub(r"\d+ MB", "… MB", line) for line in looked_at] == [
        "ok     campaign: quang-nam-ocop-2022, 23 units, 10 obligations",
        "ok     settings: nothing contradicts",
        "ok     database: opens (sqlite)",
        "ok     database: … MB free",
        f"ok     files: {dondoc.folder / 'files'} can be written to",
        "ok     files: … MB free",
        "-      backup: none was made yet: set BACKUP_DIR for one each night, or run dondoc backup",
        "-      Telegram: not set up",
        "-      Zalo Bot: not set up",
        "-      Zalo OA: not set up",
    ]
    assert last == "ok: quang-nam-ocop-2022, rehearsal"
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x", "LLM_URL": "http://127.0.0.1:9/v1"}
    looked_at = dondoc("check", code=1, **nowhere, LC_ALL="vi_VN.UTF-8").stdout.splitlines()
    assert [line.split(":")[0] for line in looked_at] == [
        "ok     chiến dịch", "lỗi    cài đặt", "lỗi    cơ sở dữ liệu", "ok     tệp đính kèm", "ok     tệp đính kèm",
        "-      bản lưu", "-      Telegram", "-      Zalo Bot", "-      Zalo OA",
    ]  # fmt: skip


def test_a_folder_that_takes_no_files_is_a_fault(dondoc: Shell) -> None:
    (dondoc.folder / "taken").write_text("a file")
    said = dondoc("check", code=1, FILES_DIR=str(dondoc.folder / "taken" / "files")).stdout
    assert "fault  files" in said
    assert "FILES_DIR" in said


def test_check_names_what_is_wrong(dondoc: Shell) -> None:
    dondoc("migrate")
    assert "ok" in dondoc("check").stdout
    bad = dondoc.folder / "bad"
    shutil.copytree(ROOT / "campaigns" / "quang-nam-ocop-2022", bad)
    text = (bad / "campaign.toml").read_text(encoding="utf-8")
    (bad / "campaign.toml").write_text(text.replace('clause = "1.5"', 'clause = "9.9"'), encoding="utf-8")
    done = dondoc("check", code=1, CAMPAIGN=str(bad))
    assert "campaign.toml, line" in done.stdout
    assert "9.9" in done.stdout
    assert "9.9" in dondoc("status", code=1, CAMPAIGN=str(bad)).stderr
    token = "123456:" + "B" * 35
    done = dondoc("check", code=1, TELEGRAM_TOKEN=token, TELEGRAM_API_URL="http://127.0.0.1:9")
    assert "can't be reached" in done.stdout
    assert token not in done.stdout + done.stderr
    done = dondoc("run", code=1, TELEGRAM_TOKEN=token, REHEARSAL_START="2022-06-20T08:00+07:00")
    assert "must not write to real people" in done.stderr
    assert "DATABASE_URL" in dondoc("status", code=1, DATABASE_URL="postgresql://nobody@127.0.0.1:9/x").stderr


def test_export_in_every_format(dondoc: Shell) -> None:
    code = dondoc.json("invite", "--role", "officer", "--unit", "dai-loc", "--name", "=Lan")["code"]
    dondoc("chat", "--as", code, text="không phát sinh kinh phí\n1\n")
    for kind in ("xlsx", "docx", "csv", "json"):
        dondoc("export", "--format", kind, "--out", str(dondoc.folder / f"x.{kind}"))
    sheet = load_workbook(dondoc.folder / "x.xlsx").active
    assert sheet is not None
    of_offices = sum(len(CAMPAIGN.owed_by(unit)) for unit in CAMPAIGN.directory.units if unit.kind != "district")
    assert sheet.max_row == 2 + 72 + of_offices
    people = [cell.value for cell in sheet["K"]]
    assert "'=Lan" in people  # never a formula
    assert "không phát sinh" in (dondoc.folder / "x.csv").read_text(encoding="utf-8-sig")
    assert zipfile.is_zipfile(dondoc.folder / "x.docx")


def test_backup_and_restore(dondoc: Shell) -> None:
    code = dondoc.json("invite", "--role", "officer", "--unit", "dai-loc")["code"]
    dondoc("chat", "--as", code, text="không phát sinh kinh phí\n1\n")
    before = dondoc.json("status")
    dondoc("backup", str(dondoc.folder / "b.zip"))
    elsewhere: dict[str, Any] = {"DATABASE_URL": f"sqlite:///{dondoc.folder}/new.db", "FILES_DIR": str(dondoc.folder / "new")}
    dondoc("restore", str(dondoc.folder / "b.zip"), **elsewhere)
    assert dondoc.json("status", **elsewhere) == before
    assert "not empty" in dondoc("restore", str(dondoc.folder / "b.zip"), code=1, **elsewhere).stderr
    (dondoc.folder / "b.csv").write_text("unit;state", encoding="utf-8")
    assert "is not a backup" in dondoc("restore", str(dondoc.folder / "b.csv"), code=1, **elsewhere).stderr


def test_a_backup_under_a_passphrase(dondoc: Shell) -> None:
    dondoc("invite", "--role", "manager")
    before, out, plain = dondoc.json("status"), str(dondoc.folder / "b.sealed"), str(dondoc.folder / "b.zip")
    passphrase, other, empty = (dondoc.folder / name for name in ("passphrase", "other", "empty"))
    passphrase.write_text("mười hai con giáp\n", encoding="utf-8")
    other.write_text("mười ba con giáp\n", encoding="utf-8")
    empty.touch()
    setting: dict[str, Any] = {"BACKUP_PASSPHRASE_FILE": str(passphrase)}
    assert "encrypted with the passphrase" in dondoc("backup", out, **setting).stdout
    assert "not encrypted" in dondoc("backup", plain).stdout
    elsewhere: dict[str, Any] = {"DATABASE_URL": f"sqlite:///{dondoc.folder}/new.db", "FILES_DIR": str(dondoc.folder / "new")}

    def refused(file: str, *more: str) -> str:
        return dondoc("restore", file, *more, code=1, **elsewhere).stderr

    assert "Add --passphrase-file" in refused(out)
    assert "made with another" in refused(out, "--passphrase-file", str(other))
    assert "is empty" in refused(out, "--passphrase-file", str(empty))
    assert "There is no file" in refused(out, "--passphrase-file", str(dondoc.folder / "gone"))
    assert "vouch" in refused(plain, "--passphrase-file", str(passphrase))
    dondoc("restore", out, "--passphrase-file", str(passphrase), **elsewhere)
    assert dondoc.json("status", **elsewhere) == before
    again = {**elsewhere, "DATABASE_URL": f"sqlite:///{dondoc.folder}/again.db"}
    dondoc("restore", plain, **again, **setting)  # an older one, from before there was a passphrase


def test_check_notes_that_nobody_to_call_is_named(dondoc: Shell) -> None:
    """It stands in nobody's way: the campaign runs, but people who fear fraud have nobody to call."""
    bare = dondoc.folder / "bare"
    shutil.copytree(ROOT / "campaigns" / "quang-nam-ocop-2022", bare)
    text = (bare / "campaign.toml").read_text(encoding="utf-8")
    (bare / "campaign.toml").write_text(text.replace('contact.phone = "0235 000 0000"', 'contact.phone = " "'), encoding="utf-8")
    dondoc("migrate")
    assert "note   campaign: nobody to call is named" in dondoc("check", CAMPAIGN=str(bare)).stdout
    assert "nobody to call" not in dondoc("check").stdout


def test_check_says_whether_backups_can_be_closed(dondoc: Shell) -> None:
    file = dondoc.folder / "passphrase"
    dondoc("migrate")
    assert f"fault  backup: {file}: no passphrase" in dondoc("check", code=1, BACKUP_PASSPHRASE_FILE=str(file)).stdout
    file.write_text("mười hai con giáp", encoding="utf-8")
    assert (
        f"ok     backup: backups are encrypted with the passphrase in {file}"
        in dondoc("check", BACKUP_PASSPHRASE_FILE=str(file)).stdout
    )


def test_what_is_kept_is_its_owners_alone_to_read(dondoc: Shell) -> None:
    dondoc("invite", "--role", "manager")
    dondoc("backup", str(dondoc.folder / "b.zip"))
    assert "dondoc backup" not in dondoc("check").stdout
    made = [path for path in dondoc.folder.rglob("*") if path.suffix in (".db", ".zip", ".db-wal")]
    assert len(made) >= 2
    assert [path for path in made if path.stat().st_mode & 0o077] == []
    database = next(path for path in made if path.suffix == ".db")
    database.chmod(0o644)
    dondoc.folder.chmod(0o755)
    told = dondoc("check", code=1).stdout
    assert f"chmod 600 {database}" in told


def test_check_says_that_others_may_read_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens stand there."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    (tmp_path / ".env").write_text("LOG_LEVEL=info\n", encoding="utf-8")
    for rights, told in ((0o644, True), (0o640, True), (0o600, False)):
        (tmp_path / ".env").chmod(rights)
        assert any("chmod 600 .env" in said for _, said in checking._settings(Settings())) is told


def test_check_tries_the_folder_of_backups(dondoc: Shell) -> None:
    """A typo there would be noticed on the day when a backup is needed."""
    dondoc("migrate")
    folder = dondoc.folder / "backups"
    assert "backups can't be" not in dondoc("check", BACKUP_DIR=str(folder)).stdout
    assert list(folder.iterdir()) == []
    (dondoc.folder / "taken").write_text("a file")
    told = dondoc("check", code=1, BACKUP_DIR=str(dondoc.folder / "taken")).stdout
    assert f"fault  backup: {dondoc.folder / 'taken'}: backups can't be written there" in told


def test_a_restore_says_what_came_back_and_keeps_a_rehearsal_apart(dondoc: Shell) -> None:
    token: dict[str, Any] = {"TELEGRAM_TOKEN": "123456:" + "B" * 35, "TELEGRAM_API_URL": "http://127.0.0.1:9"}
    dondoc("chat", text="xin chào\n")  # from here on it is a rehearsal's
    made = str(dondoc.folder / "b.zip")
    tables = re.findall(r"(\d+ tables and \d+ files)", dondoc("backup", made).stdout)
    assert tables

    def elsewhere(name: str) -> dict[str, Any]:
        return {"DATABASE_URL": f"sqlite:///{dondoc.folder}/{name}.db", "FILES_DIR": str(dondoc.folder / name)}

    assert "a backup of a rehearsal" in dondoc("restore", made, code=1, **elsewhere("real"), **token).stderr
    assert f"{tables[0]}." in dondoc("restore", made, **elsewhere("real")).stdout  # nothing had come into it
    dondoc("chat", text="xin chào\n", **elsewhere("other"), **token)
    real = str(dondoc.folder / "real.zip")
    dondoc("backup", real, **elsewhere("other"), **token)
    assert "a backup of a real database" in dondoc("restore", real, code=1, **elsewhere("new")).stderr
    dondoc("restore", real, **elsewhere("new"), **token)


def test_an_invite_says_what_it_lets_in_and_until_when(dondoc: Shell) -> None:
    said = dondoc("invite", "--role", "officer", "--unit", "dai-loc", LC_ALL="vi_VN.UTF-8").stdout
    assert re.search(r"Mã mời cán bộ, UBND huyện Đại Lộc, dùng một lần, đến hết \d\d/\d\d/\d{4}: [0-9A-Z]{10}\n", said)


def test_check_says_when_the_last_backup_was(dondoc: Shell) -> None:
    dondoc("backup", str(dondoc.folder / "b.zip"))
    assert "ok     backup: the last one is of" in dondoc("check").stdout
    engine = open_database(f"sqlite:///{next(dondoc.folder.rglob('*.db'))}")
    with engine.begin() as db:
        kept.keep(db, DONE, (wall_now() - timedelta(days=3)).isoformat())
    engine.dispose()
    told = dondoc("check", code=1).stdout
    assert "fault  backup: the last one is of" in told
    assert "run dondoc backup" in told


def test_a_backup_is_not_written_over_unasked(dondoc: Shell) -> None:
    dondoc("invite", "--role", "manager")
    out = dondoc.folder / "b.zip"
    assert "whoever has it can read it" in dondoc("backup", str(out)).stdout
    assert "--force" in dondoc("backup", str(out), code=1).stderr
    dondoc("backup", "--force", str(out))


def test_a_name_on_an_invite_is_one_line_and_hides_nothing(dondoc: Shell) -> None:
    """Copied from elsewhere with what nobody sees: no export could be written while such a one stood in it."""
    dondoc("invite", "--role", "officer", "--unit", "dai-loc", "--name", "\x0b\u202eLan\nMai\x1f")
    with closing(sqlite3.connect(dondoc.folder / "cli.db")) as db:
        assert db.execute("SELECT name FROM invite").fetchall() == [("Lan Mai",)]


def test_a_dispatch_becomes_a_draft(dondoc: Shell) -> None:
    out = dondoc.folder / "next"
    source = dondoc.folder / "cv.txt"
    source.write_text(
        "Số: 1/UBND\n1. Các xã:\n- Báo cáo trước ngày 5/8/2023.\n- Rà soát.\n2. Sở Y tế phối hợp.\nNơi nhận:\n- Như trên",
        encoding="utf-8",
    )
    dondoc("import", str(source), "--out", str(out))
    assert "<!-- clause 1.2 -->" in (out / "dispatch.md").read_text(encoding="utf-8")
    assert "2023-08-05" in (out / "campaign.toml").read_text(encoding="utf-8")
    checked = dondoc("check", code=1, CAMPAIGN=str(out)).stdout
    assert "receiver: there is no unit “TODO”. Name the slug of a unit" in checked
    assert "task-1: nobody is “TODO”" in checked
    assert "not empty" in dondoc("import", str(source), "--out", str(out), code=1).stderr


def packed(xml: bytes) -> bytes:
    """A Word file with that in the place of its text."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", xml)
    return out.getvalue()


@pytest.mark.parametrize(("name", "content"), [
    ("no.docx", b"hello"), ("broken.docx", b"PK\x03\x04rubbish"), ("half.docx", word("1. a")[:-40]),
    ("bursting.docx", packed(b"<d>" + b" " * (70 << 20) + b"</d>")), ("deep.docx", packed(b"<p>" * 100_000)),
    ("entities.docx", packed(b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d><p><t>&a;</t></p></d>')),
    ("other.md", b"\xff\xfe1. x"), ("long.txt", b"1. x" * (6 << 20)),
], ids=lambda given: given if isinstance(given, str) else "")  # fmt: skip
def test_a_dispatch_that_nobody_can_read_is_refused_in_one_line(dondoc: Shell, name: str, content: bytes) -> None:
    """One that was e-mailed is opened by whoever runs this, on the machine that runs it."""
    (dondoc.folder / name).write_bytes(content)
    told = dondoc("import", str(dondoc.folder / name), "--out", str(dondoc.folder / "next"), code=1).stderr
    assert (
        told.strip()
        == f"{name} can't be read. It is broken, has a password, is too big, or is not UTF-8; save the dispatch anew and try again."
    )
    assert not (dondoc.folder / "next").exists()


def test_a_dispatch_that_is_no_file_is_not_waited_for(dondoc: Shell) -> None:
    (dondoc.folder / "folder.md").mkdir()
    os.mkfifo(dondoc.folder / "pipe.md")
    for name in ("folder.md", "pipe.md"):  # who opened the pipe would wait for ever
        assert "no file" in dondoc("import", str(dondoc.folder / name), "--out", str(dondoc.folder / "next"), code=1).stderr


def test_a_paragraph_of_a_dispatch_is_never_a_line_of_the_campaign(dondoc: Shell) -> None:
    (dondoc.folder / "cv.docx").write_bytes(word('1. Trước ngày 30/6/2022\nowed_by = "all" # trước ngày 1/7/2022\n\nHết.'))
    dondoc("import", str(dondoc.folder / "cv.docx"), "--out", str(dondoc.folder / "next"))
    made = tomllib.loads((dondoc.folder / "next" / "campaign.toml").read_text(encoding="utf-8"))
    assert "owed_by" not in made
    assert [one["owed_by"] for one in made["obligations"]] == ["TODO", "TODO"]
    assert "1. Trước ngày 30/6/2022\n\nowed_by" in (dondoc.folder / "next" / "dispatch.md").read_text(encoding="utf-8")


def test_a_question_bank_is_measured_beside_a_plain_search(dondoc: Shell) -> None:
    bank = dondoc.folder / "bank.tsv"
    bank.write_text(
        "question\tclauses\tholds\tkind\nhạn thu hồi\t1.5\t15/7/2022\tplain\nsdt sở nông nghiệp\t-\t\ttrap\nhạn thu hồi là gì\t1.4\t\tplain\n",
        encoding="utf-8",
    )
    found = dondoc.json("eval", str(bank), "--compare")
    assert set(found) == {"ours", "bm25"}
    assert found["ours"]["right_first"] == 0.5
    assert found["ours"]["false_answers"] == 0
    assert found["ours"]["confused"] == [{"expected": "1.4", "given": "1.5", "times": 1}]
    lines = dondoc.folder / "bank.jsonl"
    lines.write_text(
        '{"q": "hạn thu hồi", "clauses": ["1.5"], "must": ["15/7"]}\n{"q": "lệ phí", "clauses": null}\n', encoding="utf-8"
    )
    assert dondoc.json("eval", str(lines))["ours"]["right_first"] == 1
    assert "right first 100.0%" in dondoc("eval", str(lines), COLUMNS="200").stdout
    lines.write_text('{"q": "hạn"}\n[1]\n', encoding="utf-8")
    assert "bank.jsonl:2" in dondoc("eval", str(lines), code=1).stderr


def test_the_model_is_learnt_by_a_command(dondoc: Shell) -> None:
    out = dondoc.folder / "learnt.json"
    dondoc("calibrate", str(ROOT / "tests" / "answers" / "workshop.tsv"), "--out", str(out))
    learnt = json.loads(out.read_text(encoding="utf-8"))
    assert 0 < learnt["threshold"] < 1
    assert learnt["weights"]["nearest"] > 0


def test_a_language_model_may_only_choose_or_abstain(dondoc: Shell) -> None:
    with LanguageModelDouble('{"choice": 0, "proof": ""}') as model:
        setting: dict[str, Any] = {"LLM_URL": model.url, "LLM_MODEL": "small"}
        assert dondoc.json("ask", "hạn thu hồi", **setting)["abstained"] is True
        model.reply = '{"choice": 1, "proof": "hạn là ngày 1/8/2022"}'
        assert dondoc.json("ask", "hạn thu hồi", **setting)["clauses"][0] == "1.5"
        model.status = 500
        assert dondoc.json("ask", "hạn thu hồi", **setting)["clauses"][0] == "1.5"
    assert "LLM_MODEL" in dondoc("check", code=1, LLM_URL="http://127.0.0.1:9/v1").stdout


def test_every_setting_that_cannot_be_used_is_named_at_once(dondoc: Shell) -> None:
    refused = dondoc("status", code=1, PORT="many", LOG_LEVEL="loud").stderr.splitlines()
    assert [line.split(":")[0] for line in refused] == ["PORT", "LOG_LEVEL"]
    assert "many" in refused[0]
    both = {"LLM_URL": "http://127.0.0.1:9", "ZALO_BOT_SECRET": "short"}
    refused = dondoc("status", code=1, **both).stderr.splitlines()
    assert len(refused) == 2
    assert [line for line in dondoc("check", code=1, **both).stdout.splitlines() if "fault" in line] == [
        f"fault  settings: {line}" for line in refused
    ]
    nowhere = {"CAMPAIGN": "nowhere", "PROVINCE": "nobody"}
    refused = dondoc("status", code=1, **nowhere).stderr.splitlines()
    assert [line.split("=")[0] for line in refused] == ["CAMPAIGN", "PROVINCE"]
    assert [line for line in dondoc("check", code=1, **nowhere).stdout.splitlines() if "fault" in line] == [
        f"fault  campaign: {line}" for line in refused
    ]


def test_a_level_is_a_word_in_any_letters(dondoc: Shell) -> None:
    assert dondoc("check", LOG_LEVEL="WARNING").stdout


def test_a_damaged_database_is_one_clear_line_and_left_as_it_is(dondoc: Shell) -> None:
    file = dondoc.folder / "cli.db"
    file.write_bytes(b"no database at all " * 1000)
    before = file.read_bytes()
    for _ in range(2):  # as a supervisor does
        refused = dondoc("status", code=1)
        assert f"{file} is damaged" in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert file.read_bytes() == before
    (copies,) = dondoc.folder.glob("*.damaged-*")
    assert str(copies) in refused.stderr
    assert (copies / file.name).read_bytes() == before
    assert "fault  database: the file is damaged (it does not begin as a SQLite file does)" in dondoc("check", code=1).stdout


def test_what_sqlite_alone_finds_is_kept_aside_too(dondoc: Shell) -> None:
    """A file that begins well, and whose first page then is rubbish."""
    file = dondoc.folder / "cli.db"
    dondoc("migrate")
    content = bytearray(file.read_bytes())
    content[100:1000] = b"\xff" * 900
    file.write_bytes(content)
    assert f"{file} is damaged" in dondoc("status", code=1).stderr
    (copies,) = dondoc.folder.glob("*.damaged-*")
    assert (copies / file.name).read_bytes() == bytes(content)


@pytest.mark.parametrize("words", [("status",), ("check",)])
def test_a_damaged_log_is_kept_and_told_and_the_rest_goes_on(dondoc: Shell, words: tuple[str, ...]) -> None:
    file, log = dondoc.folder / "cli.db", dondoc.folder / "cli.db-wal"
    dondoc("migrate")
    program = """if 1:
        import os, sqlite3, sys
        db = sqlite3.connect(sys.argv[1], isolation_level=None)
        db.execute("create table spare (a)")
        for number in range(5):
            db.execute("insert into spare values (?)", (number,))
        os._exit(0)
    """
    subprocess.run([sys.executable, "-c", program, str(file)], check=True)
    content = bytearray(log.read_bytes())
    content[2000] ^= 1
    log.write_bytes(content)
    done = dondoc(*words, code=int(words == ("check",)))
    assert "from byte 32 on" in done.stderr + done.stdout
    assert done.stderr.count("\n") == int(words == ("status",))
    (copies,) = dondoc.folder.glob("*.damaged-*")
    assert (copies / log.name).read_bytes() == bytes(content)
    assert "damaged" not in dondoc("status").stderr


def test_check_looks_through_the_database(dondoc: Shell) -> None:
    file = dondoc.folder / "cli.db"
    dondoc("migrate")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("pragma wal_checkpoint(truncate)")
        size, root = (db.execute(asked).fetchone()[0] for asked in (
            "pragma page_size", "select rootpage from sqlite_master where name = 'outbox_waiting'",
        ))  # fmt: skip
    with file.open("r+b") as content:
        content.seek(size * (root - 1))
        content.write(b"\xff" * size)
    assert "the file is damaged" in dondoc("check", code=1).stdout
