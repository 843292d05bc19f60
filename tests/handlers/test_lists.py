"""Lists in forms: as Excel from out of the blue, as the template filled in, seen page by page, asked back."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from sqlalchemy import select, update

from handlers.message import Choice
from handlers.papers.template import FIRST, LAST, allowed, template
from handlers.reporting.inspecting import inspect
from handlers.turn import Incoming
from handlers.wording.catalogs import Languages
from handlers.wording.forms import refusal_text
from rules.campaign.forms import MOST_ROWS
from rules.campaign.model import FormField, Kind
from rules.campaign.sheets import read_list
from rules.people import Role
from rules.text.refusal import Refusal, Why
from storage.database import reading
from storage.tables import draft, person, submission
from tests.made_files import OWN_TABLE, own_table, workbook
from tests.stage import CAMPAIGN, Said, Stage

TODAY = date(2022, 7, 1)
LISTS = [field for o in CAMPAIGN.obligations for field in o.fields if field.kind is Kind.LIST]
GOOD: dict[Kind, Any] = {Kind.TEXT: "Trà sâm", Kind.DOCUMENT: "45/QĐ-UBND", Kind.DATE: date(2019, 6, 1)}


def say(stage: Stage, text: str = "", choice: str = "", file: bytes | None = None, name: str = "ds.xlsx") -> Said:
    sent = stage.library.files.put(file, name) if file else None
    return stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", text=text, choice=choice, file=sent))[-1]


def joined(stage: Stage, unit: str = "dai-loc", role: Role = Role.OFFICER) -> Stage:
    say(stage, f"/start {stage.invite(role, unit, 'Lan')}")
    return stage


def button(said: Said, label: str) -> Choice:
    return next(choice for choice in said.message.choices if choice.label == label)


def kept(stage: Stage) -> dict[str, Any]:
    with reading(stage.engine) as db:
        rows = db.execute(select(draft.c.state)).scalars().all()
    return dict(rows[0]["answers"]) if rows else {}


def table(count: int) -> bytes:
    return workbook([[f"Trà {n}", "HTX", "3 sao", "45/QĐ-UBND", "1/6/2019", "Vi phạm", ""] for n in range(count)])


def test_a_list_out_of_the_blue_is_filled_in_only_when_that_is_wanted(stage: Stage) -> None:
    joined(stage)
    offered = say(stage, file=own_table(OWN_TABLE))
    assert "danh sách 2 sản phẩm" in offered.message.text
    assert "chưa được ghi" in offered.message.text
    assert kept(stage) == {}  # nobody is said to be filling anything in
    asked = say(stage, choice=button(offered, "Điền vào báo cáo").data)
    assert "Đã ghi 2 dòng" in asked.message.text
    assert [row["product"] for row in kept(stage)["products"]] == ["Mắm cá cơm", "Bánh tráng"]
    assert "file" not in kept(stage)


def test_a_list_that_is_only_kept_goes_with_a_report_as_any_file(stage: Stage) -> None:
    joined(stage)
    offered = say(stage, file=own_table(OWN_TABLE))
    which = say(stage, choice=button(offered, "Chỉ lưu tệp").data)
    say(stage, choice=button(which, "Thu hồi").data)
    assert kept(stage)["file"]["name"] == "ds.xlsx"
    assert "products" not in kept(stage)
    assert "ds.xlsx" not in say(stage, choice=button(offered, "Chỉ lưu tệp").data).message.text  # nothing waits any more


def test_rows_that_wait_do_not_follow_a_person_to_another_unit(stage: Stage) -> None:
    joined(stage)
    offered = say(stage, file=own_table(OWN_TABLE))
    with stage.engine.begin() as db:
        db.execute(update(person).values(unit="hoi-an"))
    asked = say(stage, choice=button(offered, "Điền vào báo cáo").data)
    assert "Đã ghi" not in asked.message.text
    assert "products" not in kept(stage)


def test_a_list_that_fits_two_reports_alike_is_asked_about(stage: Stage) -> None:
    joined(stage)
    headings = ["Tên sản phẩm", "Chủ thể", "Hạng sao", "Số QĐ", "Ngày QĐ", "Hồ sơ", "Gửi mẫu", "Lý do"]
    rows: list[list[object]] = [["Trà", "HTX", 3, "45/QĐ-UBND", "1/6/2019", "x", "x", "Vi phạm"]]
    offered = say(stage, file=workbook(rows, headings))
    assert offered.message.choices[0].label == "Điền vào báo cáo"  # more of its columns fit one of them
    named = own_table([["DANH SÁCH THU HỒI"], headings, *rows])  # type: ignore[list-item]
    assert "thu hồi" in say(stage, file=named).message.text.lower()


def test_rows_join_what_was_filled_in_and_a_row_in_hand_stays(stage: Stage) -> None:
    joined(stage)
    say(stage, "báo cáo thu hồi")
    say(stage, "Nem chua")
    asked = say(stage, file=table(3))
    assert "Đã ghi 3 dòng" in asked.message.text
    assert "Chủ thể sản xuất?" in asked.message.text
    say(stage, "HTX Nem")
    assert len(kept(stage)["products"]) == 3


def test_more_rows_than_a_list_takes_are_refused_whole(stage: Stage) -> None:
    joined(stage)
    say(stage, "báo cáo thu hồi")
    asked = say(stage, file=table(MOST_ROWS + 1))
    assert str(MOST_ROWS) in asked.message.text
    assert "products" not in kept(stage)
    say(stage, file=table(MOST_ROWS))
    assert len(kept(stage)["products"]) == MOST_ROWS
    full = say(stage, "Trà nữa; HTX\nTrà thêm; HTX")
    assert str(MOST_ROWS) in full.message.text


def test_all_rows_are_seen_page_by_page(stage: Stage) -> None:
    joined(stage)
    say(stage, "báo cáo thu hồi")
    say(stage, file=table(40))
    seen, texts = say(stage, "xem lại"), ""
    for _ in range(3):
        texts += seen.message.text
        more = [choice for choice in seen.message.choices if choice.label == "Xem tiếp"]
        seen = say(stage, choice=more[0].data) if more else seen
    assert [n for n in range(1, 41) if f"\n{n}. Trà {n - 1} ·" not in texts] == []
    assert len(seen.message.choices) <= 4
    assert "Xem tiếp" not in [choice.label for choice in seen.message.choices]


def test_two_rows_that_are_near_are_asked_about(stage: Stage) -> None:
    joined(stage)
    say(stage, "báo cáo thu hồi")
    say(stage, file=table(2))
    asked = say(stage, "bỏ trà")
    assert [choice.label for choice in asked.message.choices] == ["Dòng 1: Trà 0", "Dòng 2: Trà 1", "Quay lại"]
    assert len(kept(stage)["products"]) == 2
    told = say(stage, choice=button(asked, "Dòng 1: Trà 0").data)
    assert "Đã bỏ dòng 1: Trà 0" in told.message.text
    assert [row["product"] for row in kept(stage)["products"]] == ["Trà 1"]
    say(stage, choice=button(told, "Hoàn tác").data)
    assert [row["product"] for row in kept(stage)["products"]] == ["Trà 0", "Trà 1"]


def test_what_was_read_from_lines_is_no_report_before_it_is_agreed_to(stage: Stage) -> None:
    joined(stage)
    say(stage, "báo cáo thu hồi")
    say(stage, "Trà; HTX; 3; 45/QĐ-UBND ngày 1/6/2019; vi phạm\nMắm; HTX; 4; 46/QĐ-UBND ngày 1/6/2019; giải thể")
    assert "products" not in kept(stage)
    assert "chưa ghi vào báo cáo" in say(stage, "xong").message.text
    stage.restart()
    say(stage, "đồng ý")
    assert len(kept(stage)["products"]) == 2
    with reading(stage.engine) as db:
        assert db.execute(select(submission)).all() == []


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("field", LISTS, ids=lambda field: field.label.en)
def test_a_template_that_was_filled_in_is_read(field: FormField, language: str) -> None:
    words = Languages(CAMPAIGN.directory.zone).of(language)
    book = load_workbook(BytesIO(template(words, field)))
    sheet = book.worksheets[0]
    for place, column in enumerate(field.columns, 2):
        sheet.cell(row=FIRST, column=place, value=GOOD.get(column.kind) or allowed(words, column)[-1])
    out = BytesIO()
    book.save(out)
    found = read_list(inspect("a.xlsx", "xlsx", out.getvalue()).sheets, field, TODAY)
    assert (len(found.rows), found.bad, found.example) == (1, (), True)
    assert all(found.rows[0][column.id] is not None for column in field.columns)


@pytest.mark.parametrize("field", LISTS, ids=lambda field: field.label.en)
def test_the_templates_cells_refuse_what_is_wrong(field: FormField) -> None:
    book = load_workbook(BytesIO(template(Languages(CAMPAIGN.directory.zone).of("vi"), field)))
    sheet = book.worksheets[0]
    held = {str(check.sqref): check for check in sheet.data_validations.dataValidation}
    for place, column in enumerate(field.columns, 2):
        letter = get_column_letter(place)
        check = held.pop(f"{letter}{FIRST}:{letter}{LAST}", None)
        assert (check is not None) == (column.kind in (Kind.CHOICE, Kind.YES_NO, Kind.DATE, Kind.MONEY)), column.id
        if check is not None:
            assert check.showErrorMessage
            assert check.errorStyle in (None, "stop")
            assert check.error
    assert held == {}
    assert book.worksheets[-1].sheet_state == "hidden"


def test_a_template_is_there_for_whoever_asks_wherever_they_are(stage: Stage) -> None:
    joined(stage)
    asked = say(stage, "cho em xin file mẫu với ạ")
    assert [choice.label for choice in asked.message.choices] == [
        "Danh sách điều chỉnh",
        "Danh sách công nhận lại",
        "Danh sách thu hồi",
    ]
    sent = say(stage, "mẫu danh sách thu hồi")
    assert sent.message.file
    assert sent.message.file.name == "Mẫu danh sách thu hồi.xlsx"
    say(stage, "báo cáo kinh phí")
    again = stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", text="mẫu excel công nhận lại"))
    assert again[0].message.file
    assert "Câu 1/" in again[-1].message.text  # and the open question is asked again
    assert kept(stage) == {}


def test_who_oversees_is_sent_a_template_too(stage: Stage) -> None:
    joined(stage, "so-nn-ptnt", Role.MANAGER)
    sent = say(stage, "cho tôi mẫu danh sách công nhận lại")
    assert sent.message.file
    assert sent.message.choices == ()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_refusal_has_a_sentence_of_its_own(language: str) -> None:
    words = Languages(CAMPAIGN.directory.zone).of(language)
    assert len({refusal_text(words, Refusal(why, "x", 1, "2022-07-01")) for why in Why}) == len(Why)
