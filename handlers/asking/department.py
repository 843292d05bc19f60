"""Questions passed on to the department: the reply goes to who asked, and may be published for everybody."""

from datetime import timedelta

from handlers import talking as helping
from handlers.pushing.push import push_to_overseers, push_to_person
from handlers.turn import Choice, Message, Turn
from handlers.wording.answers import clause_name
from handlers.wording.catalogs import Words
from rules.ids import read_id
from rules.text.vietnamese import same_words
from storage import outbox, people, questions

SAME_WITHIN = timedelta(days=28)
SHOWN = 120
"""Signs of a question in a list."""


def _named(turn: Turn, given: str) -> questions.Asked | None:
    """The question that a button names by its number."""
    number = read_id(given)
    return questions.by_id(turn.scope, number) if number is not None else None


def ask_department(turn: Turn, question_id: str) -> None:
    """Pass a question on to the managers."""
    turn.close_buttons()
    asked = _named(turn, question_id)
    if asked is None or asked.contact_id != turn.contact.id:
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    if not questions.pass_on(turn.scope, asked.id):
        turn.say(turn.words.tr("department.already"))
        return
    place = turn.unit.name if turn.unit else None

    def worded(words: Words) -> Message:
        who = place.in_(words.language) if place else words.tr("department.stranger")
        text = words.tr("department.alert", name=asked.asker or words.tr("department.nameless"), unit=who, text=asked.text)
        return Message(text, (Choice(words.tr("button.reply"), f"reply {asked.id}"),))

    reached = push_to_overseers(turn.db, turn.world, worded, turn.now, f"question:{asked.id}")
    turn.say(turn.words.tr("department.passed_on") if reached else turn.words.tr("department.nobody"))


def begin_reply(turn: Turn, question_id: str) -> None:
    """A manager answers: the next message is the answer."""
    asked = _named(turn, question_id)
    if not turn.oversees or asked is None:
        turn.say(turn.words.tr("managers_only"))
        return
    if asked.state == "replied":
        turn.say(turn.words.tr("department.replied_by", name=asked.replied_by, reply=asked.reply))
        return
    turn.go("reply", question=asked.id)
    turn.say(turn.words.tr("department.type_reply", text=asked.text), Choice(turn.words.tr("button.cancel"), "cancel"))


def type_reply(turn: Turn, text: str) -> None:
    """The manager's answer goes to the person who asked."""
    asked = questions.by_id(turn.scope, int(turn.data.get("question", 0)))
    turn.rest()
    if not turn.oversees or turn.person is None or asked is None:
        turn.say(turn.words.tr("managers_only"))
        return
    by = turn.person.name
    if not questions.reply(turn.scope, asked.id, text, by, turn.now):
        turn.say(turn.words.tr("department.replied_by", name=asked.replied_by, reply=asked.reply))
        return
    sent = _send(turn, asked, text, by)
    for other in _same_question(turn, asked):
        if questions.reply(turn.scope, other.id, text, by, turn.now):
            _send(turn, other, text, by)
    turn.say(turn.words.tr("department.sent") if sent else turn.words.tr("department.not_sent"), *_publishing(turn, asked))


def _same_question(turn: Turn, asked: questions.Asked) -> list[questions.Asked]:
    """Others who asked the same in the last weeks and got silence."""
    open_ones = questions.unanswered(turn.scope, turn.now - SAME_WITHIN, turn.now)
    return [o for o in open_ones if o.contact_id != asked.contact_id and same_words(o.text) == same_words(asked.text)]


def _send(turn: Turn, asked: questions.Asked, text: str, by: str) -> bool:
    """The reply to whoever asked. False where no channel takes it."""
    if asked.person_id is None:
        return _reply_to_stranger(turn, asked, text, by)

    def worded(words: Words) -> Message:
        return Message(words.tr("department.reply", question=asked.text, reply=text, name=by, at=words.moment(turn.now)))

    return push_to_person(turn.db, turn.world, asked.person_id, "", worded, turn.now, f"reply:{asked.id}")


def _publishing(turn: Turn, asked: questions.Asked) -> list[Choice]:
    """Publish the reply as the department's guidance, alone or with a clause that came near."""
    clauses = [clause for clause in asked.clauses.split() if turn.campaign.has_clause(clause)][:2]
    choices = [Choice(turn.words.tr("button.publish"), f"publish {asked.id}")]
    for clause in clauses:
        label = turn.words.tr("button.publish_with", clause=clause_name(turn.words, clause))
        choices.append(Choice(label, f"publish {asked.id} {clause}"))
    return choices


def publish(turn: Turn, choice: str) -> None:
    """A reply becomes an answer for everybody who asks the like."""
    number, _, clause = choice.partition(" ")
    asked = _named(turn, number)
    if not turn.oversees or turn.person is None or asked is None:
        turn.say(turn.words.tr("managers_only"))
        return
    turn.close_buttons()
    if clause and not turn.campaign.has_clause(clause):
        clause = ""
    if questions.publish(turn.scope, asked.id, clause, turn.now):
        withdraw = Choice(turn.words.tr("button.unpublish"), f"unpublish {asked.id}")
        turn.say(turn.words.tr("published.done", question=asked.text[:SHOWN]), withdraw)
    else:
        turn.say(turn.words.tr("published.no_reply"))


def unpublish(turn: Turn, number: str) -> None:
    """A published reply is taken back: nobody is answered with it any more."""
    asked = _named(turn, number)
    if not turn.oversees or asked is None:
        turn.say(turn.words.tr("managers_only"))
        return
    turn.close_buttons()
    done = questions.unpublish(turn.scope, asked.id)
    turn.say(turn.words.tr("published.withdrawn") if done else turn.words.tr("published.not_there"))


def _reply_to_stranger(turn: Turn, asked: questions.Asked, text: str, by: str) -> bool:
    contact = people.contact_by_id(turn.db, asked.contact_id)
    if contact is None or contact.refused:
        return False
    words = turn.world.languages.of(contact.language)
    body = words.tr("department.reply", question=asked.text, reply=text, name=by, at=words.moment(turn.now))
    outbox.queue(
        turn.db, contact_id=contact.id, channel=contact.channel, address=contact.address, kind="push",
        body=Message(body).to_json(), now=turn.now, key=f"reply:{asked.id}",
    )  # fmt: skip
    return True


def review(turn: Turn, _: str = "") -> None:
    """For managers: the latest questions and what was answered."""
    if not turn.oversees:
        turn.say(turn.words.tr("managers_only"))
        return
    latest = questions.recent(turn.scope)
    if not latest:
        turn.say(turn.words.tr("questions.none"))
        return
    lines, choices = [turn.words.tr("questions.title")], []
    for number, asked in enumerate(latest, 1):
        lines.append(f"{number}. {turn.words.short_moment(asked.at)} {asked.asker}: {asked.text[:SHOWN]} → {_state(turn, asked)}")
        if asked.state == "passed_on":
            choices.append(Choice(turn.words.tr("questions.reply", number=number), f"reply {asked.id}"))
        elif asked.state == "replied" and asked.published_at is None:
            choices.append(Choice(turn.words.tr("questions.publish", number=number), f"publish {asked.id}"))
        elif asked.published_at is not None:
            choices.append(Choice(turn.words.tr("questions.unpublish", number=number), f"unpublish {asked.id}"))
    turn.say("\n".join(lines), *choices)


def _state(turn: Turn, asked: questions.Asked) -> str:
    words = turn.words
    if asked.published_at is not None:
        return words.tr("questions.published", name=asked.replied_by)
    if asked.state == "replied":
        return words.tr("questions.replied", name=asked.replied_by)
    if asked.state == "passed_on":
        return words.tr("questions.waiting")
    if not asked.abstained and not asked.clauses:
        return words.tr("questions.guidance")
    return words.tr("questions.silent") if asked.abstained else words.tr("questions.clause", id=asked.clauses.split(" ")[0])
