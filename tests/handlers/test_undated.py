"""Departments' tasks and notes of progress show wherever districts' do, counted apart; a unit that is gone is told of."""

import pytest

from bot.commands import status as command
from handlers.library import Library
from handlers.papers.export import Export, export
from handlers.turn import Incoming
from rules import actions as a
from rules.directory.model import Directory
from rules.people import Role
from storage import reports
from storage.database import reading
from storage.scope import Scope
from tests.stage import CAMPAIGN, Said, Stage


def say(stage: Stage, who: str, text: str = "", press: a.Action | None = None) -> str:
    choice = a.pack(press) if press else ""
    said: list[Said] = stage.hear(Incoming("telegram", stage.next_update(), who, who, text=text, choice=choice))
    return "\n".join(one.message.text for one in said if one.address == who)


@pytest.fixture
def office(stage: Stage) -> Stage:
    """A department and a district have told how far they are."""
    for who, role, unit in (
        ("Mai", Role.OFFICER, "so-cong-thuong"),
        ("Lan", Role.OFFICER, "dai-loc"),
        ("Minh", Role.MANAGER, ""),
    ):
        say(stage, who, f"/start {stage.invite(role, unit)}")
    for who, task, note in (("Mai", "trade-promotion", "Đã mở hội chợ"), ("Lan", "training", "Đã cử 3 cán bộ")):
        say(stage, who, press=a.BeginReport(CAMPAIGN.duty(CAMPAIGN.obligation(task))))
        say(stage, who, note)
        say(stage, who, "Bỏ qua")
        say(stage, who, "Gửi")
    return stage


def test_the_overview_counts_them_apart(office: Stage) -> None:
    assert "Việc không có hạn, đã báo tiến độ: cấp huyện 1/36; sở, ngành 1/8" in say(office, "Minh", "tiến độ")


def test_each_task_says_who_has_told(office: Stage) -> None:
    assert "Xúc tiến" in say(office, "Minh", press=a.ShowStanding())
    shown = say(office, "Minh", press=a.ShowDuty(CAMPAIGN.duty(CAMPAIGN.obligation("training"))))
    assert "Đã báo tiến độ: 1\nĐại Lộc\n" in shown
    assert "Chưa báo tiến độ: 17\n" in shown
    assert "Đã báo tiến độ" in say(office, "Minh", "ai chưa nộp tập huấn")


def test_a_departments_page_has_its_tasks(office: Stage) -> None:
    shown = say(office, "Minh", press=a.ShowUnit("so-cong-thuong"))
    assert "đã nộp" in shown
    assert shown.count("⚪") == len(CAMPAIGN.owed_by(CAMPAIGN.directory.unit("so-cong-thuong")))


def exported(stage: Stage, kind: str = "csv") -> str:
    with reading(stage.engine) as db:
        scope = Scope(db, stage.library.campaign)
        latest = {(kept.unit, kept.obligation): kept for kept in reports.all_latest(scope)}
        found = Export(stage.library.languages.of("vi"), stage.desk(db).board, latest)
    return export(found, kind)[0].decode("utf-8-sig")


def test_the_export_has_them(office: Stage) -> None:
    rows = exported(office).splitlines()
    assert any("Sở Công Thương" in row and "Đã mở hội chợ" in row and "không có hạn" in row for row in rows)
    assert any("Đại Lộc" in row and "Đã cử 3 cán bộ" in row for row in rows)
    assert any("Sở Y tế" in row for row in rows)  # owes one and has told nothing


def test_the_command_line_shows_all_of_one_unit(office: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    command.show_status(office.engine, office.library, office.now, command.Wanted("so-cong-thuong", "", ""), as_json=True)
    shown = capsys.readouterr().out
    assert '"trade-promotion"' in shown
    assert '"submitted"' in shown


def test_the_digest_counts_them_apart(office: Stage) -> None:
    office.now = office.now.replace(month=6, day=28, hour=16, minute=1)
    office.tick()
    digest = next(one.message.text for one in office.said() if one.address == "Minh" and "Tổng hợp" in one.message.text)
    assert "cấp huyện 1/36; sở, ngành 1/8" in digest


# ---------------------------------------------------------------- a unit that is in the directory no more


def without(stage: Stage, slug: str) -> None:
    """The next version of the directory lacks that unit."""
    units = tuple(unit for unit in CAMPAIGN.directory.units if unit.slug != slug)
    kept = {name: getattr(CAMPAIGN.directory, name) for name in Directory.model_fields}
    directory = Directory(**{**kept, "units": units, "collisions": ()})
    campaign = CAMPAIGN.model_copy(update={"directory": directory})
    stage.library = Library(campaign, stage.library.files, stage.library.pick)


def test_a_unit_that_is_gone_is_told_of_and_breaks_nothing(office: Stage) -> None:
    without(office, "dai-loc")
    shown = say(office, "Minh", "tiến độ")
    assert "Không còn trong danh bạ nhưng vẫn còn dữ liệu: dai-loc." in shown
    assert "cấp huyện 0/34" in shown
    assert "dai-loc (không còn trong danh bạ)" in exported(office)
    assert "không còn trong danh bạ" in say(office, "Lan", "tiến độ")


def test_a_report_of_a_unit_that_is_gone_can_be_looked_up(office: Stage) -> None:
    with reading(office.engine) as db:
        kept = reports.latest(Scope(db, CAMPAIGN), "dai-loc", "training")
    assert kept
    without(office, "dai-loc")
    assert f"Báo cáo {kept.receipt}" in say(office, "Minh", f"/bienlai {kept.receipt}")
    assert say(office, "Minh", press=a.ConfirmReport(kept.id))
    assert say(office, "Minh", press=a.BeginWantingMore(kept.id))
    assert say(office, "Minh", "Thiếu chữ ký của lãnh đạo đơn vị")
