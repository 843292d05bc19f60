"""A backup is of one moment and comes back as it was, whatever people typed; what is none changes nothing."""

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.flow import archiving
from bot.flow.archiving import NoBackup, OtherSchema
from handlers.turn import Incoming
from rules.people import Role
from storage import backup, files
from storage.backup import NotEmpty
from storage.database import HEAD, migrate, open_database, reading
from storage.files import FileStore
from storage.tables import contact, received
from storage.writer import Writer
from tests.made_files import PDF
from tests.prepared import lay_schema
from tests.stage import CAMPAIGN, OPENING, Stage


def everything(engine: Any) -> dict[str, str]:
    """Every table but the single values, which give way."""
    with reading(engine) as db:
        return {name: lines for name, lines in backup.dump(db) if name != "kept"}


class Elsewhere:
    """An empty machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "files elsewhere"
        self.store = FileStore(self.folder)
        lay_schema(f"sqlite:///{folder}/elsewhere.db")
        self.engine = open_database(f"sqlite:///{folder}/elsewhere.db")
        migrate(self.engine)
        self.writer = Writer(self.engine)

    def close(self) -> None:
        self.writer.close()
        self.engine.dispose()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    made = Elsewhere(tmp_path)
    yield made
    made.close()


def archived(stage: Stage, out: Path) -> archiving.Archived:
    return archiving.archive(stage.engine, CAMPAIGN.name, stage.library.files, out)


TYPED = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["\u2028", "\u2029", "\u0085", "a\u2028b", "\r\n", "\x0b\x0c\x1c\x1d\x1e", "\x00", "\\u2028", '"\\', "\ud800", "𠮷", "\ufeff"]
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(typed=st.lists(TYPED, min_size=1, max_size=6))
def test_whatever_people_type_comes_back(any_stage: Stage, tmp_path_factory: pytest.TempPathFactory, typed: list[str]) -> None:
    stage, folder = any_stage, tmp_path_factory.mktemp("back")
    for text in typed:
        stage.hear(Incoming("telegram", stage.next_update(), "Lan", text, text))
    archived(stage, folder / "b.zip")
    there = Elsewhere(folder)
    try:
        archiving.restore(there.writer, there.store, folder / "b.zip")
        assert everything(there.engine) == everything(stage.engine)
    finally:
        there.close()


def test_files_come_back_and_one_that_is_missing_is_told(stage: Stage, tmp_path: Path, elsewhere: Elsewhere) -> None:
    kept, gone = (files.described(content, "a.pdf") for content in (PDF, PDF + b"x"))
    stage.library.files.put(PDF, "a.pdf")
    for each in (kept, gone):
        stage.writer.write(lambda db, of=each: files.record_file(db, of, None, OPENING))  # type: ignore[misc]
    stage.library.files.put(b"nobody's", "b.pdf")
    held = archived(stage, tmp_path / "b.zip")
    assert (held.files, held.missing) == (1, (gone.hash,))
    archiving.restore(elsewhere.writer, elsewhere.store, tmp_path / "b.zip")
    assert elsewhere.store.get(kept.hash) == PDF
    assert len([path for path in (tmp_path / "files elsewhere").rglob("*") if path.is_file()]) == 1


def test_all_of_it_is_of_one_moment(
    any_stage: Stage, tmp_path: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People join while it is made: between one table and the next."""
    stage, real = any_stage, backup.dump

    def slowly(db: Connection) -> Iterator[tuple[str, str]]:
        for name, lines in real(db):
            yield name, lines
            if name in ("contact", "person"):
                code = stage.invite(Role.OFFICER, "dai-loc")
                number = stage.next_update()
                stage.hear(Incoming("telegram", number, number, "Lan", f"/start {code}"))

    before = everything(stage.engine)
    monkeypatch.setattr(backup, "dump", slowly)
    archived(stage, tmp_path / "b.zip")
    monkeypatch.setattr(backup, "dump", real)
    assert everything(stage.engine) != before
    archiving.restore(elsewhere.writer, elsewhere.store, tmp_path / "b.zip")
    assert everything(elsewhere.engine) == before


def spoilt(whole: bytes) -> dict[str, bytes]:
    """Files that are no backup, or one no more."""
    middle = len(whole) // 2
    return {
        "nothing": b"", "something else": b"unit;state", "cut short": whole[:middle], "without its end": whole[:-30],
        "a sign turned": whole[:60] + bytes([whole[60] ^ 0xFF]) + whole[61:], "its middle lost": whole[:middle] + whole[middle + 9 :],
    }  # fmt: skip


@pytest.mark.parametrize("how", list(spoilt(b"x" * 200)))
def test_what_is_no_backup_changes_nothing(stage: Stage, tmp_path: Path, elsewhere: Elsewhere, how: str) -> None:
    for number in range(30):
        stage.hear(Incoming("telegram", str(number), f"a{number}", "Lan", f"chuyện thứ {number * 7919}"))
    archived(stage, tmp_path / "b.zip")
    (tmp_path / "spoilt.zip").write_bytes(spoilt((tmp_path / "b.zip").read_bytes())[how])
    empty = everything(elsewhere.engine)
    with pytest.raises(NoBackup):
        archiving.restore(elsewhere.writer, elsewhere.store, tmp_path / "spoilt.zip")
    assert everything(elsewhere.engine) == empty


def test_a_damaged_table_brings_no_file(stage: Stage, tmp_path: Path, elsewhere: Elsewhere) -> None:
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", "chuyện lạ"))
    kept = stage.library.files.put(PDF, "a.pdf")
    stage.writer.write(lambda db: files.record_file(db, kept, None, OPENING))
    archived(stage, tmp_path / "b.zip")
    whole = bytearray((tmp_path / "b.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "b.zip") as found:
        table = found.getinfo("tables/received.jsonl")
    whole[table.header_offset + 30 + len(table.filename) + table.compress_size // 2] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(whole)
    with pytest.raises(NoBackup):
        archiving.restore(elsewhere.writer, elsewhere.store, tmp_path / "b.zip")
    assert [path for path in (tmp_path / "files elsewhere").rglob("*") if path.is_file()] == []


def made(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


@pytest.mark.parametrize("parts", [
    {"about.json": "[]"}, {"about.json": "{}"}, {"about.json": "{"}, {"a.txt": "x"},
    {"about.json": json.dumps({"schema": HEAD})},
    {"about.json": json.dumps({"schema": HEAD}), "tables/person.jsonl": "no JSON"},
    {"about.json": json.dumps({"schema": HEAD}), f"files/{'0' * 64}": "another content"},
    {"about.json": json.dumps({"schema": HEAD}), "files/../../x": "x"},
], ids=["list", "empty", "broken", "others'", "no tables", "no rows", "wrong file", "climbs"])  # fmt: skip
def test_an_archive_of_somebody_elses_changes_nothing(tmp_path: Path, elsewhere: Elsewhere, parts: dict[str, str]) -> None:
    with pytest.raises(NoBackup):
        archiving.restore(elsewhere.writer, elsewhere.store, made(tmp_path / "b.zip", parts))
    assert [path for path in (tmp_path / "files elsewhere").rglob("*") if path.is_file()] == []


OURS = {"about.json": json.dumps({"schema": HEAD}), **{f"tables/{table.name}.jsonl": "" for table in backup.TAKEN}}


@pytest.mark.parametrize("parts", [
    {"tables/person.jsonl": '{"id": 1}'}, {"tables/person.jsonl": '{"id": 1180591620717411303424}'},
    {"tables/kept.jsonl": '{"key": "a", "value": {"b": [1]}}'}, {"tables/person.jsonl": '{"id": 1, "of": "nobody"}\n{"id": 2}'},
    {"tables/contact.jsonl": '{"id": 1, "channel": "telegram", "address": "1", "name": "x", "person_id": 99}'},
    {"tables/person.jsonl": "[1]"}, {"tables/person.jsonl": "[" * 100_000}, {"tables/kept.jsonl": '{"key": "a", "value": ' + "9" * 5000},
    {"/etc/x": "x", "files/x/../../../y": "x"},
], ids=["half a row", "too great", "a table in a cell", "others' columns", "nobody's", "no row", "deep", "long", "elsewhere"])  # fmt: skip
def test_rows_that_are_none_of_ours_change_nothing(tmp_path: Path, elsewhere: Elsewhere, parts: dict[str, str]) -> None:
    empty = everything(elsewhere.engine)
    with pytest.raises(NoBackup):
        archiving.restore(elsewhere.writer, elsewhere.store, made(tmp_path / "b.zip", OURS | parts))
    assert everything(elsewhere.engine) == empty
    assert not (tmp_path / "files elsewhere").exists()


@pytest.mark.parametrize("name", ["about.json", f"files/{'0' * 64}", "others/x"])
def test_what_unpacks_to_more_than_we_write_is_not_unpacked(
    tmp_path: Path, elsewhere: Elsewhere, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four gigabytes of blanks pack to four megabytes."""
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as target:
        for each, content in OURS.items():
            target.writestr(each, content if each != name else b" " * (21 * 1024 * 1024) + content.encode())
        if name not in OURS:
            target.writestr(name, b" " * (21 * 1024 * 1024))
    monkeypatch.delattr(zipfile.ZipFile, "read")  # nothing is read of it
    monkeypatch.delattr(zipfile.ZipFile, "testzip")
    with pytest.raises(NoBackup):
        archiving.restore(elsewhere.writer, elsewhere.store, tmp_path / "b.zip")


def test_a_link_in_an_archive_leads_nowhere(tmp_path: Path, elsewhere: Elsewhere) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as target:
        for each, content in OURS.items():
            target.writestr(each, content)
        link = zipfile.ZipInfo(f"files/{'0' * 64}")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    with pytest.raises(NoBackup):
        archiving.restore(elsewhere.writer, elsewhere.store, tmp_path / "b.zip")
    assert not (tmp_path / "files elsewhere").exists()


def test_a_backup_of_another_version_says_so(tmp_path: Path, elsewhere: Elsewhere) -> None:
    with pytest.raises(OtherSchema, match="0001"):
        archiving.restore(elsewhere.writer, elsewhere.store, made(tmp_path / "b.zip", {"about.json": '{"schema": "0001"}'}))


def test_nothing_is_put_over_what_is_there(stage: Stage, tmp_path: Path) -> None:
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", "/help"))
    archived(stage, tmp_path / "b.zip")
    before = everything(stage.engine)
    with pytest.raises(NotEmpty):
        archiving.restore(stage.writer, stage.library.files, tmp_path / "b.zip")
    assert everything(stage.engine) == before


@pytest.mark.parametrize("when", ["written", "synced"])
def test_half_a_backup_stays_nowhere(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    def fails(*_: object) -> Iterator[tuple[str, str]]:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "b.zip").write_bytes(b"yesterday's")
    monkeypatch.setattr(*((backup, "dump") if when == "written" else (os, "fsync")), fails)
    with pytest.raises(OSError, match="space"):
        archived(stage, folder / "b.zip")
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("b.zip", b"yesterday's")]


@pytest.mark.parametrize("another", ["a link", "a file"])
def test_what_others_put_where_a_backup_is_written_is_not_written_into(stage: Stage, tmp_path: Path, another: str) -> None:
    """In a folder where all may write: a file that stays theirs to read, or a link to one of ours."""
    out, theirs = tmp_path / "b.zip", tmp_path / "theirs"
    theirs.write_text("what was there")
    part = out.with_name(f"b.zip.{os.getpid()}{archiving.PART}")
    part.symlink_to(theirs) if another == "a link" else part.hardlink_to(theirs)
    archiving.archive(stage.engine, "c", stage.library.files, out)
    assert theirs.read_text() == "what was there"
    assert not out.is_symlink()
    assert zipfile.is_zipfile(out)


def test_nor_where_they_put_it_back_at_once(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, theirs = tmp_path / "b.zip", tmp_path / "theirs"
    theirs.write_text("what was there")
    part = out.with_name(f"b.zip.{os.getpid()}{archiving.PART}")
    part.symlink_to(theirs)
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
    with pytest.raises(FileExistsError):
        archiving.archive(stage.engine, "c", stage.library.files, out)
    assert theirs.read_text() == "what was there"


def test_the_conversation_goes_on_where_it_was(stage: Stage, tmp_path: Path, elsewhere: Elsewhere) -> None:
    """Restored to an empty machine, the next answer is taken as if nothing had happened."""

    def say(text: str) -> str:
        return stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", text))[-1].message.text

    say(f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    say("báo cáo kinh phí")
    archived(stage, tmp_path / "b.zip")
    there = Stage(f"sqlite:///{tmp_path}/there.db", tmp_path / "there")
    try:
        archiving.restore(there.writer, there.library.files, tmp_path / "b.zip")
        answered = there.hear(Incoming("telegram", "after", "Lan", "Lan", "350 triệu"))
        assert "Câu 2/7" in answered[-1].message.text
    finally:
        there.close()
    with reading(stage.engine) as db:
        assert db.execute(contact.select()).first()
        assert db.execute(received.select()).first()
