"""No push is dropped: whatever channels refuse, it arrives on some way or the managers read the name and the reason."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from handlers.pushing import give_up, push_to_person, ways_to
from handlers.turn import Incoming, Message
from rules.campaign import Template
from rules.ladder import Role
from storage import linking, outbox, people, unreached
from storage.database import reading
from storage.outbox import Settled, Waiting
from storage.tables import outbox as rows_of
from tests.stage import Stage

CHANNELS = ("telegram", "zalo_bot", "zalo_oa", "zalo_phone")
FATES = ("sent", "blocked", "window", "unsendable")
TEMPLATES = tuple(
    Template.model_validate({"push": "push", "id": by, "by": by, "price": 1, "fields": {"ten": "name"}})
    for by in ("user", "phone")
)


def with_templates(stage: Stage) -> None:
    zalo = stage.world.campaign.zalo.model_copy(update={"templates": TEMPLATES})
    object.__setattr__(stage.world, "campaign", stage.world.campaign.model_copy(update={"zalo": zalo}))


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


def send_all(stage: Stage, fates: dict[str, str]) -> list[Waiting]:
    """The courier, with a fate for each channel (templates by user have one of their own). What was tried, in order."""
    tried: list[Waiting] = []
    while True:
        with reading(stage.engine) as db:
            rows = db.execute(rows_of.select().where(rows_of.c.state == "waiting").order_by(rows_of.c.id)).all()
        if not rows:
            return tried
        assert len(tried) < 40, "it goes round in circles"
        for r in rows:
            waiting = Waiting(r.id, r.contact_id, r.channel, r.address, r.kind, r.body, 0, r.created_at)
            tried.append(waiting)
            fate = fates["template" if "template" in r.body and r.channel == "zalo_oa" else r.channel]
            stage.writer.write(lambda db, w=waiting, f=fate: settle(db, stage, w, f))  # type: ignore[misc]


def settle(db: Connection, stage: Stage, waiting: Waiting, fate: str) -> None:
    outbox.settle(db, [Settled(waiting.id, "sent" if fate == "sent" else "failed", stage.now)])
    if fate != "sent":
        give_up(db, stage.world, waiting, fate, fate == "blocked", stage.now)


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
                ways = [way.channel for way in ways_to(db, stage.world, found, "push")]
            assert ways[: len(channels)] == list(reversed(channels))  # the channel used last first
            stage.writer.write(
                lambda db: push_to_person(db, stage.world, person, "vi", lambda _: Message("Nhắc"), stage.now, "k")
            )
            tried = send_all(stage, fates)
            arrived = [
                w for w in tried if fates["template" if "template" in w.body and w.channel == "zalo_oa" else w.channel] == "sent"
            ]
            with reading(stage.engine) as db:
                listed = [item.person_id for item in unreached.everybody(db)]
            assert len(arrived) <= 1  # never twice
            assert bool(arrived) != (person in listed)
            assert len(tried) <= len(ways)
        finally:
            stage.close()


def test_a_reply_looks_elsewhere_only_where_the_whole_channel_is_shut(stage: Stage) -> None:
    somebody(stage, ["telegram", "zalo_bot"])
    stage.platform_answers = False
    stage.hear(Incoming("zalo_bot", stage.next_update(), "Lan", "Lan", "tiến độ"))
    tried = send_all(stage, {"zalo_bot": "quota", "telegram": "sent"})
    assert [(w.channel, w.kind) for w in tried] == [("zalo_bot", "reply"), ("telegram", "reply")]
    stage.hear(Incoming("zalo_bot", stage.next_update(), "Lan", "Lan", "tiến độ"))
    tried = send_all(stage, {"zalo_bot": "unsendable", "telegram": "sent"})
    assert [w.channel for w in tried] == ["zalo_bot"]


def test_channels_that_are_not_connected_are_no_way(stage: Stage) -> None:
    object.__setattr__(stage.world, "channels", frozenset({"zalo_bot"}))
    person = somebody(stage, ["zalo_bot", "telegram"])
    stage.writer.write(lambda db: push_to_person(db, stage.world, person, "vi", lambda _: Message("Nhắc"), stage.now, "k"))
    assert [item.channel for item in stage.said()] == ["zalo_bot"]
