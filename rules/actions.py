"""Everything that can be asked, each a frozen class. A button, a command, a sentence and a web form end in the same ones.

Who may do what, where, and which function does it stands in ``handlers/routes.py``. An action with a tag can stand behind
a button, as the at most :data:`MOST_BYTES` bytes of :func:`pack`; one without is only ever typed or sent. What does not fit
into a button (a text, a day beside two slugs) waits in the conversation's topic.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform

from rules.packing import BadValue as BadAction
from rules.packing import ClauseId, CodeText, Duty, FactId, FieldCodec, FieldValue, Handle, Picked, Stamp, UnitSlug, codecs
from rules.packing import pack as _pack
from rules.packing import unpack as _unpack
from rules.people import Role

__all__ = ["MOST_BYTES", "Action", "BadAction", "Duty", "FormOp", "Language", "pack", "tagged", "unpack"]
MOST_BYTES = 64
"""Telegram's limit for the data behind a button; every channel keeps to it."""
_BY_TAG: dict[str, type["Action"]] = {}


@dataclass_transform(frozen_default=True)
class Action:
    """Something that can be asked. ``tag`` begins what a button carries; without one it is never on a button."""

    tag: ClassVar[str] = ""

    def __init_subclass__(cls, *, tag: str = "") -> None:
        super().__init_subclass__()
        cls.tag = tag
        dataclass(frozen=True)(cls)
        if tag in _BY_TAG:
            raise TypeError(f"two actions are tagged {tag!r}")
        if tag:
            _BY_TAG[tag] = cls


def tagged() -> tuple[type[Action], ...]:
    """Every action that a button can carry."""
    return tuple(_BY_TAG.values())


# ---------------------------------------------------------------- asking


class ShowHelp(Action, tag="help"):
    """What can be done here, by role."""


class ShowDeadlines(Action, tag="due"):
    """Every deadline, with how the own unit stands."""


class ShowClauses(Action, tag="clauses"):
    """The dispatch's clauses to choose from."""

    campaign: int


class ShowClause(Action, tag="clause"):
    """A clause in full."""

    campaign: int
    clause: ClauseId


class TellFact(Action, tag="fact"):
    """One of several things that a question may have meant."""

    campaign: int
    fact: FactId


class AskRule(Action):
    """A question about the dispatches, as typed. ``about`` is the duty of the form that is open."""

    text: str
    about: Duty | None = None


class AskDepartment(Action, tag="dept"):
    """Pass a question on to the department."""

    question: int


class BeginReply(Action, tag="reply"):
    """Answer somebody's question: the next message is the answer."""

    question: int


class SendReply(Action):
    """The department's answer, as typed."""

    question: int
    text: str


class PublishReply(Action, tag="publish"):
    """Let everybody be answered with a reply, resting on a clause or on none."""

    question: int
    clause: ClauseId = ""


class WithdrawReply(Action, tag="unpublish"):
    """Take a published reply back."""

    question: int


class ShowQuestions(Action, tag="questions"):
    """The latest questions and what was answered."""


# ---------------------------------------------------------------- reporting


class FormOp(StrEnum):
    """A step of an open form."""

    OPTION = "option"
    SKIP = "skip"
    BACK = "back"
    FINISH_LIST = "finish"
    DROP_ROW = "drop"
    """A row of that number; without one that in hand, or the last."""
    PUT_BACK = "undo"
    SHOW_ROWS = "rows"
    """A page of them."""
    CHOOSE_ROW = "pick"
    """Which row is to be changed or dropped? A page of them."""
    TAKE_ROW = "row"
    """That row is to be changed."""
    TAKE_COLUMN = "col"
    """That column of the row in hand."""
    ADD_ROWS = "add"
    """Rows that were read join the list, or do not."""
    LEAVE_ROWS = "leave"
    TICK = "tick"
    """A product of the register."""
    ADD_TICKED = "ticked"
    SHELF = "shelf"
    """A page of the register; none of it: 0."""
    EDIT = "edit"
    CHOOSE_EDIT = "change"
    NOTHING = "nothing"
    TEMPLATE = "template"
    SEND = "send"
    SEND_ANYWAY = "anyway"
    PAUSE = "pause"
    THROW_AWAY = "discard"
    SHOW = "show"
    SO_FAR = "sofar"
    """What is filled in by now."""
    KEEP_TEXT = "keep"
    """What was kept aside is the answer;"""
    ASK_INSTEAD = "ask"
    """it asks for something else."""
    COLLEAGUE = "colleague"
    """Ask somebody of the unit to go on."""


class ChooseDuty(Action, tag="choose"):
    """Which report is it to be?"""


class BeginReport(Action, tag="report"):
    """Begin a report, or go on with it."""

    duty: Duty


class ReportNothing(Action, tag="nothing"):
    """Straight to "không phát sinh", still to be confirmed."""

    duty: Duty


class TellNothing(Action, tag="nothings"):
    """ "Không phát sinh" without saying of what: of several open duties, which."""


class TickNothing(Action, tag="tick"):
    """Tick a duty for which there is nothing to report, or take the tick away. ``seq`` as the list had it."""

    duty: Duty
    seq: int


class TickAllNothing(Action, tag="tickall"):
    """Tick all of them."""

    seq: int


class PickNothing(Action):
    """Those that were named are ticked too."""

    picked: Picked


class SendNothing(Action, tag="sendnothing"):
    """Report "không phát sinh" for what is ticked."""

    seq: int


class StepForm(Action, tag="f"):
    """A button of a form. ``seq`` tells whether it belongs to the present question."""

    draft: int
    seq: int
    op: FormOp
    value: FieldValue = ""


class AnswerForm(Action):
    """Something typed that answers a form's present question."""

    draft: int
    seq: int
    text: str


class ChangeAnswer(Action):
    """An answer that was given shall be another one: "sửa số tiền thành 700tr"."""

    draft: int
    seq: int
    field: FieldValue
    text: str


class DoubtAnswer(Action):
    """Something typed where free words are asked for, that may be meant for something else."""

    draft: int
    seq: int
    text: str


class RefuseSecret(Action):
    """A text marked as secret: it is not taken, whatever it was meant for."""


class TakeFile(Action):
    """A file or picture that came with the message."""


class KeepFile(Action, tag="keepfile"):
    """ "Chỉ lưu tệp": a list that came as a file is not read into a report; the file goes with one."""


class ChooseTemplate(Action, tag="templates"):
    """Of which list is the template wanted?"""


class SendTemplate(Action, tag="template"):
    """The template of a duty's list, as Excel."""

    duty: Duty


class RefuseFile(Action):
    """A file that can't be taken, as is seen from outside: it did not come, is too big, or of another kind."""


class Acknowledge(Action, tag="ack"):
    """ "Đã nắm": seen, one duty or all that the unit still has open."""

    duty: Duty | None = None


class RemindLater(Action, tag="later"):
    """ "Nhắc chiều nay"."""


class RemindTomorrow(Action, tag="tomorrow"):
    """ "Mai em nộp": seen, and to be reminded of on the next working day."""


class ShowTask(Action, tag="task"):
    """One duty of the own unit: what is asked, how it stands, what can be done about it."""

    duty: Duty


class ShowOwnReports(Action, tag="sent"):
    """What the own unit has sent, to choose from."""


class ShowOwnReport(Action, tag="own"):
    """One report of the own unit, in words."""

    duty: Duty


class ShowHistory(Action, tag="past"):
    """Every revision of a report of the own unit."""

    duty: Duty


class AskToTakeBack(Action, tag="back"):
    """Whether a report of the own unit is really to be taken back."""

    duty: Duty


class TakeBack(Action, tag="backgo"):
    """Take it back, if that is still the newest of the unit: somebody may be of another one since."""

    duty: Duty
    submission: int


class HandOverInWords(Action):
    """ "Việc này giao anh Nam", "việc này em làm", as typed."""

    text: str


class ChooseColleague(Action, tag="hand"):
    """Which colleague is to do a duty, or all that is open?"""

    duty: Duty | None = None


class NameColleague(Action):
    """The colleague, as typed."""

    text: str
    duty: Duty | None = None


class ConfirmHandOver(Action, tag="handto"):
    """Hand a duty, or all that is open, to that colleague? Asked once."""

    person: int
    duty: Duty | None = None


class HandOver(Action, tag="handgo"):
    """Hand it over: the reminders go to that one person."""

    person: int
    duty: Duty | None = None


class TakeOver(Action, tag="handme"):
    """Who asks does it: the reminders go to them."""

    duty: Duty | None = None


class TakeHandedBack(Action, tag="handback"):
    """What was handed to that person is not theirs after all."""

    person: int
    duty: Duty | None = None


class AcceptTask(Action, tag="take"):
    """ "Nhận việc": what a colleague handed over is in hand."""

    duty: Duty | None = None


class DeclineTask(Action, tag="decline"):
    """ "Không nhận"."""

    duty: Duty | None = None


class AskForColleague(Action, tag="mate"):
    """The department is to invite somebody else of the own unit."""


class AskForTime(Action, tag="time"):
    """ "Xin lùi hạn": a task of the own unit, or one still to be chosen."""

    duty: Duty | None = None


class AskForTimeInWords(Action):
    """A wish for a later day, as typed."""

    text: str


class ChooseTimeDuty(Action, tag="timefor"):
    """The task of a request that is put together."""

    request: int
    duty: Duty


class AnswerTime(Action):
    """What a request lacks, as typed: the task, the day, the reason."""

    request: int
    text: str


class SendTimeRequest(Action, tag="timego"):
    """Send it, as its summary said it."""

    request: int


class WithdrawTimeRequest(Action, tag="timeoff"):
    """A unit wants no later day any more: that request, or the one that waits."""

    request: int = 0


class WhyReminded(Action):
    """ "Đừng nhắc nữa", "em gửi rồi mà", "em không phụ trách việc này": why the reminders come, and what ends them."""


class Nod(Action):
    """ "Vâng ạ", "ok", "cảm ơn": nothing is wanted."""


class WhoWrites(Action):
    """ "Ai đây", "lừa đảo à", "số điện thoại liên hệ": for whom the assistant writes, and whom to call."""


class StayReachable(Action, tag="stay"):
    """ "Vẫn nhận tin": the tap itself opens the window anew."""


# ---------------------------------------------------------------- managing


class ShowStatus(Action, tag="status"):
    """How far things are: the own unit for officers and leaders, all for who oversees."""


class ShowStanding(Action, tag="standing"):
    """The duties without a date: how many units have told how far they are."""


class ShowUnit(Action, tag="unit"):
    """One unit: all its duties, or one."""

    unit: UnitSlug
    duty: Duty | None = None


class ShowDuty(Action, tag="duty"):
    """One duty: the units by bucket."""

    duty: Duty


class WhichUnit(Action):
    """A name that could mean several units, as typed: asked back."""

    text: str


class ShowReport(Action, tag="look"):
    """What a unit reported."""

    unit: UnitSlug
    duty: Duty


class ShowReceipt(Action):
    """The report with that receipt, as typed."""

    receipt: str


class SendReportFile(Action, tag="file"):
    """The file that came with a report."""

    submission: int


class ShowUnreached(Action, tag="reached"):
    """Units without anybody, and people whom no way reaches."""


class Mute(Action):
    """No alert at each submission."""


class Unmute(Action):
    """An alert at each submission again."""


class ChooseNudge(Action, tag="nudges"):
    """Which duty is to be chased?"""


class NameNudge(Action):
    """Which duty is to be chased, as typed behind the command."""

    text: str


class ConfirmNudge(Action, tag="nudge"):
    """Chase every unit still missing? Asked once, with the numbers."""

    duty: Duty


class Nudge(Action, tag="nudgego"):
    """Chase them; the same confirmation pressed twice chases once."""

    duty: Duty
    stamp: Stamp


class NudgeUnits(Action):
    """Chase the units named in a sentence, as typed."""

    text: str


class ChaseUnit(Action, tag="chase"):
    """Chase one unit, of a duty or of one still to be chosen."""

    unit: UnitSlug
    duty: Duty | None = None


class ChaseNamed(Action, tag="chaseof"):
    """Of which duty the units that were just named are chased."""

    duty: Duty


class NudgeNamed(Action, tag="chasego"):
    """Chase the units that were just named; a confirmation of an earlier choice chases nobody."""

    duty: Duty
    stamp: Stamp


class ConfirmReport(Action, tag="ok"):
    """ "Xác nhận": the department has it."""

    submission: int


class BeginWantingMore(Action, tag="more"):
    """ "Yêu cầu bổ sung": the next message is the reason."""

    submission: int


class WantMore(Action):
    """A report goes back, with the reason as typed."""

    submission: int
    reason: str


class DoubtMore(Action):
    """A text that may not be meant as what a report lacks: it is asked for once more."""

    submission: int


class BeginArrival(Action, tag="arrival"):
    """The next message may be the receiver's own number of arrival."""

    submission: int


class NoteArrival(Action):
    """The number of arrival, as typed."""

    submission: int
    number: str


class ChooseExtension(Action, tag="extends"):
    """Of which task is the day moved? And who waits for a later one."""


class ExtendDuty(Action, tag="extduty"):
    """A later day for a task: for which units?"""

    duty: Duty


class BeginExtension(Action, tag="extend"):
    """A later day for one unit: until when?"""

    unit: UnitSlug
    duty: Duty


class ExtendInWords(Action):
    """A later day, with units, day and reason as typed."""

    text: str


class ChoosePlanDuty(Action, tag="extfor"):
    """The task of a plan for a later day."""

    plan: int
    duty: Duty


class SwitchUnit(Action, tag="extunit"):
    """One more unit of a plan for later days, or one less."""

    plan: int
    unit: UnitSlug


class TakeAllUnits(Action, tag="extall"):
    """A plan for every unit that has not finished the task."""

    plan: int


class UnitsChosen(Action, tag="extday"):
    """No more units: on to the day."""

    plan: int


class AnswerExtension(Action):
    """What a plan lacks, as typed: its units, the day, the reason."""

    plan: int
    text: str


class AskReason(Action, tag="extwhy"):
    """The reason of a plan is to be written, or written anew."""

    plan: int


class SkipReason(Action, tag="extnowhy"):
    """A plan without a reason."""

    plan: int


class GrantExtension(Action, tag="extgo"):
    """The plan, as its question said it."""

    plan: int


class UndoExtension(Action, tag="extundo"):
    """Every unit of a plan has again what it had."""

    plan: int


class ShowTimeRequests(Action, tag="times"):
    """What units ask for and nobody has answered."""


class ShowTimeRequest(Action, tag="timeask"):
    """One of them, with what can be said to it."""

    request: int


class GrantRequest(Action, tag="timeyes"):
    """The day that a unit asked for."""

    request: int


class GrantOtherDay(Action, tag="timeday"):
    """Another day than a unit asked for: the next message is the day."""

    request: int


class BeginRefusal(Action, tag="timeno"):
    """No later day: the next message is the reason."""

    request: int


class RefuseRequest(Action, tag="timenogo"):
    """No later day, and no reason given."""

    request: int


class RefuseBecause(Action):
    """No later day, with the reason as typed."""

    request: int
    reason: str


class ChooseInvite(Action, tag="whom"):
    """For which role is the invite?"""


class BeginInvite(Action, tag="inv"):
    """A role was chosen: an invite, or the question for the unit."""

    role: Role
    unit: UnitSlug = ""


class NameInviteUnit(Action):
    """The unit of an invite, as typed."""

    role: Role
    text: str


class ShowInvites(Action, tag="invites"):
    """The codes that are good and were not used yet."""


class RevokeInvite(Action, tag="revoke"):
    """One of them is good no more."""

    role: Role
    invite: Handle


class ShowAccess(Action, tag="access"):
    """Who may see what: people who oversee, groups that read along, codes that would let somebody in."""


class ReleaseGroup(Action, tag="release"):
    """A group reads along no more, told from anywhere."""

    group: Handle


class ShowPeople(Action, tag="people"):
    """Everybody, a page at a time."""

    page: int = 0


class ShowPerson(Action, tag="person"):
    """One person, with what can be done."""

    person: int


class ChooseUnitFor(Action, tag="move"):
    """To which unit is a person to be moved?"""

    person: int


class MovePerson(Action, tag="moveto"):
    """Move a person to another unit."""

    person: int
    unit: UnitSlug


class ConfirmRemoval(Action, tag="remove"):
    """Remove a person? Asked once."""

    person: int


class RemovePerson(Action, tag="removego"):
    """Remove a person: a stranger at once."""

    person: int


class ShowCosts(Action, tag="cost"):
    """What the coming week costs, and the month so far."""


class BindGroup(Action):
    """Send the alerts to this group."""


class UnbindGroup(Action):
    """Send this group no alerts any more."""


class ReadRegister(Action):
    """A file from who oversees: it may be the register of recognised products."""


class LoadRegister(Action, tag="regload"):
    """Put a register that was shown in place of the one before."""

    loading: int


class DropRegister(Action, tag="regdrop"):
    """Let it go."""

    loading: int


class ShowRegisters(Action, tag="regs"):
    """How many recognised products each unit has, and how they are loaded."""


class ShowRegister(Action, tag="reg"):
    """The recognised products of a unit, a page at a time."""

    unit: UnitSlug
    page: int = 0


class NameRegister(Action):
    """The recognised products of whom, as typed."""

    text: str


# ---------------------------------------------------------------- joining


class Arrive(Action):
    """``/start``, with an invite's code or without."""

    code: str = ""


class AskToJoin(Action, tag="askin"):
    """Somebody without an invite wants to be let in; the unit, where it was named."""

    unit: UnitSlug = ""


class SayWhoIAm(Action):
    """The same in own words, as typed: "em tên Nam ở Đại Lộc, cho em vào"."""

    text: str


class UseShownName(Action, tag="askname"):
    """The name that the platform shows is the right one."""


class ChooseOwnUnit(Action, tag="askunit"):
    """Which unit somebody works for who wants to be let in."""

    unit: UnitSlug


class SkipPhone(Action, tag="askskip"):
    """No telephone number for who wants to be let in."""


class AnswerJoin(Action):
    """What somebody typed who is asked who they are."""

    text: str


class SendJoin(Action, tag="asksend"):
    """ "Gửi đề nghị": those who oversee are to decide."""


class ShowRequests(Action, tag="asks"):
    """Who waits to be let in, a page at a time."""

    page: int = 0


class ShowRequest(Action, tag="ask"):
    """One of them, with what can be decided."""

    request: int


class LetIn(Action, tag="letin"):
    """ "Cho vào": an officer of the unit from now on."""

    request: int


class TurnAway(Action, tag="turnaway"):
    """ "Từ chối"."""

    request: int


class AskToLeave(Action):
    """Leave? Asked once."""


class Leave(Action, tag="leave"):
    """Leave: a stranger at once."""

    person: int


class Stay(Action, tag="stayin"):
    """Not leave after all."""


class ShowOwnData(Action, tag="mine"):
    """What is kept about the asker."""


class AskToForget(Action, tag="forget"):
    """Forget the asker? Asked once."""


class Forget(Action, tag="forgetgo"):
    """Forget the asker, on every channel: who sat at that contact, in that role (none: 0), when it was asked."""

    contact: int
    person: int


class KeepData(Action, tag="keepdata"):
    """Not be forgotten after all, asked of the same."""

    contact: int
    person: int


class ShowLinking(Action):
    """The person's channels and a code; a stranger is asked for one."""


class TypeLinkCode(Action):
    """A code by which channels are linked, as typed."""

    text: str


class LinkHere(Action, tag="linkgo"):
    """Link although this contact was another person."""

    code: CodeText


class Unlink(Action, tag="unlink"):
    """Take another channel off."""

    contact: int


class ShowPhone(Action):
    """The telephone number that is kept."""


class SetPhone(Action):
    """Keep a telephone number, as typed, or take it away."""

    text: str


class KeepPhone(Action):
    """A telephone number that the platform vouches for, written 84905123456."""

    phone: str


class Language(StrEnum):
    """A language that the product speaks."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


class ChooseLanguage(Action):
    """Which language?"""


class Speak(Action, tag="lang"):
    """Go on in that language."""

    language: Language


# ---------------------------------------------------------------- talking


class Cancel(Action, tag="cancel"):
    """Stop whatever is going on; nothing that was filled is lost."""


class BeSure(Action):
    """Somebody was asked whether they are sure of what can't be undone, and typed something that says yes, but is not what
    the button says."""


class PauseForm(Action):
    """Stop the open form for now; what was filled is kept."""


class NotText(Action):
    """A sticker, a voice message, a location."""


class NotUnderstood(Action):
    """Signs without a word."""


class TooLong(Action):
    """A text longer than anybody reads."""


class StrayNumber(Action):
    """A number that no list has and that answers nothing, as typed."""

    number: str


class UnknownCommand(Action):
    """A command that is none."""


class OldButton(Action):
    """A button of an earlier version, or nothing of ours: ``text`` is what it carried."""

    text: str


class NotInGroups(Action):
    """Something that is only for a private chat, asked in a group."""


class LeftChat(Action):
    """The person blocked the bot, or the group put it out."""


# ---------------------------------------------------------------- what a button carries

_CODECS: dict[str, tuple[type[Action], tuple[FieldCodec, ...]]] = {tag: (kind, codecs(kind)) for tag, kind in _BY_TAG.items()}


def pack(action: Action) -> str:
    """What a button carries: ``report 3.funds``. Raises BadAction where it is too long or has no tag."""
    if not action.tag:
        raise BadAction(f"{type(action).__name__} can't stand behind a button")
    packed = _pack(action, action.tag, _CODECS[action.tag][1])
    if len(packed.encode()) > MOST_BYTES:
        raise BadAction(f"longer than {MOST_BYTES} bytes: {packed}")
    return packed


def unpack(text: str) -> Action:
    """The action behind a button. Raises BadAction for anything that :func:`pack` has not written."""
    action: Any = _unpack(text, _CODECS)
    assert isinstance(action, Action)
    return action
