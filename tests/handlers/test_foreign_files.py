"""Files made to hold the bot up: bounded, unread, and those of people who may not send one never opened."""

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from handlers.file_trouble import FileTrouble
from handlers.papers import document_text
from handlers.papers.cells import Cell, sheets
from handlers.papers.document_text import beginning
from handlers.reporting.inspecting import MOST_SHEETS, inspect
from handlers.reporting.secrecy import marked, marked_file
from handlers.turn import Incoming
from rules.people import Role
from storage import people, reports
from storage.database import reading
from storage.files import sniff
from storage.packed import MOST_DIRECTORY, Archive, Unreadable, walk
from storage.scope import Scope
from tests.made_files import PDF
from tests.stage import CAMPAIGN, Stage

MARK = "<w:p><w:r><w:t>TỐI MẬT</w:t></w:r></w:p>"
BODY = '<w:document xmlns:w="w"><w:body>{}</w:body></w:document>'


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def document(xml: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return packed({"word/document.xml": xml}, method)


def pdf(page: bytes) -> bytes:
    """A PDF of one page with that content."""
    content = zlib.compress(page)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj%sendobj\n" % (number, body)
    end = b"xref\n0 6\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (b"".join(places), len(out))


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("blank", ["\n", " \n", "\t", "\u00a0", "\u2028", "[\n", "tối ", "MẬT\u00a0ONG\n"])
def test_endless_blanks_hold_nobody_up(blank: str) -> None:
    assert not marked("x" + blank * 40_000 + "x")
    assert marked("x\n" + blank * 40_000 + "\nMẬT\n")


# ---------------------------------------------------------------- Word


def test_a_documents_text_is_read_line_by_line() -> None:
    xml = BODY.format(
        "<w:p><w:r><w:t>TỐI</w:t><w:tab/><w:t>MẬT &amp; x</w:t></w:r></w:p>\n   <w:p><w:instrText>PAGE</w:instrText></w:p>"
    )
    assert beginning("docx", document(xml)) == "TỐI MẬT & x\n\n"


@pytest.mark.parametrize(
    ("worst", "read"),
    [
        ("<" * 400_000, ""),
        ("\n" * 400_000, ""),
        (BODY.format("<w:t>" + "\n" * 60_000 + "</w:t>"), "\n" * 20_000),
        (BODY.format(MARK + "<" * 60_000), "TỐI MẬT\n"),
        (BODY.format("<w:p>" * 20_000), ""),
        ('<!DOCTYPE w [<!ENTITY a "' + "x" * 9000 + '">]>' + BODY.format("<w:t>" + "&a;" * 9000 + "</w:t>"), ""),
        (BODY.format("<w:p/>" * 400_000), ""),
    ],
    ids=["angles", "no xml", "blank lines", "broken off", "deep", "declarations", "bomb"],
)
def test_the_worst_word_files_are_read_as_far_as_they_go(worst: str, read: str) -> None:
    content = document(worst)
    assert len(content) < 10_000
    assert beginning("docx", content) == read
    assert not marked_file("x.docx", "docx", content) or "MẬT" in read


def test_a_part_is_bounded_before_it_is_unpacked() -> None:
    good = BODY.format(MARK)
    assert beginning("docx", document(good, zipfile.ZIP_STORED)) == "TỐI MẬT\n"
    assert beginning("docx", document(good, zipfile.ZIP_BZIP2)) == ""  # unpacks without a bound
    with pytest.raises(Unreadable, match="too much"):
        Archive(document(good + " " * 5_000_000)).read("word/document.xml")
    with pytest.raises(Unreadable, match="no part"):
        Archive(document(good)).read("word/other.xml")
    broken = bytearray(document(good))
    broken[60] ^= 0xFF
    assert beginning("docx", bytes(broken)) == ""


def test_only_so_many_elements() -> None:
    with pytest.raises(Unreadable, match="elements"):
        walk(b"<a>" + b"<b/>" * 400_000 + b"</a>", lambda *_: None, lambda _: None, lambda _: None)


def test_an_endless_list_of_parts_is_not_read() -> None:
    many = packed({"word/document.xml": "", **{f"{number:>0200}": "" for number in range(MOST_DIRECTORY // 200)}})
    assert sniff(many) == "broken"
    assert sniff(packed({"word/document.xml": "", **{f"media/{number}": "" for number in range(500)}})) == "docx"


# ---------------------------------------------------------------- PDF


def test_a_page_of_text_is_read() -> None:
    line = b"[(Uy)-10(ban nhan)20( dan)-5( huyen)] TJ 0 -14 Td "
    page = b"BT /F1 12 Tf 10 700 Td " + line * 150 + b"(d\xf4 m\xe2t) Tj ET"
    assert beginning("pdf", pdf(page)).endswith("dô mât")


@pytest.mark.parametrize(
    "page",
    [b"q Q " * 300_000, b"1 " * 500_000, b" " * 9_000_000, b"BT /F1 12 Tf " + b"(a)Tj " * 190_000 + b"ET", b"(" * 900_000, b"%" * 900_000],
    ids=["operators", "operands", "blanks", "shown singly", "brackets", "comment"],
)  # fmt: skip
def test_a_page_that_costs_too_much_is_given_up(page: bytes) -> None:
    assert beginning("pdf", pdf(b"BT /F1 12 Tf (TOI MAT) Tj ET " + page)) == ""


def test_the_steps_are_counted_and_not_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    page = pdf(b"BT /F1 12 Tf (TOI MAT) Tj ET ")
    assert beginning("pdf", page) == "TOI MAT"
    monkeypatch.setattr(document_text, "MOST_CALLS", 2000)
    assert beginning("pdf", page) == ""


def test_the_bytes_are_counted_however_often_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_text._Counted, "_left", 400)
    assert beginning("pdf", pdf(b"BT /F1 12 Tf (TOI MAT) Tj ET ")) == ""


@pytest.mark.parametrize("filling", [b"<", b"\n", b"1 0 obj\n", b"startxref\n", b"0000000000 65535 f \n"])
def test_a_broken_pdf_is_not_searched_to_its_beginning(filling: bytes) -> None:
    assert beginning("pdf", PDF + filling * (20_000_000 // len(filling))) == ""


# ---------------------------------------------------------------- Excel


def book(sheet: str, strings: str = "", styles: str = "", settings: str = "") -> bytes:
    of_office, of_package = (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://schemas.openxmlformats.org",
    )
    links = "".join(f'<Relationship Id="{n}" Type="{of_office}/{kind}" Target="{target}"/>' for n, kind, target in [
        ("c", "chartsheet", "chart.xml"), ("a", "worksheet", "/xl/worksheets/first.xml"), ("s", "sharedStrings", "sharedStrings.xml"),
        ("y", "styles", "./styles.xml"),
    ])  # fmt: skip
    return packed({
        "xl/workbook.xml": f'<x:workbook xmlns:x="x" xmlns:r="{of_office}">{settings}<x:sheets><x:sheet sheetId="1" r:id="c"/>'
                           '<x:sheet sheetId="2" r:id="a"/></x:sheets></x:workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{of_package}">{links}</Relationships>',
        "xl/worksheets/first.xml": f'<x:worksheet xmlns:x="x"><x:sheetData>{sheet}</x:sheetData></x:worksheet>',
        "xl/sharedStrings.xml": f"<sst>{strings}</sst>", "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
    })  # fmt: skip


def test_cells_as_excel_writes_them() -> None:
    content = book(
        '<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="C1" t="inlineStr"><x:is><x:r><x:t>b</x:t></x:r></x:is></x:c></x:row>'
        '<x:row r="3"><x:c t="b"><x:v>1</x:v></x:c><x:c><x:v>1.5</x:v></x:c><x:c s="1"><x:v>43819.25</x:v></x:c><x:c s="2"><x:v>7</x:v></x:c>'
        '<x:c s="3"><x:v>43819</x:v></x:c><x:c r="AA3"><x:v>9</x:v></x:c></x:row><x:row r="9"><x:c><x:v>x</x:v></x:c></x:row>',
        "<si><r><t>Mắm </t></r><rPh><t>sound</t></rPh><r><t>cá</t></r></si>",
        '<numFmts><numFmt numFmtId="164" formatCode="[$-vi]dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="0 &quot;sod&quot;\\d"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs>',
    )  # fmt: skip
    assert [tuple(map(str, row)) for row in first_sheet(content, 5, 10)] == [
        ("Mắm cá", "None", "b"), (), ("True", "1.5", "2019-12-20", "7", "2019-12-20"),
    ]  # fmt: skip
    since_1904 = book(
        '<x:row><x:c s="0"><x:v>1</x:v></x:c></x:row>',
        "",
        '<cellXfs><xf numFmtId="14"/></cellXfs>',
        '<x:workbookPr date1904="1"/>',
    )
    assert str(first_sheet(since_1904, 5, 10)[0][0]) == "1904-01-02"


@pytest.mark.parametrize(
    ("sheet", "strings", "styles"),
    [
        ("<x:row>" + '<x:c t="s"><x:v>7</x:v></x:c>', "", ""),
        ("<x:row><x:c><x:v>1e</x:v></x:c></x:row>", "", ""),
        ("<x:row>" + "<x:c/>" * 400_000 + "</x:row>", "", ""),
        ("", "<si/>" * 400_000, ""),
        ("", "", "<xf/>" * 400_000),
        ("<" * 500_000, "", ""),
    ],
)
def test_the_worst_workbooks_are_unreadable(sheet: str, strings: str, styles: str) -> None:
    with pytest.raises(Unreadable):
        first_sheet(book(sheet, strings, styles), 500, 40)


def test_only_so_many_signs_are_read_of_a_workbook() -> None:
    """A cell may be named by many others, so that few bytes are many signs."""
    row = "<x:row>" + '<x:c t="s"><x:v>0</x:v></x:c>' * 10 + "</x:row>"
    for rows, read in ((49, True), (51, False)):
        found = inspect("a.xlsx", "xlsx", book(row * rows, f"<si><t>{'a' * 2000}</t></si>"))
        assert (found.trouble, bool(found.sheets)) == (None, read)


def test_only_so_many_cells_made_one_are_heeded() -> None:
    cells = '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="2"/>'
    for others, last in ((999, [1]), (1000, [])):
        made = '<x:mergeCell ref="C8:C9"/>' * others + '<x:mergeCell ref="A1:A2"/>'
        content = book(f"{cells}</x:sheetData><x:mergeCells>{made}</x:mergeCells><x:sheetData>")
        assert list(first_sheet(content, 10, 5)[1]) == last


def test_a_long_cell_is_cut_before_anything_reads_it() -> None:
    found = first_sheet(book('<x:row><x:c t="s"><x:v>0</x:v></x:c></x:row>', "<si><t>" + "a&lt;" * 9000 + "</t></si>"), 5, 5)
    assert len(str(found[0][0])) == 2000


# ---------------------------------------------------------------- who may send one


@pytest.mark.parametrize(
    ("role", "said"), [(None, "Xin tham gia"), (Role.MANAGER, "cán bộ của từng đơn vị"), (Role.OFFICER, "kèm theo báo cáo nào")]
)
def test_nobodys_file_is_opened(stage: Stage, tmp_path: Path, role: Role | None, said: str) -> None:
    if role:
        stage.hear(
            Incoming("telegram", "start", "A", "A", f"/start {stage.invite(role, 'dai-loc' if role is Role.OFFICER else '')}")
        )
    sent = stage.library.files.put(PDF, "x.pdf")
    on_disk = next(path for path in (tmp_path / "files").rglob("*") if path.is_file())
    if role is not Role.OFFICER:
        on_disk.unlink()  # whoever opens it fails
    answered = stage.hear(Incoming("telegram", "file", "A", "A", file=sent))
    assert said in answered[0].message.text


def test_what_is_wrong_outside_is_said_to_everybody(stage: Stage) -> None:
    answered = stage.hear(Incoming("telegram", "1", "A", "A", trouble=FileTrouble.TOO_BIG))
    assert "20 MB" in answered[0].message.text


@pytest.mark.parametrize(("unit", "comes_along"), [("dai-loc", True), ("hoi-an", False)])
def test_a_file_does_not_follow_a_person_to_another_unit(stage: Stage, unit: str, comes_along: bool) -> None:
    code = stage.invite(Role.OFFICER, "dai-loc")
    stage.hear(Incoming("telegram", "1", "A", "A", f"/start {code}"))
    stage.hear(Incoming("telegram", "2", "A", "A", file=stage.library.files.put(PDF, "dai-loc.pdf")))
    someone = stage.writer.write(people.present)[0]
    stage.writer.write(lambda db: people.move(db, someone.id, unit))
    stage.hear(Incoming("telegram", "3", "A", "A", "báo cáo kinh phí"))
    with reading(stage.engine) as db:
        draft = reports.find_draft(Scope(db, CAMPAIGN), unit, "unspent-funds")
    assert draft
    assert ("dai-loc.pdf" in str(draft.state)) is comes_along


def first_sheet(content: bytes, most_rows: int, most_columns: int) -> list[tuple[Cell, ...]]:
    return sheets(content, most_rows, most_columns, 1)[0]


def several(*names: str, hidden: str = "") -> bytes:
    made, out = Workbook(), BytesIO()
    for name in names:
        made.create_sheet(name).append([name])
    made.remove(made.worksheets[0])
    for one in made.worksheets:
        one.sheet_state = "hidden" if one.title == hidden else "visible"
    made.save(out)
    return out.getvalue()


def test_so_many_sheets_are_read_and_none_that_is_not_shown() -> None:
    found = sheets(several("a", "b", "c", "d", hidden="b"), 5, 5, 2)
    assert found == [[("a",)], [("c",)]]
    names = [f"s{n}" for n in range(MOST_SHEETS + 3)]
    assert len(inspect("a.xlsx", "xlsx", several(*names)).sheets) == MOST_SHEETS


def test_what_stands_in_cells_made_one_is_said_of_each_row() -> None:
    made, out = Workbook(), BytesIO()
    one = made.active
    assert one is not None
    for row in (["Tên", "Chủ thể", "Ghi"], ["A", "HTX", 1], ["B", None, None], ["C", None, 2], ["D", None, 3]):
        one.append(row)
    one.merge_cells("B2:B4")
    one.merge_cells("A5:B5")  # beside each other: no heading is made of it
    made.save(out)
    assert first_sheet(out.getvalue(), 10, 5)[1:] == [("A", "HTX", 1), ("B", "HTX"), ("C", "HTX", 2), ("D", None, 3)]


@pytest.mark.parametrize(
    "ref", ["", ":", "B2", "B2:", "2:4", "B4:B2", "B2:C4", "ZZZ1:ZZZ9999999999", "B0:B9", "B2:B99999999999999", "B²:B4"]
)
def test_strange_cells_made_one_change_nothing_that_is_not_there(ref: str) -> None:
    cells = '<x:row r="2"><x:c r="B2"><x:v>1</x:v></x:c></x:row><x:row r="3"/>'
    content = book(f'{cells}</x:sheetData><x:mergeCells><x:mergeCell ref="{ref}"/></x:mergeCells><x:sheetData>')
    assert [len(row) for row in first_sheet(content, 10, 5)][:2] == [0, 2]
