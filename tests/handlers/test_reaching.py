"""No push is dropped: whatever channels refuse, it arrives on some way or the managers read the name and the reason."""

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from handlers.message import Choice, Message
from handlers.pushing import push
from handlers.pushing.ways import ways_to
from handlers.ticking.tick import tick
from handlers.turn import Incoming
from rules.actions import Unlink
from rules.campaign.policy import Template
from rules.people import Role
from storage import linking, outbox, people, sql, unreached
from storage.database import reading
from storage.outbox import Delivery, DeliveryKind, Settled
from storage.tables import outbox as rows_of
from tests.stage import News, Stage, sending_templates

CHANNELS = ("telegram", "zalo_bot", "zalo_oa", "zalo_phone")
FATES = ("sent", "blocked", "window", "unsendable")
GONE = "gone"
"""The fate of somebody who blocked the bot long before the push."""
Fate = Callable[[Delivery], str]
TEMPLATES = tuple(
    Template.model_validate({"push": "push", "id": by, "by": by, "price": 1, "fields": {"ten": "name"}})
    for by in ("user", "phone")
)


def with_templates(stage: Stage) -> None:
    stage.library.campaign = sending_templates(stage.library.campaign, TEMPLATES)


def somebody(stage: Stage, channels: list[str], phone: str = "") -> int:
    """A person with a contact on each of those channels, the last one used last."""
    code = stage.invite(Role.OFFICER, "dai-loc")
    for place, channel in enumerate(channels):
        stage.hear(Incoming(channel, stage.next_update(), "Lan", "Lan", f"/start {code}" if place == 0 else "xin chào"))
    with reading(stage.engine) as db:
        person = people.present(db)[0].id
        contacts = [people.contact_at(db, channel, "Lan") for channel in channels]

    def link(db: Connection) -> None:
        for place, contact in enumerate(contacts):
            assert contact
            linking.link(db, contact.id, person, stage.now.replace(minute=place))
        people.set_phone(db, person, phone)

    stage.writer.write(link)
    stage.said()
    return person


def managers(stage: Stage, fates: list[str]) -> dict[str, int]:
    """A manager for each fate. Their addresses, each with the person."""
    found = {}
    for place in range(len(fates)):
        address = f"Minh{place}"
        stage.hear(Incoming("telegram", stage.next_update(), address, address, f"/start {stage.invite(Role.MANAGER)}"))
        with reading(stage.engine) as db:
            contact = people.contact_at(db, "telegram", address)
        assert contact
        assert contact.person_id
        found[address] = contact.person_id
    stage.said()  # that they joined is told to the others
    for address, fate in zip(found, fates, strict=True):
        if fate == GONE:
            stage.writer.write(lambda db, a=address: people.mark_refused(db, "telegram", a, "blocked"))  # type: ignore[misc]
    return found


def remind(stage: Stage, person: int, key: str = "k") -> None:
    """A push to somebody."""

    def queue(db: Connection) -> None:
        found = people.by_id(db, person)
        assert found
        push.to_person(stage.desk(db), found, News(Message("Nhắc")), key)

    stage.writer.write(queue)


def by_channel(fates: dict[str, str]) -> Fate:
    """A fate for each channel; templates by user have one of their own."""
    return lambda w: fates["template" if w.template and w.channel == "zalo_oa" else w.channel]


def send_all(stage: Stage, fate_of: Fate) -> list[Delivery]:
    """The courier, with a fate for each message. What was tried, in order."""
    tried: list[Delivery] = []
    while True:
        with reading(stage.engine) as db:
            found = sql.many(db, Delivery, rows_of.select().where(rows_of.c.state == "waiting").order_by(rows_of.c.id))
        if not found:
            return tried
        assert len(tried) < 200, "it goes round in circles"
        for waiting in found:
            tried.append(waiting)
            stage.writer.write(lambda db, w=waiting: settle(db, stage, w, fate_of(w)))  # type: ignore[misc]


def settle(db: Connection, stage: Stage, waiting: Delivery, fate: str) -> None:
    outbox.settle(db, [Settled(waiting, "sent" if fate == "sent" else "failed", stage.now)])
    if fate != "sent":
        push.give_up(stage.desk(db), waiting, fate, fate == "blocked")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    channels=st.lists(st.sampled_from(CHANNELS[:3]), min_size=1, max_size=3, unique=True),
    phone=st.booleans(), templates=st.booleans(),
    fates=st.fixed_dictionaries({name: st.sampled_from(FATES) for name in (*CHANNELS, "template")}),
)  # fmt: skip
def test_a_push_arrives_or_is_listed(channels: list[str], phone: bool, templates: bool, fates: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(f"sqlite:///{folder}/r.db", Path(folder))
        try:
            if templates:
                with_templates(stage)
            person = somebody(stage, channels, "84905123456" if phone else "")
            with reading(stage.engine) as db:
                found = people.by_id(db, person)
                assert found
                ways = [way.channel for way in ways_to(stage.desk(db), found, "push")]
            assert ways[: len(channels)] == list(reversed(channels))  # the channel used last first
            remind(stage, person)
            tried = send_all(stage, by_channel(fates))
            arrived = [w for w in tried if by_channel(fates)(w) == "sent"]
            with reading(stage.engine) as db:
                listed = [item.person_id for item in unreached.everybody(db)]
            assert len(arrived) <= 1  # never twice
            assert bool(arrived) != (person in listed)
            assert len(tried) <= len(ways)
        finally:
            stage.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(officer=st.sampled_from((*FATES, GONE)), fates=st.lists(st.sampled_from((*FATES, GONE)), max_size=4))
def test_a_push_arrives_or_is_listed_whichever_managers_are_out_of_reach(officer: str, fates: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(f"sqlite:///{folder}/m.db", Path(folder))
        try:
            lan = somebody(stage, ["telegram"])
            if officer == GONE:
                stage.writer.write(lambda db: people.mark_refused(db, "telegram", "Lan", "blocked"))
            minh = managers(stage, fates)
            person_at = {"Lan": lan, **minh}
            fate_at = dict(zip(person_at, [officer, *fates], strict=True))

            def tell() -> None:
                remind(stage, lan)
                stage.writer.write(lambda db: push.to_overseers(stage.desk(db), News(Message("Tin")), "n"))

            tell()
            tried = send_all(stage, lambda w: fate_at[w.address])
            tell()  # once more: nothing comes twice
            tried += send_all(stage, lambda w: fate_at[w.address])
            arrived = Counter((w.address, w.message["text"]) for w in tried if fate_at[w.address] == "sent")
            with reading(stage.engine) as db:
                listed = {item.person_id for item in unreached.everybody(db)}
            for address, person in person_at.items():
                assert arrived[(address, "Nhắc" if person == lan else "Tin")] == (fate_at[address] == "sent")
                assert (person in listed) == (fate_at[address] != "sent")
            assert {text for _, text in arrived} <= {"Nhắc", "Tin"}  # nothing was sent because something did not arrive
            told = mornings(stage, fate_at)
            missed = len(listed)
            assert told == (Counter({address: missed for address in minh if fate_at[address] == "sent"}) if missed else Counter())
        finally:
            stage.close()


def test_with_no_manager_in_reach_people_join_and_the_clock_ticks(stage: Stage) -> None:
    minh = managers(stage, [GONE, GONE, GONE])
    code = stage.invite(Role.OFFICER, "dai-loc")
    said = stage.hear(Incoming("telegram", stage.next_update(), "Lan", "Lan", f"/start {code}"))
    assert [item.address for item in said] == ["Lan"]
    stage.writer.write(lambda db: people.mark_refused(db, "telegram", "Lan", "blocked"))
    stage.move_to(stage.now.replace(day=27))
    with reading(stage.engine) as db:
        assert {item.person_id for item in unreached.everybody(db)} >= set(minh.values())


def mornings(stage: Stage, fate_at: dict[str, str]) -> Counter[str]:
    """How many people each overseer hears of as out of reach, over three mornings and afternoons; once each, then never."""
    title, told = stage.library.languages.of("vi").tr("news.unreached"), Counter[str]()
    for _ in range(6):
        stage.writer.write(lambda db: tick(stage.desk(db)))
        for item in send_all(stage, lambda w: fate_at[w.address]):
            lines = item.message["text"].splitlines()
            if title in lines and fate_at[item.address] == "sent":
                told[item.address] += sum(line.startswith("• ") for line in lines[lines.index(title) :])
        stage.now += timedelta(hours=12)
    return told


def test_who_was_reached_in_between_is_news_again(stage: Stage) -> None:
    lan = somebody(stage, ["telegram"])
    managers(stage, ["sent"])
    for fate, heard in (("window", 1), ("window", 0), ("sent", 0), ("window", 1)):
        remind(stage, lan, f"{stage.now}")
        fates = {"Lan": fate, "Minh0": "sent"}
        send_all(stage, lambda w, fates=fates: fates[w.address])  # type: ignore[misc]
        assert mornings(stage, fates)["Minh0"] == heard


def test_a_reply_looks_elsewhere_only_where_the_whole_channel_is_shut(stage: Stage) -> None:
    somebody(stage, ["telegram", "zalo_bot"])
    stage.platform_answers = False
    stage.hear(Incoming("zalo_bot", stage.next_update(), "Lan", "Lan", "tiến độ"))
    tried = send_all(stage, by_channel({"zalo_bot": "quota", "telegram": "sent"}))
    assert [(w.channel, w.kind) for w in tried] == [("zalo_bot", "reply"), ("telegram", "reply")]
    stage.hear(Incoming("zalo_bot", stage.next_update(), "Lan", "Lan", "tiến độ"))
    tried = send_all(stage, by_channel({"zalo_bot": "unsendable", "telegram": "sent"}))
    assert [w.channel for w in tried] == ["zalo_bot"]


@pytest.mark.parametrize("why", push.SHUT)
def test_what_belongs_on_a_contact_goes_nowhere_else(stage: Stage, why: str) -> None:
    person = somebody(stage, ["telegram", "zalo_bot"])
    stage.platform_answers = False

    def queue(db: Connection) -> None:
        found, here = people.by_id(db, person), people.contact_at(db, "zalo_bot", "Lan")
        assert found
        assert here
        push.here_only(stage.desk(db), here, found, Message("Gỡ?", (Choice("Gỡ", Unlink(here.id)),)), "vi")
        closing = outbox.Outgoing("zalo_bot", "Lan", here.id, None, DeliveryKind.CLOSE, Message("").to_json(), closes="7")
        outbox.queue(db, closing, stage.now)

    stage.writer.write(queue)
    tried = send_all(stage, by_channel({"zalo_bot": why, "telegram": "sent"}))
    assert [(w.channel, w.kind) for w in tried] == [("zalo_bot", "notice"), ("zalo_bot", "close")]


def test_channels_that_are_not_connected_are_no_way(stage: Stage) -> None:
    stage.library.channels = frozenset({"zalo_bot"})
    person = somebody(stage, ["zalo_bot", "telegram"])
    remind(stage, person)
    assert [item.channel for item in stage.said()] == ["zalo_bot"]


def test_another_way_begins_a_long_message_anew(stage: Stage) -> None:
    person = somebody(stage, ["telegram", "zalo_bot"])
    remind(stage, person)

    def one_piece_out(waiting: Delivery) -> str:
        return "window" if waiting.channel == "zalo_bot" else "sent"

    with reading(stage.engine) as db:
        first = db.execute(rows_of.select().where(rows_of.c.state == "waiting")).one().id
    stage.writer.write(lambda db: outbox.keep_pieces_out(db, first, 1))
    tried = send_all(stage, one_piece_out)
    assert [(w.channel, w.pieces_out) for w in tried] == [("zalo_bot", 1), ("telegram", 0)]


def test_who_was_removed_or_reached_since_is_off_the_list(any_stage: Stage) -> None:
    stage = any_stage
    for who in ("Lan", "Hòa", "Bình"):
        code = stage.invite(Role.OFFICER, "dai-loc")
        stage.hear(Incoming("telegram", stage.next_update(), who, who, f"/start {code}"))
    present = {person.name: person.id for person in stage.writer.write(people.present)}

    def work(db: Connection) -> None:
        for person in present.values():
            unreached.note(db, person, "blocked", "telegram", stage.now)
        people.remove(db, present["Hòa"], stage.now)
        contact = people.contact_at(db, "telegram", "Bình")
        assert contact
        going = outbox.Outgoing("telegram", "Bình", contact.id, present["Bình"], DeliveryKind.PUSH, {"text": "x"})
        row = outbox.queue(db, going, stage.now)
        assert row
        outbox.settle(db, [Settled(row, "sent", stage.now + timedelta(seconds=1))])

    stage.writer.write(work)
    with reading(stage.engine) as db:
        assert [each.name for each in unreached.everybody(db)] == ["Lan"]
