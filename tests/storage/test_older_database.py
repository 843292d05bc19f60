"""A database of an earlier version comes along with all that waits in it, and can go back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Connection, Engine, column, insert, select, table

from handlers.message import Choice, Message, OutFile
from handlers.turn import Incoming
from rules.actions import OldButton, ShowStatus
from rules.campaign.forms import FormState
from rules.people import Role
from storage import outbox, sql, tables
from storage.claims import Claim
from storage.database import migrate, open_database, reading
from storage.outbox import Delivery
from storage.types import UtcDateTime
from tests.stage import CAMPAIGN, OPENING, Stage

SHA = "ab" * 32
BODIES: dict[str, dict[str, Any]] = {
    "reply": {"text": "Chọn", "choices": [["Tiến độ", "status"], ["Kinh phí", "obl unspent-funds"]]},
    "in English": {"text": "Choose", "language": "en"},
    "with a file": {"text": "Mẫu Đại Lộc", "file": {"hash": SHA, "name": "mẫu.xlsx"}, "upload": True},
    "push": {
        "text": "Nhắc nộp", "choices": [["Đã nắm", "ack unspent-funds"]], "facts": {"kind": "reminder", "titles": "Kinh phí"},
        "person": 1, "way": "2", "tried": ["1", "template0"],
    },
    "by a template": {
        "text": "Nhắc nộp", "facts": {"kind": "reminder"}, "person": 1, "way": "template1", "tried": ["2"],
        "template": {"id": "303", "data": {"ten": "Lan"}, "price": 200},
    },
    "half out": {"text": "dài", "pieces_out": 2},
    "closes": {"text": "", "closes": "77"},
}  # fmt: skip
"""What an earlier version kept of messages of every kind."""
KINDS = {"push": "push", "by a template": "reminder", "closes": "close"}
NOW = datetime(2022, 6, 20, 1, tzinfo=UTC)


def at(engine: Engine, revision: str, move: Callable[..., None] = command.upgrade) -> None:
    """Up or down to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
    with engine.begin() as db:
        config.attributes["connection"] = db
        move(config, revision)


def rows(db: Connection, of: str, *names: str) -> list[tuple[Any, ...]]:
    """As they are kept, whatever the version."""
    found = table(of, *(column(name, JSON()) if name in ("body", "data") else column(name) for name in names))
    return [tuple(row) for row in db.execute(select(found).order_by(found.c[names[0]]))]


def put(db: Connection, into: str, **values: Any) -> None:
    """A row, as an earlier version wrote it."""
    kinds: dict[type, Any] = {dict: JSON(), datetime: UtcDateTime()}
    to = table(into, *(column(name, kinds.get(type(value))) for name, value in values.items()))
    db.execute(insert(to).values(values))


def put_messages(db: Connection) -> None:
    for number, (name, body) in enumerate(BODIES.items(), 1):
        put(
            db, "outbox", id=number, key=f"k{number}", contact_id=1, channel="telegram", address=f"a{number}",
            kind=KINDS.get(name, "reply"), body=body, state="waiting", attempts=number, created_at=NOW, platform_id="", error="",
        )  # fmt: skip


OTHERS = ("id", "key", "contact_id", "channel", "address", "kind", "state", "not_before", "attempts", "created_at", "error")


def test_messages_come_along_and_go_back(database_url: str) -> None:
    engine = open_database(database_url)
    at(engine, "0003")
    with engine.begin() as db:
        put_messages(db)
        others = rows(db, "outbox", *OTHERS)
    migrate(engine)
    with engine.begin() as db:
        claimed = outbox.claim(db, ["telegram"], NOW, Claim("a", NOW))
        assert rows(db, "outbox", *OTHERS) == others
    found = dict(zip(BODIES, claimed, strict=True))
    assert said(found) == {
        "reply": Message("Chọn", (Choice("Tiến độ", ShowStatus()), Choice("Kinh phí", OldButton("obl unspent-funds")))),
        "in English": Message("Choose"), "with a file": Message("Mẫu Đại Lộc", file=OutFile(SHA, "mẫu.xlsx"), wants_file=True),
        "push": Message("Nhắc nộp", (Choice("Đã nắm", OldButton("ack unspent-funds")),)), "by a template": Message("Nhắc nộp"),
        "half out": Message("dài"), "closes": Message(""),
    }  # fmt: skip
    assert {name: d.language for name, d in found.items()} == {**dict.fromkeys(BODIES, "vi"), "in English": "en"}
    assert {name: d.pieces_out for name, d in found.items() if d.pieces_out} == {"half out": 2}
    assert {name: d.closes for name, d in found.items() if d.closes} == {"closes": "77"}
    assert {name: d.template for name, d in found.items() if d.template} == {"by a template": BODIES["by a template"]["template"]}
    assert {name: (d.person_id, d.way, d.tried, d.facts) for name, d in found.items() if d.way} == {
        "push": (1, "2", ("1", "template0"), BODIES["push"]["facts"]), "by a template": (1, "template1", ("2",), {"kind": "reminder"}),
    }  # fmt: skip
    assert [d.person_id for d in claimed] == [BODIES[name].get("person") for name in found]
    at(engine, "0003", command.downgrade)
    with engine.begin() as db:
        bodies = [body for _, body in rows(db, "outbox", "id", "body")]
        assert bodies == [{"language": "vi", **body} for body in BODIES.values()]  # Vietnamese went without saying
        assert rows(db, "outbox", *OTHERS) == others
    migrate(engine)
    with reading(engine) as db:
        again = sql.many(db, Delivery, select(tables.outbox).order_by(tables.outbox.c.id))
    assert again == claimed
    engine.dispose()


def said(found: dict[str, Delivery]) -> dict[str, Message]:
    return {name: Message.from_json(delivery.message) for name, delivery in found.items()}


def test_more_messages_than_are_moved_at_once(database_url: str) -> None:
    engine = open_database(database_url)
    at(engine, "0003")
    with engine.begin() as db:
        for number in range(1, 1202):
            put(
                db, "outbox", id=number, channel="telegram", address="1", kind="reply", body={"text": str(number)}, state="sent",
                attempts=1, created_at=NOW, platform_id="", error="",
            )  # fmt: skip
    migrate(engine)
    with reading(engine) as db:
        kept = sql.many(db, Delivery, select(tables.outbox).order_by(tables.outbox.c.id))
    assert [delivery.message for delivery in kept] == [{"text": str(number)} for number in range(1, 1202)]
    at(engine, "0003", command.downgrade)
    with reading(engine) as db:
        assert [body["text"] for _, body in rows(db, "outbox", "id", "body")] == [str(number) for number in range(1, 1202)]
    engine.dispose()


CHOICES = [["Có", "form 1 2 o yes"], ["Chưa", "form 1 2 o no"], ["Hủy", "cancel"]]
CONVERSATION = {
    "draft": 1, "seq": 2, "menu": CHOICES,
    "talk": {"clause": "1.6", "obligation": "unspent-funds", "kinds": ["date"], "other": "", "at": OPENING.isoformat()},
}  # fmt: skip


def put_form(db: Connection, channel: str = "telegram") -> None:
    """Lan, who was asked the third question of a form."""
    put(
        db,
        "person",
        id=1,
        name="Lan",
        role=Role.OFFICER.value,
        unit="dai-loc",
        language="vi",
        joined_at=NOW,
        muted=False,
        phone="",
    )
    put(
        db, "contact", id=1, channel=channel, address="Lan", person_id=1, name="Lan", language="vi",
        last_seen_at=NOW, refused="",
    )  # fmt: skip
    first, second, third, *_ = CAMPAIGN.form(CAMPAIGN.obligation("unspent-funds"))
    state = FormState(third.id, answers={first.id: 1_200_000_000, second.id: None}).to_json()
    put(
        db, "draft", id=1, campaign=CAMPAIGN.name, unit="dai-loc", obligation="unspent-funds", state=state, seq=2, person_id=1,
        person_name="Lan", updated_at=NOW,
    )  # fmt: skip
    put(db, "conversation", contact_id=1, topic="report", data=CONVERSATION, updated_at=NOW)
    listed = table(
        "choice_list", *map(column, ("outbox_id", "contact_id", "first")), column("choices", JSON()), column("at", UtcDateTime())
    )
    db.execute(insert(listed).values(outbox_id=9, contact_id=1, first=4, choices=CHOICES, at=NOW))


@pytest.mark.parametrize("channel", ["telegram", "zalo_bot"])  # with buttons, and with lists by number
def test_a_form_in_the_middle_goes_on(database_url: str, tmp_path: Path, channel: str) -> None:
    engine = open_database(database_url)
    at(engine, "0003")
    with engine.begin() as db:
        put_form(db, channel)
    engine.dispose()
    stage = Stage(database_url, tmp_path)
    (asked,) = stage.hear(Incoming(channel, "1", "Lan", "Lan", "có"))  # a button's words, as it was labelled then
    assert "Câu 4/" in asked.message.text
    kind, again = stage.hear(Incoming(channel, "2", "Lan", "Lan", choice="form 1 2 o yes"))
    assert kind.message.text == stage.library.languages.of("vi").tr("unknown_button")
    assert "Câu 4/" in again.message.text  # and what is asked is asked again
    stage.close()


def test_a_form_in_the_middle_goes_back(database_url: str) -> None:
    engine = open_database(database_url)
    at(engine, "0003")
    with engine.begin() as db:
        put_form(db)
        before = [json.dumps(row, default=str) for name, columns in KEPT.items() for row in rows(db, name, *columns)]
    migrate(engine)
    at(engine, "0003", command.downgrade)
    with engine.begin() as db:
        assert [json.dumps(row, default=str) for name, columns in KEPT.items() for row in rows(db, name, *columns)] == before
    engine.dispose()


KEPT = {
    "person": ("id", "name", "role", "unit", "phone"), "contact": ("id", "address", "person_id"),
    "draft": ("id", "campaign", "obligation", "state", "seq"), "conversation": ("contact_id", "topic", "data"),
}  # fmt: skip


def test_whom_a_contact_was_is_found_in_a_database_of_before(database_url: str) -> None:
    """By the invite that was used then, and by what was asked. The telephone of who is gone goes."""
    engine = open_database(database_url)
    at(engine, "0007")
    someone: dict[str, Any] = {"role": "officer", "unit": "dai-loc", "language": "vi", "muted": False, "phone": "84905123456"}
    used: dict[str, Any] = {
        "role": "officer",
        "unit": "dai-loc",
        "name": "",
        "expires_at": NOW,
        "created_by": "",
        "created_at": NOW,
    }
    asked: dict[str, Any] = {"campaign": "c", "asker": "", "at": NOW, "text": "", "answer": "", "clauses": "", "abstained": False,
                             "state": "", "reply": "", "replied_by": "", "score": 0.0}  # fmt: skip
    with engine.begin() as db:
        for number, removed in ((1, NOW), (2, None), (3, NOW)):
            gone = {"removed_at": removed} if removed else {}
            put(db, "person", id=number, name=f"p{number}", joined_at=NOW + timedelta(seconds=number), **someone, **gone)
        for number in (1, 2):
            put(db, "invite", code_hash=f"h{number}", used_by=10 + number, used_at=NOW + timedelta(seconds=number), **used)
        put(db, "question", contact_id=13, person_id=3, **asked)
        put(db, "question", contact_id=13, person_id=2, **asked)
    migrate(engine)
    with reading(engine) as db:
        assert rows(db, "former", "contact_id", "person_id") == [(11, 1), (13, 3)]
        assert rows(db, "person", "id", "phone") == [(1, ""), (2, "84905123456"), (3, "")]
    engine.dispose()
