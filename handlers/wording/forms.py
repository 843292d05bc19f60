"""How a form's questions and refusals read. The buttons below them stand in reporting."""

from datetime import date

from handlers.wording.catalogs import Words
from handlers.wording.phrases import row_text, value_text, yes_no_labels
from rules.campaign.alike import Row
from rules.campaign.forms import Form, FormState, FormStep, question
from rules.campaign.model import FormField, Kind
from rules.text.refusal import Refusal, Why

OFFERED_SHOWN = 20
LONGEST_NAME = 60


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


def question_text(words: Words, asked: FormStep, state: FormState, by: date | None = None) -> str:
    """The question with its number, what was answered before, and an example. ``by``: the day by which months have to be
    full."""
    language = words.language
    number = words.tr("form.number", number=asked.number, total=asked.total)
    if asked.offered:
        return offer_text(words, asked, by)
    if asked.place is not None:
        text = f"{number} {_row_in_hand(words, asked, asked.place, state.row or {}, by)}"
    elif asked.column:
        row = _row_opening(words, asked, state)
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


def _row_opening(words: Words, asked: FormStep, state: FormState) -> str:
    """Which row it is; by name, where somebody did not just type it."""
    name = str((state.row or {}).get(asked.field.columns[0].id) or "")
    if state.named and name:
        return words.tr("form.row_named", number=asked.rows + 1, name=name[:LONGEST_NAME])
    return words.tr("form.row", number=asked.rows + 1)


def _row_in_hand(words: Words, asked: FormStep, place: int, row: Row, by: date | None) -> str:
    """A row that is being changed: which column is it, or the column's question with what stands there now."""
    if asked.column is None:
        return words.tr("form.row_change", number=place + 1, row=row_text(words, asked.field.columns, row, by))
    text = words.tr("form.row_column", number=place + 1, ask=asked.column.ask.in_(words.language))
    return text + "\n" + words.tr("form.so_far", value=value_text(words, asked.column, row.get(asked.column.id)))


def offer_text(words: Words, asked: FormStep, by: date | None) -> str:
    """Rows that were read from lines, to be looked at before they are taken."""
    field, rows = asked.field, asked.offered
    lines = [words.trn("list.offer_one", "list.offer_many", len(rows))]
    for number, row in enumerate(rows[:OFFERED_SHOWN], 1):
        lacks = [column.label.in_(words.language) for column in field.columns if column.id not in row]
        text = f"{number}. {row_text(words, field.columns, row, by)}"
        lines.append(" ".join([text, words.tr("list.lacks", columns=", ".join(lacks))]) if lacks else text)
    if len(rows) > OFFERED_SHOWN:
        lines.append(words.tr("value.more_rows", count=len(rows) - OFFERED_SHOWN))
    if any(column.id not in row for row in rows for column in field.columns):
        lines.append(words.tr("list.lacking_asked"))
    return "\n".join(lines)


def taken_text(words: Words, form: Form, before: FormState, after: FormState, by: date | None = None) -> str:
    """What was just noted, so that a slip of the finger is seen at once."""
    asked = question(form, before)
    if asked is None:
        return ""
    rows = after.answers.get(asked.field.id)
    if asked.field.kind is Kind.LIST:
        earlier = before.answers.get(asked.field.id)
        if asked.column is None or not isinstance(rows, tuple) or after.place is not None:
            return ""
        return _row_taken(words, asked, earlier if isinstance(earlier, tuple) else (), rows, by)
    if asked.field.id in after.answers:
        along = [
            f for f in form if f.id == asked.field.date_field and after.answers.get(f.id) not in (None, before.answers.get(f.id))
        ]
        said = [f"{f.label.in_(words.language)}: {value_text(words, f, after.answers[f.id])}" for f in (asked.field, *along)]
        return "✓ " + "; ".join(said)
    return ""


def _row_taken(words: Words, asked: FormStep, earlier: tuple[Row, ...], rows: tuple[Row, ...], by: date | None) -> str:
    """That a row joined the list, or took the place of one."""
    columns = asked.field.columns
    if len(rows) > len(earlier):
        return words.tr("form.row_taken", row=row_text(words, columns, rows[-1], by))
    changed = next((place for place, (old, new) in enumerate(zip(earlier, rows, strict=False)) if old != new), None)
    if changed is None or len(rows) < len(earlier):
        return ""
    text = row_text(words, columns, rows[changed], by)
    if asked.place is not None:
        return words.tr("form.row_changed", number=changed + 1, row=text)
    return words.tr("form.row_instead", number=changed + 1, row=text)


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
        case Why.CELL_ERROR:
            return words.tr("refused.cell_error", given=given)
        case _:
            return _row_refusal(words, refusal.why, given, limit)


def _row_refusal(words: Words, why: Why, given: str, limit: int) -> str:
    """Why something about the rows of a list was not done."""
    match why:
        case Why.TOO_MANY_ROWS:
            return words.tr("refused.too_many_rows", limit=limit)
        case Why.NO_ROWS:
            return words.tr("refused.no_rows")
        case Why.ROWS_OFFERED:
            return words.tr("refused.rows_offered")
        case Why.NO_SUCH_ROW:
            return words.tr("refused.no_such_row", number=given, limit=limit)
        case Why.NOTHING_DROPPED:
            return words.tr("refused.nothing_dropped")
        case Why.TOO_MANY_CELLS:
            return words.tr("refused.too_many_cells", given=given)
        case Why.EXAMPLE:
            return words.tr("refused.example")
        case _:
            return words.tr("refused.row_unfinished")


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
