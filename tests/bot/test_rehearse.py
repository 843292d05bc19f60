"""The table of ``dondoc rehearse`` and ``dondoc remind``: everything that is planned stands in it once, in words."""

import json
import re
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.commands.pushes import show_all_pushes, show_pushes_at
from handlers.turn import Incoming
from handlers.wording.pushes import whys
from rules.campaign.ladder import Push, PushKind, Reason, Step
from rules.people import Role
from tests.stage import CAMPAIGN, OPENING, Stage

PEOPLE = [
    ("Lan", Role.OFFICER, "dai-loc"), ("Hòa", Role.OFFICER, "hoi-an"), ("Sơn", Role.OFFICER, "tien-phuoc"), ("Tú", Role.OFFICER, "tam-ky"),
    ("Hà", Role.LEADER, "dai-loc"), ("Minh", Role.MANAGER, ""),
]  # fmt: skip
Read = Callable[..., str]


@pytest.fixture
def rehearse(stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Read:
    def read(texts: bool = False, as_json: bool = False, language: str = "vi_VN") -> str:
        monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
        capsys.readouterr()
        show_all_pushes(stage.engine, stage.library, stage.now, texts, as_json)
        return capsys.readouterr().out

    return read


def enrol(stage: Stage, *people: tuple[str, Role, str]) -> None:
    for name, role, unit in people:
        stage.hear(Incoming("telegram", stage.next_update(), name, name, f"/start {stage.invite(role, unit, name)}"))


def rows(table: str) -> list[list[str]]:
    """The cells of the table, those that are empty too."""
    return [re.split(r"\s{2,}", line.strip()) for line in table.splitlines() if re.search(r"\d\d:\d\d  ", line)]


def test_a_day_in_words(stage: Stage, rehearse: Read) -> None:
    enrol(stage, *PEOPLE)
    found = rows(rehearse())
    assert found[0] == ["Thứ Tư 22/6", "08:00", "Lời nhắc", "cán bộ: 4 người", "4", "còn 5 ngày làm việc", "Kinh phí"]
    assert found[1] == ["08:00", "Tin buổi sáng", "quản lý: anh/chị Minh", "1", "14 đơn vị chưa có cán bộ", "Kinh phí"]
    whole = " ".join(rehearse().split())
    for told in (
        "ngày làm việc cuối còn",
        "quá hạn, nhắc lại lần 1",
        "lãnh đạo đơn vị: anh/chị Hà",
        "18 đơn vị quá hạn",
        "nhắc kèm",
        "Tổng hợp",
    ):
        assert told in whole


def test_as_many_in_the_table_as_are_planned(stage: Stage, rehearse: Read) -> None:
    enrol(stage, *PEOPLE)
    planned = [row for row in json.loads(rehearse(as_json=True)) if row["person"]]
    table = rehearse()
    counted = [next(int(cell) for cell in reversed(row[:-1]) if cell.isdigit()) for row in rows(table)]
    assert sum(counted) == len(planned)
    assert (
        f"Cả chiến dịch: {len(planned)} tin cho {len(PEOPLE)} người trong {len({row['at'][:10] for row in planned})} ngày"
        in table
    )
    of_lan = [row for row in planned if row["person"] == "Lan"]
    assert f"cán bộ {len(of_lan)}," in table
    assert len(of_lan) <= CAMPAIGN.policy.rungs.at_most
    assert f"Telegram: {len(planned)} tin" in table


def test_units_where_nobody_is_are_one_line(stage: Stage, rehearse: Read) -> None:
    enrol(stage, *PEOPLE)
    told = [line for line in rehearse(texts=True).splitlines() if "Nam Trà My" in line and not line.startswith("   ")]
    assert len(told) == 1
    assert told[0].startswith("14 đơn vị chưa có cán bộ tham gia nên không được nhắc: ")
    assert "Đại Lộc" not in told[0]


def test_where_nobody_is_at_all_it_is_said_what_to_do(rehearse: Read) -> None:
    told = rehearse()
    assert "18 đơn vị chưa có cán bộ" in told
    assert "dondoc invite" in told
    assert "Cả chiến dịch" not in told


def test_texts_only_on_asking_each_with_its_reader_and_way(stage: Stage, rehearse: Read) -> None:
    enrol(stage, PEOPLE[0])
    assert "đề nghị UBND huyện Đại Lộc" not in rehearse()
    told = rehearse(texts=True)
    assert (
        "── Thứ Tư 22/6 · 08:00 · Lời nhắc · cán bộ: anh/chị Lan · Đại Lộc · Telegram\n   Anh/chị Lan: đề nghị UBND huyện Đại Lộc"
        in told
    )


def test_in_the_language_of_who_looks(stage: Stage, rehearse: Read) -> None:
    enrol(stage, PEOPLE[0])
    told = rehearse(language="en_US")
    assert rows(told)[0] == ["Wednesday 22 June", "08:00", "Reminder", "officer: Lan", "1", "5 working days left", "Funds"]
    assert "17 units have no officer" in told


def test_who_can_not_be_written_to_stands_there_without_a_way(stage: Stage, rehearse: Read) -> None:
    enrol(stage, PEOPLE[4])
    stage.hear(Incoming("telegram", stage.next_update(), "Hà", "Hà", left=True))
    assert "không có cách gửi" in rehearse(texts=True)


def test_what_is_due_at_one_moment_is_shown_with_its_texts(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(stage, PEOPLE[0])
    at = datetime(2022, 6, 27, 8, 0, tzinfo=OPENING.tzinfo)
    capsys.readouterr()
    show_pushes_at(stage.writer, stage.library, at, dry_run=True, as_json=False)
    told = capsys.readouterr().out
    assert rows(told)[0][0] == "Thứ Hai 27/6"
    assert "Anh/chị Lan" in told
    assert "Cả chiến dịch" not in told


STEPS = [
    (PushKind.REMINDER, "W-1", "còn 1 ngày làm việc"), (PushKind.REMINDER, "W", "ngày làm việc cuối còn đúng hạn"),
    (PushKind.REMINDER, "L+1", "quá hạn 1 ngày làm việc"), (PushKind.REMINDER, "overdue-5", "quá hạn, nhắc lại lần 5"),
    (PushKind.REMINDER, "leader", "quá hạn, lãnh đạo đơn vị được báo"), (PushKind.ESCALATION, "leader", "quá hạn 2 ngày làm việc"),
    (PushKind.DIGEST, "L+2", "quá hạn 2 ngày làm việc"), (PushKind.REMINDER, "", "nhắc kèm"), (PushKind.SNOOZED, "", "theo hẹn nhắc lại"),
    (PushKind.MORNING, "late", "1 đơn vị quá hạn"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rung", "told"), STEPS)
def test_every_rung_has_its_words(stage: Stage, kind: PushKind, rung: str, told: str) -> None:
    words = stage.library.languages.of("vi")
    reason = Reason("withdrawal", "hoi-an", rung, Step.AGAIN)
    assert whys(words, CAMPAIGN, Push(OPENING, kind, rung, None, "hoi-an", (reason,), ("k",))) == ((told, "Thu hồi"),)


def test_what_is_about_no_task_has_its_words_too(stage: Stage) -> None:
    words = stage.library.languages.of("vi")
    told = {
        kind: whys(words, CAMPAIGN, Push(OPENING, kind, "", None, "", (), ("k",))) for kind in (PushKind.STAY, PushKind.MORNING)
    }
    assert told == {PushKind.STAY: (("kênh liên lạc sắp đóng", ""),), PushKind.MORNING: (("tin khác trong ngày", ""),)}
