"""Lists that come as Excel: into the open form, or out of the blue for the report that they fit."""

from collections.abc import Sequence

from handlers.message import Choice
from handlers.reporting.filling import Filling, ask, move, refuse, with_file
from handlers.turn import Turn
from handlers.wording import lists as wording
from rules.actions import BeginReport, KeepFile
from rules.campaign import forms
from rules.campaign.alike import Row
from rules.campaign.forms import FileRef, Form, FormState, FormStep, NotTaken, Stepped
from rules.campaign.headings import Line
from rules.campaign.model import FormField, Obligation
from rules.campaign.sheets import NotTheTemplate, ReadList, Table, read_list, read_table, table_in
from rules.text.vietnamese import same_words


def take_list(turn: Turn, filling: Filling, asked: FormStep) -> None:
    """A workbook for the list that is asked for."""
    words = turn.words
    try:
        found = read_list(turn.incoming.sheets, asked.field, turn.today)
    except NotTheTemplate:
        ask(turn, filling, words.tr("list.not_the_template"))
        return
    if found.missing:
        ask(turn, filling, wording.missing_text(words, found))
        return
    amiss = wording.amiss_in_sheet(words, found)
    if not found.rows:
        ask(turn, filling, amiss or words.tr("list.no_rows"))
        return
    joined = forms.joined(filling.state, asked.field, found.rows)
    result = forms.add_rows(filling.form, filling.state, found.rows)
    if isinstance(result, Stepped):
        move(turn, filling, result.state, "\n".join(filter(None, [wording.joined_text(words, joined), amiss])))
    elif isinstance(result, NotTaken):
        refuse(turn, filling, result.refusal)


# ---------------------------------------------------------------- out of the blue


def offer(turn: Turn, ref: FileRef) -> bool:
    """Offer to fill in the report that a workbook's list is for; whether it is one."""
    read = {duty.slug: (duty, found) for duty, found in _lists(turn) if found.rows}
    if not read:
        return False
    words = turn.words
    turn.hold_file(ref, {slug: found.rows for slug, (_, found) in read.items()})
    first, found = next(iter(read.values()))
    if len(read) == 1:
        text = words.trn("list.blue_one", "list.blue_many", len(found.rows), name=ref.name, title=turn.title(first))
        choices = [Choice(words.tr("button.fill_in"), BeginReport(turn.campaign.duty(first)))]
    else:
        text = words.trn("list.blue_which_one", "list.blue_which_many", len(found.rows), name=ref.name)
        short = [(duty, duty.short.in_(words.language)) for duty, _ in read.values()]
        choices = [
            Choice(words.tr("button.fill_into", short=name), BeginReport(turn.campaign.duty(duty))) for duty, name in short
        ]
    amiss = wording.amiss_in_sheet(words, found, taken=False)
    turn.say("\n".join(filter(None, [text, amiss])), *choices, Choice(words.tr("button.keep_file"), KeepFile()))
    return True


def _lists(turn: Turn) -> list[tuple[Obligation, ReadList]]:
    """The duties of the own unit whose list a workbook holds: those that its title names, else those with most columns."""
    tables: list[tuple[tuple[bool, int], Obligation, FormField, Table]] = []
    for duty in turn.campaign.owed_by(turn.unit) if turn.unit else ():
        field = forms.list_of(turn.campaign.form(duty))
        table = table_in(turn.incoming.sheets, field) if field else None
        if field and table and not table.heading.missing(field):
            named = _names(table.lines[: table.heading.last], field, duty)
            tables.append(((named, len(table.heading.columns)), duty, field, table))
    best = max((rank for rank, *_ in tables), default=None)
    return [(duty, read_table(table, field, turn.today)) for rank, duty, field, table in tables if rank == best]


def _names(above: Sequence[Line], field: FormField, duty: Obligation) -> bool:
    """Whether what stands above the headings names that list."""
    said = " ".join(same_words(cell[:300]) for line in above for cell in line if isinstance(cell, str))
    names = (field.label.vi, field.label.en, duty.title.vi, duty.title.en)
    return any(same_words(name) in said for name in names)


def with_waiting(turn: Turn, unit: str, slug: str, form: Form, state: FormState) -> tuple[FormState, list[str]]:
    """A report as it begins, with the list or the file that waits for it, and what is to be said of that."""
    waiting = turn.conversation.file_for(unit)
    rows = _fitting(turn.conversation.rows_for(unit, slug), forms.list_of(form))
    field = forms.list_of(form)
    if field is None or not rows:
        return (with_file(form, state, waiting) if waiting else state), []
    joined = forms.joined(state, field, rows)
    result = forms.add_rows(form, state, rows, field.id)
    if isinstance(result, Stepped):
        return result.state, [wording.joined_text(turn.words, joined)]
    return state, [turn.words.tr("refused.too_many_rows", limit=forms.MOST_ROWS)]


def _fitting(rows: tuple[Row, ...], field: FormField | None) -> tuple[Row, ...]:
    """Rows that still have the columns of the form, which may have been changed since they were read."""
    columns = {column.id for column in field.columns} if field else set()
    return tuple(row for row in rows if set(row) == columns)
