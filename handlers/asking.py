"""Rule questions: the answer, its clause quoted, and where to go on. And questions passed to the department."""

import re

from handlers import helping
from handlers.answering import Rendered, cite, render
from handlers.describing import deadline_and_left, deadline_text
from handlers.pushing import push_to_overseers, push_to_person
from handlers.turn import Choice, Message, Turn
from handlers.words import Words
from rules.answers import Answer
from rules.search import expand
from rules.vietnamese import same_words
from storage import outbox, people, questions, reports

_QUESTION = re.compile(
    r"\b(khi nao|bao gio|o dau|(?:ve|den|toi) dau|cho ai|ai nhan|(?:duoc|co|phai) khong$|bao nhieu|the nao|lam sao|tai sao|vi sao|nhu nao|la gi|gi khong|ngay nao|ai (?:chu tri|phai|lam)|"
    r"duoc khong|phai khong|co phai|han (?:nop|la|bao)|con may ngay|quy dinh|what|when|who|where|how|why|which|may i|must)\b"
)


def sounds_like_question(text: str) -> bool:
    """Whether a sentence asks something, by its words."""
    return bool(_QUESTION.search(expand(text))) or text.rstrip().endswith("?")


def answer(turn: Turn, text: str, about: str = "") -> None:
    """Answer a question in a private chat, and keep it for the managers' review.

    ``about`` is the obligation of an open form: the answer then leads nowhere but back to it.
    """
    unit = turn.unit.slug if turn.unit and turn.unit.kind == "district" else ""
    due = reports.due(turn.db, turn.campaign)
    rendered = render(turn.campaign, turn.world.answerer, turn.words, text, due, unit, turn.now, about)
    kept = _keep(turn, text, rendered)
    if about:
        turn.say(rendered.text)
        return
    turn.say(rendered.text, *_lead_on(turn, rendered.answer, kept))


def _keep(turn: Turn, text: str, rendered: Rendered) -> int:
    asker = turn.person.name if turn.person else turn.contact.name
    return questions.keep_question(
        turn.db, turn.campaign.name, turn.contact.id, turn.person.id if turn.person else None, asker, text,
        rendered.text, " ".join(rendered.answer.clauses), rendered.answer.score, rendered.answer.abstained, turn.now,
    )  # fmt: skip


def _lead_on(turn: Turn, found: Answer, kept: int) -> list[Choice]:
    words, choices = turn.words, []
    if turn.unit and len(found.obligations) == 1:
        obligation = turn.campaign.obligation(found.obligations[0])
        if turn.campaign.owes(turn.unit, obligation):
            choices.append(Choice(words.tr("button.report"), f"report {obligation.slug}"))
    if found.abstained:
        choices += [Choice(words.tr("button.nearest", id=_clause_name(words, c)), f"clause {c}") for c in found.clauses[:1]]
    elif found.clauses and len(found.obligations) <= 1:
        choices.append(Choice(words.tr("button.full_text"), f"clause {found.clauses[0]}"))
    if not turn.oversees:
        choices.append(Choice(words.tr("button.ask_department"), f"dept {kept}"))
    return choices


def _clause_name(words: Words, clause_id: str) -> str:
    if clause_id == "head":
        return words.tr("clause.head")
    return words.tr("clause.opening") if clause_id == "0" else words.tr("clause.short", id=clause_id)


def answer_in_group(turn: Turn, text: str) -> None:
    """A rule question in a group: the answer alone, without anybody's unit."""
    mention = re.sub(r"@\w+", " ", text).strip()
    rendered = render(turn.campaign, turn.world.answerer, turn.words, mention, reports.due(turn.db, turn.campaign), "", turn.now)
    _keep(turn, mention, rendered)
    turn.say(rendered.text)


def deadlines(turn: Turn, _: str = "") -> None:
    """All deadlines, with what the person's unit still owes; in a group, of nobody's unit."""
    due = reports.due(turn.db, turn.campaign)
    unit = None if turn.incoming.group else turn.unit
    standings = reports.standings(turn.db, turn.campaign) if unit else {}
    lines = [turn.words.tr("deadlines.title")]
    choices = []
    for obligation in turn.campaign.dated():
        assert obligation.deadline
        mine = unit is not None and turn.campaign.owes(unit, obligation)
        deadline = due.of(unit.slug, obligation.slug) if unit and mine else obligation.deadline
        done = unit is not None and mine and standings[(unit.slug, obligation.slug)].settled
        until = deadline_and_left(turn.words, turn.campaign, deadline, turn.now)
        if done:
            reported = turn.words.tr("deadlines.done")
            until = f"{deadline_text(turn.words, turn.campaign, deadline)}; {reported}"
        sign = "✅" if done else "•"
        lines.append(f"{sign} {turn.title(obligation)}: {until}")
        if mine and not done:
            label = turn.words.tr("button.report_next", title=obligation.short.in_(turn.words.language))
            choices.append(Choice(label, f"report {obligation.slug}"))
    lines += ["", turn.campaign.dispatch.cite.in_(turn.words.language)]
    turn.say("\n".join(lines), *choices)


def clause(turn: Turn, clause_id: str) -> None:
    """A clause in full."""
    if not turn.campaign.has_clause(clause_id):
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    found = turn.campaign.clause(clause_id)
    lead = f"{found.lead}\n\n" if found.lead else ""
    turn.say(f"{lead}{found.text}\n\n{cite(turn.campaign, turn.words, clause_id)}", *_after_clause(turn, clause_id))


def _after_clause(turn: Turn, clause_id: str) -> list[Choice]:
    choices = []
    for obligation in turn.campaign.obligations:
        if obligation.clause == clause_id and turn.unit and turn.campaign.owes(turn.unit, obligation):
            choices.append(Choice(turn.words.tr("button.report"), f"report {obligation.slug}"))
    return [*choices, Choice(turn.words.tr("button.all_clauses"), "clauses")]


def all_clauses(turn: Turn, _: str) -> None:
    """The dispatch's clauses to choose from."""
    names = [(c.id, _clause_name(turn.words, c.id)) for c in turn.campaign.clauses]
    turn.say(turn.words.tr("clauses.which"), *(Choice(name, f"clause {clause_id}") for clause_id, name in names))


# ---------------------------------------------------------------- the department


def ask_department(turn: Turn, question_id: str) -> None:
    """Pass a question on to the managers."""
    turn.close_buttons()
    asked = questions.by_id(turn.db, int(question_id)) if question_id.isdigit() else None
    if asked is None or asked.contact_id != turn.contact.id:
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    if not questions.pass_on(turn.db, asked.id):
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
    asked = questions.by_id(turn.db, int(question_id)) if question_id.isdigit() else None
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
    asked = questions.by_id(turn.db, int(turn.data.get("question", 0)))
    turn.rest()
    if not turn.oversees or turn.person is None or asked is None:
        turn.say(turn.words.tr("managers_only"))
        return
    by = turn.person.name
    if not questions.reply(turn.db, asked.id, text, by, turn.now):
        turn.say(turn.words.tr("department.replied_by", name=asked.replied_by, reply=asked.reply))
        return
    sent = False
    if asked.person_id is not None:

        def worded(words: Words) -> Message:
            return Message(words.tr("department.reply", question=asked.text, reply=text, name=by, at=words.moment(turn.now)))

        sent = push_to_person(turn.db, turn.world, asked.person_id, "", worded, turn.now, f"reply:{asked.id}")
    else:
        sent = _reply_to_stranger(turn, asked, text, by)
    turn.say(turn.words.tr("department.sent") if sent else turn.words.tr("department.not_sent"))


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
    latest = questions.recent(turn.db, turn.campaign.name)
    if not latest:
        turn.say(turn.words.tr("questions.none"))
        return
    lines, choices = [turn.words.tr("questions.title")], []
    for number, asked in enumerate(latest, 1):
        what = (
            turn.words.tr("questions.silent")
            if asked.abstained
            else turn.words.tr("questions.clause", id=asked.clauses.split(" ")[0])
        )
        if asked.state == "replied":
            what = turn.words.tr("questions.replied", name=asked.replied_by)
        elif asked.state == "passed_on":
            what = turn.words.tr("questions.waiting")
            choices.append(Choice(turn.words.tr("questions.reply", number=number), f"reply {asked.id}"))
        lines.append(f"{number}. {turn.words.short_moment(asked.at)} {asked.asker}: {asked.text[:120]} → {what}")
    turn.say("\n".join(lines), *choices)


def about_deadlines(text: str) -> bool:
    """ "Còn mấy ngày", "hạn", "các mốc": the whole calendar is asked for."""
    return bool(
        re.fullmatch(
            r"(con (may|bao nhieu) ngay( nua)?|(cac |nhung )?(han|moc|thoi han|deadline|deadlines)( nop)?|days left|how many days( left)?)",
            same_words(text),
        )
    )
