"""Conversations as they are kept: every topic there and back, and what earlier versions kept is understood."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.conversation import (
    TOPICS,
    AskingIn,
    Chasing,
    Conversation,
    Extending,
    Filling,
    HandingOver,
    Idle,
    Inviting,
    JoinStep,
    Lacks,
    Linking,
    NotingArrival,
    Refusing,
    Remembered,
    Replying,
    TellingNothing,
    Topic,
    WantingMore,
    WantingTime,
    read,
    write,
)
from handlers.message import Choice
from rules.actions import Duty, OldButton, ShowStatus
from rules.answers.answerer import Talk
from rules.campaign.alike import Row
from rules.campaign.forms import FileRef
from rules.people import Role

FUNDS = Duty(1, "funds")
EVERY_TOPIC: list[Topic] = [
    Idle(), Filling(3, 4), Replying(5), WantingMore(6), WantingMore(6, 99, 1), NotingArrival(6), TellingNothing(1), TellingNothing(1, "unspent-funds+withdrawal", 7),
    Extending(3, Lacks.DAY),
    WantingTime(4, Lacks.REASON), Refusing(5),
    Chasing("dai-loc,hoi-an"), Chasing("dai-loc", FUNDS, "06200800"), Inviting(Role.OFFICER), Linking(),
    HandingOver(), HandingOver(FUNDS), AskingIn(), AskingIn(JoinStep.SUMMARY, "Nguyễn Văn Nam", "dai-loc", "84905123456"),
]  # fmt: skip


def _there_and_back(conversation: Conversation) -> Conversation:
    name, data = write(conversation)
    return read(name, json.loads(json.dumps(data)))


def test_every_topic_stands_in_the_list() -> None:
    assert {type(topic) for topic in EVERY_TOPIC} == set(TOPICS.values()) == set(Topic.__subclasses__())


@pytest.mark.parametrize("topic", EVERY_TOPIC, ids=lambda topic: type(topic).__name__)
def test_a_topic_comes_back(topic: Topic) -> None:
    full = Conversation(
        topic, Remembered(Talk("1.5", "funds", ("date",), "list"), datetime(2022, 6, 20, 1, tzinfo=UTC)),
        (Choice("Tiến độ", ShowStatus()), Choice("Cũ", OldButton("obl funds"))), FileRef("ab", "a.pdf", "pdf", 3), "dai-loc", 17,
        (("withdrawal", ({"product": "Trà", "ready": True, "evidence": None},)),),
    )  # fmt: skip
    assert _there_and_back(full) == full
    assert _there_and_back(Conversation(topic)) == Conversation(topic)


@pytest.mark.parametrize(("name", "data", "topic"), [
    ("", {"menu": [["Tiến độ", "status"]]}, Idle()),
    ("report", {"draft": 3, "seq": 4}, Filling(3, 4)),
    ("reply", {"question": 5}, Replying(5)),
    ("more", {"submission": 6}, WantingMore(6)),
    ("extend", {"unit": "dai-loc", "obligation": "funds"}, Idle()),
    ("extend-reason", {"unit": "dai-loc", "obligation": "funds", "day": "2022-07-05"}, Idle()),
    ("invite-name", {"role": "officer"}, Inviting(Role.OFFICER)),
    ("link", {}, Linking()),
])  # fmt: skip
def test_what_the_first_version_kept_goes_on(name: str, data: dict[str, Any], topic: Topic) -> None:
    assert read(name, data).topic == topic


@given(st.text(max_size=8), st.dictionaries(st.sampled_from(["draft", "seq", "unit", "duty", "v", "role"]), st.text(max_size=9)))
def test_what_nobody_can_read_is_no_topic(name: str, data: dict[str, str]) -> None:
    assert isinstance(read(name, data).topic, Topic)
    assert read("report", {"draft": "²", "seq": "1", "v": 2}).topic == Idle()


TALK = {"clause": "1.5", "obligation": "funds", "kinds": ["date"], "other": "list", "at": "2022-06-20T01:00:00+00:00"}
FILE = {"hash": "ab", "name": "a.pdf", "type": "pdf", "size": 3}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TALK, *FILE]) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(("part", "kept"), [
    ("talk", "1.5"), ("talk", ["1.5"]), ("talk", {}), ("talk", {"clause": "1.5"}), ("talk", {**TALK, "at": "yesterday"}),
    ("talk", {**TALK, "at": "2022-06-20T01:00:00"}), ("talk", {**TALK, "kinds": None}), ("talk", {**TALK, "clause": 15}),
    ("menu", 7), ("menu", {"a": "b"}), ("menu", ["status"]), ("menu", [["Tiến độ"]]), ("menu", [["Tiến độ", None]]),
    ("file", "a.pdf"), ("file", {"hash": "ab"}), ("file", {**FILE, "size": "3"}), ("newest", "late"), ("newest", [17]),
    ("rows", 7), ("rows", {"a": 7}), ("rows", {"a": [7]}), ("rows", {"a": [{"b": [1]}]}), ("rows", [["a"]]),
])  # fmt: skip
def test_what_has_another_shape_is_left_out(part: str, kept: Any) -> None:
    sound = {
        "v": 2,
        "draft": 3,
        "seq": 4,
        "talk": TALK,
        "menu": [["Tiến độ", "status"]],
        "file": FILE,
        "newest": 17,
        "rows": {"a": [{"b": "c"}]},
    }
    whole, rest = read("report", sound), read("report", {**sound, part: kept})
    assert rest == read("report", {name: value for name, value in sound.items() if name != part})
    assert rest != whole


@given(st.fixed_dictionaries(dict.fromkeys(("talk", "menu", "file", "newest", "rows", "draft"), ANYTHING)))
def test_whatever_was_kept_a_conversation_comes_of_it(data: dict[str, Any]) -> None:
    found = read("report", data)
    assert _there_and_back(found) == found


def test_a_file_that_waited_for_a_report_follows_to_no_other_topic() -> None:
    rows: tuple[tuple[str, tuple[Row, ...]], ...] = (("withdrawal", ({"product": "Trà"},)),)
    waiting = Conversation(waiting_file=FileRef("a" * 64, "a.pdf", "pdf", 3), waiting_for="dai-loc", waiting_rows=rows)
    assert waiting.rows_for("dai-loc", "withdrawal")
    assert not waiting.rows_for("hoi-an", "withdrawal")
    turned = waiting.turned(Linking())
    assert (turned.waiting_file, turned.waiting_for, turned.waiting_rows) == (None, "", ())
