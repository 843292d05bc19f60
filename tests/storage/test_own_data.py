"""Who is forgotten is so in every table there is: rows are made from the tables themselves, so that no new one is forgotten.
On SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Connection, Date, Float, Integer, Table, func, insert, select

from bot.flow.upkeep import tidy
from handlers.turn import Incoming
from rules.campaign.progress import Outcome, Review
from rules.people import Role
from rules.retention import Retention
from storage import conversations, groups, invites, linking, own_data, people, shown_lists
from storage.database import reading
from storage.hushing import HUSHED
from storage.inbox import MOST_ATTEMPTS
from storage.outbox import SAID_ONCE
from storage.scope import all_campaigns
from storage.tables import ALL, choice_list, contact, conversation, outbox, person, submission
from storage.types import BigId, OutcomeWord, ReviewWord, RoleWord, UtcDateTime
from tests.stage import CAMPAIGN, OPENING, Stage

OF_THE_HOUSE = {
    "kept": "single values of the program: days, keys, a clock",
    "process": "who of our own processes is at work",
    "spent": "numbers of messages and money",
    "token_pair": "the account's own tokens",
}
"""Tables that no person has a row in, and why."""
MADE = ("person", "contact", "former", "conversation")
"""Rows that joining itself makes."""
LINKS = {"person_id": "person", "created_by_id": "person", "bound_by": "person", "contact_id": "contact", "used_by": "contact"}
"""Columns that name somebody by number."""
PLAIN = {
    "channel", "campaign", "unit", "obligation", "receipt", "kind", "state", "language", "key", "update_id", "code_hash", "hash",
    "type", "way", "claimed_by", "clauses", "published_clause", "why",
}  # fmt: skip
"""Columns that hold a word of ours."""
OF_THE_UNIT = {
    ("submission", "answers"): "what the unit reported",
    ("submission", "review_reason"): "what it was told to mend",
    ("submission", "arrival"): "the number under which the department entered it",
    ("extension", "reason"): "why it has longer", ("extension_before", "reason"): "why it had",
    ("extension_plan", "reason"): "why it is to have", ("extension_plan", "units"): "which units",
    ("extension_request", "reason"): "why a unit wants it", ("extension_request", "answer"): "why it does not get it",
    ("question", "text"): "what was asked", ("question", "answer"): "what was answered", ("question", "reply"): "and replied",
    ("stored_file", "name"): "a paper's own name",
    ("recognised_product", "product"): "what was recognised", ("recognised_product", "producer"): "whose product it is",
    ("recognised_product", "decision"): "by which decision",
    ("alert_group", "title"): "a group's name", ("alert_group", "address"): "a group's chat",
}  # fmt: skip
"""Words that stay, whatever they say."""


@dataclass(frozen=True)
class Somebody:
    """A person on two channels, with all that could betray them."""

    name: str
    phone: str
    addresses: tuple[str, str]
    number: int
    """Tells their rows apart."""
    person: int = 0
    contacts: tuple[int, ...] = ()

    @property
    def traces(self) -> tuple[str, ...]:
        return self.name, self.phone, *self.addresses


LANH = Somebody("Trần Thị Lành", "84905123456", ("7700112233", "zalo-lanh-x9"), 1)
BINH = Somebody("Võ Bình", "84905999888", ("8811002200", "zalo-binh-x8"), 2)


def enter(db: Connection, who: Somebody) -> Somebody:
    """Joins as an officer, is made a manager, links Zalo."""
    first, second = (
        conversations.record_contact(db, at, of, who.name, OPENING)
        for at, of in zip(("telegram", "zalo_bot"), who.addresses, strict=True)
    )
    for role, unit in ((Role.OFFICER, "dai-loc"), (Role.MANAGER, "")):
        invited = invites.Invite(role=role, unit=unit, name="", expires_at=OPENING, phone=who.phone)
        made = people.join(db, first, invited, who.name, "vi", OPENING)
    linking.link(db, second, made.id, OPENING)
    return Somebody(who.name, who.phone, who.addresses, who.number, made.id, (first, second))


def value_of(table: Table, column: Column[Any], who: Somebody) -> Any:
    """Something that belongs into a column: wherever words go, the name, the number and both chats."""
    kind, words = column.type, " ".join(who.traces)
    if column.name in LINKS:
        return who.person if LINKS[column.name] == "person" else who.contacts[0]
    match kind:
        case RoleWord():
            return Role.MANAGER
        case OutcomeWord():
            return Outcome.SUBMITTED
        case ReviewWord():
            return Review.CONFIRMED
        case UtcDateTime():
            return OPENING
        case Date():
            return OPENING.date()
        case Boolean():
            return False
        case Float() | Integer() | BigId():
            return MOST_ATTEMPTS if column.name == "attempts" else who.number
    if column.name in PLAIN or (table.name, column.name) in OF_THE_UNIT:
        return special(column.name, who) if not isinstance(kind, JSON) else {}
    if column.name == "address":
        return who.addresses[0]
    if isinstance(kind, JSON):
        return {"text": words, "sender": {"id": who.addresses[0]}, "menu": [words]}
    return who.name if column.name.endswith(("_by", "name", "asker")) else words


def special(name: str, who: Somebody) -> str:
    return {"channel": "telegram", "campaign": CAMPAIGN.name, "state": "sent"}.get(name, f"{name}-{who.number}")


def filled(table: Table, who: Somebody) -> dict[str, Any]:
    auto = {column.name for column in table.primary_key if column.name == "id"}
    row = {column.name: value_of(table, column, who) for column in table.c if column.name not in auto}
    return row | ({"address": f"-{who.number}"} if table.name == "alert_group" else {})


def tables() -> list[Table]:
    return [table for table in ALL if table.name not in (*OF_THE_HOUSE, *MADE)]


def furnish(db: Connection, who: Somebody) -> Somebody:
    """A row of theirs in every table."""
    there = enter(db, who)
    people.set_phone(db, there.person, who.phone)
    for each in there.contacts:
        conversations.keep(db, each, "", {"text": " ".join(who.traces)}, OPENING)
    for table in tables():
        db.execute(insert(table).values(**filled(table, there)))
    return there


def rows(db: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in ALL:
        for row in db.execute(select(table)).mappings():
            yield table.name, dict(row)


def traces(db: Connection, who: Somebody) -> set[str]:
    """The tables in which something still betrays somebody."""
    return {name for name, row in rows(db) if any(trace in str(list(row.values())) for trace in who.traces)}


def of(db: Connection, who: Somebody) -> list[tuple[str, dict[str, Any]]]:
    """Everything that is theirs."""
    return [(name, row) for name, row in rows(db) if any(trace in str(list(row.values())) for trace in who.traces)]


def forget(db: Connection, who: Somebody, at: int = 0) -> list[groups.AlertGroup]:
    return own_data.forget(db, own_data.lock(db, who.contacts[at]), OPENING)


@pytest.mark.parametrize(("at", "last"), [(0, False), (1, True)], ids=["from the first channel", "from the second, come last"])
def test_nothing_betrays_who_was_forgotten_in_any_table(any_stage: Stage, at: int, last: bool) -> None:
    """``last``: the last numbers of all tables are theirs; those rows stay, empty."""

    def work(db: Connection) -> None:
        there = {who.number: furnish(db, who) for who in ((BINH, LANH) if last else (LANH, BINH))}
        lanh, binh = there[LANH.number], there[BINH.number]
        expected = {table.name for table in tables()} | {"person", "contact", "conversation"}
        expected -= {
            "rung",
            "acknowledgement",
            "assignment",
            "snooze",
            "link_code",
            "link_try",
            "alert_group",
            "stored_file",
            "choice_list",
            "unreached",
            "recognised_product",
        }
        assert expected <= traces(db, lanh)
        before = of(db, binh)
        released = forget(db, lanh, at)
        assert [group.address for group in released] == ["-1"]
        assert traces(db, lanh) == set()
        assert of(db, binh) == before

    any_stage.writer.write(work)


def test_the_tables_left_out_are_there_and_no_other_has_nobody_in_it() -> None:
    """A new table is filled by itself; what is left out by name must be there, each with its reason."""
    assert set(OF_THE_HOUSE) | set(MADE) | {table.name for table in tables()} == {table.name for table in ALL}
    assert all((table, column) in {(each.name, one.name) for each in ALL for one in each.c} for table, column in OF_THE_UNIT)


def test_copies_of_what_others_were_told_and_shown_are_hushed(any_stage: Stage) -> None:
    """By the whole name, as a word; what is still to be sent goes as it is."""

    def work(db: Connection) -> None:
        lanh, binh = furnish(db, LANH), enter(db, BINH)
        outs = {
            "sent": f"{LANH.name} vừa tham gia",
            "waiting": f"{LANH.name} vừa nộp",
            "failed": f"{LANH.name}h không phải tên đó",
        }
        row = {**filled(outbox, binh), "contact_id": binh.contacts[0], "person_id": None, "facts": {}, "template": {}}
        for state, text in outs.items():
            db.execute(insert(outbox).values(**{**row, "key": state, "state": state, "message": {"text": text}}))
        choices = [[LANH.name, "person 1"], ["Tiến độ", "status"]]
        shown = {"outbox_id": 99, "first": 1, "choices": choices, "contact_id": binh.contacts[0], "at": OPENING}
        db.execute(insert(choice_list).values(**shown))
        conversations.keep(db, binh.contacts[0], "reply", {"v": 2, "menu": [[LANH.name, "person 1"]], "question": 7}, OPENING)
        forget(db, lanh)
        told = db.execute(select(outbox.c.key, outbox.c.message).where(outbox.c.key.in_(outs)))
        said = {row.key: row.message for row in told}
        assert said == {"sent": SAID_ONCE, "waiting": {"text": outs["waiting"]}, "failed": {"text": outs["failed"]}}
        lists = db.execute(select(choice_list.c.choices).where(choice_list.c.outbox_id == 99)).scalar_one()
        assert lists == [[HUSHED, "person 1"], ["Tiến độ", "status"]]  # its numbers mean what they meant
        kept = db.execute(select(conversation.c.data).where(conversation.c.contact_id == binh.contacts[0])).scalar_one()
        assert kept == {"v": 2, "menu": [[HUSHED, "person 1"]], "question": 7}

    any_stage.writer.write(work)


def test_a_stranger_who_is_called_like_a_button_takes_it_from_nobody_who_was_not_told(any_stage: Stage) -> None:
    stage = any_stage

    def hear(who: str, text: str, name: str = "") -> None:
        stage.hear(Incoming("zalo_bot", stage.next_update(), who, name, text))

    def told() -> set[str]:
        """Who is kept to have been told something that has that word."""
        with reading(stage.engine) as db:
            found = db.execute(select(outbox.c.address, outbox.c.message).where(outbox.c.state != "waiting")).all()
        return {row.address for row in found if "Tiến độ" in str(row.message)}

    hear("Minh", f"/start {stage.invite(Role.MANAGER)}")
    hear("Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc', 'Lan')}")
    hear("Ai đó", "xin chào", "Tiến độ")
    stage.writer.write(lambda db: shown_lists.show(db, 99, 2, [["Tiến độ", "status"]], OPENING))
    assert told() == {"Minh", "Lan"}
    for text in ("/xoadulieu", "xóa hết"):
        hear("Ai đó", text, "Tiến độ")
    assert told() == {"Lan"}
    with reading(stage.engine) as db:
        assert shown_lists.shown(db, 2)[0].choices == (("Tiến độ", "status"),)


def test_no_number_of_theirs_is_given_again(any_stage: Stage) -> None:
    """Links, buttons and marks of updates name contacts and messages by number."""

    def numbers(db: Connection) -> dict[str, int]:
        return {each.name: db.execute(select(func.max(each.c.id))).scalar_one() for each in (contact, person, outbox)}

    def work(db: Connection) -> None:
        furnish(db, BINH)
        lanh = furnish(db, LANH)
        before = numbers(db)
        forget(db, lanh)
        fresh = enter(db, Somebody("Ai Khác", "", ("1", "2"), 3))
        db.execute(insert(outbox).values(**filled(outbox, fresh)))
        assert all(number > before[name] for name, number in numbers(db).items())
        assert min(fresh.contacts) > max(lanh.contacts)

    any_stage.writer.write(work)


def test_a_name_that_another_bears_too_stays_where_rows_have_no_number(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        lanh = furnish(db, LANH)
        enter(db, Somebody(LANH.name, "", ("1", "2"), 3))
        forget(db, lanh)
        assert db.execute(all_campaigns(select(submission.c.reviewed_by, submission.c.person_name))).one() == (LANH.name, "")

    any_stage.writer.write(work)


def test_an_account_that_is_somebody_elses_now_is_left_alone(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        lanh, binh = enter(db, LANH), enter(db, BINH)
        people.remove(db, lanh.person, OPENING)
        linking.link(db, lanh.contacts[1], binh.person, OPENING)  # the second telephone went to Bình
        assert own_data.whose(db, lanh.contacts[0]).ids == (lanh.contacts[0],)
        forget(db, lanh)
        assert {each.id for each in people.contacts_of(db, [binh.person])[binh.person]} == {*binh.contacts, lanh.contacts[1]}

    any_stage.writer.write(work)


def test_nobody_at_all_is_forgotten_in_peace(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        binh = furnish(db, BINH)
        before = of(db, binh)
        assert own_data.forget(db, own_data.lock(db, 4711), OPENING) == []
        assert of(db, binh) == before

    any_stage.writer.write(work)


def test_a_message_written_while_its_reader_was_forgotten_goes_at_night(any_stage: Stage) -> None:
    def work(db: Connection) -> None:
        lanh = furnish(db, LANH)
        late = filled(outbox, lanh)
        forget(db, lanh)
        db.execute(insert(outbox).values(**{**late, "key": "late"}))
        furnish(db, BINH)

    any_stage.writer.write(work)
    assert tidy(any_stage.writer, Retention(), OPENING + timedelta(days=1))["orphans"] == 1
    with any_stage.engine.connect() as db:
        assert traces(db, LANH) == set()
