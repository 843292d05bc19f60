"""Sending a report: doubts asked about once, the receipt, and who is told."""

from handlers.pushing.push import push_to_overseers, push_to_person
from handlers.reporting.filling import Filling, ask_again
from handlers.turn import Choice, Message, Turn
from handlers.wording import forms as form_words
from handlers.wording.catalogs import Words
from handlers.wording.phrases import answers_text, timing_text
from rules.campaign import forms
from rules.campaign.deadlines import timing
from rules.campaign.forms import NOTHING, SUMMARY, Value
from rules.campaign.progress import Outcome, Review
from storage import people, reports
from storage.reports import Submission


def other_lists(turn: Turn, filling: Filling) -> tuple[tuple[forms.Row, ...], ...]:
    """The lists that other units sent for the same obligation, where this one holds a list."""
    if not any(isinstance(value, tuple) and value for value in filling.state.answers.values()):
        return ()
    found = []
    for other in reports.all_latest(turn.scope, filling.obligation.slug):
        if other.unit != filling.draft.unit:
            answers = forms.answers_from_json(filling.form, other.answers)
            found += [value for value in answers.values() if isinstance(value, tuple) and value]
    return tuple(found)


def send(turn: Turn, filling: Filling) -> None:
    """Send the report, or ask about what looks odd first."""
    state = filling.state
    if state.at == NOTHING:
        _submit(turn, filling, Outcome.NOTHING, {})
        return
    if not forms.can_send(filling.form, state):
        ask_again(turn, filling, turn.words.tr("refused.required") if state.at == SUMMARY else "")
        return
    doubts = [d for d in forms.doubts(filling.form, state.answers, other_lists(turn, filling)) if d not in state.doubts_seen]
    if doubts:
        draft_id, seq, words = filling.draft.id, filling.draft.seq, turn.words
        lines = [form_words.doubt_text(words, filling.form, doubt) for doubt in doubts]
        turn.say(
            "\n".join((*lines, words.tr("doubt.ask"))),
            form_words.button(draft_id, seq, words.tr("button.send_anyway"), "w"),
            form_words.button(draft_id, seq, words.tr("button.change"), "E"),
        )
        return
    shown = {field.id for field in forms.visible(filling.form, state.answers)}
    _submit(turn, filling, Outcome.SUBMITTED, {key: value for key, value in state.answers.items() if key in shown})


def _submit(turn: Turn, filling: Filling, outcome: Outcome, answers: dict[str, Value]) -> None:
    person, draft = filling.person, filling.draft
    before = reports.latest(turn.scope, draft.unit, draft.obligation)
    kept = reports.submit(
        turn.scope, draft.unit, draft.obligation, outcome, forms.answers_to_json(answers), person.id,
        person.name, turn.now, turn.world.pick,
    )  # fmt: skip
    reports.drop_draft(turn.scope, draft.id)
    turn.rest()
    turn.say(_receipt_text(turn.words, turn, filling, kept), *_what_next(turn))
    _tell_overseers(turn, filling, kept, before)
    _tell_colleagues(turn, filling, kept)


def _receipt_text(words: Words, turn: Turn, filling: Filling, kept: Submission) -> str:
    title = filling.obligation.title.in_(words.language)
    what = words.tr("receipt.nothing", title=title) if kept.outcome is Outcome.NOTHING else words.tr("receipt.taken", title=title)
    lines = [what, words.tr("receipt.code", code=kept.receipt, at=words.moment(kept.submitted_at))]
    if filling.obligation.deadline:
        first = reports.first_submitted(turn.scope, kept.unit)[(kept.unit, kept.obligation)]
        deadline = reports.due(turn.scope).of(kept.unit, kept.obligation)
        lines.append(words.tr("receipt.timing", timing=timing_text(words, timing(deadline, first, turn.campaign.zone))))
    if kept.revision > 1:
        lines.append(words.tr("receipt.revision", number=kept.revision))
    lines += ["", words.tr("receipt.official")]
    return "\n".join(lines)


def _what_next(turn: Turn) -> list[Choice]:
    """The dated obligations that the unit still owes."""
    assert turn.unit
    standings = reports.standings(turn.scope, turn.unit.slug)
    return [
        Choice(turn.words.tr("button.report_next", title=o.short.in_(turn.words.language)), f"report {o.slug}")
        for o in turn.campaign.dated()
        if turn.campaign.owes(turn.unit, o) and not standings[(turn.unit.slug, o.slug)].settled
    ] or [Choice(turn.words.tr("button.status"), "status")]


def _tell_overseers(turn: Turn, filling: Filling, kept: Submission, before: Submission | None) -> None:
    unit = turn.campaign.unit(kept.unit)
    answered = before is not None and before.review is Review.MORE_WANTED

    def worded(words: Words) -> Message:
        place, title = unit.name.in_(words.language), filling.obligation.title.in_(words.language)
        lines = [words.tr("alert.submitted", unit=place, title=title, name=kept.person_name)]
        if kept.outcome is Outcome.NOTHING:
            lines.append(words.tr("outcome.nothing"))
        else:
            answers = forms.answers_from_json(filling.form, kept.answers)
            lines.append(answers_text(words, filling.form, answers))
        if filling.obligation.deadline:
            deadline = reports.due(turn.scope).of(kept.unit, kept.obligation)
            first = reports.first_submitted(turn.scope, kept.unit)[(kept.unit, kept.obligation)]
            lines.append(timing_text(words, timing(deadline, first, turn.campaign.zone)))
        if kept.revision > 1:
            lines.append(words.tr("receipt.revision", number=kept.revision))
        if answered:
            lines.append(words.tr("alert.as_wanted"))
        lines.append(words.tr("receipt.short", code=kept.receipt))
        return Message(
            "\n".join(lines),
            (Choice(words.tr("button.confirm"), f"ok {kept.id}"), Choice(words.tr("button.more"), f"more {kept.id}"),
             Choice(words.tr("button.open_unit"), f"unit {kept.unit}")),
        )  # fmt: skip

    push_to_overseers(turn.db, turn.world, worded, turn.now, f"submitted:{kept.id}", may_mute=True)


def _tell_colleagues(turn: Turn, filling: Filling, kept: Submission) -> None:
    def worded(words: Words) -> Message:
        title = filling.obligation.title.in_(words.language)
        text = words.tr("alert.colleague", name=kept.person_name, title=title, code=kept.receipt)
        return Message(text)

    for colleague in people.of_unit(turn.db, kept.unit):
        if colleague.id != filling.person.id:
            push_to_person(
                turn.db, turn.world, colleague.id, colleague.language, worded, turn.now, f"colleague:{kept.id}:p{colleague.id}"
            )
