"""How a form's questions and refusals read. The buttons below them stand in reporting."""

from datetime import date

from handlers.wording.catalogs import Words
from handlers.wording.phrases import row_text, value_text, yes_no_labels
from rules.campaign.forms import Form, FormState, FormStep, question
from rules.campaign.model import FormField, Kind
from rules.text.refusal import Refusal, Why


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


def question_text(words: Words, asked: FormStep, state: FormState) -> str:
    """The question with its number, what was answered before, and an example."""
    language = words.language
    number = words.tr("form.number", number=asked.number, total=asked.total)
    if asked.column:
        row = words.tr("form.row", number=asked.rows + 1)
        text = f"{number} {row} {asked.column.ask.in_(language)}"
    elif asked.field.kind is Kind.LIST and asked.rows:
        so_far = words.trn("form.rows_one", "form.rows_many", asked.rows)
        text = f"{number} {so_far}"
    else:
        text = f"{number} {asked.field.ask.in_(language)}"
    answered = state.answers.get(asked.field.id)
    if asked.column is None and asked.field.kind is not Kind.LIST and answered is not None:
        text += "\n" + words.tr("form.so_far", value=value_text(words, asked.field, answered))
    example = hint(words, asked.asks)
    return f"{text}\n{example}" if example else text


def taken_text(words: Words, form: Form, before: FormState, after: FormState, by: date | None = None) -> str:
    """What was just noted, so that a slip of the finger is seen at once."""
    asked = question(form, before)
    if asked is None:
        return ""
    rows = after.answers.get(asked.field.id)
    if asked.field.kind is Kind.LIST:
        if isinstance(rows, tuple) and len(rows) > asked.rows and asked.column is not None:
            return words.tr("form.row_taken", row=row_text(words, asked.field.columns, rows[-1], by))
        return ""
    if asked.field.id in after.answers:
        value = value_text(words, asked.field, after.answers[asked.field.id])
        return f"✓ {asked.field.label.in_(words.language)}: {value}"
    return ""


def cell_refusal_text(words: Words, column: FormField, refusal: Refusal) -> str:
    """Why a cell was not taken: like an answer, but there are no buttons to choose from."""
    if refusal.why is Why.NOT_A_CHOICE:
        known = [o.label.in_(words.language) for o in column.options] or list(yes_no_labels(words, column))
        return words.tr("refused.not_among", given=refusal.given, known=", ".join(known))
    if refusal.why is Why.REQUIRED:
        return words.tr("refused.cell_empty")
    return refusal_text(words, refusal)


def answer_refused(words: Words, form: Form, asked: FormStep | None, refusal: Refusal) -> str:
    """Why an answer to a question was not taken: with the choices there are, or the answer that limits it."""
    if asked and refusal.why is Why.NOT_A_CHOICE:
        return cell_refusal_text(words, asked.asks, refusal) if refusal.given.strip() else refusal_text(words, refusal)
    if refusal.why is Why.ABOVE:
        limiting = next((f.label.in_(words.language) for f in form if f.id in refusal.facts), "")
        given, limit = refusal.given.strip()[:40], words.money(refusal.limit or 0)
        return words.tr("refused.above", given=given, label=limiting, limit=limit)
    return refusal_text(words, refusal)


def doubted_label(words: Words, asked: FormStep) -> str:
    """What a text would be the answer to: the question, or between rows the first column."""
    between_rows = asked.field.kind is Kind.LIST and asked.column is None
    return (asked.field.columns[0] if between_rows else asked.asks).label.in_(words.language)


def refusal_text(words: Words, refusal: Refusal) -> str:
    """Why a value was not taken, and how it is written."""
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
            return words.tr("refused.above_limit", given=given, limit=words.money(limit))
        case Why.NOT_A_DATE:
            return words.tr("refused.not_a_date", given=given)
        case Why.NO_SUCH_DAY:
            return words.tr("refused.no_such_day", given=given, month=refusal.day or "", limit=limit)
        case Why.IN_THE_FUTURE:
            return words.tr("refused.in_the_future", day=day)
        case Why.TOO_OLD:
            return words.tr("refused.too_old", day=day)
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
        case Why.CELL_ERROR:
            return words.tr("refused.cell_error", given=given)


def doubt_text(words: Words, form: Form, doubt: str) -> str:
    """What looks odd in a report that is about to be sent."""
    kind, _, field_id = doubt.partition(":")
    labels = {f.id: f.label.in_(words.language) for f in form}
    match kind:
        case "all_zero":
            return words.tr("doubt.all_zero")
        case "above":
            limiting = next(f.at_most or "" for f in form if f.id == field_id)
            return words.tr("doubt.above", label=labels[field_id], limit=labels[limiting])
        case "together":
            parts = " + ".join(labels[f.id] for f in form if f.at_most == field_id)
            return words.tr("doubt.together", parts=parts, limit=labels[field_id])
        case _:
            return words.tr("doubt.same_list")
