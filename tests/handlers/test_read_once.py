"""A turn asks the database for the same thing once, and a form for nothing that its question does not need."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from sqlalchemy import event

from handlers.turn import Incoming
from rules.people import Role
from storage import register
from tests.rules.test_register import product
from tests.stage import CAMPAIGN, Stage

WRITES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)")
READS = re.compile(r"\bFROM (\w+)")
BY_NUMBER = re.compile(r"\.id = \?$")
"""One row by its number: whether somebody may is looked up before it is done."""
OFFICER = (
    "tiến độ", "báo cáo kinh phí", "1,2 tỷ", "gửi cho ai?", "500tr", "rồi", "hủy", "báo cáo công nhận lại", "Gạo thơm", "HTX Ái Nghĩa",
    "hủy", "không phát sinh tất cả", "1", "hủy", "xem báo cáo của tôi", "xin lùi hạn kinh phí đến 5/7 vì lũ", "gửi đi ạ", "việc này giao anh Nam",
    "sản phẩm nào của em đủ tháng", "còn mấy ngày",
)  # fmt: skip
MANAGER = (
    "tiến độ", "Hội An", "nhắc ngay", "nhắc Hội An", "gia hạn kinh phí cho Đại Lộc, Hội An đến 5/7 vì lũ", "đồng ý", "danh mục", "lời mời",
)  # fmt: skip


@contextmanager
def statements(stage: Stage) -> Iterator[list[tuple[str, str]]]:
    """What is asked of the database meanwhile, each with its values."""
    found: list[tuple[str, str]] = []

    def hear(_: object, __: object, sql: str, values: object, *___: object) -> None:
        found.append((" ".join(sql.split()), str(values)))

    event.listen(stage.engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(stage.engine, "before_cursor_execute", hear)


def read_again(asked: Sequence[tuple[str, str]]) -> list[str]:
    """What was read twice with nothing written to its table in between."""
    read: set[tuple[str, str]] = set()
    twice = []
    for sql, values in asked:
        if written := WRITES.match(sql):
            read = {each for each in read if written[1] not in READS.findall(each[0])}
        elif (sql, values) in read and not BY_NUMBER.search(sql):
            twice.append(sql)
        else:
            read.add((sql, values))
    return twice


def say(stage: Stage, who: str, text: str) -> list[tuple[str, str]]:
    with statements(stage) as asked:
        stage.hear(Incoming("console", stage.next_update(), who, who, text=text))
    return asked


@pytest.fixture
def office(stage: Stage) -> Stage:
    for who, role, unit in (("Lan", Role.OFFICER, "dai-loc"), ("Nam", Role.OFFICER, "dai-loc"), ("Minh", Role.MANAGER, "")):
        say(stage, who, stage.invite(role, unit))
    products = [product(number, date(2019, 7, number)) for number in range(1, 4)]
    number = stage.writer.write(lambda db: register.bring(db, products, 1, "Minh", stage.now))
    stage.writer.write(lambda db: register.take(db, number, stage.now))
    stage.now = datetime(2022, 6, 28, 9, tzinfo=CAMPAIGN.directory.zone)
    return stage


@pytest.mark.parametrize(("who", "lines"), [("Lan", OFFICER), ("Minh", MANAGER)])
def test_nothing_is_read_twice_in_a_turn(office: Stage, who: str, lines: tuple[str, ...]) -> None:
    found = {text: twice for text in lines if (twice := read_again(say(office, who, text)))}
    assert found == {}


def test_a_step_of_a_form_looks_at_no_board(office: Stage) -> None:
    """Of what the unit owes nothing is asked while a form is filled in."""
    say(office, "Lan", "báo cáo kinh phí")
    asked = [sql for sql, _ in say(office, "Lan", "1,2 tỷ")]
    assert asked
    assert not [sql for sql in asked if {"submission", "extension", "person"} & set(READS.findall(sql))]


def test_a_tick_with_nothing_to_do_reads_nothing_twice(office: Stage) -> None:
    office.tick()
    with statements(office) as asked:
        office.tick()
    assert read_again(asked) == []
    assert len([sql for sql, _ in asked if READS.findall(sql) == ["kept"]]) <= 2
