"""Files in a report: photos, documents, and lists as Excel."""

from handlers.conversation import Filling as FillingTopic
from handlers.message import OutFile
from handlers.papers.excel import NotTheTemplate, read_list, template
from handlers.reporting import secrecy, which
from handlers.reporting.filling import Filling, ask, find, move, question_choices, refuse, take, with_file
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from handlers.wording.forms import cell_refusal_text
from rules.actions import RefuseFile, TakeFile
from rules.campaign import forms
from rules.campaign.forms import FileRef, NotTaken, Stepped
from rules.campaign.model import Kind
from storage import files
from storage.files import FileStore, StoredFile

XLSX_NAME = "mau-danh-sach"
TAKEN_TYPES = ("pdf", "jpeg", "png", "webp", "heic", "docx", "xlsx", "doc")
BAD_CELLS_SHOWN = 8


def take_file(turn: Turn, _: TakeFile) -> None:
    """A photo or a document, inside a form or out of the blue."""
    sent = turn.incoming.file
    assert turn.person
    assert sent
    filling = find(turn, turn.topic.draft) if isinstance(turn.topic, FillingTopic) else None
    if filling is None and turn.unit is None:
        turn.say(turn.words.tr("report.not_yours"))  # and nobody's file is opened
        return
    trouble = file_trouble(turn.words, turn.library.files, sent, "")
    if trouble:
        turn.say(trouble)
        if filling:
            ask(turn, filling)
        return
    files.record_file(turn.db, sent, turn.person.id, turn.now)
    ref = FileRef(sent.hash, sent.name, sent.type, sent.size)
    if filling is not None:
        _take_file(turn, filling, ref)
    else:
        turn.rest()
        turn.hold_file(ref)
        turn.say(turn.words.tr("file.for_which", name=ref.name))
        which.offer(turn)


def refuse_file(turn: Turn, _: RefuseFile) -> None:
    """What is wrong with a file is said to everybody."""
    turn.say(outer_trouble(turn.words, turn.incoming.file, turn.incoming.trouble))


def _take_file(turn: Turn, filling: Filling, ref: FileRef) -> None:
    asked = forms.question(filling.form, filling.state)
    if asked and asked.field.kind is Kind.LIST and ref.type == "xlsx":
        _take_list(turn, filling, ref)
    elif asked and asked.field.kind is Kind.FILE:
        take(turn, filling, forms.answer(filling.form, filling.state, ref, turn.today))
    else:
        noted = turn.words.tr("file.attached", name=ref.name)
        move(turn, filling, with_file(filling.form, filling.state, ref), noted)


def file_trouble(words: Words, store: FileStore, sent: StoredFile | None, trouble: str) -> str:
    """Why the file can't be taken; empty if it can. Opens it: only for somebody who may send one."""
    outer = outer_trouble(words, sent, trouble)
    if outer or sent is None:
        return outer
    return words.tr("secret") if secrecy.marked_file(sent.name, sent.type, store.get(sent.hash)) else ""


def outer_trouble(words: Words, sent: StoredFile | None, trouble: str) -> str:
    """What is wrong with a file before it is opened."""
    if trouble == "too_big":
        return words.tr("file.too_big")
    if trouble == "unsupported":
        return words.tr("file.unsupported")
    if trouble or sent is None:
        return words.tr("file.not_fetched")
    if sent.size > files.MOST_BYTES:
        return words.tr("file.too_big")
    if sent.type not in TAKEN_TYPES:
        return words.tr("file.wrong_kind", name=sent.name)
    return ""


def send_template(turn: Turn, filling: Filling) -> None:
    """The list's empty template, as a file."""
    asked = forms.question(filling.form, filling.state)
    if asked is None or asked.field.kind is not Kind.LIST:
        ask(turn, filling)
        return
    stored = turn.library.files.put(template(turn.words, asked.field), f"{XLSX_NAME}-{filling.obligation.slug}.xlsx")
    choices = question_choices(turn, filling, asked)
    turn.say(turn.words.tr("list.template"), *choices, file=OutFile(stored.hash, stored.name), wants_file=True)


def _take_list(turn: Turn, filling: Filling, ref: FileRef) -> None:
    asked = forms.question(filling.form, filling.state)
    assert asked
    try:
        found = read_list(turn.library.files.get(ref.hash), asked.field, turn.today)
    except NotTheTemplate:
        ask(turn, filling, turn.words.tr("list.not_the_template"))
        return
    lines = [turn.words.trn("list.taken_one", "list.taken_many", len(found.rows))]
    if found.bad:
        lines.append(turn.words.tr("list.bad"))
        for cell in found.bad[:BAD_CELLS_SHOWN]:
            why = cell_refusal_text(turn.words, cell.column, cell.refusal)
            label = cell.column.label.in_(turn.words.language)
            lines.append(turn.words.tr("list.bad_cell", row=cell.row, column=label, why=why))
        if len(found.bad) > BAD_CELLS_SHOWN:
            lines.append(turn.words.tr("value.more_rows", count=len(found.bad) - BAD_CELLS_SHOWN))
    result = forms.add_rows(filling.form, filling.state, found.rows)
    if isinstance(result, Stepped):
        move(turn, filling, result.state, "\n".join(lines))
    elif isinstance(result, NotTaken):
        refuse(turn, filling, result.refusal)
