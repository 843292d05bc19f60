"""The one walker of all forms: a pure state machine over a form's fields.

The state is plain data, so that a form half filled outlives a restart and passes to a
colleague. Every step returns one of a closed set of results; none raises.

A list field holds rows. Between rows it stands at no column; the first thing typed there is
the first column of a new row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rules.campaign.alike import Joined, Scalar, join
from rules.campaign.alike import Row as Row
from rules.campaign.model import FormField, Kind
from rules.text.labels import nearest
from rules.text.money import read_money
from rules.text.refusal import Refusal, Why
from rules.text.values import (
    months_after,
    read_date,
    read_document,
    read_text,
    read_yes_no,
    says_not_yet,
    says_unknown,
)
from rules.text.vietnamese import same_words

Form = tuple[FormField, ...]
FILE_KEYS = ("hash", "name", "type", "size")

SUMMARY = "summary"
NOTHING = "nothing"
MOST_ROWS = 500
EARLIEST = date(2000, 1, 1)
MAY_COME_LATER = (Kind.DOCUMENT, Kind.DATE, Kind.FILE)
"""What somebody may say of that it is not there yet."""


@dataclass(frozen=True)
class FileRef:
    """A stored file: its content hash, the name it came with, its type and size in bytes."""

    hash: str
    name: str
    type: str
    size: int


Value = Scalar | FileRef | tuple[Row, ...]


@dataclass(frozen=True)
class Dropped:
    """A row that was taken out of a list, and where it stood."""

    field: str
    place: int
    row: Row


@dataclass(frozen=True)
class FormState:
    """Answers so far and where the walk stands: a field's id, ``summary`` or ``nothing``.

    ``row`` and ``column`` are set while a row of a list is being filled. A key in ``answers``
    that holds None was skipped. ``doubts_seen`` are doubts that the person waved through. ``missed`` counts the answers in
    a row that the present question could not take; ``doubted`` was typed for it and may have been meant for something else.

    ``place`` is set while a row that is in the list already is being changed. ``offered`` are rows that were read and wait
    for a yes, ``waiting`` those that lack columns and are asked for one after the other, ``dropped`` the row dropped last.
    ``ticked`` are products of the register that are to join a list, ``shelf`` is the page of it that is looked at (shelf.py).
    ``named``: the row in hand was not typed, so that its question names it.
    """

    at: str
    answers: Mapping[str, Value] = field(default_factory=dict)
    row: Row | None = None
    column: str | None = None
    editing: bool = False
    doubts_seen: tuple[str, ...] = ()
    missed: int = 0
    doubted: str = ""
    place: int | None = None
    offered: tuple[Row, ...] = ()
    waiting: tuple[Row, ...] = ()
    dropped: Dropped | None = None
    ticked: tuple[int, ...] = ()
    shelf: int | None = None
    named: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, versioned."""
        answers = {key: _plain(value) for key, value in self.answers.items()}
        kept = {
            "v": 1, "at": self.at, "answers": answers, "row": self.row, "column": self.column,
            "editing": self.editing, "doubts_seen": list(self.doubts_seen), "missed": self.missed, "doubted": self.doubted,
        }  # fmt: skip
        dropped = {"field": self.dropped.field, "place": self.dropped.place, "row": self.dropped.row} if self.dropped else None
        of_lists: dict[str, Any] = {
            "place": self.place,
            "offered": list(self.offered),
            "waiting": list(self.waiting),
            "dropped": dropped,
        }
        of_lists |= {"ticked": list(self.ticked), "shelf": self.shelf, "named": self.named or None}
        return kept | {name: value for name, value in of_lists.items() if value not in (None, [])}

    @classmethod
    def from_json(cls, form: Form, kept: Mapping[str, Any]) -> "FormState":
        """What was kept. A place that the form no longer has becomes the first open question."""
        answers = answers_from_json(form, kept.get("answers", {}))
        state = cls(
            at=str(kept.get("at", form[0].id)), answers=answers, row=kept.get("row"), column=kept.get("column"),
            editing=bool(kept.get("editing")), doubts_seen=tuple(kept.get("doubts_seen", ())),
            missed=int(kept.get("missed", 0)), doubted=str(kept.get("doubted", "")),
            place=kept.get("place"), offered=tuple(kept.get("offered", ())), waiting=tuple(kept.get("waiting", ())),
            dropped=Dropped(**kept["dropped"]) if kept.get("dropped") else None,
            ticked=tuple(kept.get("ticked", ())), shelf=kept.get("shelf"), named=bool(kept.get("named")),
        )  # fmt: skip
        return state if _has_place(form, state) else _next(form, replace(_left(state), editing=False))


def answers_to_json(answers: Mapping[str, Value]) -> dict[str, Any]:
    """Answers as plain JSON."""
    return {key: _plain(value) for key, value in answers.items()}


def answers_from_json(form: Form, kept: Mapping[str, Any]) -> dict[str, Value]:
    """Answers as kept, without fields that the form no longer has."""
    known = {f.id: f for f in form}
    return {key: _value(known[key], value) for key, value in kept.items() if key in known}


def _plain(value: Value) -> Any:
    if isinstance(value, FileRef):
        return {key: getattr(value, key) for key in FILE_KEYS}
    return [dict(row) for row in value] if isinstance(value, tuple) else value


def _value(field: FormField, kept: Any) -> Value:
    if field.kind is Kind.FILE and isinstance(kept, dict):
        return FileRef(**{key: kept[key] for key in FILE_KEYS})
    if field.kind is Kind.LIST and isinstance(kept, list):
        return tuple(dict(row) for row in kept)
    return kept  # type: ignore[no-any-return]


def _has_place(form: Form, state: FormState) -> bool:
    if state.at in (SUMMARY, NOTHING):
        return True
    found = next((f for f in form if f.id == state.at), None)
    if found is None:
        return False
    if state.place is not None and not 0 <= state.place < len(rows_of(state, found)):
        return False
    return state.column is None or any(column.id == state.column for column in found.columns)


def _left(state: FormState) -> FormState:
    """No row of a list is in hand any more."""
    return replace(state, row=None, column=None, place=None, offered=(), waiting=(), ticked=(), shelf=None, named=False)


@dataclass(frozen=True)
class FormStep:
    """What is being asked: a field, or a column of a row of it."""

    field: FormField
    column: FormField | None
    number: int
    total: int
    rows: int
    may_skip: bool
    may_finish_list: bool
    place: int | None = None
    offered: tuple[Row, ...] = ()

    @property
    def asks(self) -> FormField:
        """The field or column that the answer is read as."""
        return self.column or self.field

    @property
    def between_rows(self) -> bool:
        """Whether a list is open and no row of it is in hand."""
        return self.field.kind is Kind.LIST and self.column is None and self.place is None and not self.offered


@dataclass(frozen=True)
class Stepped:
    """The step was taken."""

    state: FormState


@dataclass(frozen=True)
class NotTaken:
    """The step was not taken; the state stays as it was."""

    refusal: Refusal


@dataclass(frozen=True)
class AtStart:
    """There is nothing further back."""


Result = Stepped | NotTaken | AtStart


def start(form: Form, answers: Mapping[str, Value] | None = None) -> FormState:
    """A fresh walk, or one over earlier answers, which begins at the summary."""
    if answers:
        return FormState(at=SUMMARY, answers=dict(answers))
    return FormState(at=form[0].id)


def visible(form: Form, answers: Mapping[str, Value]) -> list[FormField]:
    """The fields that are asked, given the answers so far."""
    return [f for f in form if f.when is None or answers.get(f.when) not in (None, False, "")]


def _may_be_asked(form: Form, answers: Mapping[str, Value]) -> list[str]:
    """Those, and the ones that an open question may still bring: so the number of questions never grows on the way."""
    return [f.id for f in form if f.when is None or f.when not in answers or answers[f.when] not in (None, False, "")]


def question(form: Form, state: FormState) -> FormStep | None:
    """The question at which the walk stands; None at the summary and at "nothing to report"."""
    if state.at in (SUMMARY, NOTHING):
        return None
    ids = _may_be_asked(form, state.answers)
    current = _field(form, state.at)
    rows = rows_of(state, current)
    column = _column(current, state.column) if state.column else None
    in_list = current.kind is Kind.LIST and column is None
    step = FormStep(
        field=current, column=column,
        number=1 + ids.index(current.id) if current.id in ids else 1, total=len(ids), rows=len(rows),
        may_skip=not (column or current).required and not in_list, may_finish_list=False, place=state.place, offered=state.offered,
    )  # fmt: skip
    return replace(step, may_finish_list=step.between_rows and bool(rows))


def _is_for_later(kind: Kind, given: str) -> bool:
    return (kind in MAY_COME_LATER and says_not_yet(given)) or (kind is Kind.MONEY and says_unknown(given))


def answer(form: Form, state: FormState, given: str | FileRef, today: date) -> Result:
    """Take what a person typed, chose (an option's id) or sent for the current question."""
    asked = question(form, state)
    if asked is None:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    if asked.may_skip and isinstance(given, str) and _is_for_later(asked.asks.kind, given):
        return skip(form, state)
    try:
        if asked.field.kind is Kind.LIST:
            return Stepped(_answer_in_list(state, asked, given, today))
        value, along = read_value(asked.field, given, state.answers, today)
        along = allowed(form, along, today)
    except Refusal as refusal:
        return NotTaken(refusal)
    answers = {**_without_its_day(state.answers, asked.field, value), asked.field.id: value, **along}
    return Stepped(_after(form, replace(state, answers=answers, doubts_seen=()), asked.field))


def _without_its_day(answers: Mapping[str, Value], asked: FormField, value: Value) -> dict[str, Value]:
    """Another document has another day: it is asked for again."""
    other = asked.date_field is not None and answers.get(asked.id) != value
    return {key: kept for key, kept in answers.items() if not (other and key == asked.date_field)}


def _answer_in_list(state: FormState, asked: FormStep, given: str | FileRef, today: date) -> FormState:
    if asked.offered:
        raise Refusal(Why.ROWS_OFFERED)
    if asked.place is not None and asked.column is None:
        labels = {column.id: (column.label.vi, column.label.en, *column.names) for column in asked.field.columns}
        found = nearest(given, labels) if isinstance(given, str) else None
        if found is None:
            raise Refusal(Why.NOT_A_CHOICE)
        return replace(state, column=found)
    return _answer_row(state, asked, given, today)


def _answer_row(state: FormState, asked: FormStep, given: str | FileRef, today: date) -> FormState:
    columns = asked.field.columns
    column = asked.column or columns[0]
    if asked.column is None and asked.rows >= MOST_ROWS:
        raise Refusal(Why.TOO_MANY_ROWS, limit=MOST_ROWS)
    value, along = read_value(column, given, state.row or {}, today)
    along = allowed(columns, along, today)
    before = {k: scalar(v) for k, v in _without_its_day(state.row or {}, column, value).items()}
    row: Row = {**before, column.id: scalar(value), **{k: scalar(v) for k, v in along.items()}}
    return _after_column(state, asked.field, row)


def scalar(value: Value) -> Scalar:
    """A value that a column may hold."""
    if isinstance(value, FileRef | tuple):
        raise TypeError("a column holds no file and no list")
    return value


def _after_column(state: FormState, current: FormField, row: Row) -> FormState:
    """The next column that the row still lacks, or the row joins the list, or takes its place there again."""
    lacks = _lacks(current, row)
    if lacks is not None:
        return replace(state, row=row, column=lacks)
    rows = list(rows_of(state, current))
    if state.place is not None:
        rows[state.place] = row
    else:
        rows = list(join(current, rows, (row,)).rows)
    done = replace(
        state,
        answers={**state.answers, current.id: tuple(rows)},
        row=None,
        column=None,
        place=None,
        dropped=None,
        doubts_seen=(),
        named=False,
    )
    return _ask_for_waiting(done, current)


def _lacks(current: FormField, row: Row) -> str | None:
    """The first column that a row has nothing of, not even that it was skipped."""
    return next((column.id for column in current.columns if column.id not in row), None)


def _ask_for_waiting(state: FormState, current: FormField) -> FormState:
    """The next of the rows that lack something comes into hand, once none is."""
    if state.row is not None or state.place is not None or not state.waiting:
        return state
    row, *others = state.waiting
    return replace(state, row=dict(row), column=_lacks(current, row), waiting=tuple(others), named=True)


def back(form: Form, state: FormState) -> Result:
    """One question back; from an edit, to the summary with the answer as it was."""
    if state.at == NOTHING:
        return Stepped(replace(state, at=SUMMARY) if _complete(form, state) else _next(form, state))
    if state.offered:
        return Stepped(replace(state, offered=()))
    if state.place is not None:
        return Stepped(replace(state, column=None) if state.column else replace(state, row=None, place=None))
    if state.row is not None and state.at not in (SUMMARY,):
        return Stepped(_ask_for_waiting(_back_in_row(form, state), _field(form, state.at)))
    if state.editing:
        return Stepped(
            replace(state, at=SUMMARY, editing=False) if _complete(form, state) else _next(form, replace(state, editing=False))
        )
    asked = visible(form, state.answers)
    ids = [f.id for f in asked]
    place = len(ids) if state.at == SUMMARY else ids.index(state.at) if state.at in ids else 0
    if place == 0:
        return AtStart()
    return Stepped(replace(_left(state), at=ids[place - 1]))


def _back_in_row(form: Form, state: FormState) -> FormState:
    columns = [c.id for c in _field(form, state.at).columns]
    place = columns.index(state.column) if state.column in columns else 0
    row = dict(state.row or {})
    row.pop(columns[place], None)
    if place <= 1:
        return replace(state, row=None, column=None, named=False)
    row.pop(columns[place - 1], None)
    return replace(state, row=row, column=columns[place - 1])


def skip(form: Form, state: FormState) -> Result:
    """Leave the current question empty, where it may be."""
    asked = question(form, state)
    if asked is None or not asked.may_skip:
        return NotTaken(Refusal(Why.REQUIRED))
    if asked.column:
        return Stepped(_after_column(state, asked.field, {**(state.row or {}), asked.column.id: None}))
    answers = {**state.answers, asked.field.id: None}
    for hidden in form:
        if hidden.when == asked.field.id:
            answers.pop(hidden.id, None)
    return Stepped(_after(form, replace(state, answers=answers, doubts_seen=()), asked.field))


def finish_list(form: Form, state: FormState) -> Result:
    """The list is complete: on to the next question."""
    asked = question(form, state)
    if asked is None or asked.field.kind is not Kind.LIST:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    if asked.offered:
        return NotTaken(Refusal(Why.ROWS_OFFERED))
    if asked.column is not None:
        return NotTaken(Refusal(Why.ROW_UNFINISHED, facts=(asked.column.id,)))
    if not asked.rows and asked.field.required:
        return NotTaken(Refusal(Why.NO_ROWS))
    return Stepped(_after(form, replace(state, place=None, row=None), asked.field))


def drop_row(form: Form, state: FormState, number: int | None = None) -> Result:
    """Throw away the row of that number; without one the row in hand, or else the last one in the list."""
    asked = question(form, state)
    if asked is None or asked.field.kind is not Kind.LIST:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    if state.row is not None and state.place is None and number is None:
        return Stepped(_ask_for_waiting(replace(state, row=None, column=None, named=False), asked.field))
    if not asked.rows:
        return NotTaken(Refusal(Why.NO_ROWS))
    if number is None:
        number = asked.rows if state.place is None else state.place + 1
    if not 1 <= number <= asked.rows:
        return NotTaken(Refusal(Why.NO_SUCH_ROW, str(number), limit=asked.rows))
    rows = list(rows_of(state, asked.field))
    dropped = Dropped(asked.field.id, number - 1, rows.pop(number - 1))
    state = state if state.place is None else replace(state, place=None, row=None, column=None)
    answers = {**state.answers, asked.field.id: tuple(rows)}
    return Stepped(replace(state, answers=answers, dropped=dropped, doubts_seen=()))


def put_back(form: Form, state: FormState) -> Result:
    """The row that was dropped last stands where it stood."""
    asked, dropped = question(form, state), state.dropped
    if asked is None or dropped is None or dropped.field != asked.field.id:
        return NotTaken(Refusal(Why.NOTHING_DROPPED))
    rows = list(rows_of(state, asked.field))
    if len(rows) >= MOST_ROWS:
        return NotTaken(Refusal(Why.TOO_MANY_ROWS, limit=MOST_ROWS))
    rows.insert(min(dropped.place, len(rows)), dropped.row)
    place = state.place + 1 if state.place is not None and state.place >= dropped.place else state.place
    answers = {**state.answers, asked.field.id: tuple(rows)}
    return Stepped(replace(state, answers=answers, dropped=None, place=place, doubts_seen=()))


def take_row(form: Form, state: FormState, number: int) -> Result:
    """The row of that number comes into hand, to be changed."""
    asked = question(form, state)
    if asked is None or asked.field.kind is not Kind.LIST or asked.offered:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    if asked.column is not None and asked.place is None:
        return NotTaken(Refusal(Why.ROW_UNFINISHED, facts=(asked.column.id,)))
    if not 1 <= number <= asked.rows:
        return NotTaken(Refusal(Why.NO_SUCH_ROW, str(number), limit=asked.rows))
    return Stepped(replace(state, place=number - 1, row=dict(rows_of(state, asked.field)[number - 1]), column=None))


def take_column(form: Form, state: FormState, column_id: str) -> Result:
    """That column of the row in hand is asked for again."""
    asked = question(form, state)
    if asked is None or asked.place is None or column_id not in [column.id for column in asked.field.columns]:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    return Stepped(replace(state, column=column_id))


def add_rows(form: Form, state: FormState, rows: tuple[Row, ...], field_id: str = "") -> Result:
    """Whole rows join the list that is asked for, or that field's from anywhere; what is the same is not doubled, and a row
    in hand stays there."""
    asked = question(form, state)
    field = _field(form, field_id) if field_id else asked.field if asked else None
    if field is None or field.kind is not Kind.LIST:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    kept = join(field, rows_of(state, field), rows).rows
    if len(kept) > MOST_ROWS:
        return NotTaken(Refusal(Why.TOO_MANY_ROWS, limit=MOST_ROWS))
    if state.at != field.id:
        state = replace(_left(state), at=field.id, editing=state.editing or state.at == SUMMARY)
    return Stepped(replace(state, answers={**state.answers, field.id: kept}, doubts_seen=()))


def joined(state: FormState, field: FormField, rows: tuple[Row, ...]) -> Joined:
    """What becomes of rows that join a list as it stands."""
    return join(field, rows_of(state, field), rows)


def offer_rows(form: Form, state: FormState, rows: tuple[Row, ...]) -> Result:
    """Rows that were read wait for a yes, with those that wait already; they may lack columns."""
    asked = question(form, state)
    if asked is None or not (asked.between_rows or asked.offered):
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    offered = join(asked.field, state.offered, rows).rows
    if asked.rows + len(offered) > MOST_ROWS:
        return NotTaken(Refusal(Why.TOO_MANY_ROWS, limit=MOST_ROWS))
    return Stepped(replace(state, offered=offered))


def add_offered(form: Form, state: FormState) -> Result:
    """Yes: whole rows join the list, and the others are asked for, one after the other."""
    asked = question(form, state)
    if asked is None or not asked.offered:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    whole = tuple(row for row in state.offered if _lacks(asked.field, row) is None)
    waiting = tuple(row for row in state.offered if _lacks(asked.field, row) is not None)
    result = add_rows(form, replace(state, offered=()), whole)
    return (
        Stepped(_ask_for_waiting(replace(result.state, waiting=waiting), asked.field)) if isinstance(result, Stepped) else result
    )


def nothing_to_report(state: FormState) -> FormState:
    """Stand before the confirmation of "không phát sinh"; the answers are kept for the way back."""
    return replace(_left(state), at=NOTHING, editing=False)


def changeable(form: Form, state: FormState) -> list[FormField]:
    """The answers that can be changed as the walk stands: what was given for the row being filled, or else for the form."""
    if state.row is not None and state.at not in (SUMMARY, NOTHING):
        return [column for column in _field(form, state.at).columns if column.id in state.row]
    given = visible(form, state.answers)
    return given if state.at == SUMMARY else [f for f in given if f.id in state.answers and f.id != state.at]


def edit(form: Form, state: FormState, field_id: str) -> Result:
    """Change one answer: any from the summary, an earlier one on the way, one of the row being filled."""
    if field_id not in [f.id for f in changeable(form, state)]:
        return NotTaken(Refusal(Why.NOT_A_CHOICE))
    if state.row is not None and state.place is not None:
        return take_column(form, state, field_id)
    if state.row is not None:
        row = {key: value for key, value in state.row.items() if key != field_id}
        return Stepped(replace(state, row=row, column=field_id))
    return Stepped(replace(_left(state), at=field_id, editing=True))


def lacking_document(form: Form, answers: Mapping[str, Value]) -> str:
    """The question that is still open of a document's number and day; empty where there is none."""
    asked = next((f for f in form if f.kind is Kind.DOCUMENT and f.when is None), None)
    if asked is None:
        return ""
    wanted = [asked.id, *([asked.date_field] if asked.date_field else [])]
    return next((field for field in wanted if _empty(answers.get(field))), "")


def can_send(form: Form, state: FormState) -> bool:
    """Whether the walk stands at a summary with every required answer given."""
    return state.at == SUMMARY and _complete(form, state)


def doubts(form: Form, answers: Mapping[str, Value], others: tuple[tuple[Row, ...], ...] = ()) -> list[str]:
    """What looks empty or impossible and is asked about once before sending.

    ``others`` are the lists other units sent for the same obligation. Returns ids such as
    ``all_zero``, ``above:give_back``, ``together:allocated``, ``same_list``.
    """
    found = []
    amounts = [amount for f in form if f.kind is Kind.MONEY and (amount := answers.get(f.id)) is not None]
    if amounts and all(amount == 0 for amount in amounts):
        found.append("all_zero")
    for f in form:
        value, limit = answers.get(f.id), answers.get(f.at_most or "")
        if f.at_most and isinstance(value, int) and isinstance(limit, int) and value > limit:
            found.append(f"above:{f.id}")
        if f.kind is Kind.LIST and isinstance(value, tuple) and value:
            mine = {tuple(sorted(_comparable(row).items())) for row in value}
            if any(mine == {tuple(sorted(_comparable(row).items())) for row in other} for other in others):
                found.append("same_list")
    return [*found, *_above_together(form, answers)]


def _above_together(form: Form, answers: Mapping[str, Value]) -> list[str]:
    """Amounts that share a limit and exceed it together, as what was spent and what is given back."""
    found = []
    for limiting in {f.at_most: None for f in form if f.at_most}:
        parts = [amount for f in form if f.at_most == limiting and isinstance(amount := answers.get(f.id), int)]
        limit = answers.get(limiting)
        if isinstance(limit, int) and len(parts) > 1 and max(parts) <= limit < sum(parts):
            found.append(f"together:{limiting}")
    return found


def _comparable(row: Row) -> dict[str, str]:
    return {key: same_words(str(value)) for key, value in row.items() if value not in (None, "")}


def read_value(
    asked: FormField, given: str | FileRef, others: Mapping[str, Value], today: date
) -> tuple[Value, dict[str, Value]]:
    """The value of one answer, and what was typed along with it. Raises :class:`Refusal`."""
    if isinstance(given, FileRef):
        if asked.kind is Kind.FILE:
            return given, {}
        raise Refusal(Why.NEEDS_TEXT, given.name)
    match asked.kind:
        case Kind.FILE:
            raise Refusal(Why.NEEDS_A_FILE, given[:40])
        case Kind.MONEY:
            amount = read_money(given)
            limit = others.get(asked.at_most or "")
            if isinstance(limit, int) and amount > limit:
                raise Refusal(Why.ABOVE, given, limit=limit, facts=(asked.at_most or "",))
            return amount, {}
        case Kind.YES_NO:
            return read_yes_no(given), {}
        case Kind.CHOICE:
            return _option(asked, given), {}
        case Kind.DATE:
            day = _date(asked, read_date(given, today), given, today)
            return day.isoformat(), {}
        case Kind.DOCUMENT:
            document = read_document(given, today)
            if asked.date_field is None or document.day is None:
                return document.number, {}
            return document.number, {asked.date_field: document.day.isoformat()}
        case _:
            return read_text(given), {}


def _date(asked: FormField, day: date, given: str, today: date) -> date:
    if day > today:
        raise Refusal(Why.IN_THE_FUTURE, given, day=day.isoformat())
    if day < EARLIEST:
        raise Refusal(Why.TOO_OLD, given, day=day.isoformat())
    return day


def ready_on(asked: FormField, value: Value, by: date | None) -> date | None:
    """The day on which so many months are full, where that is only after the day by which they have to be; None where all is
    well. The department judges what follows: such an answer is taken and marked."""
    if by is None or not asked.months_before or not isinstance(value, str) or not value:
        return None
    full = months_after(date.fromisoformat(value), asked.months_before)
    return full if full > by else None


def allowed(form: Form, along: dict[str, Value], today: date) -> dict[str, Value]:
    """What was typed along with an answer, less what its own question would refuse: that is asked."""
    taken: dict[str, Value] = {}
    for field_id, value in along.items():
        try:
            _date(_field(form, field_id), date.fromisoformat(str(value)), str(value), today)
            taken[field_id] = value
        except Refusal:
            continue
    return taken


def _option(asked: FormField, given: str) -> str:
    """An option by its id or its words; else the one whose words are nearest, if it is one alone."""
    for option in asked.options:
        if given == option.id:
            return option.id
    found = nearest(given, {option.id: (option.label.vi, option.label.en) for option in asked.options})
    if found:
        return found
    raise Refusal(Why.NOT_A_CHOICE, given[:40], facts=tuple(o.id for o in asked.options))


def _after(form: Form, state: FormState, current: FormField) -> FormState:
    """Where the walk stands once that field is answered."""
    if not state.editing:
        return _next(form, state, after=current.id)
    follow = next((f for f in visible(form, state.answers) if f.when == current.id and f.id not in state.answers), None)
    if follow:
        return replace(_left(state), at=follow.id)
    return replace(_next(form, state), editing=False)


def _next(form: Form, state: FormState, after: str | None = None) -> FormState:
    """The first question still open (behind ``after`` first), or the summary."""
    asked = visible(form, state.answers)
    ids = [f.id for f in asked]
    behind = asked[ids.index(after) + 1 :] if after in ids else asked
    for candidate in (*behind, *asked):
        unfinished = candidate.id not in state.answers or (candidate.required and _empty(state.answers[candidate.id]))
        if unfinished and candidate.id != after:
            return replace(_left(state), at=candidate.id)
    return replace(_left(state), at=SUMMARY, editing=False)


def _complete(form: Form, state: FormState) -> bool:
    return all(f.id in state.answers and not (f.required and _empty(state.answers[f.id])) for f in visible(form, state.answers))


def _empty(value: Value) -> bool:
    return value is None or value == () or value == ""


def _field(form: Form, field_id: str) -> FormField:
    return next(f for f in form if f.id == field_id)


def _column(current: FormField, column_id: str) -> FormField:
    return next(c for c in current.columns if c.id == column_id)


def list_of(form: Form) -> FormField | None:
    """The list of a form, if it has one."""
    return next((f for f in form if f.kind is Kind.LIST), None)


def rows_of(state: FormState, current: FormField) -> tuple[Row, ...]:
    """The rows of a list so far."""
    rows = state.answers.get(current.id)
    return rows if isinstance(rows, tuple) else ()
