"""Who goes takes along what that one opened: invites, codes that link, groups. On SQLite and on PostgreSQL."""

import random

import pytest
from sqlalchemy import Connection

from rules.people import Role
from storage import conversations, groups, invites, linking, people
from storage.database import reading
from tests.stage import OPENING, Stage


def enrolled(db: Connection, address: str, role: Role, by: int | None = None) -> int:
    contact = conversations.record_contact(db, "telegram", address, address, OPENING)
    invited = invites.Invite(role=role, unit="" if role.oversees else "dai-loc", name="", expires_at=OPENING, phone="")
    return people.join(db, contact, invited, address, "vi", OPENING).id


def doors_of(stage: Stage, person_id: int) -> tuple[bool, bool, bool]:
    """Whether an invite, a code that links and a group of that person would still let somebody in. Makes none."""
    with reading(stage.engine) as db:
        return (
            bool(invites.open_invites(db, OPENING)),
            linking.owner(db, "123456", OPENING) is not None,
            any(group.bound_by == person_id for group in groups.bound(db)),
        )


def open_doors(db: Connection, person_id: int) -> str:
    code = invites.create_invite(
        db, invites.Grant(Role.MANAGER), invites.By("Minh", person_id), OPENING, random.Random(1).choice
    ).code
    digits = iter("123456")
    linking.create_code(db, person_id, OPENING, lambda _: next(digits))
    groups.bind(db, "telegram", "-5", "Nhóm", person_id, OPENING)
    return code


@pytest.mark.parametrize("goes", ["removed", "leaves"])
def test_who_goes_takes_along_what_that_one_opened(any_stage: Stage, goes: str) -> None:
    stage = any_stage
    minh = stage.writer.write(lambda db: enrolled(db, "Minh", Role.MANAGER))
    code = stage.writer.write(lambda db: open_doors(db, minh))
    assert doors_of(stage, minh) == (True, True, True)

    def go(db: Connection) -> list[groups.AlertGroup]:
        if goes == "removed":
            return people.remove(db, minh, OPENING)
        contact = people.contact_at(db, "telegram", "Minh")
        assert contact
        return people.leave(db, contact.id, OPENING)

    assert [group.address for group in stage.writer.write(go)] == ["-5"]
    assert doors_of(stage, minh) == (False, False, False)
    assert stage.writer.write(lambda db: invites.redeem(db, code, None, OPENING)) is None


def test_what_others_opened_stays_open(any_stage: Stage) -> None:
    stage = any_stage
    minh = stage.writer.write(lambda db: enrolled(db, "Minh", Role.MANAGER))
    quy = stage.writer.write(lambda db: enrolled(db, "Quý", Role.ADMINISTRATOR))
    stage.writer.write(lambda db: open_doors(db, minh))
    assert stage.writer.write(lambda db: people.remove(db, quy, OPENING)) == []
    assert doors_of(stage, minh) == (True, True, True)


@pytest.mark.parametrize(("role", "stays"), [(Role.ADMINISTRATOR, True), (Role.OFFICER, False)])
def test_who_goes_on_overseeing_keeps_the_groups(any_stage: Stage, role: Role, stays: bool) -> None:
    stage = any_stage
    minh = stage.writer.write(lambda db: enrolled(db, "Minh", Role.MANAGER))
    stage.writer.write(lambda db: open_doors(db, minh))
    fresh = stage.writer.write(lambda db: enrolled(db, "Minh", role))
    assert doors_of(stage, fresh) == (False, False, stays)


def test_an_invite_is_revoked_by_its_handle_and_role(any_stage: Stage) -> None:
    stage = any_stage
    code = stage.invite(Role.MANAGER)
    with reading(stage.engine) as db:
        (open_one,) = invites.open_invites(db, OPENING)
        assert invites.open_invites(db, OPENING + invites.INVITE_LIFE) == []
    assert code not in str(open_one)

    def revoke(handle: str, role: Role) -> bool:
        return stage.writer.write(lambda db: invites.revoke(db, handle, role, OPENING))

    assert not revoke(open_one.handle, Role.OFFICER)
    assert not revoke("0" * 12, Role.MANAGER)
    assert revoke(open_one.handle, Role.MANAGER)
    assert not revoke(open_one.handle, Role.MANAGER)
    assert stage.writer.write(lambda db: invites.redeem(db, code, None, OPENING)) is None
