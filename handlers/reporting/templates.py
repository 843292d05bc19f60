"""The templates of lists, wherever they are asked for."""

from handlers.conversation import Filling as FillingTopic
from handlers.message import Choice, OutFile
from handlers.papers.template import template
from handlers.reporting.filling import Filling, ask, find, question_choices
from handlers.turn import Turn
from rules.actions import BeginReport, ChooseTemplate, SendTemplate
from rules.campaign import forms
from rules.campaign.model import FormField, Obligation
from rules.text.vietnamese import same_words
from storage import files
from storage.files import StoredFile

LONGEST = 16
"""Words of such a wish."""
MORE = 3
"""Words that may follow a template's name, to say which."""
_ASKS = frozenset(("cho", "xin", "gui", "lay", "tai", "da", "em", "toi", "minh", "please", "send", "get"))
_TEMPLATE = frozenset(
    [
        "mau excel",
        "excel mau",
        "file mau",
        "tep mau",
        "mau file",
        "mau tep",
        "mau danh sach",
        "danh sach mau",
        "bieu mau excel",
        "mau bieu excel",
        "bang mau",
        "mau bang",
        "bieu mau danh sach",
        "file excel mau",
        "mau dien",
        "lay mau",
        "xin mau",
        "tai mau",
        "mau nhap",
        "mau de dien",
        "excel template",
        "template",
        "excel form",
    ]
)


def wanted(text: str, may_be_data: bool = False) -> bool:
    """Whether a template of ours is what a text asks for. ``may_be_data``: it may as well answer a question, so that it has to
    ask politely, or name a template and hardly more."""
    said = same_words(text)
    found = [words for words in _TEMPLATE if f" {words} " in f" {said} "]
    if not found or len(said.split()) > LONGEST:
        return False
    begins = any(said.startswith(words) and len(said.split()) <= len(words.split()) + MORE for words in found)
    return not may_be_data or begins or (said.split()[0] in _ASKS and len(said.split()) <= LONGEST // 2)


def lists(turn: Turn) -> list[tuple[Obligation, FormField]]:
    """The duties with a list that somebody has to do with: the own unit's, or all."""
    duties = turn.campaign.owed_by(turn.unit) if turn.unit and not turn.oversees else turn.campaign.obligations
    return [(duty, field) for duty in duties if (field := forms.list_of(turn.campaign.form(duty)))]


def choose(turn: Turn, _: ChooseTemplate) -> None:
    """Of which list?"""
    found = lists(turn)
    if not found:
        turn.say(turn.words.tr("list.no_templates"))
    elif len(found) == 1:
        _send(turn, *found[0])
    else:
        language = turn.words.language
        choices = [Choice(field.label.in_(language), SendTemplate(turn.campaign.duty(duty))) for duty, field in found]
        turn.say(turn.words.tr("list.which_template"), *choices)


def send(turn: Turn, action: SendTemplate) -> None:
    """The template of that list."""
    duty = turn.campaign.obligation(action.duty.slug)
    field = forms.list_of(turn.campaign.form(duty))
    if field is None:
        choose(turn, ChooseTemplate())
    else:
        _send(turn, duty, field)


def _send(turn: Turn, duty: Obligation, field: FormField) -> None:
    stored, words = _made(turn, duty.slug, field), turn.words
    label = words.tr("button.report_next", title=duty.short.in_(words.language))
    begin = [] if _is_open(turn, duty) else [Choice(label, BeginReport(turn.campaign.duty(duty)))]
    turn.say(words.tr("list.template"), *begin, file=OutFile(stored.hash, stored.name), wants_file=not turn.oversees)


def _is_open(turn: Turn, duty: Obligation) -> bool:
    """Whether that duty's report is the one being filled."""
    filling = find(turn, turn.topic.draft) if isinstance(turn.topic, FillingTopic) else None
    return filling is not None and filling.obligation.slug == duty.slug


def send_asked(turn: Turn, filling: Filling) -> None:
    """The template of the list that is being asked for."""
    asked = forms.question(filling.form, filling.state)
    if asked is None or not asked.between_rows:
        ask(turn, filling)
        return
    stored = _made(turn, filling.obligation.slug, asked.field)
    choices = question_choices(turn, filling, asked)
    turn.say(turn.words.tr("list.template"), *choices, file=OutFile(stored.hash, stored.name), wants_file=True)


def _made(turn: Turn, slug: str, field: FormField) -> StoredFile:
    """Made once a process and language: a workbook takes longer than a turn should."""
    made, key = turn.library.templates, (slug, field.id, turn.words.language)
    if key not in made:
        label = field.label.in_(turn.words.language)
        name = turn.words.tr("list.file_name", label=label[:1].lower() + label[1:])
        made[key] = turn.library.files.put(template(turn.words, field), f"{name}.xlsx")
    files.record_file(turn.db, made[key], turn.person.id if turn.person else None, turn.now)
    return made[key]
