"""Files from outside: kinds by content, marks of secrecy, spreadsheets good and bad."""

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path

import hypothesis.strategies as st
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from handlers.papers.template import template
from handlers.reporting.inspecting import inspect
from handlers.reporting.secrecy import marked, marked_file
from handlers.turn import Incoming, Sheet
from handlers.wording.catalogs import Languages
from rules.campaign.headings import counts_columns
from rules.campaign.model import FormField, Kind
from rules.campaign.sheets import NotTheTemplate, read_list
from rules.people import Role
from rules.text.refusal import Why
from storage.database import reading
from storage.files import FileStore, StoredFile, sniff, tidy_name
from storage.tables import stored_file
from tests.made_files import PDF, PNG, WITHDRAWAL_ROWS, workbook
from tests.stage import CAMPAIGN, Stage

TODAY = date(2022, 7, 1)
LISTS = [field for o in CAMPAIGN.obligations for field in o.fields if field.kind is Kind.LIST]
WITHDRAWAL = next(f for f in CAMPAIGN.obligation("withdrawal").fields if f.kind is Kind.LIST)


def sheets(content: bytes) -> tuple[Sheet, ...]:
    return inspect("a.xlsx", "xlsx", content).sheets


def word(text: str) -> bytes:
    document = Document()
    document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def test_kinds_by_content_not_by_name() -> None:
    assert [sniff(c) for c in (PDF, PNG, word("x"), workbook([]), b"MZ", b"", b"PK\x03\x04 broken")] == [
        "pdf", "png", "docx", "xlsx", "", "", "broken",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["TỐI MẬT", "Tuyệt mật", "độ mật: A", "(MẬT)", "gửi văn bản mật", "a\nMẬT\nb", "To\u0302\u0301i ma\u0323\u0302t"]
)
def test_marks_of_secrecy(text: str) -> None:
    assert marked(text)


@pytest.mark.parametrize("text", ["MẬT ONG RỪNG", "mật ong", "Trà mật ong gừng", "mật độ trồng", "bí mật công thức nhà em"])
def test_honey_is_no_secret(text: str) -> None:
    assert not marked(text)


def test_a_marked_file_goes_into_no_report_and_is_noted_nowhere(stage: Stage) -> None:
    def say(text: str = "", file: StoredFile | None = None) -> str:
        return stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", text=text, file=file))[-1].message.text

    say(f"/start {stage.invite(Role.OFFICER, 'dai-loc', 'Lan')}")
    asked = say("báo cáo thu hồi")
    secret = stage.library.files.put(word("TỐI MẬT"), "bao cao.docx")
    assert "mật" in stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", file=secret))[0].message.text
    with reading(stage.engine) as db:
        assert db.execute(select(stored_file)).all() == []
    assert "Câu 1/" in asked
    say(file=stage.library.files.put(word("Mật ong rừng"), "bao cao.docx"))
    with reading(stage.engine) as db:
        assert len(db.execute(select(stored_file)).all()) == 1


def test_marked_files() -> None:
    assert marked_file("bao cao.docx", "docx", word("TỐI MẬT"))
    assert marked_file("CV_TOI_MAT.pdf", "pdf", PDF)
    assert not marked_file("mat-ong.docx", "docx", word("Mật ong rừng"))
    assert not marked_file("x.pdf", "pdf", b"%PDF-1.4 broken")
    assert not marked_file("x.docx", "docx", b"PK\x03\x04 broken")


def test_a_file_is_kept_once_under_its_content(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    first, second = store.put(PDF, "a.pdf"), store.put(PDF, "../../b.pdf")
    assert first.hash == second.hash
    assert second.name == "b.pdf"
    assert store.get(first.hash) == PDF
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
    for bad in ("../../etc/passwd", "x", "A" * 64, "secret"):
        beside = tmp_path / bad[:2] / bad
        beside.parent.mkdir(exist_ok=True)
        if not beside.exists() and tmp_path in beside.resolve().parents:
            beside.write_bytes(b"not one of ours")
        with pytest.raises(FileNotFoundError):
            store.get(bad)
    assert tidy_name("C:\\x\\y\u202e.exe") == "y.exe"


def test_good_rows_are_kept_and_bad_cells_named() -> None:
    found = read_list(sheets(workbook(WITHDRAWAL_ROWS)), WITHDRAWAL, TODAY)
    assert [row["product"] for row in found.rows] == ["Mắm cá cơm", "Bánh tráng"]
    assert [row["stars"] for row in found.rows] == ["3", "4"]
    assert found.rows[0]["decision_date"] == "2019-12-20"
    assert [(c.row, c.column.id, c.refusal.why) for c in found.bad] == [
        (3, "stars", Why.NOT_A_CHOICE), (3, "decision_date", Why.NO_SUCH_DAY),
    ]  # fmt: skip


@pytest.mark.parametrize("field", LISTS, ids=lambda field: field.label.en)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_template_comes_back_readable(field: FormField, language: str) -> None:
    words = Languages(CAMPAIGN.directory.zone).of(language)
    found = read_list(sheets(template(words, field)), field, TODAY)
    assert (found.rows, found.bad) == ((), ())


def test_what_is_no_template() -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    for content in (b"", b"PK\x03\x04", PDF, workbook([["x"]], ["Khác"]), bomb.getvalue()):
        with pytest.raises(NotTheTemplate):
            read_list(sheets(content), WITHDRAWAL, TODAY)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.integers(),
                st.floats(allow_nan=False, allow_infinity=False),
                st.dates(),
                st.text(alphabet="aă1/-.:", max_size=8),
            ),
            max_size=7,
        ),
        max_size=5,
    )
)
def test_any_cells_end_as_rows_or_named_faults(rows: list[list[object]]) -> None:
    """Whatever a workbook can hold; infinity it cannot, and a writer leaves such a cell empty."""
    found = read_list(sheets(workbook(rows)), WITHDRAWAL, TODAY)
    filled = [r for r in rows if any(c is not None and str(c).strip() for c in r)]
    numbers = bool(rows) and counts_columns(rows[0])
    assert len(found.rows) + len({c.row for c in found.bad}) + len(found.twice) + numbers == len(filled)


def test_the_same_file_is_kept_once_by_many_at_once(tmp_path: Path) -> None:
    store, content = FileStore(tmp_path), PDF * 5000
    with ThreadPoolExecutor(64) as pool:
        kept = [each.result() for each in [pool.submit(store.put, content, "a.pdf") for _ in range(64)]]
    assert len({each.hash for each in kept}) == 1
    assert [path.read_bytes() == content for path in tmp_path.rglob("*") if path.is_file()] == [True]


def test_what_could_not_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        FileStore(tmp_path).put(PDF, "a.pdf")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_waits_gives_way_to_the_next_one_with_a_word(stage: Stage) -> None:
    def sends(name: str, content: bytes) -> str:
        sent = stage.library.files.put(content, name)
        said = stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", file=sent))
        return said[0].message.text

    stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    assert "thay cho" not in sends("trang-1.png", PNG)
    assert "thay cho" not in sends("trang-1.png", PNG)  # the same one again
    assert "“bao-cao.pdf” thay cho “trang-1.png”" in sends("bao-cao.pdf", PDF)
