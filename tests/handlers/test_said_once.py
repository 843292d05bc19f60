"""What opens something is said once and kept nowhere; names are what they seem."""

import json

import pytest
from sqlalchemy import text

from handlers.turn import Incoming
from rules.people import Role
from storage import linking, people
from storage.database import reading
from storage.tables import ALL
from tests.stage import Stage


def say(stage: Stage, who: str, words: str = "", choice: str = "") -> str:
    said = stage.hear(Incoming("telegram", stage.next_update(), who, who, words, choice))
    return "\n".join(item.message.text for item in said if item.address == who)


def everything(stage: Stage) -> str:
    """All that the database holds."""
    with reading(stage.engine) as db:
        return "\n".join(str(tuple(row)) for table in ALL for row in db.execute(text(f"select * from {table.name}")))  # noqa: S608


def test_a_code_that_was_sent_is_not_kept(any_stage: Stage) -> None:
    stage = any_stage
    say(stage, "Quý", f"/start {stage.invite(Role.ADMINISTRATOR)}")
    made = say(stage, "Quý", choice="inv administrator")
    code = made.split("Mã: ")[1].split()[0]
    linked = say(stage, "Quý", "/lienket").split("Mã liên kết: ")[1].split("\n")[0]
    kept = everything(stage)
    assert code not in kept
    assert linked not in kept
    assert "•••" in kept


@pytest.mark.parametrize("typed", ["/start {}", "/start@dondoc_bot {}", "{}", "/START {}"])
def test_a_code_that_was_typed_is_not_kept(stage: Stage, typed: str) -> None:
    code = stage.invite(Role.OFFICER, "dai-loc")
    assert "Chào" in say(stage, "Lan", typed.format(code))
    assert code not in everything(stage)


@pytest.mark.parametrize(
    ("typed", "known"),
    [("{}", False), ("/lienket {}", False), ("/lienket@dondoc_bot {}", False), ("/lienket {}", True), ("/link {}", True)],
)
def test_a_code_that_links_is_not_kept(stage: Stage, typed: str, known: bool) -> None:
    say(stage, "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    code = say(stage, "Lan", "/lienket").split("Mã liên kết: ")[1].split("\n")[0]
    if known:
        say(stage, "Hà", f"/start {stage.invite(Role.OFFICER, 'hoi-an')}")
        say(stage, "Hà", "/lienket")
    stage.hear(Incoming("telegram", stage.next_update(), "Hà", "Hà", typed.format(code)))
    with reading(stage.engine) as db:
        assert code not in str(db.execute(text("select body from received")).all())


@pytest.mark.parametrize("number", ["/sodienthoai 0905123456", "/sodienthoai@dondoc_bot 0905123456", "/phone 0905 123 456"])
def test_a_number_is_not_kept_among_what_was_said(stage: Stage, number: str) -> None:
    say(stage, "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    say(stage, "Lan", number)
    with reading(stage.engine) as db:
        assert "123" not in str(db.execute(text("select body from received")).all())


# ---------------------------------------------------------------- linking is shut for nobody


def wrong(stage: Stage, who: str, count: int) -> None:
    for _ in range(count):
        stage.hear(Incoming("telegram", stage.next_update(), who, who, "000001"))


def test_twenty_strangers_shut_linking_for_nobody(stage: Stage) -> None:
    say(stage, "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    before = say(stage, "Lan", "/lienket").split("Mã liên kết: ")[1].split("\n")[0]
    for number in range(linking.MOST_TRIES_OF_ALL // linking.MOST_TRIES):
        wrong(stage, f"stranger {number}", linking.MOST_TRIES)
    assert "mã 9 số" in say(stage, "Lan's Zalo", before)
    code = say(stage, "Lan", "/lienket").split("Mã liên kết: ")[1].split("\n")[0]
    assert len(code.replace(" ", "")) == 9
    assert "Lan" in say(stage, "Lan's Zalo", code)
    with reading(stage.engine) as db:
        (lan,) = people.present(db)
        assert len(people.contacts_of(db, [lan.id])[lan.id]) == 2


def test_who_searches_has_no_more_than_five_tries_of_long_codes_either(stage: Stage) -> None:
    for number in range(linking.MOST_TRIES_OF_ALL):
        stage.writer.write(lambda db, n=number: linking.note_try(db, -n, stage.now))  # type: ignore[misc]
    for _ in range(linking.MOST_TRIES):
        assert "15 phút" not in say(stage, "A", "123 456 788") or _ == linking.MOST_TRIES - 1
    say(stage, "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}")
    code = say(stage, "Lan", "/lienket").split("Mã liên kết: ")[1].split("\n")[0]
    assert "15 phút" in say(stage, "A", code)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(("name", "shown"), [
    ("Sở NN\u202egnp.exe", "Sở NNgnp.exe"), ("Lan\nquản trị\u2028x", "Lan quản trị x"), ("\u2066Minh\u2069\u200b", "Minh"),
    ("Lan\uffff\ufdd0\U0001ffff", "Lan"), ("a" + "\u0301" * 40, "á\u0301\u0301"), ("Nguyễn  Thị\tHoa", "Nguyễn Thị Hoa"),
    ("Nguye\u0302\u0303n", "Nguyễn"), ("👍 Lan", "👍 Lan"), ("\u3164", "Cán bộ"), ("\u2800\u115f Minh", "Minh"),
])  # fmt: skip
def test_a_name_stands_on_one_line_and_hides_nothing(stage: Stage, name: str, shown: str) -> None:
    stage.hear(Incoming("telegram", "1", "A", name, f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    with reading(stage.engine) as db:
        (person,) = people.present(db)
    assert person.name == shown


def test_no_workbook_is_spoilt_by_a_sign_that_is_none(stage: Stage) -> None:
    stage.hear(Incoming("telegram", "1", "A", "A", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    stage.hear(Incoming("telegram", "2", "A", "A", "chuyện \uffff lạ \ufdd0 thì sao"))
    assert "\uffff" not in everything(stage)
    assert "\\uffff" not in json.dumps(everything(stage))
