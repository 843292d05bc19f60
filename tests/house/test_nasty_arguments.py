"""Whatever stands behind a button's or a command's word, no turn fails on it: on some channels anybody can type it.

Every turn is rolled back, so that each meets the same records.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Connection

from handlers.engine import ACTIONS, COMMANDS, TOPICS, apologise, take
from handlers.turn import Incoming, Message
from rules.campaign.forms import NOTHING, SUMMARY, FormState
from rules.campaign.model import FormField, Kind
from rules.campaign.progress import Outcome
from rules.people import Role
from storage import conversations, people, questions, reports
from storage.invites import Invite
from storage.scope import Scope
from tests.stage import CAMPAIGN, OPENING, Stage

NASTY = (
    "", "²", "٣", "Ⅷ", "9" * 18, "9" * 23, "9" * 5000, "-1", "1_0", "1 ²", "² 1", "1 1 1", "page²", "x" * 60, "\x00", "\ud800",
    "dai-loc \x00", "unspent-funds \x00",
)  # fmt: skip
REFUSED_BY_ONE = ("9" * 10, "9" * 18, "9" * 23, "\x00", "dai-loc \x00", "\ud800", f"unspent-funds {'x' * 4000}")
"""Numbers and signs that SQLite or PostgreSQL alone would refuse."""
WHO: dict[str, Role | None] = {"stranger": None, **{role.value: role for role in Role}}
OPS = (*"osbfdenEtywcxS", "", "²", "\x00")


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
        return [Message.from_json(waiting.body) for waiting in taken.queued]


def people_it(stage: Stage) -> Peopled:
    def prepare(db: Connection) -> int:
        for name, role in WHO.items():
            contact = conversations.record_contact(db, "telegram", name, name, OPENING)
            if role:
                invited = Invite(role=role, unit="" if role.oversees else "dai-loc", name="", expires_at=OPENING, phone="")
                people.join(db, contact, invited, name, "vi", OPENING)
            questions.keep_question(Scope(db, CAMPAIGN), contact, None, name, "phí?", "không nêu", "", 0.1, True, OPENING)
        sent = ("dai-loc", "list-corrections", Outcome.NOTHING, {}, 1, "officer", OPENING, stage.library.pick)
        reports.submit(Scope(db, CAMPAIGN), *sent)
        state = FormState(SUMMARY).to_json()
        return reports.begin_draft(Scope(db, CAMPAIGN), "dai-loc", "unspent-funds", state, 1, "officer", OPENING).id

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


@pytest.mark.parametrize("who", WHO)
def test_every_button_takes_any_argument(peopled: Peopled, who: str) -> None:
    basic = Incoming("telegram", "nasty", who)
    assert not fails(peopled, (replace(basic, choice=f"{verb} {given}") for verb in ACTIONS for given in NASTY))


def test_every_button_takes_what_only_one_database_refuses(any_peopled: Peopled) -> None:
    for who in ("officer", "administrator"):
        basic = Incoming("telegram", "nasty", who)
        tried = [replace(basic, choice=f"{verb} {given}") for verb in ACTIONS for given in REFUSED_BY_ONE]
        tried += [replace(basic, choice=f"form {given} 1 o {given}") for given in REFUSED_BY_ONE]
        tried += [replace(basic, choice=f"form {any_peopled.draft} 1 o {given}") for given in REFUSED_BY_ONE]
        assert not fails(any_peopled, tried)


@pytest.mark.parametrize("who", WHO)
def test_every_command_takes_any_argument(peopled: Peopled, who: str) -> None:
    basic = Incoming("telegram", "nasty", who)
    words = {command: word for word, command in COMMANDS.items()}.values()  # one word of each: the others lead to the same
    alone = [replace(basic, text=f"/{word} {given}") for word in words for given in NASTY]
    assert not fails(peopled, alone)
    together = [replace(basic, text=f"/{word} {NASTY[1]}", group="-7", group_title="Nhóm") for word in COMMANDS]
    assert not fails(peopled, together)


def every_step(draft: int, seq: int) -> Iterator[str]:
    for op in OPS:
        yield f"form {draft} {seq} {op}"
        yield from (f"form {draft} {seq} {op} {given}" for given in NASTY)
    for given in NASTY:
        yield from (f"form {given} {seq} o 1", f"form {draft} {given} o 1", f"form {draft} {seq} {given} 1")


def test_every_step_of_a_form_takes_any_argument(peopled: Peopled) -> None:
    basic = Incoming("telegram", "nasty", "officer")
    assert not fails(peopled, (replace(basic, choice=step) for step in every_step(peopled.draft, 1)))


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
        draft = reports.find_draft(Scope(db, CAMPAIGN), unit, slug)
        draft = draft or reports.begin_draft(Scope(db, CAMPAIGN), unit, slug, place.to_json(), 1, "officer", OPENING)
        seq = reports.keep_draft(Scope(db, CAMPAIGN), draft, place.to_json(), 1, "officer", OPENING)
        opened = conversations.open_conversation(db, channel, "officer", "officer", "vi", OPENING)
        if opened.person is None:
            invited = Invite(role=Role.OFFICER, unit=unit, name="", expires_at=OPENING, phone="")
            people.join(db, opened.contact.id, invited, "officer", "vi", OPENING)
        conversations.keep(db, opened.contact.id, "report", {"draft": draft.id, "seq": seq}, OPENING)

    stage.writer.write(stand)


STANDING = {
    "report": {"draft": 999, "seq": 1}, "reply": {"question": 1}, "more": {"submission": 1},
    "extend": {"unit": "dai-loc", "obligation": "unspent-funds"}, "invite-name": {"role": "officer"}, "link": {},
    "extend-reason": {"unit": "dai-loc", "obligation": "unspent-funds", "day": "2022-07-05"},
}  # fmt: skip


def test_every_topic_takes_any_text(peopled: Peopled) -> None:
    assert set(STANDING) == set(TOPICS)
    found = []
    for who in WHO:
        for topic, data in STANDING.items():
            peopled.stage.writer.write(
                lambda db, who=who, topic=topic, data=data: conversations.keep(
                    db, conversations.record_contact(db, "telegram", who, who, OPENING), topic, data, OPENING
                )
            )
            basic = Incoming("telegram", "nasty", who)
            found += [f"{who} {topic} {fault}" for fault in fails(peopled, (replace(basic, text=given) for given in NASTY))]
    assert not found


def test_an_apology_never_fails_on_what_the_turn_failed_on(any_peopled: Peopled) -> None:
    for given in NASTY:
        incoming = Incoming("telegram", "nasty", "officer", name=given, text=given, choice=given)
        with any_peopled.stage.engine.connect() as db, db.begin() as transaction:
            assert apologise(db, any_peopled.stage.library, incoming, f"fault {given}", OPENING).queued, ascii(given)
            transaction.rollback()
