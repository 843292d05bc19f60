"""Whatever stands behind a button's or a command's word, no turn fails on it: on some channels anybody can type it.

Every turn is rolled back, so that each meets the same records.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import Connection

from handlers.commands import COMMANDS
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
    Replying,
    TellingNothing,
    Topic,
    WantingMore,
    WantingTime,
    write,
)
from handlers.engine import apologise, take
from handlers.message import Message
from handlers.turn import Incoming
from rules.actions import Action, Duty, FormOp, StepForm, pack, tagged
from rules.campaign.forms import NOTHING, SUMMARY, FormState
from rules.campaign.model import FormField, Kind
from rules.campaign.progress import Outcome
from rules.packing import ClauseId, CodeText, FactId, FieldValue, Handle, Stamp, UnitSlug
from rules.people import Role
from storage import conversations, people, questions, reports
from storage.conversations import Sender
from storage.invites import Invite
from storage.scope import Scope
from tests.stage import CAMPAIGN, OPENING, Stage

NASTY = (
    "", "²", "٣", "Ⅷ", "9" * 18, "9" * 23, "9" * 5000, "-1", "1_0", "1 ²", "² 1", "1 1 1", "page²", "x" * 60, "\x00", "\ud800",
    "dai-loc \x00", "1.unspent-funds \x00", "0.unspent-funds", "2.unspent-funds", "1.nothing-such", "999999.unspent-funds", "nowhere",
    "1.inspection", "1.product-review", "1.product-review 1",
)  # fmt: skip
REFUSED_BY_ONE = ("9" * 10, "9" * 18, "9" * 23, "\x00", "dai-loc \x00", "\ud800", f"1.unspent-funds {'x' * 4000}")
"""Numbers and signs that SQLite or PostgreSQL alone would refuse."""
WHO: dict[str, Role | None] = {"stranger": None, **{role.value: role for role in Role}}
FUNDS = Duty(1, "unspent-funds")
GOOD: dict[Any, Any] = {
    int: 1, Duty: FUNDS, UnitSlug: "dai-loc", ClauseId: "1.6", FactId: CAMPAIGN.facts[0].id, FieldValue: "1", CodeText: "482913",
    Stamp: "20220620", Handle: "0" * 12,
}  # fmt: skip
"""A value of each kind of field that names something, or could."""


@dataclass(frozen=True)
class Peopled:
    """A stage with one person a role, and one record of each kind that buttons name by number."""

    stage: Stage
    draft: int

    def turn(self, incoming: Incoming) -> list[Message]:
        """What a turn says; nothing of it is kept."""
        with self.stage.engine.connect() as db, db.begin() as transaction:
            taken = take(db, self.stage.library, incoming, OPENING)
            transaction.rollback()
        return [Message.from_json(delivery.message) for delivery in taken.queued]


def people_it(stage: Stage) -> Peopled:
    def prepare(db: Connection) -> int:
        scope = Scope(db, CAMPAIGN)
        for name, role in WHO.items():
            contact = conversations.record_contact(db, "telegram", name, name, OPENING)
            if role:
                invited = Invite(role=role, unit="" if role.oversees else "dai-loc", name="", expires_at=OPENING, phone="")
                people.join(db, contact, invited, name, "vi", OPENING)
            questions.keep_question(
                scope, questions.NewQuestion(contact, None, name, "phí?", "không nêu", "", 0.1, True), OPENING
            )
        reports.submit(
            scope,
            reports.Report("dai-loc", "list-corrections", Outcome.NOTHING, {}),
            reports.By(1, "officer"),
            OPENING,
            stage.library.pick,
        )
        return reports.begin_draft(
            scope, "dai-loc", FUNDS.slug, FormState(SUMMARY).to_json(), reports.By(1, "officer"), OPENING
        ).id

    return Peopled(stage, stage.writer.write(prepare))


@pytest.fixture
def peopled(stage: Stage) -> Peopled:
    """On SQLite."""
    return people_it(stage)


@pytest.fixture
def any_peopled(any_stage: Stage) -> Peopled:
    """On each database in turn: they differ in the numbers and signs that they take."""
    return people_it(any_stage)


def fails(peopled: Peopled, tried: Iterable[Incoming]) -> list[str]:
    """The turns that fail, or say nothing."""
    found = []
    for incoming in tried:
        what = f"{incoming.choice or incoming.text!a:.80}"
        try:
            said = peopled.turn(incoming)
        except Exception as fault:
            found.append(f"{what}: {type(fault).__name__}")
        else:
            if not said:
                found.append(f"{what}: nothing said")
    return found


# ---------------------------------------------------------------- buttons


def good(kind: type[Action]) -> list[str]:
    """An action's fields as they are packed, each with a value that could be meant."""
    hints = get_type_hints(kind, include_extras=True)
    return [str(_good(hints[field.name])) for field in fields(kind)]  # type: ignore[arg-type]


def _good(hint: Any) -> Any:
    if isinstance(hint, UnionType):
        hint = next(part for part in get_args(hint) if part is not NoneType)
    if hint is date:
        return date(2022, 7, 5)
    if get_origin(hint) is Annotated or hint in GOOD:
        return GOOD[hint]
    return next(iter(hint))


def with_one_nasty(kind: type[Action], nasty: Iterable[str]) -> Iterator[str]:
    """What stands behind a button, good but for one field; and nasty altogether."""
    values = good(kind)
    yield " ".join((kind.tag, *values))
    for given in nasty:
        yield f"{kind.tag} {given}"
        yield " ".join((kind.tag, *values, given))
        for place in range(len(values)):
            yield " ".join((kind.tag, *values[:place], given, *values[place + 1 :]))


def test_what_is_good_is_read(peopled: Peopled) -> None:
    for kind in tagged():
        action = kind(**{f.name: _good(get_type_hints(kind, include_extras=True)[f.name]) for f in fields(kind)})  # type: ignore[arg-type]
        assert " ".join((kind.tag, *good(kind))).startswith(pack(action))


@pytest.mark.parametrize("who", WHO)
def test_every_button_takes_any_argument(peopled: Peopled, who: str) -> None:
    basic = Incoming("telegram", "nasty", who)
    assert not fails(peopled, (replace(basic, choice=text) for kind in tagged() for text in with_one_nasty(kind, NASTY)))


def test_every_button_takes_what_only_one_database_refuses(any_peopled: Peopled) -> None:
    for who in ("officer", "administrator"):
        basic = Incoming("telegram", "nasty", who)
        tried = [replace(basic, choice=text) for kind in tagged() for text in with_one_nasty(kind, REFUSED_BY_ONE)]
        tried += [replace(basic, choice=f"f {any_peopled.draft} 1 option {given}") for given in REFUSED_BY_ONE]
        assert not fails(any_peopled, tried)


def every_step(draft: int, seq: int) -> Iterator[str]:
    for op in (*FormOp, "", "²", "\x00"):
        yield f"{StepForm.tag} {draft} {seq} {op}"
        yield from (f"{StepForm.tag} {draft} {seq} {op} {given}" for given in NASTY)


def test_every_step_of_a_form_takes_any_argument(peopled: Peopled) -> None:
    basic = Incoming("telegram", "nasty", "officer")
    assert not fails(peopled, (replace(basic, choice=step) for step in every_step(peopled.draft, 1)))


# ---------------------------------------------------------------- commands


@pytest.mark.parametrize("who", WHO)
def test_every_command_takes_any_argument(peopled: Peopled, who: str) -> None:
    basic = Incoming("telegram", "nasty", who)
    alone = [replace(basic, text=f"/{word} {given}") for word in COMMANDS for given in NASTY]
    assert not fails(peopled, alone)
    together = [replace(basic, text=f"/{word} {NASTY[1]}", group="-7", group_title="Nhóm") for word in COMMANDS]
    assert not fails(peopled, together)


# ---------------------------------------------------------------- texts


def places(form: tuple[FormField, ...]) -> Iterator[FormState]:
    """Every place at which a form can stand."""
    yield from (FormState(SUMMARY), FormState(NOTHING))
    for field in form:
        yield FormState(field.id)
        if field.kind is Kind.LIST:
            yield from (FormState(field.id, row={}, column=column.id) for column in field.columns)


def test_every_question_of_every_form_takes_any_answer(peopled: Peopled) -> None:
    channel = "zalo_bot"  # where also choices are typed
    found = []
    for obligation in CAMPAIGN.owed_by(CAMPAIGN.directory.unit("dai-loc")):
        for place in places(CAMPAIGN.form(obligation)):
            stand_at(peopled.stage, channel, obligation.slug, place)
            basic = Incoming(channel, "nasty", "officer")
            found += fails(peopled, (replace(basic, text=given) for given in NASTY if given))
    assert not found


def stand_at(stage: Stage, channel: str, slug: str, place: FormState) -> None:
    """The officer's form stands there."""
    unit = "dai-loc"

    def stand(db: Connection) -> None:
        scope, state = Scope(db, CAMPAIGN), place.to_json()
        draft = reports.find_draft(scope, unit, slug)
        draft = draft or reports.begin_draft(scope, unit, slug, state, reports.By(1, "officer"), OPENING)
        kept = reports.keep_draft(scope, draft, state, reports.By(1, "officer"), OPENING)
        opened = conversations.open_conversation(db, Sender(channel, "officer", "officer", "vi"), OPENING)
        assert opened
        if opened.person is None:
            invited = Invite(role=Role.OFFICER, unit=unit, name="", expires_at=OPENING, phone="")
            people.join(db, opened.contact.id, invited, "officer", "vi", OPENING)
        conversations.keep(db, opened.contact.id, *write(Conversation(Filling(kept.id, kept.seq))), OPENING)

    stage.writer.write(stand)


STANDING: tuple[Topic, ...] = (
    Idle(), Filling(999, 1), Replying(1), WantingMore(1), NotingArrival(1), TellingNothing(1, "withdrawal", 2), *(Extending(1, lacks) for lacks in Lacks), *(WantingTime(1, lacks) for lacks in Lacks), Refusing(1),
    Chasing("dai-loc,hoi-an"), Inviting(Role.OFFICER), Linking(), HandingOver(), HandingOver(FUNDS), *(AskingIn(step, "Nam", "dai-loc") for step in JoinStep),
)  # fmt: skip
KEPT_BEFORE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("report", {"draft": 999, "seq": 1}), ("reply", {"question": 1}), ("more", {"submission": 1}),
    ("extend", {"unit": "dai-loc", "obligation": "unspent-funds"}), ("invite-name", {"role": "officer"}), ("link", {}),
    ("extend-reason", {"unit": "dai-loc", "obligation": "unspent-funds", "day": "2022-07-05"}),
)  # fmt: skip
"""As conversations without a version stand."""


@pytest.mark.parametrize("who", WHO)
def test_every_topic_takes_any_text(peopled: Peopled, who: str) -> None:
    assert {type(topic) for topic in STANDING} == set(TOPICS.values())
    found = []
    for topic, data in (*(write(Conversation(topic)) for topic in STANDING), *KEPT_BEFORE):
        peopled.stage.writer.write(
            lambda db, topic=topic, data=data: conversations.keep(  # type: ignore[misc]
                db, conversations.record_contact(db, "telegram", who, who, OPENING), topic, data, OPENING
            )
        )
        basic = Incoming("telegram", "nasty", who)
        found += [f"{topic} {fault}" for fault in fails(peopled, (replace(basic, text=given) for given in NASTY))]
    assert not found


def test_an_apology_never_fails_on_what_the_turn_failed_on(any_peopled: Peopled) -> None:
    for given in NASTY:
        incoming = Incoming("telegram", "nasty", "officer", name=given, text=given, choice=given)
        with any_peopled.stage.engine.connect() as db, db.begin() as transaction:
            assert apologise(db, any_peopled.stage.library, incoming, f"fault {given}", OPENING).queued, ascii(given)
            transaction.rollback()
