"""Filling a form: beginning it, its buttons, what is typed into it, and putting it aside.

The half-filled form belongs to the unit. Every question carries the draft's ``seq``; an answer to an older question is
never taken for the present one, whoever gave it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers import everyday
from handlers.conversation import Filling as FillingTopic
from handlers.message import Choice
from handlers.reporting import helped, listing, picking, sending, sheets, templates, which
from handlers.reporting.filling import (
    Filling,
    ask,
    edit_choices,
    find,
    go_back,
    heading,
    keep,
    move,
    named_day,
    take,
)
from handlers.turn import Turn
from handlers.wording.forms import doubted_label
from handlers.wording.phrases import answers_text
from rules.actions import (
    AnswerForm,
    BeginReport,
    ChangeAnswer,
    DoubtAnswer,
    FormOp,
    PauseForm,
    RefuseSecret,
    ReportNothing,
    StepForm,
)
from rules.campaign import forms
from rules.campaign.forms import SUMMARY, Form, FormState, Stepped
from rules.campaign.progress import Outcome, Review
from storage import reports
from storage.reports import Submission

# ---------------------------------------------------------------- beginning


def begin_report(turn: Turn, action: BeginReport) -> None:
    """Begin a report, or go on with what a colleague left half filled."""
    _begin(turn, action.duty.slug, nothing=False)


def begin_nothing(turn: Turn, action: ReportNothing) -> None:
    """Straight to "không phát sinh", still to be confirmed."""
    _begin(turn, action.duty.slug, nothing=True)


def _begin(turn: Turn, slug: str, nothing: bool) -> None:
    if turn.unit is None or turn.person is None:
        which.not_yours(turn)
        return
    if not turn.campaign.owes(turn.unit, turn.campaign.obligation(slug)):
        turn.say(turn.words.tr("report.not_owed"))
        which.offer(turn)
        return
    obligation, unit, person = turn.campaign.obligation(slug), turn.unit.slug, turn.person
    form = turn.campaign.form(obligation)
    draft = reports.find_draft(turn.scope, unit, slug)
    before = [heading(turn, obligation)]
    if draft:
        state = FormState.from_json(form, draft.state)
        if draft.person_id != person.id:
            before.append(turn.words.tr("form.continued", name=draft.person_name, at=turn.words.moment(draft.updated_at)))
        else:
            before.append(turn.words.tr("form.resumed"))
    else:
        last = reports.latest(turn.scope, unit, slug)
        kept = forms.answers_from_json(form, last.answers) if last and last.outcome is Outcome.SUBMITTED else None
        state = _at_what_lacks(form, forms.start(form, kept), last)
        if last:
            at = turn.words.moment(last.submitted_at)
            before.append(turn.words.tr("form.revising", name=turn.words.who(last.person_name), at=at, code=last.receipt))
        if state.editing:
            before.append(turn.words.tr("form.lacks_document"))
    state, told = sheets.with_waiting(turn, unit, slug, form, state)
    before += told
    state = forms.nothing_to_report(state) if nothing else state
    if draft is None:
        draft = reports.begin_draft(turn.scope, unit, slug, state.to_json(), reports.By(person.id, person.name), turn.now)
    else:
        draft = reports.keep_draft(turn.scope, draft, state.to_json(), reports.By(person.id, person.name), turn.now)
    filling = Filling(person, obligation, form, turn.has_draft(draft), FormState.from_json(form, draft.state))
    turn.go(filling.topic)
    ask(turn, filling, "\n".join(before))


def _at_what_lacks(form: Form, state: FormState, last: Submission | None) -> FormState:
    """Figures that wait for their document are opened at its number: the rest was told."""
    if last is None or not state.answers or last.review is Review.MORE_WANTED or last.arrival:
        return state
    lacking = forms.lacking_document(form, state.answers)
    edited = forms.edit(form, state, lacking) if lacking else None
    return edited.state if isinstance(edited, Stepped) else state


# ---------------------------------------------------------------- its buttons


def step(turn: Turn, action: StepForm) -> None:
    """A button of a form, or the word that says the same."""
    turn.close_buttons()
    filling = find(turn, action.draft)
    if filling is None:
        _say_gone(turn)
        return
    turn.go(filling.topic)
    if action.seq != filling.draft.seq:
        _say_stale(turn, filling)
        return
    _step(turn, filling, action.op, action.value)


def _say_gone(turn: Turn) -> None:
    turn.say(turn.words.tr("form.gone"), *everyday.first_choices(turn))


def _say_stale(turn: Turn, filling: Filling) -> None:
    """An old button, or an answer while a colleague answered: a kind word and the present question."""
    if filling.draft.person_id != filling.person.id:
        at = turn.words.moment(filling.draft.updated_at)
        word = turn.words.tr("form.colleague", name=filling.draft.person_name, at=at)
    else:
        word = turn.words.tr("form.stale")
    ask(turn, filling, word)


def _step(turn: Turn, filling: Filling, op: FormOp, value: str) -> None:
    form, state = filling.form, filling.state
    walks = {
        FormOp.OPTION: lambda: forms.answer(form, state, value, turn.today),
        FormOp.SKIP: lambda: forms.skip(form, state),
        FormOp.FINISH_LIST: lambda: forms.finish_list(form, state),
        FormOp.EDIT: lambda: forms.edit(form, state, value),
    }
    if op is FormOp.FINISH_LIST and state.ticked:
        picking.add(turn, filling)
    elif op in walks:
        take(turn, filling, walks[op]())
    elif op in _ROW_STEPS:
        _ROW_STEPS[op](turn, filling, value)
    else:
        _OTHER_STEPS[op](turn, filling)


def _nothing(turn: Turn, filling: Filling) -> None:
    move(turn, filling, forms.nothing_to_report(filling.state))


def _choose_edit(turn: Turn, filling: Filling) -> None:
    choices = edit_choices(turn, filling)
    if choices:
        turn.say(turn.words.tr("form.edit_which"), *choices)
    else:
        ask(turn, filling, turn.words.tr("form.nothing_to_change"))


def _so_far(turn: Turn, filling: Filling) -> None:
    """What is filled in, then the present question again."""
    given = [field for field in filling.form if field.id in filling.state.answers]
    answers = answers_text(turn.words, tuple(given), filling.state.answers, named_day(turn, filling))
    before = turn.words.tr("form.filled", answers=answers) if given else turn.words.tr("form.nothing_filled")
    ask(turn, filling, "" if filling.state.at == SUMMARY else before)


def _keep_text(turn: Turn, filling: Filling) -> None:
    """The text that was kept aside is the answer."""
    if filling.state.doubted:
        take(turn, filling, forms.answer(filling.form, filling.state, filling.state.doubted, turn.today))
    else:
        ask(turn, filling)


def _send_anyway(turn: Turn, filling: Filling) -> None:
    """What looks odd was asked about, and is meant."""
    doubts = tuple(forms.doubts(filling.form, filling.state.answers, sending.other_lists(turn, filling)))
    sending.send(turn, replace(filling, state=replace(filling.state, doubts_seen=doubts)))


# ---------------------------------------------------------------- what is typed


def answer(turn: Turn, action: AnswerForm) -> None:
    """An answer to the present question."""
    filling = find(turn, action.draft)
    if filling is None:
        turn.rest()
        _say_gone(turn)
    elif action.seq != filling.draft.seq:
        turn.go(filling.topic)
        _say_stale(turn, filling)
    elif not (picking.answered(turn, filling, action.text) or listing.answered(turn, filling, action.text)):
        take(turn, filling, forms.answer(filling.form, filling.state, action.text, turn.today))


def change(turn: Turn, action: ChangeAnswer) -> None:
    """To the answer that is named, which takes the new one; what it can't take is said there."""
    filling = find(turn, action.draft)
    if filling is None or action.seq != filling.draft.seq:
        answer(turn, AnswerForm(action.draft, action.seq, action.text))
        return
    edited = forms.edit(filling.form, filling.state, action.field)
    if isinstance(edited, Stepped):
        filling = keep(turn, filling, edited.state)
        take(turn, filling, forms.answer(filling.form, edited.state, action.text, turn.today))
    else:
        take(turn, filling, edited)


def doubt(turn: Turn, action: DoubtAnswer) -> None:
    """What was typed may be meant for something else: it is kept aside until the person says what it is."""
    filling = find(turn, action.draft)
    if filling is None or action.seq != filling.draft.seq:
        answer(turn, AnswerForm(action.draft, action.seq, action.text))
        return
    asked = forms.question(filling.form, filling.state)
    assert asked, "only where words are asked for"
    kept = keep(turn, filling, replace(filling.state, doubted=action.text))
    label = doubted_label(turn.words, asked)
    turn.say(
        turn.words.tr("form.doubt", text=action.text, label=label),
        kept.press(turn.words.tr("button.keep_text"), FormOp.KEEP_TEXT),
        kept.press(turn.words.tr("button.ask_instead"), FormOp.ASK_INSTEAD),
        kept.press(turn.words.tr("button.type_again"), FormOp.SHOW),
    )


def refuse_secret(turn: Turn, _: RefuseSecret) -> None:
    """Secrets do not travel by messenger."""
    turn.say(turn.words.tr("secret"))


def ask_once_more(turn: Turn) -> None:
    """Say the open form's present question again."""
    if isinstance(turn.topic, FillingTopic) and (filling := find(turn, turn.topic.draft)):
        turn.go(filling.topic)
        ask(turn, filling)


# ---------------------------------------------------------------- putting it aside


def pause(turn: Turn, _: PauseForm) -> None:
    """Stop the open form for now."""
    turn.close_buttons()
    filling = find(turn, turn.topic.draft) if isinstance(turn.topic, FillingTopic) else None
    if filling:
        _pause(turn, filling)
    else:
        turn.rest()
        turn.say(turn.words.tr("cancelled"), *everyday.first_choices(turn))


def _pause(turn: Turn, filling: Filling) -> None:
    """What was filled is kept, and can be thrown away for good."""
    turn.rest()
    words = turn.words
    turn.say(
        words.tr("form.paused", title=turn.title(filling.obligation)),
        Choice(words.tr("button.continue"), BeginReport(turn.campaign.duty(filling.obligation))),
        filling.press(words.tr("button.throw_away"), FormOp.THROW_AWAY),
    )


def _throw_away(turn: Turn, filling: Filling) -> None:
    reports.drop_draft(turn.scope, filling.draft.id)
    turn.rest()
    turn.say(turn.words.tr("form.thrown_away", title=turn.title(filling.obligation)), *everyday.first_choices(turn))


_OTHER_STEPS: Mapping[FormOp, Callable[[Turn, Filling], None]] = {
    FormOp.BACK: go_back,
    FormOp.NOTHING: _nothing,
    FormOp.CHOOSE_EDIT: _choose_edit,
    FormOp.TEMPLATE: templates.send_asked,
    FormOp.PUT_BACK: listing.put_back,
    FormOp.SEND: sending.send,
    FormOp.SEND_ANYWAY: _send_anyway,
    FormOp.PAUSE: _pause,
    FormOp.THROW_AWAY: _throw_away,
    FormOp.SHOW: ask,
    FormOp.SO_FAR: _so_far,
    FormOp.KEEP_TEXT: _keep_text,
    FormOp.ASK_INSTEAD: ask,
    FormOp.COLLEAGUE: helped.ask_colleague,
}
"""The steps that do more than walk on."""
_ROW_STEPS: Mapping[FormOp, Callable[[Turn, Filling, str], None]] = {
    FormOp.SHOW_ROWS: listing.show,
    FormOp.CHOOSE_ROW: listing.choose,
    FormOp.TAKE_ROW: listing.take_row,
    FormOp.TAKE_COLUMN: listing.take_column,
    FormOp.DROP_ROW: listing.drop,
    FormOp.ADD_ROWS: listing.add,
    FormOp.LEAVE_ROWS: listing.leave,
    FormOp.TICK: picking.tick,
    FormOp.SHELF: picking.turn_to,
    FormOp.ADD_TICKED: picking.add,
}
"""The steps about the rows of a list."""
