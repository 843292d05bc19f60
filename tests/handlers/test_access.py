"""Who may see what, and how it ends: groups that read along, codes that let somebody in, everybody who is told of it."""

from datetime import timedelta

import pytest

from handlers.managing.access import SHOWN
from handlers.ticking.hourly import EVERY
from handlers.turn import Incoming
from rules.people import Role
from storage import people
from tests.stage import Said, Stage

GROUP = "-500"


def say(stage: Stage, who: str, text: str = "", choice: str = "", group: str = "") -> list[Said]:
    return stage.hear(
        Incoming("telegram", stage.next_update(), who, who, text, choice, group=group, group_title="OCOP" if group else "")
    )


def press(stage: Stage, who: str, said: list[Said], label: str) -> list[Said]:
    (choice,) = [c.data for item in said if item.address == who for c in item.message.choices if c.label == label]
    return say(stage, who, choice=choice)


def texts(said: list[Said], address: str) -> str:
    return "\n".join(item.message.text for item in said if item.address == address)


@pytest.fixture
def bound(stage: Stage) -> Stage:
    """An administrator Quý, a manager Minh, and a group that Minh has bound."""
    for who, role in (("Quý", Role.ADMINISTRATOR), ("Minh", Role.MANAGER)):
        say(stage, who, f"/start {stage.invite(role)}")
    say(stage, "Minh", "/ganthongbao", group=GROUP)
    assert "🔵" in texts(say(stage, "Ai đó", "/tiendo", group=GROUP), GROUP)
    return stage


def test_a_group_is_released_with_who_bound_it(bound: Stage) -> None:
    listed = say(bound, "Quý", "/nguoi")
    asked = press(bound, "Quý", press(bound, "Quý", listed, "Minh (toàn tỉnh)"), "Bỏ khỏi danh sách")
    told = press(bound, "Quý", asked, "Bỏ khỏi danh sách")
    assert "không nhận thông báo nữa" in texts(told, GROUP)
    assert "🔵" not in texts(say(bound, "Ai đó", "/tiendo", group=GROUP), GROUP)


def test_a_group_is_released_from_anywhere(bound: Stage) -> None:
    seen = say(bound, "Quý", "/quyen")
    assert "1. OCOP (Telegram), anh/chị Minh gắn ngày 20/6/2022" in texts(seen, "Quý")
    told = press(bound, "Quý", seen, "Bỏ nhóm 1")
    assert "không nhận thông báo nữa" in texts(told, GROUP)
    assert "Đã bỏ nhóm “OCOP”" in texts(told, "Quý")
    assert "🔵" not in texts(say(bound, "Ai đó", "/tiendo", group=GROUP), GROUP)
    assert "đã bỏ từ trước" in texts(press(bound, "Quý", seen, "Bỏ nhóm 1"), "Quý")


@pytest.mark.parametrize("role", list(Role))
def test_every_join_is_told_to_the_others_who_oversee(bound: Stage, role: Role) -> None:
    code = bound.invite(role, "" if role.oversees else "dai-loc")
    said = say(bound, "Hà", f"/start {code}")
    for overseer in ("Quý", "Minh", GROUP):
        assert "Hà" in texts(said, overseer)
    assert "vừa tham gia" not in texts(said, "Hà")


@pytest.mark.parametrize(("role", "told"), [(Role.OFFICER, False), (Role.MANAGER, True)])
def test_who_muted_the_reports_still_hears_of_new_overseers(bound: Stage, role: Role, told: bool) -> None:
    say(bound, "Minh", "/tatthongbao")
    said = say(bound, "Hà", f"/start {bound.invite(role, '' if role.oversees else 'dai-loc')}")
    assert bool(texts(said, "Minh")) is told


def test_a_stranger_asks_sixty_times_and_managers_hear_it_once(bound: Stage) -> None:
    heard = []
    for number in range(60):
        offered = say(bound, "Khách", f"chuyện lạ thứ {number} ở bit.ly/x{number} thì sao?")
        heard += press(bound, "Khách", offered, "Gửi câu hỏi cho Sở")
    assert texts(heard, "Minh") == ""
    bound.tick()
    (one,) = [item for item in bound.said() if item.address == "Minh"]
    assert "60 câu hỏi mới" in one.message.text
    assert "Còn 55 câu nữa" in one.message.text
    assert "bit.ly" not in one.message.text
    bound.tick()
    assert bound.said() == []


def test_an_officer_who_asks_much_is_told_of_together_too(bound: Stage) -> None:
    say(bound, "Lan", f"/start {bound.invite(Role.OFFICER, 'dai-loc')}")
    heard = []
    for number in range(10):
        offered = say(bound, "Lan", f"chuyện lạ thứ {number} thì sao?")
        heard += press(bound, "Lan", offered, "Gửi câu hỏi cho Sở")
    assert texts(heard, "Minh").count("chuyện lạ thứ") == 3
    bound.tick()
    assert "7 câu hỏi mới" in texts(bound.said(), "Minh")


def test_they_are_told_of_at_most_once_an_hour_whatever_the_clock_said_before(bound: Stage) -> None:
    def asked_and_told(text: str) -> str:
        press(bound, "Khách", say(bound, "Khách", text), "Gửi câu hỏi cho Sở")
        bound.tick()
        return texts(bound.said(), "Minh")

    assert "thứ nhất" in asked_and_told("chuyện lạ thứ nhất thì sao?")
    bound.now += EVERY - timedelta(seconds=1)
    assert asked_and_told("chuyện lạ thứ hai thì sao?") == ""
    bound.now += timedelta(seconds=1)
    bound.tick()
    told = texts(bound.said(), "Minh")
    assert "thứ hai" in told
    assert "thứ nhất" not in told
    bound.now -= timedelta(days=1)  # the machine's clock was a day ahead
    assert "thứ ba" in asked_and_told("chuyện lạ thứ ba thì sao?")


def test_a_strangers_name_is_no_link_wherever_managers_read_it(bound: Stage) -> None:
    def hears(text: str, choice: str = "") -> list[Said]:
        return bound.hear(Incoming("telegram", bound.next_update(), "Khách", "Quà ở qua.example.com", text, choice))

    (offered,) = hears("hợp tác xã chưa có tài khoản ngân hàng thì nhận tiền thưởng thế nào?")
    hears("", next(choice.data for choice in offered.message.choices if choice.label == "Gửi câu hỏi cho Sở"))
    bound.tick()
    for read in (texts(bound.said(), "Minh"), texts(say(bound, "Minh", "/cauhoi"), "Minh")):
        assert "Quà ở qua. example. com: hợp tác xã" in read


@pytest.mark.parametrize(("by_lan", "by_khach"), [
    ("chủ cơ sở là người nước ngoài thì sao?", "Chủ cơ sở là người nước ngoài thì sao"), ("补助金怎么用?", "一村一品?"),
])  # fmt: skip
def test_what_is_written_to_a_unit_reaches_no_stranger_who_asked_the_same(bound: Stage, by_lan: str, by_khach: str) -> None:
    """Nor anybody at all whose question has as few letters as theirs."""
    say(bound, "Lan", f"/start {bound.invite(Role.OFFICER, 'dai-loc')}")
    say(bound, "Khách", by_khach)
    bound.now += timedelta(minutes=1)
    passed = press(bound, "Lan", say(bound, "Lan", by_lan), "Gửi câu hỏi cho Sở")
    press(bound, "Minh", passed, "Trả lời")
    replied = say(bound, "Minh", "Đơn vị còn 35 triệu, trả trong tháng này.")
    assert "35 triệu" in texts(replied, "Lan")
    assert texts(replied, "Khách") == ""


ASKED_BY_ALL = "chủ cơ sở là người nước ngoài thì sao?"
WRITTEN = "Đơn vị còn 35 triệu, trả trong tháng này."


def _all_ask(stage: Stage, asker: str) -> list[Said]:
    """Two officers of Đại Lộc, one of Hội An and two strangers ask the same, and Minh replies to one of them."""
    for who, unit in (("Lan", "dai-loc"), ("Mai", "dai-loc"), ("Hoa", "hoi-an")):
        say(stage, who, f"/start {stage.invite(Role.OFFICER, unit)}")
    asked = {who: say(stage, who, ASKED_BY_ALL) for who in ("Lan", "Mai", "Hoa", "Khách", "Người lạ")}
    press(stage, asker, asked[asker], "Gửi câu hỏi cho Sở")
    stage.now += timedelta(minutes=1)
    stage.tick()
    stage.said()
    press(stage, "Minh", say(stage, "Minh", "/cauhoi"), f"Trả lời câu {5 - list(asked).index(asker)}")
    return say(stage, "Minh", WRITTEN)


@pytest.mark.parametrize(("asker", "hear"), [("Lan", {"Lan", "Mai"}), ("Hoa", {"Hoa"}), ("Khách", {"Khách"})])
def test_a_reply_is_the_askers_and_their_units_until_it_is_published(bound: Stage, asker: str, hear: set[str]) -> None:
    """Other units, and other strangers, asked word for word the same."""
    replied = _all_ask(bound, asker)
    assert {item.address for item in replied if WRITTEN in item.message.text} == hear
    published = press(bound, "Minh", replied, "Công bố cho mọi người")
    others = {"Lan", "Mai", "Hoa", "Khách", "Người lạ"} - hear
    assert {item.address for item in published if WRITTEN in item.message.text} == others
    again = press(bound, "Minh", published, "Thôi công bố")
    assert {item.address for item in again} == {"Minh"}


def test_a_reply_to_who_has_left_is_nobodys(bound: Stage) -> None:
    """Nor does it go to those who have left, though they asked the same."""
    for who in ("Lan", "Hoa"):
        say(bound, who, f"/start {bound.invite(Role.OFFICER, 'dai-loc')}")
        passed = press(bound, who, say(bound, who, ASKED_BY_ALL), "Gửi câu hỏi cho Sở")
        press(bound, who, say(bound, who, "/roi"), "Rời danh sách")
    press(bound, "Minh", passed, "Trả lời")
    replied = say(bound, "Minh", WRITTEN)
    assert [item.address for item in replied if WRITTEN in item.message.text] == []


@pytest.mark.parametrize(("who", "offered", "changes"), [
    ("Quý", Role.OFFICER, False), ("Quý", Role.LEADER, False), ("Quý", Role.MANAGER, False), ("Quý", Role.ADMINISTRATOR, True),
    ("Minh", Role.OFFICER, False), ("Minh", Role.LEADER, False), ("Minh", Role.MANAGER, True), ("Minh", Role.ADMINISTRATOR, True),
    ("Lan", Role.LEADER, True), ("Lan", Role.MANAGER, True),
])  # fmt: skip
def test_a_link_takes_from_nobody_what_they_oversee(bound: Stage, who: str, offered: Role, changes: bool) -> None:
    """A manager may make codes for officers and managers; an administrator who pressed one was no administrator any more."""
    say(bound, "Lan", f"/start {bound.invite(Role.OFFICER, 'dai-loc')}")
    before = bound.writer.write(people.present)
    code = bound.invite(offered, "" if offered.oversees else "hoi-an")
    heard = texts(say(bound, who, f"/start {code}"), who)
    assert (bound.writer.write(people.present) != before) is changes
    assert ("chưa đổi gì" in heard) is not changes
    if not changes:  # the code is good still, for whom it was meant and for who leaves first
        say(bound, "Hai", f"/start {bound.invite(Role.ADMINISTRATOR)}")  # the last one could not leave
        press(bound, who, say(bound, who, "/roi"), "Rời danh sách")
        say(bound, who, f"/start {code}")
        assert bound.writer.write(people.present)[-1].role is offered


def test_more_codes_than_are_shown_are_counted(bound: Stage) -> None:
    for _ in range(SHOWN + 2):
        bound.invite(Role.OFFICER, "dai-loc")
    (listed,) = press(bound, "Quý", say(bound, "Quý", "/quyen"), "Xem lời mời")
    assert len(listed.message.choices) == SHOWN
    assert f"{SHOWN}. " in listed.message.text
    assert f"{SHOWN + 1}. " not in listed.message.text
    assert listed.message.text.endswith(bound.library.languages.of("vi").tr("value.more_rows", count=2))


def test_the_list_of_who_oversees_names_no_officer(bound: Stage) -> None:
    say(bound, "Lan", f"/start {bound.invite(Role.OFFICER, 'dai-loc')}")
    seen = texts(say(bound, "Quý", "/quyen"), "Quý")
    assert "Minh" in seen
    assert "Lan" not in seen


@pytest.mark.parametrize(("role", "told"), [(Role.OFFICER, False), (Role.MANAGER, True), (Role.ADMINISTRATOR, True)])
def test_who_is_removed_hears_it_and_so_do_the_others_who_oversee(bound: Stage, role: Role, told: bool) -> None:
    say(bound, "Hà", f"/start {bound.invite(role, '' if role.oversees else 'dai-loc')}")
    listed = say(bound, "Quý", "/nguoi")
    (shown,) = [c.label for item in listed for c in item.message.choices if c.label.startswith("Hà")]
    asked = press(bound, "Quý", press(bound, "Quý", listed, shown), "Bỏ khỏi danh sách")
    said = press(bound, "Quý", asked, "Bỏ khỏi danh sách")
    assert "không còn trong danh sách" in texts(said, "Hà")
    assert "Nông nghiệp" in texts(said, "Hà")  # whom to ask
    assert ("Quý vừa bỏ anh/chị Hà" in texts(said, "Minh")) is told
    assert ("Quý vừa bỏ anh/chị Hà" in texts(said, GROUP)) is told
    assert texts(said, "Quý") == "Đã bỏ anh/chị Hà khỏi danh sách."
    again = press(bound, "Quý", asked, "Bỏ khỏi danh sách")
    assert texts(again, "Hà") == texts(again, "Minh") == ""


def test_a_stranger_with_a_number_hears_what_numbers_are_kept_for(stage: Stage) -> None:
    assert "số điện thoại của người trong danh sách" in texts(say(stage, "Lạ", "/sodienthoai 0905123456"), "Lạ")


@pytest.mark.parametrize(("role", "left", "told"), [
    (Role.OFFICER, (), "không còn cán bộ nào tham gia: người cuối cùng vừa rời danh sách"),
    (Role.OFFICER, (Role.LEADER,), "không còn cán bộ nào tham gia"), (Role.OFFICER, (Role.OFFICER,), ""),
    (Role.LEADER, (Role.OFFICER,), ""), (Role.MANAGER, (), "Hà (quản lý, xem mọi đơn vị) vừa tự rời danh sách."),
    (Role.ADMINISTRATOR, (), "Hà (quản trị, xem mọi đơn vị) vừa tự rời danh sách."),
])  # fmt: skip
def test_those_who_oversee_hear_who_leaves_them_or_a_unit_alone(
    bound: Stage, role: Role, left: tuple[Role, ...], told: str
) -> None:
    for who, each in (("Hà", role), *((each.value, each) for each in left)):
        say(bound, who, f"/start {bound.invite(each, '' if each.oversees else 'dai-loc')}")
    said = press(bound, "Hà", say(bound, "Hà", "/roi"), "Rời danh sách")
    assert texts(said, "Hà") == "Anh/chị đã rời danh sách và không nhận lời nhắc nữa. Cảm ơn anh/chị."
    for overseer in ("Quý", "Minh", GROUP):
        assert told in texts(said, overseer)
        assert bool(texts(said, overseer)) is bool(told)
