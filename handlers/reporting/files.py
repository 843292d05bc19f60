"""Files in a report: photos, documents, and lists as Excel."""

from handlers import everyday
from handlers.conversation import Filling as FillingTopic
from handlers.file_trouble import FileTrouble
from handlers.reporting import sheets, which
from handlers.reporting.filling import Filling, ask, find, move, take, with_file
from handlers.turn import Turn
from handlers.wording.catalogs import Words
from rules.actions import KeepFile, RefuseFile, TakeFile
from rules.campaign import forms
from rules.campaign.forms import FileRef
from rules.campaign.model import Kind
from rules.directory.model import Directory
from storage import files
from storage.files import StoredFile
from storage.people import Person

TAKEN_TYPES = ("pdf", "jpeg", "png", "webp", "heic", "docx", "xlsx", "doc")
OLD_EXCEL = ".xls"
WORKBOOK = ".xlsx"


def take_file(turn: Turn, _: TakeFile) -> None:
    """A photo or a document, inside a form or out of the blue."""
    sent = turn.incoming.file
    assert turn.person
    if turn.unit is None:
        turn.say(turn.words.tr("report.not_yours"))
        return
    filling = find(turn, turn.topic.draft) if isinstance(turn.topic, FillingTopic) else None
    if sent is None or turn.incoming.trouble:  # who may send one only since a moment ago
        turn.say(trouble_text(turn.words, FileTrouble.NOT_FETCHED, sent))
        return
    files.record_file(turn.db, sent, turn.person.id, turn.now)
    ref = FileRef(sent.hash, sent.name, sent.type, sent.size)
    if filling is not None:
        _take_file(turn, filling, ref)
    else:
        _hold(turn, ref)


def _hold(turn: Turn, ref: FileRef) -> None:
    """Keep a file until its report is chosen. It takes the place of one that waits already, and that is said."""
    before = turn.conversation.file_for(turn.unit.slug) if turn.unit else None
    turn.rest()
    if sheets.offer(turn, ref):
        return
    turn.hold_file(ref)
    if before and before.hash != ref.hash:
        turn.say(turn.words.tr("file.for_which_instead", name=ref.name, before=before.name))
    else:
        turn.say(turn.words.tr("file.for_which", name=ref.name))
    which.offer(turn)


def keep_file(turn: Turn, _: KeepFile) -> None:
    """A list that came as a file is not read: the file goes with a report, as any other."""
    waiting = turn.conversation.file_for(turn.unit.slug) if turn.unit else None
    if waiting is None:
        turn.say(turn.words.tr("stale"), *everyday.first_choices(turn))
        return
    turn.hold_file(waiting)
    turn.say(turn.words.tr("file.for_which", name=waiting.name))
    which.offer(turn)


def may_bring(person: Person | None, directory: Directory, name: str) -> bool:
    """Whether a file of that name is taken from somebody at all: of any other not a byte is fetched, opened or kept. Who oversees
    sends no report, and nothing but a workbook: it may be the register."""
    if person is None:
        return False
    return directory.has_unit(person.unit) or (person.role.oversees and name.lower().endswith(WORKBOOK))


def refuse_file(turn: Turn, _: RefuseFile) -> None:
    """What is wrong with a file is said to everybody."""
    assert turn.incoming.trouble
    turn.say(trouble_text(turn.words, turn.incoming.trouble, turn.incoming.file))


def _take_file(turn: Turn, filling: Filling, ref: FileRef) -> None:
    asked = forms.question(filling.form, filling.state)
    if asked and asked.field.kind is Kind.LIST and ref.type == "xlsx":
        sheets.take_list(turn, filling, asked)
    elif asked and asked.field.kind is Kind.LIST and ref.name.lower().endswith(OLD_EXCEL):
        ask(turn, filling, turn.words.tr("list.old_excel", name=ref.name))
    elif asked and asked.field.kind is Kind.FILE:
        take(turn, filling, forms.answer(filling.form, filling.state, ref, turn.today))
    else:
        move(turn, filling, with_file(filling.form, filling.state, ref), _attached(turn, filling, ref))


def _attached(turn: Turn, filling: Filling, ref: FileRef) -> str:
    """That a file goes with the report, and which one goes with it no more."""
    state = filling.state
    before = next((state.answers.get(field.id) for field in filling.form if field.kind is Kind.FILE), None)
    if isinstance(before, FileRef) and before.hash != ref.hash:
        return turn.words.tr("file.attached_instead", name=ref.name, before=before.name)
    return turn.words.tr("file.attached", name=ref.name)


def trouble_before_opening(sent: StoredFile) -> FileTrouble | None:
    """What is wrong with a file before it is opened."""
    if sent.size > files.MOST_BYTES:
        return FileTrouble.TOO_BIG
    unopenable = {files.LOCKED: FileTrouble.LOCKED, files.BROKEN: FileTrouble.UNREADABLE}
    return None if sent.type in TAKEN_TYPES else unopenable.get(sent.type, FileTrouble.WRONG_KIND)


def trouble_text(words: Words, trouble: FileTrouble, sent: StoredFile | None) -> str:
    """What is wrong with a file, and what to do about it."""
    name = sent.name if sent else ""
    match trouble:
        case FileTrouble.TOO_BIG:
            return words.tr("file.too_big")
        case FileTrouble.UNSUPPORTED:
            return words.tr("file.unsupported")
        case FileTrouble.WRONG_KIND:
            return words.tr("file.wrong_kind", name=name)
        case FileTrouble.SECRET:
            return words.tr("secret")
        case FileTrouble.UNREADABLE:
            return words.tr("file.unreadable", name=name)
        case FileTrouble.LOCKED:
            return words.tr("file.locked", name=name)
        case FileTrouble.NOT_KEPT:
            return words.tr("file.not_kept")
        case FileTrouble.NOT_FETCHED | FileTrouble.UNOPENED:
            return words.tr("file.not_fetched")
