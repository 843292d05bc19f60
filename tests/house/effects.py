"""What a turn came to, read from its effects: rows that changed, things shown, choices offered, and whose they are."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from handlers.conversation import AskingIn, Filling, HandingOver, Linking, Topic, WantingTime, read
from handlers.message import Choice, Message
from rules import actions as a
from rules.people import Role
from tests.house.scene import Scene
from tests.stage import CAMPAIGN

UNTOLD = ("received", "inbox", "choice_list", "kept", "link_try", "unreached")
"""Bookkeeping of the bot about itself: that an update came, that a code was wrong."""
PASSING = {"contact": ("last_seen_at",), "conversation": ("updated_at",)}
"""Columns that move with every turn."""
FOR_OVERSEERS = (
    a.ShowStanding, a.ChooseExtension, a.ExtendDuty, a.ChoosePlanDuty, a.SwitchUnit, a.TakeAllUnits, a.UnitsChosen, a.AskReason, a.SkipReason,
    a.GrantExtension, a.UndoExtension, a.ShowTimeRequests, a.ShowTimeRequest, a.GrantRequest, a.GrantOtherDay, a.BeginRefusal,
    a.RefuseRequest, a.ShowDuty, a.ShowReport, a.ShowUnreached, a.ConfirmNudge, a.Nudge, a.ChaseUnit, a.ChaseNamed, a.NudgeNamed, a.ConfirmReport, a.BeginWantingMore, a.BeginExtension,
    a.BeginInvite, a.ShowPeople, a.ShowPerson, a.ChooseUnitFor, a.MovePerson, a.ConfirmRemoval, a.RemovePerson, a.BeginReply,
    a.PublishReply, a.WithdrawReply, a.LinkHere, a.LoadRegister, a.DropRegister, a.ShowRegisters, a.ShowRequests, a.ShowRequest, a.LetIn, a.TurnAway,
)  # fmt: skip
"""Choices that are nobody's who does not see every unit."""
FOR_ADMINISTRATORS = (a.ShowPerson, a.ChooseUnitFor, a.MovePerson, a.ConfirmRemoval, a.RemovePerson)
"""Choices that a manager is not even offered, as is an invite for an administrator."""
OWN_TOPICS = (AskingIn, Filling, HandingOver, Linking, WantingTime)
PUBLIC = "public"
"""The owner of what everybody may see."""
MINE = "the reader's"
"""The owner of what everybody does for the own unit, such as a report that is offered."""

Rows = dict[tuple[str, tuple[Any, ...]], Mapping[str, Any]]


def snapshot(db: Connection) -> Rows:
    """Every row that a turn can mean to change. Read past SQLAlchemy: a table of rights takes thousands of these."""
    cursor = db.connection.cursor()
    found: Rows = {}
    for name, table in SQLModel.metadata.tables.items():
        if name in UNTOLD:
            continue
        keys, passing = [column.name for column in table.primary_key], PASSING.get(name, ())
        columns = [column.name for column in table.c if column.name not in passing]
        cursor.execute(f"select {', '.join(columns)} from {name}")  # noqa: S608 - names of our own tables
        for values in cursor.fetchall():
            row = dict(zip(columns, values, strict=True))
            found[(name, tuple(row[key] for key in keys))] = row
    return found


def touched(scene: Scene, column: str, group: str, before: Rows, after: Rows, says: Iterable[str]) -> set[str]:
    """Whose things a turn of that person showed or changed. ``leak`` where somebody was written of what is another's."""
    found: set[str] = set()
    for (table, key), row in after.items():
        old = before.get((table, key))
        if row == old:
            continue
        if table == "outbox":
            found |= _written(scene, column, group, row, after, says)
        elif table == "conversation":
            found |= _topic(scene, column, key[0], row, old)
        else:
            found.add(_whose(scene, table, row, old))
    return found | {_owner(scene, table, before[(table, key)]) for table, key in before.keys() - after.keys()}


def _whose(scene: Scene, table: str, row: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
    """The owner of a row; of one that was cut loose from a person, whose it was."""
    owner = _owner(scene, table, row)
    return _owner(scene, table, old) if old is not None and owner in (table, f"somebody new in {table}") else owner


def _topic(scene: Scene, column: str, contact_id: int, row: Mapping[str, Any], old: Mapping[str, Any] | None) -> set[str]:
    """A conversation that is about something new: what a manager does, or a form, or a code of one's own."""
    if contact_id != scene.contact[column]:
        return {"another's conversation"}
    topic = _about(row)
    if not row["topic"] or (old is not None and _about(old) == topic):
        return set()
    return {column if isinstance(topic, OWN_TOPICS) else "all"}


def _about(row: Mapping[str, Any]) -> Topic:
    """The topic of a conversation, whichever question of a form it is at."""
    topic = read(row["topic"], json.loads(row["data"])).topic
    return replace(topic, seq=0) if isinstance(topic, Filling) else topic


def _owner(scene: Scene, table: str, row: Mapping[str, Any]) -> str:
    """A unit, a person's column, or the table: something that is nobody's own."""
    contact_id = row["id"] if table == "contact" else row.get("used_by" if table == "invite" else "contact_id")
    person_id = row["id"] if table == "person" else row.get("person_id")
    if row.get("unit") and table in ("draft", "submission", "extension", "extension_request", "acknowledgement", "assignment"):
        return str(row["unit"]) if _owed(row) else "what is not owed"
    if contact_id is not None:
        return scene.contacts().get(contact_id, f"somebody new in {table}")
    if person_id is not None and table in ("person", "link_code", "snooze", "stored_file"):
        return scene.people().get(person_id, f"somebody new in {table}")
    return table


def _owed(row: Mapping[str, Any]) -> bool:
    return not row["obligation"] or CAMPAIGN.owes(CAMPAIGN.directory.unit(row["unit"]), CAMPAIGN.obligation(row["obligation"]))


def _written(scene: Scene, column: str, group: str, row: Mapping[str, Any], rows: Rows, says: Iterable[str]) -> set[str]:
    """Whose things a message shows. A reply to whom it is for, a push to somebody else."""
    message = Message.from_json(json.loads(row["message"]))
    shown = _shown(scene, message, rows)
    vain = {f"leak: {choice.data}" for choice in message.choices if group or (_for_administrators(choice) and column != "admin")}
    if row["kind"] in ("reply", "code", "close", "farewell") and row["address"] == (group or column):
        public = {PUBLIC} if any(re.search(text, message.text, re.DOTALL) for text in says) else set()
        return public | vain | {"all" if group else column if whose == MINE else whose for whose in shown}
    reader = scene.contacts().get(row["contact_id"], "")
    if reader in ("", "manager", "admin"):
        return set()  # a group, or somebody who sees everything: what they are told follows from what was done
    theirs = scene.own(reader) | _let_into(row["contact_id"], rows)
    strange = shown - theirs - {PUBLIC, MINE}
    return {f"leak to {reader}: {whose}" for whose in strange} | (scene.own(reader) - {reader} or {reader})


def _let_into(contact_id: int, rows: Rows) -> set[str]:
    """The unit to which a contact belongs once the turn is over: somebody may just have been let in."""
    sits = rows.get(("person", (rows[("contact", (contact_id,))]["person_id"],)))
    return {sits["unit"]} if sits and sits["removed_at"] is None else set()


def _for_administrators(choice: Choice) -> bool:
    invited = choice.action.role if isinstance(choice.action, a.BeginInvite) else None
    return invited is Role.ADMINISTRATOR or isinstance(choice.action, FOR_ADMINISTRATORS)


def _shown(scene: Scene, message: Message, rows: Rows) -> set[str]:
    """Whose texts, files and choices a message carries."""
    text = json.dumps(message.to_json(), ensure_ascii=False)
    found = {whose for marker, whose in scene.markers.items() if re.search(marker, text)}
    return found | {whose for choice in message.choices if (whose := _offered(scene, choice.action, rows))}


def _offered(scene: Scene, action: a.Action, rows: Rows) -> str:
    """Whose things a choice would touch; empty for what everybody is offered."""
    match action:
        case _ if isinstance(action, FOR_OVERSEERS):
            return "all"
        case a.ChooseTimeDuty(request=number) | a.SendTimeRequest(request=number):
            return str(rows[("extension_request", (number,))]["unit"])
        case (
            a.BeginReport()
            | a.ReportNothing()
            | a.ShowTask()
            | a.AskForTime()
            | a.ChooseColleague()
            | a.TakeOver()
            | a.AcceptTask()
            | a.DeclineTask()
        ):
            return MINE
        case a.ConfirmHandOver(person=number) | a.HandOver(person=number) | a.TakeHandedBack(person=number):
            return str(rows[("person", (number,))]["unit"])
        case a.ShowUnit():
            return PUBLIC  # which units there are; whether it may be looked at shows when it is pressed
        case a.ShowRegister(unit=unit):
            return unit
        case a.SendReportFile(submission=number):
            return str(rows[("submission", (number,))]["unit"])
        case a.StepForm(draft=number):
            return str(rows.get(("draft", (number,)), {"unit": ""})["unit"])
        case a.AskDepartment(question=number):
            return _owner(scene, "question", rows[("question", (number,))])
        case a.Unlink(contact=number):
            return scene.people().get(rows[("contact", (number,))]["person_id"], "nobody")
        case a.Leave(person=number):
            return scene.people()[number]
        case a.Forget(contact=number) | a.KeepData(contact=number):
            return scene.contacts()[number]
        case _:
            return ""
