"""Reporting: from "nộp báo cáo" to the receipt.

The half-filled form belongs to the unit. Every question carries the draft's ``seq``; an
answer to an older question is never taken for the present one, whoever gave it.
"""

from dataclasses import dataclass, replace

from handlers import asking, form_words, helping, overseeing, secrecy
from handlers.describing import answers_text, timing_text
from handlers.pushing import push_to_overseers, push_to_person
from handlers.spreadsheets import NotTheTemplate, read_list, template
from handlers.turn import Choice, Message, OutFile, Turn
from handlers.words import Words
from rules import forms
from rules.campaign import Kind, Obligation
from rules.deadlines import timing
from rules.forms import NOTHING, SUMMARY, FileRef, Form, FormState, Moved, Refused, Result, Value
from rules.ladder import Role
from rules.progress import Outcome, Review
from rules.refusal import Refusal
from rules.vietnamese import same_words
from storage import files, people, reports
from storage.people import Person
from storage.reports import Draft, Submission

XLSX_NAME = "mau-danh-sach"
TAKEN_TYPES = ("pdf", "jpeg", "png", "webp", "heic", "docx", "xlsx", "doc")
BAD_CELLS_SHOWN = 8


@dataclass(frozen=True)
class _Filling:
    """A form being filled: the draft as locked in this turn, and its walk."""

    person: Person
    obligation: Obligation
    form: Form
    draft: Draft
    state: FormState


# ---------------------------------------------------------------- where it begins


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
    state = _with_file(form, state, pending) if pending else state
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


def _with_file(form: Form, state: FormState, sent: FileRef) -> FormState:
    field = next((f for f in form if f.kind is Kind.FILE), None)
    return replace(state, answers={**state.answers, field.id: sent}) if field else state


# ---------------------------------------------------------------- each step


def _filling(turn: Turn, draft_id: int) -> _Filling | None:
    """The draft, if it is still there and belongs to the person's own unit."""
    draft = reports.draft_by_id(turn.db, draft_id)
    if draft is None or turn.person is None or turn.unit is None or draft.unit != turn.unit.slug:
        return None
    if not turn.campaign.has_obligation(draft.obligation):
        return None
    obligation = turn.campaign.obligation(draft.obligation)
    form = turn.campaign.form(obligation)
    return _Filling(turn.person, obligation, form, draft, FormState.from_json(form, draft.state))


def press(turn: Turn, rest: str) -> None:
    """A button of a form: ``DRAFT SEQ OP [VALUE]``."""
    turn.close_buttons()
    parts = rest.split(" ")
    filling = _filling(turn, int(parts[0])) if len(parts) >= 3 and parts[0].isdigit() else None
    if filling is None:
        turn.say(turn.words.tr("form.gone"), *helping.first_choices(turn))
        return
    turn.go("report", draft=filling.draft.id, seq=filling.draft.seq)
    if parts[1] != str(filling.draft.seq):
        _say_stale(turn, filling)
        return
    _step(turn, filling, parts[2], parts[3] if len(parts) > 3 else "")


def _say_stale(turn: Turn, filling: _Filling) -> None:
    """An old button, or an answer while a colleague answered: a kind word and the present question."""
    if filling.draft.person_id != filling.person.id:
        word = turn.words.tr("form.colleague", name=filling.draft.person_name, at=turn.words.moment(filling.draft.updated_at))
    else:
        word = turn.words.tr("form.stale")
    form_words.show(turn, filling.obligation, filling.form, filling.draft, filling.state, filling.draft.seq, word)


def _step(turn: Turn, filling: _Filling, op: str, value: str) -> None:
    form, state = filling.form, filling.state
    match op:
        case "o":
            _take(turn, filling, forms.answer(form, state, value, turn.today))
        case "s":
            _take(turn, filling, forms.skip(form, state))
        case "b":
            _go_back(turn, filling)
        case "f":
            _take(turn, filling, forms.finish_list(form, state))
        case "d":
            _take(turn, filling, forms.drop_row(form, state))
        case "e":
            _take(turn, filling, forms.edit(form, state, value))
        case "n":
            _move(turn, filling, forms.nothing_to_report(state))
        case "E":
            turn.say(
                turn.words.tr("form.edit_which"), *form_words.edit_choices(turn, form, filling.draft.id, filling.draft.seq, state)
            )
        case "t":
            _send_template(turn, filling)
        case "y":
            _send(turn, filling)
        case "w":
            doubts = tuple(forms.doubts(form, state.answers, _other_lists(turn, filling)))
            _send(turn, replace(filling, state=replace(state, doubts_seen=doubts)))
        case "c":
            _pause(turn, filling)
        case "x":
            _throw_away(turn, filling)
        case _:
            form_words.show(turn, filling.obligation, form, filling.draft, state, filling.draft.seq)


def type_answer(turn: Turn, text: str) -> None:
    """Something typed while a form is open: an answer, a word of command, or a question in between."""
    filling = _filling(turn, int(turn.data.get("draft", 0)))
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
        _repeat(turn, filling)
        return
    op = _WORDS_OF_COMMAND.get(same_words(text))
    if op:
        _step(turn, filling, op, "")
        return
    if _is_question(filling, text):
        asking.answer(turn, text, about=filling.obligation.slug)
        _repeat(turn, filling)
        return
    if not _takes_words(filling) and overseeing.asks_status(turn, text):
        overseeing.answer_status(turn, text)
        turn.go("report", draft=filling.draft.id, seq=filling.draft.seq)
        _repeat(turn, filling)
        return
    _take(turn, filling, forms.answer(filling.form, filling.state, text, turn.today))


_WORDS_OF_COMMAND = {
    "quay lai": "b", "lui": "b", "back": "b", "bo qua": "s", "skip": "s", "huy": "c", "thoat": "c", "dung": "c",
    "cancel": "c", "stop": "c", "khong phat sinh": "n", "nothing to report": "n", "xong": "f", "xong danh sach": "f",
    "het": "f", "done": "f",
}  # fmt: skip


def _is_question(filling: _Filling, text: str) -> bool:
    """A question typed in the middle of a form. Where free text is asked, only a question mark tells."""
    return text.rstrip().endswith("?") or (not _takes_words(filling) and asking.sounds_like_question(text))


def _takes_words(filling: _Filling) -> bool:
    """Whether any words are an answer to the present question."""
    asked = forms.question(filling.form, filling.state)
    return asked is not None and asked.asks.kind in (Kind.TEXT, Kind.LIST)


def _take(turn: Turn, filling: _Filling, result: Result) -> None:
    match result:
        case Moved(state):
            noted = form_words.taken_text(turn, filling.form, filling.state, state)
            _move(turn, filling, state, noted)
        case Refused(refusal):
            _refuse(turn, filling, refusal)
        case _:
            _repeat(turn, filling)


def _go_back(turn: Turn, filling: _Filling) -> None:
    result = forms.back(filling.form, filling.state)
    if isinstance(result, Moved):
        _move(turn, filling, result.state)
    else:
        _repeat(turn, filling, turn.words.tr("form.at_start"))


def _move(turn: Turn, filling: _Filling, state: FormState, noted: str = "") -> None:
    person = filling.person
    seq = reports.keep_draft(turn.db, filling.draft, state.to_json(), person.id, person.name, turn.now)
    turn.go("report", draft=filling.draft.id, seq=seq)
    form_words.show(turn, filling.obligation, filling.form, filling.draft, state, seq, noted)


def _refuse(turn: Turn, filling: _Filling, refusal: Refusal) -> None:
    _repeat(turn, filling, form_words.refusal_text(turn.words, refusal))


def _repeat(turn: Turn, filling: _Filling, before: str = "") -> None:
    form_words.show(turn, filling.obligation, filling.form, filling.draft, filling.state, filling.draft.seq, before)


def repeat(turn: Turn) -> None:
    """Say the open form's present question again, if a form is open."""
    if turn.topic == "report":
        filling = _filling(turn, int(turn.data.get("draft", 0)))
        if filling:
            turn.go("report", draft=filling.draft.id, seq=filling.draft.seq)
            _repeat(turn, filling)


def _pause(turn: Turn, filling: _Filling) -> None:
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
    filling = _filling(turn, int(turn.data.get("draft", 0))) if turn.topic == "report" else None
    if filling:
        _pause(turn, filling)
    return filling is not None


def _throw_away(turn: Turn, filling: _Filling) -> None:
    reports.drop_draft(turn.db, filling.draft.id)
    turn.rest()
    turn.say(turn.words.tr("form.thrown_away", title=turn.title(filling.obligation)), *helping.first_choices(turn))


# ---------------------------------------------------------------- files and lists


def take_file(turn: Turn) -> None:
    """A photo or a document, inside a form or out of the blue."""
    filling = _filling(turn, int(turn.data.get("draft", 0))) if turn.topic == "report" else None
    trouble = _file_trouble(turn)
    if trouble:
        turn.say(trouble)
        if filling:
            _repeat(turn, filling)
        return
    sent = turn.incoming.file
    assert sent
    if turn.person is None:
        turn.say(turn.words.tr("file.stranger"), *helping.first_choices(turn))
        return
    files.record_file(turn.db, sent, turn.person.id, turn.now)
    ref = FileRef(sent.hash, sent.name, sent.type, sent.size)
    if filling is None:
        if turn.unit is None:
            turn.say(turn.words.tr("report.not_yours"))
            return
        turn.go("", file={"hash": ref.hash, "name": ref.name, "type": ref.type, "size": ref.size})
        turn.say(turn.words.tr("file.for_which", name=ref.name))
        choose(turn)
        return
    _take_file(turn, filling, ref)


def _take_file(turn: Turn, filling: _Filling, ref: FileRef) -> None:
    asked = forms.question(filling.form, filling.state)
    if asked and asked.field.kind is Kind.LIST and ref.type == "xlsx":
        _take_list(turn, filling, ref)
    elif asked and asked.field.kind is Kind.FILE:
        _take(turn, filling, forms.answer(filling.form, filling.state, ref, turn.today))
    else:
        noted = turn.words.tr("file.attached", name=ref.name)
        _move(turn, filling, _with_file(filling.form, filling.state, ref), noted)


def _file_trouble(turn: Turn) -> str:
    """Why the file can't be taken; empty if it can."""
    words, sent = turn.words, turn.incoming.file
    if turn.incoming.trouble == "too_big":
        return words.tr("file.too_big")
    if turn.incoming.trouble == "unsupported":
        return words.tr("file.unsupported")
    if turn.incoming.trouble or sent is None:
        return words.tr("file.not_fetched")
    if sent.size > files.MOST_BYTES:
        return words.tr("file.too_big")
    if sent.type not in TAKEN_TYPES:
        return words.tr("file.wrong_kind", name=sent.name)
    if secrecy.marked_file(sent.name, sent.type, turn.world.files.get(sent.hash)):
        return words.tr("secret")
    return ""


def _send_template(turn: Turn, filling: _Filling) -> None:
    asked = forms.question(filling.form, filling.state)
    if asked is None or asked.field.kind is not Kind.LIST:
        _repeat(turn, filling)
        return
    stored = turn.world.files.put(template(turn.words, asked.field), f"{XLSX_NAME}-{filling.obligation.slug}.xlsx")
    choices = form_words.question_choices(turn, filling.obligation, filling.draft.id, filling.draft.seq, filling.state, asked)
    turn.say(turn.words.tr("list.template"), *choices, file=OutFile(stored.hash, stored.name))


def _take_list(turn: Turn, filling: _Filling, ref: FileRef) -> None:
    asked = forms.question(filling.form, filling.state)
    assert asked
    try:
        found = read_list(turn.world.files.get(ref.hash), asked.field, turn.today)
    except NotTheTemplate:
        _repeat(turn, filling, turn.words.tr("list.not_the_template"))
        return
    lines = [turn.words.trn("list.taken_one", "list.taken_many", len(found.rows))]
    if found.bad:
        lines.append(turn.words.tr("list.bad"))
        for cell in found.bad[:BAD_CELLS_SHOWN]:
            why = form_words.cell_refusal_text(turn.words, cell.column, cell.refusal)
            label = cell.column.label.in_(turn.words.language)
            lines.append(turn.words.tr("list.bad_cell", row=cell.row, column=label, why=why))
        if len(found.bad) > BAD_CELLS_SHOWN:
            lines.append(turn.words.tr("value.more_rows", count=len(found.bad) - BAD_CELLS_SHOWN))
    result = forms.add_rows(filling.form, filling.state, found.rows)
    if isinstance(result, Moved):
        _move(turn, filling, result.state, "\n".join(lines))
    elif isinstance(result, Refused):
        _refuse(turn, filling, result.refusal)


# ---------------------------------------------------------------- sending


def _other_lists(turn: Turn, filling: _Filling) -> tuple[tuple[forms.Row, ...], ...]:
    """The lists that other units sent for the same obligation, where this one holds a list."""
    if not any(isinstance(value, tuple) and value for value in filling.state.answers.values()):
        return ()
    found = []
    for other in reports.all_latest(turn.db, turn.campaign.name, filling.obligation.slug):
        if other.unit != filling.draft.unit:
            answers = forms.answers_from_json(filling.form, other.answers)
            found += [value for value in answers.values() if isinstance(value, tuple) and value]
    return tuple(found)


def _send(turn: Turn, filling: _Filling) -> None:
    state = filling.state
    if state.at == NOTHING:
        _submit(turn, filling, Outcome.NOTHING, {})
        return
    if not forms.can_send(filling.form, state):
        _repeat(turn, filling, turn.words.tr("refused.required") if state.at == SUMMARY else "")
        return
    doubts = [d for d in forms.doubts(filling.form, state.answers, _other_lists(turn, filling)) if d not in state.doubts_seen]
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


def _submit(turn: Turn, filling: _Filling, outcome: Outcome, answers: dict[str, Value]) -> None:
    person, draft = filling.person, filling.draft
    before = reports.latest(turn.db, turn.campaign.name, draft.unit, draft.obligation)
    kept = reports.submit(
        turn.db, turn.campaign.name, draft.unit, draft.obligation, outcome, forms.answers_to_json(answers), person.id,
        person.name, turn.now, turn.world.pick,
    )  # fmt: skip
    reports.drop_draft(turn.db, draft.id)
    turn.rest()
    turn.say(_receipt_text(turn.words, turn, filling, kept), *_what_next(turn))
    _tell_overseers(turn, filling, kept, before)
    _tell_colleagues(turn, filling, kept)


def _receipt_text(words: Words, turn: Turn, filling: _Filling, kept: Submission) -> str:
    title = filling.obligation.title.in_(words.language)
    what = words.tr("receipt.nothing", title=title) if kept.outcome is Outcome.NOTHING else words.tr("receipt.taken", title=title)
    lines = [what, words.tr("receipt.code", code=kept.receipt, at=words.moment(kept.submitted_at))]
    if filling.obligation.deadline:
        first = reports.first_submitted(turn.db, turn.campaign.name, kept.unit)[(kept.unit, kept.obligation)]
        deadline = reports.due(turn.db, turn.campaign).of(kept.unit, kept.obligation)
        lines.append(words.tr("receipt.timing", timing=timing_text(words, timing(deadline, first, turn.campaign.zone))))
    if kept.revision > 1:
        lines.append(words.tr("receipt.revision", number=kept.revision))
    lines += ["", words.tr("receipt.official")]
    return "\n".join(lines)


def _what_next(turn: Turn) -> list[Choice]:
    """The dated obligations that the unit still owes."""
    assert turn.unit
    standings = reports.standings(turn.db, turn.campaign, turn.unit.slug)
    return [
        Choice(turn.words.tr("button.report_next", title=o.short.in_(turn.words.language)), f"report {o.slug}")
        for o in turn.campaign.dated()
        if turn.campaign.owes(turn.unit, o) and not standings[(turn.unit.slug, o.slug)].settled
    ] or [Choice(turn.words.tr("button.status"), "status")]


def _tell_overseers(turn: Turn, filling: _Filling, kept: Submission, before: Submission | None) -> None:
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
            deadline = reports.due(turn.db, turn.campaign).of(kept.unit, kept.obligation)
            first = reports.first_submitted(turn.db, turn.campaign.name, kept.unit)[(kept.unit, kept.obligation)]
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


def _tell_colleagues(turn: Turn, filling: _Filling, kept: Submission) -> None:
    def worded(words: Words) -> Message:
        title = filling.obligation.title.in_(words.language)
        text = words.tr("alert.colleague", name=kept.person_name, title=title, code=kept.receipt)
        return Message(text)

    for colleague in people.of_unit(turn.db, kept.unit):
        if colleague.id != filling.person.id:
            push_to_person(
                turn.db, turn.world, colleague.id, colleague.language, worded, turn.now, f"colleague:{kept.id}:p{colleague.id}"
            )
