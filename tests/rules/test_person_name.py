"""Names as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text.person_name import LONGEST, read_name


@pytest.mark.parametrize(("typed", "name"), [
    ("em tên là nguyễn văn nam ạ", "Nguyễn Văn Nam"), ("toi la Nguyen Van Nam", "Nguyen Van Nam"), ("da em ten Nam a", "Nam"),
    ("La Văn Tèo", "La Văn Tèo"), ("Anh Thư", "Anh Thư"), ("Hồ Là", "Hồ Là"), ("Trần Thị D'Rang", "Trần Thị D'Rang"),
    ("my name is John Smith", "John Smith"), ("Y Krông", "Y Krông"), ("Minh Lâm", "Minh Lâm"), ("Anh Đa", "Anh Đa"),
])  # fmt: skip
def test_a_name_is_read_out_of_what_is_said_around_it(typed: str, name: str) -> None:
    assert read_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc123",
        "😀",
        "0905 123 456",
        "https://a.b/c",
        "em",
        "tôi",
        "a" * 60,
        "em chưa có mã mời",
        "toi muon dang ky",
        "anh là phó chủ tịch huyện núi thành",
        "can bo dai loc",
        "cho em tham gia với",
        "một hai ba bốn năm sáu bảy tám",
    ],
)
def test_what_is_no_name_is_none(typed: str) -> None:
    assert read_name(typed) == ""


@given(st.text(max_size=200))
def test_whatever_is_typed_a_name_is_short_on_one_line_and_opens_nothing(typed: str) -> None:
    name = read_name(typed)
    assert len(name) <= LONGEST + 4
    assert not {"\n", "/", "@", ":"} & set(name)
    assert not any(sign.isdigit() for sign in name)
