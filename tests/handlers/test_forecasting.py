"""The forecast is what then happens, if nobody does anything."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.managing.costs import forecast
from handlers.turn import Incoming
from rules.campaign.policy import Template
from rules.people import Role
from storage.tables import outbox
from tests.stage import Stage, sending_templates

PEOPLE = [
    ("Lan", Role.OFFICER, "dai-loc", "telegram"), ("Hoa", Role.OFFICER, "hoi-an", "zalo_oa"),
    ("An", Role.OFFICER, "nam-tra-my", "zalo_bot"), ("Hà", Role.LEADER, "dai-loc", "zalo_oa"), ("Minh", Role.MANAGER, "", "zalo_bot"),
]  # fmt: skip


def enrol(stage: Stage) -> None:
    for name, role, unit, channel in PEOPLE:
        code = stage.invite(role, unit)
        stage.hear(Incoming(channel, stage.next_update(), name, name, f"/start {code}"))


@pytest.mark.parametrize("start", [0, 3, 6, 9, 14, 20])
def test_as_many_on_each_channel_as_then_go_out(stage: Stage, start: int) -> None:
    enrol(stage)
    stage.move_to(stage.now + timedelta(days=start))
    for name, _, _, channel in PEOPLE:  # everybody writes, so every window is open for a week
        stage.hear(Incoming(channel, stage.next_update(), name, name, "/help"))
    wrote = stage.now
    with stage.engine.connect() as db:
        found = forecast(stage.desk(db))
    sent = [item for item in stage.move_to(found.until) if item.push]
    assert sent
    assert Counter(item.channel for item in found.going if item.channel) == Counter(item.channel for item in sent)
    pushes = (outbox.c.channel == "zalo_oa", outbox.c.created_at > wrote, outbox.c.kind != "reply")
    with stage.engine.connect() as db:
        left = db.execute(select(outbox.c.created_at).where(*pushes)).scalars().all()
    billed = sum(at > wrote + timedelta(hours=48) for at in left)
    assert (found.count("free", "zalo_oa"), found.count("billed")) == (len(left) - billed, billed)
    assert billed
    assert found.cost == stage.library.campaign.policy.zalo.billed_price * billed


def test_beyond_the_window_only_a_template_is_forecast(stage: Stage) -> None:
    enrol(stage)
    stage.now += timedelta(days=9)
    with stage.engine.connect() as db:
        without = forecast(stage.desk(db))
    assert without.count("none") > 0
    template = Template.model_validate({"push": "push", "id": "1", "by": "user", "price": 120, "fields": {"ten": "name"}})
    stage.library.campaign = sending_templates(stage.library.campaign, (template,))
    with stage.engine.connect() as db:
        found = forecast(stage.desk(db))
    assert found.count("none") == 0
    assert found.count("template") == without.count("none")
    assert found.cost == 120 * found.count("template")
