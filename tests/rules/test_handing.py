"""Who is to do something, as people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text.handing import Handed, fitting, handed_in

NAM, HOA = Handed("nam", titled=True), Handed("hoa", titled=True)
ALL_HOA = Handed("hoa", titled=True, everything=True)


@pytest.mark.parametrize(("text", "found"), [
    ("việc này giao anh Nam", NAM), ("việc này anh Nam làm", NAM), ("viec nay chi Hoa phu trach nhe", HOA), ("để anh Nam làm việc này", NAM),
    ("việc này do chị Hoa làm", HOA), ("nhờ anh Nam nộp giúp báo cáo này", NAM), ("phân công anh Nam phụ trách việc này", NAM),
    ("chuyển việc này cho đồng chí Nguyễn Văn Nam", Handed("nguyễn văn nam", titled=True)), ("giao cho Nam", Handed("nam")),
    ("giao Nam làm", Handed("nam")), ("hand this over to Nam", Handed("nam")), ("nghỉ, giao hết cho chị Hoa", ALL_HOA),
    ("em nghỉ thai sản, bàn giao cho chị Hoa", ALL_HOA), ("giao toàn bộ cho đ/c Hoa", ALL_HOA), ("việc này em làm", Handed("", mine=True)),
    ("em muốn giao việc này", Handed("")), ("giao việc kinh phí cho đồng nghiệp", Handed("")),
    ("giao viec kinh phi cho dong nghiep", Handed("")), ("giao việc này cho anh Đông", Handed("đông", titled=True)),
    ("giao việc này cho đồng chí Đông", Handed("đông", titled=True)), ("bàn giao công việc cho người khác", Handed("")),
])  # fmt: skip
def test_who_is_to_do_it(text: str, found: Handed) -> None:
    assert handed_in(text) == found


@pytest.mark.parametrize("text", [
    "anh Nam nộp rồi", "anh Nam nộp chưa", "mai em nộp", "em đã nhận việc này", "giao ban tuần này", "nộp bằng cách chuyển cho Sở",
    "chuyển văn bản cho anh Nam", "nhờ anh chị giúp em", "cho em vào", "chị ơi em nộp rồi", "việc này giao cho ai?", "gửi cho em mẫu", "ok",
    "có mấy loại báo cáo phải nộp", "sở giáo dục làm gì", "công văn giao việc gì cho cấp huyện", "tên chuyên viên theo dõi",
    "giấy chứng nhận có giá trị bao lâu", "chuyển nhượng giấy chứng nhận",
])  # fmt: skip
def test_what_hands_nothing_over(text: str) -> None:
    assert handed_in(text) is None


def test_a_duty_that_is_named_stands_for_the_work() -> None:
    assert handed_in("kinh phí anh Nam nộp") is None
    assert handed_in("kinh phí anh Nam nộp", names_work=True) == NAM


@given(
    st.lists(
        st.sampled_from(
            [
                "giao",
                "cho",
                "anh",
                "chị",
                "em",
                "việc",
                "này",
                "làm",
                "nộp",
                "hết",
                "nghỉ",
                "Nam",
                "Hoa",
                ",",
                "?",
                "nhờ",
                "chuyển",
                "đ/c",
                "bàn",
                "phân",
                "công",
                "để",
                "rồi",
            ]
        ),
        max_size=30,
    )
)
def test_whatever_is_said_a_name_is_of_its_words(words: list[str]) -> None:
    found = handed_in(" ".join(words))
    assert found is None or set(found.name.split()) <= {word.lower() for word in words}


@given(st.text(max_size=300))
def test_whatever_is_typed_it_is_read(text: str) -> None:
    handed_in(text)
    fitting(text, [(1, "Nam"), (2, text)])


PEOPLE = [(1, "Nguyễn Văn Nam"), (2, "Hòa"), (3, "Trần Thị Hoa"), (4, "Lê Nam Anh"), (5, "Le Thi Tam")]


@pytest.mark.parametrize(("name", "fit"), [
    ("Nam", [1]), ("nam", [1]), ("Hoa", [2, 3]), ("hòa", [2]), ("văn nam", [1]), ("Nguyễn Văn", [1]), ("Trần Hòa", [2]), ("Tâm", [5]),
    ("Anh", [4]), ("Tuấn", []), ("", []), ("Nguyễn", []),
])  # fmt: skip
def test_whom_a_name_fits(name: str, fit: list[int]) -> None:
    assert fitting(name, PEOPLE) == fit
