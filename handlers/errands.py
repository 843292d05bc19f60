"""What a plain sentence wants done, if it is no question about the dispatch."""

import re
from collections.abc import Callable

from handlers import (
    in_passing,
    of_later_dates,
    of_own_reports,
    of_progress,
    of_the_assistant,
    of_the_register,
    own_words,
    to_a_reminder,
)
from handlers.conversation import Idle
from handlers.of_the_assistant import Wish
from handlers.of_the_register import Wanted
from handlers.polite import POLITE
from handlers.reporting import giving, templates
from handlers.turn import Turn
from rules import actions as a
from rules.codes import looks_like_receipt
from rules.directory.finding import OneUnit, SeveralUnits, all_units_in, names_some, unit_in, units_in
from rules.text.handing import handed_in
from rules.text.lexicon import expand
from rules.text.vietnamese import nfc, same_words
from rules.understanding.question import asks_something
from storage import reports

_QUESTION = re.compile(
    r"\b(khi nao|bao gio|o dau|(?:ve|den|toi) dau|cho ai|ai nhan|(?:duoc|co|phai) khong$|bao nhieu|the nao|lam sao|tai sao|vi sao|nhu nao|la gi|(?:noi|ghi|neu|yeu cau) gi|gi khong|ngay nao|ai (?:chu tri|phai|lam)|"
    r"duoc khong|phai khong|co phai|han (?:nop|la|bao)|con may ngay|quy dinh|what|when|who|where|how|why|which|may i|must)\b"
)
_CERTAINLY = re.compile(
    r"\b(khi nao|bao gio|bao nhieu|the nao|lam sao|tai sao|vi sao|nhu nao|la gi|ngay nao|duoc khong|phai khong|con may ngay|"
    r"what is|when is|how (?:do|much|many)|why)\b"
)
_YES_OR_NO = re.compile(r"\b(?:co|bi|phai) ")
_NOT = " khong"
_ENDS_IN_A_QUESTION = frozenset(("nào", "nao", "đâu", "dau", "ai"))
"""As they are written, or without any marks: "dầu" is oil."""
_WORD_SIGN = re.compile(r"\w")
_ONLY_A_NUMBER = re.compile(r"[0-9]{1,3}[.)]?")
_DEADLINES = re.compile(
    r"(con (may|bao nhieu) ngay( nua)?|(cac |nhung )?(han|moc|thoi han|deadline|deadlines)( nop)?|days left|how many days( left)?)"
)
_NEXT_DEADLINE = re.compile(
    r"(?:viec|bao cao|cai) nao (?:sap|gan|da|qua|dang)(?: den)? (?:het han|han|qua han|toi han|den han)|sap (?:den|toi|het) han (?:viec|cai|bao cao)? ?(?:gi|nao)|"
    r"(?:thoi )?(?:han|moc|deadline)(?: nop| bao cao)? (?:gan nhat|sap toi|ke tiep|tiep theo)(?: la)?(?: (?:ngay nao|khi nao|bao gio|nao))?|"
    r"(?:(?:when|what) is )?(?:the |my |our )?(?:next|nearest) deadline"
)
_OWED = re.compile(
    r"(?:don vi |huyen |xa )?(?:cua )?(?:toi|em|minh|chung toi|chung em) (?:con )?(?:phai|can) (?:nop|bao cao)(?: nhung)?(?: bao cao)? gi(?: (?:nua|a|vay))?|"
    r"(?:don vi |huyen |ben )?(?:em |toi |minh )?(?:con|dang) (?:no|thieu|viec|sot)(?: nhung| cac)?(?: bao cao| viec)? (?:gi|nao)(?: nua| vay| a| khong| chua lam| chua nop){0,2}|"
    r"(?:hom nay |tuan nay )?(?:co |con )?(?:viec|bao cao) (?:gi|nao) (?:can|phai|chua) (?:nop|lam|bao cao)(?: khong| nua| a)?|"
    r"what (?:do(?:es)? )?(?:my unit|our unit|i|we) (?:still )?(?:have|need|has) to (?:report|submit)"
)
_REPORT = re.compile(
    r"^(?!bao cao (?:cho )?(?:toi|minh) |bao cao tinh hinh)(?:toi|em|minh|chung toi|don vi|cho (?:toi|em|minh)|i)? ?(?:muon|can|xin|want to|would like to)? ?"
    r"(?:nop|bao cao|gui|khai bao|khai|lam bao cao|report|submit)\b"
)
_GO_ON = re.compile(
    r"(?:lam|dien|nhap|ghi|khai|viet|nop)(?: bao cao)? tiep(?: bao cao| phan con lai)?|tiep tuc(?: dien| lam| nhap| bao cao)?|go on|continue"
)
_NOTHING = re.compile(
    r"\b((?:khong|chua) (?:co )?(?:gi )?(?:phat sinh|ps)\b|^(?:(?:don vi|huyen|ben|em|toi|minh) ){0,3}khong co(?: gi)?(?: het| ca| dau){0,2}$|khong co (?:gi )?(?:de )?(?:bao cao|bao|nop)|deu khong co(?: gi)?$|nothing to report)\b"
)
_ME_OR_MINE = r"(?:(?:da|vang|em|toi|minh|ben em|ben toi|ben minh|don vi|don vi em|huyen|huyen em|thi xa|thanh pho|hien|nam nay|dot nay) ){0,4}"
_HAS_NONE = re.compile(
    _ME_OR_MINE
    + r"(?:khong|ko|k|chua)(?: con)?(?: co)? (?:(?:san pham|sp|chu the|truong hop|co so|don vi)(?: nao| gi)?\b|(?:de nghi |can )?(?:dieu chinh|thu hoi|cong nhan lai|bo sung)\b)"
)
_ENDS_WITH_NONE = re.compile(
    r"\b(?:khong|ko|k) (?:co |con )?(?:phat sinh|ps|du|thua|co|co gi|gi)(?: gi| nua| het| ca| dau| a){0,2}$"
)
_NONE_BUT = re.compile(r"\b(?:thi|phai|sao|the nao|lam gi|nop gi|duoc khong|co khong|khi nao|neu|hay|ai)\b")
"""With one of these it is asked what follows, and not told."""
_CLAUSES = re.compile(r"\b[0-9]\.[0-9]\b")
_LONGEST_NONE = 14
_SEVERAL = re.compile(r"\b(tat ca|toan bo|ca [2-9]|ca hai|ca ba|ca bon|cac viec|deu|all)\b")
_NUDGE = re.compile(r"^(nhac ngay|nhac (het|tat ca|cac don vi|cac huyen|don vi)|don doc|gui nhac|nudge)")
_CHASE = re.compile(r"^(nhac|don doc|hoi thuc|giuc|thuc|remind|chase)\b")
"""Before the name of a unit or a duty."""
_CHASE_POLITELY = re.compile(r"^(?:(?:giup|ho|gium|cho|em|toi|minh|hay|nho|lam on|anh|chi) ){1,4}(?=nhac|don doc|giuc|hoi thuc)")
_LONGEST_CHASE = 8
"""Words of a sentence that is nothing but the wish to chase a duty."""
_INVITE = re.compile(r"^(tao |gui )?(loi moi|ma moi|moi (nguoi|can bo|lanh dao|quan ly)|invite)")
_INVITES = re.compile(r"(?:(?:xem|huy|xoa|bo|thu hoi|danh sach|cac|nhung|list|revoke) ){1,3}(?:loi moi|ma moi|invites?)")
_ME = "(?:toi|em|e|minh|tui|chau|me)"
_JOIN = re.compile(
    rf"\b(?:cho (?:{_ME} )?(?:xin )?(?:duoc )?(?:vao|tham gia|gia nhap|dang ky|dk|join)|"
    rf"(?:xin|muon|can) (?:phep |duoc )?(?:vao|tham gia|gia nhap|dang ky|dk)|(?:them|moi|duyet|add) {_ME}(?: vao)?\b|"
    rf"dang ky (?:tai khoan|tham gia|su dung)|let me in|(?:want|like) to join|xin (?:ma|loi) moi)"
)
_INTO = POLITE | frozenset(
    same_words("bạn chat danh đây đơn dọc hệ hôm nay nhóm rồi sách sở sử dụng thống trợ lý vào việc").split()
)
"""Words after such a wish that name nothing else that one may take part in."""
_I_AM = re.compile(
    rf"(?:da |chao (?:anh|chi|ban|so)(?: chi)? |xin chao |alo )?(?:{_ME}|day) (?:la|o|ben|lam|cong tac|thuoc|ten|phu trach)\b|i am|i'm|i work"
)
_IN_YET = re.compile(
    r"(?:so )?(?:da )?(?:duoc )?(?:duyet|cho vao|vao|tra loi)(?: em| toi| minh)?(?: duoc)? chua(?: vay| the)?|(?:bao gio|khi nao) (?:duoc |moi duoc )?(?:duyet|vao)"
)
""" "Duyệt chưa vậy": how the own wish to be let in stands."""
_REQUESTS = re.compile(
    r"(?:xem )?(?:cac |danh sach )?(?:ai (?:dang )?(?:xin|cho) (?:vao|tham gia|duyet)|(?:de nghi|yeu cau|nguoi xin|don xin) (?:tham gia|vao|cho duyet)|who (?:waits|wants in))"
)
_LONGEST_ASKING = 24
"""Words of a sentence in which somebody says who they are."""
_LONGEST_UNIT = 5
"""Words of a sentence that is nothing but a unit's name."""


def meant(turn: Turn, text: str) -> a.Action:
    """A sentence without a command: an errand of ours, or else a question about the dispatch."""
    errand = errand_in(turn, text)
    if errand:
        return errand
    return a.AskRule(text) if _WORD_SIGN.search(text) and not _ONLY_A_NUMBER.fullmatch(text.strip()) else a.NotUnderstood()


def sounds_like_question(text: str) -> bool:
    """Whether a sentence asks something, by its words."""
    folded = expand(text)
    yes_or_no = folded.endswith(_NOT) and _YES_OR_NO.search(folded.removesuffix(_NOT))  # "có … không"
    *_, last = nfc(text).lower().rstrip(" ?.!").rsplit(maxsplit=1) or [""]
    return (
        bool(yes_or_no or last in _ENDS_IN_A_QUESTION or _QUESTION.search(folded))
        or text.rstrip().endswith("?")
        or asks_something(text)
    )


def certainly_asks(text: str) -> bool:
    """Whether nobody means a sentence for anything but a question: no name of a product or a producer reads so."""
    return text.rstrip().endswith("?") or _CERTAINLY.search(expand(text)) is not None


def is_published(turn: Turn, text: str) -> bool:
    """Whether the department has published a reply to this very question."""
    return turn.answers.is_published(text)


def errand_in(turn: Turn, text: str) -> a.Action | None:
    """What a sentence wants done. The first that fits."""
    if is_published(turn, text):
        return None  # the department itself took it for a question
    steps: tuple[Callable[[Turn, str], a.Action | None], ...] = (
        _own_data, _in_passing, _let_in, _later_date, _hand_over, _to_reminder, _template, register_meant, _goes_on, _own_report, _greeting, _deadlines, _owed, _nudge, _invite,
        _receipt, status_meant, _report,
    )  # fmt: skip
    return next((found for step in steps if (found := step(turn, text))), None)


def _own_data(_: Turn, text: str) -> a.Action | None:
    """ "Bot lưu gì về tôi", "xóa dữ liệu của tôi", "tôi muốn rời khỏi danh sách"."""
    return own_words.meant(text)


def _in_passing(turn: Turn, text: str) -> a.Action | None:
    """ "Ai đây", "sao nhắc hoài", "em gửi rồi mà", "cảm ơn"."""
    return in_passing.meant(text, turn.unit is not None and not turn.oversees)


def _later_date(turn: Turn, text: str) -> a.Action | None:
    """ "Xin lùi hạn kinh phí đến 5/7 vì lũ", "gia hạn cho tất cả đến 5/7"."""
    if sounds_like_question(text):
        return None
    if turn.oversees:
        return of_later_dates.granted(text)
    return of_later_dates.asked(text) if turn.unit else None


def _let_in(turn: Turn, text: str) -> a.Action | None:
    """ "Em ở Đại Lộc, cho em vào", "toi la can bo huyen Que Son": somebody without an invite; who waits, for who decides."""
    said = expand(text)
    if turn.oversees:
        return a.ShowRequests() if _REQUESTS.fullmatch(same_words(text)) else None
    if turn.person is not None:
        return a.AskToJoin() if _JOIN.fullmatch(same_words(text)) else None
    if _IN_YET.fullmatch(own_words.wish(text)):
        return a.AskToJoin()
    if len(said.split()) > _LONGEST_ASKING or sounds_like_question(text):
        return None
    wish = _JOIN.search(same_words(text))
    if wish and (units_in(text, turn.directory) or _INTO.issuperset(same_words(text)[wish.end() :].split())):
        return a.SayWhoIAm(text)
    is_one = _I_AM.match(same_words(text)) and units_in(text, turn.directory)
    return a.SayWhoIAm(text) if is_one and not turn.of_dispatch.obligation_named(text) else None


def _hand_over(turn: Turn, text: str) -> a.Action | None:
    """ "Việc này giao anh Nam", "nghỉ, giao hết cho chị Hoa", "việc này em làm", to a reminder as out of the blue. A name without
    "anh" or "chị" has to be a colleague's, and who names nobody may not be asking about the dispatch."""
    if turn.unit is None or turn.oversees or sounds_like_question(text):
        return None
    handed = handed_in(text, names_work=turn.of_dispatch.obligation_named(text) is not None)
    if handed is None:
        return None
    if handed.titled or handed.mine or (handed.name and giving.is_colleague(turn, handed.name)):
        return a.HandOverInWords(text)
    return None if handed.name or turn.of_dispatch.understand(text).strict else a.HandOverInWords(text)


def _to_reminder(turn: Turn, text: str) -> a.Action | None:
    """ "Em đã nắm", "chiều nhắc lại", "mai em nộp": what somebody of a unit says to a reminder."""
    return None if turn.unit is None or turn.oversees else to_a_reminder.meant(text)


def _template(turn: Turn, text: str) -> a.Action | None:
    """ "Cho em xin mẫu excel", "mẫu danh sách thu hồi": the template of a list."""
    if turn.person is None or not templates.wanted(text):
        return None
    named = turn.of_dispatch.obligation_named(text)
    lists = [duty.slug for duty, _ in templates.lists(turn)]
    if named is None or named.slug in lists:
        return a.SendTemplate(turn.campaign.duty(named)) if named else a.ChooseTemplate()
    return None


def template_meant(turn: Turn, text: str, duty: a.Duty, may_be_data: bool) -> a.Action | None:
    """The template that is asked for while a report of that duty is open. ``may_be_data``: any words answer its question."""
    found = _template(turn, text) if templates.wanted(text, may_be_data) else None
    of_this = isinstance(found, a.ChooseTemplate) and duty.slug in [each.slug for each, _ in templates.lists(turn)]
    return a.SendTemplate(duty) if of_this else found


def register_meant(turn: Turn, text: str) -> a.Action | None:
    """ "Sản phẩm nào của em đủ tháng", "danh mục của …", "nạp danh mục": the register is asked for."""
    wanted = None if turn.person is None else of_the_register.meant(text)
    if wanted is None:
        return None
    if not turn.oversees:
        own = wanted in (Wanted.OWN, Wanted.ALL)
        return a.ShowRegister(turn.unit.slug) if turn.unit and own else None
    of_a_unit = bool(units_in(text, turn.directory))
    if wanted is Wanted.FULL or (wanted is Wanted.OF and sounds_like_question(text)):
        return a.NameRegister(text) if of_a_unit else None
    return a.NameRegister(text) if of_a_unit or wanted is Wanted.OF else a.ShowRegisters()


def _own_report(turn: Turn, text: str) -> a.Action | None:
    """ "Xem báo cáo của tôi", "rút báo cáo kinh phí", "lịch sử báo cáo", the own receipt's code."""
    if turn.unit is None or turn.oversees:
        return None
    if looks_like_receipt(text):
        found = reports.find_receipt(turn.scope, text)
        return a.ShowReceipt(text) if found and found.unit == turn.unit.slug else None
    asked = of_own_reports.meant(text)
    if of_own_reports.corrects(text) and not any(cell.standing.revision for cell in turn.owed()):
        return None  # "bổ sung" is a word of the dispatch too
    named = turn.of_dispatch.obligation_named(text)
    if asked is None or (asked is not a.ShowOwnReport and named is None):
        return a.ShowOwnReports() if asked else None
    return asked(turn.campaign.duty(named)) if named else a.ShowOwnReports()


def _greeting(turn: Turn, text: str) -> a.Action | None:
    wanted = of_the_assistant.meant(text)
    match wanted:
        case Wish.HELP:
            return a.ShowHelp()
        case Wish.DISPATCH:
            return a.ShowClauses(turn.campaign.number)
        case Wish.PHONE if turn.person is not None:
            return a.ShowPhone()
        case Wish.STOP if isinstance(turn.topic, Idle):
            return a.Cancel()
        case _:
            return None


def _deadlines(turn: Turn, text: str) -> a.Action | None:
    """ "Còn mấy ngày", "hạn gần nhất là ngày nào", "các mốc": the whole calendar is asked for."""
    said = same_words(text)
    return a.ShowDeadlines() if _DEADLINES.fullmatch(said) or _NEXT_DEADLINE.fullmatch(said) else None


def _owed(turn: Turn, text: str) -> a.Action | None:
    """ "Đơn vị tôi phải nộp gì": how the own unit stands; who is of none gets the calendar."""
    if not _OWED.fullmatch(same_words(text)):
        return None
    return a.ShowStatus() if turn.unit and not turn.oversees else a.ShowDeadlines()


def _nudge(turn: Turn, text: str) -> a.Action | None:
    """ "Nhắc ngay", "đôn đốc Hội An và Duy Xuyên việc thu hồi": by those who oversee."""
    said = _CHASE_POLITELY.sub("", expand(text))
    if not turn.oversees or sounds_like_question(text) or not (_NUDGE.match(said) or _CHASE.match(said)):
        return None
    units = all_units_in(text, turn.directory)
    if units.units or units.unclear or names_some(text):
        return a.NudgeUnits(text)
    named = turn.of_dispatch.obligation_named(text)
    if not _NUDGE.match(said) and not (named and named.deadline and len(said.split()) <= _LONGEST_CHASE):
        return None
    return a.ConfirmNudge(turn.campaign.duty(named)) if named and named.deadline else a.ChooseNudge()


def _invite(turn: Turn, text: str) -> a.Action | None:
    if turn.oversees and _INVITES.match(expand(text)):
        return a.ShowInvites()
    return a.ChooseInvite() if turn.oversees and _INVITE.match(expand(text)) else None


def _receipt(turn: Turn, text: str) -> a.Action | None:
    """A receipt's code that exists."""
    if not turn.oversees or not looks_like_receipt(text):
        return None
    return a.ShowReceipt(text) if reports.find_receipt(turn.scope, text) else None


def status_meant(turn: Turn, text: str) -> a.Action | None:
    """Status of a unit, of a duty, or of everything, if that is what a sentence asks for."""
    if not _asks_status(turn, text):
        return None
    if turn.person is None:
        return a.ShowStatus()
    named = turn.of_dispatch.obligation_named(text)
    match unit_in(text, turn.directory):
        case OneUnit(slug):
            return a.ShowUnit(slug, turn.campaign.duty(named) if named else None)
        case SeveralUnits():
            return a.WhichUnit(text)
        case None:
            pass
    if named and turn.oversees:
        return a.ShowDuty(turn.campaign.duty(named))
    return a.ShowStatus()


def _asks_status(turn: Turn, text: str) -> bool:
    """Its words say so, or somebody who oversees names a unit alone."""
    if of_progress.asked(text):
        return True
    if not turn.oversees:
        return of_progress.own_asked(text)
    named = bool(units_in(text, turn.directory))
    if of_progress.overview_asked(text) or (named and of_progress.is_about_a_unit(text) and not _I_AM.match(same_words(text))):
        return True
    if len(expand(text).split()) > _LONGEST_UNIT:
        return False
    return named and not turn.of_dispatch.obligation_named(text)


def _goes_on(turn: Turn, text: str) -> a.Action | None:
    """ "Điền tiếp", "tiếp tục": the form that was put aside; of several, which."""
    if turn.unit is None or turn.oversees or not _GO_ON.fullmatch(own_words.wish(text)):
        return None
    begun = [
        slug
        for unit, slug in reports.drafts(turn.scope, turn.unit.slug)
        if turn.campaign.owes(turn.unit, turn.campaign.obligation(slug))
    ]
    return a.BeginReport(turn.campaign.duty(turn.campaign.obligation(begun[0]))) if len(begun) == 1 else a.ChooseDuty()


def _has_none(turn: Turn, text: str) -> a.Duty | None:
    """ "Không có sản phẩm nào thu hồi", "việc 1.5 không phát sinh", "bên em không điều chỉnh gì": the one task of which a unit has
    nothing. It is asked about before anything is sent."""
    said = same_words(text)
    if turn.unit is None or turn.oversees or len(said.split()) > _LONGEST_NONE or text.rstrip().endswith("?"):
        return None
    named = turn.of_dispatch.obligation_named(text)
    if named is None or not named.deadline or _SEVERAL.search(said) or len(_CLAUSES.findall(text)) > 1:
        return None
    says = (_HAS_NONE.match(said) or _ENDS_WITH_NONE.search(said)) and not _NONE_BUT.search(said)
    return turn.campaign.duty(named) if says else None


def _report(turn: Turn, text: str) -> a.Action | None:
    said = expand(text)
    wants = _REPORT.match(said) or _REPORT.match(own_words.wish(text)) or _NOTHING.search(said)
    has_none = _has_none(turn, text)
    if has_none:
        return a.ReportNothing(has_none)
    if not wants or sounds_like_question(text):
        return None
    if turn.of_dispatch.understand(text).strict and not _NOTHING.fullmatch(own_words.wish(text)):
        return None
    named = turn.of_dispatch.obligation_named(text)
    nothing = _NOTHING.search(said) is not None
    if nothing and turn.unit is not None and (named is None or _SEVERAL.search(said)):
        return a.TellNothing()
    if named is None or same_words(text) in ("nop bao cao", "bao cao"):
        return a.ChooseDuty()
    duty = turn.campaign.duty(named)
    return a.ReportNothing(duty) if nothing else a.BeginReport(duty)
