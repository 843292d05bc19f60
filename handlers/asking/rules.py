"""Rule questions: the answer, its clause quoted, and where to go on."""

from dataclasses import replace
from datetime import timedelta

from handlers import everyday
from handlers.conversation import Remembered
from handlers.message import Choice
from handlers.turn import Turn
from handlers.wording.answers import Asker, Rendered, cite, clause_name, word
from rules.actions import AskDepartment, AskRule, BeginReport, ShowClause, ShowClauses, ShowStatus, TellFact
from rules.answers.answerer import NOTHING_BEFORE, Answer, Talk
from storage import questions

FORGOTTEN = timedelta(hours=6)
"""After so long nothing is "that one" any more."""


def answer(turn: Turn, action: AskRule) -> None:
    """Answer a question, and keep it for the managers' review.

    Where it is about the duty of an open form, the answer leads nowhere but back to it; in a group it stands alone, without
    anybody's unit.
    """
    talk = Talk(obligation=action.about.slug) if action.about else _talk(turn)
    talk = NOTHING_BEFORE if turn.in_group else talk
    found = turn.answers.answer(action.text, talk, turn.incoming.chosen)
    rendered = word(turn.campaign, turn.answers, turn.words, found, _asker(turn))
    kept = _keep(turn, action.text, rendered)
    if action.about or turn.in_group:
        turn.say(rendered.text)
        return
    turn.say(rendered.text, *_lead_on(turn, rendered.answer, kept))
    _remember(turn, rendered.answer)


def tell(turn: Turn, action: TellFact) -> None:
    """One of the things that a question might have meant, chosen by a button."""
    found = turn.answers.answer_with(action.fact)
    if found is None:
        turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))
        return
    turn.say(word(turn.campaign, turn.answers, turn.words, found, _asker(turn)).text, *_lead_on(turn, found, 0))
    _remember(turn, found)


def _asker(turn: Turn) -> Asker:
    unit = turn.unit.slug if turn.unit and not turn.directory.is_office(turn.unit) and not turn.in_group else ""
    return Asker(turn.due, unit, turn.now, turn.oversees and not turn.in_group)


def _talk(turn: Turn) -> Talk:
    """What was talked of before, unless that was long ago."""
    kept = turn.conversation.remembered
    return NOTHING_BEFORE if kept is None or turn.now - kept.at > FORGOTTEN else kept.talk


def _remember(turn: Turn, found: Answer) -> None:
    """Keep what an answer was about, so that "thế hạn là khi nào" is understood."""
    if found.abstained or not found.clauses:
        return
    before = _talk(turn)
    obligation = found.obligations[0] if len(found.obligations) == 1 else ""
    other = before.obligation if before.obligation not in ("", obligation) else before.other
    if found.choice:
        obligation, other = found.choice[0].obligation, found.choice[1].obligation
    remembered = Remembered(Talk(found.clauses[0], obligation, tuple(found.kinds), other), turn.now)
    turn.conversation = replace(turn.conversation, remembered=remembered)


def _keep(turn: Turn, text: str, rendered: Rendered) -> int:
    asker = turn.person.name if turn.person else turn.contact.name
    found = rendered.answer
    asked = questions.NewQuestion(
        turn.contact.id, turn.person.id if turn.person else None, asker, text,
        rendered.text, " ".join(found.clauses), found.score, found.abstained,
    )  # fmt: skip
    return questions.keep_question(turn.scope, asked, turn.now)


def _lead_on(turn: Turn, found: Answer, kept: int) -> list[Choice]:
    words = turn.words
    if found.choice:
        number = turn.campaign.number
        choices = [Choice(clause_name(words, fact.clause).capitalize(), TellFact(number, fact.id)) for fact in found.choice]
    else:
        choices = _on_the_task(turn, found)
    if turn.oversees and found.abstained:
        choices.append(Choice(words.tr("button.status"), ShowStatus()))
    if not turn.oversees and kept:
        choices.append(Choice(words.tr("button.ask_department"), AskDepartment(kept)))
    return choices


def _on_the_task(turn: Turn, found: Answer) -> list[Choice]:
    words, choices, number = turn.words, [], turn.campaign.number
    if turn.unit and len(found.obligations) == 1:
        obligation = turn.campaign.obligation(found.obligations[0])
        if turn.campaign.owes(turn.unit, obligation):
            choices.append(Choice(words.tr("button.report"), BeginReport(turn.campaign.duty(obligation))))
    if len(found.obligations) > 1:
        choices += _to_report(turn, found.obligations)
    if found.abstained:
        choices += [
            Choice(words.tr("button.nearest", id=clause_name(words, c)), ShowClause(number, c)) for c in found.clauses[:1]
        ]
    elif found.clauses and len(found.obligations) <= 1:
        choices.append(Choice(words.tr("button.full_text"), ShowClause(number, found.clauses[0])))
    return choices


def _to_report(turn: Turn, slugs: tuple[str, ...]) -> list[Choice]:
    """A button for each of several tasks that the unit owes."""
    owed = [o for slug in slugs if turn.unit and turn.campaign.owes(turn.unit, o := turn.campaign.obligation(slug))]
    label = turn.words
    return [
        Choice(label.tr("button.report_next", title=o.short.in_(label.language)), BeginReport(turn.campaign.duty(o)))
        for o in owed
    ]


def show_clause(turn: Turn, action: ShowClause) -> None:
    """A clause in full."""
    clause_id = action.clause
    if not turn.campaign.has_clause(clause_id):
        turn.say(turn.words.tr("unknown_button"), *everyday.first_choices(turn))
        return
    found = turn.campaign.clause(clause_id)
    lead = f"{found.lead}\n\n" if found.lead else ""
    turn.say(f"{lead}{found.text}\n\n{cite(turn.campaign, turn.words, clause_id)}", *_after_clause(turn, clause_id))
    resting = [o.slug for o in turn.campaign.obligations if o.clause == clause_id and o.deadline]
    obligations = tuple(resting) if len(resting) == 1 else ()
    _remember(turn, Answer((clause_id,), "", 1.0, abstained=False, obligations=obligations))


def _after_clause(turn: Turn, clause_id: str) -> list[Choice]:
    choices = [
        Choice(turn.words.tr("button.report"), BeginReport(turn.campaign.duty(obligation)))
        for obligation in turn.campaign.obligations
        if obligation.clause == clause_id and turn.unit and turn.campaign.owes(turn.unit, obligation)
    ]
    return [*choices, Choice(turn.words.tr("button.all_clauses"), ShowClauses(turn.campaign.number))]


def show_clauses(turn: Turn, action: ShowClauses) -> None:
    """The dispatch's clauses to choose from."""
    choices = [Choice(clause_name(turn.words, c.id), ShowClause(action.campaign, c.id)) for c in turn.campaign.clauses]
    turn.say(turn.words.tr("clauses.which"), *choices)
