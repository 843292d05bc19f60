"""Asking what is kept about oneself, and being forgotten: who is the last, buttons of before, what comes again, what waits."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from bot.flow.sweeping import AGE, sweep
from handlers import own_words
from handlers.engine import take
from handlers.joining.gone import Deserted
from handlers.message import Message
from handlers.pushing import push
from handlers.turn import Incoming
from handlers.wording.catalogs import Languages
from rules.actions import AskToForget, AskToLeave, Forget, ShowOwnData, pack
from rules.people import Role
from rules.retention import Retention
from storage import groups, people
from storage.database import reading
from storage.passing import is_passing
from storage.tables import contact, outbox, person, received, stored_file, submission
from tests.made_files import PDF
from tests.postgres import laid_database
from tests.stage import CAMPAIGN, OPENING, News, Said, Stage

VI = Languages(CAMPAIGN.directory.zone).of("vi")


def says(stage: Stage, who: str, text: str = "", choice: str = "", channel: str = "telegram", **more: Any) -> list[Said]:
    return stage.hear(Incoming(channel, stage.next_update(), who, who, text, choice, **more))


def joins(stage: Stage, who: str, role: Role, unit: str = "", channel: str = "telegram") -> None:
    says(stage, who, f"/start {stage.invite(role, unit)}", channel=channel)


def button(said: list[Said], label: str) -> str:
    return next(choice.data for each in said for choice in each.message.choices if choice.label == label)


def asked(stage: Stage, who: str, channel: str = "telegram") -> str:
    """What the button of the confirmation carries."""
    return button(says(stage, who, "/xoadulieu", channel=channel), VI.tr("button.forget_go"))


def forgets(stage: Stage, who: str) -> str:
    go = asked(stage, who)
    assert VI.tr("own.done") in [each.message.text for each in says(stage, who, choice=go, pressed_on="5")]
    return go


def known(stage: Stage) -> list[str]:
    """Whom we could name: contacts and people."""
    with reading(stage.engine) as db:
        named = [*db.execute(select(contact.c.address)).scalars(), *db.execute(select(contact.c.name)).scalars()]
        return sorted({*named, *db.execute(select(person.c.name)).scalars()})


def texts(said: list[Said], who: str) -> list[str]:
    return [each.message.text for each in said if each.address == who]


def test_the_last_word_is_out_and_its_address_is_gone(any_stage: Stage) -> None:
    joins(any_stage, "Quý", Role.ADMINISTRATOR)
    joins(any_stage, "Lan", Role.OFFICER, "dai-loc")
    forgets(any_stage, "Lan")
    assert not [name for name in known(any_stage) if "Lan" in name]
    with reading(any_stage.engine) as db:
        rows = db.execute(select(outbox)).all()
        assert {row.kind for row in rows} >= {"farewell", "close"}
        assert {row.state for row in rows} == {"sent", "skipped"}  # the last row of before is empty
        assert "Lan" not in str(rows)


def test_an_update_that_comes_again_begins_nobody(any_stage: Stage) -> None:
    joins(any_stage, "Lan", Role.OFFICER, "dai-loc")
    forgets(any_stage, "Lan")
    assert any_stage.again() == []
    assert not [name for name in known(any_stage) if "Lan" in name]
    with reading(any_stage.engine) as db:
        assert {row.contact_id for row in db.execute(select(received))} == {None}


def test_leaving_after_that_begins_nobody(stage: Stage) -> None:
    """Who was forgotten blocks the bot: that is an update too."""
    joins(stage, "Lan", Role.OFFICER, "dai-loc")
    forgets(stage, "Lan")
    stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", left=True))
    assert not [name for name in known(stage) if "Lan" in name]


def test_a_button_of_before_is_of_no_use(any_stage: Stage) -> None:
    """Pressed a second time, by somebody else, and after joining anew: it forgets whom it was shown to, as that one was."""
    joins(any_stage, "Hoa", Role.OFFICER, "hoi-an")
    joins(any_stage, "Lan", Role.OFFICER, "dai-loc")
    stranger = asked(any_stage, "Lạ")
    joins(any_stage, "Lạ", Role.OFFICER, "dai-loc")
    go = forgets(any_stage, "Lan")
    for who, pressed in (("Lan", go), ("Hoa", go), ("Lạ", stranger), ("Hoa", pack(Forget(0, 0)))):
        assert texts(says(any_stage, who, choice=pressed), who) == [VI.tr("own.stale")]
    joins(any_stage, "Lan", Role.OFFICER, "dai-loc")
    assert texts(says(any_stage, "Lan", choice=go), "Lan") == [VI.tr("own.stale")]
    with reading(any_stage.engine) as db:
        assert {each.name for each in people.present(db)} == {"Hoa", "Lan", "Lạ"}


@pytest.mark.parametrize(("role", "key"), [(Role.ADMINISTRATOR, "own.last_administrator"), (Role.MANAGER, "own.last_manager")])
def test_the_last_one_stays_until_there_is_another(stage: Stage, role: Role, key: str) -> None:
    joins(stage, "Một", role)
    joins(stage, "Lan", Role.OFFICER, "dai-loc")
    assert texts(says(stage, "Một", "/xoadulieu"), "Một") == [VI.tr(key)]
    joins(stage, "Hai", role)
    go = asked(stage, "Một")
    forgets(stage, "Hai")  # meanwhile
    assert texts(says(stage, "Một", choice=go), "Một") == [VI.tr(key)]
    joins(stage, "Ba", role)
    forgets(stage, "Một")


def test_a_manager_is_not_the_last_beside_an_administrator(stage: Stage) -> None:
    joins(stage, "Quý", Role.ADMINISTRATOR)
    joins(stage, "Minh", Role.MANAGER)
    forgets(stage, "Minh")


def test_groups_are_told_and_read_along_no_more(stage: Stage) -> None:
    joins(stage, "Quý", Role.ADMINISTRATOR)
    joins(stage, "Minh", Role.MANAGER)
    says(stage, "Minh", "/ganthongbao", group="-5", group_title="Nhóm")
    told = says(stage, "Minh", choice=asked(stage, "Minh"))
    assert texts(told, "-5") == [VI.tr("group.released")]
    with reading(stage.engine) as db:
        assert groups.bound(db) == []


@pytest.mark.parametrize(
    ("left", "told"), [((), True), ((Role.LEADER,), True), ((Role.OFFICER,), False), ((Role.OFFICER, Role.LEADER), False)]
)
def test_overseers_hear_that_a_unit_has_no_officer(stage: Stage, left: tuple[Role, ...], told: bool) -> None:
    joins(stage, "Minh", Role.MANAGER)
    joins(stage, "Lan", Role.OFFICER, "dai-loc")
    for role in left:
        joins(stage, role.value, role, "dai-loc")
    said = texts(says(stage, "Lan", choice=asked(stage, "Lan")), "Minh")
    expected = Deserted(CAMPAIGN.directory.unit("dai-loc"), forgotten=True).message(VI).text
    assert said == ([expected] if told else [])


def test_what_waits_for_them_is_not_sent(any_stage: Stage) -> None:
    """A push in the outbox, one in a courier's hands, and one that is only due."""
    joins(any_stage, "Quý", Role.ADMINISTRATOR)
    joins(any_stage, "Lan", Role.OFFICER, "dai-loc")
    go = asked(any_stage, "Lan")

    def post(db: Connection) -> None:
        (who,) = people.of_unit(db, "dai-loc")
        push.to_person(any_stage.desk(db), who, News(Message("tin cho Lan")), "news")

    any_stage.writer.write(post)
    any_stage.platform_answers = False
    says(any_stage, "Lan", choice=go)
    any_stage.platform_answers = True
    assert texts(any_stage.said(), "Lan") == [VI.tr("own.done")]
    assert texts(any_stage.move_to(OPENING.replace(day=30)), "Lan") == []


def test_files_without_a_report_are_swept_and_those_of_the_unit_stay(stage: Stage, tmp_path: Path) -> None:
    joins(stage, "Quý", Role.ADMINISTRATOR)
    joins(stage, "Lan", Role.OFFICER, "dai-loc")
    store = stage.library.files
    kept, loose = store.put(PDF, "bao-cao.pdf"), store.put(PDF + b"%", "nhap.pdf")
    says(stage, "Lan", "báo cáo kinh phí")
    for text in ("1 tỷ", "bỏ qua", "có", "200 triệu", "45/UBND-NN ngày 10/6/2022"):
        says(stage, "Lan", text)
    stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", file=kept))
    says(stage, "Lan", "gửi")
    stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", file=loose))
    with reading(stage.engine) as db:
        assert db.execute(select(submission.c.person_name)).scalars().all() == ["Lan"]
        assert {row.hash for row in db.execute(select(stored_file))} == {kept.hash, loose.hash}
    forgets(stage, "Lan")
    with reading(stage.engine) as db:
        assert [(row.hash, row.person_id) for row in db.execute(select(stored_file))] == [(kept.hash, None)]
    assert sweep(stage.engine, store, OPENING.replace(year=2100) + AGE) == 1
    assert store.get(kept.hash) == PDF


def test_who_left_before_is_forgotten_with_the_old_name(any_stage: Stage) -> None:
    """Also who was removed, and who had another name under another role."""
    joins(any_stage, "Quý", Role.ADMINISTRATOR)
    code = any_stage.writer.write(lambda db: _named(any_stage, db, "Lan Hương"))
    says(any_stage, "7", f"/start {code}")
    code = any_stage.writer.write(lambda db: _named(any_stage, db, "Hương Lan"))
    says(any_stage, "7", f"/start {code}")
    says(any_stage, "7", "không phát sinh thu hồi")
    with reading(any_stage.engine) as db:
        (who,) = people.of_unit(db, "dai-loc")
    any_stage.writer.write(lambda db: people.remove(db, who.id, OPENING))
    assert {"Lan Hương", "Hương Lan"} <= set(known(any_stage))
    forgets(any_stage, "7")
    assert not {"7", "Lan Hương", "Hương Lan"} & set(known(any_stage))


def _named(stage: Stage, db: Connection, name: str) -> str:
    from storage import invites

    grant = invites.Grant(Role.OFFICER, "dai-loc", name)
    return invites.create_invite(db, grant, invites.By("test"), OPENING, stage.library.pick).code


def test_an_account_that_another_took_over_is_theirs(any_stage: Stage) -> None:
    """Lan's second channel became Hoa's: Lan goes without it, and Hoa goes without Lan."""
    joins(any_stage, "Quý", Role.ADMINISTRATOR)
    joins(any_stage, "Lan", Role.OFFICER, "dai-loc")
    joins(any_stage, "Hoa", Role.OFFICER, "hoi-an")

    def hand_over(db: Connection) -> None:
        lan, hoa = people.contact_at(db, "telegram", "Lan"), people.contact_at(db, "telegram", "Hoa")
        assert lan
        assert hoa
        people.leave(db, lan.id, OPENING)
        db.execute(contact.update().where(contact.c.id == lan.id).values(person_id=hoa.person_id))

    any_stage.writer.write(hand_over)
    joins(any_stage, "Lan mới", Role.OFFICER, "dai-loc")
    forgets(any_stage, "Hoa")
    with reading(any_stage.engine) as db:
        assert {each.name for each in people.present(db)} == {"Quý", "Lan mới"}
    assert not {"Hoa", "Lan"} & set(known(any_stage))


@pytest.fixture
def postgres(tmp_path: Path) -> Stage:
    return Stage(laid_database(), tmp_path)


@pytest.mark.postgres
def test_two_who_go_at_once_leave_one(postgres: Stage) -> None:
    """The two last administrators confirm at the same moment, and one person does on both channels."""
    stage = postgres
    joins(stage, "Một", Role.ADMINISTRATOR)
    joins(stage, "Hai", Role.ADMINISTRATOR)
    presses = [(who, asked(stage, who)) for who in ("Một", "Hai")]
    at_once = Barrier(2)

    def press(number: int) -> None:
        who, go = presses[number]
        incoming = Incoming("telegram", f"go{number}", who, who, choice=go)
        at_once.wait()
        while True:
            try:
                with stage.engine.begin() as db:
                    take(db, stage.library, incoming, OPENING)
                return
            except DBAPIError as error:
                if not is_passing(error):
                    raise

    with ThreadPoolExecutor(2) as both:
        list(both.map(press, range(2)))
    with reading(stage.engine) as db:
        assert len(people.present(db)) == 1
    stage.close()


@pytest.mark.parametrize("nights", [0, 14])
def test_what_is_said_is_what_holds(stage: Stage, nights: int) -> None:
    stage.library.kept = Retention(texts=7, messages=46, questions=31, drafts=33, strangers=35, backups=nights)
    says(stage, "Lạ", "phí bao nhiêu?")
    (text,) = texts(says(stage, "Lạ", "bot lưu gì về tôi"), "Lạ")
    for days in (7, 46, 31, 35):
        assert f"{days} ngày" in text
    assert (VI.tr("own.backups", days=nights) if nights else VI.tr("own.no_backups")) in text


def test_the_words_are_understood() -> None:
    for text in (
        "Bot lưu gì về tôi?", "bot luu gi ve toi", "trợ lý đang lưu những gì về em", "Hệ thống lưu thông tin gì của tôi?",
        "dữ liệu của tôi", "xem thông tin cá nhân của tôi", "what do you know about me?", "my data", "bot luu gi ve e vay",
        "em muon xem du lieu cua em a", "ban luu nhung gi ve toi the", "bot co luu so dien thoai cua em khong", "dulieu",
    ):  # fmt: skip
        assert own_words.meant(text) == ShowOwnData(), text
    for text in (
        "xoá dữ liệu của tôi", "xóa dữ liệu của tôi đi", "Tôi muốn xóa hết thông tin cá nhân của tôi", "xin xoa du lieu cua em",
        "hãy xóa toàn bộ dữ liệu của tôi", "delete my data", "please delete all my personal data", "forget me",
        "I want to delete my data", "xoa du lieu cua em giup em voi a", "cho em xin xoa dl cua em a", "xoa tai khoan cua em di",
        "xóa dữ liệu", "xoadulieu",
    ):  # fmt: skip
        assert own_words.meant(text) == AskToForget(), text
    for text in ("em muon roi khoi danh sach a", "cho toi ra khoi nhom"):
        assert own_words.meant(text) == AskToLeave(), text
    for text in (
        "xóa dữ liệu của sản phẩm", "xóa báo cáo của tôi", "thông tin của huyện tôi", "lưu hồ sơ ở đâu", "hủy", "toi quen",
        "đừng xóa dữ liệu của em", "xóa thông tin", "rút khỏi danh sách", "ra khỏi danh sách", "thông tin về đơn vị",
        "xóa dữ liệu đơn vị của em", "dạ em", "",
    ):  # fmt: skip
        assert own_words.meant(text) is None, text


def test_yes_and_no_are_understood() -> None:
    for text in ("khong", "Không ạ", "thôi em không xóa nữa", "huỷ", "k", "đừng", "dung xoa", "em bấm nhầm", "no", "chưa"):
        assert own_words.says_no(text), text
    for text in ("có", "dạ đồng ý ạ", "xóa đi", "roi di", "ok em", "đúng rồi", "yes please", "u"):
        assert own_words.says_yes(text), text
        assert not own_words.says_no(text), text
    for text in ("350 triệu", "tiến độ", "không phát sinh", "không phải của Hội An", "có 3 sản phẩm", ""):
        assert not own_words.says_no(text), text
        assert not own_words.says_yes(text), text


def test_a_button_of_before_tells_nothing_untrue(stage: Stage) -> None:
    """Asked twice, done once: the other question's button does not say that nothing was done."""
    joins(stage, "Quý", Role.ADMINISTRATOR)
    joins(stage, "Lan", Role.OFFICER, "dai-loc")
    not_deleted = button(says(stage, "Lan", "/xoadulieu"), VI.tr("button.forget_not"))
    leaving = says(stage, "Lan", "/roi")
    says(stage, "Lan", choice=button(leaving, VI.tr("button.leave")))
    assert texts(says(stage, "Lan", choice=button(leaving, VI.tr("button.stay"))), "Lan") == [VI.tr("leave.stranger")]
    assert texts(says(stage, "Lan", choice=not_deleted), "Lan") == [VI.tr("own.stale")]


@pytest.mark.parametrize(
    ("role", "key"), [(Role.ADMINISTRATOR, "leave.last_administrator"), (Role.MANAGER, "leave.last_manager")]
)
def test_the_last_one_does_not_leave_before_there_is_another(any_stage: Stage, role: Role, key: str) -> None:
    joins(any_stage, "Một", role)
    assert texts(says(any_stage, "Một", "/roi"), "Một") == [VI.tr(key)]
    joins(any_stage, "Hai", role)
    going = {who: button(says(any_stage, who, "/roi"), VI.tr("button.leave")) for who in ("Một", "Hai")}
    assert texts(says(any_stage, "Hai", choice=going["Hai"]), "Hai") == [VI.tr("leave.done")]
    assert texts(says(any_stage, "Một", choice=going["Một"]), "Một") == [VI.tr(key)]
    with reading(any_stage.engine) as db:
        assert [each.name for each in people.present(db)] == ["Một"]
