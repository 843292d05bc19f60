"""What a unit says to a reminder: "Đã nắm" is kept for its own duties alone."""

import pytest
from sqlalchemy import select

from handlers.turn import Incoming
from rules.people import Role
from storage.database import reading
from storage.tables import acknowledgement
from tests.stage import Stage


def seen(stage: Stage) -> set[tuple[str, str]]:
    """What stands there as seen, by unit."""
    with reading(stage.engine) as db:
        return {(row.unit, row.obligation) for row in db.execute(select(acknowledgement.c.unit, acknowledgement.c.obligation))}


@pytest.mark.parametrize(("button", "kept"), [
    ("ack 1.unspent-funds", {("dai-loc", "unspent-funds")}),
    ("ack 1.product-review", set()),  # the department's own duty
])  # fmt: skip
def test_seen_is_what_the_unit_owes(stage: Stage, button: str, kept: set[tuple[str, str]]) -> None:
    stage.hear(Incoming("telegram", "1", "Lan", "Lan", f"/start {stage.invite(Role.OFFICER, 'dai-loc')}"))
    (said,) = stage.hear(Incoming("telegram", "2", "Lan", "Lan", choice=button))
    assert seen(stage) == kept
    assert (said.message.text == stage.library.languages.of("vi").tr("report.not_owed")) is not bool(kept)
