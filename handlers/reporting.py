"""Reporting: from "nộp báo cáo" to the receipt.

The half-filled form belongs to the unit. Every question carries the draft's ``seq``; an
answer to an older question is never taken for the present one, whoever gave it.
"""

from dataclasses import replace

from handlers import asking, form_words, helping, overseeing, report_files, secrecy, submitting
from handlers.filling import Filling, ask_again, find_filling, go_back, move, take, with_file
from handlers.turn import Choice, Turn
from rules import forms
from rules.campaign import Kind
from rules.forms import FileRef, FormState, Refused
from rules.ladder import Role
from rules.progress import Outcome
from rules.vietnamese import same_words
from storage import reports


def choose(turn: Turn, _: str = "") -> None:
    """Which report? Dated obligations first."""
    if not _may_report(turn):
        return
    assert turn.unit
    owed = turn.campaign.owed_by(turn.unit)
    standings = reports.standings(turn.db, turn.campaign, turn.unit.slug)
    choices = []
    for obligation in owed:
        standing = standings[(turn.unit.slug, obligation.slug)]
        sign = "✅ " if standing.settled else ""
        choices.append(Choice(sign + obligation.short.in_(turn.words.language), f"report {obligation.slug}"))
    turn.say(turn.words.tr("report.which"), *choices)


def _may_report(turn: Turn) -> bool:
    """Officers and leaders of a unit report; everybody else is told who does."""
    if turn.person is None:
        turn.say(turn.words.tr("report.stranger", receiver=turn.campaign.dispatch.receiver.in_(turn.words.language)))
        return False
    if turn.unit is None or turn.role not in (Role.OFFICER, Role.LEADER):
        turn.say(turn.words.tr("report.not_yours"), Choice(turn.words.tr("button.status"), "status"))
        return False
    return True


def begin(turn: Turn, slug: str) -> None:
    """Begin a report, or go on with what a colleague left half filled."""
    _begin(turn, slug, nothing=False)


def begin_nothing(turn: Turn, slug: str) -> None:
    """Straight to "không phát sinh", still to be confirmed."""
    _begin(turn, slug, nothing=True)


def _begin(turn: Turn, slug: str, nothing: bool) -> None:
    if not _may_report(turn):
        return
    assert turn.unit
    assert turn.person
    if not turn.campaign.has_obligation(slug) or not turn.campaign.owes(turn.unit, turn.campaign.obligation(slug)):
        turn.say(turn.words.tr("report.not_owed"))
        choose(turn)
        return
    obligation = turn.campaign.obligation(slug)
    form = turn.campaign.form(obligation)
    unit, campaign, person = turn.unit.slug, turn.campaign.name, turn.person
    draft = reports.find_draft(turn.db, campaign, unit, slug)
    before = [form_words.heading(turn, obligation)]
    pending = _pending_file(turn)
    if draft:
        state = FormState.from_json(form, draft.state)
        if draft.person_id != person.id:
            before.append(turn.words.tr("form.continued", name=draft.person_name, at=turn.words.moment(draft.updated_at)))
        else:
            before.append(turn.words.tr("form.resumed"))
    else:
        last = reports.latest(turn.db, campaign, unit, slug)
        kept = forms.answers_from_json(form, last.answers) if last and last.outcome is Outcome.SUBMITTED else None
        state = forms.start(form, kept)
        if last:
            before.append(
                turn.words.tr("form.revising", name=last.person_name, at=turn.words.moment(last.submitted_at), code=last.receipt)
            )
    state = with_file(form, state, pending) if pending else state
    if nothing:
        state = forms.nothing_to_report(state)
    if draft is None:
        draft = reports.begin_draft(turn.db, campaign, unit, slug, state.to_json(), person.id, person.name, turn.now)
        seq = draft.seq
    else:
        seq = reports.keep_draft(turn.db, draft, state.to_json(), person.id, person.name, turn.now)
    turn.go("report", draft=draft.id, seq=seq)
    form_words.show(turn, obligation, form, draft, state, seq, "\n".join(before))


def _pending_file(turn: Turn) -> FileRef | None:
    kept = turn.data.get("file")
    return FileRef(**kept) if kept else None


def press(turn: Turn, rest: str) -> None:
    """A button of a form: ``DRAFT SEQ OP [VALUE]``."""
    turn.close_buttons()
    parts = rest.split(" ")
    filling = find_filling(turn, int(parts[0])) if len(parts) >= 3 and parts[0].isdigit() else None
    if filling is None:
        turn.say(turn.words.tr("form.gone"), *helping.first_choices(turn))
        return
    turn.go("report", draft=filling.draft.id, seq=filling.draft.seq)
    if parts[1] != str(filling.draft.seq):
        _say_stale(turn, filling)
        return
    _step(turn, filling, parts[2], parts[3] if len(parts) > 3 else "")


def _say_stale(turn: Turn, filling: Filling) -> None:
    """An old button, or an answer while a colleague answered: a kind word and the present question."""
    if filling.draft.person_id != filling.person.id:
        word = turn.words.tr("form.colleague", name=filling.draft.person_name, at=turn.words.moment(filling.draft.updated_at))
    else:
        word = turn.words.tr("form.stale")
    form_words.show(turn, filling.obligation, filling.form, filling.draft, filling.state, filling.draft.seq, word)


def _step(turn: Turn, filling: Filling, op: str, value: str) -> None:
    form, state = filling.form, filling.state
    match op:
        case "o":
            take(turn, filling, forms.answer(form, state, value, turn.today))
        case "s":
            take(turn, filling, forms.skip(form, state))
        case "b":
            go_back(turn, filling)
        case "f":
            take(turn, filling, forms.finish_list(form, state))
        case "d":
            take(turn, filling, forms.drop_row(form, state))
        case "e":
            take(turn, filling, forms.edit(form, state, value))
        case "n":
            move(turn, filling, forms.nothing_to_report(state))
        case "E":
            turn.say(
                turn.words.tr("form.edit_which"), *form_words.edit_choices(turn, form, filling.draft.id, filling.draft.seq, state)
            )
        case "t":
            report_files.send_template(turn, filling)
        case "y":
            submitting.send(turn, filling)
        case "w":
            doubts = tuple(forms.doubts(form, state.answers, submitting.other_lists(turn, filling)))
            submitting.send(turn, replace(filling, state=replace(state, doubts_seen=doubts)))
        case "c":
            _pause(turn, filling)
        case "x":
            _throw_away(turn, filling)
        case _:
            form_words.show(turn, filling.obligation, form, filling.draft, state, filling.draft.seq)


def type_answer(turn: Turn, text: str) -> None:
    """Something typed while a form is open: an answer, a word of command, or a question in between."""
    filling = find_filling(turn, int(turn.data.get("draft", 0)))
    if filling is None:
        turn.rest()
        if turn.person is None or asking.sounds_like_question(text) or helping.errand_in(turn, text):
            helping.plain(turn, text)
        else:
            turn.say(turn.words.tr("form.gone"), *helping.first_choices(turn))
        return
    if turn.data.get("seq") != filling.draft.seq:
        turn.go("report", draft=filling.draft.id, seq=filling.draft.seq)
        _say_stale(turn, filling)
        return
    if secrecy.marked(text):
        turn.say(turn.words.tr("secret"))
        ask_again(turn, filling)
        return
    op = _WORDS_OF_COMMAND.get(same_words(text))
    if op:
        _step(turn, filling, op, "")
        return
    if _is_question(filling, text) or _is_published(turn, filling, text):
        asking.answer(turn, text, about=filling.obligation.slug)
        ask_again(turn, filling)
        return
    if not _takes_words(filling) and overseeing.asks_status(turn, text):
        overseeing.answer_status(turn, text)
        turn.go("report", draft=filling.draft.id, seq=filling.draft.seq)
        ask_again(turn, filling)
        return
    take(turn, filling, forms.answer(filling.form, filling.state, text, turn.today))


_WORDS_OF_COMMAND = {
    "quay lai": "b", "lui": "b", "back": "b", "bo qua": "s", "skip": "s", "huy": "c", "thoat": "c", "dung": "c",
    "cancel": "c", "stop": "c", "khong phat sinh": "n", "nothing to report": "n", "xong": "f", "xong danh sach": "f",
    "het": "f", "done": "f",
}  # fmt: skip


def _is_question(filling: Filling, text: str) -> bool:
    """A question typed in the middle of a form. Where free text is asked, only a question mark tells."""
    return text.rstrip().endswith("?") or (not _takes_words(filling) and asking.sounds_like_question(text))


def _is_published(turn: Turn, filling: Filling, text: str) -> bool:
    """A question that the department has published a reply to, and no answer to what the form asks."""
    given = forms.answer(filling.form, filling.state, text, turn.today)
    return isinstance(given, Refused) and turn.is_published(text)


def _takes_words(filling: Filling) -> bool:
    """Whether any words are an answer to the present question."""
    asked = forms.question(filling.form, filling.state)
    return asked is not None and asked.asks.kind in (Kind.TEXT, Kind.LIST)


def repeat(turn: Turn) -> None:
    """Say the open form's present question again, if a form is open."""
    if turn.topic == "report":
        filling = find_filling(turn, int(turn.data.get("draft", 0)))
        if filling:
            turn.go("report", draft=filling.draft.id, seq=filling.draft.seq)
            ask_again(turn, filling)


def _pause(turn: Turn, filling: Filling) -> None:
    """Stop for now: what was filled is kept, and can be thrown away for good."""
    turn.rest()
    words = turn.words
    turn.say(
        words.tr("form.paused", title=turn.title(filling.obligation)),
        Choice(words.tr("button.continue"), f"report {filling.obligation.slug}"),
        form_words.button(filling.draft.id, filling.draft.seq, words.tr("button.throw_away"), "x"),
    )


def pause_if_open(turn: Turn) -> bool:
    """For ``/huy``: stop the open form. False where none is open."""
    filling = find_filling(turn, int(turn.data.get("draft", 0))) if turn.topic == "report" else None
    if filling:
        _pause(turn, filling)
    return filling is not None


def _throw_away(turn: Turn, filling: Filling) -> None:
    reports.drop_draft(turn.db, filling.draft.id)
    turn.rest()
    turn.say(turn.words.tr("form.thrown_away", title=turn.title(filling.obligation)), *helping.first_choices(turn))
