"""How a form's questions, refusals and summary read, and the buttons below them."""

from datetime import date

from handlers.turn import Choice, Turn
from handlers.wording.catalogs import Words
from handlers.wording.phrases import answers_text, deadline_and_left, row_text, value_text
from rules.campaign.forms import NOTHING, SUMMARY, Form, FormState, Question, question, visible
from rules.campaign.model import FormField, Kind, Obligation
from rules.text.refusal import Refusal, Why
from storage import reports
from storage.reports import Draft


def button(draft_id: int, seq: int, label: str, op: str, value: str = "") -> Choice:
    """A button of the form's present step; pressed later, its ``seq`` tells that it is stale."""
    return Choice(label, f"form {draft_id} {seq} {op} {value}".rstrip())


def hint(words: Words, asked: FormField) -> str:
    """How an answer of that kind is written."""
    match asked.kind:
        case Kind.MONEY:
            return words.tr("hint.money")
        case Kind.DATE:
            return words.tr("hint.date")
        case Kind.DOCUMENT:
            return words.tr("hint.document")
        case _:
            return ""


def heading(turn: Turn, obligation: Obligation) -> str:
    """Which report this is, by which clause, and until when."""
    text = turn.words.tr("form.heading", title=turn.title(obligation), clause=obligation.clause)
    if obligation.deadline and turn.unit:
        deadline = reports.due(turn.scope).of(turn.unit.slug, obligation.slug)
        until = deadline_and_left(turn.words, turn.campaign, deadline, turn.now)
        text += "\n" + turn.words.tr("form.deadline", deadline=until)
    return text


def question_text(turn: Turn, asked: Question, state: FormState) -> str:
    """The question with its number, what was answered before, and an example."""
    language = turn.words.language
    number = turn.words.tr("form.number", number=asked.number, total=asked.total)
    if asked.column:
        row = turn.words.tr("form.row", number=asked.rows + 1)
        text = f"{number} {row} {asked.column.ask.in_(language)}"
    elif asked.field.kind is Kind.LIST and asked.rows:
        so_far = turn.words.trn("form.rows_one", "form.rows_many", asked.rows)
        text = f"{number} {so_far}"
    else:
        text = f"{number} {asked.field.ask.in_(language)}"
    answered = state.answers.get(asked.field.id)
    if asked.column is None and asked.field.kind is not Kind.LIST and answered is not None:
        text += "\n" + turn.words.tr("form.so_far", value=value_text(turn.words, asked.field, answered))
    example = hint(turn.words, asked.asks)
    return f"{text}\n{example}" if example else text


def question_choices(
    turn: Turn, obligation: Obligation, draft_id: int, seq: int, state: FormState, asked: Question
) -> list[Choice]:
    """The buttons of a question: its options, then skip, back, cancel."""
    words, language = turn.words, turn.words.language

    def press(label: str, op: str, value: str = "") -> Choice:
        return button(draft_id, seq, label, op, value)

    found: list[Choice] = []
    if asked.asks.kind is Kind.YES_NO:
        found += [press(words.tr("value.yes"), "o", "yes"), press(words.tr("value.no"), "o", "no")]
    found += [press(option.label.in_(language), "o", option.id) for option in asked.asks.options]
    if asked.may_finish_list:
        found.append(press(words.tr("button.finish_list"), "f"))
        found.append(press(words.tr("button.drop_row"), "d"))
    if asked.field.kind is Kind.LIST and asked.column is None:
        found.append(press(words.tr("button.template"), "t"))
    if asked.may_skip:
        found.append(press(words.tr("button.skip"), "s"))
    if asked.number == 1 and asked.column is None and not asked.rows and not state.editing and obligation.deadline:
        found.append(press(words.tr("button.nothing"), "n"))
    if asked.column is not None:
        found.append(press(words.tr("button.drop_product"), "d"))
    if asked.number > 1 or asked.column is not None or state.editing:
        found.append(press(words.tr("button.back"), "b"))
    found.append(press(words.tr("button.cancel"), "c"))
    return found


def summary_choices(turn: Turn, draft_id: int, seq: int) -> list[Choice]:
    """Send, change, cancel."""
    words = turn.words
    return [
        button(draft_id, seq, words.tr("button.send"), "y"), button(draft_id, seq, words.tr("button.change"), "E"),
        button(draft_id, seq, words.tr("button.back"), "b"), button(draft_id, seq, words.tr("button.cancel"), "c"),
    ]  # fmt: skip


def edit_choices(turn: Turn, form: Form, draft_id: int, seq: int, state: FormState) -> list[Choice]:
    """One button for each answer that can be changed."""
    language = turn.words.language
    found = [button(draft_id, seq, field.label.in_(language), "e", field.id) for field in visible(form, state.answers)]
    return [
        *found,
        button(draft_id, seq, turn.words.tr("button.nothing"), "n"),
        button(draft_id, seq, turn.words.tr("button.back"), "S"),
    ]


def show(turn: Turn, obligation: Obligation, form: Form, draft: Draft, state: FormState, seq: int, before: str = "") -> None:
    """Say where the form stands: the question, the summary, or the confirmation of nothing."""
    words = turn.words
    opening = f"{before}\n\n" if before else ""
    if state.at == NOTHING:
        turn.say(
            opening + words.tr("form.nothing_ask", title=turn.title(obligation), clause=obligation.clause),
            button(draft.id, seq, words.tr("button.send_nothing"), "y"), button(draft.id, seq, words.tr("button.back"), "b"),
            button(draft.id, seq, words.tr("button.cancel"), "c"),
        )  # fmt: skip
    elif state.at == SUMMARY:
        text = words.tr("form.summary", title=turn.title(obligation), answers=answers_text(words, form, state.answers))
        turn.say(opening + text, *summary_choices(turn, draft.id, seq))
    else:
        asked = question(form, state)
        assert asked, "neither summary nor nothing"
        choices = question_choices(turn, obligation, draft.id, seq, state, asked)
        wants_file = asked.column is None and asked.field.kind in (Kind.FILE, Kind.LIST)
        turn.say(opening + question_text(turn, asked, state), *choices, upload=wants_file)


def taken_text(turn: Turn, form: Form, before: FormState, after: FormState) -> str:
    """What was just noted, so that a slip of the finger is seen at once."""
    asked = question(form, before)
    if asked is None:
        return ""
    rows = after.answers.get(asked.field.id)
    if asked.field.kind is Kind.LIST:
        if isinstance(rows, tuple) and len(rows) > asked.rows and asked.column is not None:
            return turn.words.tr("form.row_taken", row=row_text(turn.words, asked.field.columns, rows[-1]))
        return ""
    if asked.field.id in after.answers:
        value = value_text(turn.words, asked.field, after.answers[asked.field.id])
        return f"✓ {asked.field.label.in_(turn.words.language)}: {value}"
    return ""


def cell_refusal_text(words: Words, column: FormField, refusal: Refusal) -> str:
    """Why a cell was not taken: like an answer, but there are no buttons to choose from."""
    if refusal.why is Why.NOT_A_CHOICE:
        known = [o.label.in_(words.language) for o in column.options] or [words.tr("value.yes"), words.tr("value.no")]
        return words.tr("refused.not_among", given=refusal.given, known=", ".join(known))
    if refusal.why is Why.REQUIRED:
        return words.tr("refused.cell_empty")
    return refusal_text(words, refusal)


def refusal_text(words: Words, refusal: Refusal) -> str:
    """Why an answer was not taken, and how it is written."""
    given = refusal.given.strip()[:40]
    day = words.day(date.fromisoformat(refusal.day)) if refusal.day and "-" in refusal.day else refusal.day or ""
    limit = refusal.limit or 0
    match refusal.why:
        case Why.EMPTY:
            return words.tr("refused.empty")
        case Why.TOO_LONG:
            return words.tr("refused.too_long", limit=limit)
        case Why.NOT_MONEY:
            return words.tr("refused.not_money", given=given)
        case Why.MONEY_UNIT_UNCLEAR:
            return words.tr("refused.money_unit_unclear", given=given)
        case Why.NEGATIVE:
            return words.tr("refused.negative")
        case Why.TOO_MUCH:
            return words.tr("refused.too_much")
        case Why.ABOVE:
            return words.tr("refused.above", given=given, limit=words.money(limit))
        case Why.NOT_A_DATE:
            return words.tr("refused.not_a_date", given=given)
        case Why.NO_SUCH_DAY:
            return words.tr("refused.no_such_day", given=given, month=refusal.day or "", limit=limit)
        case Why.IN_THE_FUTURE:
            return words.tr("refused.in_the_future", day=day)
        case Why.TOO_OLD:
            return words.tr("refused.too_old", day=day)
        case Why.TOO_RECENT:
            signed = words.day(date.fromisoformat(refusal.facts[0]))
            return words.tr("refused.too_recent", signed=signed, ready=day, months=limit)
        case Why.NOT_A_DOCUMENT:
            return words.tr("refused.not_a_document", given=given)
        case Why.NOT_A_CHOICE:
            return words.tr("refused.not_a_choice")
        case Why.NEEDS_A_FILE:
            return words.tr("refused.needs_a_file")
        case Why.NEEDS_TEXT:
            return words.tr("refused.needs_text")
        case Why.REQUIRED:
            return words.tr("refused.required")
        case Why.TOO_MANY_ROWS:
            return words.tr("refused.too_many_rows", limit=limit)
        case Why.NO_ROWS:
            return words.tr("refused.no_rows")
        case Why.ROW_UNFINISHED:
            return words.tr("refused.row_unfinished")


def doubt_text(words: Words, form: Form, doubt: str) -> str:
    """What looks odd in a report that is about to be sent."""
    kind, _, field_id = doubt.partition(":")
    label = next((f.label.in_(words.language) for f in form if f.id == field_id), "")
    if kind == "all_zero":
        return words.tr("doubt.all_zero")
    return words.tr("doubt.above", label=label) if kind == "above" else words.tr("doubt.same_list")
