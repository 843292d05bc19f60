"""Codes as people type them, in whose hands they are good, and that nothing of them is kept."""

import pytest
from sqlalchemy import select

from handlers.turn import Incoming
from handlers.wording.catalogs import Languages
from rules.actions import LinkHere, pack
from rules.codes import meant_as_invite
from rules.people import Role
from storage import invites, people
from storage.database import reading
from storage.tables import question, received
from tests.stage import CAMPAIGN, Said, Stage

VI = Languages(CAMPAIGN.directory.zone).of("vi")


def says(stage: Stage, who: str, text: str = "", choice: str = "", channel: str = "telegram") -> str:
    said: list[Said] = stage.hear(Incoming(channel, stage.next_update(), who, who, text, choice))
    return "\n".join(each.message.text for each in said if each.address == who and each.channel == channel)


def joins(stage: Stage, who: str, role: Role, unit: str = "", channel: str = "telegram") -> None:
    says(stage, who, f"/start {stage.invite(role, unit)}", channel=channel)


def kept(stage: Stage) -> str:
    """Everything that is kept of what people typed."""
    with reading(stage.engine) as db:
        bodies = db.execute(select(received.c.body)).scalars()
        return "\n".join((*bodies, *db.execute(select(question.c.text)).scalars()))


def roles(stage: Stage) -> dict[str, Role]:
    with reading(stage.engine) as db:
        return {each.name: each.role for each in people.present(db)}


@pytest.mark.parametrize("words", ["{}", "em gui ma {} a", "Mã mời của em: {}.", "start {}", "“{}”"])
def test_a_strangers_code_is_found_among_words_and_not_kept(stage: Stage, words: str) -> None:
    code = stage.invite(Role.OFFICER, "dai-loc")
    assert "Đại Lộc" in says(stage, "Lan", words.format(code.lower()))
    assert roles(stage) == {"Lan": Role.OFFICER}
    assert code not in kept(stage).upper()


def test_a_code_with_a_slip_is_told_as_one_and_not_kept(stage: Stage) -> None:
    for typed in ("SU9MZ5XC22", "su9mz-5xc22", "SU9MZ5XC2", "SU9MZ5XC22X"):
        assert says(stage, "Lạ", typed) == VI.tr("join.bad_code_stranger")
        assert typed not in kept(stage)
    assert says(stage, "Lạ", "quản lý") != VI.tr("join.bad_code_stranger")


@pytest.mark.parametrize(
    "text", ["", "2022", "0905123456", "482913", "management", "OCOP2022", "45/UBND-NN", "nghiên cứu 36 tháng", "1234567890A"]
)
def test_what_is_no_code(text: str) -> None:
    assert not meant_as_invite(text)


def test_an_officer_with_a_new_code_joins_by_the_code_alone(stage: Stage) -> None:
    joins(stage, "Lan", Role.OFFICER, "dai-loc")
    code = stage.invite(Role.OFFICER, "hoi-an")
    assert "Hội An" in says(stage, "Lan", code)
    assert code not in kept(stage)


@pytest.mark.parametrize(("given", "taken"), [(Role.OFFICER, False), (Role.ADMINISTRATOR, True)])
def test_who_oversees_loses_nothing_by_typing_a_code(stage: Stage, given: Role, taken: bool) -> None:
    """Mostly it is one that they made for somebody else."""
    joins(stage, "Minh", Role.MANAGER)
    code = stage.invite(given, "" if given.oversees else "dai-loc")
    assert ("chưa đổi gì" in says(stage, "Minh", code)) is not taken
    assert roles(stage) == {"Minh": given if taken else Role.MANAGER}
    assert code not in kept(stage)
    with reading(stage.engine) as db:
        assert invites.is_open(db, code, stage.now) is not taken


def test_who_leaves_does_so_on_every_channel(any_stage: Stage) -> None:
    joins(any_stage, "Lan", Role.OFFICER, "dai-loc")
    code = says(any_stage, "Lan", "/lienket").split("Mã liên kết: ")[1][:7]
    says(any_stage, "Lan", code, channel="zalo_bot")
    said = any_stage.hear(Incoming("telegram", any_stage.next_update(), "Lan", "Lan", "/roi"))
    go = next(choice.data for each in said for choice in each.message.choices if choice.label == VI.tr("button.leave"))
    said = any_stage.hear(Incoming("telegram", any_stage.next_update(), "Lan", "Lan", choice=go))
    told = {each.channel: each.message.text for each in said if each.message.text}
    assert told == {"telegram": VI.tr("leave.done"), "zalo_bot": VI.tr("leave.done_elsewhere", channel="Telegram")}
    assert roles(any_stage) == {}
    assert says(any_stage, "Lan", "tiến độ", channel="zalo_bot") == VI.tr("status.stranger", receiver="Sở Nông nghiệp và PTNT")


def test_the_last_administrator_becomes_nobody_else_by_linking(stage: Stage) -> None:
    joins(stage, "Quý", Role.ADMINISTRATOR, channel="zalo_bot")
    joins(stage, "Lan", Role.OFFICER, "dai-loc")
    code = says(stage, "Lan", "/lienket").split("Mã liên kết: ")[1][:7].replace(" ", "")
    link = pack(LinkHere(code))
    assert says(stage, "Quý", choice=link, channel="zalo_bot") == VI.tr("link.last_administrator")
    assert roles(stage) == {"Quý": Role.ADMINISTRATOR, "Lan": Role.OFFICER}
