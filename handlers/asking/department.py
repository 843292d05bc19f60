"""Questions passed on to the department: the reply goes to who asked, and may be published for everybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import everyday
from handlers.conversation import Replying
from handlers.message import Choice, Message, Notice
from handlers.pushing import push
from handlers.turn import Turn
from handlers.wording.answers import clause_name
from handlers.wording.catalogs import Words
from handlers.wording.phrases import asker_text, question_text
from rules.actions import AskDepartment, BeginReply, Cancel, PublishReply, SendReply, ShowQuestions, WithdrawReply
from rules.documents.parts import Bilingual
from rules.text.vietnamese import same_words
from storage import groups, people, questions
from storage.people import Person
from storage.questions import Asked

SAME_WITHIN = timedelta(days=28)
SHOWN = 120
"""Signs of a question in a list."""
LONGEST = 600
"""Signs of a question that is told alone."""
TOLD_AT_ONCE, AT_ONCE_IN = 3, timedelta(hours=1)
"""So many of one person's questions are told as they come, within that time."""

# ---------------------------------------------------------------- asking


def ask(turn: Turn, action: AskDepartment) -> None:
    """Pass a question on to the managers."""
    turn.close_buttons()
    asked = questions.by_id(turn.scope, action.question)
    assert asked, "whose question it is was asked before"
    if not questions.pass_on(turn.scope, asked.id):
        turn.say(turn.words.tr("department.already"))
        return
    reached = _tell(turn, asked) if _is_told_at_once(turn) else bool(people.overseers(turn.db) or groups.bound(turn.db))
    turn.say(turn.words.tr("department.passed_on") if reached else turn.words.tr("department.nobody"))


def _is_told_at_once(turn: Turn) -> bool:
    """Of people of the units, and of each only so many; the rest is told together (``ticking/asked.py``)."""
    return turn.person is not None and questions.told_since(turn.scope, turn.person.id, turn.now - AT_ONCE_IN) < TOLD_AT_ONCE


def _tell(turn: Turn, asked: Asked) -> bool:
    passed = PassedOn(asked, turn.unit.name if turn.unit else None)
    if not push.to_overseers(turn, passed, f"question:{asked.id}"):
        return False
    questions.mark_told(turn.scope, [asked.id], turn.now)
    return True


@dataclass(frozen=True)
class PassedOn(Notice):
    """For who oversees: somebody asks the department."""

    asked: Asked
    unit: Bilingual | None

    def message(self, words: Words) -> Message:
        """Who asks what, with a way to reply."""
        who = self.unit.in_(words.language) if self.unit else words.tr("department.stranger")
        name = asker_text(words, self.asked)
        text = words.tr("department.alert", name=name, unit=who, text=question_text(self.asked, LONGEST))
        return Message(text, (Choice(words.tr("button.reply"), BeginReply(self.asked.id)),))


# ---------------------------------------------------------------- replying


def begin_reply(turn: Turn, action: BeginReply) -> None:
    """A manager answers: the next message is the answer."""
    asked = questions.by_id(turn.scope, action.question)
    if asked is None:
        _say_stale(turn)
    elif asked.state == "replied":
        _say_replied(turn, asked)
    else:
        turn.go(Replying(asked.id))
        ask_reply_again(turn)


def ask_reply_again(turn: Turn) -> None:
    """Say which question is being answered, also after something else in between."""
    asked = questions.by_id(turn.scope, turn.topic.question) if isinstance(turn.topic, Replying) else None
    if asked is None:
        return
    turn.say(
        turn.words.tr("department.type_reply", text=question_text(asked, LONGEST)),
        Choice(turn.words.tr("button.cancel"), Cancel()),
    )


def _say_replied(turn: Turn, asked: Asked) -> None:
    """Somebody has answered before."""
    turn.say(turn.words.tr("department.replied_by", name=turn.words.who(asked.replied_by), reply=asked.reply))


def _say_stale(turn: Turn) -> None:
    turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))


def send_reply(turn: Turn, action: SendReply) -> None:
    """The manager's answer goes to the person who asked, and to colleagues who asked the same and got silence. Who else did
    hears it once it is published."""
    assert turn.person
    asked = questions.by_id(turn.scope, action.question)
    turn.rest()
    if asked is None:
        _say_stale(turn)
        return
    text, by = action.text, turn.person.name
    if not questions.reply(turn.scope, asked.id, text, by, turn.now):
        _say_replied(turn, questions.by_id(turn.scope, asked.id) or asked)  # perhaps only now, by somebody else
        return
    sent = _send(turn, asked, text, by)
    for other in _same_question(turn, asked):
        if _are_colleagues(turn, asked, other):
            _reply_too(turn, other, text, by)
    turn.say(turn.words.tr("department.sent") if sent else turn.words.tr("department.not_sent"), *_publishing(turn, asked))


def _reply_too(turn: Turn, other: Asked, text: str, by: str) -> None:
    if questions.reply(turn.scope, other.id, text, by, turn.now):
        _send(turn, other, text, by)


def _same_question(turn: Turn, asked: Asked) -> list[Asked]:
    """Others who asked the same in the last weeks and got silence. What holds no word is the same as nothing."""
    same = same_words(asked.text)
    if not same:
        return []
    open_ones = questions.unanswered(turn.scope, turn.now - SAME_WITHIN, turn.now)
    return [other for other in open_ones if other.contact_id != asked.contact_id and same_words(other.text) == same]


def _are_colleagues(turn: Turn, asked: Asked, other: Asked) -> bool:
    """Whether two questions are of one unit's people: what is written to a unit, or to a stranger, nobody else reads."""
    one, another = _asker(turn, asked), _asker(turn, other)
    return one is not None and another is not None and one.unit == another.unit


def _asker(turn: Turn, asked: Asked) -> Person | None:
    """Who asked, unless a stranger or gone since."""
    return people.by_id(turn.db, asked.person_id) if asked.person_id is not None else None


def _send(turn: Turn, asked: Asked, text: str, by: str) -> bool:
    """The reply to whoever asked. False where no channel takes it."""
    replied = Replied(asked.text, text, by, turn.now)
    if asked.person_id is not None:
        person = _asker(turn, asked)
        return person is not None and push.to_person(turn, person, replied, f"reply:{asked.id}")
    contact = people.contact_by_id(turn.db, asked.contact_id)
    if contact is None or contact.refused:
        return False
    push.to_contact(turn, contact, replied, f"reply:{asked.id}")
    return True


@dataclass(frozen=True)
class Replied(Notice):
    """For who asked: the department's answer."""

    question: str
    reply: str
    by: str
    at: datetime

    def message(self, words: Words) -> Message:
        """The question, the reply, by whom and when."""
        text = words.tr("department.reply", question=self.question, reply=self.reply, name=self.by, at=words.moment(self.at))
        return Message(text)


# ---------------------------------------------------------------- publishing


def _publishing(turn: Turn, asked: Asked) -> list[Choice]:
    """Publish the reply as the department's guidance, alone or with a clause that came near."""
    clauses = [clause for clause in asked.clauses.split() if turn.campaign.has_clause(clause)][:2]
    choices = [Choice(turn.words.tr("button.publish"), PublishReply(asked.id))]
    for clause in clauses:
        label = turn.words.tr("button.publish_with", clause=clause_name(turn.words, clause))
        choices.append(Choice(label, PublishReply(asked.id, clause)))
    return choices


def publish(turn: Turn, action: PublishReply) -> None:
    """A reply becomes an answer for everybody who asks the like; who asked the same before, and got silence, hears it now."""
    asked = questions.by_id(turn.scope, action.question)
    if asked is None:
        _say_stale(turn)
        return
    turn.close_buttons()
    clause = action.clause if turn.campaign.has_clause(action.clause) else ""
    if questions.publish(turn.scope, asked.id, clause, turn.now):
        for other in _same_question(turn, asked):
            _reply_too(turn, other, asked.reply, asked.replied_by)
        withdraw = Choice(turn.words.tr("button.unpublish"), WithdrawReply(asked.id))
        turn.say(turn.words.tr("published.done", question=asked.text[:SHOWN]), withdraw)
    else:
        turn.say(turn.words.tr("published.no_reply"))


def withdraw(turn: Turn, action: WithdrawReply) -> None:
    """A published reply is taken back: nobody is answered with it any more."""
    turn.close_buttons()
    done = questions.unpublish(turn.scope, action.question)
    turn.say(turn.words.tr("published.withdrawn") if done else turn.words.tr("published.not_there"))


def show_questions(turn: Turn, _: ShowQuestions) -> None:
    """For managers: the latest questions and what was answered."""
    latest = questions.recent(turn.scope)
    if not latest:
        turn.say(turn.words.tr("questions.none"))
        return
    lines, choices = [turn.words.tr("questions.title")], []
    for number, asked in enumerate(latest, 1):
        lines.append(
            f"{number}. {turn.words.short_moment(asked.at)} {asker_text(turn.words, asked)}: "
            f"{question_text(asked, SHOWN)} → {_state(turn, asked)}"
        )
        if asked.state == "passed_on" or (asked.abstained and asked.state != "replied"):
            choices.append(Choice(turn.words.tr("questions.reply", number=number), BeginReply(asked.id)))
        elif asked.state == "replied" and asked.published_at is None:
            choices.append(Choice(turn.words.tr("questions.publish", number=number), PublishReply(asked.id)))
        elif asked.published_at is not None:
            choices.append(Choice(turn.words.tr("questions.unpublish", number=number), WithdrawReply(asked.id)))
    turn.say("\n".join(lines), *choices)


def _state(turn: Turn, asked: Asked) -> str:
    words = turn.words
    if asked.published_at is not None:
        return words.tr("questions.published", name=words.who(asked.replied_by))
    if asked.state == "replied":
        return words.tr("questions.replied", name=words.who(asked.replied_by))
    if asked.state == "passed_on":
        return words.tr("questions.waiting")
    if not asked.abstained and not asked.clauses:
        return words.tr("questions.guidance")
    return words.tr("questions.silent") if asked.abstained else words.tr("questions.clause", id=asked.clauses.split(" ")[0])
