"""Rule questions: the answer, its clause quoted, and where to go on."""

import re
from datetime import datetime, timedelta

from handlers import helping
from handlers.answering import Asker, Rendered, cite, clause_name, render, word
from handlers.describing import deadline_and_left, deadline_text
from handlers.turn import Choice, Turn
from rules.answers import NOTHING_BEFORE, Answer, Answerer, Talk
from rules.asked import asks_something
from rules.lexicon import expand
from rules.vietnamese import same_words
from storage import questions, reports

FORGOTTEN = timedelta(hours=6)
"""After so long nothing is "that one" any more."""

_QUESTION = re.compile(
    r"\b(khi nao|bao gio|o dau|(?:ve|den|toi) dau|cho ai|ai nhan|(?:duoc|co|phai) khong$|bao nhieu|the nao|lam sao|tai sao|vi sao|nhu nao|la gi|gi khong|ngay nao|ai (?:chu tri|phai|lam)|"
    r"duoc khong|phai khong|co phai|\w+ (?:nao|dau|ai)$|han (?:nop|la|bao)|con may ngay|quy dinh|what|when|who|where|how|why|which|may i|must)\b"
)


_YES_OR_NO = re.compile(r"\b(?:co|bi|phai) ")
_NOT = " khong"
_MENTION = re.compile(r"@\w+")
_CALENDAR = re.compile(
    r"(con (may|bao nhieu) ngay( nua)?|(cac |nhung )?(han|moc|thoi han|deadline|deadlines)( nop)?|days left|how many days( left)?)"
)


def sounds_like_question(text: str) -> bool:
    """Whether a sentence asks something, by its words."""
    folded = expand(text)
    yes_or_no = folded.endswith(_NOT) and _YES_OR_NO.search(folded.removesuffix(_NOT))  # "có … không"
    return bool(yes_or_no or _QUESTION.search(folded)) or text.rstrip().endswith("?") or asks_something(text)


def answer(turn: Turn, text: str, about: str = "") -> None:
    """Answer a question in a private chat, and keep it for the managers' review.

    ``about`` is the obligation of an open form: the answer then leads nowhere but back to it.
    """
    talk = Talk(obligation=about) if about else _talk(turn)
    rendered = render(turn.campaign, _answerer(turn), turn.words, text, _asker(turn), talk, turn.incoming.chosen)
    kept = _keep(turn, text, rendered)
    if about:
        turn.say(rendered.text)
        return
    turn.say(rendered.text, *_lead_on(turn, rendered.answer, kept))
    _remember(turn, rendered.answer)


def tell(turn: Turn, fact_id: str) -> None:
    """One of the things that a question might have meant, chosen by a button."""
    answerer = _answerer(turn)
    found = answerer.tell(fact_id)
    if found is None:
        turn.say(turn.words.tr("unknown_button"), *helping.first_choices(turn))
        return
    turn.say(word(turn.campaign, answerer, turn.words, found, _asker(turn)).text, *_lead_on(turn, found, 0))
    _remember(turn, found)


def _answerer(turn: Turn) -> Answerer:
    """The campaign's answers, with what the department has published by now."""
    return turn.world.knowledge.current(turn.db)


def _asker(turn: Turn) -> Asker:
    unit = turn.unit.slug if turn.unit and turn.unit.kind == "district" and not turn.incoming.group else ""
    return Asker(reports.due(turn.db, turn.campaign), unit, turn.now)


def _talk(turn: Turn) -> Talk:
    """What was talked of before, unless that was long ago."""
    kept = turn.data.get("talk")
    if not kept or turn.now - datetime.fromisoformat(kept["at"]) > FORGOTTEN:
        return NOTHING_BEFORE
    return Talk(kept["clause"], kept["obligation"], tuple(kept["kinds"]), kept["other"])


def _remember(turn: Turn, found: Answer) -> None:
    """Keep what an answer was about, so that "thế hạn là khi nào" is understood."""
    if found.abstained or not found.clauses:
        return
    before = _talk(turn)
    obligation = found.obligations[0] if len(found.obligations) == 1 else ""
    other = before.obligation if before.obligation not in ("", obligation) else before.other
    if found.choice:
        obligation, other = found.choice[0].obligation, found.choice[1].obligation
    turn.data["talk"] = {
        "clause": found.clauses[0], "obligation": obligation, "kinds": list(found.kinds), "other": other,
        "at": turn.now.isoformat(),
    }  # fmt: skip


def _keep(turn: Turn, text: str, rendered: Rendered) -> int:
    asker = turn.person.name if turn.person else turn.contact.name
    return questions.keep_question(
        turn.db, turn.campaign.name, turn.contact.id, turn.person.id if turn.person else None, asker, text,
        rendered.text, " ".join(rendered.answer.clauses), rendered.answer.score, rendered.answer.abstained, turn.now,
    )  # fmt: skip


def _lead_on(turn: Turn, found: Answer, kept: int) -> list[Choice]:
    words = turn.words
    if found.choice:
        choices = [Choice(clause_name(words, fact.clause).capitalize(), f"fact {fact.id}") for fact in found.choice]
    else:
        choices = _on_the_task(turn, found)
    if not turn.oversees and kept:
        choices.append(Choice(words.tr("button.ask_department"), f"dept {kept}"))
    return choices


def _on_the_task(turn: Turn, found: Answer) -> list[Choice]:
    words, choices = turn.words, []
    if turn.unit and len(found.obligations) == 1:
        obligation = turn.campaign.obligation(found.obligations[0])
        if turn.campaign.owes(turn.unit, obligation):
            choices.append(Choice(words.tr("button.report"), f"report {obligation.slug}"))
    if len(found.obligations) > 1:
        choices += _to_report(turn, found.obligations)
    if found.abstained:
        choices += [Choice(words.tr("button.nearest", id=clause_name(words, c)), f"clause {c}") for c in found.clauses[:1]]
    elif found.clauses and len(found.obligations) <= 1:
        choices.append(Choice(words.tr("button.full_text"), f"clause {found.clauses[0]}"))
    return choices


def _to_report(turn: Turn, slugs: tuple[str, ...]) -> list[Choice]:
    """A button for each of several tasks that the unit owes."""
    owed = [o for slug in slugs if turn.unit and turn.campaign.owes(turn.unit, o := turn.campaign.obligation(slug))]
    return [
        Choice(turn.words.tr("button.report_next", title=o.short.in_(turn.words.language)), f"report {o.slug}") for o in owed
    ]  # fmt: skip


def answer_in_group(turn: Turn, text: str) -> None:
    """A rule question in a group: the answer alone, without anybody's unit."""
    mention = _MENTION.sub(" ", text).strip()
    rendered = render(turn.campaign, _answerer(turn), turn.words, mention, _asker(turn), chosen=turn.incoming.chosen)
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
    resting = [o.slug for o in turn.campaign.obligations if o.clause == clause_id and o.deadline]
    obligations = tuple(resting) if len(resting) == 1 else ()
    _remember(turn, Answer((clause_id,), "", 1.0, abstained=False, obligations=obligations))


def _after_clause(turn: Turn, clause_id: str) -> list[Choice]:
    choices = []
    for obligation in turn.campaign.obligations:
        if obligation.clause == clause_id and turn.unit and turn.campaign.owes(turn.unit, obligation):
            choices.append(Choice(turn.words.tr("button.report"), f"report {obligation.slug}"))
    return [*choices, Choice(turn.words.tr("button.all_clauses"), "clauses")]


def all_clauses(turn: Turn, _: str) -> None:
    """The dispatch's clauses to choose from."""
    names = [(c.id, clause_name(turn.words, c.id)) for c in turn.campaign.clauses]
    turn.say(turn.words.tr("clauses.which"), *(Choice(name, f"clause {clause_id}") for clause_id, name in names))


def about_deadlines(text: str) -> bool:
    """ "Còn mấy ngày", "hạn", "các mốc": the whole calendar is asked for."""
    return bool(_CALENDAR.fullmatch(same_words(text)))
