"""A text while a form is open: a step of the form, something else in between, the answer, or what has to be asked about.

What is certainly no answer is never stored as one. Where free words are asked for, what reads like a question, an errand or
the value of another question is kept aside until the person says what it is.
"""

import re

from handlers import errands, own_words, to_a_reminder
from handlers.conversation import Filling as FillingTopic
from handlers.heard import Heard
from handlers.reporting import listing, picking, secrecy
from handlers.reporting.filling import Filling
from handlers.turn import Turn
from rules import actions as a
from rules.actions import FormOp
from rules.campaign import forms
from rules.campaign.forms import NOTHING, SUMMARY, FormStep, NotTaken
from rules.campaign.likeness import other_than_asked
from rules.campaign.model import FormField, Kind
from rules.text.labels import nearest
from rules.text.refusal import Refusal
from rules.text.values import read_document, says_not_yet
from rules.text.vietnamese import same_words

SHORT = 4
"""Words of the longest errand that is done at once where free words are asked for."""
_SAID = {
    FormOp.BACK: (
        "quay lai", "quay lai cau truoc", "quay lai cau tren", "lui", "lui lai", "tro lai", "cau truoc", "nham", "nham roi", "em nham",
        "nhap nham", "go nham", "ghi nham", "sai roi", "nhap sai", "back", "go back", "wrong", "typo",
    ),
    FormOp.SKIP: ("bo qua", "bo qua cau nay", "bo trong", "de trong", "skip"),
    FormOp.PAUSE: (
        "huy", "huy bo", "thoat", "dung", "dung lai", "tam dung", "thoi", "thoi de sau", "de sau", "lat nua", "ti nua", "lat lam tiep",
        "lam sau", "dien sau", "nop sau", "khong lam nua", "khong nop nua", "cancel", "stop", "later", "not now",
    ),
    FormOp.NOTHING: (
        "khong phat sinh", "khong co phat sinh", "khong phat sinh gi", "chua phat sinh", "khong co gi de bao", "khong co gi de bao cao",
        "khong co gi bao cao", "don vi khong phat sinh", "nothing to report",
    ),
    FormOp.FINISH_LIST: (
        "xong", "xong roi", "xong danh sach", "het", "het roi", "du", "du roi", "du danh sach", "het danh sach", "khong con", "khong con nua",
        "the thoi", "done", "that is all",
    ),
    FormOp.SO_FAR: (
        "xem lai", "xem da dien", "xem lai da dien", "xem phan da dien", "da dien gi", "xem bao cao", "xem lai bao cao", "toi dau",
        "den dau", "review",
    ),
    FormOp.CHOOSE_EDIT: ("sua", "sua lai", "sua cau khac", "sua cau tren", "sua cau truoc", "chinh lai", "doi lai", "edit", "change"),
    FormOp.TEMPLATE: ("lay mau", "mau", "mau excel", "tep mau", "file mau", "lay mau excel", "template"),
}  # fmt: skip
"""As :func:`same_words` writes them."""
_STEPS = {said: op for op, several in _SAID.items() for said in several}
_ALSO_OF_ROWS = (None, FormOp.SO_FAR, FormOp.CHOOSE_EDIT)
"""Steps whose words mean the rows where a list is open."""
_CHANGES = re.compile(r"(?:sua|doi|chinh|thay|edit|change)(?: lai)?(?: phan| muc)? (.+)")
_TO = re.compile(r"\s(?:thành|thanh|sang|lại là|lai la|là|la|to)\s", re.IGNORECASE)
_BY_NUMBER = re.compile(r"(?:cau|muc|so)(?: so)? ([0-9]{1,2})")
_WORDS_OF_KIND = {
    Kind.MONEY: ("so tien", "tien"), Kind.DATE: ("ngay", "ngay thang"), Kind.DOCUMENT: ("so van ban", "so cong van"),
    Kind.FILE: ("tep", "file", "anh"), Kind.LIST: ("danh sach",),
}  # fmt: skip
"""How people call a question of a kind, if there is one such question."""
_SPEAKS = re.compile(r"(?:em|toi|minh) \w|dang (?:cho|trinh|doi|lam|tong hop) |chua (?:co|biet|ro|nop|lam)\b")
"""Somebody speaks, and gives no name."""
_GOES_ON = frozenset(
    (
        "them",
        "them nua",
        "them san pham",
        "them dong",
        "them 1 cai nua",
        "tiep",
        "tiep di",
        "tiep tuc",
        "tiep theo",
        "lam tiep",
        "con nua",
    )
)
"""Said by who wants to go on: hardly the name of anything."""
_STAYS = (
    a.ShowStatus | a.ShowUnit | a.ShowDeadlines | a.ShowHelp | a.ShowOwnReports | a.ShowOwnReport | a.ShowHistory | a.ShowReceipt
    | a.ShowOwnData | a.Acknowledge | a.AskRule | a.ChooseTemplate | a.SendTemplate | a.ShowRegister
    | a.WhoWrites | a.WhyReminded | a.Nod
)  # fmt: skip
"""What is answered in between: the form stays open and asks again."""


def heard(turn: Turn, topic: FillingTopic, filling: Filling, text: str) -> Heard:
    """What a text means for the form that is open; its draft is there and the question is the present one."""
    if secrecy.marked(text):
        return Heard(a.RefuseSecret(), aside=True)
    own = own_words.meant(text)
    if own:
        return Heard(own, aside=isinstance(own, a.ShowOwnData))
    of_rows = _named_step(text) in _ALSO_OF_ROWS and listing.is_about_rows(filling, text)
    if of_rows or picking.is_about_register(turn, filling, text):
        return Heard(a.AnswerForm(topic.draft, topic.seq, text), answers=True)
    changed = _changed_to(turn, filling, text)
    if changed:
        return Heard(a.ChangeAnswer(topic.draft, topic.seq, *changed), answers=True)
    step = _step(turn, filling, text)
    if step:
        return Heard(a.StepForm(topic.draft, topic.seq, *step))
    asked = forms.question(filling.form, filling.state)
    register = errands.register_meant(turn, text) if asked is None or asked.asks.kind is not Kind.TEXT else None
    if register:
        return Heard(register, aside=True)
    words = _takes_words(asked)
    template = errands.template_meant(turn, text, turn.campaign.duty(filling.obligation), may_be_data=words)
    if template:
        return Heard(template, aside=True)
    later = _later(filling, text)
    if later:
        turn.rest()
        return Heard(later)
    return _between(turn, filling, text) or _answer(turn, topic, filling, text)


def meant_instead(turn: Turn, filling: Filling) -> Heard:
    """What the text that was kept aside asks for, now that the person says that it was no answer."""
    action = errands.meant(turn, filling.state.doubted)
    if isinstance(action, a.AskRule):
        action = a.AskRule(action.text, turn.campaign.duty(filling.obligation))
    return Heard(action, aside=isinstance(action, _STAYS))


# ---------------------------------------------------------------- steps


def _step(turn: Turn, filling: Filling, text: str) -> tuple[FormOp, str] | tuple[FormOp] | None:
    wish = own_words.wish(text)
    at = filling.state.at
    if at in (SUMMARY, NOTHING) and own_words.agrees(text):
        return (FormOp.SEND,)
    if at in (SUMMARY, NOTHING) and own_words.says_no(text):
        return (FormOp.BACK if at == NOTHING else FormOp.CHOOSE_EDIT,)
    asked = forms.question(filling.form, filling.state)
    if asked and own_words.says_send(text):  # not at its end yet: nobody is to think that it was sent
        return (FormOp.SKIP,) if asked.may_skip and asked.asks.kind is Kind.FILE else (FormOp.SO_FAR,)
    op = _named_step(text)
    if op and not _is_said_for_answer(filling, op, text) and (op, at) != (FormOp.SKIP, SUMMARY):
        return (op,)
    changed = _changed(filling, wish, turn.words.language) or (_number_given(turn, filling, text) if at == SUMMARY else "")
    return (FormOp.EDIT, changed) if changed else None


def _named_step(text: str) -> FormOp | None:
    return _STEPS.get(same_words(text)) or _STEPS.get(own_words.wish(text))


def _is_said_for_answer(filling: Filling, op: FormOp, text: str) -> bool:
    """Whether words of command are an answer to the present question: "xong" to a yes or no, "hết" to an amount."""
    asked = forms.question(filling.form, filling.state)
    if asked is None:
        return False
    if op is FormOp.FINISH_LIST:
        return asked.field.kind is not Kind.LIST
    if op is FormOp.PAUSE and (own_words.says_indeed(text) or (asked.may_skip and says_not_yet(text))):
        return True
    return op is FormOp.TEMPLATE and asked.field.kind is not Kind.LIST


def _changed_to(turn: Turn, filling: Filling, text: str) -> tuple[str, str] | None:
    """The answer that a sentence names and what it shall be: "sửa số tiền thành 700tr"."""
    named, *value = _TO.split(text, maxsplit=1)
    field = _changed(filling, own_words.wish(named), turn.words.language) if value and value[0].strip() else ""
    return (field, value[0].strip()) if field else None


def _changed(filling: Filling, wish: str, language: str) -> str:
    """The id of the answer that "sửa …" names; empty where none is named, or more than one."""
    named = _CHANGES.fullmatch(wish)
    if not named:
        return ""
    changeable = forms.changeable(filling.form, filling.state)
    number = _BY_NUMBER.fullmatch(named[1])
    if number and filling.state.row is None:
        shown = forms.visible(filling.form, filling.state.answers)
        at = int(number[1]) - 1
        return shown[at].id if at < len(shown) and shown[at] in changeable else ""
    return (
        nearest(own_words.wish(named[1]) or named[1], {field.id: _names(field, changeable, language) for field in changeable})
        or ""
    )


def _number_given(turn: Turn, filling: Filling, text: str) -> str:
    """The one question for a document's number, where such a number is typed below the summary: it is asked for anew, so that
    nobody thinks that it was noted."""
    asking = [field for field in forms.changeable(filling.form, filling.state) if field.kind is Kind.DOCUMENT]
    try:
        read_document(text, turn.today)
    except Refusal:
        return ""
    return asking[0].id if len(asking) == 1 else ""


def _names(field: FormField, among: list[FormField], language: str) -> tuple[str, ...]:
    alone = sum(other.kind is field.kind for other in among) == 1
    return (field.label.in_(language), *(_WORDS_OF_KIND.get(field.kind, ()) if alone else ()))


def _later(filling: Filling, text: str) -> a.Action | None:
    """ "Để mai em làm tiếp", "chiều nhắc lại": the form is put aside, and asked about then."""
    asked = forms.question(filling.form, filling.state)
    if asked and asked.asks.kind is Kind.DATE and own_words.wish(text) == "mai":
        return None
    said = to_a_reminder.meant(text)
    return said if isinstance(said, a.RemindTomorrow | a.RemindLater) else None


# ---------------------------------------------------------------- in between, or the answer


def _between(turn: Turn, filling: Filling, text: str) -> Heard | None:
    """A question about the dispatch, or an errand, that is certainly not meant for the form."""
    takes_words = _takes_words(forms.question(filling.form, filling.state))
    would_take = _would_take(turn, filling, text)
    asks = errands.certainly_asks(text) or (not takes_words and not would_take and errands.sounds_like_question(text))
    if asks or (errands.is_published(turn, text) and not would_take):
        errand = errands.errand_in(turn, text) if not takes_words else None
        if errand is None or not isinstance(errand, _STAYS):
            errand = a.AskRule(text, turn.campaign.duty(filling.obligation))
        return Heard(errand, aside=True)
    errand = None if would_take and not takes_words else errands.errand_in(turn, text)
    if (
        errand is None
        or isinstance(errand, a.Acknowledge)
        or (takes_words and (len(text.split()) > SHORT or not isinstance(errand, _STAYS)))
    ):
        return None
    if isinstance(errand, a.ReportNothing | a.BeginReport) and errand.duty.slug == filling.obligation.slug:
        return None
    return Heard(errand, aside=isinstance(errand, _STAYS))


def _answer(turn: Turn, topic: FillingTopic, filling: Filling, text: str) -> Heard:
    asked = forms.question(filling.form, filling.state)
    doubtful = asked is not None and _takes_words(asked) and _is_doubtful(turn, filling, asked, text)
    action = a.DoubtAnswer if doubtful else a.AnswerForm
    return Heard(action(topic.draft, topic.seq, text), answers=True)


def _is_doubtful(turn: Turn, filling: Filling, asked: FormStep, text: str) -> bool:
    """Whether free words may be something else: a question, an errand, a change that names nothing, another question's value."""
    if not _would_take(turn, filling, text):
        return False
    return (
        errands.sounds_like_question(text) or errands.errand_in(turn, text) is not None
        or _SPEAKS.match(same_words(text)) is not None or same_words(text) in _GOES_ON or _CHANGES.fullmatch(own_words.wish(text)) is not None or _names_a_duty(turn, text)
        or other_than_asked(filling.form, asked, text, turn.today)
    )  # fmt: skip


def _names_a_duty(turn: Turn, text: str) -> bool:
    said = same_words(text)
    return any(said in (same_words(duty.short.vi), same_words(duty.title.vi)) for duty in turn.campaign.obligations)


def _takes_words(asked: FormStep | None) -> bool:
    """Whether any words are an answer to the present question."""
    return asked is not None and (asked.asks.kind in (Kind.TEXT, Kind.LIST))


def _would_take(turn: Turn, filling: Filling, text: str) -> bool:
    return not isinstance(forms.answer(filling.form, filling.state, text, turn.today), NotTaken)
