"""The register of recognised products: read from anybody's workbook, loaded once, looked at by whom it concerns."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from handlers.of_the_register import Wanted, meant
from handlers.papers.register import Fault, read_register
from handlers.papers.register_columns import MOST_PRODUCTS, Column, NoRegister, has_register, sheet_of
from handlers.reporting.inspecting import MOST_ROWS, inspect
from handlers.turn import Incoming, Sheet
from rules.actions import DropRegister, LoadRegister, pack
from rules.campaign.register import Product
from rules.people import Role
from storage import register
from storage.tables import recognised_product, register_loading
from tests.made_files import REGISTER_ROWS, workbook
from tests.made_files import register as register_file
from tests.stage import CAMPAIGN, OPENING, Stage

TODAY = date(2022, 6, 20)
HEAD = ("Tên sản phẩm", "Chủ thể", "Đơn vị", "Số sao", "Số QĐ", "Ngày QĐ")


def read(*rows: tuple[Any, ...], head: tuple[Any, ...] = HEAD) -> Any:
    return read_register((head, *rows), CAMPAIGN.directory, TODAY)


def test_a_row_is_read_whatever_its_cells_look_like() -> None:
    found = read(
        ("Mắm", "HTX A", "UBND huyện Đại Lộc", 4, "3960/qđ-ubnd", date(2018, 12, 20)),
        ("Trà", "HTX A", "dai loc", "3*", "3960/QĐ-UBND ngày 20/12/2018", None),
        ("Nấm", "", "tp Hội An", "★★★★", "", 43454),
        ("Bánh", "Hộ Bảy", "hoi an", 3.0, None, "20/12/2018"),
        ("Rượu", "Hộ Bảy", "hoi an", None, None, None),
    )
    day = date(2018, 12, 20)
    assert found.products == (
        Product(0, "dai-loc", "Mắm", "HTX A", 4, "3960/QĐ-UBND", day), Product(0, "dai-loc", "Trà", "HTX A", 3, "3960/QĐ-UBND", day),
        Product(0, "hoi-an", "Nấm", "", 4, "", day), Product(0, "hoi-an", "Bánh", "Hộ Bảy", 3, "", day),
        Product(0, "hoi-an", "Rượu", "Hộ Bảy", 0, "", None),
    )  # fmt: skip
    assert not found.bad


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("Mắm", "A", "", 3, "", ""), Fault.NO_UNIT), (("Mắm", "A", "Hà Nội", 3, "", ""), Fault.UNIT_UNKNOWN),
        (("Mắm", "A", "Trà My", 3, "", ""), Fault.UNIT_UNCLEAR), (("", "A", "Đại Lộc", 3, "", ""), Fault.NO_PRODUCT),
        (("Mắm", "A", "Đại Lộc", 9, "", ""), Fault.NO_STARS), (("Mắm", "A", "Đại Lộc", "3 hoặc 4", "", ""), Fault.NO_STARS),
        (("Mắm", "A", "Đại Lộc", 3, "đang chờ", ""), Fault.NO_DECISION), (("Mắm", "A", "Đại Lộc", 3, "", "31/6/2019"), Fault.NO_DAY),
        (("Mắm", "A", "Đại Lộc", 3, "", date(2023, 1, 1)), Fault.NO_DAY), (("Mắm", "A", "Đại Lộc", 3, "", 1), Fault.NO_DAY),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_named_and_never_guessed(cells: tuple[Any, ...], fault: Fault) -> None:
    found = read(("Trà", "B", "Hội An", 3, "", ""), cells)
    assert [(bad.row, bad.fault) for bad in found.bad] == [(3, fault)]
    assert [p.product for p in found.products] == ["Trà"]


def test_headings_in_any_order_below_titles_and_in_longer_words() -> None:
    head = (
        "TT",
        "Đơn vị sản xuất",
        "Kết quả xếp hạng",
        "Ngày ký QĐ",
        "Huyện, thị xã, thành phố",
        "Tên sản phẩm OCOP",
        "Số QĐ (UBND tỉnh)",
    )
    lines: Sheet = (
        ("DANH MỤC",),
        (),
        head,
        (1, "HTX A", 3, date(2018, 12, 20), "Đại Lộc", "Mắm", "12/QĐ-UBND"),
        (None, "Cộng", 1),
    )
    found = read_register(lines, CAMPAIGN.directory, TODAY)
    assert found.products == (Product(0, "dai-loc", "Mắm", "HTX A", 3, "12/QĐ-UBND", date(2018, 12, 20)),)
    assert not found.bad


def test_a_missing_column_is_named() -> None:
    with pytest.raises(NoRegister) as found:
        read(("Mắm", "A", 3), head=("Tên sản phẩm", "Chủ thể", "Hạng sao"))
    assert found.value.lacking == (Column.UNIT,)
    with pytest.raises(NoRegister) as none:
        read(("a", "b"), head=("X", "Y"))
    assert none.value.lacking == ()


def test_the_same_product_twice_is_kept_once_and_said() -> None:
    one, other = ("Mắm", "HTX A", "Đại Lộc", 3, "", ""), ("MẮM ", "htx a", "dai loc", 4, "", "")
    found = read(one, other, ("Mắm", "HTX A", "Hội An", 3, "", ""))
    assert [(p.unit, p.stars) for p in found.products] == [("dai-loc", 3), ("hoi-an", 3)]
    assert found.doubled == ((3, 2),)


def test_too_many_are_refused_as_a_whole() -> None:
    rows = [(f"Sản phẩm {n}", "HTX", "Đại Lộc", 3, "", "") for n in range(MOST_PRODUCTS + 1)]
    assert read(*rows[:-1]).too_many is False
    assert read(*rows).too_many is True


CELLS = st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates())


@given(st.lists(st.lists(CELLS, max_size=8).map(tuple), max_size=8))
def test_whatever_stands_in_the_cells_they_are_read_or_named(rows: list[tuple[Any, ...]]) -> None:
    found = read(*rows)
    assert len(found.products) + len(found.bad) + len(found.doubled) <= len(rows)
    assert all(CAMPAIGN.directory.has_unit(p.unit) and p.product and 0 <= p.stars <= 5 for p in found.products)
    assert all(p.decided_on is None or p.decided_on <= TODAY for p in found.products)


def test_only_a_register_is_read_beyond_the_rows_of_a_list() -> None:
    many = [[f"Sản phẩm {n}", "HTX", "Đại Lộc", 3, "12/QĐ-UBND", "20/12/2018"] for n in range(MOST_ROWS + 50)]
    (whole,) = inspect("a.xlsx", "xlsx", workbook(many, list(HEAD))).sheets
    assert len(whole) == len(many) + 1
    (cut,) = inspect("a.xlsx", "xlsx", workbook(many, ["A", "B", "C", "D", "E", "F"])).sheets
    assert len(cut) == MOST_ROWS
    assert has_register(sheet_of((cut, whole)))


# ---------------------------------------------------------------- loading


@pytest.fixture
def minh(any_stage: Stage) -> Stage:
    """With a manager."""
    any_stage.hear(_from("Minh", text=f"/start {any_stage.invite(Role.MANAGER)}", stage=any_stage))
    return any_stage


def _from(who: str, stage: Stage, **what: Any) -> Incoming:
    return Incoming("telegram", stage.next_update(), who, who, **what)


def bring(stage: Stage, rows: list[list[object]], who: str = "Minh") -> int:
    """The number of the loading that the file became."""
    sent = stage.library.files.put(register_file(rows), "danh-muc.xlsx")
    stage.hear(_from(who, stage, file=sent))
    with stage.engine.connect() as db:
        return int(db.execute(select(func.max(register_loading.c.id))).scalar_one() or 0)


def press(stage: Stage, action: LoadRegister | DropRegister) -> None:
    stage.hear(_from("Minh", stage, choice=pack(action)))


def of(stage: Stage, unit: str) -> list[str]:
    with stage.engine.connect() as db:
        return [p.product for p in register.of(db, unit)]


def test_nothing_is_in_force_before_the_yes_and_all_of_the_old_is_gone_after_it(minh: Stage) -> None:
    first = bring(minh, REGISTER_ROWS)
    assert of(minh, "dai-loc") == []
    press(minh, LoadRegister(first))
    assert of(minh, "dai-loc") == ["Trà rau má", "Bánh tráng Đại Lộc", "Mật ong Đại Hồng"]
    second = bring(minh, REGISTER_ROWS[:1])
    assert len(of(minh, "dai-loc")) == 3
    press(minh, LoadRegister(second))
    press(minh, LoadRegister(second))
    press(minh, LoadRegister(first))
    assert (of(minh, "dai-loc"), of(minh, "nui-thanh")) == ([], ["Rượu gạo Tam Mỹ"])
    with minh.engine.connect() as db:
        assert db.execute(select(func.count()).select_from(recognised_product)).scalar_one() == 1


def test_what_was_declined_can_not_be_loaded_and_what_was_loaded_not_declined(minh: Stage) -> None:
    first = bring(minh, REGISTER_ROWS[:2])
    press(minh, LoadRegister(first))
    second = bring(minh, REGISTER_ROWS[1:2])
    press(minh, DropRegister(second))
    press(minh, LoadRegister(second))
    assert of(minh, "nui-thanh") == ["Rượu gạo Tam Mỹ"]
    press(minh, DropRegister(first))
    assert of(minh, "nui-thanh") == ["Rượu gạo Tam Mỹ"]


def test_a_register_that_is_too_long_is_not_even_asked_about(minh: Stage) -> None:
    rows: list[list[object]] = [[f"Sản phẩm {n}", "HTX", "Đại Lộc", 3, None, None] for n in range(MOST_PRODUCTS + 1)]
    assert bring(minh, rows) == 0


def test_an_older_one_never_takes_the_place_of_a_newer(minh: Stage) -> None:
    older, newer = bring(minh, REGISTER_ROWS[:2]), bring(minh, REGISTER_ROWS[:1])
    press(minh, LoadRegister(newer))
    press(minh, LoadRegister(older))
    assert (of(minh, "dai-loc"), of(minh, "nui-thanh")) == ([], ["Rượu gạo Tam Mỹ"])


def test_a_file_of_who_oversees_is_not_kept(minh: Stage) -> None:
    def files(db: Connection) -> int:
        return int(db.exec_driver_sql("select count(*) from stored_file").scalar_one())

    bring(minh, REGISTER_ROWS)
    with minh.engine.connect() as db:
        assert files(db) == 0


# ---------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("sản phẩm nào của em đủ 36 tháng", Wanted.OWN), ("đơn vị có sản phẩm nào đủ 36 tháng không ạ", Wanted.OWN),
        ("danh mục sản phẩm của tôi", Wanted.OWN), ("cho em xem danh mục của đơn vị", Wanted.OWN), ("danh mục", Wanted.ALL),
        ("nạp danh mục sản phẩm", Wanted.ALL), ("xem danh mục sản phẩm đã công nhận", Wanted.ALL),
        ("danh mục của Đại Lộc", Wanted.OF), ("danh muc dai loc", Wanted.OF), ("sản phẩm nào của Đại Lộc đủ 36 tháng", Wanted.FULL),
        ("sản phẩm đủ 36 tháng thì nộp cho ai", None), ("sản phẩm của đơn vị đủ 36 tháng gửi ở đâu", None),
        ("danh sách thu hồi nộp khi nào", None), ("xin chào", None), ("", None),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_register(said: str, wanted: Wanted | None) -> None:
    assert meant(said) is wanted


def test_the_opening_is_no_day_of_a_decision_to_come() -> None:
    assert OPENING.date() == TODAY
